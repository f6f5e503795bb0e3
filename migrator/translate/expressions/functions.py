"""Calls: those that functions.toml can say, and those whose answer depends on their arguments' types."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.rules.functions import Argument, FunctionRule
from migrator.translate.expressions import calendar, choices, formats, json, numbers, strings, system
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.convert import moment_of, try_cast
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.value import (
    DATETIME,
    DOUBLE,
    MOMENTS,
    NUMBERS,
    Family,
    Untranslatable,
    Value,
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
    if rule is None:
        why = f": {system.NO_ANSWER[name]}" if name in system.NO_ANSWER else ""
        raise Untranslatable(f"it calls {name}(){why}")
    return _by_rule(translator, rule, arguments)


def _by_rule(translator: Translator, rule: FunctionRule, arguments: Arguments) -> Value:
    if translator.scope.stable and not rule.deterministic:
        raise Untranslatable(f"{rule.name}() differs from call to call, which MySQL allows in a DEFAULT only")
    values = [_fitting(translator, kind, argument) for kind, argument in zip(rule.arguments, arguments, strict=True)]
    texts = [_argument(rule.name, kind, value) for kind, value in zip(rule.arguments, values, strict=True)]
    type_ = values[0].type if rule.returns == "first" else read_type(rule.returns)
    fraction = translator.scope.fraction
    if fraction is None:
        fraction = min((type_.scale if type_ and type_.scale is not None else 3), 6)
    filled = {"fraction": str(fraction)} | {str(number): text for number, text in enumerate(texts)}
    if rule.finding:
        translator.remarks.append(rule.finding)
    if rule.counts_letters:
        strings.remark_on_units(translator, values)
    nullable = any(value.nullable for value in values)
    return Value(
        _PLACEHOLDER.sub(lambda found: filled[found[1]], rule.to),
        type_,
        nullable=nullable,
        raw_char=rule.arguments[:1] == (Argument.KEPT,) and values[0].raw_char,
        **inherited(values),
    )


_TEXTS: Final = frozenset({Argument.TEXT, Argument.TRIMMED, Argument.KEPT})
_NUMERIC: Final = frozenset({Argument.NUMBER, Argument.INTEGER})


def _fitting(translator: Translator, kind: Argument, node: exp.Expr) -> Value:
    """An argument, converted where T-SQL does so by itself."""
    if kind in _TEXTS:
        return strings.texted(translator, node)
    value = moment_of(translator.scalar(node), translator.leeway)
    if translator.scope.lenient and value.family is Family.TEXT:
        if kind in _NUMERIC:
            return translator.cast(value, DOUBLE)
        if kind is Argument.DATE:
            return translator.cast(value, DATETIME)
    return value


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


def _cast(translator: Translator, arguments: Arguments) -> Value:
    return translator.cast(translator.scalar(arguments[1]), read_type(arguments[0].name), _style(translator, arguments))


def _try_cast(translator: Translator, arguments: Arguments) -> Value:
    value = translator.scalar(arguments[1])
    return try_cast(value, read_type(arguments[0].name), _style(translator, arguments), translator.leeway)


def _style(translator: Translator, arguments: Arguments) -> int | None:
    if len(arguments) < 3:
        return None
    written = translator.scalar(arguments[2])
    if not isinstance(written.literal, int):
        raise Untranslatable("the style of a CONVERT is no constant")
    return written.literal


def _parse(*, trying: bool) -> Callable[[Translator, Arguments], Value]:
    """PARSE and TRY_PARSE read text as a culture writes it: en-US is what the conversions above read."""

    def parse(translator: Translator, arguments: Arguments) -> Value:
        type_, _, culture = arguments[0].name.partition("using")
        if culture.casefold() not in ("", "en-us"):
            raise Untranslatable(f"PARSE reads as the culture {culture} writes")
        translator.leeway.differs("parse-culture", "PARSE depends on a culture")
        value = translator.scalar(arguments[1])
        if trying:
            return try_cast(value, read_type(type_), None, translator.leeway)
        return translator.cast(value, read_type(type_))

    return parse


_SPECIAL: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    **strings.CALLS,
    **choices.CALLS,
    **numbers.CALLS,
    **calendar.CALLS,
    **formats.CALLS,
    **json.CALLS,
    **system.CALLS,
    "cast": (_cast, 2, 2),
    "convert": (_cast, 2, 3),
    "try_cast": (_try_cast, 2, 2),
    "try_convert": (_try_cast, 2, 3),
    "parse": (_parse(trying=False), 2, 2),
    "try_parse": (_parse(trying=True), 2, 2),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
