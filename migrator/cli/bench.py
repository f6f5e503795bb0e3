"""``migrator bench``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli import options


def command(
    rows: Annotated[int, typer.Option("--rows", min=1000, help="Generated visits to copy.")] = 2_000_000,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="How often ours and the floor take turns.")] = 3,
    workers: options.Workers = 2,
    scales: Annotated[str, typer.Option("--memory", help="Scales at which a rehearsal's memory is measured.")] = "1,10",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the generated data lie.")] = Path(
        "out/bench"
    ),
    target: options.TargetUrl = "",
    as_json: options.Json = False,
) -> None:
    """Measure the copy against plain LOAD DATA of the same rows, and the memory of a whole rehearsal.

    Example: migrator bench --rows 500000 --rounds 1 --memory 1
    """
    from migrator import bench
    from migrator.cli.target import choose

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
        body = {"copy": {**asdict(copied), "ratio": copied.ratio}, "memory": [asdict(memory) for memory in memories]}
        typer.echo(json.dumps(body))
