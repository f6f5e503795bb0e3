"""Functions of text whose answer depends on types, collations or constants."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.translate.expressions.arithmetic import as_text, concatenated, signed
from migrator.translate.expressions.compare import collated
from migrator.translate.expressions.convert import bytes_of
from migrator.translate.expressions.datatypes import text_type
from migrator.translate.expressions.patterns import literally, place
from migrator.translate.expressions.value import (
    BIGINT,
    INT,
    MOMENTS,
    NUMBERS,
    UNICODE_TYPES,
    Family,
    Untranslatable,
    Value,
    inherited,
    quoted_text,
)

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]
_ALGORITHMS: Final = {"MD5": "MD5({})", "SHA": "SHA1({})", "SHA1": "SHA1({})", "SHA2_256": "SHA2({}, 256)",
                      "SHA2_512": "SHA2({}, 512)"}  # fmt: skip
_SIZES: Final = {
    SqlType.BIT: 1, SqlType.TINYINT: 1, SqlType.SMALLINT: 2, SqlType.INT: 4, SqlType.BIGINT: 8, SqlType.MONEY: 8,
    SqlType.SMALLMONEY: 4, SqlType.REAL: 4, SqlType.FLOAT: 8, SqlType.DATETIME: 8, SqlType.SMALLDATETIME: 4,
    SqlType.DATE: 3, SqlType.UNIQUEIDENTIFIER: 16,
}  # fmt: skip
"""Bytes of a value; MS Learn: "Data types (Transact-SQL)"."""


def texted(translator: Translator, node: exp.Expr) -> Value:
    """An argument as text: T-SQL converts numbers and moments by itself. Raises Untranslatable."""
    return as_a_text(translator, translator.scalar(node))


def as_a_text(translator: Translator, value: Value) -> Value:
    """The same for a value."""
    if value.family is Family.TEXT or value.type is None:
        return value
    if value.family in NUMBERS | MOMENTS | {Family.GUID} or translator.scope.lenient:
        return translator.cast(value, DataType(SqlType.VARCHAR, length=40))
    raise Untranslatable(f"a {value.type} is used as text")


def remark_on_units(translator: Translator, values: list[Value]) -> None:
    """T-SQL counts UTF-16 units, MySQL characters: an emoji is two there and one here."""
    if any(value.type is not None and value.type.base in UNICODE_TYPES and value.literal is None for value in values):
        translator.remarks.append("utf16-units")


def _concat(translator: Translator, arguments: Arguments) -> Value:
    return concatenated([_filled(value) for node in arguments if (value := texted(translator, node)).type is not None])


def _filled(value: Value) -> Value:
    text = as_text(value)
    return replace(
        text, sql=f"IFNULL({text.sql}, '')" if value.nullable else text.sql, nullable=False, literal=None, parts=()
    )


def _concat_ws(translator: Translator, arguments: Arguments) -> Value:
    values = [texted(translator, node) for node in arguments]
    separator, rest = _filled(values[0]), [as_text(value) for value in values[1:] if value.type is not None]
    between = (separator.type.length or 1) * len(rest) if separator.type else 0
    lengths = [value.type.length or 1 for value in rest if value.type]
    type_ = text_type([separator, *rest], None if MAX in lengths else sum(lengths) + between)
    sql = ", ".join([separator.sql, *(value.sql for value in rest)])
    return Value(f"CONCAT_WS({sql})", type_, nullable=False, **inherited([separator, *rest]))


def _cut(function: str) -> Callable[[Translator, Arguments], Value]:
    def left_or_right(translator: Translator, arguments: Arguments) -> Value:
        value, count = _pieces_of(translator, arguments[0]), translator.scalar(arguments[1])
        if count.family is not Family.INTEGER:
            raise Untranslatable(f"{function} of something else than text")
        remark_on_units(translator, [value])
        length = count.literal if isinstance(count.literal, int) else None
        return Value(
            f"{function}({as_text(value).sql}, {count.sql})",
            _shorter(value, length),
            nullable=value.nullable or count.nullable,
            **inherited([value]),
        )

    return left_or_right


def _pieces_of(translator: Translator, node: exp.Expr) -> Value:
    value = translator.scalar(node)
    return value if value.family is Family.BINARY else as_a_text(translator, value)


def _shorter(value: Value, length: int | None) -> DataType | None:
    if value.type is None or length is None:
        return value.type
    if value.family is Family.BINARY:
        return DataType(SqlType.VARBINARY, length=max(1, min(length, 8000)))
    return text_type([value], length)


def _substring(translator: Translator, arguments: Arguments) -> Value:
    value = _pieces_of(translator, arguments[0])
    start, length = (translator.scalar(argument) for argument in arguments[1:])
    if not {start.family, length.family} <= {Family.INTEGER}:
        raise Untranslatable("SUBSTRING starts where MySQL counts otherwise")
    remark_on_units(translator, [value])
    room = length.literal if isinstance(length.literal, int) else None
    first, count = start.sql, length.sql
    if not isinstance(start.literal, int) and not _positive(start):
        # what lies before the first letter counts, but is not there
        first = f"GREATEST({start.sql}, 1)"
        count = f"IF({start.inner} < 1, {signed(length)} + {signed(start)} - 1, {length.inner})"
    elif isinstance(start.literal, int) and start.literal < 1:
        first, count = "1", f"{signed(length)} - {1 - start.literal}"
    return Value(
        f"SUBSTRING({as_text(value).sql}, {first}, {count})",
        _shorter(value, room),
        nullable=value.nullable or start.nullable or length.nullable,
        **inherited([value]),
    )


def _positive(value: Value) -> bool:
    return value.sql.startswith("GREATEST(")


def _replicate(translator: Translator, arguments: Arguments) -> Value:
    value, count = texted(translator, arguments[0]), translator.scalar(arguments[1])
    if count.family is not Family.INTEGER or value.type is None:
        raise Untranslatable("REPLICATE of an unknown length")
    text = f"REPEAT({as_text(value).sql}, {count.sql})"
    if isinstance(count.literal, int) and count.literal >= 0:
        room = text_type([value], (value.type.length or 1) * count.literal)
        return Value(text, room, nullable=value.nullable, **inherited([value]))
    wide = value.type if value.type.is_lob else text_type([value], 8000)
    return Value(f"IF({count.inner} < 0, NULL, {text})", wide, **inherited([value]))


def _space(translator: Translator, arguments: Arguments) -> Value:
    count = translator.scalar(arguments[0])
    if count.family is not Family.INTEGER:
        raise Untranslatable("SPACE of something else than a whole number")
    type_ = DataType(SqlType.VARCHAR, length=8000)
    if isinstance(count.literal, int) and count.literal >= 0:
        return Value(f"SPACE({count.sql})", type_, nullable=False, foreign=True)
    return Value(f"IF({count.inner} < 0, NULL, SPACE({count.sql}))", type_, foreign=True)


def _stuff(translator: Translator, arguments: Arguments) -> Value:
    value, put = texted(translator, arguments[0]), texted(translator, arguments[3])
    start, length = translator.scalar(arguments[1]), translator.scalar(arguments[2])
    if not {start.family, length.family} <= {Family.INTEGER}:
        raise Untranslatable("STUFF at something else than whole numbers")
    remark_on_units(translator, [value])
    text = as_text(value).sql
    inside = f"{start.sql} BETWEEN 1 AND CHAR_LENGTH({text})"
    if not isinstance(length.literal, int):
        inside += f" AND {length.inner} >= 0"
    sql = f"CASE WHEN {inside} THEN INSERT({text}, {start.sql}, {length.sql}, {_filled(put).sql}) END"
    return Value(sql, text_type([value, put]), **inherited([value, put]))


def _charindex(translator: Translator, arguments: Arguments) -> Value:
    needle, text = texted(translator, arguments[0]), texted(translator, arguments[1])
    remark_on_units(translator, [text])
    sought = as_text(needle).sql + collated(translator.scope, replace(needle, collation=text.collation))
    start = ""
    if len(arguments) > 2:
        first = translator.scalar(arguments[2])
        start = (
            f", {first.sql}" if isinstance(first.literal, int) and first.literal > 0 else f", GREATEST({first.sql}, 1)"
        )
    sql = f"LOCATE({sought}, {as_text(text).sql}{start})"
    if not (isinstance(needle.literal, str) and needle.literal):
        sql = f"IF({sought} = '', 0, {sql})"
    type_ = BIGINT if text.type is not None and text.type.is_lob else INT
    return Value(sql, type_, nullable=needle.nullable or text.nullable)


def _patindex(translator: Translator, arguments: Arguments) -> Value:
    pattern, text = translator.scalar(arguments[0]), texted(translator, arguments[1])
    if not isinstance(pattern.literal, str):
        raise Untranslatable("the pattern of a PATINDEX is no constant")
    remark_on_units(translator, [text])
    sql = place(translator.scope, pattern.literal, text, translator.leeway)
    return Value(sql, BIGINT if text.type is not None and text.type.is_lob else INT, nullable=text.nullable)


def _replace(translator: Translator, arguments: Arguments) -> Value:
    value, old, new = (texted(translator, argument) for argument in arguments)
    values = [value, old, new]
    unicode = any(item.type is not None and item.type.base in UNICODE_TYPES for item in values)
    lob = value.type is not None and value.type.is_lob
    wide = MAX if lob else 4000 if unicode else 8000
    type_ = DataType(SqlType.NVARCHAR if unicode else SqlType.VARCHAR, length=wide)
    collation = (value.collation or translator.scope.collation).upper()
    plain = isinstance(old.literal, str) and not any(letter.isalpha() for letter in old.literal)
    text = as_text(value).sql
    if plain or "_BIN" in collation or "_CS" in collation:
        sql = f"REPLACE({text}, {as_text(old).sql}, {as_text(new).sql})"
    elif isinstance(old.literal, str):
        translator.leeway.differs("replace-case", "REPLACE of letters: MySQL distinguishes their case")
        put = as_text(new).sql
        put = (
            quoted_text(new.literal.replace("\\", "\\\\").replace("$", "\\$"))
            if isinstance(new.literal, str)
            else rf"REPLACE(REPLACE({put}, '\\', '\\\\'), '$', '\\$')"
        )
        text = as_text(translator.pinned(value)).sql
        sql = f"REGEXP_REPLACE({text}, {quoted_text(literally(old.literal))}, {put}, 1, 0, 'in')"
    else:
        translator.leeway.differs("replace-exact", "REPLACE of letters: MySQL distinguishes their case")
        sql = f"REPLACE({text}, {as_text(old).sql}, {as_text(new).sql})"
    return Value(sql, type_, nullable=any(item.nullable for item in values), **inherited(values))


def _translate(translator: Translator, arguments: Arguments) -> Value:
    value, old, new = (texted(translator, argument) for argument in arguments)
    if not isinstance(old.literal, str) or not isinstance(new.literal, str) or len(old.literal) != len(new.literal):
        raise Untranslatable("TRANSLATE by letters that are no constants of one length")
    collation = (value.collation or translator.scope.collation).upper()
    exactly = "_BIN" in collation or "_CS" in collation
    steps: list[tuple[str, str]] = []
    seen: set[str] = set()
    for number, letter in enumerate(old.literal):
        forms = [letter] if exactly else sorted({letter.lower(), letter.upper()})
        mark = chr(0xE000 + number)  # in two steps, so that no letter is changed twice
        steps += [(form, mark) for form in forms if form not in seen and len(form) == 1]
        seen.update(forms)
    steps += [(chr(0xE000 + number), letter) for number, letter in enumerate(new.literal)]
    sql = as_text(value).sql
    for before, after in steps:
        sql = f"REPLACE({sql}, {quoted_text(before)}, {quoted_text(after)})"
    return Value(sql, value.type, nullable=value.nullable, **inherited([value]))


def _trim(translator: Translator, arguments: Arguments) -> Value:
    side = arguments[2].name if len(arguments) > 2 else "both"
    return _trimmed(translator, arguments, side)


def _trimmed(translator: Translator, arguments: Arguments, side: str) -> Value:
    value = texted(translator, arguments[0])
    word = {"both": "TRIM", "leading": "LTRIM", "trailing": "RTRIM"}[side]
    text = value.sql if side == "trailing" else as_text(value).sql
    if len(arguments) == 1:
        return Value(f"{word}({text})", value.type, nullable=value.nullable, **inherited([value]))
    letters = translator.scalar(arguments[1])
    if not isinstance(letters.literal, str) or not letters.literal:
        raise Untranslatable(f"{word} of letters that are no constant")
    collation = (value.collation or translator.scope.collation).upper()
    flags = "c" if "_BIN" in collation or "_CS" in collation else "i"
    one = "[" + "".join(sorted({re.sub(r"[\\\[\]^&-]", r"\\\g<0>", letter) for letter in letters.literal})) + "]"
    pattern = {"both": rf"^{one}+|{one}+\z", "leading": f"^{one}+", "trailing": rf"{one}+\z"}[side]
    text = as_text(translator.pinned(value)).sql
    sql = f"REGEXP_REPLACE({text}, {quoted_text(pattern)}, '', 1, 0, '{flags}')"
    return Value(sql, value.type, nullable=value.nullable, **inherited([value]))


def _side(side: str) -> Callable[[Translator, Arguments], Value]:
    return lambda translator, arguments: _trimmed(translator, arguments, side)


def _quotename(translator: Translator, arguments: Arguments) -> Value:
    value = texted(translator, arguments[0])
    mark = translator.scalar(arguments[1]).literal if len(arguments) > 1 else "["
    pairs = {
        "[": "[]",
        "]": "[]",
        "'": "''",
        '"': '""',
        "(": "()",
        ")": "()",
        "<": "<>",
        ">": "<>",
        "{": "{}",
        "}": "{}",
    }
    if not isinstance(mark, str) or mark not in (*pairs, "`"):
        raise Untranslatable("QUOTENAME by a mark that is not known")
    both = pairs.get(mark, "``")
    opening, closing = both[0], both[1]
    text = as_text(value).sql
    twice = f"REPLACE({text}, {quoted_text(closing)}, {quoted_text(closing * 2)})"
    sql = f"IF(CHAR_LENGTH({text}) > 128, NULL, CONCAT({quoted_text(opening)}, {twice}, {quoted_text(closing)}))"
    return Value(sql, DataType(SqlType.NVARCHAR, length=258), **inherited([value]))


def _str(translator: Translator, arguments: Arguments) -> Value:
    value = translator.scalar(arguments[0])
    sizes = [translator.scalar(argument).literal for argument in arguments[1:]]
    if value.family not in NUMBERS or not all(isinstance(size, int) for size in sizes):
        raise Untranslatable("STR to a length that is no constant")
    length = sizes[0] if sizes and isinstance(sizes[0], int) else 10
    digits = sizes[1] if len(sizes) > 1 and isinstance(sizes[1], int) else 0
    if value.family is Family.FLOAT:
        translator.leeway.differs("float-rounding", "STR of a float")
    text = f"CAST(CAST({value.sql} AS DECIMAL(65,{min(digits, 16)})) AS CHAR CHARACTER SET utf8mb4)"
    sql = f"IF(CHAR_LENGTH({text}) > {length}, REPEAT('*', {length}), LPAD({text}, {length}, ' '))"
    return Value(sql, DataType(SqlType.VARCHAR, length=max(1, length)), nullable=value.nullable, foreign=True)


def _parsename(translator: Translator, arguments: Arguments) -> Value:
    value, number = texted(translator, arguments[0]), translator.scalar(arguments[1]).literal
    if not isinstance(number, int) or not 1 <= number <= 4:
        raise Untranslatable("PARSENAME of a part that is no constant from 1 to 4")
    translator.leeway.differs("parsename", "PARSENAME reads a name with brackets")
    text = as_text(value).sql
    dots = f"CHAR_LENGTH({text}) - CHAR_LENGTH(REPLACE({text}, '.', ''))"
    part = f"SUBSTRING_INDEX(SUBSTRING_INDEX({text}, '.', -{number}), '.', 1)"
    sql = f"IF({dots} BETWEEN {number - 1} AND 3, NULLIF({part}, ''), NULL)"
    return Value(sql, DataType(SqlType.NVARCHAR, length=128), **inherited([value]))


def _datalength(translator: Translator, arguments: Arguments) -> Value:
    value = translator.scalar(arguments[0])
    type_ = value.type
    if type_ is None:
        raise Untranslatable("DATALENGTH of NULL")
    result = BIGINT if type_.is_lob else INT
    if value.family is Family.BINARY:
        return Value(f"LENGTH({value.sql})", result, nullable=value.nullable)
    if value.family is Family.TEXT:
        if type_.base in UNICODE_TYPES:
            return Value(f"LENGTH(CONVERT({as_text(value).sql} USING utf16le))", result, nullable=value.nullable)
        collation = (value.collation or translator.scope.collation).upper()
        if "UTF8" in collation:
            return Value(f"LENGTH({as_text(value).sql})", result, nullable=value.nullable)
        if re.search(r"JAPANESE|CHINESE|KOREAN", collation):
            raise Untranslatable("DATALENGTH of text in a code page of one and two bytes")
        return Value(f"CHAR_LENGTH({as_text(value).sql})", result, nullable=value.nullable)
    size = _SIZES.get(type_.base)
    if type_.base in (SqlType.DECIMAL, SqlType.NUMERIC):
        size = next(
            bytes_ for digits, bytes_ in ((9, 5), (19, 9), (28, 13), (38, 17)) if (type_.precision or 18) <= digits
        )
    if size is None:
        raise Untranslatable(f"DATALENGTH of a {type_}")
    return Value(f"IF({value.sql} IS NULL, NULL, {size})" if value.nullable else str(size), result)


def _hashbytes(translator: Translator, arguments: Arguments) -> Value:
    algorithm, value = translator.scalar(arguments[0]).literal, translator.scalar(arguments[1])
    if not isinstance(algorithm, str) or algorithm.upper() not in _ALGORITHMS:
        raise Untranslatable("HASHBYTES by an algorithm that MySQL has not")
    if value.family is Family.TEXT:
        content = bytes_of(as_text(value), translator.leeway)
    elif value.family is Family.BINARY:
        content = value.sql
    else:
        raise Untranslatable(f"HASHBYTES of a {value.type}")
    sql = f"UNHEX({_ALGORITHMS[algorithm.upper()].format(content)})"
    return Value(sql, DataType(SqlType.VARBINARY, length=8000), nullable=value.nullable)


def _ascii(translator: Translator, arguments: Arguments) -> Value:
    value = texted(translator, arguments[0])
    if not (isinstance(value.literal, str) and value.literal.isascii()):
        translator.leeway.differs("code-page", "ASCII of a letter depends on the code page")
    return Value(f"NULLIF(ASCII(CONVERT({as_text(value).sql} USING latin1)), 0)", INT)


def _unicode(translator: Translator, arguments: Arguments) -> Value:
    value = texted(translator, arguments[0])
    remark_on_units(translator, [value])
    sql = f"CAST(CONV(HEX(CONVERT(LEFT({as_text(value).sql}, 1) USING utf32)), 16, 10) AS SIGNED)"
    return Value(f"NULLIF({sql}, 0)", INT)


def _character(charset: str, type_: DataType) -> Callable[[Translator, Arguments], Value]:
    def char(translator: Translator, arguments: Arguments) -> Value:
        code = translator.scalar(arguments[0])
        if code.family is not Family.INTEGER:
            raise Untranslatable("CHAR of something else than a whole number")
        if isinstance(code.literal, int) and 0 < code.literal < 128:
            return Value(f"CHAR({code.sql} USING utf8mb4)", type_, nullable=False, literal=chr(code.literal))
        if charset == "latin1":
            translator.leeway.differs("code-page", "CHAR of a number depends on the code page")
        digits = f"UNHEX(LPAD(HEX({code.sql}), {2 if charset == 'latin1' else 8}, '0'))"
        made = f"CONVERT(CONVERT({digits} USING {charset}) USING utf8mb4)"
        most = 255 if charset == "latin1" else 65535
        return Value(f"IF({code.sql} BETWEEN 0 AND {most}, {made}, NULL)", type_, foreign=True)

    return char


def _string_escape(translator: Translator, arguments: Arguments) -> Value:
    value, kind = texted(translator, arguments[0]), translator.scalar(arguments[1]).literal
    if not isinstance(kind, str) or kind.casefold() != "json":
        raise Untranslatable("STRING_ESCAPE of another kind than json")
    whole = f"JSON_QUOTE({as_text(value).sql})"
    sql = f"REPLACE(SUBSTRING({whole}, 2, CHAR_LENGTH({whole}) - 2), '/', '\\\\/')"
    return Value(sql, DataType(SqlType.NVARCHAR, length=MAX), nullable=value.nullable, **inherited([value]))


def _soundex(translator: Translator, arguments: Arguments) -> Value:
    value = texted(translator, arguments[0])
    translator.leeway.differs("soundex", "SOUNDEX is counted otherwise")
    sql = f"LEFT(SOUNDEX({as_text(value).sql}), 4)"
    return Value(sql, DataType(SqlType.VARCHAR, length=4), nullable=value.nullable, foreign=True)


def _difference(translator: Translator, arguments: Arguments) -> Value:
    left, right = (_soundex(translator, [argument]) for argument in arguments)
    places = [f"(SUBSTRING({left.sql}, {place}, 1) = SUBSTRING({right.sql}, {place}, 1))" for place in (1, 2, 3, 4)]
    return Value(" + ".join(places), INT, nullable=left.nullable or right.nullable, atom=False)


MANY: Final = 254
CALLS: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "concat": (_concat, 2, MANY),
    "concat_ws": (_concat_ws, 3, MANY),
    "left": (_cut("LEFT"), 2, 2),
    "right": (_cut("RIGHT"), 2, 2),
    "substring": (_substring, 3, 3),
    "replicate": (_replicate, 2, 2),
    "space": (_space, 1, 1),
    "stuff": (_stuff, 4, 4),
    "charindex": (_charindex, 2, 3),
    "patindex": (_patindex, 2, 2),
    "replace": (_replace, 3, 3),
    "translate": (_translate, 3, 3),
    "trim": (_trim, 1, 3),
    "ltrim": (_side("leading"), 1, 2),
    "rtrim": (_side("trailing"), 1, 2),
    "quotename": (_quotename, 1, 2),
    "str": (_str, 1, 3),
    "parsename": (_parsename, 2, 2),
    "datalength": (_datalength, 1, 1),
    "hashbytes": (_hashbytes, 2, 2),
    "ascii": (_ascii, 1, 1),
    "unicode": (_unicode, 1, 1),
    "char": (_character("latin1", DataType(SqlType.CHAR, length=1)), 1, 1),
    "nchar": (_character("utf32", DataType(SqlType.NCHAR, length=1)), 1, 1),
    "string_escape": (_string_escape, 2, 2),
    "soundex": (_soundex, 1, 1),
    "difference": (_difference, 2, 2),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
