from __future__ import annotations

import pytest
from support.dumps import here

from migrator import workers


@pytest.fixture
def one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers' work is done in the test's own process."""
    monkeypatch.setattr(workers, "run_all", here)
