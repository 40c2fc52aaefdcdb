"""`/api/media`: pictures over one WebSocket per tile. No Grant, no picture; what was seen goes into the register.

The upgrade needs a session cookie and our own Origin; the first message names a Grant. Nothing is in the URL. The
Grant is asked again every two seconds and before every picture, so a right that ends, ends the picture.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Depends
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from mingjian.app.views import ACTS
from mingjian.kernel.errors import MingjianError, Overloaded, Refused
from mingjian.kernel.grant import MediaAct
from mingjian.web.guard import COOKIE, ByGrant
from mingjian.web.media_live import LiveView
from mingjian.web.media_playback import PlaybackView
from mingjian.web.media_protocol import OPERATIONS, Open, parse, undeclared
from mingjian.web.media_services import MediaServices
from mingjian.web.media_viewer import SEND_S, Ended, Viewer, run_out, words_of

PATH = "/api/media"
CONNECTIONS_MAX = 512
"""Tiles of all viewers together: 32 walls of 16."""
PROTOCOL_CLOSED, REFUSED_CLOSED, IDLE_CLOSED, BUSY_CLOSED = 4400, 4403, 4408, 4429
"""Close codes of our own range (RFC 6455 §7.4.2)."""


def media_router(services: MediaServices) -> APIRouter:
    """The router with the one WebSocket route. The uvicorn protocol must be `websockets-sansio`: it waits on send."""
    router = APIRouter()
    gate = _Gate(services)
    acts = dict.fromkeys(ACTS[act] for operation in OPERATIONS.values() for act in operation.acts)
    router.add_api_websocket_route(PATH, gate.serve, name="media", dependencies=[Depends(ByGrant(*acts))])
    return router


class _Gate:
    """Who may come in, and how many."""

    def __init__(self, services: MediaServices) -> None:
        self._services = services
        self._open = 0

    async def serve(self, socket: WebSocket) -> None:
        cookie = socket.cookies.get(COOKIE, "")
        signed_in = bool(cookie) and await asyncio.to_thread(self._services.signed_in, cookie)
        if not self._own_page(socket) or not signed_in:
            await socket.close(REFUSED_CLOSED)  # before accepting: the browser sees 403
            return
        await socket.accept()
        self._open += 1
        try:
            if self._open > CONNECTIONS_MAX:
                raise Overloaded(
                    "media.full",
                    f"同时打开的画面已达上限 {CONNECTIONS_MAX}",
                    text_en=f"No more than {CONNECTIONS_MAX} pictures may be open at once",
                    remedy="关闭一些画面后重试",
                    remedy_en="Close some pictures and try again",
                )
            await _Connection(socket, cookie, self._services).run()
        except WebSocketDisconnect:
            pass
        except Ended as end:
            facts = {"state": end.state, "cause": end.cause, **words_of(end), "since_ms": None}
            await _last_word(socket, {"op": "state", **facts}, REFUSED_CLOSED)
        except MingjianError as error:
            code = {Refused: REFUSED_CLOSED, Overloaded: BUSY_CLOSED}.get(type(error), PROTOCOL_CLOSED)
            await _last_word(socket, {"op": "error", "code": error.code, **words_of(error)}, code)
        except TimeoutError:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(IDLE_CLOSED)
        finally:
            self._open -= 1

    def _own_page(self, socket: WebSocket) -> bool:
        origin, host = socket.headers.get("origin", ""), socket.headers.get("host", "")
        scheme = "https" if socket.url.scheme == "wss" else "http"
        return origin == f"{scheme}://{host}" or origin in self._services.extra_origins


class _Connection:
    """One accepted socket, from its first message to the closing entry."""

    def __init__(self, socket: WebSocket, cookie: str, services: MediaServices) -> None:
        self._socket = socket
        self._cookie = cookie
        self._services = services

    async def run(self) -> None:
        viewer = await self._opened()
        mark = {"person": viewer.grant.person_name, "unit": viewer.grant.unit_name, "entry": viewer.grant.entry}
        await viewer.tell("opened", entry=viewer.grant.entry, watermark=mark)
        playback = PlaybackView(viewer) if viewer.asked.act is MediaAct.PLAYBACK else None
        view = playback or LiveView(viewer)
        viewings = self._services.viewings
        outside = [viewer.tell_large()] if viewer.grant.marked else []
        with viewings.showing(viewer.grant.id) as showing:
            try:
                await _first_end(
                    view.run(),
                    self._listen(viewer, playback),
                    viewer.watch_the_right(),
                    viewer.keep_the_register(),
                    viewer.until_closed(showing.ending),
                    *outside,
                )
            finally:
                # Also on network loss and at shutdown: what was seen is registered before the connection is forgotten.
                await viewer.register()
                if playback is not None:
                    await playback.close()
                if viewer.grant.request and viewings.alone(viewer.grant.id):
                    await asyncio.to_thread(self._services.ended, viewer.grant)

    async def _opened(self) -> Viewer:
        """The viewer behind a valid first message and Grant. Raises Ended, Refused, Invalid, TimeoutError."""
        async with asyncio.timeout(self._services.first_message_s):
            acts, asked = parse(await self._text())
        if not isinstance(asked, Open):
            raise undeclared()
        grant = await asyncio.to_thread(self._services.grant, self._cookie, asked.grant)
        now = self._services.clock.now()
        if grant is None or not any(grant.permits(act, asked.camera, now) for act in acts):
            raise Ended(
                "refused",
                "no-grant",
                "没有查看该画面的权限",
                text_en="There is no right to view this picture",
                remedy="从实时预览或录像回放页面重新打开",
                remedy_en="Open it again from the live or the playback page",
            )
        return Viewer(self._socket, self._cookie, self._services, asked, grant)

    async def _listen(self, viewer: Viewer, playback: PlaybackView | None) -> None:
        """Hear the viewer until he leaves (WebSocketDisconnect), asks what the Grant does not allow, or falls silent.

        Raises Refused for an operation of another act or a second `open`, Ended where the Grant has run out.
        """
        grant = viewer.grant
        while True:
            async with asyncio.timeout(self._services.idle_s if playback is not None else None):
                text = await self._text()
            acts, request = parse(text)
            if isinstance(request, Open) or grant.act not in acts or playback is None:
                raise undeclared()
            if not grant.permits(grant.act, viewer.camera, self._services.clock.now()):
                raise run_out(grant, self._services)
            playback.take(request)

    async def _text(self) -> str:
        """The viewer's next message; binary ones read as an empty text, which no operation is."""
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))
        return message.get("text") or ""


async def _first_end(*parts: Coroutine[Any, Any, None]) -> None:
    """Run all parts until the first ends, stop the others, and raise what ended it."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        # a viewer who left explains a failed send, so his leaving is looked at first
        for task in sorted(done, key=lambda one: not isinstance(one.exception(), WebSocketDisconnect)):
            _raise_plainly(task)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _raise_plainly(task: asyncio.Future[None]) -> None:
    """Raise a task's failure; of a group's failures the first."""
    try:
        task.result()
    except BaseExceptionGroup as group:
        raise group.exceptions[0] from None


async def _last_word(socket: WebSocket, message: dict[str, object], code: int) -> None:
    """Say why and close; a viewer who does not listen any more is not waited for."""
    if socket.application_state is WebSocketState.CONNECTED:
        with suppress(RuntimeError, WebSocketDisconnect, TimeoutError):
            async with asyncio.timeout(SEND_S / 2):
                await socket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
                await socket.close(code)
