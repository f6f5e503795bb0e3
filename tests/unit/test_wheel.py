"""What is installed from a wheel finds its rules and runbooks as a checkout does."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASK = """
from pathlib import Path
import migrator
from migrator.rules import load_rules
rules = load_rules()
print(Path(migrator.__file__).parent, len(rules.checks))
"""


def test_an_installed_copy_has_its_rules_and_runbooks(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("migrator-*.whl")
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
        names = archive.namelist()
    for shipped in ("schema_rules/types.toml", "runbooks/rehearsal.md", "docker-compose.yml"):
        assert f"migrator/_data/{shipped}" in names
    assert "migrator/py.typed" in names
    assert "migrator/report/templates/rehearsal.html" in names
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    where, checks = done.stdout.split()
    assert Path(where) == installed / "migrator"
    assert int(checks) > 50
