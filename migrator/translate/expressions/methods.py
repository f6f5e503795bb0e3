"""What stands behind a point or ::, AT TIME ZONE and @@: methods of xml, hierarchyid and spatial values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import MAX, DataType, SqlType
from migrator.rules.types import scale_of
from migrator.translate.expressions import system, xml
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import (
    DOUBLE,
    INT,
    Family,
    Untranslatable,
    Value,
    quoted_text,
)
from migrator.translate.expressions.zones import zone_name

if TYPE_CHECKING:
    from migrator.translate.expressions.translator import Translator

_BIT: Final = DataType(SqlType.BIT)
_NODE: Final = DataType(SqlType.HIERARCHYID)
_LONG: Final = DataType(SqlType.NVARCHAR, length=MAX)
_SPATIAL: Final = frozenset({SqlType.GEOGRAPHY, SqlType.GEOMETRY})
_PROPERTIES: Final = {
    "lat": "ST_Latitude({0})", "long": "ST_Longitude({0})", "stx": "ST_X({0})", "sty": "ST_Y({0})",
    "stsrid": "ST_SRID({0})",
}  # fmt: skip
_MEASURES: Final = {
    "starea": ("ST_Area({0})", DOUBLE), "stlength": ("ST_Length({0})", DOUBLE),
    "stdistance": ("ST_Distance({0}, {1})", DOUBLE),
    "stintersects": ("ST_Intersects({0}, {1})", _BIT), "stcontains": ("ST_Contains({0}, {1})", _BIT),
    "stwithin": ("ST_Within({0}, {1})", _BIT), "stequals": ("ST_Equals({0}, {1})", _BIT),
    "stdisjoint": ("ST_Disjoint({0}, {1})", _BIT), "sttouches": ("ST_Touches({0}, {1})", _BIT),
    "stoverlaps": ("ST_Overlaps({0}, {1})", _BIT), "stcrosses": ("ST_Crosses({0}, {1})", _BIT),
    "stisvalid": ("ST_IsValid({0})", _BIT), "stisempty": ("ST_IsEmpty({0})", _BIT),
    "stgeometrytype": ("ST_GeometryType({0})", DataType(SqlType.NVARCHAR, length=4000)),
    "stnumpoints": ("ST_NumPoints({0})", INT), "stnumgeometries": ("ST_NumGeometries({0})", INT),
    "stasbinary": ("ST_AsBinary({0})", DataType(SqlType.VARBINARY, length=MAX)),
    "stastext": ("ST_AsText({0}, {axes})", _LONG), "tostring": ("ST_AsText({0}, {axes})", _LONG),
}  # fmt: skip


def call(translator: Translator, node: exp.Expr) -> Value:
    """The value of a method, a static method, a variable or AT TIME ZONE. Raises Untranslatable."""
    if isinstance(node, exp.Parameter):
        inner = node.this
        if isinstance(inner, exp.Parameter):
            return system.variable(translator, inner.name)
        raise Untranslatable(f"it uses the variable @{node.name}")
    if isinstance(node, exp.AtTimeZone):
        return _at_zone(translator, node)
    if isinstance(node, exp.ScopeResolution):
        return _static(translator, node)
    return _method(translator, node)


def property_of(translator: Translator, node: exp.Column) -> Value | None:
    """``column.Lat`` and its like, which read as a column of a table; None for what is one."""
    word = node.name.casefold()
    if word not in _PROPERTIES or node.table.casefold() not in translator.scope.columns:
        return None
    owner = translator.scalar(exp.Column(this=node.args["table"], table=node.args.get("db")))
    if owner.type is None or owner.type.base not in _SPATIAL:
        return None
    translator.leeway.differs("spatial-methods", f"it calls the method {node.name} of a {owner.type.base}")
    sql = _PROPERTIES[word].format(owner.sql)
    return Value(sql, INT if word == "stsrid" else DOUBLE, nullable=owner.nullable)


def _method(translator: Translator, node: exp.Expr) -> Value:
    inner = node.expression
    if isinstance(inner, exp.Identifier):
        wrapped = exp.Column(this=inner, table=_last(node.this))
        if (held := property_of(translator, wrapped)) is not None:
            return held
    if not isinstance(inner, exp.Anonymous):
        raise Untranslatable("it has a part that is not known (Dot)")
    owner = _owner(translator, node.this, inner)
    name = inner.name.casefold()
    type_ = owner.type.base if owner.type is not None else None
    if type_ is SqlType.HIERARCHYID:
        return _node(translator, owner, name, inner)
    if type_ is SqlType.XML:
        return xml.method(translator, owner, name, list(inner.expressions))
    if type_ in _SPATIAL:
        return _spatial(translator, owner, name, inner)
    raise Untranslatable(f"it calls the method {inner.name} of a {type_ or 'NULL'}")


def _last(node: exp.Expr) -> exp.Expr:
    return node.expression if isinstance(node, exp.Dot) else node


def _owner(translator: Translator, node: exp.Expr, call_: exp.Anonymous) -> Value:
    """What the method belongs to: a column, with its table before it or not, or the result of another call."""
    names: list[exp.Expr] = []
    part: exp.Expr | None = node
    while isinstance(part, exp.Dot):
        names.append(part.expression)
        part = part.this
    names.append(part if part is not None else node)
    if not all(isinstance(name, exp.Identifier) for name in names):
        return translator.scalar(node.unnest())
    try:
        table = names[1] if len(names) > 1 else None
        return translator.scalar(exp.Column(this=names[0], table=table))
    except Untranslatable:
        if names[0].name.casefold() in translator.scope.missing:
            raise
        owner = ".".join(name.name for name in reversed(names))
        raise Untranslatable(f"it calls the user's function {owner}.{call_.name}") from None


def _node(translator: Translator, owner: Value, name: str, inner: exp.Anonymous) -> Value:
    """hierarchyid is the text of its path: /1/2.5/3/."""
    path = owner.sql
    arguments = [translator.scalar(argument) for argument in inner.expressions]
    depth = f"CHAR_LENGTH({path}) - CHAR_LENGTH(REPLACE({path}, '/', '')) - 1"
    if name == "getlevel" and not arguments:
        return Value(depth, DataType(SqlType.SMALLINT), nullable=owner.nullable, atom=False)
    if name == "tostring" and not arguments:
        type_ = DataType(SqlType.NVARCHAR, length=4000)
        return Value(path, type_, nullable=owner.nullable, foreign=True)
    if name == "getancestor" and len(arguments) == 1 and isinstance(arguments[0].literal, int):
        up = arguments[0].literal
        if up == 0:
            return owner
        sql = f"IF({depth} >= {up}, CONCAT(SUBSTRING_INDEX({path}, '/', {depth} - {up - 1}), '/'), NULL)"
        return Value(sql, _NODE)
    if name == "isdescendantof" and len(arguments) == 1 and arguments[0].type == _NODE:
        other = arguments[0].sql
        sql = f"(LEFT({path}, CHAR_LENGTH({other})) = {other})"
        return Value(sql, _BIT, nullable=owner.nullable or arguments[0].nullable)
    raise Untranslatable(f"it calls the method {inner.name} of a hierarchyid")


def _spatial(translator: Translator, owner: Value, name: str, inner: exp.Anonymous) -> Value:
    kind = owner.type.base if owner.type is not None else SqlType.GEOMETRY
    if name not in _MEASURES:
        raise Untranslatable(f"it calls the method {inner.name} of a {kind}")
    translator.leeway.differs("spatial-methods", f"it calls the method {inner.name} of a {kind}")
    template, type_ = _MEASURES[name]
    others = [translator.scalar(argument) for argument in inner.expressions]
    if any(other.type is None or other.type.base is not kind for other in others):
        raise Untranslatable(f"{inner.name} meets something that is no {kind}")
    if ("{1}" in template) != (len(others) == 1):
        raise Untranslatable(f"it calls the method {inner.name} with {len(others)} arguments")
    axes = "'axis-order=long-lat'"  # as SQL Server writes points, whatever the target's SRID says
    sql = template.format(owner.sql, *(other.sql for other in others), axes=axes)
    if kind is SqlType.GEOMETRY:
        sql = sql.replace(f", {axes}", "")
    nullable = owner.nullable or any(other.nullable for other in others)
    return Value(sql, type_, nullable=nullable, foreign=type_.base is SqlType.NVARCHAR)


def _static(translator: Translator, node: exp.Expr) -> Value:
    inner = node.expression
    if not isinstance(inner, exp.Anonymous) or not isinstance(node.this, exp.Expr):
        raise Untranslatable("it has a part that is not known (ScopeResolution)")
    kind = node.this.name.casefold()
    written = [node for node in inner.expressions if not isinstance(node, exp.Var)]  # Parse() is read as PARSE()
    arguments = [translator.scalar(argument) for argument in written]
    name = inner.name.casefold()
    if kind == "hierarchyid" and name == "getroot":
        return Value("'/'", _NODE, nullable=False)
    if kind == "hierarchyid" and name == "parse" and arguments and isinstance(arguments[0].literal, str):
        return Value(quoted_text(arguments[0].literal), _NODE, nullable=False)
    if kind in ("geography", "geometry") and len(arguments) == 3 and isinstance(arguments[2].literal, int):
        translator.leeway.differs("spatial-methods", f"it calls {kind}::{inner.name}()")
        return replace(_point(name, arguments, inner.name), type=DataType(SqlType(kind)))
    raise Untranslatable(f"it calls {kind}::{inner.name}()")


def _point(name: str, arguments: list[Value], shown: str) -> Value:
    first, second, srid = (value.sql for value in arguments)
    if name != "point":
        raise Untranslatable(f"it calls {shown}() of a spatial type")
    nullable = any(value.nullable for value in arguments)
    return Value(f"ST_GeomFromText(CONCAT('POINT(', {first}, ' ', {second}, ')'), {srid})", None, nullable=nullable)


def _at_zone(translator: Translator, node: exp.AtTimeZone) -> Value:
    """A local time gets a zone; a moment with an offset is shown in another."""
    value, zone = translator.scalar(node.this), translator.scalar(node.args["zone"]).literal
    if not isinstance(zone, str):
        raise Untranslatable("the zone of AT TIME ZONE is no constant")
    name = zone_name(zone)
    translator.leeway.differs("time-zone", "AT TIME ZONE depends on the server's tables of zones")
    if value.literal is not None:
        value = converted(value, DataType(SqlType.DATETIME2, scale=7), translator.leeway)
    scale = scale_of(value.type) if value.type is not None else 7
    type_ = DataType(SqlType.DATETIMEOFFSET, scale=scale)
    if value.type is not None and value.type.base is SqlType.DATETIMEOFFSET:
        return Value(value.sql, type_, local=_converted(value.sql, "+00:00", name))
    if value.family is not Family.DATETIME:
        raise Untranslatable("AT TIME ZONE of something else than a date and time")
    return Value(_converted(value.sql, name, "+00:00"), type_, local=value.sql)


def _converted(sql: str, from_: str, to: str) -> str:
    return sql if from_ == to else f"CONVERT_TZ({sql}, {quoted_text(from_)}, {quoted_text(to)})"
