from __future__ import annotations

import pytest

from migrator.lab.docker import compose_file
from migrator.lab.settings import AURORA, arguments, sized


@pytest.mark.parametrize(("gibibytes", "pool"), [(0.25, 128), (1, 256), (2, 512), (4, 1024), (64, 1024)])
def test_the_buffer_pool_leaves_room_for_others(gibibytes: float, pool: int) -> None:
    assert sized((8, 0, 44), memory=int(gibibytes * 2**30))["innodb-buffer-pool-size"] == f"{pool}M"


def test_the_redo_log_is_named_as_the_release_names_it() -> None:
    assert "innodb-redo-log-capacity" in sized((8, 0, 30))
    assert "innodb-log-file-size" in sized((8, 0, 29))
    assert not {"innodb-log-file-size", "innodb-log-files-in-group"} & set(sized((9, 7, 4)))


def test_docker_has_the_same_settings() -> None:
    lines = {line.strip() for line in compose_file().read_text(encoding="utf-8").splitlines()}
    assert {f"- {argument}" for argument in arguments(AURORA)} <= lines
