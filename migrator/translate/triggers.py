"""Triggers that stand for what SQL Server does by itself: row versions, history, sequences, checks.

One trigger for each moment of a table, so that the order of its actions is the order in which they were planned. They
are made after the rows are loaded: what is loaded comes from the source as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.model.translation import Phase, Statement
from migrator.mysql.connect import quoted
from migrator.translate.draft import Moment, RowAction, TableDraft
from migrator.translate.names import Namer


def trigger_statements(drafts: Iterable[TableDraft]) -> Iterator[Statement]:
    """CREATE TRIGGER for every moment at which a table has something to do. Names are unique per database."""
    names = Namer()
    for draft in drafts:
        for moment in Moment:
            actions = [action for action in draft.actions if action.moment is moment]
            if actions:
                name = names.take(f"{draft.name}_{moment.replace(' ', '_').lower()}", draft.name)
                yield _trigger(draft, name, moment, actions)


def _trigger(draft: TableDraft, name: str, moment: Moment, actions: list[RowAction]) -> Statement:
    head = f"CREATE TRIGGER {quoted(name)} {moment} ON {quoted(draft.name)} FOR EACH ROW"
    compound = len(actions) > 1 or actions[0].compound
    if len(actions) > 1:
        body = "BEGIN\n" + "".join(f"  {action.sql};\n" for action in actions) + "END"
    else:
        body = actions[0].sql
    return Statement(Phase.TRIGGERS, str(draft.object), draft.name, f"{head}\n{body}", compound=compound)
