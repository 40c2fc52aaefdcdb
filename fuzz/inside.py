"""Messages between our own processes, forms of people, files of our own: read as if they were anyone's."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from fuzz.harness import Harness, scratch
from fuzz.packets import clip
from mingjian.adapters.identity_keys import Ed25519Identity, Ed25519Verifier
from mingjian.bootstrap.assignment import AssignedCamera, Assignment
from mingjian.capture.address import CameraAddress, split_url
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid, LocalError, Refused, RemoteError
from mingjian.kernel.ids import CameraId, StreamId
from mingjian.kernel.media import AccessUnit, AudioConfig, Codec, GapCause, StreamConfig
from mingjian.processing.preview_files import NEAREST_WITHIN_MS, Preview, PreviewFiles
from mingjian.storage.volume import VolumeIdentity, VolumeKind, encode_identity, parse_identity, signing_key
from mingjian.transport.backlog import Dropped, Interrupted
from mingjian.transport.relay_codec import (
    AskStatus,
    Failed,
    Message,
    RelayDecoder,
    Status,
    Subscribe,
    encode,
)
from mingjian.web.media_protocol import MS_MAX, NUMBER_MAX, AskPreview, More, Open, Seek, parse

NOW = UtcNs(1_767_225_600 * SECOND_NS)
RELAY_BYTES = 4096
KEY = Ed25519Identity(bytes(range(32)))
PASSWORD = "hunter2-secret"


def relayed(pieces: list[bytes]) -> tuple[list[bytes], bool]:
    """The messages of a stream, written again, and whether it broke."""
    decoder = RelayDecoder(message_bytes_max=RELAY_BYTES)
    found: list[Message] = []
    broken = False
    for piece in pieces:
        try:
            for message in decoder.receive_data(piece):
                found.append(message)
        except RemoteError as error:
            assert error.code == "relay.broken"
            broken = True
            break
    return [encode(message) for message in found], broken


def relay(data: bytes) -> bool:
    """Only RemoteError; cut anywhere the same messages come out; written and read again they are the same."""
    written, broken = relayed([data])
    assert relayed([data[at : at + 1] for at in range(len(data))]) == (written, broken)
    fitting = [message for message in written if len(message) - 4 <= RELAY_BYTES]
    assert relayed(fitting) == (fitting, False)
    return bool(written)


def relay_seeds() -> Iterator[bytes]:
    sound = AudioConfig(Codec.AAC, 16_000, 1, b"\x14\x08")
    messages: list[Message] = [
        Subscribe(StreamId("cam.sub"), True),
        AskStatus(),
        StreamConfig(clip(Codec.H265).config.video, sound),
        AccessUnit(90_000, True, b"\0\0\0\1x", NOW, damaged=True),
        Interrupted(GapCause.NETWORK, NOW),
        Dropped(3, "slow"),
        Status({"cam": {"state": "recording", "since": None, "lost": [1, 2.5]}}),
        Failed("relay.no-stream", "没有", "检查"),
    ]
    yield from map(encode, messages)
    yield b"".join(map(encode, messages))
    for kind, body in (
        (5, b'{"cause":"network","since":1e400}'),
        (6, b'{"frames":-Infinity,"reason":"slow"}'),
        (8, b'{"code":"\\ud800","text":"","remedy":""}'),
    ):
        yield (1 + len(body)).to_bytes(4, "big") + bytes((kind,)) + body


def socket_message(data: bytes) -> bool:
    """A request within its bounds, Refused or Invalid; what it names can be looked up and said again."""
    try:
        acts, request = parse(data.decode("utf-8", "replace"))
    except (Refused, Invalid):
        return False
    assert acts
    if isinstance(request, Open):
        assert acts == (request.act,)
        assert 0 < len(request.grant.encode()) <= 512
        assert 0 < len(request.camera.encode()) <= 512
        assert request.quality in ("main", "sub", "auto")
    elif isinstance(request, Seek | More | AskPreview):
        assert 0 <= request.number <= NUMBER_MAX
        at = request.to if isinstance(request, Seek) else request.until if isinstance(request, More) else request.at
        assert 0 <= at <= MS_MAX * 1_000_000
        assert not isinstance(request, Seek) or 0 <= request.ahead_s <= 3600
    return True


def socket_seeds() -> Iterator[bytes]:
    opened = {"op": "open", "grant": "g", "camera": "c", "mode": "playback", "quality": "sub", "hevc": True}
    yield json.dumps(opened).encode()
    yield json.dumps(opened | {"grant": "\ud800", "camera": "\0"}).encode()
    for message in (
        {"op": "seek", "id": 1, "t_ms": 1_767_225_600_000, "keyframes": True, "ahead_s": 8.5},
        {"op": "more", "id": 1.0, "until_ms": 1_767_225_600_000},
        {"op": "preview", "id": 2, "t_ms": 0},
        {"op": "pause"},
    ):
        yield json.dumps(message).encode()


def address(data: bytes) -> bool:
    """Invalid that never repeats a password, or an address that parses to itself; redirects stay where allowed."""
    url, _, location = data.decode("utf-8", "replace").partition("\n")
    user, _, hosts = location.partition("\n")
    try:
        made = CameraAddress.parse(
            url, user=user[:300], password=PASSWORD, allowed_hosts=hosts.split(), transport="udp", tls_sha256=""
        )
    except Invalid as problem:
        assert problem.field
        assert problem.remedy
        assert PASSWORD not in str(problem)
        return False
    assert made.host
    assert 0 < made.port < 65_536
    assert CameraAddress.parse(made.url).url == made.url
    assert "@" not in split_url(made.url).netloc
    assert PASSWORD not in repr(made)
    with contextlib.suppress(Refused):
        made.permit(made.host) if made.host.replace(".", "").isdigit() else None
    try:
        there = made.redirected(location)
    except Refused:
        return True
    assert there.host in {made.host, *made.allowed_hosts}
    assert there.secure or not made.secure
    return True


def address_seeds() -> Iterator[bytes]:
    yield b"rtsp://192.0.2.10:8554/Streaming/Channels/101?a=1\nrtsp://192.0.2.10/other\n"
    yield b"rtsps://[2001:db8::1]/x\nrtsps://nvr.example/1\nnvr.example"
    yield b"rtsp://camera-1.example\nadmin"
    yield b"rtsp://admin:secret@h/\nrtsp://h@evil/"


def assignment(data: bytes) -> bool:
    """LocalError, or an assignment that is written and read again as the same."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    try:
        found = Assignment.from_json(value)
    except LocalError:
        return False
    assert all(repr(camera) == repr(replace(camera, password="another")) for camera in found.cameras)
    assert Assignment.from_json(json.loads(json.dumps(found.to_json()))) == found
    return True


