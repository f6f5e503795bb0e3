"""Calls: those that functions.toml can say, and those whose answer depends on their arguments' types."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType, SqlType
from migrator.rules.functions import Argument, FunctionRule
from migrator.translate.expressions import dates
from migrator.translate.expressions.arithmetic import as_text, concatenated
from migrator.translate.expressions.compare import comparable
from migrator.translate.expressions.convert import cast
from migrator.translate.expressions.datatypes import common_type, exact, read_type, text_type
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import (
    MOMENTS,
    NUMBERS,
    UNICODE_TYPES,
    Family,
    Untranslatable,
    Value,
    family_of,
    inherited,
)

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def call(translator: Translator, name: str, arguments: Arguments) -> Value:
    """The value of a call. Raises Untranslatable."""
    rule = translator.scope.rules.function(name, len(arguments))
    if name in _SPECIAL and not (rule is not None and rule.origin.overlay):  # the user's own rules win here too
        special, least, most = _SPECIAL[name]
        if not least <= len(arguments) <= most:
            raise Untranslatable(f"{name}() is called with {len(arguments)} arguments")
        return special(translator, arguments)
    if rule is None and name in ("try_cast", "try_convert"):
        raise Untranslatable(f"{name}() is NULL where MySQL fails")
    if rule is None:
        raise Untranslatable(f"it calls {name}()")
    return _by_rule(translator, rule, arguments)


def _by_rule(translator: Translator, rule: FunctionRule, arguments: Arguments) -> Value:
    if translator.scope.stable and not rule.deterministic:
        raise Untranslatable(f"{rule.name}() differs from call to call, which MySQL allows in a DEFAULT only")
    values = [translator.scalar(argument) for argument in arguments]
    texts = [_argument(rule.name, kind, value) for kind, value in zip(rule.arguments, values, strict=True)]
    type_ = values[0].type if rule.returns == "first" else read_type(rule.returns)
    fraction = translator.scope.fraction
    if fraction is None:
        fraction = min((type_.scale if type_ and type_.scale is not None else 3), 6)
    filled = {"fraction": str(fraction)} | {str(number): text for number, text in enumerate(texts)}
    if rule.finding:
        translator.remarks.append(rule.finding)
    if rule.counts_letters:
        _remark_on_units(translator, values)
    nullable = any(value.nullable for value in values)
    return Value(
        _PLACEHOLDER.sub(lambda found: filled[found[1]], rule.to),
        type_,
        nullable=nullable,
        raw_char=rule.arguments[:1] == (Argument.KEPT,) and values[0].raw_char,
        **inherited(values),
    )


def _argument(name: str, kind: Argument, value: Value) -> str:
    family = value.family
    fits = {
        Argument.TEXT: family is Family.TEXT,
        Argument.TRIMMED: family is Family.TEXT,
        Argument.KEPT: family is Family.TEXT,
        Argument.NUMBER: family in NUMBERS,
        Argument.INTEGER: family is Family.INTEGER,
        Argument.DATE: family in MOMENTS - {Family.TIME},
        Argument.ANY: True,
        Argument.COUNT: isinstance(value.literal, int) and value.literal >= 0,
        Argument.POSITION: isinstance(value.literal, int) and value.literal >= 1,
        Argument.PLAIN: isinstance(value.literal, str) and not any(letter.isalpha() for letter in value.literal),
        Argument.NEEDLE: isinstance(value.literal, str) and value.literal != "",
        Argument.ASCII: isinstance(value.literal, int) and 0 < value.literal < 128,
    }
    if not fits[kind]:
        raise Untranslatable(f"{name}() is called with an argument that MySQL treats otherwise")
    return as_text(value).sql if kind is Argument.TEXT else value.sql


def _remark_on_units(translator: Translator, values: list[Value]) -> None:
    """T-SQL counts UTF-16 units, MySQL characters: an emoji is two there and one here."""
    if any(value.type is not None and value.type.base in UNICODE_TYPES and value.literal is None for value in values):
        translator.remarks.append("utf16-units")


def _isnull(translator: Translator, arguments: Arguments) -> Value:
    first, second = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    if first.type is None:
        return second
    second = converted(second, first.type)
    type_, text = first.type, as_text(second).sql
    if first.family is Family.TEXT and second.family is Family.TEXT:
        room, needed = type_.length or 1, second.type.length if second.type else 1
        if not type_.is_lob and (second.type is None or second.type.is_lob or (needed or 1) > room):
            text = f"LEFT({text}, {room})"
    elif first.family is not second.family and not {first.family, second.family} <= NUMBERS and second.type is not None:
        raise Untranslatable("ISNULL mixes types")
    elif first.family is Family.INTEGER and second.family is not Family.INTEGER and second.type is not None:
        raise Untranslatable("ISNULL replaces an integer by a number with decimals")
    elif first.family is Family.EXACT and second.type is not None and exact(second)[1] > exact(first)[1]:
        precision, scale = exact(first)
        text = f"CAST({second.sql} AS DECIMAL({precision},{min(scale, 30)}))"
    nullable = first.nullable and second.nullable
    return Value(f"IFNULL({as_text(first).sql}, {text})", type_, nullable=nullable, **inherited([first, second]))


def _coalesce(translator: Translator, arguments: Arguments) -> Value:
    values = [translator.scalar(argument) for argument in arguments]
    type_ = common_type(values)
    values = [as_text(converted(value, type_)) for value in values]
    sql = f"COALESCE({', '.join(value.sql for value in values)})"
    return Value(sql, type_, nullable=all(value.nullable for value in values), **inherited(values))


def _nullif(translator: Translator, arguments: Arguments) -> Value:
    first, second = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    left, right = comparable(translator.scope, first, second)
    sql = f"CASE WHEN {left} = {right} THEN NULL ELSE {as_text(first).sql} END"
    return Value(sql, first.type, **inherited([first]))


def _iif(translator: Translator, arguments: Arguments) -> Value:
    test = translator.condition(arguments[0])
    return translator.choice([(test, translator.scalar(arguments[1]))], translator.scalar(arguments[2]))


def _concat(translator: Translator, arguments: Arguments) -> Value:
    values = [translator.scalar(argument) for argument in arguments]
    texts: list[Value] = []
    for value in values:
        if value.type is None:
            continue
        shown = value if value.family is Family.TEXT else cast(value, DataType(SqlType.VARCHAR, length=40))
        filled = as_text(shown)
        sql = f"IFNULL({filled.sql}, '')" if shown.nullable else filled.sql
        texts.append(replace(filled, sql=sql, nullable=False, parts=()))
    return concatenated(texts)


def _cut(function: str) -> Callable[[Translator, Arguments], Value]:
    def left_or_right(translator: Translator, arguments: Arguments) -> Value:
        value, count = translator.scalar(arguments[0]), translator.scalar(arguments[1])
        if value.family is not Family.TEXT or count.family is not Family.INTEGER:
            raise Untranslatable(f"{function} of something else than text")
        _remark_on_units(translator, [value])
        length = count.literal if isinstance(count.literal, int) else None
        return Value(
            f"{function}({as_text(value).sql}, {count.sql})",
            text_type([value], length) if length is not None else value.type,
            nullable=value.nullable or count.nullable,
            **inherited([value]),
        )

    return left_or_right


def _substring(translator: Translator, arguments: Arguments) -> Value:
    value, start, length = (translator.scalar(argument) for argument in arguments)
    if value.family is not Family.TEXT or not isinstance(start.literal, int) or start.literal < 1:
        raise Untranslatable("SUBSTRING starts where MySQL counts otherwise")
    _remark_on_units(translator, [value])
    room = length.literal if isinstance(length.literal, int) else None
    return Value(
        f"SUBSTRING({as_text(value).sql}, {start.sql}, {length.sql})",
        text_type([value], room) if room is not None else value.type,
        nullable=value.nullable or length.nullable,
        **inherited([value]),
    )


def _replicate(translator: Translator, arguments: Arguments) -> Value:
    value, count = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    if value.family is not Family.TEXT or not isinstance(count.literal, int) or value.type is None:
        raise Untranslatable("REPLICATE of an unknown length")
    room = text_type([value], (value.type.length or 1) * count.literal)
    sql = f"REPEAT({as_text(value).sql}, {count.sql})"
    return Value(sql, room, nullable=value.nullable, **inherited([value]))


def _choose(translator: Translator, arguments: Arguments) -> Value:
    index = translator.scalar(arguments[0])
    values = [translator.scalar(argument) for argument in arguments[1:]]
    if index.family is not Family.INTEGER:
        raise Untranslatable("CHOOSE by something else than a whole number")
    return translator.choice([(f"{index.inner} = {place}", value) for place, value in enumerate(values, 1)], None)


def _cast(translator: Translator, arguments: Arguments) -> Value:
    style: int | None = None
    if len(arguments) > 2:
        written = translator.scalar(arguments[2])
        if not isinstance(written.literal, int):
            raise Untranslatable("the style of a CONVERT is no constant")
        style = written.literal
    return cast(translator.scalar(arguments[1]), read_type(arguments[0].name), style)


def _part(node: exp.Expr) -> str:
    return dates.unit(node.name)


def _dateadd(translator: Translator, arguments: Arguments) -> Value:
    count, moment = translator.scalar(arguments[1]), translator.scalar(arguments[2])
    if moment.literal is not None:
        moment = converted(moment, DataType(SqlType.DATETIME))
    return dates.add(_part(arguments[0]), count, moment)


def _datediff(translator: Translator, arguments: Arguments) -> Value:
    start, end = translator.scalar(arguments[1]), translator.scalar(arguments[2])
    return dates.difference(_part(arguments[0]), _moment(start, end), _moment(end, start))


def _moment(value: Value, other: Value) -> Value:
    if value.literal is None:
        return value
    if other.family is Family.TIME and other.type is not None:
        return converted(value, other.type)
    wide = DataType(SqlType.DATETIME2, scale=7) if isinstance(value.literal, str) else DataType(SqlType.DATETIME)
    return converted(value, wide)


def _datepart(translator: Translator, arguments: Arguments) -> Value:
    return dates.part_of(_part(arguments[0]), translator.scalar(arguments[1]))


def _named_part(part: str) -> Callable[[Translator, Arguments], Value]:
    return lambda translator, arguments: dates.part_of(part, translator.scalar(arguments[0]))


def _round(translator: Translator, arguments: Arguments) -> Value:
    value, digits = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    if value.family not in NUMBERS or not isinstance(digits.literal, int):
        raise Untranslatable("ROUND to digits that are no constant")
    function = "ROUND"
    if len(arguments) > 2:
        mode = translator.scalar(arguments[2])
        if not isinstance(mode.literal, int):
            raise Untranslatable("the third argument of ROUND is no constant")
        function = "TRUNCATE" if mode.literal else "ROUND"
    if family_of(value.type) is Family.FLOAT and function == "ROUND":
        raise Untranslatable("ROUND of a float: MySQL rounds halves to the even digit")
    return Value(f"{function}({value.sql}, {digits.sql})", value.type, nullable=value.nullable)


_MANY: Final = 254
_SPECIAL: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "isnull": (_isnull, 2, 2),
    "coalesce": (_coalesce, 2, _MANY),
    "nullif": (_nullif, 2, 2),
    "iif": (_iif, 3, 3),
    "choose": (_choose, 2, _MANY),
    "concat": (_concat, 2, _MANY),
    "left": (_cut("LEFT"), 2, 2),
    "right": (_cut("RIGHT"), 2, 2),
    "substring": (_substring, 3, 3),
    "replicate": (_replicate, 2, 2),
    "cast": (_cast, 2, 2),
    "convert": (_cast, 2, 3),
    "dateadd": (_dateadd, 3, 3),
    "datediff": (_datediff, 3, 3),
    "datepart": (_datepart, 2, 2),
    "year": (_named_part("YEAR"), 1, 1),
    "month": (_named_part("MONTH"), 1, 1),
    "day": (_named_part("DAY"), 1, 1),
    "round": (_round, 2, 3),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
