"""Scripts damaged at random: tokens deleted, doubled, swapped, cut, cased; bytes put in; brackets nested."""

from __future__ import annotations

import random
import re
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"
_TOKEN = re.compile(r"\s+|\w+|'(?:[^']|'')*'|.", re.DOTALL)
_PIECES = ("'", '"', "[", "]", "(", ")", "/*", "*/", "--", ";", "\nGO\n", ",", ".", "\0", "é", "\U0001f600", "$(x)")
_WORDS = ("END", "CASE", "BEGIN", "AS", "CREATE", "ALTER TABLE", "DROP", "WITH (", "ON", "SELECT", "EXEC(", "@", "NULL")


def pool() -> list[str]:
    """Scripts that are whole: the sources of all golden pairs."""
    return [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.glob("*/source.sql"))]


def mutated(scripts: list[str], number: int) -> str:
    """Mutation ``number`` of these scripts: always the same for the same number."""
    dice = random.Random(number)
    text = dice.choice(scripts)
    if dice.random() < 0.2:
        text += "\n" + dice.choice(scripts)
    for _ in range(dice.randint(1, 4)):
        text = _once(text, dice)
    return text


def _once(text: str, dice: random.Random) -> str:
    tokens = _TOKEN.findall(text) or [""]
    at = dice.randrange(len(tokens))
    kind = dice.randrange(9)
    if kind == 0:
        del tokens[at : at + dice.randint(1, 5)]
    elif kind == 1:
        tokens[at:at] = tokens[at : at + dice.randint(1, 20)] * dice.randint(1, 3)
    elif kind == 2:
        other = dice.randrange(len(tokens))
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif kind == 3:
        del tokens[at:]
    elif kind == 4:
        tokens.insert(at, dice.choice(_PIECES) * dice.randint(1, 3))
    elif kind == 5:
        tokens[at] = tokens[at].swapcase()
    elif kind == 6:
        depth = dice.randint(1, 200)
        tokens[at] = "(" * depth + tokens[at] + ")" * dice.choice([depth, depth - 1])
    elif kind == 7:
        tokens.insert(at, f" {dice.choice(_WORDS)} ")
    else:
        tokens[at] = str(dice.choice([0, -1, 2**31, 10**40, "1e400", "0x", "$1"]))
    return "".join(tokens)
