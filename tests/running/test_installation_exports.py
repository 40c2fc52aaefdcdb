"""An evidence package is finished although its process, or the one that watches it, is killed; a cancelled one goes."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from installation import Installation
from mingjian.bootstrap.places import DataDirectory
from mingjian.cli.selftest_steps import run_verifier, take_sealed
from mingjian.kernel.clock import SECOND_NS

FOOTAGE_MS = 8_000
DONE_S = 90
STEP_S = 0.05
STEPS = 400
"""Twenty seconds of running time: a process that has not begun by then never will."""
LOCK_S = 1.0
"""Longer than any transaction of a process that runs."""
PERSONS = ("officer1", "officer2", "approver")


@pytest.fixture(scope="module")
def request_id(installation: Installation) -> str:
    """An approved request with two officers present: each of their dynamic codes is good once, so there is one."""
    for name in PERSONS:
        installation.user(name)
    cameras = [camera["id"] for camera in installation.cameras()][:2]
    start = installation.now() // 1_000_000
    for camera in cameras:
        installation.wait_recorded(camera, (start + FOOTAGE_MS) * 1_000_000)
    manager = installation.user("manager")
    request = installation.user("officer1").call(
        "POST", "/api/access-requests", cameras=cameras, start_ms=start, end_ms=start + FOOTAGE_MS,
        purpose="核查一起事件的经过", destination="案卷", legal_basis="办法第二十一条第一款",
        officers=[{"name": "执法人员甲"}, {"name": "执法人员乙"}],
    )["id"]  # fmt: skip
    installation.user("approver").call("POST", f"/api/access-requests/{request}/approve", comment="同意")
    manager.call("POST", f"/api/access-requests/{request}/papers", papers=["certificate", "work_id"])
    for name in ("officer1", "officer2"):
        account = installation.run.accounts[name]
        manager.call(
            "POST", f"/api/access-requests/{request}/presence",
            name=name, password=account.password, code=account.code(installation.run.clock),
        )  # fmt: skip
    return str(request)


def export(installation: Installation, request: str) -> str:
    """The job of a package that is being built from now on."""
    manager = installation.user("manager")
    manager.call("POST", f"/api/access-requests/{request}/export")
    return str(manager.call("GET", f"/api/access-requests/{request}")["export"]["id"])


def job_of(installation: Installation, job: str) -> dict[str, Any]:
    found: dict[str, Any] = installation.user("manager").call("GET", f"/api/exports/{job}")
    return found


def others_can_write(installation: Installation) -> bool:
    """Whether the process that stands still holds no lock of the database."""
    database = sqlite3.connect(DataDirectory(installation.root).database, timeout=LOCK_S, isolation_level=None)
    with contextlib.closing(database):
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        database.execute("ROLLBACK")
        return True


@contextlib.contextmanager
def held_at_work(installation: Installation, job: str, *but: int) -> Iterator[int]:
    """The export process, made to stand still while it builds the package; it goes on at the end unless it is dead.

    It is let run in short steps until its job is claimed, for a small package takes less than a second, and never
    stands where it would keep everybody else from writing.
    """
    (pid,) = installation.wait(
        "an export process", 40, lambda: [found for found in installation.pids("export") if found not in but]
    )
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(STEPS):
            state = job_of(installation, job)["state"]
            if state in ("building", "waiting-checkpoint") and others_can_write(installation):
                break
            assert state in ("queued", "building", "waiting-checkpoint"), f"too late: {state}"
            os.kill(pid, signal.SIGCONT)
            threading.Event().wait(STEP_S)
            os.kill(pid, signal.SIGSTOP)
        else:
            raise AssertionError("it never began")
        yield pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def assert_verified(installation: Installation, job: str) -> None:
    def done() -> dict[str, Any] | None:
        found = job_of(installation, job)
        assert found["state"] not in ("failed", "cancelled"), found
        return found if found["state"] == "done" else None

    finished = installation.wait("the package", DONE_S, done)
    assert (finished["outcome"], finished["missing_s"]) == ("VERIFIED", 0)
    sealed, shares = take_sealed(installation.run, job)
    status, words = run_verifier(installation.run, sealed, shares)
    assert (status, "NOT" in words) == (0, False), words


def test_a_cancelled_export_vanishes(installation: Installation, request_id: str) -> None:
    job = export(installation, request_id)
    manager = installation.user("manager")
    with held_at_work(installation, job):
        assert manager.call("POST", f"/api/exports/{job}/cancel")["state"] == "cancelled"
    installation.wait("its process gone", 30, lambda: not installation.pids("export"))
    left = [path.name for path in (installation.root / "exports").rglob("*") if job in str(path)]
    assert left == []
    assert job_of(installation, job)["state"] == "cancelled"
    assert manager.call("GET", f"/api/access-requests/{request_id}")["state"] == "approved"


def test_an_export_that_is_killed_and_then_killed_with_its_keeper_is_resumed_and_verifies(
    installation: Installation, request_id: str
) -> None:
    cameras = [camera["id"] for camera in installation.cameras()]
    since = {camera: installation.recorded_until(camera) for camera in cameras}
    job = export(installation, request_id)
    with held_at_work(installation, job) as first:
        os.kill(first, signal.SIGKILL)
    with held_at_work(installation, job, first) as second:
        killed = installation.kill("keeper")
        os.kill(second, signal.SIGKILL)  # nobody is left who knows of it: the next keeper must find it
    installation.again(killed, "keeper")
    assert_verified(installation, job)
    installation.wait("no process left over", 10, lambda: not installation.pids("export"))
    entries = installation.user("auditor").call("GET", "/api/ledger/entries", limit=200)
    built = [entry for entry in entries if entry["kind"] == "package.built" and entry["subject"] == request_id]
    assert len(built) == 1, "entered once"
    assert built[0]["facts"]["witnesses"] == 1
    assert built[0]["facts"]["timestamp"].endswith("Z"), "an authority stamped it"
    installation.assert_all_unbroken(cameras, since, installation.now() - SECOND_NS)
