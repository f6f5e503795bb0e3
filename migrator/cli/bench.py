"""``migrator bench``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli import options

if TYPE_CHECKING:
    from migrator.bench import WireBench
    from migrator.bench_translate import TranslateBench


def command(
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Generated visits to copy.")] = 2_000_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often ours and the floor take turns.")] = 3,
    workers: options.Workers = 2,
    scales: Annotated[str, typer.Option("--memory", help="Scales at which a rehearsal's memory is measured.")] = "1,10",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the generated data lie.")] = Path(
        "out/bench"
    ),
    lines: Annotated[
        str, typer.Option("--lines", help="Lines of T-SQL whose translation is measured.")
    ] = "10000,100000",
    translate: Annotated[bool, typer.Option("--translate", help="Measure the translation alone.")] = False,
    copy: Annotated[
        str,
        typer.Option("--copy", metavar="mssql://…", help="Measure the copy of a live table alone.", show_default=False),
    ] = "",
    table: Annotated[
        str,
        typer.Option("--table", metavar="SCHEMA.TABLE", help="Which table. [default: the largest]", show_default=False),
    ] = "",
    seed_rows: Annotated[
        int,
        typer.Option(
            "--seed-rows", min=0, help="Make a database with so many visits for it, and drop it.", show_default=False
        ),
    ] = 0,
    naive_rows: Annotated[
        int, typer.Option("--naive-rows", min=1000, help="Rows that the naive script copies.")
    ] = 100_000,
    validate: Annotated[
        bool, typer.Option("--validate", help="Measure the comparison on the wire alone, against reading both sides.")
    ] = False,
    target: options.TargetUrl = "",
    as_json: options.Json = False,
) -> None:
    """Measure the copy against plain LOAD DATA of the same rows, the memory of a whole rehearsal, and the translation.

    Examples:

      migrator bench --rows 500000 --rounds 1 --memory 1

      migrator bench --copy mssql://reader@sql1:1433/homecare --table care.Visit

      migrator bench --copy mssql://sa@localhost:1433/migrator_bench --seed-rows 2000000
    """
    if copy:
        _copy(copy, target, out, table=table, seed_rows=seed_rows, naive_rows=naive_rows, workers=workers,
              rounds=rounds, as_json=as_json)  # fmt: skip
        return
    from migrator import bench
    from migrator.bench_translate import growth
    from migrator.cli.target import choose

    if validate:
        where, _ = choose(target, "migrator_bench")
        _compared(bench.bench_wire(out, where, rows=rows, worker_count=workers, rounds=rounds), as_json=as_json)
        return
    translations = _translations(lines, as_json=as_json)
    if translate:
        if as_json:
            typer.echo(json.dumps({"translate": [asdict(one) for one in translations], "growth": growth(translations)}))
        return
    where, _ = choose(target, "migrator_bench")
    copied = bench.bench_copy(out, where, rows=rows, worker_count=workers, rounds=rounds)
    if not as_json:
        rate = copied.rows / 1000
        typer.echo(
            f"{copied.rows:,} visits, {copied.bytes / 1e6:,.0f} MB as text, {workers} workers, {rounds} rounds, medians"
        )
        typer.echo(f"  decode alone            {copied.decode_s:6.1f} s  {rate / copied.decode_s:8,.0f} k rows/s")
        typer.echo(f"  decode and encode       {copied.encode_s:6.1f} s  {rate / copied.encode_s:8,.0f} k rows/s")
        typer.echo(f"  floor: LOAD DATA, files {copied.floor_s:6.1f} s  {rate / copied.floor_s:8,.0f} k rows/s")
        typer.echo(f"  the whole load          {copied.load_s:6.1f} s  {rate / copied.load_s:8,.0f} k rows/s")
        typer.echo(f"  ratio to the floor      {copied.ratio:6.2f}")
        if copied.decoding_limits:
            typer.echo("  the limit here is decoding and encoding, not MySQL")
    memories = []
    for scale in (float(part) for part in scales.split(",") if part):
        memory = bench.bench_memory(out, scale=scale)
        memories.append(memory)
        if not as_json:
            typer.echo(
                f"rehearsal at scale {scale:g}: {memory.rows:,} rows in {memory.seconds:,.0f} s, "
                f"peak memory {memory.peak / 1e6:,.0f} MB (all processes, MySQL apart)"
            )
    if as_json:
        body = {
            "copy": {**asdict(copied), "ratio": copied.ratio},
            "memory": [asdict(memory) for memory in memories],
            "translate": [asdict(one) for one in translations],
        }
        typer.echo(json.dumps(body))


def _compared(wire: WireBench, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"wire": {**asdict(wire), "ratio": wire.ratio}}))
        return
    typer.echo(f"{wire.rows:,} visits on both sides, {wire.workers} workers, {wire.rounds} rounds, medians")
    typer.echo(f"  floor: both sides read  {wire.read_s:6.1f} s")
    typer.echo(f"  compared, equal         {wire.equal_s:6.1f} s")
    typer.echo(f"  compared, 4 rows differ {wire.different_s:6.1f} s")
    typer.echo(f"  ratio to the floor      {wire.ratio:6.2f}")
    typer.echo(f"  peak memory             {wire.peak / 1e6:6,.0f} MB (all processes, MySQL apart)")


def _translations(lines: str, *, as_json: bool) -> list[TranslateBench]:
    from migrator.bench_translate import bench_translate, growth

    benches = []
    for count in (int(part) for part in lines.split(",") if part):
        one = bench_translate(count)
        benches.append(one)
        if not as_json:
            typer.echo(
                f"translate {one.lines:,} lines, {one.tables:,} tables: {one.seconds:.1f} s, {one.rate:,.0f} lines/s, "
                f"peak memory {one.peak / 1e6:,.0f} MB"
            )
    if len(benches) > 1 and not as_json:
        typer.echo(f"  a line of the last takes {growth(benches):.2f} times as long as a line of the first")
    return benches


def _copy(
    source: str,
    target: str,
    out: Path,
    *,
    table: str,
    seed_rows: int,
    naive_rows: int,
    workers: int,
    rounds: int,
    as_json: bool,
) -> None:
    from migrator.bench_copy import bench_copy
    from migrator.cli.target import choose

    where, _ = choose(target, "migrator_bench")
    found = bench_copy(
        out,
        source,
        where,
        table=table,
        seed_rows=seed_rows,
        naive_rows=naive_rows,
        worker_count=workers,
        rounds=rounds,
    )
    if as_json:
        typer.echo(json.dumps({"live": {**asdict(found), "ratio": found.ratio, "speedup": found.speedup}}))
        return
    rate = found.rows / 1000
    typer.echo(
        f"{found.table}: {found.rows:,} rows, {found.bytes / 1e6:,.0f} MB as text, {workers} workers, {rounds} rounds, "
        "medians"
    )
    typer.echo(f"  read, encode, to files  {found.read_s:6.1f} s  {rate / found.read_s:8,.0f} k rows/s")
    for name, run in (("floor: LOAD DATA, files", found.floor), ("the copy               ", found.ours)):
        typer.echo(f"  {name} {run.load_s:6.1f} s  {rate / run.load_s:8,.0f} k rows/s, indexes {run.build_s:.1f} s")
    typer.echo(f"  ratio to the floor      {found.ratio:6.2f}  (rows and indexes)")
    typer.echo(f"  catalog and ranges      {found.plan_s:6.1f} s")
    if found.naive is None:
        typer.echo(f"  the naive script cannot copy this table: {found.naive_why}")
    else:
        per_second = found.naive.rate
        typer.echo(
            f"  the naive script        {found.rows / per_second:6.1f} s  {per_second / 1000:8,.0f} k rows/s  "
            f"(by its rate over the first {found.naive.rows:,})"
        )
        typer.echo(f"  times the naive script  {found.speedup:6.1f}  (rows alone)")
    typer.echo(
        f"  `migrator copy` of it   {found.whole_s:6.1f} s, peak memory {found.peak / 1e6:,.0f} MB "
        "(all processes, MySQL apart)"
    )
