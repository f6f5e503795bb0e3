"""ISNULL, COALESCE, NULLIF, IIF, CHOOSE, GREATEST and LEAST: whose type the result has, and what NULL does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.datatypes import exact
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import NUMBERS, Family, Untranslatable, Value, inherited

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]


def _isnull(translator: Translator, arguments: Arguments) -> Value:
    first, second = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    if first.type is None:
        return second
    second = converted(second, first.type, translator.leeway)
    if translator.scope.lenient and second.type is not None and second.family is not first.family:
        second = translator.cast(second, first.type)
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
        text = f"CAST({second.sql} AS DECIMAL({precision},{scale}))"
    nullable = first.nullable and second.nullable
    return Value(f"IFNULL({as_text(first).sql}, {text})", type_, nullable=nullable, **inherited([first, second]))


def _coalesce(translator: Translator, arguments: Arguments) -> Value:
    values, type_ = translator.alike([translator.scalar(argument) for argument in arguments])
    sql = f"COALESCE({', '.join(value.sql for value in values)})"
    return Value(sql, type_, nullable=all(value.nullable for value in values), **inherited(values))


def _nullif(translator: Translator, arguments: Arguments) -> Value:
    first, second = translator.scalar(arguments[0]), translator.scalar(arguments[1])
    left, right = translator.compared(first, second)
    sql = f"CASE WHEN {left} = {right} THEN NULL ELSE {translator.pinned(as_text(first)).sql} END"
    return Value(sql, first.type, **inherited([first]))


def _iif(translator: Translator, arguments: Arguments) -> Value:
    test = translator.condition(arguments[0])
    return translator.choice([(test, translator.scalar(arguments[1]))], translator.scalar(arguments[2]))


def _choose(translator: Translator, arguments: Arguments) -> Value:
    index = translator.scalar(arguments[0])
    values = [translator.scalar(argument) for argument in arguments[1:]]
    if index.family is not Family.INTEGER:
        raise Untranslatable("CHOOSE by something else than a whole number")
    return translator.choice([(f"{index.inner} = {place}", value) for place, value in enumerate(values, 1)], None)


def _extreme(function: str) -> Callable[[Translator, Arguments], Value]:
    """NULL among the arguments is left out; MySQL would answer with NULL."""

    def greatest_or_least(translator: Translator, arguments: Arguments) -> Value:
        values, type_ = translator.alike([translator.scalar(argument) for argument in arguments])
        if len(values) == 1:
            return values[0]
        texts = [value.sql for value in values]
        if any(value.nullable for value in values):
            texts = [
                f"COALESCE({', '.join([*texts[place:], *texts[:place]])})" if value.nullable else value.sql
                for place, value in enumerate(values)
            ]
        nullable = all(value.nullable for value in values)
        return Value(f"{function}({', '.join(texts)})", type_, nullable=nullable, **inherited(values))

    return greatest_or_least


_MANY: Final = 254
CALLS: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "isnull": (_isnull, 2, 2),
    "coalesce": (_coalesce, 2, _MANY),
    "nullif": (_nullif, 2, 2),
    "iif": (_iif, 3, 3),
    "choose": (_choose, 2, _MANY),
    "greatest": (_extreme("GREATEST"), 1, _MANY),
    "least": (_extreme("LEAST"), 1, _MANY),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
