"""Files that one process writes and another reads, after a disk spoilt them; certificates; boxes on a disk."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from functools import lru_cache

from certificates import self_signed
from fuzz.harness import Harness, Pieces, scratch
from fuzz.pictures import BOX_WORDS, init_seeds, media_seeds
from mingjian.adapters.clock_file import ClockFile
from mingjian.adapters.head_files import FileHeads
from mingjian.bootstrap import scrub_state
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.reports import KeeperReport, read_catalogue, read_keeper, read_previews, write_report
from mingjian.bootstrap.settings import FILE, Settings, load
from mingjian.bootstrap.volumes import registered
from mingjian.display.retime import key_frames_alone, shift, video_alone, video_of
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid, LocalError, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.storage import box_headers
from mingjian.storage.clock_trust import ClockMemory, Freeze, Sample, Seen
from mingjian.storage.expiry import ClockStep
from mingjian.storage.ports import Head
from mingjian.storage.scrub import Fault
from mingjian.storage.scrub_pace import Achieved, Pass
from mingjian.transport.certificates import PeerCertificate
from mingjian.wire.fmp4_parse import parse_fragment

NOW = UtcNs(1_767_225_600_123_456_789)
STREAM = StreamId("cam-1")


@lru_cache
def places() -> DataDirectory:
    made = DataDirectory(scratch() / "data")
    made.create()
    return made


def heads() -> bool:
    """A damaged memory of heads says nothing, and takes new ones."""
    memory = FileHeads(places().run, 0)
    found = memory.recall()
    assert all(head.order == head.order for head in found.values())
    return bool(found)


def clock() -> bool:
    """What cannot be read is as if it was lost: that is itself judged."""
    known = ClockFile(places().run).read()
    assert known is None or isinstance(known.by_ns, int)
    return known is not None


def keeper() -> bool:
    """The keeper's word is whole or not there; one that starts goes on whatever its last life left."""
    read_catalogue(places())
    return read_keeper(places()) is not None


def previews() -> bool:
    return read_previews(places()) is not None


def scrub() -> bool:
    """The scrubber begins anew where its place cannot be read."""
    state = scrub_state.load(places())
    said = scrub_state.read_scrub(places())
    assert said is None or said.found >= 0 or state.standing
    return said is not None


def register() -> bool:
    with contextlib.suppress(LocalError):
        return bool(registered(places()))
    return False


def settings() -> bool:
    with contextlib.suppress(Invalid):
        return isinstance(load(places().root, {}), Settings)
    return False


READERS: tuple[tuple[str, Callable[[], bool]], ...] = (
    ("run/heads-0.json", heads),
    ("run/clock.json", clock),
    ("run/keeper.json", keeper),
    ("run/previews.json", previews),
    ("run/scrub.json", scrub),
    ("volumes.json", register),
    (FILE, settings),
)


def own_files(data: bytes) -> bool:
    """Each reader says that it knows nothing, or raises an error with a name; nothing else escapes."""
    pieces = Pieces(data)
    name, read = READERS[pieces.byte() % len(READERS)]
    path = places().root / name
    path.write_bytes(pieces.rest())
    try:
        return read()
    finally:
        path.unlink()


def own_file_seeds() -> Iterator[bytes]:
    """As our own writers leave them."""
    home = places()
    FileHeads(home.run, 0).remember({STREAM: Head(3, (2, 7), "0" * 64, NOW, clean=False)})
    freeze = Freeze("m", next(iter(Seen)), NOW, NOW, NOW)
    memory = ClockMemory(Sample(NOW, 5, "boot"), Sample(NOW, 6, "boot"), freeze, (ClockStep(NOW, 5),))
    ClockFile(home.run).change(lambda known, lost: memory)
    report = KeeperReport(home, NOW, lambda: {"catalogue": {"rebuilding": False, "set_aside": ["x"]}})
    report.failed("ledger", NOW, ValueError("x"))
    figures = dict.fromkeys(("cpu_share", "cpu_cap", "made", "shed", "failed", "shedding_count"), 1)
    write_report(home.run / "previews.json", {"at": NOW, **figures, "shedding": None})
    standing = {"k": scrub_state.Standing(next(iter(Fault)), "v1", "cam-1/x.mp4", 2, NOW)}
    state = scrub_state.ScrubState({"v1": Pass(NOW, ("a", "b"), 5, None)}, {"ledger": NOW}, standing)
    state.keep(home, NOW, Achieved(7.0, 5.0, 0.5))
    home.volumes.write_text(json.dumps({"/v": "v1"}))
    (home.root / FILE).write_text('installation = "demonstration"\nport = 8080\nretention_floor_days = 0.01\n')
    for number, (name, _) in enumerate(READERS):
        path = home.root / name
        yield bytes((number,)) + path.read_bytes()
        path.unlink()
        yield bytes((number,)) + b"[" * 2000
        yield bytes((number,)) + b'{"at": 1e400}'


