"""Camera faults on the running system: each becomes a gap of its own cause and its exact length, or costs nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest

from installation import PASSWORD, Installation
from mingjian.audit.chain import EntryKind
from mingjian.capture.rtsp_dialogue import ANSWER_S
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import RemoteError
from mingjian.simulator.faults import Fault

EXACT_NS = round(1.2 * SECOND_NS)
"""A gap begins and ends with a frame, or with the key frame that comes each second."""
SILENCE_NS = 10 * SECOND_NS
"""A camera that sends nothing for this long is taken for gone."""
RECONNECT_NS = 5 * SECOND_NS
BACK_OFF_NS = 24 * SECOND_NS
"""The least wait after refused credentials: 30 s less a fifth of jitter."""
AFTER_NS = 4 * SECOND_NS


@dataclass(frozen=True)
class Faulty:
    """One camera with a fault of its own, and the installation it is part of."""

    installation: Installation
    number: int
    camera: str

    def switch(self, fault: Fault, *, on: bool = True) -> int:
        """Switch a fault; the instant at which it had taken hold."""
        (self.installation.sites.set_fault if on else self.installation.sites.clear_fault)(self.number, fault)
        return self.installation.now()

    def wait_state(self, state: str, cause: str | None) -> None:
        def shown() -> bool:
            found = self.installation.state(self.camera)
            return (found["state"], found["cause"] or None) == (state, cause)

        self.installation.wait(f"{state} {cause}", 40, shown)


@pytest.fixture(scope="module")
def faulty(installation: Installation) -> Callable[[int], Faulty]:
    """The simulated camera of a number, found again by its address."""

    def find(number: int) -> Faulty:
        url = installation.sites.park.cameras[number].url
        manager = installation.user("manager")
        return next(
            Faulty(installation, number, found["id"])
            for found in installation.cameras()
            if manager.call("GET", f"/api/cameras/{found['id']}")["url"] == url
        )

    return find


@pytest.fixture(scope="module", autouse=True)
def refused(faulty: Callable[[int], Faulty]) -> tuple[Faulty, int, int]:
    """A camera that refused credentials once: when that began, and when it was mended; its long wait is used."""
    it = faulty(2)
    it.wait_state("recording", None)
    it.switch(Fault.WRONG_PASSWORD)
    began = it.switch(Fault.RESET)
    it.wait_state("offline", "auth-failed")
    return it, began, it.switch(Fault.WRONG_PASSWORD, on=False)


def test_silence_is_a_timeout_of_exact_length(faulty: Callable[[int], Faulty]) -> None:
    it = faulty(0)
    it.wait_state("recording", None)
    began = it.switch(Fault.SILENCE)
    it.wait_state("offline", "camera-timeout")
    ended = it.switch(Fault.SILENCE, on=False)
    gap = it.installation.gap(it.camera, began, "camera-timeout")
    assert abs(gap.period.start - began) <= EXACT_NS, "it begins with the last frame, not when it was noticed"
    assert ended - began >= SILENCE_NS - SECOND_NS
    asked_ns = round(ANSWER_S * SECOND_NS)  # a connection tried just before stays unanswered until it is given up
    back = gap.period.end - ended
    assert 0 <= back <= asked_ns + RECONNECT_NS, "it ends with the first frame of the new connection"
    assert gap.evidence.startswith("capture.silent"), gap.evidence


def test_a_reset_connection_is_back_within_five_seconds(faulty: Callable[[int], Faulty]) -> None:
    it = faulty(1)
    began = it.switch(Fault.RESET)
    gap = it.installation.gap(it.camera, began, "network")
    assert abs(gap.period.start - began) <= EXACT_NS
    assert gap.period.end - began <= RECONNECT_NS
    it.wait_state("recording", None)


def test_a_new_picture_size_begins_a_new_container_and_loses_nothing(faulty: Callable[[int], Faulty]) -> None:
    it = faulty(3)
    since = it.installation.recorded_until(it.camera)
    width = it.installation.state(it.camera)["width"]
    changed = it.switch(Fault.PARAMETERS)
    it.installation.assert_unbroken(it.camera, since, changed + AFTER_NS)
    fragments = [e for e in it.installation.entries(it.camera) if e.kind is EntryKind.FRAG and e.t1 > since]
    before, after = fragments[0], fragments[-1]
    assert before.text("file") != after.text("file")
    assert before.text("init_sha") != after.text("init_sha")
    frames = sum(fragment.integer("frames") for fragment in fragments)
    assert frames == round((after.t1 - before.t0) * 25 / SECOND_NS), "25 a second, none lost"
    it.installation.wait("the new size", 10, lambda: it.installation.state(it.camera)["width"] != width)


def test_a_camera_that_was_never_there_disturbs_no_other(faulty: Callable[[int], Faulty]) -> None:
    it = faulty(4)
    since = it.installation.recorded_until(it.camera)
    manager = it.installation.user("manager")
    added = manager.call(
        "POST", "/api/cameras", name="没有接通", url="rtsp://127.0.0.1:9/main", user="admin", password="x",
        expected_bitrate_bps=300_000,
    )  # fmt: skip
    try:
        state = it.installation.wait(
            "its failure", 20, lambda: (found := it.installation.state(added["id"]))["cause"] and found
        )
        assert (state["state"], state["cause"]) in {("offline", "camera-refused"), ("offline", "network")}
        it.installation.assert_unbroken(it.camera, since, it.installation.now())
    finally:
        manager.call("POST", f"/api/cameras/{added['id']}/retire", reason="测试结束")
    with pytest.raises(StopIteration):
        it.installation.state(added["id"])


def test_e2_while_the_register_cannot_be_written_nobody_sees_anything_and_recording_goes_on(
    faulty: Callable[[int], Faulty],
) -> None:
    it = faulty(4)
    since = it.installation.recorded_until(it.camera)
    duty = it.installation.user("duty")
    locked = sqlite3.connect(it.installation.root / "db" / "mingjian.sqlite", isolation_level=None)
    try:
        locked.execute("BEGIN IMMEDIATE")
        with pytest.raises(RemoteError) as refusal:
            duty.call("POST", "/api/views", act="live", cameras=[it.camera])
        locked.execute("ROLLBACK")
    finally:
        locked.close()
    assert refusal.value.code == "database.unavailable"
    assert refusal.value.remedy
    it.installation.assert_unbroken(it.camera, since, it.installation.now())
    _, media = it.installation.watch("duty", it.camera, 5)
    media.close()


def test_refused_credentials_are_named_and_not_hammered(refused: tuple[Faulty, int, int]) -> None:
    it, began, mended = refused
    gaps = it.installation.wait(
        "recording again",
        60,
        lambda: it.installation.recorded_until(it.camera) > mended and it.installation.gaps(it.camera, began),
    )
    assert [gap.cause for gap in gaps] == ["network", "auth-failed"], gaps
    assert abs(gaps[0].period.start - began) <= EXACT_NS
    assert all(after.period.start == before.period.end for before, after in pairwise(gaps))
    assert gaps[-1].period.end - began >= BACK_OFF_NS, "the account would be locked"
    assert PASSWORD not in "".join(gap.evidence for gap in gaps)
