"""Makes small evidence packages with fixed keys: good ones, some with a gap, and doctored ones with what must be found.

    python tests/vectors/build_vectors.py DIRECTORY

writes `anchors.json`, the packages and `expected.json`: file name to outcome, to the file and check named, to a remark
that must be made (`says`), and under `browser` to what differs where there is neither SM3 nor OpenSSL. The browser's
verification page and `verify.py` are held to the same vectors.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mingjian.adapters.evidence import trust_anchors
from mingjian.audit import checkpoint, merkle
from mingjian.audit.chain import NO_HASH, ChainState, EntryKind, entry_hash, extend
from mingjian.audit.ledger import Actor, HeadBatch, LedgerEntry
from mingjian.audit.note import Algorithm, Signer, VerifierKey
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.errors import Missing, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.processing.package import PackageBuild
from mingjian.processing.package_copy import CopyJob
from mingjian.processing.package_manifest import HeadProof, LeafProof, PackageRequest, StreamRequest
from mingjian.processing.package_zip import Stored, directory

ORIGIN = "mingjian.test/ledger"
START = UtcNs(1_767_225_600 * SECOND_NS)
FRAGMENT_S = 4


class FixedSigner:
    """An Ed25519 key derived from its name."""

    def __init__(self, name: str, algorithm: Algorithm = Algorithm.ED25519, salt: str = "") -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256((name + salt).encode()).digest())
        self.name, self.algorithm = name, algorithm
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = VerifierKey(name, algorithm, self.public).key_id

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


LOG = FixedSigner(ORIGIN)
PACKAGE = FixedSigner("mingjian.test/package")
WITNESS = FixedSigner("witness.test", Algorithm.COSIGNATURE)
STRANGER = FixedSigner("mingjian.test/package", salt="stranger")


class LocalAuthority:
    """A time-stamping authority (RFC 3161) by `openssl ts`, its key derived from its name; satisfies `TimeStamps`."""

    def __init__(self, name: str) -> None:
        secret = int.from_bytes(hashlib.sha256(name.encode()).digest()[:31], "big")
        key = ec.derive_private_key(secret, ec.SECP256R1())
        called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder(called, called, key.public_key(), secret >> 96)
            .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2125, 1, 1, tzinfo=UTC))
            .add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        self.certificate = certificate.public_bytes(pem).decode()
        self._key = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())

    def answer(self, query: bytes, chain: str = "") -> bytes:
        """The answer to a query in DER; `chain` (PEM) goes with it where certificates were asked for."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "query").write_bytes(query)
            (folder / "key").write_bytes(self._key)
            (folder / "certificate").write_text(self.certificate)
            (folder / "serial").write_text("01")
            (folder / "chain").write_text(chain)
            (folder / "ts.cnf").write_text(
                "[one]\nserial = serial\ndefault_policy = 1.2.3.4\ndigests = sha256\nsigner_digest = sha256\n"
            )
            reply = "openssl ts -reply -config ts.cnf -section one -queryfile query -signer certificate -inkey key"
            reply += " -chain chain" if chain else ""
            done = subprocess.run(reply.split(), cwd=folder, capture_output=True, check=True)
        return done.stdout

    def token(self, data: bytes) -> bytes:
        return self.answer(self.query(data))

    def query(self, data: bytes, *, certificates: bool = False) -> bytes:
        """A query in DER, with a nonce of its own."""
        digest = hashlib.sha256(data).hexdigest()
        ask = ["openssl", "ts", "-query", "-sha256", "-digest", digest, *(["-cert"] if certificates else [])]
        return subprocess.run(ask, capture_output=True, check=True).stdout


class SilentAuthority:
    """`TimeStamps` that cannot be reached."""

    def token(self, data: bytes) -> bytes:
        raise RemoteError(
            "timestamp.unreachable", "时间戳服务无法连接", text_en="The time stamping service cannot be reached"
        )


AUTHORITY = LocalAuthority("tsa.test")


class PlainCopies:
    """`Copies` that transcode nothing: for footage that is none."""

    def __init__(self) -> None:
        self.jobs: list[CopyJob] = []

    def make(self, job: CopyJob, *, did: Callable[[int, bool], None], go_on: Callable[[], None]) -> int:
        self.jobs.append(job)
        frames = 0
        for piece in job.pieces:
            go_on()
            did(100 * len(piece), False)
            frames += 100 * len(piece)
        job.out.write_bytes(filler(str(job.mark), 900))
        return frames


