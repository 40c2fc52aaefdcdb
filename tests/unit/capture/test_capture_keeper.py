"""The keeper: reconnects by the schedule, names each interruption, hands on everything else untouched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from mingjian.capture import failures
from mingjian.capture.keeper import STABLE_S, Keeper
from mingjian.capture.retry import PATIENT_DELAY_S, REFUSED_MAX_S, Failures, after, delay_s, refused_delay_s
from mingjian.capture.source import Source
from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.errors import Invalid, MingjianError, RemoteError
from mingjian.kernel.media import (
    AccessUnit,
    CameraTime,
    Codec,
    GapCause,
    SourceSink,
    StreamConfig,
    VideoConfig,
)

CONFIG = StreamConfig(VideoConfig(Codec.H264, (b"g", b"h"), 320, 240, "avc1.42C00D"))


@dataclass
class Diary(SourceSink):
    """Writes down everything a sink is told."""

    lines: list[tuple[object, ...]] = field(default_factory=list)

    def on_config(self, config: StreamConfig) -> None:
        self.lines.append(("config",))

    def on_access_unit(self, unit: AccessUnit) -> None:
        self.lines.append(("unit", unit.pts_90k))

    def on_camera_time(self, report: CameraTime) -> None:
        self.lines.append(("time",))

    def on_lost(self, packets: int) -> None:
        self.lines.append(("lost", packets))

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self.lines.append(("interrupted", cause, last_data, evidence))

    def causes(self) -> list[GapCause]:
        return [line[1] for line in self.lines if line[0] == "interrupted" and isinstance(line[1], GapCause)]


@dataclass
class Played(Source):
    """A source that delivers for `seconds` of the clock, then ends with `error`."""

    clock: ManualClock
    error: BaseException | None
    seconds: float = 0.0

    async def run(self, sink: SourceSink) -> None:
        if self.seconds:
            sink.on_config(CONFIG)
            for number in range(2):
                sink.on_access_unit(AccessUnit(number, number == 0, b"x", self.clock.now()))
                self.clock.advance(self.seconds if number == 0 else 0)
            sink.on_lost(3)
            sink.on_camera_time(CameraTime(0, self.clock.now(), self.clock.now()))
        if self.error is not None:
            raise self.error


class Enough(Exception):
    """The script is over."""


async def keep(script: list[Callable[[ManualClock], Source]]) -> tuple[Diary, list[float]]:
    clock, diary, waits = ManualClock(), Diary(), list[float]()
    steps = iter(script)

    def open_next() -> Source:
        step = next(steps, None)
        if step is None:
            raise Enough
        return step(clock)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    with pytest.raises(Enough):
        await Keeper(open=open_next, sink=diary, clock=clock, random=lambda: 0.0, sleep=sleep).run()
    return diary, waits


def fails(error: MingjianError | None, seconds: float = 0.0) -> Callable[[ManualClock], Source]:
    return lambda clock: Played(clock, error, seconds)


LOST = RemoteError("net.lost", "连接中断", text_en="gone")


async def test_the_schedule_of_a_camera_that_stays_away() -> None:
    _, waits = await keep([fails(RemoteError("net.refused", "拒绝连接", text_en="no"))] * 320)
    assert waits[:4] == [1.0, 2.0, 2.0, 2.0]
    eager = waits.index(15.0)
    assert 600 <= sum(waits[:eager]) < 610
    assert set(waits[eager:]) == {15.0}


async def test_a_stable_connection_starts_afresh_and_a_short_one_does_not() -> None:
    script = [fails(LOST)] * 4 + [fails(None, STABLE_S + 1), fails(LOST, STABLE_S - 1), fails(LOST)]
    diary, waits = await keep(script)
    assert waits == [1.0, 2.0, 2.0, 2.0, 1.0, 2.0, 2.0]
    assert diary.causes()[4:7] == [GapCause.CAMERA_CLOSED, GapCause.NETWORK, GapCause.NETWORK]


async def test_credentials_refused_are_not_hammered() -> None:
    _, waits = await keep([fails(failures.auth_failed(True))] * 6 + [fails(LOST)])
    assert waits == [30.0, 60.0, 120.0, 240.0, 300.0, 300.0, 15.0]


async def test_everything_is_handed_on_in_order_and_last_data_is_remembered() -> None:
    diary, _ = await keep([fails(LOST, 5.0), fails(LOST)])
    assert [line[0] for line in diary.lines[:6]] == ["config", "unit", "unit", "lost", "time", "interrupted"]
    moment = ManualClock()
    moment.advance(5.0)
    first, second = (line for line in diary.lines if line[0] == "interrupted" and line[1] is GapCause.NETWORK)
    assert first[2] == second[2] == moment.now()


async def test_an_address_that_cannot_be_used_is_a_gap_and_is_tried_again() -> None:
    def refuse(clock: ManualClock) -> Source:
        raise Invalid("camera.url-scheme", "地址不可用", text_en="bad", field="url")

    diary, waits = await keep([refuse, refuse])
    assert diary.causes()[:2] == [GapCause.CAMERA_REFUSED] * 2
    assert waits == [1.0, 2.0]


async def test_a_fault_of_our_own_is_a_gap_and_reaches_the_supervisor() -> None:
    clock, diary = ManualClock(), Diary()
    keeper = Keeper(open=lambda: Played(clock, ZeroDivisionError("1/0")), sink=diary, clock=clock, random=lambda: 0.0)
    with pytest.raises(ZeroDivisionError):
        await keeper.run()
    assert diary.lines == [("interrupted", GapCause.UNKNOWN, 0, "internal: ZeroDivisionError")]


async def test_cancelling_is_a_stop_of_the_recorder() -> None:
    clock, diary, started = ManualClock(), Diary(), asyncio.Event()

    class Endless(Source):
        async def run(self, sink: SourceSink) -> None:
            started.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(Keeper(open=Endless, sink=diary, clock=clock, random=lambda: 0.0).run())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert diary.causes() == [GapCause.RECORDER_STOPPED]


def test_jitter_only_shortens_and_never_to_nothing() -> None:
    for attempts in range(1, 10):
        longest = delay_s(Failures(attempts, 0.0), 0.0)
        assert 0 < longest * 0.79 < delay_s(Failures(attempts, 0.0), 0.999) < longest <= PATIENT_DELAY_S
        refused = refused_delay_s(attempts * attempts, 0.0)
        assert 0 < refused * 0.79 < refused_delay_s(attempts * attempts, 0.999) < refused <= REFUSED_MAX_S
    assert after(after(None, 0), 60) == Failures(2, 60)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("rtsp.auth-failed", GapCause.AUTH_FAILED),
        ("net.lost", GapCause.NETWORK),
        ("net.pin-mismatch", GapCause.CERTIFICATE_REFUSED),
        ("net.tls-untrusted", GapCause.CERTIFICATE_REFUSED),
        ("rtsp.not-rtsp", GapCause.CAMERA_REFUSED),
        ("sdp.unreadable", GapCause.CAMERA_REFUSED),
        ("capture.silent", GapCause.CAMERA_TIMEOUT),
        ("capture.unsupported", GapCause.UNSUPPORTED),
        ("capture.no-key-frame", GapCause.NO_VIDEO),
        ("storage.anything", GapCause.UNKNOWN),
    ],
)
def test_each_failure_has_its_word(code: str, cause: GapCause) -> None:
    assert failures.gap_cause(RemoteError(code, "失败", text_en="x")) is cause


@pytest.mark.parametrize(
    "error",
    [
        failures.auth_failed(True),
        failures.auth_failed(False),
        failures.no_challenge(),
        failures.no_answer("PLAY", 10),
        failures.status_refused("PLAY", 404, "Not Found"),
        failures.status_refused("PLAY", 461, ""),
        failures.status_refused("PLAY", 453, "Not Enough Bandwidth"),
        failures.status_refused("PLAY", 500, "\x1b[31m" + "x" * 200),
        failures.silent(10),
        failures.closed(),
        failures.no_video(15, udp=True),
        failures.no_parameter_sets(15),
        failures.no_key_frame(15),
        failures.no_more_pictures(10),
        failures.unsupported("JPEG"),
        failures.overloaded(),
    ],
)
def test_each_failure_says_what_and_what_next(error: MingjianError) -> None:
    assert error.text
    assert error.remedy
    assert failures.gap_cause(error) is not GapCause.UNKNOWN
    assert "\x1b" not in error.text
    assert len(error.text) < 150


async def test_a_stream_that_is_shed_ends_as_overload_and_comes_back_when_it_may() -> None:
    clock, diary, opened = ManualClock(), Diary(), list[str]()

    class Flowing(Source):
        async def run(self, sink: SourceSink) -> None:
            opened.append("open")
            sink.on_config(CONFIG)
            sink.on_access_unit(AccessUnit(0, True, b"x", clock.now()))
            try:
                await asyncio.Event().wait()
            finally:
                opened.append("closed")

    keeper = Keeper(open=Flowing, sink=diary, clock=clock, random=lambda: 0.0)
    keeper.shed("write queue 60% full")
    running = asyncio.ensure_future(keeper.run())

    async def settled() -> list[str]:
        for _ in range(10):
            await asyncio.sleep(0)
        return opened

    assert await settled() == [], "one that is shed before it began connects to nobody"
    keeper.resume()
    assert await settled() == ["open"]
    keeper.shed("event loop 1.5 s late")
    assert await settled() == ["open", "closed"]
    keeper.resume()
    assert await settled() == ["open", "closed", "open"]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    said = [(line[1], line[3]) for line in diary.lines if line[0] == "interrupted"]
    assert said == [
        (GapCause.OVERLOAD, "write queue 60% full"),
        (GapCause.OVERLOAD, "event loop 1.5 s late"),
        (GapCause.RECORDER_STOPPED, ""),
    ]
