"""A child process knows that its parent is gone by the end of its standard input, which the parent holds open."""

from __future__ import annotations

import asyncio
import sys

PIECE_BYTES = 4096
"""Whatever comes is thrown away: only the end says anything."""


async def until_input_ends(stopping: asyncio.Event) -> None:
    """Set `stopping` when standard input, a pipe, closes: whoever started this process is gone."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while await reader.read(PIECE_BYTES):
        continue
    stopping.set()
