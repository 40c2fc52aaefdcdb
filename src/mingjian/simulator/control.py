"""Switching faults while cameras run: one JSON object a command, one an answer.

`{"camera": 0, "fault": "drop", "value": 5}` switches on, `{"camera": 0, "fault": "drop", "on": false}` off;
`"camera": "*"` (or none) means all, a name means the camera so called; `{}` only asks. The answer is the state of
every camera, or `{"error": {"code", "text"}}`. Offered on standard input and, on loopback, as HTTP POST.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from mingjian.kernel.errors import Invalid, MingjianError
from mingjian.simulator.faults import RULES, parse_fault
from mingjian.simulator.rtsp_camera import SimulatedCamera

MAX_COMMAND_BYTES = 65_536
"""A command is a hundred bytes."""
MAX_HEADER_LINES = 64
ANSWER_WITHIN_S = 10
"""A client of the control port that takes longer to ask is cut off."""


def obey(cameras: Sequence[SimulatedCamera], command: bytes) -> bytes:
    """Do what `command` says and answer in one line of JSON; a command that cannot be read changes nothing."""
    try:
        answer = _obeyed(cameras, command)
    except MingjianError as failure:
        answer = {"error": {"code": failure.code, "text": failure.text, "text_en": failure.text_en}}
    return json.dumps(answer, ensure_ascii=False, sort_keys=True).encode()


def switch(cameras: Sequence[SimulatedCamera], text: str) -> None:
    """`drop=5` on all cameras, `2:drop=5` on the third, `drop=off`. Raises Invalid."""
    chosen, colon, rest = text.partition(":")
    name, value, on = parse_fault(rest if colon else text)
    for camera in _chosen(cameras, int(chosen) if colon and chosen.isdigit() else chosen if colon else "*"):
        if on:
            camera.set_fault(name, value)
        else:
            camera.clear_fault(name)


def _obeyed(cameras: Sequence[SimulatedCamera], command: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(command)
    except (ValueError, RecursionError) as failure:
        raise _unreadable() from failure
    if not isinstance(wanted, dict):
        raise _unreadable()
    if "fault" in wanted:
        value = wanted.get("value")
        if not (value is None or (isinstance(value, int | float) and not isinstance(value, bool))):
            raise _unreadable()
        fault, _, _ = parse_fault(str(wanted["fault"]))
        for camera in _chosen(cameras, wanted.get("camera", "*")):
            if wanted.get("on", True):
                camera.set_fault(fault, value)
            else:
                camera.clear_fault(fault)
    return {
        "cameras": [_state(camera) for camera in cameras],
        "faults": {name: rule.meaning for name, rule in RULES.items()},
    }


def _state(camera: SimulatedCamera) -> dict[str, Any]:
    return {
        "name": camera.spec.name,
        "url": camera.url,
        "sub_url": camera.sub_url,
        "clients": camera.clients,
        "faults": dict(camera.faults.active),
    }


def _chosen(cameras: Sequence[SimulatedCamera], which: object) -> Sequence[SimulatedCamera]:
    if which in ("*", "", None):
        return cameras
    if isinstance(which, int) and 0 <= which < len(cameras):
        return [cameras[which]]
    named = [camera for camera in cameras if camera.spec.name == which]
    if not named:
        raise Invalid(
            "simulator.camera", f"没有模拟摄像机 {which!r}", text_en=f"there is no camera {which!r}", field="camera"
        )
    return named


def _unreadable() -> Invalid:
    return Invalid("simulator.command", "命令不是可读的 JSON 对象", text_en="the command is no readable JSON object")


async def serve_control(cameras: Sequence[SimulatedCamera], port: int) -> asyncio.Server:
    """Take commands by HTTP POST (GET only asks) on loopback, never elsewhere: there is no password."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                body = await _body(reader)
                reply = obey(cameras, body)
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(reply)}\r\n"
                writer.write(head.encode() + b"Connection: close\r\n\r\n" + reply)
                await writer.drain()
        except (TimeoutError, ValueError, OSError, asyncio.IncompleteReadError):
            # Whoever asks in another language gets no answer; the cameras go on.
            return
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", port, limit=MAX_COMMAND_BYTES)


async def _body(reader: asyncio.StreamReader) -> bytes:
    """The body of one HTTP request; `{}` for a GET."""
    first = await reader.readline()
    length = 0
    for _ in range(MAX_HEADER_LINES):
        line = (await reader.readline()).strip()
        if not line:
            break
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    if not 0 <= length <= MAX_COMMAND_BYTES:
        raise ValueError("the command is too long")
    return await reader.readexactly(length) if first.startswith(b"POST ") and length else b"{}"
