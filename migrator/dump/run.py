"""A dump into a folder or a bucket: many segments, several workers, resumable, whole only at its end."""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

from migrator import __version__, workers
from migrator.dump import manifest, mysqlsh
from migrator.dump.complete import all_there
from migrator.dump.lines import nothing
from migrator.dump.manifest import MANIFEST, OUTLINE, DataFile, Format, Manifest, OtherFile, Schema
from migrator.dump.place import Place, put
from migrator.dump.plan import DumpPlan, Setting
from migrator.dump.segment import INDEX, STAGE, dump_segment, index
from migrator.dump.select import Chosen
from migrator.errors import LedgerError, OutputError
from migrator.events import Emit, Finished, Started, Unit
from migrator.model.schema import Database
from migrator.model.source import Source


def run(
    source: Source, database: Database, chosen: Chosen, plan: DumpPlan, setting: Setting, *, emit: Emit
) -> Manifest:
    """Write what is not there yet and then the manifest, while the source's picture is held.

    Raises SourceError, OutputError, LedgerError, Interrupted; whole files stay for ``resume``.
    """
    place = setting.place
    if setting.resume and place.size(MANIFEST) is not None:
        return _same(plan, manifest.read_manifest(place))
    done = _opened(plan, setting)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    first = _first(plan, chosen, setting, started)
    written = [_other(place, name, data) for name, data in first.items()]
    for name in plan.empty:
        packed = nothing(setting.compression)
        written += [_other(place, name, packed), _other(place, name + INDEX, struct.pack(">Q", 0))]
    files = _data(plan, setting, done, emit)
    all_there(database, chosen.translation, source, sum(file.rows for file in files))
    if setting.format is Format.MYSQLSH:
        written += [_described(file.name + INDEX, index(file)) for file in files]
    whole = Manifest(
        migrator=__version__,
        started=started,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        outline=plan.outline,
        files=tuple(files),
        others=tuple(sorted(written, key=lambda file: file.name)),
        schema=Schema.of(database, chosen.translation),
        left_out=chosen.left_out,
    )
    if setting.format is Format.MYSQLSH:
        put(place, mysqlsh.DONE, mysqlsh.last_file(whole))
    manifest.write(place, MANIFEST, whole)
    for name in place.names():
        if name.startswith(manifest.JOURNAL):
            place.remove(name)
    return whole


def _opened(plan: DumpPlan, setting: Setting) -> dict[str, DataFile]:
    """The files of an earlier run that are whole, in a place that is ours from then on."""
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
        _lasting(before, plan.outline)
        place.tidy()
        sizes = {file.name: file for file in manifest.entries(place)}
        return {name: file for name, file in sizes.items() if place.size(name) == file.bytes}
    if ours and not setting.replace:
        raise OutputError(
            f"{place} holds {'a whole dump' if MANIFEST in there else 'a dump that was interrupted'}",
            todo="go on with --resume where it was interrupted, --replace it, or name another folder",
        )
    place.tidy()
    # The manifest goes first and the outline last: what is left at any moment looks like no whole dump, and like ours.
    for name in sorted(there, key=lambda name: (name == OUTLINE, name not in {MANIFEST, mysqlsh.DONE}, name)):
        place.remove(name)
    manifest.write(place, OUTLINE, plan.outline)
    return {}


def _lasting(before: manifest.Outline, now: manifest.Outline) -> None:
    """Raises LedgerError where the rest of the rows would not be those that the first run meant."""
    if before != now:
        changed = [name for name in before.__slots__ if getattr(before, name) != getattr(now, name)]
        raise LedgerError(
            f"the interrupted dump was begun otherwise: {', '.join(changed)}",
            why="half of it would be of another source, moment or form than the rest",
            todo="use the same source, rules and options, or start anew with --replace",
        )
    if not now.consistency.lasting:
        raise LedgerError(
            "the rows that are dumped already belong to a moment that has gone",
            why=f"the source was read with consistency {now.consistency}, which ends with the run",
            todo="start anew with --replace; a database snapshot would outlive a run",
        )


def _same(plan: DumpPlan, whole: Manifest) -> Manifest:
    _lasting(whole.outline, plan.outline)
    return whole


def _first(plan: DumpPlan, chosen: Chosen, setting: Setting, started: str) -> dict[str, bytes]:
    if setting.format is not Format.MYSQLSH:
        return {}
    return mysqlsh.first_files(
        chosen.translation,
        setting.database,
        setting.compression,
        started=started,
        consistent=plan.outline.consistency is not plan.outline.consistency.NONE,
    )


def _other(place: Place, name: str, data: bytes) -> OtherFile:
    put(place, name, data)
    return _described(name, data)


def _described(name: str, data: bytes) -> OtherFile:
    return OtherFile(name, len(data), hashlib.sha256(data).hexdigest())


def _data(plan: DumpPlan, setting: Setting, done: dict[str, DataFile], emit: Emit) -> list[DataFile]:
    sizes: Counter[str] = Counter({table.target: 0 for table in plan.outline.tables})
    waiting = [job for job in plan.jobs if job.name not in done]
    for job in waiting:
        sizes[job.mapping.target] += job.segment.bytes
    for table, size in sizes.items():
        emit(Started(STAGE, table, size, Unit.BYTES))
    open_jobs = Counter(job.mapping.target for job in waiting)
    for table in sizes.keys() - open_jobs.keys():
        emit(Finished(STAGE, table))
    found = dict(done)
    with closing(workers.run_all(dump_segment, waiting, workers=setting.workers, emit=emit)) as files:
        for file in files:
            found[file.name] = file
            open_jobs[file.table] -= 1
            if not open_jobs[file.table]:
                emit(Finished(STAGE, file.table))
    return [found[job.name] for job in plan.jobs]
