"""A dump into a folder or a bucket: many segments, several workers, resumable, whole only at its end."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from migrator import __version__, workers
from migrator.dump import manifest, mysqlsh
from migrator.dump.complete import all_there
from migrator.dump.lines import nothing
from migrator.dump.manifest import (
    MANIFEST,
    OUTLINE,
    DataFile,
    Format,
    Manifest,
    OtherFile,
    Outline,
    Schema,
    TableOutline,
)
from migrator.dump.place import Place, put
from migrator.dump.plan import DumpPlan, Setting
from migrator.dump.plan import plan as plan_dump
from migrator.dump.segment import INDEX, STAGE, Job, dump_segment, index
from migrator.errors import LedgerError, OutputError
from migrator.events import Emit, Finished, Started, Unit
from migrator.model.consistency import Consistency, Hold
from migrator.model.mapping import digest
from migrator.model.schema import Database
from migrator.model.source import Source
from migrator.model.translation import Translation


def run(
    source: Source, database: Database, translation: Translation, setting: Setting, *, whole: bool, emit: Emit
) -> Manifest:
    """Write what is not there yet and then the manifest. ``whole`` says that it is all tables of the source.

    Raises SourceError, OutputError, LedgerError, Interrupted; whole files stay for ``resume``.
    """
    place = setting.place
    if setting.resume and place.size(MANIFEST) is not None:
        found = manifest.read_manifest(place)
        known = found.outline
        _unchanged(known, _outline(source, translation, setting, known.tables, known.consistency))
        return found
    before = _opened(setting)
    plan = plan_dump(source, database, translation, setting, before)
    if before is not None:
        _unchanged(before, _outline(source, translation, setting, plan.tables, before.consistency))
    done = _whole_files(place) if before is not None else {}
    waiting = [job for job in plan.jobs if job.name not in done]
    started = datetime.now(UTC).isoformat(timespec="seconds")
    count = workers.worker_count(setting.workers, waiting)
    with source.hold(count) as hold:
        outline = _outline(source, translation, setting, plan.tables, hold.consistency)
        if before is not None:
            _lasting(hold)
            _unchanged(before, outline)
        manifest.write(place, OUTLINE, outline)
        others = _first(plan, translation, setting, started, hold)
        found_files = done | _data(plan, waiting, hold, count, emit)
        picture = hold.outcome(sum(file.slips for file in found_files.values())) if waiting else hold
    files = tuple(found_files[job.name] for job in plan.jobs)
    if whole:
        all_there(source, sum(file.rows for file in files))
    if setting.format is Format.MYSQLSH:
        others += [_described(file.name + INDEX, index(file)) for file in files]
    made = Manifest(
        migrator=__version__,
        started=started,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        outline=outline,
        files=files,
        others=tuple(sorted(others, key=lambda file: file.name)),
        schema=Schema.of(database, translation),
        consistency=picture.consistency,
        why=picture.why,
    )
    if setting.format is Format.MYSQLSH:
        put(place, mysqlsh.DONE, mysqlsh.last_file(made))
    manifest.write(place, MANIFEST, made)
    for name in place.names():
        if name.startswith(manifest.JOURNAL):
            place.remove(name)
    return made


def _opened(setting: Setting) -> Outline | None:
    """The outline of the run that is gone on with; None where the place is new, and ours from then on."""
    place = setting.place
    there = place.names()
    before = manifest.read_outline(place)
    ours = before is not None or MANIFEST in there
    if there and not ours:
        raise OutputError(
            f"{place} holds {len(there)} files already, {min(there)} for one",
            why="a dump is a folder of its own: what is in it besides could be taken for a part of it",
            todo="name an empty folder or a new one",
        )
    if setting.resume:
        if before is None:
            raise LedgerError(f"there is no dump in {place} to go on with", todo="run it without --resume")
        place.tidy()
        return before
    if ours and not setting.replace:
        raise OutputError(
            f"{place} holds {'a whole dump' if MANIFEST in there else 'a dump that was interrupted'}",
            todo="go on with --resume where it was interrupted, --replace it, or name another folder",
        )
    place.tidy()
    # The manifest goes first and the outline last: what is left at any moment looks like no whole dump, and like ours.
    for name in sorted(there, key=lambda name: (name == OUTLINE, name not in {MANIFEST, mysqlsh.DONE}, name)):
        place.remove(name)
    return None


def _outline(
    source: Source,
    translation: Translation,
    setting: Setting,
    tables: tuple[TableOutline, ...],
    consistency: Consistency,
) -> Outline:
    return Outline(
        version=manifest.VERSION,
        format=setting.format,
        compression=setting.compression,
        source=source.identity,
        database=setting.database,
        mapping=digest(translation.mappings),
        consistency=consistency,
        tables=tables,
    )


def _whole_files(place: Place) -> dict[str, DataFile]:
    """What the journal vouches for, as far as it lies there in its size."""
    return {file.name: file for file in manifest.entries(place) if place.size(file.name) == file.bytes}


def _unchanged(before: Outline, now: Outline) -> None:
    """Raises LedgerError where the rest of the rows would not be those that the first run meant."""
    if before == now:
        return
    changed = [name for name in before.__slots__ if getattr(before, name) != getattr(now, name)]
    raise LedgerError(
        f"the interrupted dump was begun otherwise: {', '.join(changed)}",
        why="half of it would be of another source, moment or form than the rest",
        todo="use the same source, rules and options, or start anew with --replace",
    )


def _lasting(hold: Hold) -> None:
    """Raises LedgerError where rows that are dumped already are not those of this picture."""
    if not hold.consistency.lasting:
        raise LedgerError(
            "the rows that are dumped already belong to a moment that has gone",
            why=f"the source was read with consistency {hold.consistency}, which ends with the run",
            todo="start anew with --replace; a database snapshot would outlive a run",
        )


def _first(plan: DumpPlan, translation: Translation, setting: Setting, started: str, hold: Hold) -> list[OtherFile]:
    """The files without rows that can be written before all others."""
    if setting.format is not Format.MYSQLSH:
        return []
    consistent = hold.consistency is not Consistency.NONE
    files = mysqlsh.first_files(
        translation, setting.database, setting.compression, started=started, consistent=consistent
    )
    for name in plan.empty:
        files |= {name: nothing(setting.compression), name + INDEX: struct.pack(">Q", 0)}
    for name, data in files.items():
        put(setting.place, name, data)
    return [_described(name, data) for name, data in files.items()]


def _described(name: str, data: bytes) -> OtherFile:
    return OtherFile(name, len(data), hashlib.sha256(data).hexdigest())


def _data(plan: DumpPlan, waiting: Sequence[Job], hold: Hold, count: int, emit: Emit) -> dict[str, DataFile]:
    """Write the files that are not there yet."""
    sizes: Counter[str] = Counter({table.target: 0 for table in plan.tables})
    for job in waiting:
        sizes[job.mapping.target] += job.segment.bytes
    for table, size in sizes.items():
        emit(Started(STAGE, table, size, Unit.BYTES))
    open_jobs = Counter(job.mapping.target for job in waiting)
    for table in sizes.keys() - open_jobs.keys():
        emit(Finished(STAGE, table))
    found: dict[str, DataFile] = {}
    with closing(workers.run_all(dump_segment, waiting, workers=count, emit=emit, begin=hold.begin)) as files:
        for file in files:
            found[file.name] = file
            open_jobs[file.table] -= 1
            if not open_jobs[file.table]:
                emit(Finished(STAGE, file.table))
    return found