def assignment_seeds() -> Iterator[bytes]:
    camera = AssignedCamera(CameraId("c"), "rtsp://h/1", "", "admin", "", "tcp", "native", False, ("h",))
    for cameras in ((), (camera,), (camera, replace(camera, password="secret-secret", audio=True))):
        yield json.dumps(Assignment(cameras, ("/v1", "/v2"), ("c",)).to_json()).encode()


def identity_file(data: bytes) -> bool:
    """Refused, or an identity whose key is trusted and whose signature is right. Signed anew, any body is judged."""
    assert isinstance(signing_key(data), bytes)
    refused = False
    trusted = {KEY.public_key}
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        body = str(json.loads(data)["body"])
        signature = KEY.sign(b"mingjian-volume-v1\n" + body.encode())
        document = {"body": body, "key": KEY.public_key.hex(), "signature": signature.hex()}
        with contextlib.suppress(Refused):
            found = parse_identity(json.dumps(document).encode(), Ed25519Verifier(), trusted)
            assert 0 < found.floor_s <= found.ceiling_s
    try:
        found = parse_identity(data, Ed25519Verifier(), trusted)
    except Refused:
        refused = True
    return not refused


def identity_seeds() -> Iterator[bytes]:
    for kind in VolumeKind:
        yield encode_identity(VolumeIdentity("v1", kind, "demonstration", NOW, 600, 1800, 1 << 30), KEY)
    foreign = encode_identity(VolumeIdentity("v1", VolumeKind.STANDARD, "x", NOW, 1, 1), Ed25519Identity(bytes(32)))
    yield foreign
    yield foreign.replace(b'\\"x\\"', b'\\"\\ud800\\"').replace(
        Ed25519Identity(bytes(32)).public_key.hex().encode(), KEY.public_key.hex().encode()
    )


