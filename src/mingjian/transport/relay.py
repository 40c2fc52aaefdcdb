"""A recorder's hubs, offered to other processes of this machine on a Unix socket of mode 0600.

The peer gets the same `Reader` that the recorder itself would. Neither side waits for the other: the publisher's
queue for a slow peer and the peer's queue for a slow viewer both lose whole groups of pictures.
"""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mingjian.kernel.errors import LocalError, MingjianError, Missing, Overloaded, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import AccessUnit
from mingjian.transport.hub import READERS_MAX, Hub, Reader
from mingjian.transport.relay_codec import (
    REQUEST_BYTES_MAX,
    AskStatus,
    Failed,
    RelayDecoder,
    Status,
    Subscribe,
    encode,
)

FIRST_MESSAGE_S = 5.0
"""A peer of this machine says at once what it wants."""
CONNECT_S = 5.0
"""A Unix socket answers in microseconds; a recorder that needs longer is not there for the viewer."""
WRITE_BUFFER_BYTES = 1024 * 1024
"""Bytes handed to the socket before we wait; the rest stays in the reader's backlog, which knows what to drop."""
READ_BYTES = 256 * 1024
SOCKET_MODE_MASK = 0o177
"""What umask takes away, so that the socket is born 0600 and never open to others, not even for a moment."""


