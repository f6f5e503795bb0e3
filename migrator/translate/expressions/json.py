"""JSON_VALUE, JSON_QUERY, JSON_MODIFY, JSON_OBJECT and JSON_ARRAY, over text that holds JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.value import INT, MOMENTS, NUMBERS, Family, Untranslatable, Value, quoted_text

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

Arguments = list[exp.Expr]
_STEP: Final = re.compile(r'\.(?P<plain>[^\W\d][\w$]*)|\."(?P<quoted>(?:[^"\\]|\\.)*)"|\[(?P<index>\d+)\]')
_DOCUMENT: Final = DataType(SqlType.NVARCHAR, length=MAX)
_CALLS_THAT_MAKE_JSON: Final = frozenset({"json_query", "json_modify", "json_object", "json_array"})


def path(text: str) -> str:
    """SQL Server's JSON path as MySQL's, without lax or strict. Raises Untranslatable."""
    plain = re.sub(r"^\s*(?:lax|strict)\s+", "", text, flags=re.IGNORECASE).strip()
    if not plain.startswith("$"):
        raise Untranslatable(f"{text!r} is no JSON path that is known")
    steps: list[str] = []
    position = 1
    while position < len(plain):
        step = _STEP.match(plain, position)
        if step is None:
            raise Untranslatable(f"{text!r} is no JSON path that is known")
        key = step["plain"] if step["plain"] is not None else step["quoted"]
        steps.append(f"[{step['index']}]" if step["index"] else f'."{key}"' if not _simple(key) else f".{key}")
        position = step.end()
    return "$" + "".join(steps)


def _simple(key: str) -> bool:
    return re.fullmatch(r"[A-Za-z_]\w*", key, re.ASCII) is not None


def _document(translator: Translator, node: exp.Expr) -> Value:
    value = translator.scalar(node)
    if value.family is not Family.TEXT and (value.type is None or value.type.base is not SqlType.JSON):
        raise Untranslatable("JSON is read out of something that is no text")
    return value


def _guarded(value: Value) -> str:
    """MySQL fails over text that is no JSON: NULL, where T-SQL fails or says NULL."""
    return f"IF(JSON_VALID({value.sql}), {value.sql}, NULL)"


def _extracted(translator: Translator, arguments: Arguments, default: str | None = None) -> tuple[Value, str]:
    value = _document(translator, arguments[0])
    written = translator.scalar(arguments[1]).literal if len(arguments) > 1 else default
    if not isinstance(written, str):
        raise Untranslatable("a JSON path is no constant")
    return value, f"JSON_EXTRACT({_guarded(value)}, {quoted_text(path(written))})"


def _value(translator: Translator, arguments: Arguments) -> Value:
    value, found = _extracted(translator, arguments)
    translator.remarks.append("json-value")
    sql = f"CASE WHEN JSON_TYPE({found}) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN JSON_UNQUOTE({found}) END"
    type_ = DataType(SqlType.NVARCHAR, length=4000)
    return Value(sql, type_, collation=value.collation, foreign=True)


def _query(translator: Translator, arguments: Arguments) -> Value:
    value, found = _extracted(translator, arguments, "$")
    translator.remarks.append("json-text")
    sql = f"CASE WHEN JSON_TYPE({found}) IN ('OBJECT', 'ARRAY') THEN {_written(found)} END"
    return Value(sql, _DOCUMENT, collation=value.collation, foreign=True)


def _exists(translator: Translator, arguments: Arguments) -> Value:
    """JSON_PATH_EXISTS is 0 over text that is no JSON."""
    value = _document(translator, arguments[0])
    written = translator.scalar(arguments[1]).literal
    if not isinstance(written, str):
        raise Untranslatable("a JSON path is no constant")
    found = f"JSON_CONTAINS_PATH({_guarded(value)}, 'one', {quoted_text(path(written))})"
    return Value(f"IF({value.sql} IS NULL, NULL, IFNULL({found}, 0))" if value.nullable else f"IFNULL({found}, 0)", INT)


def _isjson(translator: Translator, arguments: Arguments) -> Value:
    """ISJSON(text[, VALUE | ARRAY | OBJECT | SCALAR]); without a kind, an object or an array."""
    value = _document(translator, arguments[0])
    kind = arguments[1].name.casefold() if len(arguments) > 1 else ""
    tests = {
        "": "IN ('OBJECT', 'ARRAY')",
        "array": "= 'ARRAY'",
        "object": "= 'OBJECT'",
        "value": "IS NOT NULL",
        "scalar": "IN ('STRING', 'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL')",
    }
    if kind not in tests:
        raise Untranslatable(f"ISJSON of the kind {kind}")
    x = as_text(value).sql
    sql = f"IF(JSON_VALID({x}), JSON_TYPE({x}) {tests[kind]}, JSON_VALID({x}))"
    return Value(sql, INT, nullable=value.nullable)


def _written(document: str) -> str:
    return f"CAST({document} AS CHAR CHARACTER SET utf8mb4)"


def _modify(translator: Translator, arguments: Arguments) -> Value:
    value, new = _document(translator, arguments[0]), translator.scalar(arguments[2])
    written = translator.scalar(arguments[1]).literal
    if not isinstance(written, str):
        raise Untranslatable("a JSON path is no constant")
    append = re.match(r"^\s*append\s+", written, re.IGNORECASE)
    target = path(written[append.end() :] if append else written)
    strict = re.match(r"^\s*(append\s+)?strict\b", written, re.IGNORECASE) is not None
    translator.remarks.append("json-text")
    place, document = quoted_text(target), _guarded(value)
    inner = arguments[2].name.casefold() if isinstance(arguments[2], exp.Anonymous) else ""
    item = f"CAST({new.sql} AS JSON)" if inner in _CALLS_THAT_MAKE_JSON else _item(new)
    if append:
        sql = f"JSON_ARRAY_APPEND({document}, {place}, {item})"
    elif new.type is None:
        keep = strict or target.endswith("]")  # an element becomes null, a key goes
        sql = f"JSON_SET({document}, {place}, NULL)" if keep else f"JSON_REMOVE({document}, {place})"
    else:
        sql = f"JSON_SET({document}, {place}, {item})"
        if new.nullable and not strict and not target.endswith("]"):
            sql = f"IF({new.sql} IS NULL, JSON_REMOVE({document}, {place}), {sql})"
    return Value(_written(sql), _DOCUMENT, collation=value.collation, foreign=True)


def _item(value: Value) -> str:
    """A value as JSON_SET takes it."""
    if value.type is not None and value.type.base is SqlType.BIT:
        return f"CAST(IF({value.sql}, 'true', 'false') AS JSON)"
    return as_text(value).sql


def _member(translator: Translator, node: exp.Expr) -> str:
    """A value as JSON writes it; NULL stays NULL."""
    value = translator.scalar(node)
    if isinstance(node, exp.Anonymous) and node.name.casefold() in _CALLS_THAT_MAKE_JSON:
        return value.sql
    if value.type is None:
        return "NULL"
    if value.type.base is SqlType.BIT:
        return f"IF({value.sql} IS NULL, NULL, IF({value.sql}, 'true', 'false'))"
    if value.family in (Family.INTEGER, Family.EXACT):
        return f"CAST({value.sql} AS CHAR CHARACTER SET utf8mb4)"
    if value.family in MOMENTS:
        value = translator.cast(value, DataType(SqlType.NVARCHAR, length=40), 126)
    elif value.family not in (Family.TEXT, Family.GUID) or value.family in NUMBERS:
        raise Untranslatable(f"JSON is made of a {value.type}")
    return f"JSON_QUOTE({as_text(value).sql})"


def _object(translator: Translator, arguments: Arguments) -> Value:
    if len(arguments) % 2 == 0:
        raise Untranslatable("JSON_OBJECT is written in a way that is not known")
    absent = arguments[0].name.startswith("absent")
    members: list[str] = []
    for key, node in zip(arguments[1::2], arguments[2::2], strict=True):
        name = translator.scalar(key)
        if name.family is not Family.TEXT:
            raise Untranslatable("the key of a JSON_OBJECT is no text")
        item = _member(translator, node)
        item = item if absent else f"IFNULL({item}, 'null')"
        members.append(f"CONCAT(JSON_QUOTE({as_text(name).sql}), ':', {item})")
    return _joined("{", members, "}")


def _array(translator: Translator, arguments: Arguments) -> Value:
    kept = arguments[0].name.startswith("null")
    items = [_member(translator, node) for node in arguments[1:]]
    return _joined("[", [f"IFNULL({item}, 'null')" if kept else item for item in items], "]")


def _joined(opening: str, members: list[str], closing: str) -> Value:
    """CONCAT_WS leaves NULL out, as ABSENT ON NULL wants it."""
    if not members:
        return Value(quoted_text(opening + closing), _DOCUMENT, nullable=False)
    sql = f"CONCAT('{opening}', CONCAT_WS(',', {', '.join(members)}), '{closing}')"
    return Value(sql, _DOCUMENT, nullable=False, foreign=True)


_MANY: Final = 254
CALLS: Final[dict[str, tuple[Callable[[Translator, Arguments], Value], int, int]]] = {
    "isjson": (_isjson, 1, 2),
    "json_path_exists": (_exists, 2, 2),
    "json_value": (_value, 2, 2),
    "json_query": (_query, 1, 2),
    "json_modify": (_modify, 3, 3),
    "json_object": (_object, 1, _MANY),
    "json_array": (_array, 1, _MANY),
}
"""What makes the value of a call, and how many arguments it takes at least and at most."""
