"""What the media WebSocket is tested in: one real server, cameras in memory, Grants and footage as a test says."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from footage import Clip, MemoryFragments
from mingjian.governance.reasons import Reason
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import CameraId, PersonId, StreamId, UnitId, sub_stream
from mingjian.kernel.period import Period
from mingjian.processing.preview_files import Preview
from mingjian.processing.transcode import Transcoders
from mingjian.transport.hub import Hub, Reader
from mingjian.web.media import media_router
from mingjian.web.media_services import MediaServices
from mingjian.web.viewings import Viewings

GATE, HALL = CameraId("gate"), CameraId("hall")
COOKIE = "signed-in"
T0 = ManualClock().wall


def at(seconds: float) -> UtcNs:
    return UtcNs(T0 + round(seconds * SECOND_NS))


def ms(seconds: float) -> int:
    return at(seconds) // 1_000_000


def grant_for(act: MediaAct, *, footage: Period | None = None, valid_s: float = 3600) -> Grant:
    return Grant(
        id="g1",
        person=PersonId("p"),
        person_name="值班员",
        unit=UnitId("u"),
        unit_name="县公安局",
        act=act,
        cameras=frozenset({GATE}),
        footage=footage,
        valid=Period(at(-1), at(valid_s)),
        entry=7,
    )


@dataclass
class World:
    """Small real parts behind the socket."""

    clock: ManualClock = field(default_factory=ManualClock)
    grants: dict[str, Grant] = field(default_factory=dict)
    hubs: dict[StreamId, Hub] = field(default_factory=dict)
    fragments: MemoryFragments = field(default_factory=MemoryFragments)
    previews: list[Preview] = field(default_factory=list)
    delivered: list[tuple[str, CameraId, list[Period]]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    registered: asyncio.Event = field(default_factory=asyncio.Event)
    viewings: Viewings = field(default_factory=Viewings)
    why: Reason | None = None
    """Why what the Grants rest on has ended."""
    port: int = 0

    def services(self) -> MediaServices:
        loop = asyncio.get_running_loop()

        def grant(cookie: str, wanted: str) -> Grant | None:
            return self.grants.get(wanted) if cookie == COOKIE else None

        def deliver(grant: Grant, camera: CameraId, periods: Sequence[Period]) -> None:
            self.delivered.append((grant.id, camera, list(periods)))
            loop.call_soon_threadsafe(self.registered.set)

        async def live(stream: StreamId) -> Reader:
            if stream not in self.hubs:
                raise RemoteError(
                    "relay.gone",
                    "录像进程没有应答",
                    text_en="The recorder does not answer",
                    remedy="重试",
                    remedy_en="Try again",
                )
            return self.hubs[stream].open()

        return MediaServices(
            clock=self.clock,
            grant=grant,
            signed_in=lambda cookie: cookie == COOKIE,
            deliver=deliver,
            live=live,
            has_sub=lambda camera: sub_stream(camera) in self.hubs,
            camera_name=lambda camera: "大门",
            ended=lambda grant: loop.call_soon_threadsafe(self.over.set),
            fragments=self.fragments,
            previews=self,
            transcoders=Transcoders(self.clock, cap=1, key=b"k" * 32),
            viewings=self.viewings,
            why_ended=lambda grant: self.why,
            recheck_s=0.05,
            first_message_s=0.3,
            idle_s=5,
        )

    def nearest(self, camera: CameraId, at: UtcNs) -> Preview | None:
        return min(self.previews, key=lambda one: abs(one.at - at), default=None)

    def periods(self) -> list[Period]:
        return [period for _, _, periods in self.delivered for period in periods]

    @asynccontextmanager
    async def tile(
        self, *, origin: str | None = None, cookie: str | None = COOKIE, **opening: Any
    ) -> AsyncIterator[Tile]:
        headers = {"Cookie": f"mj_session={cookie}"} if cookie is not None else {}
        own = f"http://127.0.0.1:{self.port}"
        async with connect(
            f"ws://127.0.0.1:{self.port}/api/media",
            origin=origin or own,  # type: ignore[arg-type]  # websockets' NewType of str
            additional_headers=headers,
            max_size=None,
            proxy=None,
        ) as connection:
            tile = Tile(connection)
            if opening:
                await tile.ask("open", **({"grant": "g1", "camera": GATE, "hevc": False} | opening))
            yield tile


@dataclass(frozen=True)
class Binary:
    kind: int
    id: int
    utc_ms: int
    media_s: float
    duration_s: float
    payload: bytes


@dataclass
class Tile:
    """The browser's side."""

    connection: ClientConnection

    async def ask(self, op: str, **facts: Any) -> None:
        await self.connection.send(json.dumps({"op": op, **facts}))

    async def next(self) -> Any:
        """A dict for JSON, a Binary else."""
        async with asyncio.timeout(20):
            message = await self.connection.recv()
        if isinstance(message, str):
            return json.loads(message)
        kind, number, utc_ms, media_s, duration_s = struct.unpack_from(">BIqdd", message)
        return Binary(kind, number, utc_ms, media_s, duration_s, message[struct.calcsize(">BIqdd") :])

    async def until(self, wanted: Callable[[Any], bool]) -> list[Any]:
        """Everything up to and including the first message that is wanted."""
        seen = []
        while True:
            seen.append(await self.next())
            if wanted(seen[-1]):
                return seen

    async def closed(self) -> int:
        with pytest.raises(ConnectionClosed) as caught:
            while True:
                await self.next()
        assert caught.value.rcvd is not None
        return caught.value.rcvd.code


def op(name: str, **facts: Any) -> Callable[[Any], bool]:
    return lambda one: isinstance(one, dict) and one["op"] == name and all(one[k] == v for k, v in facts.items())


def in_both_languages(said: dict[str, Any]) -> bool:
    """Whether a last word tells why and what to do, in Chinese and in English."""
    return all(
        not said[one].isascii() and said[f"{one}_en"].isascii() and said[f"{one}_en"] for one in ("text", "remedy")
    )


def kind(number: int) -> Callable[[Any], bool]:
    return lambda one: isinstance(one, Binary) and one.kind == number


@asynccontextmanager
async def served() -> AsyncIterator[World]:
    """A world behind a real server, until left."""
    world = World()
    app = FastAPI()
    services = world.services()
    app.include_router(media_router(services))
    listener = socket.create_server(("127.0.0.1", 0))
    world.port = listener.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, ws="websockets-sansio", lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield world
    server.should_exit = True
    await serving
    await services.transcoders.close()


def publish(world: World, stream: StreamId, clip: Clip, frames: int = 60) -> Hub:
    hub = world.hubs.setdefault(stream, Hub())
    hub.on_config(clip.config)
    units = clip.repeated(1, world.clock.now())
    for unit in units[:frames]:
        hub.on_access_unit(unit)
    return hub
