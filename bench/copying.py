"""An evidence package that is made while others record and watch: asked for, approved, signed for and built."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from mingjian.cli.selftest_steps import Selftest, StepFailed

OFFICERS = ("officer1", "officer2")
READY_S = 60.0
"""The footage asked for must have been recorded first."""


@dataclass(slots=True)
class Copy:
    """One export that was started."""

    run: Selftest
    request: str
    footage_s: float

    def job(self) -> dict[str, Any]:
        page: dict[str, Any] = self.run.user("manager").call("GET", f"/api/access-requests/{self.request}")
        job: dict[str, Any] = page["export"]
        return job

    def words(self) -> str:
        """How far it is."""
        with contextlib.suppress(Exception):
            job = self.job()
            return f"export of {self.footage_s:.0f} s of footage: {job['state']} {job['error'] or ''}".strip()
        return "export: its state could not be asked"


def begin(run: Selftest, cameras: list[str], start_ms: int, end_ms: int) -> Copy:
    """Every act that a copy takes, up to the start of its building. Raises StepFailed, RemoteError."""
    wanted = set(cameras)

    def recorded() -> bool:
        return all((c["recorded_until_ms"] or 0) >= end_ms for c in run.states() if c["id"] in wanted)

    run.wait("footage to be copied", READY_S, recorded)
    made = run.user("officer1").call(
        "POST", "/api/access-requests", cameras=cameras, start_ms=start_ms, end_ms=end_ms,
        purpose="压力测试：录像的同时制作证据包", destination="压力测试", legal_basis="办法第二十一条第一款",
        officers=[{"name": "执法人员甲"}, {"name": "执法人员乙"}],
    )  # fmt: skip
    path = f"/api/access-requests/{made['id']}"
    if run.user("approver").call("POST", f"{path}/approve", comment="同意")["state"] != "approved":
        raise StepFailed("the request was not approved")
    needed = [paper["paper"] for paper in run.user("manager").call("GET", path)["papers"]]
    run.user("manager").call("POST", f"{path}/papers", papers=needed)
    for name in OFFICERS:
        account = run.accounts[name]
        run.user("manager").call(
            "POST", f"{path}/presence", name=name, password=account.password, code=account.code(run.clock)
        )
    run.user("manager").call("POST", f"{path}/export")
    return Copy(run, made["id"], len(cameras) * (end_ms - start_ms) / 1000)
