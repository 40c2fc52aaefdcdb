"""TCP, TLS and UDP for cameras, and a listener on loopback for libraries in this process: large reads, bounded writes,
and failures named so that an operator knows what to do.

A receiver is called on the event loop, must not block and must not raise.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import hmac
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

from mingjian.kernel.errors import LocalError, MingjianError, RemoteError
from mingjian.transport.certificates import exchanged, unvouched

READ_BYTES = 256 * 1024
"""One read takes what has come: several frames of a fast camera."""
MAX_UNSENT_BYTES = 64 * 1024
"""We send requests and reports of some hundred bytes; a peer that lets this much wait is not reading."""
UDP_RECEIVE_BYTES = 2 * 1024 * 1024
"""A key frame of a 4K camera arrives in one burst; the kernel may grant less."""
LOOPBACK = "127.0.0.1"
UDP_PORT_ATTEMPTS = 32
"""Tries to find an even port whose neighbour is free as well (RFC 3550 §11)."""


class StreamReceiver(Protocol):
    """Who gets the bytes of a connection."""

    def on_bytes(self, data: memoryview) -> None:
        """What came, to be read or copied before this returns: the next read goes to the same place."""
        ...

    def on_closed(self, error: RemoteError | None) -> None:
        """The end, once; None when the peer closed in order."""
        ...


@dataclass(frozen=True, slots=True)
class TlsTrust:
    """Whom a TLS connection believes: the system's authorities, or exactly one certificate."""

    certificate_sha256: str = ""
    """Hex SHA-256 of the peer's certificate (DER). Empty: verify chain and name."""


class Connection:
    """One open connection. Writing never waits; what the peer does not take ends the connection."""

    def __init__(
        self, transport: asyncio.Transport, peer_ip: str, local_ip: str, *, max_unsent_bytes: int = MAX_UNSENT_BYTES
    ) -> None:
        self._transport = transport
        self._max_unsent_bytes = max_unsent_bytes
        self.peer_ip = peer_ip
        self.local_ip = local_ip

    @property
    def unsent_bytes(self) -> int:
        """What was written and the peer has not taken yet."""
        return self._transport.get_write_buffer_size()

    def write(self, data: bytes) -> None:
        """Send `data`; nothing happens on a closed connection (its receiver has been told)."""
        if self._transport.is_closing():
            return
        if self.unsent_bytes > self._max_unsent_bytes:
            self._transport.abort()
            return
        self._transport.write(data)

    def close(self) -> None:
        """Send what was written, then close."""
        self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()


class _ReadBuffer(threading.local):
    """Where all connections of a thread's loop read into: the loop asks for it, fills it and hands it on in one go.

    A buffer for each would be touched once per read and be cold each time: with 100 cameras they outgrow the cache.
    """

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BYTES))


_READ_BUFFER = _ReadBuffer()


class _Reader(asyncio.BufferedProtocol):
    """One read of a connection in a turn of the loop.

    Where more waits than one read takes, the loop would go on with the same connection, up to 32 times: when all its
    cameras are behind, it would do nothing else for seconds.
    """

    _transport: asyncio.Transport

    def __init__(self, receiver: StreamReceiver) -> None:
        self._receiver = receiver
        self._buffer = _READ_BUFFER.view

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the methods, not the base class

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._receiver.on_bytes(self._buffer[:nbytes])
        if nbytes == READ_BYTES and not self._transport.is_closing():
            self._transport.pause_reading()
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._receiver.on_closed(
            None
            if exc is None
            else RemoteError(
                "net.lost",
                "与摄像机的连接中断",
                remedy="检查网络和摄像机供电",
                text_en="The connection to the camera was lost",
                remedy_en="Check the network and the camera's power",
            )
        )


class _Accepted(_Reader):
    """A connection that came to a listener; its receiver is made when it opens."""

    def __init__(self, accept: Callable[[Connection], StreamReceiver], max_unsent_bytes: int) -> None:
        self._accept = accept
        self._max_unsent_bytes = max_unsent_bytes
        self._buffer = _READ_BUFFER.view

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        connection = Connection(self._transport, LOOPBACK, LOOPBACK, max_unsent_bytes=self._max_unsent_bytes)
        self._receiver = self._accept(connection)


