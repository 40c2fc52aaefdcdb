"""Live viewers as a process of their own: `python -m bench.viewers`, what to watch as JSON on standard input.

Each opens the media WebSocket as a browser does and counts the pictures it is sent until it is told to end (a line, or
the end of the input); then one JSON line tells, per viewer, how many came and how many were due between the first and
the last.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from typing import Any

import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from mingjian.cli.selftest_client import MEDIA_HEADER, MESSAGE_BYTES_MAX

LIVE = 2
FRAMES_PER_SECOND = 25


@dataclass(slots=True)
class Seen:
    """One viewer's pictures."""

    frames: int = 0
    size_bytes: int = 0
    first_ms: int = 0
    last_ms: int = 0
    ended: str = ""

    @property
    def due(self) -> int:
        return round((self.last_ms - self.first_ms) * FRAMES_PER_SECOND / 1000) + 1 if self.frames else 0


async def watch(url: str, cookie: str, grant: str, camera: str, seen: Seen) -> None:
    """One tile, until cancelled or closed."""
    headers = {"Cookie": f"mj_session={cookie}"}
    address = url.replace("http", "ws", 1) + "/api/media"
    try:
        async with connect(
            address, additional_headers=headers, origin=Origin(url), max_size=MESSAGE_BYTES_MAX, compression=None
        ) as socket:
            opening = {"op": "open", "grant": grant, "camera": camera, "mode": "live", "quality": "main", "hevc": False}
            await socket.send(json.dumps(opening))
            async for message in socket:
                if isinstance(message, bytes):
                    kind, _, utc_ms, _, _ = MEDIA_HEADER.unpack_from(message)
                    if kind == LIVE:
                        seen.first_ms = seen.first_ms or utc_ms
                        seen.frames, seen.last_ms = seen.frames + 1, utc_ms
                        seen.size_bytes += len(message)
            seen.ended = "closed"
    except (OSError, ConnectionClosed) as error:
        seen.ended = str(error) or type(error).__name__


async def run() -> list[dict[str, Any]]:
    loop = asyncio.get_running_loop()
    asked = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    all_seen = [Seen() for _ in asked["tiles"]]
    tasks = [
        asyncio.create_task(watch(asked["url"], asked["cookie"], grant, camera, seen))
        for (grant, camera), seen in zip(asked["tiles"], all_seen, strict=True)
    ]
    await loop.run_in_executor(None, sys.stdin.readline)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return [asdict(seen) | {"due": seen.due} for seen in all_seen]


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(run())))
