"""Compile every kernel once, so that no measured run has to: ``python -m migrator.warm``.

numba keeps what it compiled on the disk, beside the code or in the user's cache folder. Whoever installs migrator
without this pays some seconds in the first load instead.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from migrator.lab.generate import generate
from migrator.packages.bacpac import Bacpac
from migrator.rules.load import load_rules
from migrator.translate.plan import plan
from migrator.wire.inserts import encode_inserts
from migrator.wire.rows import encode


def compile_kernels() -> int:
    """Generate, read and encode the smallest database that has every type; the number of rows that it took."""
    rows = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "every-type.bacpac"
        generate(path, scale=0.001, seed=1)
        source = Bacpac(path)
        database = source.catalog()
        for mapping in plan(database, load_rules()).mappings:
            table = database.table(mapping.source)
            for segment in source.segments(table):
                for batch in source.read(table, segment):
                    encode(batch, mapping)
                    encode_inserts(batch, mapping, "INSERT", 1 << 20)
                    rows += batch.num_rows
    return rows


if __name__ == "__main__":
    compile_kernels()
