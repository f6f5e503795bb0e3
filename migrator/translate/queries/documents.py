"""Rows from JSON, and JSON or one long text from rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.model.name import ObjectName
from migrator.mysql.connect import quoted
from migrator.translate.expressions.arithmetic import as_text
from migrator.translate.expressions.datatypes import read_type
from migrator.translate.expressions.value import BIGINT, Family, Untranslatable, Value, quoted_text
from migrator.translate.names import Namer
from migrator.translate.queries.aggregates import joined
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach

if TYPE_CHECKING:
    from migrator.translate.queries.values import QueryValues
    from migrator.translate.queries.writer import Writer

_LONG: Final = DataType(SqlType.NVARCHAR, length=MAX)
_NO_TABLE: Final = ObjectName("", "")
OPENJSON_CALL: Final = "openjson"
_ESCAPED: Final = frozenset('\\"/')


def table_of(values: QueryValues, call: exp.Anonymous, alias: str) -> tuple[str, tuple[Output, ...]] | None:
    """The JSON_TABLE that a built-in function with rows becomes; None for another function. Raises Untranslatable."""
    name = call.name.casefold()
    arguments = list(call.expressions)
    if name == OPENJSON_CALL:
        return _openjson(values, arguments, alias)
    if name == "string_split":
        return _string_split(values, arguments, alias)
    return None


def _openjson(values: QueryValues, arguments: list[exp.Expr], alias: str) -> tuple[str, tuple[Output, ...]]:
    shape = arguments.pop() if arguments and isinstance(arguments[-1], exp.Schema) else None
    document = values.scalar(arguments[0])
    path = "$"
    if len(arguments) > 1:
        given = values.scalar(arguments[1]).literal
        if not isinstance(given, str):
            raise Untranslatable("the path of OPENJSON is no constant")
        path = _path(given)
    values.remarks.append("json-rows")
    namer = Namer()
    parts: list[str] = []
    outputs: list[Output] = []
    if shape is None:
        parts = ["`ordinal` FOR ORDINALITY", "`value` LONGTEXT PATH '$'"]
        outputs = [Output("value", "value", _LONG)]
    for column in shape.expressions if shape is not None else []:
        name, kind, written, json = column.expressions
        target = namer.take(name.name)
        type_ = read_type(kind.name)
        text = "JSON" if json.this else values.scope.rules.type_rule(type_, _NO_TABLE, name.name).mysql_type(type_)
        where = _path(written.name if isinstance(written, exp.Literal) else f"$.{_member(name.name)}")
        parts.append(f"{quoted(target)} {text} PATH {quoted_text(where)}")
        outputs.append(Output(name.name, target, type_, foreign=True))
    source = f"JSON_TABLE({document.sql}, {quoted_text(f'{path}[*]')} COLUMNS ({', '.join(parts)}))"
    return f"{source} AS {quoted(alias)}", tuple(outputs)


def _path(path: str) -> str:
    """A JSON path in MySQL's words; a ``strict`` one fails in T-SQL where MySQL gives NULL. Raises Untranslatable."""
    plain = path.strip()
    for word in ("lax ", "strict "):
        plain = plain.removeprefix(word).strip()
    if not plain.startswith("$"):
        raise Untranslatable("a JSON path does not begin with $")
    return plain


def _member(name: str) -> str:
    return name if name.isidentifier() else '"' + name.replace('"', '\\"') + '"'


def _string_split(values: QueryValues, arguments: list[exp.Expr], alias: str) -> tuple[str, tuple[Output, ...]]:
    if len(arguments) < 2:
        raise Untranslatable("string_split() is called with one argument")
    value, mark = values.scalar(arguments[0]), values.scalar(arguments[1])
    separator = mark.literal
    if value.family is not Family.TEXT or not isinstance(separator, str) or len(separator) != 1:
        raise Untranslatable("string_split() is called with arguments that are no texts")
    if separator in _ESCAPED or separator.isalnum() or not separator.isprintable():
        raise Untranslatable("string_split() splits at a character that JSON writes in another way")
    members = (
        f"REPLACE(JSON_QUOTE({as_text(value).sql}), {quoted_text(separator)}, {quoted_text(chr(34) + ',' + chr(34))})"
    )
    columns = "`ordinal` FOR ORDINALITY, `value` LONGTEXT PATH '$'"
    text = f"JSON_TABLE(CONCAT('[', {members}, ']'), '$[*]' COLUMNS ({columns})) AS {quoted(alias)}"
    outputs = [Output("value", "value", value.type, False, value.collation, foreign=True)]
    if len(arguments) > 2:
        outputs.append(Output("ordinal", "ordinal", BIGINT, False))
    return text, tuple(outputs)


def _options(clause: exp.Expr) -> dict[str, str]:
    """The options of a FOR clause: upper-case word to its text."""
    found: dict[str, str] = {}
    for option in clause.expressions:
        inner = option.this
        if isinstance(inner, exp.XMLKeyValueOption):
            text = inner.args.get("expression")
            found[inner.this.name.upper()] = text.name if text is not None else ""
        else:
            found[inner.name.upper()] = ""
    return found