class RelayServer:
    """Offers `hubs` (looked up at each request, so the mapping may change) at `path` until `close`."""

    def __init__(self, path: Path, hubs: Mapping[StreamId, Hub], status: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._hubs = hubs
        self._status = status
        self._server: asyncio.Server | None = None
        self._mine: tuple[int, int] | None = None
        """Device and inode of the socket file made by `start`."""
        self._peers: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen. Raises LocalError where the path cannot be used. A dead recorder's socket file is replaced."""
        listener = _bind(self._path)
        self._mine = _identity(self._path)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=READ_BYTES)

    async def close(self) -> None:
        """Stop listening, end all peers, remove the socket file unless a successor's stands there by now."""
        if self._server is None:
            return
        if _identity(self._path) == self._mine:  # asked while we still listen: until then no other file has its inode
            self._path.unlink(missing_ok=True)
        self._server.close()
        for task in list(self._peers):
            task.cancel()
        await asyncio.gather(*self._peers, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _serve(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._peers.add(task)
        try:
            with suppress(ConnectionError, asyncio.CancelledError):  # the peer left, or we are closing
                await self._answer(incoming, outgoing)
        finally:
            self._peers.discard(task)
            outgoing.transport.abort()

    async def _answer(self, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(FIRST_MESSAGE_S):
                request = await _first_message(incoming)
            if isinstance(request, AskStatus):
                outgoing.write(encode(Status(self._status())))
            elif isinstance(request, Subscribe):
                reader = self._subscribe(request)
                try:
                    await _publish(reader, request, incoming, outgoing)
                finally:
                    reader.close()
        except TimeoutError:
            return
        except MingjianError as error:
            outgoing.write(encode(Failed(error.code, error.text, error.text_en, error.remedy, error.remedy_en)))
        await outgoing.drain()
        outgoing.close()
        await outgoing.wait_closed()

    def _subscribe(self, request: Subscribe) -> Reader:
        stream = request.stream
        hub = self._hubs.get(stream)
        if hub is None:
            raise Missing(
                "relay.no-stream",
                f"录像进程没有视频流 {stream}",
                text_en=f"The recorder has no stream {stream}",
                remedy="检查摄像机是否已启用、是否设置了子码流",
                remedy_en="Check that the camera is in use and, for its sub stream, that one is set",
            )
        if hub.readers >= READERS_MAX:
            raise Overloaded(
                "relay.readers",
                f"同时观看 {stream} 的人数已达上限 {READERS_MAX}",
                text_en=f"No more than {READERS_MAX} may watch {stream} at once",
                remedy="稍后再试",
                remedy_en="Try again later",
            )
        return hub.open(patient=request.keys_only)  # stills, not live pictures


class RelayClient:
    """The other side: opens readers on a recorder's socket."""

    @staticmethod
    async def open(path: Path, stream: StreamId, *, keys_only: bool = False) -> Reader:
        """Items of `stream`, or its key frames alone. Raises RemoteError where no recorder listens.

        The reader raises Missing or Overloaded for what the recorder refuses, RemoteError when the recorder dies.
        """
        incoming, outgoing = await _connect(path)
        outgoing.write(encode(Subscribe(stream, keys_only)))

        def stop(_: Reader) -> None:
            receiving.cancel()
            outgoing.transport.abort()  # here too: a task cancelled before its first step runs no `finally`

        reader = Reader(on_close=stop)
        receiving = asyncio.create_task(_receive(incoming, outgoing, reader))
        return reader

    @staticmethod
    async def status(path: Path) -> dict[str, Any]:
        """The recorder's own account of its streams. Raises RemoteError where no recorder answers."""
        incoming, outgoing = await _connect(path)
        try:
            outgoing.write(encode(AskStatus()))
            decoder = RelayDecoder()
            async with asyncio.timeout(FIRST_MESSAGE_S):
                while data := await incoming.read(READ_BYTES):
                    for message in decoder.receive_data(data):
                        if isinstance(message, Status):
                            return message.streams
            raise _gone(path)
        except (ConnectionError, TimeoutError) as error:
            raise _gone(path) from error
        finally:
            outgoing.transport.abort()


async def _publish(
    reader: Reader, request: Subscribe, incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter
) -> None:
    """Send items until the peer closes or the hub ends."""
    outgoing.transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
    closed = asyncio.create_task(_until_closed(incoming, reader))
    try:
        async for item in reader:
            if request.keys_only and isinstance(item, AccessUnit) and (item.audio or not item.key):
                continue
            outgoing.write(encode(item))
            await outgoing.drain()
    finally:
        closed.cancel()


async def _until_closed(incoming: asyncio.StreamReader, reader: Reader) -> None:
    """A subscriber has nothing more to say; its end of file ends the subscription even while nothing is sent."""
    with suppress(ConnectionError):
        await incoming.read(1)
    reader.close()


async def _receive(incoming: asyncio.StreamReader, outgoing: asyncio.StreamWriter, reader: Reader) -> None:
    decoder = RelayDecoder()
    try:
        while data := await incoming.read(READ_BYTES):
            for message in decoder.receive_data(data):
                if isinstance(message, Failed):
                    reader.end(_failure(message))
                elif not isinstance(message, Status | Subscribe | AskStatus):
                    reader.push(message)
        reader.end(_gone(None))
    except RemoteError as error:
        reader.end(error)
    except ConnectionError:
        reader.end(_gone(None))
    finally:
        outgoing.transport.abort()


async def _first_message(incoming: asyncio.StreamReader) -> Subscribe | AskStatus | None:
    decoder = RelayDecoder(message_bytes_max=REQUEST_BYTES_MAX)
    while data := await incoming.read(REQUEST_BYTES_MAX):
        for message in decoder.receive_data(data):
            return message if isinstance(message, Subscribe | AskStatus) else None
    return None


async def _connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_unix_connection(path, limit=READ_BYTES)
    except (OSError, TimeoutError) as error:
        raise _gone(path) from error


def _failure(message: Failed) -> MingjianError:
    kinds: dict[str, type[MingjianError]] = {"relay.no-stream": Missing, "relay.readers": Overloaded}
    return kinds.get(message.code, RemoteError)(
        message.code, message.text, text_en=message.text_en, remedy=message.remedy, remedy_en=message.remedy_en
    )


def _gone(path: Path | None) -> RemoteError:
    return RemoteError(
        "relay.gone",
        "录像进程没有应答" + (f"（{path.name}）" if path is not None else ""),
        text_en="The recorder does not answer" + (f" ({path.name})" if path is not None else ""),
        remedy="它会由主进程自动重启，数秒后重试；持续出现时查看日志",
        remedy_en="The main process restarts it; try again in a few seconds, and look into the log if this goes on",
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file bears the name now; None where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _bind(path: Path) -> socket.socket:
    try:
        if path.exists():
            if not stat.S_ISSOCK(path.lstat().st_mode):
                raise LocalError(
                    "relay.path-taken",
                    f"{path} 已存在且不是套接字",
                    text_en=f"{path} exists and is not a socket",
                    remedy="移走该文件后重新启动",
                    remedy_en="Move that file away and start again",
                )
            path.unlink()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(SOCKET_MODE_MASK)
        try:
            listener.bind(os.fspath(path))
        except OSError:
            listener.close()
            raise
        finally:
            os.umask(before)
        listener.setblocking(False)
        return listener
    except OSError as error:
        raise LocalError(
            "relay.path-unusable",
            f"无法在 {path} 建立内部连接：{error.strerror or error}",
            text_en=f"The internal connection cannot be made at {path}: {error.strerror or error}",
            remedy="检查目录是否存在、可写，且完整路径不超过 107 个字符",
            remedy_en="Check that the directory exists and can be written, "
            "and that the whole path has at most 107 characters",
        ) from error
