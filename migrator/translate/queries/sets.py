"""UNION, INTERSECT, EXCEPT, common table expressions and GROUP BY."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlglot import exp

from migrator.model.datatype import DataType
from migrator.mysql.connect import quoted
from migrator.translate.expressions.datatypes import common_type
from migrator.translate.expressions.literals import converted
from migrator.translate.expressions.value import Family, Leeway, Untranslatable, Value, family_of
from migrator.translate.names import Namer
from migrator.translate.queries import tops
from migrator.translate.queries.query import Query
from migrator.translate.queries.relation import Output, Reach, Relation

if TYPE_CHECKING:
    from migrator.translate.queries.values import QueryValues
    from migrator.translate.queries.writer import Writer

_LONGEST: Final = 16_383


def combined(writer: Writer, node: exp.SetOperation, outer: Reach | None) -> Query:
    """Queries one after another; a long chain nests to the left, so it is walked with a loop."""
    chain: list[exp.SetOperation] = []
    left: exp.Expr = node
    while isinstance(left, exp.SetOperation) and (left is node or not _has_own_end(left)):
        chain.append(left)
        left = left.this
    query = writer.subquery(left, outer)
    branches, words = [query], [""]
    for operation in reversed(chain):
        right = writer.subquery(operation.expression, outer)
        if len(right.columns) != len(branches[0].columns):
            raise Untranslatable("it joins queries of a different number of columns")
        if isinstance(operation, exp.Union):
            branches.append(right)
            words.append("UNION" if operation.args.get("distinct") else "UNION ALL")
            continue
        before = united(writer, branches, words)
        branches, words = [_matched(writer, before, right, absent=isinstance(operation, exp.Except))], [""]
    query = united(writer, branches, words)
    if node.args.get("for_") is not None:
        raise Untranslatable("it ends in FOR XML or FOR JSON behind a UNION")
    return tops.limited(writer.values(Reach(outer)), node, query)


def _has_own_end(node: exp.SetOperation) -> bool:
    return any(node.args.get(word) is not None for word in ("with_", "limit", "offset"))


def united(writer: Writer, branches: list[Query], words: list[str]) -> Query:
    """The branches of a UNION as one query; ``words`` has what stands before each. Raises Untranslatable."""
    if len(branches) == 1:
        return branches[0]
    leeway = writer.values(Reach(None)).leeway
    places = range(len(branches[0].columns))
    types = [_common([branch.columns[place] for branch in branches], leeway) for place in places]
    fitted = [_fitted(writer, branch, types) for branch in branches]
    text = fitted[0].sql
    for word, branch in zip(words[1:], fitted[1:], strict=True):
        text += f"\n{word}\n{branch.sql}"
    columns = tuple(
        Output(
            first.name,
            first.target,
            types[place],
            any(branch.columns[place].nullable for branch in branches),
            next((branch.columns[place].collation for branch in branches if branch.columns[place].collation), None),
            any(branch.columns[place].foreign for branch in fitted),
        )
        for place, first in enumerate(branches[0].columns)
    )
    return Query(text, (), "", columns, closed=True)


def _common(outputs: list[Output], leeway: Leeway) -> DataType | None:
    """The type that T-SQL gives a column of a UNION: text gives way to everything else."""
    known = [output for output in outputs if output.type is not None]
    others = [output for output in known if family_of(output.type) not in (Family.TEXT, Family.BINARY)]
    chosen = others or known
    return common_type([Value("", output.type) for output in chosen], leeway) if chosen else None


def _fitted(writer: Writer, query: Query, types: list[DataType | None]) -> Query:
    """``query`` as a branch: plain, and of the types that T-SQL gives all branches."""
    if query.closed or not query.values:
        query = query.opened(writer.alias("branch"))

    values = writer.values(Reach(None))

    def fit(place: int, value: Value) -> Value:
        type_ = types[place]
        if type_ is None or value.type is None or value.family is family_of(type_):
            return value
        value = converted(value, type_)
        return value if value.family is family_of(type_) else values.cast(value, type_)

    return query.changed(fit)


def _matched(writer: Writer, left: Query, right: Query, *, absent: bool) -> Query:
    """INTERSECT, or EXCEPT where ``absent``: MySQL has neither before 8.0.31. NULL equals NULL here."""
    near, far = writer.alias("left"), writer.alias("right")
    same = " AND ".join(
        f"{quoted(near)}.{quoted(ours.target)} <=> {quoted(far)}.{quoted(theirs.target)}"
        for ours, theirs in zip(left.columns, right.columns, strict=True)
    )
    values = tuple(
        Value(f"{quoted(near)}.{quoted(column.target)}", column.type, nullable=column.nullable,
              collation=column.collation, foreign=column.foreign)
        for column in left.columns
    )  # fmt: skip
    matching = f"SELECT 1 FROM ({right.sql}) AS {quoted(far)} WHERE {same}"  # noqa: S608 - made of translated parts
    tail = f"\nFROM ({left.sql}) AS {quoted(near)}\nWHERE {'NOT ' if absent else ''}EXISTS ({matching})"
    return Query("SELECT DISTINCT", values, tail, left.columns)


def common_tables(writer: Writer, with_: exp.Expr, outer: Reach | None) -> str:
    """WITH ...: each one may read those before it, and itself."""
    texts = []
    recursive = False
    for cte in with_.expressions:
        name = cte.alias
        columns = [column.name for column in cte.args["alias"].args.get("columns") or []]
        target = name if len(name) <= 64 and not writer.catalog.has_target(name) else writer.alias(name[:50])
        query, again = _common_table(writer, name, target, columns, cte.this, outer)
        recursive = recursive or again
        outputs = renamed(query.columns, columns)
        writer.ctes[-1][name.casefold()] = Relation(name, target, outputs)
        listed = ", ".join(quoted(output.target) for output in outputs)
        texts.append(f"{quoted(target)} ({listed}) AS ({query.sql})")
    return f"WITH {'RECURSIVE ' if recursive else ''}" + ",\n".join(texts)


def renamed(outputs: tuple[Output, ...], names: list[str]) -> tuple[Output, ...]:
    """Columns under the names of a column list, where there is one. Raises Untranslatable."""
    if not names:
        return outputs
    if len(names) != len(outputs):
        raise Untranslatable("a list of column names is not as long as the query has columns")
    namer = Namer()
    return tuple(
        Output(name, namer.take(name), output.type, output.nullable, output.collation, output.foreign)
        for name, output in zip(names, outputs, strict=True)
    )


def _common_table(
    writer: Writer, name: str, target: str, columns: list[str], node: exp.Expr, outer: Reach | None
) -> tuple[Query, bool]:
    reads_itself = isinstance(node, exp.Union) and any(
        table.name.casefold() == name.casefold() and not table.db for table in node.find_all(exp.Table)
    )
    if not reads_itself:
        return writer.subquery(node, outer), False
    branches: list[exp.Expr] = []
    left: exp.Expr = node
    while isinstance(left, exp.Union):
        branches.append(left.expression)
        left = left.this
    anchor = writer.subquery(left, outer)
    if anchor.closed or not anchor.values:
        anchor = anchor.opened(writer.alias("anchor"))
    anchor = anchor.changed(lambda _, value: _wide(value))
    outputs = renamed(anchor.columns, columns)
    loose = tuple(Output(o.name, o.target, o.type, True, o.collation, o.foreign) for o in outputs)
    writer.ctes[-1][name.casefold()] = Relation(name, target, loose)
    text = anchor.sql
    for branch in reversed(branches):
        text += f"\nUNION ALL\n{writer.subquery(branch, outer).sql}"
    writer.remarks.append("view-recursion")
    return Query(text, (), "", loose, closed=True), True


def _wide(value: Value) -> Value:
    """MySQL gives a recursive column the width of its first rows: longer text would be cut, or refused."""
    if value.family is not Family.TEXT or value.type is None:
        return value
    length = _LONGEST if value.type.is_lob else min(value.type.length or 1, _LONGEST)
    sql = f"CAST({value.sql} AS CHAR({length}) CHARACTER SET utf8mb4)"
    return Value(sql, value.type, nullable=True, collation=value.collation, foreign=True)


def grouping(values: QueryValues, group: exp.Expr | None) -> tuple[str, list[list[exp.Expr]]]:
    """GROUP BY as text; or the sets of a GROUPING SETS or a CUBE, which MySQL has not."""
    if group is None:
        return "", []
    plain = [node for node in group.expressions if not isinstance(node, (exp.GroupingSets, exp.Cube, exp.Rollup))]
    special = [node for node in group.expressions if isinstance(node, (exp.GroupingSets, exp.Cube, exp.Rollup))]
    special += [node for word in ("rollup", "cube", "grouping_sets") for node in group.args.get(word) or []]
    if not special:
        return _grouped(values, plain), []
    if len(special) > 1:
        raise Untranslatable("it groups by more than one ROLLUP, CUBE or GROUPING SETS")
    kind = special[0]
    if isinstance(kind, exp.Rollup):
        nodes = kind.expressions or plain
        if kind.expressions and plain:
            return "", [plain + list(nodes[:count]) for count in range(len(nodes), -1, -1)]
        if any(isinstance(node, (exp.Tuple, exp.Paren)) for node in nodes):
            return "", [
                [leaf for node in nodes[:count] for leaf in _leaves(node)] for count in range(len(nodes), -1, -1)
            ]
        return f"{_grouped(values, nodes)} WITH ROLLUP", []
    if isinstance(kind, exp.Cube):
        nodes = kind.expressions or plain
        if len(nodes) > 6:
            raise Untranslatable("it groups by a CUBE of more than six columns")
        kept = plain if kind.expressions else []
        chosen = [
            [node for place, node in enumerate(nodes) if mask >> place & 1]
            for mask in range(2 ** len(nodes) - 1, -1, -1)
        ]
        return "", [kept + [leaf for node in each for leaf in _leaves(node)] for each in chosen]
    if any(isinstance(node, (exp.Rollup, exp.Cube, exp.GroupingSets)) for node in kind.expressions):
        raise Untranslatable("it has a ROLLUP or a CUBE inside GROUPING SETS")
    return "", [plain + _leaves(node) for node in kind.expressions]


def _leaves(node: exp.Expr) -> list[exp.Expr]:
    return list(node.expressions) if isinstance(node, exp.Tuple) else [node.unnest()]


def _grouped(values: QueryValues, nodes: list[exp.Expr]) -> str:
    terms = [values.scalar(node) for node in nodes]
    return f"\nGROUP BY {', '.join(term.sql for term in terms)}" if terms else ""


def grouping_sets(writer: Writer, node: exp.Select, outer: Reach | None, chosen: list[list[exp.Expr]]) -> Query:
    """One grouped query for each set, one after another; what a set does not group by is NULL in its rows."""
    if any(item.find(exp.Anonymous, bfs=False) is not None and _asks_grouping(item) for item in node.expressions):
        raise Untranslatable("it calls GROUPING() over a CUBE or GROUPING SETS")
    keys = {_text(leaf) for each in chosen for leaf in each}
    branches = []
    for each in chosen:
        present = {_text(leaf) for leaf in each}
        branch = node.copy()
        for word in ("limit", "offset", "order", "with_"):
            branch.set(word, None)
        branch.set("group", exp.Group(expressions=[leaf.copy() for leaf in each]) if each else None)
        if not each and branch.args.get("having") is None:
            branch.set("having", exp.Having(this=exp.GTE(this=exp.Anonymous(this="COUNT", expressions=[exp.Star()]),
                                                          expression=exp.Literal.number(1))))  # fmt: skip
        for item in branch.expressions:
            _blank(item, keys - present)
        branches.append(writer.select(branch, outer))
    types = [
        next((branch.columns[place].type for branch in branches if branch.columns[place].type is not None), None)
        for place in range(len(branches[0].columns))
    ]
    query = united(writer, branches, ["", *["UNION ALL"] * (len(branches) - 1)]) if len(branches) > 1 else branches[0]
    columns = tuple(
        Output(output.name or first.name, output.target, types[place], True, output.collation, output.foreign)
        for place, (output, first) in enumerate(zip(query.columns, branches[0].columns, strict=True))
    )
    return Query(query.sql, (), "", columns, closed=True)


def _asks_grouping(item: exp.Expr) -> bool:
    return any(call.name.casefold() in ("grouping", "grouping_id") for call in item.find_all(exp.Anonymous))


def _blank(item: exp.Expr, absent: set[str]) -> None:
    """NULL in place of what the set does not group by; the argument of an aggregate keeps its value."""
    if isinstance(item, exp.Anonymous) and item.name.casefold() in ("sum", "count", "count_big", "avg", "min", "max"):
        return
    if not isinstance(item, exp.Alias) and _text(item) in absent:
        if isinstance(item.parent, exp.Select):
            item.replace(exp.alias_(exp.Null(), item.name or "x", quoted=True))
        else:
            item.replace(exp.Null())
        return
    for child in list(item.iter_expressions()):
        _blank(child, absent)


def _text(node: exp.Expr) -> str:
    return node.sql("tsql").casefold()
