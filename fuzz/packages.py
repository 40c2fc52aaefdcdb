"""The stand-alone verifier before packages that somebody doctored, with keys and without."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fuzz.harness import Harness, Pieces, scratch, strung
from mingjian.audit import verify
from mingjian.audit.note import Signer
from mingjian.kernel.ids import StreamId
from mingjian.processing.package_zip import PackageWriter, Stored, sm3_available
from vectors.build_vectors import PACKAGE, STRANGER, Book, Books, anchors, package, packed, resigned, unpacked

ARCHIVE_BYTES = 16_384
PASSED = (verify.VERIFIED, verify.WITH_GAPS)
LEFT_OUT = ("verify.py", "README.zh.txt")
"""A package verifies without its own copy of the verifier, and is half as long."""
VALUES: tuple[Any, ...] = (
    *(0, -1, 1, 2**31, 2**63, 10**30, True, None, "", "x", "cam-a", "../x", "\ud800", "é", "0" * 64, "f" * 64),
    *([], {}, [[]], [0], [""], {"x": 1}, "manifest.json", "media/cam-a/000001-000000001.m4s", "cosignature/v1"),
    *("FRAG", "GAP", "OPEN", 1_767_225_600, 1_767_225_600_000_000_000, 253_402_300_800_000_000_000, [0] * 65),
)
"""What is put into a field: borders of numbers, wrong types, names of other things."""
SIGNED_BY = (None, STRANGER, PACKAGE)


@lru_cache
def good() -> dict[str, bytes]:
    """The members of a small package with a gap that verifies."""
    book = Book(StreamId("cam-a"), size=40)
    book.open()
    book.record(2)
    book.miss(4)
    book.new_epoch()
    book.record(2, init="two")
    with tempfile.TemporaryDirectory() as place:
        outcome = package(Path(place) / "good.zip", Books({"cam-a": book}), seconds=(2, 17)).run()
        members = unpacked(outcome.path)
    return {name: data for name, data in members.items() if name not in LEFT_OUT}


@lru_cache
def good_archive() -> bytes:
    return resigned(good())


@lru_cache
def trust() -> str:
    path = scratch() / "anchors.json"
    path.write_bytes(anchors())
    return str(path)


def sealed(members: dict[str, bytes], signer: Signer, edit: Callable[[Any], None]) -> bytes:
    """An archive whose manifest fits its members, then is edited, and is signed by `signer`; any text may be in it."""
    fitting: list[Any] = []
    resigned(members, signer, fitting.append)
    (manifest,) = fitting
    edit(manifest)
    text = json.dumps(manifest, sort_keys=True).encode()
    return packed({**members, "manifest.json": text, "manifest.sig": signer.sign(text)})


def judged(data: bytes, anchored: str | None) -> int:
    """The verifier's outcome; its report can be printed and written as JSON."""
    path = scratch() / "judged.zip"
    path.write_bytes(data)
    report = verify.verify(str(path), anchored)
    with contextlib.redirect_stdout(io.StringIO()):
        verify.show(report)
    json.dumps(report, ensure_ascii=False)
    assert report["verdict"] == verify.VERDICTS[report["outcome"]][1]
    assert (report["outcome"] == verify.NOT_VERIFIED) == bool(report["failures"])
    return int(report["outcome"])


def archive(data: bytes) -> bool:
    """Any bytes get a verdict, and only the package itself passes."""
    outcome = judged(data, trust())
    assert (outcome in PASSED) == (data == good_archive())
    return outcome in PASSED


def archive_seeds() -> Iterator[bytes]:
    yield good_archive()
    yield packed({"manifest.json": b"{}"})
    yield packed({})


def _descend(value: Any, pieces: Pieces) -> tuple[Any, Any] | None:
    """A container inside `value` and a key of it, chosen by the input."""
    found = None
    while isinstance(value, dict | list) and value:
        keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        choice = pieces.byte()
        key = keys[(choice & 0x7F) % len(keys)]
        found = (value, key)
        if choice & 0x80:
            break
        value = value[key]
    return found


def _edit_json(value: Any, pieces: Pieces) -> None:
    found = _descend(value, pieces)
    if found is None:
        return
    container, key = found
    choice = pieces.byte()
    if choice >= 0xF0:
        del container[key]
    elif choice >= 0xE0 and isinstance(container, list):
        container.append(copy.deepcopy(container[key]))
    elif choice >= 0xC0 and type(container[key]) is int:
        container[key] += choice - 0xD0
    elif choice >= 0xA0 and isinstance(container[key], str):
        container[key] += pieces.take(2).decode("latin-1")
    else:
        container[key] = copy.deepcopy(VALUES[choice % len(VALUES)])


def _edit_chain(data: bytes, pieces: Pieces) -> bytes:
    """One field of one line; with an odd flag all following lines are linked anew."""
    lines = data.split(b"\n")[:-1]
    at, relink = pieces.byte() % max(len(lines), 1), pieces.byte() & 1
    entries = [json.loads(line) for line in lines]
    _edit_json(entries[at : at + 1], pieces)
    made = list(lines)
    for number in range(at, len(entries)):
        if relink and number > at and isinstance(entries[number], dict):
            entries[number]["prev"] = hashlib.sha256(made[number - 1]).hexdigest()
        made[number] = json.dumps(entries[number], sort_keys=True, separators=(",", ":")).encode()
    return b"".join(line + b"\n" for line in made)


