"""A connection that is far behind has one read in a turn of the loop, like every other."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest
import uvloop

from mingjian.kernel.errors import RemoteError
from mingjian.transport.sockets import LOOPBACK, READ_BYTES, connect

LIMIT_S = 20
SENT_BYTES = 16 * READ_BYTES


class Peer:
    """Sends as much as the kernel takes before anything is read, then the rest."""

    def __init__(self) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SENT_BYTES)
        self.port: int = self._listening.getsockname()[1]
        self.full = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self) -> None:
        connection, _ = self._listening.accept()
        left = memoryview(bytes(SENT_BYTES))
        with connection, self._listening:
            connection.setblocking(False)
            try:
                while left:
                    left = left[connection.send(left) :]
            except BlockingIOError:
                pass
            self.full.set()
            connection.setblocking(True)
            connection.sendall(left)


class Receiver:
    """Counts the bytes of each read, and how many reads there were in one turn at the most."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.reads: list[int] = []
        self.most, self._in_turn = 0, 0
        self.closed = asyncio.Event()

    def turn(self) -> None:
        self._in_turn = 0
        if not self.closed.is_set():
            asyncio.get_running_loop().call_soon(self.turn)

    def on_bytes(self, data: bytes) -> None:
        assert self._peer.full.wait(LIMIT_S)
        self.reads.append(len(data))
        self._in_turn += 1
        self.most = max(self.most, self._in_turn)

    def on_closed(self, error: RemoteError | None) -> None:
        self.closed.set()


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def test_a_connection_far_behind_has_one_read_in_a_turn(loop: type[asyncio.AbstractEventLoop]) -> None:
    async def taken() -> Receiver:
        receiver = Receiver(peer := Peer())
        receiver.turn()
        await connect(LOOPBACK, peer.port, receiver, timeout_s=LIMIT_S, permit=lambda ip: None)
        await asyncio.wait_for(receiver.closed.wait(), LIMIT_S)
        return receiver

    with asyncio.Runner(loop_factory=loop) as runner:
        receiver = runner.run(taken())
    assert sum(receiver.reads) == SENT_BYTES, "and all of it comes"
    assert receiver.reads.count(READ_BYTES) > 2, "much waited"
    assert receiver.most == 1