CAMERA = CameraId("cam-a")
HOUR = Path(str(CAMERA)) / "2026010100.mjp"


def preview_file(data: bytes) -> bool:
    """A damaged hour gives the pictures before the damage, near the time asked, and takes new ones."""
    path = scratch() / "previews" / HOUR
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    found = 0
    for second in (0, 10, 1800, 3599):
        asked = UtcNs(NOW + second * SECOND_NS)
        picture = PreviewFiles(scratch() / "previews").nearest(CAMERA, asked)
        if picture is not None:
            found += 1
            assert abs(picture.at - asked) <= NEAREST_WITHIN_MS * 1_000_000
            assert picture.jpeg.startswith(b"\xff\xd8")
    fresh = Preview(UtcNs(NOW + 3600 * SECOND_NS - 1_000_000), b"\xff\xd8new")
    files = PreviewFiles(scratch() / "previews")
    assert files.append(CAMERA, fresh)
    latest = files.nearest(CAMERA, fresh.at)
    assert latest is None or latest == fresh or latest.at >= fresh.at - NEAREST_WITHIN_MS * 1_000_000
    return found > 0


@lru_cache
def _previews() -> bytes:
    """An hour with three pictures, as the writer leaves it."""
    place = scratch() / "preview-seed"
    files = PreviewFiles(place)
    for second in (0, 5, 1800):
        files.append(CAMERA, Preview(UtcNs(NOW + second * SECOND_NS), b"\xff\xd8" + bytes(20)))
    return (place / HOUR).read_bytes()


def preview_seeds() -> Iterator[bytes]:
    yield _previews()
    yield _previews()[:-3]


JSON_WORDS = tuple(b'1e400 -1 NaN Infinity null true "\\ud800" [[[[ {} 9223372036854775808 "" 1.5'.split())

HARNESSES = (
    Harness(
        "relay",
        relay,
        relay_seeds,
        (RelayDecoder.receive_data,),
        (*JSON_WORDS, b"\0\0\0\1\2", *b'"stream": "since": "frames": "size":'.split()),
        2048,
    ),
    Harness(
        "media-socket",
        socket_message,
        socket_seeds,
        (parse,),
        (*JSON_WORDS, *b'"op":"seek" "t_ms": "ahead_s": "grant": "id":'.split()),
        1024,
    ),
    Harness(
        "camera-address",
        address,
        address_seeds,
        (CameraAddress.parse, CameraAddress.redirected),
        (*b"rtsp:// rtsps:// [::1] @ : %00 %2f xn-- 127.1 0x7f password= 192.0.2.10 [fe80::1%25eth0]".split(), b"\n"),
        1024,
    ),
    Harness(
        "assignment",
        assignment,
        assignment_seeds,
        (Assignment.from_json,),
        (*JSON_WORDS, *b'"cameras": "hosts": "volumes": "v":'.split()),
        2048,
    ),
    Harness(
        "volume-identity",
        identity_file,
        identity_seeds,
        (parse_identity, signing_key),
        (*JSON_WORDS, b'"body":', b'"key":', b'\\"floor_s\\":', b'\\"kind\\":', b"\\\\ud800"),
        2048,
    ),
    Harness("preview-file", preview_file, preview_seeds, (PreviewFiles.nearest,), (b"\xff\xd8", b"\0\0\0\x02"), 2048),
)
