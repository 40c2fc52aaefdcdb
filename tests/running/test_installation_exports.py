"""An evidence package is finished although its process, or the one that watches it, is killed; a cancelled one goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from installation import Installation, running
from mingjian.cli.selftest_steps import run_verifier
from mingjian.kernel.clock import SECOND_NS

FOOTAGE_MS = 8_000
DONE_S = 90
PERSONS = ("officer1", "officer2", "approver")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running(tmp_path_factory.mktemp("installation"), cameras=2, factory=tmp_path_factory) as found:
        for name in PERSONS:
            found.user(name)
        yield found


@pytest.fixture(scope="module")
def request_id(installation: Installation) -> str:
    """An approved request with two officers present: each of their dynamic codes is good once, so there is one."""
    cameras = [camera["id"] for camera in installation.cameras()]
    start = max(installation.entries(camera)[0].t0 for camera in cameras) // 1_000_000 + 3_000
    for camera in cameras:
        installation.wait_recorded(camera, (start + FOOTAGE_MS + 1_000) * 1_000_000)
    manager = installation.user("manager")
    request = installation.user("officer1").call(
        "POST", "/api/access-requests", cameras=cameras, start_ms=start, end_ms=start + FOOTAGE_MS,
        purpose="核查一起事件的经过", destination="案卷", legal_basis="办法第二十一条第一款", organ="示范县公安局",
    )["id"]  # fmt: skip
    installation.user("approver").call("POST", f"/api/access-requests/{request}/approve", comment="同意")
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


def at_work(installation: Installation) -> list[int]:
    """The export process, once its job is being built (it waits some seconds for heads and checkpoint)."""

    def building() -> list[int]:
        jobs = installation.user("manager").call("GET", "/api/exports")
        busy = any(job["state"] in ("building", "waiting-checkpoint") for job in jobs)
        return installation.pids("export") if busy else []

    found: list[int] = installation.wait("an export process at work", 40, building)
    return found


def assert_verified(installation: Installation, job: str) -> None:
    def done() -> dict[str, Any] | None:
        found = job_of(installation, job)
        assert found["state"] not in ("failed", "cancelled"), found
        return found if found["state"] == "done" else None

    finished = installation.wait("the package", DONE_S, done)
    assert (finished["outcome"], finished["missing_s"]) == ("VERIFIED", 0)
    package = installation.user("manager").download(f"/api/exports/{job}/package")
    status, words = run_verifier(installation.run, package)
    assert (status, "NOT" in words) == (0, False), words


def test_a_cancelled_export_vanishes(installation: Installation, request_id: str) -> None:
    job = export(installation, request_id)
    at_work(installation)
    manager = installation.user("manager")
    assert manager.call("POST", f"/api/exports/{job}/cancel")["state"] == "cancelled"
    installation.wait("its process gone", 30, lambda: not installation.pids("export"))
    left = [path.name for path in (installation.root / "exports").rglob("*") if job in str(path)]
    assert left == []
    assert job_of(installation, job)["state"] == "cancelled"
    assert manager.call("GET", f"/api/access-requests/{request_id}")["state"] == "approved"


def test_an_export_that_is_killed_with_all_that_watch_it_is_resumed_and_verifies(
    installation: Installation, request_id: str
) -> None:
    since = min(installation.recorded_until(camera["id"]) for camera in installation.cameras())
    job = export(installation, request_id)
    first = at_work(installation)
    installation.kill("export")
    second = installation.wait(
        "a second attempt", 30, lambda: [pid for pid in at_work(installation) if pid not in first]
    )
    installation.again(installation.kill("keeper"), "keeper")
    assert_verified(installation, job)
    assert not set(first + second) & set(installation.pids("export")), "none is left over"
    entries = installation.user("auditor").call("GET", "/api/ledger/entries", limit=200)
    built = [entry for entry in entries if entry["kind"] == "package.built" and entry["subject"] == request_id]
    assert len(built) == 1, "entered once"
    for camera in installation.cameras():
        installation.assert_unbroken(camera["id"], since, installation.now() - SECOND_NS)
