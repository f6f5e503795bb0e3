"""How a variable of the target is set: by a statement, or in a parameter group of Amazon's.

Which group holds a parameter: Amazon Aurora User Guide, "Aurora MySQL configuration parameters". A default group cannot
be changed: it takes one of your own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from migrator.mysql.probe import TargetFacts


class Group(StrEnum):
    """The parameter group of Aurora that holds a parameter."""

    INSTANCE = "DB parameter group of the writer instance"
    CLUSTER = "DB cluster parameter group"


class Change(StrEnum):
    """When a change of a parameter is there."""

    AT_ONCE = "at once"
    REBOOT = "after a reboot"
    CREATION = "only when the cluster is created"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: where Aurora keeps it, when its change is there on Aurora and on a server of your own."""

    group: Group
    aurora: Change = Change.AT_ONCE
    plain: Change = Change.AT_ONCE


PARAMETERS: Final = {
    "binlog_format": Parameter(Group.CLUSTER, aurora=Change.REBOOT),
    "innodb_flush_log_at_trx_commit": Parameter(Group.CLUSTER),
    "innodb_log_file_size": Parameter(Group.INSTANCE, plain=Change.REBOOT),
    "innodb_redo_log_capacity": Parameter(Group.INSTANCE),
    "innodb_buffer_pool_size": Parameter(Group.INSTANCE, aurora=Change.REBOOT),
    "local_infile": Parameter(Group.INSTANCE),
    "log_bin_trust_function_creators": Parameter(Group.INSTANCE),
    "lower_case_table_names": Parameter(Group.CLUSTER, aurora=Change.CREATION, plain=Change.CREATION),
    "max_allowed_packet": Parameter(Group.INSTANCE),
    "max_connections": Parameter(Group.INSTANCE),
    "sql_generate_invisible_primary_key": Parameter(Group.INSTANCE),
    "sql_mode": Parameter(Group.INSTANCE),
    "sql_require_primary_key": Parameter(Group.INSTANCE),
    "time_zone": Parameter(Group.CLUSTER),
}


def how(facts: TargetFacts, name: str, value: str) -> tuple[str, tuple[str, ...]]:
    """Advice in words, and the statement or the command that sets ``name`` to ``value`` on this target."""
    parameter = PARAMETERS[name]
    if not facts.managed:
        return _plain(parameter, name, value)
    # RDS without Aurora has no clusters: everything is in the instance's group.
    group = parameter.group if facts.aurora else Group.INSTANCE
    when = parameter.aurora
    if when is Change.CREATION:
        return f"set {name} = {value} in the {group}: it takes effect {when}", ()
    kind = "db-cluster" if group is Group.CLUSTER else "db"
    method = "immediate" if when is Change.AT_ONCE else "pending-reboot"
    written = f"'{value}'" if "," in value else value
    command = (
        f"aws rds modify-{kind}-parameter-group --{kind}-parameter-group-name <group> "
        f'--parameters "ParameterName={name},ParameterValue={written},ApplyMethod={method}"'
    )
    advice = f"set {name} = {value} in the {group} (one of your own, not the default one): it takes effect {when}"
    return advice, (command,)


def _plain(parameter: Parameter, name: str, value: str) -> tuple[str, tuple[str, ...]]:
    constant = value if value.isdecimal() else "'" + value.replace("'", "''") + "'"
    if parameter.plain is Change.CREATION:
        return f"set {name} = {value} in the configuration file before the data folder is made", ()
    if parameter.plain is Change.REBOOT:
        return f"set {name}: it takes effect {parameter.plain}", (f"SET PERSIST_ONLY {name} = {constant};",)
    return f"set {name}, for sessions from now on", (f"SET PERSIST {name} = {constant};",)