def certificate(data: bytes) -> bool:
    """Whatever a camera shows has a fingerprint, and names that can be printed."""
    found = PeerCertificate.read(data)
    assert len(found.sha256) == 64
    assert all(character.isprintable() for character in found.subject + found.issuer)
    return bool(found.subject)


def certificate_seeds() -> Iterator[bytes]:
    import ssl

    path = scratch() / "camera.pem"
    self_signed(path, "camera")
    text = path.read_text()
    begin = text.index("-----BEGIN CERTIFICATE")
    made = ssl.PEM_cert_to_DER_cert(text[begin:].strip())
    yield made
    yield made.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x06", 1)  # a version that there is not
    yield made.replace(b"\x0c\x06camera", b"\x03\x06\x00amera")  # names that are no text
    yield b""


def retimed(data: bytes) -> bool:
    """A fragment put elsewhere in time keeps its samples and can be read again; only RemoteError for what is none."""
    pieces = Pieces(data)
    by = pieces.number(4) - (1 << 31)
    rest = pieces.rest()
    try:
        parsed = parse_fragment(rest)
        moved = parse_fragment(shift(rest, by))
    except RemoteError:
        return False
    assert [track.samples for track in moved.tracks] == [track.samples for track in parsed.tracks]
    with contextlib.suppress(StopIteration):  # without a video track it is none of ours
        video = video_of(parsed)
        if video.samples:
            with contextlib.suppress(Invalid):  # more samples, or longer ones, than we ever write
                assert parse_fragment(video_alone(parsed)).tracks[0].samples == video.samples
                key_frames_alone(parsed)
    return bool(parsed.tracks)


def retime_seeds() -> Iterator[bytes]:
    for by in (b"\x80\0\0\0", b"\0\0\0\0", b"\xff\xff\xff\xff"):
        for data in media_seeds():
            yield by + data


def headers(data: bytes) -> bool:
    """The walk over boxes ends, inside what there is, and says the same as the parser of boxes where it finds none."""
    said = [
        box_headers.fault(lambda at: data[at : at + box_headers.HEADER_BYTES], 0, len(data), wanted)
        for wanted in (box_headers.INIT, box_headers.FRAGMENT)
    ]
    assert all(isinstance(text, str) for text in said)
    return "" in said


def header_seeds() -> Iterator[bytes]:
    yield from media_seeds()
    yield from (seed for seed in init_seeds() if len(seed) <= 4096)


WORDS = (
    *(b"1e400", b"-1", b"NaN", b"Infinity", b"null", b"true", b'"\\ud800"', b"[[[[", b"{}", b'""', b"1.5", b"9" * 30),
    *(b'"last":', b'"epoch":', b'"freeze":', b'"steps":', b'"passes":', b'"ended":', b'"cursor":', b'"witnesses":'),
)

HARNESSES = (
    Harness(
        "own-files",
        own_files,
        own_file_seeds,
        (
            *(FileHeads.recall, ClockFile.read, read_keeper, read_catalogue, read_previews),
            *(scrub_state.load, scrub_state.read_scrub, registered, load),
        ),
        WORDS,
    ),
    Harness("certificate", certificate, certificate_seeds, (PeerCertificate.read,), max_bytes=2048),
    Harness("retime", retimed, retime_seeds, (shift, video_alone, key_frames_alone), BOX_WORDS),
    Harness("box-headers", headers, header_seeds, (box_headers.fault,), BOX_WORDS),
)
