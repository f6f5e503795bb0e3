"""A page as a browser would read it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"wbr", "meta", "br", "rect", "line", "path", "circle", "col", "use"}


class Page(HTMLParser):
    """Reads a page as a browser would, and insists that it is well formed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.unnamed_drawings = 0
        self._glue = False
        self._open: list[str] = []
        self._silent: list[bool] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._glue = tag == "wbr"
        given = dict(attrs)
        silent = any(self._silent) or given.get("aria-hidden") == "true"
        if tag == "svg" and not silent and not (given.get("role") == "img" and given.get("aria-label")):
            self.unnamed_drawings += 1
        if tag not in VOID:
            self._open.append(tag)
            self._silent.append(silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "style":
            return
        if self._glue:
            self.words[-1] += data
        else:
            self.words.append(data)
        self._glue = False

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]