class Listener:
    """A port of this machine that only this machine reaches."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Accept no more; open connections stay."""
        self._server.close()


async def listen_on_loopback(accept: Callable[[Connection], StreamReceiver], *, max_unsent_bytes: int) -> Listener:
    """A listener on a free port of 127.0.0.1; `accept` gives each connection its receiver and may abort it.

    Any program of this machine may connect: the receiver finds out whom it talks to.
    """
    loop = asyncio.get_running_loop()
    return Listener(await loop.create_server(lambda: _Accepted(accept, max_unsent_bytes), LOOPBACK, 0))


async def connect(
    host: str,
    port: int,
    receiver: StreamReceiver,
    *,
    timeout_s: float,
    permit: Callable[[str], None],
    trust: TlsTrust | None = None,
) -> Connection:
    """Connect within `timeout_s`, over TLS when `trust` is given.

    The name is resolved once, `permit` may refuse each resulting IP by raising, and the connection goes to exactly
    such an IP: a name that changes its mind between check and use gains nothing. Raises RemoteError (`net.*`); of a
    server that is not believed, `CertificateRefused` with the certificate it showed.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await _connect(host, port, receiver, permit, trust)
    except TimeoutError:
        raise RemoteError(
            "net.timeout",
            f"{timeout_s:g} 秒内没有连上 {host}:{port}",
            remedy="检查地址、网络和摄像机供电",
            text_en=f"No connection to {host}:{port} within {timeout_s:g} s",
            remedy_en="Check the address, the network and the camera's power",
        ) from None
    except OSError as error:
        raise _named(error, host, port) from None


async def _connect(
    host: str, port: int, receiver: StreamReceiver, permit: Callable[[str], None], trust: TlsTrust | None
) -> Connection:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    context = _context(trust) if trust is not None else None
    failure: OSError | MingjianError | None = None
    for _, _, _, _, where in found:
        ip = str(where[0])
        try:
            permit(ip)
            transport, _ = await loop.create_connection(
                lambda: _Reader(receiver), ip, port, ssl=context, server_hostname=host if context else None
            )
        except ssl.SSLCertVerificationError as error:
            failure = failure or unvouched(f"{host}:{port}", error, await _shown(ip, port, host))
            continue
        except (OSError, MingjianError) as error:
            failure = failure or error
            continue
        if trust is not None and trust.certificate_sha256:
            _check_pin(transport, trust.certificate_sha256, f"{host}:{port}")
        name = transport.get_extra_info("sockname")
        return Connection(transport, ip, str(name[0]))
    raise failure or OSError(errno.EHOSTUNREACH, "no address")


def _context(trust: TlsTrust) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if trust.certificate_sha256:
        _believe_anyone(context)  # the pin, checked before a byte is sent, says more than any authority
    return context


def _believe_anyone(context: ssl.SSLContext) -> None:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE


async def _shown(ip: str, port: int, host: str) -> bytes:
    """The certificate (DER) that a server shows, asked for once more: a failed handshake does not tell. Sends nothing.

    Empty where it cannot be had.
    """
    context = ssl.create_default_context()
    _believe_anyone(context)
    loop = asyncio.get_running_loop()
    try:
        transport, _ = await loop.create_connection(asyncio.Protocol, ip, port, ssl=context, server_hostname=host)
    except OSError:
        return b""
    try:
        return _certificate(transport)
    finally:
        transport.abort()


def _certificate(transport: asyncio.Transport) -> bytes:
    return transport.get_extra_info("ssl_object").getpeercert(binary_form=True) or b""


def _check_pin(transport: asyncio.Transport, wanted: str, where: str) -> None:
    certificate = _certificate(transport)
    if not hmac.compare_digest(hashlib.sha256(certificate).hexdigest(), wanted.lower().replace(":", "")):
        transport.abort()
        raise exchanged(where, certificate)


def _named(error: OSError, host: str, port: int) -> RemoteError:
    """What went wrong, in words that name the next step."""
    where = f"{host}:{port}"
    if isinstance(error, socket.gaierror):
        return RemoteError(
            "net.host-unknown",
            f"找不到主机 {host}",
            remedy="检查地址中的主机名或域名解析",
            text_en=f"There is no host {host}",
            remedy_en="Check the host name, or the name service",
        )
    if isinstance(error, ConnectionRefusedError):
        return RemoteError(
            "net.refused",
            f"{where} 拒绝连接",
            remedy="检查端口号，并确认摄像机已开启 RTSP 服务",
            text_en=f"{where} refuses the connection",
            remedy_en="Check the port, and that RTSP is switched on in the camera",
        )
    if isinstance(error, ssl.SSLError):
        return RemoteError(
            "net.tls-failed",
            f"与 {where} 的 TLS 握手失败",
            remedy="该端口可能不是 RTSPS，核对端口号",
            text_en=f"The TLS handshake with {where} failed",
            remedy_en="The port may not be RTSPS: check it",
        )
    if isinstance(error, ConnectionError):
        return RemoteError(
            "net.lost",
            f"{where} 在建立连接时断开",
            remedy="检查网络和摄像机的连接数上限",
            text_en=f"{where} closed the connection while it was made",
            remedy_en="Check the network, and how many connections the camera allows",
        )
    return RemoteError(
        "net.unreachable",
        f"网络到不了 {where}",
        remedy="检查地址、路由和摄像机供电",
        text_en=f"The network does not reach {where}",
        remedy_en="Check the address, the route and the camera's power",
    )


class _Datagrams(asyncio.DatagramProtocol):
    """Datagrams of one peer; others are dropped, so nobody else can add packets to a camera's stream."""

    def __init__(self, peer_ip: str, take: Callable[[bytes], None]) -> None:
        self._peer_ip = peer_ip
        self._take = take

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        if addr[0] == self._peer_ip:
            self._take(data)

    def error_received(self, exc: Exception) -> None:
        """An ICMP answer to a report of ours: the silence watchdog decides what silence means."""


