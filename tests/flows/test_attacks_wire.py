"""Attacks below the API (C16 of the list): raw bytes to a served application, as no client would write them."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import select

from mingjian.adapters.database import reading
from mingjian.adapters.tables.people import failures
from mingjian.bootstrap.web import server_config
from web_world import World

HOST = b"Host: mingjian.test\r\n"
ORIGIN = b"Origin: http://mingjian.test\r\n"
SECOND = b"GET /api/health HTTP/1.1\r\n" + HOST + b"\r\n"
"""What is smuggled: it must never be answered."""
LEAVING = b"Connection: close\r\n"
REFUSED_ON_THE_WIRE = {
    "two lengths of two kinds": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "the same the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + SECOND,
    "two encodings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + SECOND,
    "an encoding that is none": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND,
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND,
    "two lengths": b"Content-Length: 0\r\nContent-Length: 7\r\n\r\n" + SECOND,
    "a signed length": b"Content-Length: +0\r\n\r\n" + SECOND,
    "a negative length": b"Content-Length: -1\r\n\r\n" + SECOND,
    "two hosts": b"Host: evil.example\r\n\r\n" + SECOND,
    "a NUL in a header": b"X-Any: a\x00b\r\n\r\n" + SECOND,
    "a chunk that is no number": b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + SECOND,
}
SESSION = b"GET /api/session HTTP/1.1\r\n" + HOST + LEAVING


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@asynccontextmanager
async def served(world: World) -> AsyncIterator[int]:
    """The port where the world is served as an installation is."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(server_config(world.opened, world.app))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await serving


async def told(port: int, raw: bytes) -> bytes:
    """All that is answered to `raw`, until the server ends the connection: it must."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    answer = await reader.read(-1)
    writer.close()
    return answer


async def test_c16_what_two_readers_may_read_as_two_requests_is_refused_and_its_connection_ended(world: World) -> None:
    async with served(world) as port:
        for name, rest in REFUSED_ON_THE_WIRE.items():
            answer = await told(port, b"POST /api/session HTTP/1.1\r\n" + HOST + ORIGIN + rest)
            assert answer.startswith(b"HTTP/1.1 400"), (name, answer)
            assert answer.count(b"HTTP/1.1") == 1, (name, answer)
        assert b'"server_ms"' in await told(port, SECOND.replace(b"\r\n\r\n", b"\r\n" + LEAVING + b"\r\n"))


async def test_c16_no_header_makes_a_session_an_origin_or_another_address(world: World) -> None:
    client = await world.signed_in("duty")
    cookie = b"Cookie: mj_session=" + client.cookies["mj_session"].encode() + b"\r\n"
    async with served(world) as port:
        assert (await told(port, SESSION + cookie + b"\r\n")).startswith(b"HTTP/1.1 200")
        folded = await told(port, SESSION + b"X-Any: a\r\n " + cookie + b"\r\n")
        assert folded.startswith((b"HTTP/1.1 401", b"HTTP/1.1 400"))
        elsewhere = await told(port, SESSION.replace(b"GET /", b"GET http://evil.example/") + cookie + b"\r\n")
        assert elsewhere.startswith(b"HTTP/1.1 404")
        for forged in (
            b"Origin: http://evil.example\r\nX-Forwarded-Host: evil.example\r\n",
            b"Origin: https://mingjian.test\r\nX-Forwarded-Proto: https\r\nForwarded: proto=https\r\n",
            b"Origin: http://evil.example\r\nX-Original-URL: /api/health\r\nX-HTTP-Method-Override: GET\r\n",
        ):
            answer = await told(port, SESSION.replace(b"GET", b"DELETE") + cookie + forged + b"\r\n")
            assert answer.startswith(b"HTTP/1.1 403"), answer
            assert b"http.origin" in answer
        wrong = b'{"name":"duty","password":"wrong","code":"000000"}'
        asked = SESSION.replace(b"GET", b"POST") + ORIGIN + b"Content-Type: application/json\r\n"
        for number in range(2):
            forged = b"X-Forwarded-For: 192.0.2.%d\r\nX-Real-IP: 192.0.2.%d\r\n" % (number, number)
            length = b"Content-Length: %d\r\n\r\n" % len(wrong)
            assert (await told(port, asked + forged + length + wrong)).startswith(b"HTTP/1.1 401")
    with reading(world.engine) as connection:
        assert set(connection.scalars(select(failures.c.address))) == {"127.0.0.1"}