@dataclass(frozen=True)
class BookRef:
    """A fragment of `Book`."""

    epoch: int
    seq: int
    data: bytes
    init: bytes


def filler(label: str, size: int) -> bytes:
    """Bytes that look like nothing, the same each time."""
    blocks = (hashlib.sha256(f"{label}/{number}".encode()).digest() for number in range(-(-size // 32)))
    return b"".join(blocks)[:size]


@dataclass
class Book:
    """One stream's recording in memory: chain lines and fragments, written as a recorder would."""

    stream: StreamId
    size: int = 600
    lines: list[bytes] = field(default_factory=list)
    refs: list[tuple[int, int, BookRef]] = field(default_factory=list)
    state: ChainState = field(default_factory=lambda: ChainState(1, -1, NO_HASH, START))

    def add(self, kind: EntryKind, t0: int, t1: int, **more: Any) -> None:
        line, self.state = extend(self.state, self.stream, kind, t0, t1, more)
        self.lines.append(line)

    def open(self) -> None:
        self.add(EntryKind.OPEN, self.state.t1, self.state.t1, at=int(self.state.t1))

    def new_epoch(self) -> None:
        self.state = ChainState(self.state.epoch + 1, -1, self.state.prev, self.state.t1)
        self.open()

    def record(self, count: int, *, init: str = "one", key: int | None = None) -> None:
        """`count` fragments of four seconds; `key` is where their key frame is, None where they begin with one."""
        for _ in range(count):
            t0, t1 = self.state.t1, self.state.t1 + FRAGMENT_S * SECOND_NS
            epoch, seq = self.state.epoch, self.state.seq + 1
            ref = BookRef(epoch, seq, filler(f"{self.stream}/{epoch}/{seq}", self.size), filler("init" + init, 200))
            self.refs.append((t0, t1, ref))
            self.add(
                EntryKind.FRAG,
                t0,
                t1,
                bytes=self.size,
                file="x.mp4",
                off=0,
                frames=100,
                clk={"src": "system", "off": 0},
                pts0=seq * 360_000,
                dur=360_000,
                sha256=hashlib.sha256(ref.data).hexdigest(),
                init_sha=hashlib.sha256(ref.init).hexdigest(),
                **({} if key is None else {"key": key}),
            )

    def miss(self, seconds: int, cause: str = "camera-timeout") -> None:
        t1 = self.state.t1 + seconds * SECOND_NS
        self.add(EntryKind.GAP, self.state.t1, t1, cause=cause, evidence="silent", at=t1)


@dataclass
class Books:
    """`processing.package.Footage` over books."""

    books: dict[str, Book]
    lost: set[tuple[int, int]] = field(default_factory=set)
    reads: int = 0

    def chain_lines(self, stream: StreamId, period: Period) -> Iterable[tuple[str, bytes]]:
        return [("chain", line) for line in self.books[stream].lines]

    def fragments(self, stream: StreamId, period: Period) -> Iterable[Any]:
        return [ref for t0, t1, ref in self.books[stream].refs if t0 < period.end and period.start < t1]

    def read(self, ref: BookRef) -> bytes:
        self.reads += 1
        if (ref.epoch, ref.seq) in self.lost:
            raise Missing("storage.container-gone", "录像文件不存在", text_en="The recording file does not exist")
        return ref.data

    def init(self, ref: BookRef) -> bytes:
        return ref.init


@dataclass(frozen=True)
class _Head:
    stream: str
    epoch: int
    seq: int
    head_sha256: str
    t1: int


class BookLedger:
    """`processing.package.LedgerProofs` in memory: some entries, the register entry, one batch of heads."""

    def __init__(self, books: Iterable[Book], facts: dict[str, Any], request: str) -> None:
        leaves = [LedgerEntry("camera.added", START, Actor("p1"), "local", f"c{n}").canonical() for n in range(5)]
        self.register = len(leaves)
        entry = LedgerEntry("copy.registered", START, Actor("p1", "", "u1"), "local", request, facts)
        leaves += [entry.canonical(), *leaves[:3]]
        heads = [_Head(b.stream, b.state.epoch, b.state.seq, entry_hash(b.lines[-1]), b.state.t1) for b in books]
        heads.append(_Head("other-stream", 1, 0, "ab" * 32, START))
        self.batch = HeadBatch.of(heads)
        self.batch_entry = len(leaves)
        leaves += [self.batch.entry(at=START, node="local").canonical(), leaves[0]]
        self.leaves = leaves
        self.tree = merkle.Tree(merkle.leaf_hash(leaf) for leaf in leaves)
        signed = checkpoint.Checkpoint(ORIGIN, self.tree.size, self.tree.root()).signed([LOG])
        self.alone = signed.encode()
        self.note = signed.with_signatures([checkpoint.cosign(signed, WITNESS, START)]).encode()
        self.published = True

    def checkpoints(self, index: int) -> Iterable[tuple[int, bytes]]:
        return [(self.tree.size, self.note)] if self.published else []

    def entry(self, index: int, size: int) -> LeafProof:
        path = merkle.inclusion_proof(index, size, self.tree.node)
        return LeafProof(index, self.leaves[index], tuple(path))

    def head_after(self, stream: StreamId, instant: UtcNs, size: int) -> HeadProof | None:
        found = self.batch.find(stream)
        if found is None or found[1]["t1"] < instant:
            return None
        at, lines = found[0], self.batch.lines
        path = merkle.inclusion_proof(at, len(lines), self.batch.tree().node)
        return HeadProof(lines[at], at, len(lines), tuple(path), self.entry(self.batch_entry, size))


def anchors(*, quorum: int = 1, package: Signer = PACKAGE) -> bytes:
    """The trust anchors that belong to these vectors."""
    return trust_anchors(
        origin=ORIGIN,
        log=[VerifierKey.of(LOG)],
        package=[VerifierKey.of(package)],
        witnesses=[VerifierKey.of(WITNESS)],
        quorum=quorum,
        tsa=[AUTHORITY.certificate],
    )


def two_cameras(*, gap: bool) -> Books:
    """Camera `cam-a` across two epochs, `cam-b` in one; with `gap`, ten seconds of `cam-a` are missing."""
    first, second = Book(StreamId("cam-a")), Book(StreamId("cam-b"))
    first.open()
    first.record(6)
    if gap:
        first.miss(10)
    first.new_epoch()
    first.record(12, init="two")
    second.open()
    second.record(20)
    return Books({"cam-a": first, "cam-b": second})


def package(
    out: Path,
    footage: Books,
    *,
    seconds: tuple[int, int] = (6, 44),
    signers: Iterable[Signer] = (PACKAGE,),
    **options: Any,
) -> PackageBuild:
    """A build over `footage`, of the seconds given after `START`."""
    period = Period(UtcNs(START + seconds[0] * SECOND_NS), UtcNs(START + seconds[1] * SECOND_NS))
    request = "0190-request"
    facts = {"cameras": list(footage.books), "start_ms": period.start // 10**6, "end_ms": period.end // 10**6}
    ledger = BookLedger(footage.books.values(), facts, request)
    asked = PackageRequest(
        id=request,
        number="调取〔2026〕1号",
        register=ledger.register,
        purpose="治安案件取证",
        destination="县公安局",
        legal_basis="公共安全视频图像信息系统管理条例",
        organ="县公安局",
        requester="民警甲",
        approver="值班领导",
        officers=("民警甲", "民警乙"),
    )
    streams = [StreamRequest(StreamId(name), f"{name} 摄像机", "东门", period) for name in footage.books]
    settings: dict[str, Any] = {"anchors": anchors(), "clock": ManualClock(), "tool": "mingjian test"}
    settings |= {"copies": PlainCopies(), "registered": START}
    return PackageBuild(asked, streams, footage, ledger, list(signers), out=out, **settings | options)


def unpacked(path: Path) -> dict[str, bytes]:
    """Name to content, in the order of the archive."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    """The canonical archive of `members`."""
    import zlib

    body, stored = b"", []
    for name, data in members.items():
        member = Stored(name, len(data), zlib.crc32(data), "", len(body))
        stored.append(member)
        body += member.local_header() + data
    return body + directory(stored, len(body))


def resigned(members: dict[str, bytes], signer: Signer = PACKAGE, edit: Callable[[Any], None] | None = None) -> bytes:
    """An archive whose manifest fits its changed members and is signed: what only the holder of a key can make."""
    papers = {"manifest.json", "manifest.sig", "manifest.tsr"}
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = [
        {
            "name": name,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "sm3": hashlib.new("sm3", data).hexdigest(),
        }
        for name, data in members.items()
        if name not in papers
    ]
    if edit is not None:
        edit(manifest)
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
    return packed({**members, "manifest.json": text, "manifest.sig": signer.sign(text)})


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@dataclass(frozen=True)
class Doctored:
    """A package that must not pass, and the file and check that the verifier must name."""

    name: str
    data: bytes
    file: str
    check: str
    browser: str = ""
    """What a browser remarks, that cannot make this check and therefore finds nothing."""


def doctored(good: dict[str, bytes]) -> list[Doctored]:
    """Every kind of tampering; those `resigned` assume that the package key itself is in the wrong hands."""
    one, two = "media/cam-a/000001-000000003.m4s", "media/cam-a/000001-000000004.m4s"
    other, chain = "media/cam-b/000001-000000003.m4s", "chain/cam-a.jsonl"

    def without(*names: str) -> dict[str, bytes]:
        return {name: data for name, data in good.items() if name not in names}

    lines = good[chain].split(b"\n")[:-1]
    proofs = json.loads(good["proofs.json"])
    forged_proofs = json.loads(good["proofs.json"])
    forged_proofs["heads"]["cam-a"] = proofs["heads"]["cam-b"]
    forged_register = json.loads(good["proofs.json"])
    forged_register["register"]["leaf"] = proofs["register"]["leaf"].replace("cam-b", "cam-c")
    plain = {name: data for name, data in good.items() if not name.startswith("derived/")}

    def chain_of(kept: list[bytes]) -> dict[str, bytes]:
        return {**plain, chain: b"".join(line + b"\n" for line in kept)}

    def bare(manifest: Any) -> None:
        manifest["derived"] = []

    def fewer(manifest: Any) -> None:
        bare(manifest)
        del manifest["streams"][1]

    def wider(manifest: Any) -> None:
        bare(manifest)
        manifest["streams"][0]["t0"] -= SECOND_NS

    rechained: list[bytes] = [lines[0]]
    for line in [*lines[1:2], *lines[3:]]:
        value = json.loads(line) | {"prev": entry_hash(rechained[-1])}
        rechained.append(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())
    note = good["checkpoint.note"]

    def proving(change: Callable[[Any], None]) -> dict[str, bytes]:
        changed = json.loads(good["proofs.json"])
        change(changed)
        return {**plain, "proofs.json": json.dumps(changed).encode()}

    def later(value: Any) -> None:
        leaf = value["register"]["leaf"]
        value["register"]["leaf"] = leaf.replace('"at":1', '"at":2')

    def renumbered(manifest: Any) -> None:
        bare(manifest)
        manifest["register"] += 1

    def other_request(manifest: Any) -> None:
        bare(manifest)
        manifest["request"]["id"] = "0190-other"

    def foreign_source(manifest: Any) -> None:
        manifest["derived"][0]["from"] = ["checkpoint.note"]

    def unmarked(manifest: Any) -> None:
        manifest["derived"][1]["mark"] = ""

    def other_sm3(manifest: Any) -> None:
        manifest["files"][3]["sm3"] = "0" * 64

    def no_hash(manifest: Any) -> None:
        manifest["hashes"] = ["md5"]

    fourth = json.loads(good["manifest.json"])["files"][3]["name"]

    shorter = lines[:-1]  # a history without its last fragment, with a head and a batch that fit it

    def forged_head(*, leaf: bool) -> dict[str, bytes]:
        batch = HeadBatch.of([_Head("cam-a", 2, 11, entry_hash(shorter[-1]), json.loads(shorter[-1])["t1"])])

        def change(value: Any) -> None:
            found = value["heads"]["cam-a"]
            found["head"], found["batch"] = batch.lines[0].decode(), {"index": 0, "size": 1, "path": []}
            if leaf:
                found["leaf"] = batch.entry(at=START, node="local").canonical().decode()

        return {**proving(change), chain: b"".join(line + b"\n" for line in shorter)}

    stranger = checkpoint.Checkpoint(ORIGIN, 11, b"r" * 32).signed([FixedSigner(ORIGIN, salt="stranger")]).encode()
    elsewhere = checkpoint.Checkpoint("other", 11, b"r" * 32).signed([LOG]).encode()
    signed = checkpoint.parse(note)[1]
    cosignature = next(line for line in signed.signatures if line.name == WITNESS.name)
    broken = replace(cosignature, value=flipped(cosignature.value, 40))
    swapped = {**plain, one: good[two], two: good[one]}
    return [
        Doctored("flipped-fragment", packed({**good, one: flipped(good[one], 100)}), one, "sha256"),
        Doctored("flipped-manifest", packed({**good, "manifest.json": good["manifest.json"].replace("治安".encode(), "刑事".encode())}), "manifest.sig", "signature"),  # noqa: E501 - one row a case
        Doctored("flipped-signature", packed({**good, "manifest.sig": flipped(good["manifest.sig"], 5)}), "manifest.sig", "signature"),  # noqa: E501
        Doctored("removed-fragment", packed(without(one)), one, "present"),
        Doctored("removed-chain", packed(without(chain)), chain, "present"),
        Doctored("removed-proofs", packed(without("proofs.json")), "proofs.json", "present"),
        Doctored("added-file", packed({**good, "media/cam-a/extra.m4s": b"x"}), "media/cam-a/extra.m4s", "listed"),
        Doctored("foreign-key", resigned(good, STRANGER), "manifest.sig", "signature"),
        Doctored("resigned-swapped-order", resigned(swapped, edit=bare), one, "original"),
        Doctored("resigned-other-camera", resigned({**plain, one: good[other]}, edit=bare), one, "original"),
        Doctored("resigned-removed-fragment", resigned({k: v for k, v in plain.items() if k != one}, edit=bare), one, "present"),  # noqa: E501
        Doctored("resigned-extra-media", resigned({**plain, "media/cam-a/extra.m4s": b"x"}, edit=bare), "media/cam-a/extra.m4s", "chain"),  # noqa: E501
        Doctored("resigned-cut-tail", resigned(chain_of(lines[:-1]), edit=bare), chain, "head"),
        Doctored("resigned-cut-entry", resigned(chain_of(lines[:2] + lines[3:]), edit=bare), chain, "chain"),
        Doctored("resigned-rechained", resigned(chain_of(rechained), edit=bare), chain, "sequence"),
        Doctored("resigned-cut-start", resigned(chain_of(lines[3:]), edit=bare), chain, "coverage"),
        Doctored("resigned-wider-period", resigned(plain, edit=wider), "proofs.json", "register"),
        Doctored("resigned-hidden-camera", resigned({k: v for k, v in plain.items() if "cam-b" not in k}, edit=fewer), "proofs.json", "register"),  # noqa: E501
        Doctored("resigned-other-head", resigned({**plain, "proofs.json": json.dumps(forged_proofs).encode()}, edit=bare), "proofs.json", "head"),  # noqa: E501
        Doctored("resigned-forged-register", resigned({**plain, "proofs.json": json.dumps(forged_register).encode()}, edit=bare), "proofs.json", "register"),  # noqa: E501
        Doctored("resigned-forged-checkpoint", resigned({**plain, "checkpoint.note": note.replace(b"\n11\n", b"\n12\n")}, edit=bare), "checkpoint.note", "signature"),  # noqa: E501
        Doctored("flipped-derived", packed({**good, "derived/cam-b-001.mp4": flipped(good["derived/cam-b-001.mp4"], 9)}), "derived/cam-b-001.mp4", "sha256"),  # noqa: E501
        Doctored("resigned-unmarked-derived", resigned(good, edit=unmarked), "derived/cam-a-002.mp4", "derived"),
        Doctored("resigned-other-sm3", resigned(good, edit=other_sm3), fourth, "sm3", "SM3 not checked"),
        Doctored("resigned-no-hash", resigned(good, edit=no_hash), "manifest.json", "files"),
        Doctored("added-stamp", packed({**good, "manifest.tsr": b"x"}), "manifest.tsr", "listed"),
        Doctored("resigned-changed-entry", resigned(proving(later), edit=bare), "proofs.json", "register"),
        Doctored("resigned-other-number", resigned(plain, edit=renumbered), "proofs.json", "register"),
        Doctored("resigned-other-request", resigned(plain, edit=other_request), "proofs.json", "register"),
        Doctored("resigned-forged-head", resigned(forged_head(leaf=False), edit=bare), "proofs.json", "batch"),
        Doctored("resigned-forged-batch", resigned(forged_head(leaf=True), edit=bare), "proofs.json", "head"),
        Doctored("resigned-foreign-ledger", resigned({**plain, "checkpoint.note": stranger}, edit=bare), "checkpoint.note", "signature"),  # noqa: E501
        Doctored("resigned-other-ledger", resigned({**plain, "checkpoint.note": elsewhere}, edit=bare), "checkpoint.note", "origin"),  # noqa: E501
        Doctored("resigned-forged-cosignature", resigned({**plain, "checkpoint.note": signed.with_signatures([broken]).encode()}, edit=bare), "checkpoint.note", "witness"),  # noqa: E501
        Doctored("resigned-foreign-derived", resigned(good, edit=foreign_source), "derived/cam-a-001.mp4", "derived"),
        Doctored("truncated", packed(good)[:-1], "package", "zip"),
        Doctored("appended", packed(good) + b"x", "package", "zip"),
        Doctored("garbage", filler("garbage", 5000), "package", "zip"),
    ]  # fmt: skip


def stamped(good: dict[str, bytes]) -> list[Doctored]:
    """What can be done to a package with a time stamp."""
    text, unchecked = good["manifest.json"], "time stamp not checked"

    def retold(manifest: Any) -> None:
        manifest["request"]["purpose"] = "另一用途"

    def with_token(token: bytes) -> bytes:
        return packed({**good, "manifest.tsr": token})

    foreign = LocalAuthority("tsa.test/stranger").token(text)
    bare = {name: data for name, data in good.items() if name != "manifest.tsr"}
    return [
        Doctored("removed-stamp", packed(bare), "manifest.tsr", "present"),
        Doctored("resigned-old-stamp", resigned(good, edit=retold), "manifest.tsr", "timestamp", unchecked),
        Doctored("foreign-stamp", with_token(foreign), "manifest.tsr", "timestamp", unchecked),
        Doctored("garbage-stamp", with_token(filler("stamp", 700)), "manifest.tsr", "timestamp", unchecked),
    ]


def write(folder: Path) -> dict[str, dict[str, Any]]:
    """Write all vectors into `folder`; what `expected.json` says."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "anchors.json").write_bytes(anchors())
    expected: dict[str, dict[str, Any]] = {}

    def built(name: str, says: str = "", browser: str = "", *, gap: bool = False, **options: Any) -> dict[str, bytes]:
        build = package(folder / f"{name}.zip", two_cameras(gap=gap), **options)
        if options.get("unwitnessed"):
            assert isinstance(build.ledger, BookLedger)
            build.ledger.note = build.ledger.alone
        row: dict[str, Any] = {"verdict": build.run().verdict}
        expected[f"{name}.zip"] = row | ({"says": says} if says else {})
        if browser:
            expected[f"{name}.zip"]["browser"] = row | {"says": browser}
        return unpacked(folder / f"{name}.zip")

    good = built("good", "playable copies are transcoded", "SM3 not checked: browsers lack it")
    built("gap", gap=True)
    built("no-sm3", "SM3 not checked: the package lists none", sm3=False)
    built("no-copies", copies=None)
    built("unwitnessed", unwitnessed=True)
    built("not-stamped", "none could be had when it was made (timestamp.unreachable)", timestamps=SilentAuthority())
    stamp = built("stamped", "", "time stamp not checked: browsers cannot", timestamps=AUTHORITY)
    for case in doctored(good) + stamped(stamp):
        (folder / f"{case.name}.zip").write_bytes(case.data)
        row = {"verdict": "NOT VERIFIED", "file": case.file, "check": case.check}
        expected[f"{case.name}.zip"] = row
        if case.browser:
            row["browser"] = {"verdict": "VERIFIED", "says": case.browser}
    (folder / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")
    return expected


if __name__ == "__main__":
    print(len(write(Path(sys.argv[1]))), "vectors")
