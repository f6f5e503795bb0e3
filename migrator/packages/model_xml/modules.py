"""Views, procedures, functions and triggers as text.

model.xml keeps the text in three pieces: the header up to AS (an annotation), the body, and what follows it.
"""

from __future__ import annotations

from typing import Final

from migrator.model.name import ObjectName
from migrator.model.schema import Module, ObjectKind
from migrator.packages.model_xml.elements import Element

MODULE_KINDS: Final = {
    "SqlView": ObjectKind.VIEW,
    "SqlProcedure": ObjectKind.PROCEDURE,
    "SqlScalarFunction": ObjectKind.FUNCTION,
    "SqlInlineTableValuedFunction": ObjectKind.FUNCTION,
    "SqlMultiStatementTableValuedFunction": ObjectKind.FUNCTION,
    "SqlDmlTrigger": ObjectKind.TRIGGER,
    "SqlDatabaseDdlTrigger": ObjectKind.TRIGGER,
}
MODULE_WORDS: Final = frozenset(
    {
        "BodyScript",
        "Columns",
        "EventType",
        "FunctionBody",
        "IsDeleteTrigger",
        "IsInsertTrigger",
        "IsNotForReplication",
        "IsSchemaBound",
        "IsUpdateTrigger",
        "Parameters",
        "Parent",
        "QueryScript",
        "ReturnTableVariable",
        "SqlTriggerType",
        "Type",
    }
)
_TEXT: Final = "SysCommentsObjectAnnotation"


def read_module(element: Element) -> Module:
    """A programmable object; ``text`` is None where there is no header (encrypted, CLR). Raises PackageDamaged."""
    parts = element.parts
    if not parts:
        raise element.damaged("has no name")
    holder = next(iter(element.elements("FunctionBody")), element)
    body = holder.properties.get("BodyScript") or holder.properties.get("QueryScript")
    return Module(
        name=ObjectName(parts[0], parts[1]) if len(parts) > 1 else ObjectName("", parts[0]),
        kind=MODULE_KINDS[element.type],
        text=_text(element, holder.annotations.get(_TEXT, {}), body),
        body=body,
        parent=element.table("Parent") if element.references("Parent") else None,
        place=element.place,
    )


def _text(element: Element, pieces: dict[str, str], body: str | None) -> str | None:
    header = pieces.get("HeaderContents", "")
    if body is None:
        return None
    if not header:
        if element.type != "SqlView":
            return None
        header = "CREATE VIEW " + ".".join(f"[{part.replace(']', ']]')}]" for part in element.parts) + " AS"
    # Header and body meet at AS; where the first byte of the body is a letter, the space between them is not kept.
    joint = "" if body[:1].isspace() or body[:1] in ("(", "[", '"', "'", "-", "/", ";") else "\n"
    return (header + joint + body + pieces.get("FooterContents", "")).replace("\r\n", "\n")
