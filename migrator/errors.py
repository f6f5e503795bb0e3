"""Every error that a user can meet, each with its own exit code.

    MigratorError
    ├── ConfigError            3   migration.toml or an option cannot be used
    ├── RulesError             4   a rule file is wrong or contradicts another
    ├── SourceError           10   the source cannot be read
    │   ├── PackageDamaged    11   not a zip, cut off, or without the parts that it must have
    │   ├── ChecksumMismatch  12   the package is not what its Origin.xml says
    │   ├── RowsDamaged       13   row data does not fit the schema, or ends in the middle of a row
    │   ├── SourceUnreachable 14   no connection to the SQL Server, or it was lost and did not come back
    │   ├── SourceDenied      15   user, password, TLS or permission
    │   ├── SourceBusy        16   a lock, a deadlock or a throttled server, again and again
    │   ├── SourceRejected    17   the SQL Server refused a query
    │   └── ChangesLost       18   the source no longer knows all that changed since the copy
    ├── TargetError           20   the target said no
    │   ├── TargetUnreachable 21   no connection, or it was lost and did not come back
    │   ├── TargetDenied      22   user, password, TLS or privilege
    │   ├── TargetReadOnly    23   a replica or a server in read-only mode
    │   ├── TargetFull        24   no space left where the target keeps its data
    │   ├── TargetRejected    25   a statement failed or a load lost a value
    │   ├── TargetOccupied    26   what is there is not ours to write into
    │   └── TargetBusy        27   a lock wait or a deadlock that did not go away
    ├── LabError              30   the private MySQL cannot be had or does not start
    ├── LedgerError           40   the ledger does not belong to this run, or was edited
    ├── OutputError           41   a report or the ledger cannot be written here (no space, no permission)
    └── Interrupted          130   Ctrl-C or SIGTERM; what was committed stays, --resume goes on

Exit code 0 means done and equal, 1 means done and the answer is "no" (differences, or it does not fit the window), 2 is
a command line that cannot be read. Nothing but ``cli`` turns an error into an exit.
"""

from __future__ import annotations

from typing import ClassVar


class MigratorError(Exception):
    """What happened, why (as far as it is known) and what to do next; never a secret, never a row value."""

    exit_code: ClassVar[int] = 70

    def __init__(self, what: str, *, why: str = "", todo: str = "") -> None:
        super().__init__(what, why, todo)
        self.what = what
        self.why = why
        self.todo = todo

    def __str__(self) -> str:
        return "\n".join(
            part for part in (self.what, self.why and f"why: {self.why}", self.todo and f"do:  {self.todo}") if part
        )

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from worker processes to the one that reports them.
        return (_rebuild, (type(self), self.what, self.why, self.todo))


def _rebuild(kind: type[MigratorError], what: str, why: str, todo: str) -> MigratorError:
    return kind(what, why=why, todo=todo)


class ConfigError(MigratorError):
    """A setting or an option cannot be used."""

    exit_code = 3


class RulesError(MigratorError):
    """A rule file is wrong, or two rules of equal weight contradict each other."""

    exit_code = 4


class SourceError(MigratorError):
    """The source cannot be read."""

    exit_code = 10


class PackageDamaged(SourceError):
    """The package is not a whole .bacpac or .dacpac."""

    exit_code = 11


class ChecksumMismatch(SourceError):
    """The package's contents are not those that Origin.xml vouches for."""

    exit_code = 12


class RowsDamaged(SourceError):
    """Row data contradict the schema or stop in the middle of a row."""

    exit_code = 13


class SourceUnreachable(SourceError):
    """No connection to the SQL Server, or it was lost."""

    exit_code = 14


class SourceDenied(SourceError):
    """The SQL Server refused the user, the password, the certificate or a permission."""

    exit_code = 15


class SourceBusy(SourceError):
    """Locks or limits of the SQL Server kept us waiting, again and again."""

    exit_code = 16


class SourceRejected(SourceError):
    """The SQL Server refused a query."""

    exit_code = 17


class ChangesLost(SourceError):
    """The source no longer knows all that changed since the copy: cleaned up, truncated, restored or switched off."""

    exit_code = 18


class TargetError(MigratorError):
    """The target MySQL said no."""

    exit_code = 20


class TargetUnreachable(TargetError):
    """No connection to the target, or it was lost."""

    exit_code = 21


class TargetDenied(TargetError):
    """The target refused the user, the password, the certificate or a privilege."""

    exit_code = 22


class TargetReadOnly(TargetError):
    """The target takes no writes."""

    exit_code = 23


class TargetFull(TargetError):
    """The target has no space left."""

    exit_code = 24


class TargetRejected(TargetError):
    """A statement failed on the target, or a load would have changed or lost a value."""

    exit_code = 25


class TargetOccupied(TargetError):
    """The target holds tables that this run did not make."""

    exit_code = 26


class TargetBusy(TargetError):
    """Other sessions hold locks that we need, again and again."""

    exit_code = 27


class LabError(MigratorError):
    """The private MySQL of a rehearsal cannot be had or does not start."""

    exit_code = 30


class LedgerError(MigratorError):
    """The ledger does not belong to this run, or its chain is broken."""

    exit_code = 40


class OutputError(MigratorError):
    """A file of ours cannot be written."""

    exit_code = 41


class Interrupted(MigratorError):
    """The user or the system asked us to stop."""

    exit_code = 130
