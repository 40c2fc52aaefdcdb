"""One viewer's socket: what is sent through it, and what it has delivered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, TypedDict

from starlette.websockets import WebSocket

from mingjian.governance.reasons import Reason
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId
from mingjian.kernel.period import Period
from mingjian.law.citation import is_citation
from mingjian.processing.transcode import HEIGHT, HEIGHT_LARGE
from mingjian.processing.watermark import ViewMark
from mingjian.web.media_protocol import Open
from mingjian.web.media_services import Delivered, MediaServices

SEND_S = 10.0
"""A viewer whose network takes nothing for this long is gone."""
REGISTER_S = 10.0
"""How often delivered seconds are stored while the stream goes on: a crash loses at most these."""


class Words(TypedDict):
    """Why and what to do, in both languages: the screen shows the reader's."""

    text: str
    text_en: str
    remedy: str
    remedy_en: str
    article: str


class Ended(Exception):
    """The stream ends in order: why, in both languages, as the last `state` message tells it."""

    article = ""

    def __init__(self, state: str, cause: str, text: str, *, text_en: str, remedy: str, remedy_en: str) -> None:
        super().__init__(cause)
        self.state, self.cause = state, cause
        self.text, self.text_en, self.remedy, self.remedy_en = text, text_en, remedy, remedy_en


class Viewer:
    """Sends one message at a time and waits until the network takes it: the only queue is the stream's backlog."""

    def __init__(self, socket: WebSocket, cookie: str, services: MediaServices, asked: Open, grant: Grant) -> None:
        self._socket = socket
        self._cookie = cookie
        self._sending = asyncio.Lock()
        self._delivered = Delivered()
        self.services = services
        self.asked = asked
        self.grant = grant

    @property
    def camera(self) -> CameraId:
        return self.asked.camera

    async def mark(self) -> ViewMark | None:
        """What this viewer's pictures must show, where his Grant asks for marked ones."""
        grant = self.grant
        if not grant.marked:
            return None
        camera = await asyncio.to_thread(self.services.camera_name, self.camera)
        return ViewMark(grant.entry, grant.person_name, grant.unit_name, camera)

    @property
    def height(self) -> int:
        """How high pictures that are made for this viewer are at most."""
        return HEIGHT_LARGE if self.grant.marked and self.asked.quality == "main" else HEIGHT

    async def tell_large(self) -> None:
        """How many pictures in high definition are made at once and how many may be, now and when it changes.

        For people outside: they choose one while there is a place. Never returns.
        """
        transcoders, told = self.services.transcoders, None
        while True:
            places = transcoders.large_in_use, transcoders.cap_large
            if places != told:
                await self.tell("large", in_use=places[0], cap=places[1])
                told = places
            await asyncio.sleep(self.services.recheck_s)

    async def tell(self, op: str, **facts: Any) -> None:
        """One JSON message."""
        async with asyncio.timeout(SEND_S), self._sending:
            await self._socket.send_text(_json({"op": op, **facts}))

    async def tell_state(self, state: str, *, cause: str = "", since: UtcNs | None = None, **more: Any) -> None:
        """`online`, `offline`, `codec`: what a tile says when it has no picture."""
        await self.tell("state", state=state, cause=cause, since_ms=since // 1_000_000 if since else None, **more)

    async def send(self, data: bytes, shown: Period | None = None, *, before: Mapping[str, Any] | None = None) -> None:
        """A binary message, behind the JSON message `before`; `shown` counts as delivered once the network took it.

        Raises Ended where the Grant has run out meanwhile: nothing is sent after its last instant.
        """
        if not self.grant.permits(self.asked.act, self.camera, self.services.clock.now()):
            raise run_out(self.grant, self.services)
        async with asyncio.timeout(SEND_S), self._sending:
            if before is not None:
                await self._socket.send_text(_json(before))
            await self._socket.send_bytes(data)
        if shown is not None:
            self._delivered.add(shown)

    async def watch_the_right(self) -> None:
        """Until the right to look has ended; raises Ended then. Never returns."""
        services = self.services
        while True:
            await asyncio.sleep(services.recheck_s)
            grant = await asyncio.to_thread(services.grant, self._cookie, self.grant.id)
            if grant is None or not grant.permits(self.asked.act, self.camera, services.clock.now()):
                raise run_out(self.grant, services, await self._why_ended())

    async def until_closed(self, ending: asyncio.Event) -> None:
        """Until the viewing is being closed; raises Ended then. Never returns."""
        await ending.wait()
        raise run_out(self.grant, self.services, await self._why_ended())

    async def _why_ended(self) -> Reason | None:
        return await asyncio.to_thread(self.services.why_ended, self.grant) if self.grant.request else None

    async def keep_the_register(self) -> None:
        """Store what was delivered, again and again. Never returns."""
        while True:
            await asyncio.sleep(REGISTER_S)
            await self.register()

    async def register(self) -> None:
        """Store what was delivered since the last time; on failure it is kept for the next time and raised."""
        if periods := self._delivered.take():
            try:
                await asyncio.to_thread(self.services.deliver, self.grant, self.camera, periods)
            except BaseException:
                self._delivered.put_back(periods)
                raise


def run_out(grant: Grant, services: MediaServices, why: Reason | None = None) -> Ended:
    """Why a Grant opens nothing more; `why`, where what it rests on has ended."""
    if why is not None:
        end = Ended("refused", "grant-ended", why.text, text_en=why.text_en, remedy=why.remedy, remedy_en=why.remedy_en)
        end.article = why.article
        return end
    if services.clock.now() >= grant.valid.end:
        return Ended(
            "expired",
            "grant-expired",
            "本次查看已到期",
            text_en="The time of this viewing is over",
            remedy="重新打开查看",
            remedy_en="Open the view again",
        )
    return Ended(
        "refused",
        "grant-ended",
        "查看权限已结束",
        text_en="The right to view has ended",
        remedy="重新打开查看；仍被拒绝时请联系单位管理员",
        remedy_en="Open the view again; if it is still refused, ask your unit's administrator",
    )


def words_of(said: MingjianError | Ended) -> Words:
    """What a failure or an end says to people."""
    return {
        "text": said.text,
        "text_en": said.text_en,
        "remedy": said.remedy,
        "remedy_en": said.remedy_en,
        "article": said.article if is_citation(said.article) else "",
    }


def _json(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