def edited(pieces: Pieces) -> dict[str, bytes]:
    """The good package after the edits that the input describes."""
    members = dict(good())
    for script in pieces.strings():
        edit = Pieces(script)
        names = sorted(members)
        if not names:
            break
        choice, name = edit.byte(), names[edit.byte() % len(names)]
        if choice % 8 == 0:
            del members[name]
        elif choice % 8 == 1:
            at = edit.number(2) % (len(members[name]) + 1)
            members[name] = members[name][:at] + edit.rest() + members[name][at + choice // 8 :]
        elif choice % 8 == 2:
            members[name] = members[names[edit.byte() % len(names)]]
        elif choice % 8 == 3:
            added = "media/cam-a/" + "".join(chr(0x61 + letter % 26) for letter in edit.take(4))
            members[added] = edit.rest()
        elif name.startswith("chain/"):
            with contextlib.suppress(ValueError):
                members[name] = _edit_chain(members[name], edit)
        elif name.endswith(".json"):
            with contextlib.suppress(ValueError):
                value = json.loads(members[name])
                _edit_json([value], edit)
                members[name] = json.dumps(value, sort_keys=True).encode()
    return members


def _manifest_edits(script: bytes) -> Callable[[Any], None]:
    def edit(manifest: Any) -> None:
        pieces = Pieces(script)
        while pieces:
            _edit_json([manifest], pieces)

    return edit


def content(data: bytes) -> bool:
    """What a package says, without any key: a verdict for everything, and never that it is verified."""
    pieces = Pieces(data)
    script = pieces.take(pieces.byte())

    def keyless(manifest: Any) -> None:
        manifest["keys"] = []
        _manifest_edits(script)(manifest)

    members = edited(pieces)
    try:
        whole = sealed(members, STRANGER, keyless)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False  # no manifest is left to be edited
    outcome = judged(whole, None)
    assert outcome not in PASSED
    return True


def signed(data: bytes) -> bool:
    """With the anchors: without the key nothing else passes; even with it no other footage does."""
    pieces = Pieces(data)
    signer, script = SIGNED_BY[pieces.byte() % 3], pieces.take(pieces.byte())
    members = edited(pieces)
    try:
        whole = sealed(members, signer, _manifest_edits(script)) if signer is not None else packed(members)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    outcome = judged(whole, trust())
    if signer is not PACKAGE:
        assert outcome not in PASSED or whole in (good_archive(), packed(good()))
    elif outcome in PASSED:
        for name, content in members.items():
            if name.startswith("media/"):
                assert content == good()[name], name
    return outcome in PASSED


def content_seeds() -> Iterator[bytes]:
    yield b"\0"
    for choice in range(8):
        for name in range(len(good())):
            yield b"\0" + strung([bytes((choice, name, 0, 3, 0, 0, 0, 0, 5))])
    for key in range(12):
        yield bytes((4, 0, key, 0x80, 3))
        yield bytes((5, 0, key, 0, 0x80, 0xD1))


def signed_seeds() -> Iterator[bytes]:
    for signer in range(3):
        yield bytes((signer,)) + b"\0"
        yield bytes((signer,)) + b"\0" + strung([bytes((1, 3, 0, 9)) + b"x"])
        yield bytes((signer, 4, 0, 9, 0x80, 3))


def trusted(data: bytes) -> bool:
    """Anchors or Undecided, never another end."""
    path = scratch() / "trust.json"
    path.write_bytes(data)
    try:
        found = verify.load_anchors(str(path))
    except verify.Undecided as reason:
        assert reason.zh
        assert reason.en
        return False
    assert found.log
    assert found.package
    return True


def trusted_seeds() -> Iterator[bytes]:
    yield anchors()
    yield anchors(quorum=3)


PLAN = "plan"


def journal(data: bytes) -> bool:
    """A build goes on only with members that are really there, whatever its journal says."""
    place = scratch() / "build"
    place.mkdir(exist_ok=True)
    (place / "package.zip").write_bytes(b"".join(member.local_header() + body for member, body in unfinished()))
    (place / "members.jsonl").write_bytes(data)
    writer = PackageWriter(place, PLAN, sm3=sm3_available())
    writer.close()
    known = {member.name: member for member, _ in unfinished()}
    for name, member in writer.members.items():
        assert member == known[name]
    return bool(writer.members)


@lru_cache
def unfinished() -> list[tuple[Stored, bytes]]:
    """Two finished members of a build and their bytes."""
    place = scratch() / "unfinished"
    writer = PackageWriter(place, PLAN, sm3=sm3_available())
    bodies = {"media/cam-a/one.m4s": b"first", "media/cam-a/two.m4s": b"second"}
    members = [(writer.add(name, [body]), body) for name, body in bodies.items()]
    writer.close()
    return members


def journal_seeds() -> Iterator[bytes]:
    unfinished()
    whole = (scratch() / "unfinished" / "members.jsonl").read_bytes()
    yield whole
    yield whole[:-9]


ZIP_WORDS = (b"PK\3\4", b"PK\1\2", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"\xff\xff\xff\xff", b"\xff\xff", b"\x21\0")
JSON_WORDS = (b'"name":', b'"size":', b'"crc":', b'"sha256":', b'"offset":', b'{"plan": "plan"}\n', b"1e400", b"[[[[")

HARNESSES = (
    Harness(
        "package-archive", archive, archive_seeds, (verify.Archive.__init__, verify.verify), ZIP_WORDS, ARCHIVE_BYTES
    ),
    Harness("package-content", content, content_seeds, (verify.verify, verify.Verification.run), max_bytes=512),
    Harness(
        "package-signed",
        signed,
        signed_seeds,
        (verify.verify, verify.Verification.chain, verify.root_by_path, verify.decode_point),
        max_bytes=512,
    ),
    Harness(
        "trust-anchors", trusted, trusted_seeds, (verify.load_anchors,), (b'"log"', b'"keys"', b'"quorum"', b"[[[[")
    ),
    Harness("package-journal", journal, journal_seeds, (PackageWriter.__init__,), JSON_WORDS, 2048),
)
