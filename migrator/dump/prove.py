"""Whether the target holds what was dumped, table by table: the server makes its fingerprints itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from migrator.dump.manifest import Manifest
from migrator.events import Advanced, Emit, Finished, Started, Unit
from migrator.model.fingerprint import Fingerprint
from migrator.model.mapping import TableMapping
from migrator.mysql.connect import session
from migrator.mysql.fingerprint import table_fingerprint
from migrator.mysql.url import Target

STAGE: Final = "prove"
_TASK: Final = "tables"


def differing(manifest: Manifest, target: Target, *, workers: int, emit: Emit) -> tuple[str, ...]:
    """The tables whose rows are not those of the dump, by their names in MySQL. Raises TargetError."""
    wanted = manifest.fingerprints()

    def found(mapping: TableMapping) -> Fingerprint:
        with session(target) as connection:
            made = table_fingerprint(connection, mapping)
        emit(Advanced(STAGE, _TASK, 1))
        return made

    mappings = manifest.schema.mappings
    emit(Started(STAGE, _TASK, len(mappings), Unit.TABLES))
    with ThreadPoolExecutor(workers, thread_name_prefix="prove") as pool:
        answers = list(pool.map(found, mappings))
    emit(Finished(STAGE, _TASK))
    return tuple(
        mapping.target for mapping, answer in zip(mappings, answers, strict=True) if answer != wanted[mapping.target]
    )
