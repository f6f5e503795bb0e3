"""A target that is away, closed, read-only, full, slow or restarted: each with its own words and exit code."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.commands import COMMAND, as_process, finish, migrator, slices, start

from migrator import errors
from migrator.lab.server import Lab
from migrator.mysql.connect import execute, fetch, session
from migrator.mysql.url import Target


@pytest.fixture
def arguments(homecare: Path, mysql: Target, tmp_path: Path) -> list[str]:
    return ["rehearse", str(homecare), "--target", str(mysql), "--out", str(tmp_path), "--json", "--quiet"]


def resumes(arguments: list[str]) -> None:
    answer = migrator(*arguments, "--resume")
    assert answer.code == 0, answer.err
    assert answer.json["differences"] == 0


def test_nobody_listens(homecare: Path, tmp_path: Path) -> None:
    answer = migrator("rehearse", homecare, "--target", "mysql://u@127.0.0.1:1/x?tls=off", "--out", tmp_path, "--json")
    assert answer.code == errors.TargetUnreachable.exit_code
    assert answer.json["error"] == "TargetUnreachable"
    assert "do:" in answer.err


def test_a_wrong_password(homecare: Path, tmp_path: Path, server: Target) -> None:
    with session(server) as connection:
        execute(connection, "CREATE USER IF NOT EXISTS 'nobody'@'%' IDENTIFIED BY 'right'", doing="making a user")
    target = Target("nobody", socket=server.socket, host=server.host, port=server.port, tls=server.tls, database="x")
    answer = as_process("rehearse", homecare, "--target", target, "--out", tmp_path, MIGRATOR_TARGET_PASSWORD="wr0ng")
    assert answer.code == errors.TargetDenied.exit_code
    assert "wr0ng" not in answer.err + answer.out
    assert "Traceback" not in answer.err


def test_a_password_on_the_command_line_is_refused(homecare: Path, tmp_path: Path) -> None:
    answer = migrator("rehearse", homecare, "--target", "mysql://u:s3cret@h/x", "--out", tmp_path)
    assert answer.code == errors.ConfigError.exit_code
    assert "s3cret" not in answer.err + answer.out


@pytest.fixture
def read_only(server: Target) -> Iterator[None]:
    with session(server) as connection:
        execute(connection, "SET GLOBAL super_read_only = 1", doing="closing the server")
        try:
            yield
        finally:
            execute(connection, "SET GLOBAL super_read_only = 0", doing="opening the server")
            execute(connection, "SET GLOBAL read_only = 0", doing="opening the server")


@pytest.mark.alone
def test_a_read_only_target(mysql: Target, arguments: list[str], read_only: None) -> None:
    answer = migrator(*arguments)
    assert answer.code == errors.TargetReadOnly.exit_code
    assert "writer endpoint" in answer.err


def test_tables_of_somebody_else_stay(mysql: Target, arguments: list[str]) -> None:
    with session(mysql) as connection:
        execute(connection, "CREATE TABLE `payroll` (`id` INT)", doing="making a stranger")
    for extra in ([], ["--replace"]):
        answer = migrator(*arguments, *extra)
        assert answer.code == errors.TargetOccupied.exit_code
    with session(mysql) as connection:
        assert fetch(connection, "SHOW TABLES") == [("payroll",)]


def test_a_second_run_needs_replace(mysql: Target, arguments: list[str]) -> None:
    assert migrator(*arguments).code == 0
    assert migrator(*arguments).code == errors.TargetOccupied.exit_code
    assert migrator(*arguments, "--replace").code == 0


@pytest.mark.alone
def test_a_restart_of_the_server_in_the_middle(lab: Lab, mysql: Target, arguments: list[str]) -> None:
    process = start(*arguments)
    while slices(mysql) < 3 and process.poll() is None:
        time.sleep(0.005)
    lab.kill()
    lab.restart()
    answer = finish(process)
    if answer.code != 0:  # it was in a phase that does not try again: then it says how to go on
        assert answer.code == errors.TargetUnreachable.exit_code, answer.err
        resumes(arguments)
    else:
        assert answer.json["differences"] == 0


def test_connections_that_are_killed_in_the_middle(mysql: Target, arguments: list[str]) -> None:
    stop = threading.Event()

    def kill() -> None:
        with session(mysql) as connection:
            query = "SELECT id FROM information_schema.processlist WHERE db = %s AND info LIKE 'LOAD%%'"
            for _ in range(6):
                for (victim,) in fetch(connection, query, (mysql.database,)):
                    try:
                        execute(connection, f"KILL {victim}", doing="killing")
                    except errors.TargetError:
                        continue  # it had ended by itself
                if stop.wait(0.2):
                    return

    killer = threading.Thread(target=kill)
    process = start(*arguments)
    while slices(mysql) < 1 and process.poll() is None:
        time.sleep(0.005)
    killer.start()
    answer = finish(process)
    stop.set()
    killer.join()
    assert answer.code == 0, answer.err
    assert answer.json["differences"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_being_asked_to_stop(mysql: Target, arguments: list[str], number: signal.Signals) -> None:
    process = start(*arguments)
    while slices(mysql) < 2 and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, number)
    answer = finish(process, timeout=20)
    assert answer.code == errors.Interrupted.exit_code, answer.err
    assert "--resume" in answer.err
    assert "Traceback" not in answer.err
    resumes(arguments)


def test_no_space_on_the_target(mysql: Target, arguments: list[str]) -> None:
    """One table is put into memory that is too small: MySQL answers 1114, as on a full disk. Room made, we go on."""
    process = start(*arguments)
    while slices(mysql) < 1 and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    finish(process)
    with session(mysql) as connection:
        # Tables load in order of size: this one is small, and has only types that a table in memory can hold.
        execute(connection, "SET max_heap_table_size = 16384", doing="making room short")
        execute(connection, "ALTER TABLE `billing_ServiceRate` ENGINE = MEMORY", doing="making room short")
    answer = migrator(*arguments, "--resume")
    assert answer.code == errors.TargetFull.exit_code, answer.err
    with session(mysql) as connection:
        # A table in memory knows no ROLLBACK, unlike the one that it stands for.
        execute(connection, "TRUNCATE TABLE `billing_ServiceRate`", doing="making room")
        execute(connection, "ALTER TABLE `billing_ServiceRate` ENGINE = InnoDB", doing="making room")
    resumes(arguments)


def test_no_space_for_the_ledger(arguments: list[str]) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, preexec_fn=limit, check=False)
    assert done.returncode == errors.OutputError.exit_code, done.stderr
