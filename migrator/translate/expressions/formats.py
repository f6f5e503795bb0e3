"""FORMAT: .NET's patterns for dates and numbers, as en-US writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.translate.expressions.convert import moment_of
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import (
    DATETIME,
    NUMBERS,
    Family,
    Leeway,
    Untranslatable,
    Value,
    quoted_text,
)

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

_CULTURES: Final = frozenset({"en-us", "en-gb", ""})
"""Cultures that name months, group digits and set points as en-US does."""
_STANDARD_DATES: Final = {
    "d": "M/d/yyyy", "D": "dddd, MMMM d, yyyy", "f": "dddd, MMMM d, yyyy h:mm tt", "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt", "G": "M/d/yyyy h:mm:ss tt", "t": "h:mm tt", "T": "h:mm:ss tt", "m": "MMMM d",
    "M": "MMMM d", "y": "MMMM yyyy", "Y": "MMMM yyyy", "s": "yyyy-MM-ddTHH:mm:ss", "u": "yyyy-MM-dd HH:mm:ssZ",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffff", "O": "yyyy-MM-ddTHH:mm:ss.fffffff",
}  # fmt: skip
"""MS Learn: "Standard date and time format strings", culture en-US."""
_DATE_TOKENS: Final = {
    "yyyy": "%Y", "yy": "%y", "MMMM": "%M", "MMM": "%b", "MM": "%m", "M": "%c", "dddd": "%W", "ddd": "%a", "dd": "%d",
    "d": "%e", "HH": "%H", "H": "%k", "hh": "%h", "h": "%l", "mm": "%i", "ss": "%s", "tt": "%p",
}  # fmt: skip
_DATE_PIECE: Final = re.compile(r"(y+|M+|d+|H+|h+|m+|s+|t+|f+|F+|'[^']*'|\"[^\"]*\"|\\.|%(?=.)|.)", re.DOTALL)
_STANDARD_NUMBER: Final = re.compile(r"^([CcDdFfGgNnPpXx])(\d{0,2})$")
_CUSTOM_NUMBER: Final = re.compile(
    r"^(?P<before>[^#0.,;%'\"\\]*)(?P<whole>[#0,]+)(?:\.(?P<digits>0*)(?P<maybe>#*))?(?P<after>[^#0.,;'\"\\]*)$"
)
_TEXT: Final = DataType(SqlType.NVARCHAR, length=4000)


def _format(translator: Translator, arguments: list[exp.Expr]) -> Value:
    value, pattern = moment_of(translator.scalar(arguments[0]), translator.leeway), translator.scalar(arguments[1])
    if not isinstance(pattern.literal, str):
        raise Untranslatable("the pattern of a FORMAT is no constant")
    if len(arguments) > 2:
        culture = translator.scalar(arguments[2]).literal
        if not isinstance(culture, str) or culture.casefold() not in _CULTURES:
            raise Untranslatable(f"FORMAT as the culture {culture} writes")
        if culture.casefold() != "en-us" and re.match(r"^([A-MO-Za-z]|[Cc]\d*)$", pattern.literal):
            raise Untranslatable(f"FORMAT by {pattern.literal} as the culture {culture} writes")
    translator.leeway.differs("format-culture", "format() depends on a culture")
    if isinstance(value.literal, str):
        value = converted(value, DATETIME, translator.leeway)
    if value.family in (Family.DATE, Family.DATETIME):
        sql = _date(value, pattern.literal)
    elif value.family is Family.TIME:
        sql = _clock(value, pattern.literal)
    elif value.family in NUMBERS:
        sql = _number(value, pattern.literal, translator.leeway)
    else:
        raise Untranslatable(f"format() of a {value.type}")
    return Value(sql, _TEXT, nullable=value.nullable, foreign=True)


def _date(value: Value, pattern: str) -> str:
    return _pieces(value, _STANDARD_DATES.get(pattern, pattern), "DATE_FORMAT")


def _clock(value: Value, pattern: str) -> str:
    """A time: its separators are escaped, and its hours go to 23 in either form."""
    plain = {"c": r"hh\:mm\:ss", "g": r"h\:mm\:ss", "t": r"hh\:mm\:ss"}.get(pattern, pattern)
    return _pieces(value, plain.replace("h", "H"), "TIME_FORMAT")


def _pieces(value: Value, pattern: str, function: str) -> str:
    parts: list[str] = []
    mask = ""
    for piece in _DATE_PIECE.findall(pattern):
        if piece[0] in "fF":
            made = _fraction(value, piece, function)
        elif piece in ("m", "s"):
            made = f"CAST({'MINUTE' if piece == 'm' else 'SECOND'}({value.sql}) AS CHAR CHARACTER SET utf8mb4)"
        elif piece == "t":
            made = f"LEFT({function}({value.sql}, '%p'), 1)"
        else:
            mask += _mask(piece)
            continue
        parts += [_masked(value, mask, function)] if mask else []
        parts.append(made)
        mask = ""
    parts += [_masked(value, mask, function)] if mask or not parts else []
    return parts[0] if len(parts) == 1 else f"CONCAT({', '.join(parts)})"


def _masked(value: Value, mask: str, function: str) -> str:
    return f"{function}({value.sql}, {quoted_text(mask)})"


def _mask(piece: str) -> str:
    if piece in _DATE_TOKENS:
        return _DATE_TOKENS[piece]
    if piece == "%":
        return ""
    if piece[0] in "yMdHhmst":
        if piece[0] == "d" or len(piece) < 3:
            raise Untranslatable(f"FORMAT of a date by {piece}")
        return _DATE_TOKENS[piece[0] * (4 if piece[0] in "yM" else 2)]
    text = piece[1:-1] if piece[0] in "'\"" else piece[1:] if piece[0] == "\\" else piece
    return text.replace("%", "%%")


def _fraction(value: Value, piece: str, function: str) -> str:
    if piece[0] == "F" or len(piece) > 7:
        raise Untranslatable(f"FORMAT of a date by {piece}")
    digits = f"{function}({value.sql}, '%f')"
    return f"CONCAT({digits}, '0')" if len(piece) == 7 else f"LEFT({digits}, {len(piece)})"


def _number(value: Value, pattern: str, leeway: Leeway) -> str:
    if value.family is Family.FLOAT:
        leeway.differs("float-rounding", "format() of a float")
    standard = _STANDARD_NUMBER.match(pattern)
    if standard:
        return _standard(value, standard[1].upper(), int(standard[2]) if standard[2] else None)
    custom = _CUSTOM_NUMBER.match(pattern)
    if custom is None or ("," in custom["whole"].strip(",") and not re.fullmatch(r"[#0]+(,[#0]+)*", custom["whole"])):
        raise Untranslatable(f"FORMAT of a number by {pattern!r}")
    return _custom(value, custom)


def _standard(value: Value, letter: str, digits: int | None) -> str:
    x = value.sql
    places = 2 if digits is None else digits
    if letter == "N":
        return f"FORMAT({x}, {places}, 'en_US')"
    if letter == "F":
        return _plain(x, places)
    if letter == "P":
        return f"CONCAT(FORMAT({value.inner} * 100, {places}, 'en_US'), ' %')"
    if letter == "C":
        amount = f"FORMAT(ABS({x}), {places}, 'en_US')"
        return f"IF({x} < 0, CONCAT('($', {amount}, ')'), CONCAT('$', {amount}))"
    if letter == "D" and value.family is Family.INTEGER:
        return _filled(x, digits or 1)
    if letter == "X" and value.family is Family.INTEGER:
        return f"LPAD(HEX({x}), GREATEST({digits or 1}, CHAR_LENGTH(HEX({x}))), '0')"
    if letter == "G" and digits is None:
        return f"CAST({x} AS CHAR CHARACTER SET utf8mb4)"
    raise Untranslatable(f"FORMAT of a number by {letter}{'' if digits is None else digits}")


def _plain(x: str, places: int) -> str:
    return f"CAST(CAST({x} AS DECIMAL(65,{places})) AS CHAR CHARACTER SET utf8mb4)"


def _filled(x: str, length: int) -> str:
    """At least so many digits, behind the sign."""
    size = f"CAST(ABS({x}) AS CHAR CHARACTER SET utf8mb4)"
    return f"CONCAT(IF({x} < 0, '-', ''), LPAD({size}, GREATEST({length}, CHAR_LENGTH({size})), '0'))"


def _custom(value: Value, custom: re.Match[str]) -> str:
    whole, digits, maybe = custom["whole"], len(custom["digits"] or ""), len(custom["maybe"] or "")
    x = value.inner
    if "%" in custom["after"] or "%" in custom["before"]:
        x = f"({x} * 100)"
    least = whole.replace(",", "").lstrip("#").count("0")
    places = digits + maybe
    if "," in whole:
        text = f"FORMAT({x}, {places}, 'en_US')"
        if least > 3:
            raise Untranslatable("FORMAT of a number with groups and leading zeros")
        if least > 1:
            size, length = f"FORMAT(ABS({x}), {places}, 'en_US')", least + (places + 1 if places else 0)
            filled = f"LPAD({size}, GREATEST({length}, CHAR_LENGTH({size})), '0')"
            text = f"CONCAT(IF({x} < 0, '-', ''), {filled})"
    elif least > 1:
        rounded = f"CAST({x} AS DECIMAL(65,{places}))"
        text = _filled(rounded, least + (places + 1 if places else 0))
    else:
        text = _plain(x, places)
    if maybe:
        # the last digits are shown where they are not 0
        text = f"REGEXP_REPLACE({text}, '0{{1,{maybe}}}$', '')"
        text = f"TRIM(TRAILING '.' FROM {text})" if not digits else text
    if least == 0:
        text = f"REGEXP_REPLACE({text}, '^(-?)0(?=[.]|$)', '$1')"
    around = [quoted_text(custom["before"])] * bool(custom["before"]) + [text]
    around += [quoted_text(custom["after"])] * bool(custom["after"])
    if len(around) == 1:
        return text
    if not custom["before"]:
        return f"CONCAT({', '.join(around)})"
    unsigned = f"TRIM(LEADING '-' FROM {text})"
    around = [unsigned if part == text else part for part in around]
    return f"CONCAT(IF({value.inner} < 0, '-', ''), {', '.join(around)})"  # the sign stands in front


CALLS: Final[dict[str, tuple[Callable[[Translator, list[exp.Expr]], Value], int, int]]] = {"format": (_format, 2, 3)}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
