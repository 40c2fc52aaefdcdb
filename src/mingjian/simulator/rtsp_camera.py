"""A simulated camera: an RTSP server with a main and a sub stream, and faults that are switched while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType

import numpy as np

from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.kernel.media import TICKS_PER_SECOND, Codec
from mingjian.simulator.faults import Fault, Faults, checked_value
from mingjian.simulator.loops import LoopSpec, resized, with_look
from mingjian.simulator.pacer import Pacer
from mingjian.simulator.rtp_loop import VIDEO_PAYLOAD_TYPE, ParameterSets, StreamSender
from mingjian.simulator.rtsp_session import (
    AUDIO_TRACK,
    MAX_UNSENT_BYTES,
    SESSION_TIMEOUT_S,
    VIDEO_TRACK,
    PlayedStream,
    Player,
    Session,
)
from mingjian.simulator.shelf import LoopShelf
from mingjian.simulator.sound import AUDIO_PAYLOAD_TYPES, SoundSender
from mingjian.wire.rtsp_auth import Challenge, accepts
from mingjian.wire.sdp import Description, Media, aac_fmtp, render_sdp, video_fmtp

MAX_CLIENTS = 64
"""Connections of one camera; a real one allows fewer. Further ones are closed at once."""
_TIMEOUT_SLACK = 1.5
"""Real cameras wait a little longer than they say; some clients ask only in the last second."""
_REALM = "simulated camera"


class Guard(StrEnum):
    """How a camera asks who is there."""

    NONE = "none"
    BASIC = "basic"
    DIGEST_MD5 = "digest-md5"
    DIGEST_SHA256 = "digest-sha256"


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """All that makes a simulated camera; `main` and `sub` are what it shows."""

    main: LoopSpec
    sub: LoopSpec | None = None
    guard: Guard = Guard.DIGEST_MD5
    user: str = "admin"
    password: str = field(default="", repr=False)
    audio: Codec | None = None
    sei: bool = True
    """Whether each picture carries its send time; off where a bench needs many cameras cheaply."""
    parameter_sets: ParameterSets = ParameterSets.EVERYWHERE
    unsent_max: int = MAX_UNSENT_BYTES
    """Bytes a client may be behind before it misses pictures."""
    phase_ns: int = 0
    """How long after the full frame period it sends: many cameras on one line do not all speak at once."""

    @property
    def name(self) -> str:
        """The camera's name, as burnt in."""
        return self.main.scene.name


class _Stream(PlayedStream):
    """One stream of a camera and who watches it."""

    def __init__(self, camera: SimulatedCamera, name: str, loop: LoopSpec, pacer: Pacer) -> None:
        self._camera = camera
        self._name = name
        self.loop = loop
        self._pacer = pacer
        spec, random = camera.spec, camera.random
        prepared = camera.shelf.prepared(loop, sei=spec.sei, parameter_sets=spec.parameter_sets)
        self.sender = StreamSender(prepared, ssrc=int(random() * 0x1_0000_0000), random=random)
        self._sound = SoundSender(spec.audio, ssrc=int(random() * 0x1_0000_0000)) if spec.audio is not None else None
        self._players: list[Player] = []

    def description(self) -> bytes:
        video = self.sender.loop.config
        told = video.parameter_sets if self._camera.spec.parameter_sets is ParameterSets.EVERYWHERE else ()
        plain = {"packetization-mode": "1"} if video.codec is Codec.H264 else {}
        fmtp = video_fmtp(video.codec, told) if told else plain
        media = [Media("video", VIDEO_PAYLOAD_TYPE, video.codec, "", TICKS_PER_SECOND, control=VIDEO_TRACK, fmtp=fmtp)]
        if self._sound is not None:
            sound = self._sound.config
            parameters = aac_fmtp(sound.specific) if sound.codec is Codec.AAC else {}
            number = AUDIO_PAYLOAD_TYPES[sound.codec]
            rate, channels = sound.sample_rate_hz, sound.channels
            media.append(Media("audio", number, sound.codec, "", rate, channels, AUDIO_TRACK, parameters))
        return render_sdp(Description(tuple(media), "*", f"{self._camera.spec.main.scene.ascii_name} {self._name}"))

    def has_track(self, track: str) -> bool:
        return track == VIDEO_TRACK or (track == AUDIO_TRACK and self._sound is not None)

    def join(self, player: Player) -> None:
        self._players.append(player)

    def leave(self, player: Player) -> None:
        if player in self._players:
            self._players.remove(player)

    def _report_soon(self) -> None:
        """Send everyone a sender report behind the picture in hand: whoever watches learns of a set clock at once."""
        for player in self._players:
            player.report_soon()

    def beat(self, number: int, now: UtcNs) -> None:
        """Send frame `number` to everyone who watches."""
        faults = self._camera.faults
        if not self._players or Fault.SILENCE in faults:
            return
        due = self._pacer.due(number)
        drop, corrupt = faults.value(Fault.DROP) / 100, faults.value(Fault.CORRUPT) / 100
        error_ns = self.sender.clock_error_ns
        rendered = self.sender.render(number, due, now, drop=drop, corrupt=corrupt)
        if rendered is None:
            return
        if self.sender.clock_error_ns != error_ns:
            self._report_soon()
        reorder = faults.value(Fault.REORDER) / 100
        late = {place for place in range(len(rendered.starts)) if self._camera.random() < reorder} if reorder else ()
        sounds = self._sound.render(due) if self._sound is not None else []
        for player in tuple(self._players):
            player.send_picture(rendered, late)
            for packet in sounds:
                player.send_packet(AUDIO_TRACK, packet)
            if player.wants_report(now):
                player.send_packet(VIDEO_TRACK, self.sender.report(now), control=True)