class UdpPair:
    """Two neighbouring UDP ports, RTP on the even one and RTCP on the next."""

    def __init__(
        self, rtp: asyncio.DatagramTransport, rtcp: asyncio.DatagramTransport, ports: tuple[int, int], peer_ip: str
    ) -> None:
        self._rtp, self._rtcp, self._peer_ip = rtp, rtcp, peer_ip
        self.ports = ports

    def send_rtcp(self, data: bytes, port: int) -> None:
        """One datagram to the peer's RTCP port."""
        if not self._rtcp.is_closing():
            self._rtcp.sendto(data, (self._peer_ip, port))

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()


async def open_udp_pair(
    *, local_ip: str, peer_ip: str, take_rtp: Callable[[bytes], None], take_rtcp: Callable[[bytes], None]
) -> UdpPair:
    """Bind a pair on `local_ip` for datagrams of `peer_ip`. Raises LocalError when no pair is free."""
    loop = asyncio.get_running_loop()
    sockets = _bound_pair(local_ip)
    ports = (sockets[0].getsockname()[1], sockets[1].getsockname()[1])
    rtp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(peer_ip, take_rtp), sock=sockets[0])
    rtcp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(peer_ip, take_rtcp), sock=sockets[1])
    return UdpPair(rtp, rtcp, ports, peer_ip)


def _bound_pair(local_ip: str) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local_ip else socket.AF_INET
    for _ in range(UDP_PORT_ATTEMPTS):
        first = socket.socket(family, socket.SOCK_DGRAM)
        second = socket.socket(family, socket.SOCK_DGRAM)
        try:
            first.bind((local_ip, 0))
            port = first.getsockname()[1]
            second.bind((local_ip, port + 1 if port % 2 == 0 else port - 1))
        except OSError:
            first.close()
            second.close()
            continue
        pair = (first, second) if port % 2 == 0 else (second, first)
        for bound in pair:
            bound.setblocking(False)
        pair[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_RECEIVE_BYTES)
        return pair
    raise LocalError(
        "net.no-ports",
        "没有可用的相邻 UDP 端口",
        remedy="改用 TCP 传输，或检查本机端口占用",
        text_en="No pair of neighbouring UDP ports is free",
        remedy_en="Use TCP, or see what holds the ports of this machine",
    )