def joined_rows(values: QueryValues, node: exp.Expr) -> Value | None:
    """``(SELECT text … FOR XML PATH(''))``, the old way to join the texts of all rows; None for another query."""
    select = node.unnest() if isinstance(node, (exp.Subquery, exp.Paren)) else node
    clause = select.args.get("for_") if isinstance(select, exp.Select) else None
    if clause is None or clause.args["kind"].upper() != "XML":
        return None
    options = _options(clause)
    items = select.expressions
    if options.get("PATH", "row") != "" or len(items) != 1 or not set(options) <= {"PATH", "TYPE"}:
        raise Untranslatable("it makes XML (FOR XML)")
    item = items[0]
    if isinstance(item, exp.Column) or (
        isinstance(item, exp.Alias) and item.alias.casefold() not in ("text()", "data()")
    ):
        raise Untranslatable("it makes XML (FOR XML)")
    if select.args.get("group") or select.args.get("limit") or select.args.get("offset"):
        raise Untranslatable("it joins the texts of groups or of the first rows by FOR XML")
    writer = values.writer
    reach = Reach(values.reach)
    from migrator.translate.queries import sources  # noqa: PLC0415 - sources needs this module

    tail = sources.from_clause(writer, select, reach)
    inner = writer.values(reach)
    if select.args.get("where") is not None:
        tail += f" WHERE {inner.condition(select.args['where'].this)}"
    text = inner.scalar(item.this if isinstance(item, exp.Alias) else item)
    order = select.args.get("order")
    terms = writer.ordering(inner, order, (), lambda output: output.target) if order is not None else []
    if select.args.get("distinct") is not None:
        if terms:
            raise Untranslatable("it joins distinct texts in an order by FOR XML")
        text = Value(f"DISTINCT {as_text(text).sql}", text.type, collation=text.collation, foreign=text.foreign)
    if "TYPE" not in options:
        writer.remarks.append("xml-entities")
    made = joined(inner, text, "", f" ORDER BY {', '.join(terms)}" if terms else "")
    return Value(f"(SELECT {made.sql}{tail})", _LONG, collation=text.collation, foreign=text.foreign)


def as_json(writer: Writer, node: exp.Select, outer: Reach | None) -> Query:
    """SELECT … FOR JSON as one JSON document. Raises Untranslatable."""
    clause = node.args["for_"]
    kind = clause.args["kind"].upper()
    if kind != "JSON":
        raise Untranslatable(f"it makes XML (FOR {kind})")
    options = _options(clause)
    plain = node.copy()
    plain.set("for_", None)
    if "AUTO" in options and node.args.get("joins"):
        raise Untranslatable("it nests JSON by its joins (FOR JSON AUTO)")
    query = writer.subquery(plain, outer)
    alias = writer.alias("rows")
    tree: dict[str, object] = {}
    for output in query.columns:
        if not output.name:
            raise Untranslatable("it makes JSON of a column without a name")
        parts = output.name.split(".") if "PATH" in options else [output.name]
        level = tree
        for part in parts[:-1]:
            below = level.setdefault(part, {})
            if not isinstance(below, dict):
                raise Untranslatable("a name in its JSON is a value and an object")
            level = below
        level[parts[-1]] = _json_value(f"{quoted(alias)}.{quoted(output.target)}", output)
    document = _object(tree)
    if "INCLUDE_NULL_VALUES" not in options:
        document = f"JSON_MERGE_PATCH(JSON_OBJECT(), {document})"
    writer.remarks.append("for-json")
    if "WITHOUT_ARRAY_WRAPPER" in options:
        writer.remarks.append("group-concat")
        whole = f"GROUP_CONCAT({document} SEPARATOR ',')"
    else:
        whole = f"JSON_ARRAYAGG({document})"
    if "ROOT" in options:
        whole = f"JSON_OBJECT({quoted_text(options['ROOT'] or 'root')}, {whole})"
    columns = (Output("", "json", _LONG, foreign=True),)
    return Query("SELECT", (Value(whole, _LONG, foreign=True),), f" FROM ({query.sql}) AS {quoted(alias)}", columns)


def _object(tree: dict[str, object]) -> str:
    members = [
        f"{quoted_text(name)}, {_object(value) if isinstance(value, dict) else value}" for name, value in tree.items()
    ]
    return f"JSON_OBJECT({', '.join(members)})"


def _json_value(sql: str, output: Output) -> str:
    """A value as T-SQL writes it into JSON."""
    type_ = output.type
    if type_ is None:
        return sql
    if type_.base is SqlType.BIT:
        return f"CAST(CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END AS JSON)"
    if type_.base in (SqlType.DATETIME, SqlType.DATETIME2, SqlType.SMALLDATETIME):
        fraction = f"IF(MICROSECOND({sql}) = 0, '', TRIM(TRAILING '0' FROM DATE_FORMAT({sql}, '.%f')))"
        return f"CONCAT(DATE_FORMAT({sql}, '%Y-%m-%dT%H:%i:%s'), {fraction})"
    if type_.base is SqlType.UNIQUEIDENTIFIER:
        return f"UPPER({sql})"
    if type_.base in (SqlType.BINARY, SqlType.VARBINARY, SqlType.IMAGE):
        return f"REPLACE(TO_BASE64({sql}), '\\n', '')"
    return f"CAST({sql} AS CHAR)" if type_.base in (SqlType.DATE, SqlType.TIME) else sql