class SimulatedCamera:
    """Serves `rtsp://host:port/main` and `/sub` while entered; `port` 0 takes a free one and keeps it.

    Raises LocalError when it cannot listen or a loop cannot be made. Its chances (numbers to begin with, which packets
    are lost) follow from `seed`. `pacers` lets many cameras share timers; alone, a camera brings its own.
    """

    def __init__(
        self,
        spec: CameraSpec,
        clock: Clock,
        shelf: LoopShelf,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 0,
        pacers: Callable[[int, int], Pacer] | None = None,
    ) -> None:
        self.spec = spec
        self.shelf = shelf
        self.host = host
        self.port = port
        self.random = np.random.default_rng(seed).random
        self.faults = Faults()
        self._clock = clock
        self._pacers = pacers
        self._streams: dict[str, _Stream] = {}
        self._sessions: set[Session] = set()
        self._server: asyncio.Server | None = None
        self._tasks = AsyncExitStack()
        self._reboots: asyncio.Task[None] | None = None
        self._picture: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The main stream's address, without credentials."""
        return f"rtsp://{self.host}:{self.port}/main"

    @property
    def sub_url(self) -> str:
        """The sub stream's address, without credentials; empty when there is none."""
        return f"rtsp://{self.host}:{self.port}/sub" if self.spec.sub is not None else ""

    @property
    def unsent_max(self) -> int:
        return self.spec.unsent_max

    @property
    def clients(self) -> int:
        """Connections open now."""
        return len(self._sessions)

    async def __aenter__(self) -> SimulatedCamera:
        pacers = self._pacers or self._own_pacers()
        loops = {"main": self.spec.main} | ({"sub": self.spec.sub} if self.spec.sub is not None else {})
        await asyncio.to_thread(self.shelf.stock, loops.values())
        for name, loop in loops.items():
            pacer = pacers(loop.fps, self.spec.phase_ns)
            stream = self._streams[name] = _Stream(self, name, loop, pacer)
            pacer.join(stream.beat)
            self._tasks.callback(pacer.leave, stream.beat)
        await self._listen()
        watch = asyncio.create_task(self._close_the_silent())
        self._tasks.push_async_callback(cancelled, watch)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in (self._reboots, self._picture):
            if task is not None:
                await cancelled(task)
        await self._tasks.aclose()
        await self._go_away()

    def set_fault(self, fault: Fault, value: float | None = None) -> None:
        """Switch `fault` on, by default at its usual value. Raises Invalid for a value out of range."""
        checked = checked_value(fault, value)
        if fault is Fault.RESET:
            self._reset()
            return
        if fault is Fault.TIME_BACK:
            for stream in self._streams.values():
                stream.sender.time_back(checked)
            return
        self._apply(self.faults.with_fault(fault, checked))

    def clear_fault(self, fault: Fault) -> None:
        """Switch `fault` off; nothing happens when it is not on."""
        self._apply(self.faults.without(fault))

    async def settled(self) -> None:
        """Return once what was switched last has taken hold: pictures are ready and show from their next key frame,
        and a camera that no longer reboots is back. Do not ask it of a camera that reboots for ever.
        Raises LocalError when a picture could not be made or the port is taken."""
        for task in (self._picture, self._reboots):
            if task is not None:
                await asyncio.wait([task])
                if not task.cancelled():
                    task.result()

    def _apply(self, wanted: Faults) -> None:
        before, self.faults = self.faults, wanted
        if (before.look, Fault.PARAMETERS in before) != (wanted.look, Fault.PARAMETERS in wanted):
            if self._picture is not None:
                self._picture.cancel()
            self._picture = asyncio.create_task(self._change_pictures())
        if before.value(Fault.REBOOT) != wanted.value(Fault.REBOOT):
            if self._reboots is not None:
                self._reboots.cancel()
            self._reboots = asyncio.create_task(self._reboot(wanted.value(Fault.REBOOT)))
        if before.value(Fault.CLOCK_WRONG) != wanted.value(Fault.CLOCK_WRONG):
            for stream in self._streams.values():
                stream.sender.set_clock_error(round(wanted.value(Fault.CLOCK_WRONG) * SECOND_NS))

    # What sessions ask.

    def silent(self) -> bool:
        return Fault.SILENCE in self.faults

    def challenge(self, nonce: str) -> Challenge | None:
        match self.spec.guard:
            case Guard.BASIC:
                return Challenge("Basic", _REALM)
            case Guard.DIGEST_MD5:
                return Challenge("Digest", _REALM, nonce, "MD5")
            case Guard.DIGEST_SHA256:
                return Challenge("Digest", _REALM, nonce, "SHA-256", "auth")
        return Challenge("Digest", _REALM, nonce, "MD5") if Fault.WRONG_PASSWORD in self.faults else None

    def admits(self, challenge: Challenge, value: str, method: str) -> bool:
        if Fault.WRONG_PASSWORD in self.faults:
            return False
        return accepts(challenge, value, user=self.spec.user, password=self.spec.password, method=method)

    def stream(self, path: str) -> PlayedStream | None:
        return self._streams.get(path)

    def opened(self, session: Session) -> None:
        self._sessions.add(session)
        if len(self._sessions) > MAX_CLIENTS:
            session.abort()

    def closed(self, session: Session) -> None:
        self._sessions.discard(session)

    # What runs.

    def _own_pacers(self) -> Callable[[int, int], Pacer]:
        made: dict[tuple[int, int], Pacer] = {}

        def pacer(fps: int, phase_ns: int) -> Pacer:
            if (fps, phase_ns) not in made:
                one = made[fps, phase_ns] = Pacer(self._clock, fps=fps, phase_ns=phase_ns)
                self._tasks.push_async_callback(cancelled, asyncio.create_task(one.run()))
            return made[fps, phase_ns]

        return pacer

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Session(self), self.host, self.port, reuse_address=True)
        except OSError as failure:
            raise LocalError(
                "simulator.port",
                f"模拟摄像机无法在 {self.host}:{self.port} 监听：{failure.strerror}",
                remedy="换一个端口，或结束占用该端口的程序",
                text_en=f"the simulated camera cannot listen on {self.host}:{self.port}: {failure.strerror}",
                remedy_en="choose another port, or end the program that holds it",
            ) from failure
        self.port = self._server.sockets[0].getsockname()[1]

    async def _go_away(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            self._reset()
            await server.wait_closed()

    def _reset(self) -> None:
        for session in tuple(self._sessions):
            session.abort()

    async def _reboot(self, period_s: float) -> None:
        """Away and back for ever; with a period of 0, come back and stay."""
        while period_s:
            await self._go_away()
            await asyncio.sleep(period_s / 2)
            await self._listen()
            await asyncio.sleep(period_s / 2)
        if self._server is None:
            await self._listen()

    async def _change_pictures(self) -> None:
        look, other_size = self.faults.look, Fault.PARAMETERS in self.faults
        for stream in self._streams.values():
            loop = with_look(stream.loop, look)
            wanted = resized(loop) if other_size else loop
            spec = self.spec
            prepared = await asyncio.to_thread(
                self.shelf.prepared, wanted, sei=spec.sei, parameter_sets=spec.parameter_sets
            )
            stream.sender.change(prepared)

    async def _close_the_silent(self) -> None:
        """A client that sent nothing for the session timeout, and half of it more, is gone (RFC 2326 §12.37)."""
        while True:
            for session in self._sessions:
                session.heard = False
            await asyncio.sleep(SESSION_TIMEOUT_S * _TIMEOUT_SLACK)
            for session in tuple(self._sessions):
                if not session.heard:
                    session.abort()


async def cancelled(task: asyncio.Task[None]) -> None:
    """End `task` and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])
