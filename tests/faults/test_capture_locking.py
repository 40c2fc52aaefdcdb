"""A camera that locks its account after five failures: two streams of it, for hours, and it is never locked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from mingjian.capture.account import CameraAccount
from mingjian.capture.address import CameraAddress
from mingjian.capture.keeper import Keeper
from mingjian.capture.rtsp_source import RtspSource
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.media import GapCause
from mingjian.wire.rtsp import Request
from mingjian.wire.rtsp_auth import Challenge, accepts
from scripted_camera import PASSWORD, Answer, Camera, Sink, behave, camera_at, play_then_stop

FAILURES, WITHIN_S = 5, 300
"""What cameras in service allow: so many refusals within so long, then nobody may sign in for half an hour."""
HOURS = 3


@dataclass
class Locking:
    """A camera whose password was changed; it counts, and locks."""

    clock: ManualClock
    password: str = "another"
    refused: list[int] = field(default_factory=list)
    locked: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def script(self) -> dict[str, Answer]:
        challenge = Challenge("Digest", "camera", "nonce", "MD5", "auth")

        async def guarded(camera: Camera, request: Request) -> None:
            value = request.headers.first("Authorization") or ""
            admitted = accepts(challenge, value, user="admin", password=self.password, method=request.method)
            if admitted and not self.locked:
                await (play_then_stop if request.method == "PLAY" else behave)(camera, request)
                return
            if value:
                self.refused.append(self.clock.monotonic_ns())
                recent = [at for at in self.refused if self.refused[-1] - at < WITHIN_S * SECOND_NS]
                if len(recent) >= FAILURES:
                    self.locked = True
                    self.over.set()
            camera.send(camera.wire.send_response(request, 401, [("WWW-Authenticate", challenge.render())]))

        return dict.fromkeys(("OPTIONS", "DESCRIBE", "SETUP", "PLAY"), guarded)


class Told(Sink):
    """Remembers why it was interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[GapCause, str]] = []

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self.told.append((cause, evidence))


class Hasty(CameraAccount):
    """mutant_refusal_not_waited_out: the account keeps no memory of a refusal."""

    def refused(self, stream: object, evidence: str) -> None:
        """Forgotten."""


async def storm(account: type[CameraAccount]) -> tuple[Locking, list[Told]]:
    """Hours of a wrong password, with two streams that want the camera; then the right one."""
    clock = ManualClock()
    locking = Locking(clock)

    async def sleep(seconds: float) -> None:
        clock.advance(seconds)
        if clock.monotonic_ns() > HOURS * 3600 * SECOND_NS:
            locking.over.set()
        await asyncio.sleep(0)

    async with camera_at(locking.script()) as port:
        address = CameraAddress.parse(f"rtsp://127.0.0.1:{port}/live", user="admin", password=PASSWORD)
        shared = account(clock, lambda: 0.99, sleep)  # the shortest waits that chance allows
        sinks = [Told(), Told()]
        keepers = [
            Keeper(
                open=lambda: RtspSource(address, clock, bytes),
                sink=sink,
                clock=clock,
                random=lambda: 0.99,
                account=shared,
                sleep=sleep,
            )
            for sink in sinks
        ]
        running = [asyncio.ensure_future(keeper.run()) for keeper in keepers]
        await asyncio.wait_for(locking.over.wait(), 60)
        locking.password = PASSWORD
        if not locking.locked:
            for sink in sinks:
                await asyncio.wait_for(sink.first.wait(), 60)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return locking, sinks


async def test_hours_of_refusals_lock_no_account_and_are_called_by_their_name() -> None:
    locking, sinks = await storm(CameraAccount)
    assert not locking.locked
    assert 3600 * HOURS / 300 <= len(locking.refused) <= 3600 * HOURS / 200, "it does not give up either"
    for sink in sinks:
        causes = {cause for cause, _ in sink.told if cause is not GapCause.RECORDER_STOPPED}
        assert GapCause.AUTH_FAILED in causes
        assert causes <= {GapCause.AUTH_FAILED, GapCause.CAMERA_CLOSED}, "the end of the right password's connection"
        assert any(text.startswith("rtsp.auth-failed: ") for _, text in sink.told)
        assert PASSWORD not in "".join(text for _, text in sink.told)
        assert len(sink.units) >= 1, "the right password is taken without anybody's doing"


async def test_mutant_refusal_not_waited_out_is_caught() -> None:
    locking, _ = await storm(Hasty)
    assert locking.locked


@pytest.mark.parametrize("failures", range(1, 20))
def test_no_window_of_five_minutes_holds_five_refusals(failures: int) -> None:
    """The schedule itself, at its shortest."""
    from mingjian.capture.retry import refused_delay_s

    window = [refused_delay_s(number, 0.999_999) for number in range(failures, failures + FAILURES - 1)]
    assert sum(window) >= WITHIN_S
