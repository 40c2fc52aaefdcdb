"""The account of a camera is not locked: one stream tries at a time, refusals are waited out by all, restarts too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from mingjian.capture import failures
from mingjian.capture.account import CameraAccount
from mingjian.capture.keeper import Keeper
from mingjian.capture.retry import REFUSED_DELAY_S
from mingjian.capture.source import Source
from mingjian.kernel.clock import SECOND_NS, Clock, ManualClock, UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, Codec, GapCause, SourceSink, StreamConfig, VideoConfig
from mingjian.transport.demand import run_on_demand
from mingjian.transport.hub import Hub

CONFIG = StreamConfig(VideoConfig(Codec.H264, (b"g", b"h"), 320, 240, "avc1.42C00D"))
MAIN, SUB = "main", "sub"


@dataclass
class Heard(SourceSink):
    """The causes that a sink is told."""

    causes: list[GapCause] = field(default_factory=list)

    def on_config(self, config: StreamConfig) -> None: ...

    def on_access_unit(self, unit: AccessUnit) -> None: ...

    def on_camera_time(self, report: CameraTime) -> None: ...

    def on_lost(self, packets: int) -> None: ...

    def on_interrupted(self, cause: GapCause, evidence: str, last_data: UtcNs) -> None:
        self.causes.append(cause)


@dataclass
class Camera:
    """A camera of some streams, with a clock of its own: every login is written down; time passes by `pass_time`."""

    accepts: bool = False
    forbidden: frozenset[str] = frozenset()
    """Streams for which this account has no right."""
    clock: ManualClock = field(default_factory=ManualClock)
    logins: list[tuple[str, float]] = field(default_factory=list)
    sleepers: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.began_ns = self.clock.monotonic_ns()
        self.account = CameraAccount(self.clock, lambda: 0.0, self.sleep)

    def keeper(self, stream: str, sink: SourceSink | None = None) -> Keeper:
        return Keeper(
            open=lambda: Login(self, stream),
            sink=sink or Heard(),
            clock=self.clock,
            random=lambda: 0.0,
            account=self.account,
            sleep=self.sleep,
        )

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.clock.monotonic_ns() + round(seconds * SECOND_NS), future))
        await future

    async def pass_time(self, seconds: float) -> None:
        """Wake whoever has slept enough, in order."""
        end = self.clock.monotonic_ns() + round(seconds * SECOND_NS)
        await settled()
        while due := sorted((at, number) for number, (at, _) in enumerate(self.sleepers) if at <= end):
            at, number = due[0]
            self.clock.advance((at - self.clock.monotonic_ns()) / SECOND_NS)
            future = self.sleepers.pop(number)[1]
            if not future.done():
                future.set_result(None)
            await settled()
        self.clock.advance((end - self.clock.monotonic_ns()) / SECOND_NS)

    def times(self) -> list[float]:
        return [at for _, at in self.logins]


@dataclass
class Login(Source):
    """One connection: a login, then refusal, or a picture until the line is cut."""

    camera: Camera
    stream: str

    async def run(self, sink: SourceSink) -> None:
        camera = self.camera
        camera.logins.append((self.stream, (camera.clock.monotonic_ns() - camera.began_ns) / SECOND_NS))
        await asyncio.sleep(0)  # the answer takes its time: whoever else wants to try comes in between
        if not camera.accepts or self.stream in camera.forbidden:
            raise failures.auth_failed(True)
        sink.on_config(CONFIG)
        await camera.cut.wait()
        raise failures.closed()


async def settled() -> None:
    """Everything that can go on without time passing has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def stop(*tasks: asyncio.Future[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_two_streams_with_a_wrong_password_try_as_often_as_one() -> None:
    camera, sub_heard = Camera(), Heard()
    running = [
        asyncio.ensure_future(camera.keeper(name, sink).run()) for name, sink in ((MAIN, Heard()), (SUB, sub_heard))
    ]
    await camera.pass_time(1000)
    await stop(*running)
    assert camera.times() == [0, 30, 90, 210, 450, 750]
    assert sub_heard.causes[:1] == [GapCause.AUTH_FAILED], "the stream that waits says why"


async def test_a_right_password_lets_both_in_at_once_and_a_cut_line_is_tried_at_once() -> None:
    camera = Camera(accepts=True)
    running = [asyncio.ensure_future(camera.keeper(name).run()) for name in (MAIN, SUB)]
    await camera.pass_time(0)
    assert camera.logins == [(MAIN, 0), (SUB, 0)]
    camera.cut.set()
    await settled()
    camera.cut.clear()
    await camera.pass_time(1)
    await stop(*running)
    assert sorted(camera.logins[2:]) == [(MAIN, 1), (SUB, 1)]


async def test_the_wait_is_kept_when_the_stream_is_stopped_and_wanted_again() -> None:
    camera, heard = Camera(), Heard()
    keeper = camera.keeper(SUB, heard)
    for _ in range(5):
        running = asyncio.ensure_future(keeper.run())
        await camera.pass_time(1)
        await stop(running)
    assert camera.times() == [0]
    assert heard.causes == [GapCause.AUTH_FAILED] * 5, "each time the viewer is told why there is nothing"
    running = asyncio.ensure_future(keeper.run())
    await camera.pass_time(REFUSED_DELAY_S)
    await stop(running)
    assert camera.times() == [0, 30]


async def test_viewers_who_come_and_go_do_not_log_in_again_and_again() -> None:
    camera, hub = Camera(), Hub()
    running = asyncio.ensure_future(run_on_demand(hub, camera.keeper(SUB, hub).run, camera.clock, linger_s=0))
    for _ in range(5):
        reader = hub.open()
        await camera.pass_time(1)
        reader.close()
        await settled()
    await stop(running)
    assert camera.times() == [0]


async def test_a_changed_mind_of_the_camera_ends_the_row() -> None:
    camera = Camera()
    running = asyncio.ensure_future(camera.keeper(MAIN).run())
    await camera.pass_time(40)
    camera.accepts = True
    await camera.pass_time(60)
    assert camera.times() == [0, 30, 90]
    camera.accepts = False
    camera.cut.set()
    await camera.pass_time(2)  # the usual wait after a third failure
    assert camera.times() == [0, 30, 90, 102]
    await camera.pass_time(REFUSED_DELAY_S)
    await stop(running)
    assert camera.times() == [0, 30, 90, 102, 132], "the row begins anew"


async def test_a_stream_without_a_right_does_not_hold_up_the_one_that_records() -> None:
    camera = Camera(accepts=True, forbidden=frozenset({SUB}))
    running = [asyncio.ensure_future(camera.keeper(name).run()) for name in (MAIN, SUB)]
    await camera.pass_time(5)
    camera.cut.set()
    await settled()
    camera.cut.clear()
    await camera.pass_time(5)
    await stop(*running)
    assert [at for name, at in camera.logins if name == MAIN] == [0, 6]
    assert [at for name, at in camera.logins if name == SUB] == [0], "it waits by itself"


async def test_a_failure_of_another_kind_does_not_end_the_row() -> None:
    class Away(Source):
        async def run(self, sink: SourceSink) -> None:
            raise failures.silent(10)

    camera = Camera()
    steps: list[Callable[[], Source]] = [lambda: Login(camera, MAIN), Away, Away]

    def open_next() -> Source:
        return steps.pop(0)() if steps else Login(camera, MAIN)

    clock: Clock = camera.clock
    keeper = Keeper(
        open=open_next, sink=Heard(), clock=clock, random=lambda: 0.0, account=camera.account, sleep=camera.sleep
    )
    running = asyncio.ensure_future(keeper.run())
    await camera.pass_time(200)
    await stop(running)
    # refused, 30 s, away twice with the usual waits of a second and third failure, refused again: 60 s from there
    assert camera.times() == [0, 34, 94]
