"""Builds an evidence package: originals, chain, proofs, signed manifest, verifier. Released only once it verified.

A build may be killed at any moment; the next one with the same `out` goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from mingjian.audit.chain import Entry
from mingjian.audit.note import Algorithm, Signer
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs, iso
from mingjian.kernel.errors import LocalError, MingjianError, Missing, Refused, RemoteError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.processing import package_manifest as manifest
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.package_copy import Copies
from mingjian.processing.package_derived import write_copies
from mingjian.processing.package_manifest import (
    Derived,
    HeadProof,
    LeafProof,
    PackageRequest,
    StreamContent,
    StreamRequest,
)
from mingjian.processing.package_progress import PackageProgress, Progress, Work
from mingjian.processing.package_verify import RELEASED, UNWITNESSED, run_verifier, verifier_source
from mingjian.processing.package_zip import CHUNK_BYTES, PackageWriter, sm3_available
from mingjian.wire.fmp4 import parse_init

COPIES_UP_TO_BYTES = 200 << 20
"""Playable copies are made of so much footage: seven minutes of one 1080p camera, some three minutes of one core."""
COPY_OF_ORIGINAL = 0.7
"""Size of a copy, as a part of what it was made of: a first guess, for the progress bar alone."""
PICTURE_ELEMENTS = 1920 * 1080
"""Of a picture whose size is not known yet."""
LEADS_NS = (60 * SECOND_NS, DAY_NS, 31 * DAY_NS, 366 * DAY_NS)
"""How far before the period chain lines are looked for, in turn: the entry before it is mostly one fragment back, but
an outage that reaches into the period may have begun long before."""
SIGNATURE_FILES = {Algorithm.ED25519: "manifest.sig", Algorithm.SM2: "manifest.sm2.sig"}
TIMESTAMP_FILE = "manifest.tsr"


class Footage(Protocol):
    """`storage.reader.FragmentReader`. Its references are only handed back, so their type is not ours to know."""

    def chain_lines(self, stream: StreamId, period: Period) -> Iterable[tuple[str, bytes]]: ...
    def fragments(self, stream: StreamId, period: Period) -> Iterable[Any]:
        """Things with `epoch` and `seq` are fragments; others are gaps."""
        ...

    def read(self, ref: Any) -> bytes: ...
    def init(self, ref: Any) -> bytes: ...


class LedgerProofs(Protocol):
    """Proofs from the published ledger; nothing, or None, means that it is not published yet."""

    def checkpoints(self, index: int) -> Iterable[tuple[int, bytes]]:
        """Size and note of checkpoints over entry `index` with as many witnesses as required, the best one first."""
        ...

    def entry(self, index: int, size: int) -> LeafProof:
        """Proof of entry `index` under the checkpoint of `size`."""
        ...

    def head_after(self, stream: StreamId, instant: UtcNs, size: int) -> HeadProof | None:
        """The first committed head of `stream` that accounts for time up to `instant`, under that checkpoint."""
        ...


class TimeStamps(Protocol):
    """A time-stamping authority (RFC 3161)."""

    def token(self, data: bytes) -> bytes:
        """Its answer over the SHA-256 of `data`, checked. Bounded in time; RemoteError or LocalError without one."""
        ...


class NotYet(LocalError):
    """The ledger has not published what the package must prove; try again in a few seconds."""


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """A released package. `missing_s` counts what was asked and is not in it.

    `timestamp` is the time that an authority vouches for, or why there is none; empty where none was asked.
    """

    path: Path
    sha256: str
    size_bytes: int
    verdict: str
    asked_s: dict[str, float]
    missing_s: dict[str, float]
    gaps: tuple[dict[str, Any], ...]
    witnesses: int
    timestamp: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One stream while its media are written: the entries whose fragments belong in, and where the store has them."""

    content: StreamContent
    entries: Sequence[Entry]
    refs: Mapping[tuple[int, int], Any]


@dataclass
class PackageBuild:
    """One package. `anchors` are the bytes of the trust anchors file that the finished package must satisfy."""

    request: PackageRequest
    streams: Sequence[StreamRequest]
    footage: Footage
    ledger: LedgerProofs
    signers: Sequence[Signer]
    anchors: bytes
    out: Path
    clock: Clock
    tool: str
    registered: UtcNs
    """When the copy was registered: the time in the mark, the same however often the build begins again."""
    copies: Copies | None = None
    """Makes playable copies; None: the package has none."""
    hidden_key: bytes = field(default=b"", repr=False)
    """Under which playable copies bear the register entry in their pictures; empty: they bear the visible mark only."""
    copies_up_to_bytes: int = COPIES_UP_TO_BYTES
    timestamps: TimeStamps | None = None
    sm3: bool = field(default_factory=sm3_available)
    unwitnessed: bool = False
    """Release the package even where too few witnesses cosigned: its verdict is then CANNOT DECIDE, and says so."""
    progress: Callable[[Progress], None] = lambda progress: None
    cancelled: Callable[[], bool] = lambda: False
    _work: PackageProgress = field(init=False)
    _sizes: dict[str, int] = field(default_factory=dict)
    """Picture elements of one picture, by the hash of its initialisation."""

    @property
    def folder(self) -> Path:
        """Where an unfinished build lies."""
        return self.out.with_name(self.out.name + ".partial")

    def run(self) -> PackageOutcome:
        """Build, verify, release. Raises NotYet, Refused (`package.cancelled`), LocalError; see `package.*` codes.

        What is unfinished stays for the next run, also when cancelled: `discard` removes it.
        """
        self._work = PackageProgress({}, self.clock.monotonic_ns())
        if self.out.exists():
            return self._checked(self.out)
        size, note, contents = self._provable()
        wanted = [self._wanted(content) for content in contents]
        copied = self._expect(wanted)
        writer = PackageWriter(self.folder, self._plan(), sm3=self.sm3, did=lambda done: self._did(Work.COPY, done))
        try:
            self._write_originals(writer, wanted)
            derived = self._write_copies(writer, contents) if copied else Derived()
            register = self.ledger.entry(self.request.register, size)
            self._write_papers(writer, contents, derived, note, register)
            built = writer.finish()
        finally:
            writer.close()
        self._work.ended(Work.COPY, Work.PICTURES)
        outcome = self._checked(built)
        built.replace(self.out)
        _sync(self.out.parent)
        self.discard()
        return outcome

    def discard(self) -> None:
        """Remove what an unfinished build left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _plan(self) -> str:
        """Two builds of one plan may share media; anything else begins anew."""
        scope = [[s.stream, s.period.start, s.period.end] for s in self.streams]
        plan = [self.request.id, self.request.register, self.registered, scope]
        return hashlib.sha256(json.dumps(plan).encode()).hexdigest()

    def _provable(self) -> tuple[int, bytes, list[StreamContent]]:
        """The best checkpoint that covers the register entry and the end of each stream; and what each stream holds."""
        why, why_en = "登记记录尚未进入有见证的检查点", "The register entry is not yet in a witnessed checkpoint"
        for size, note in self.ledger.checkpoints(self.request.register):
            heads = [self.ledger.head_after(asked.stream, asked.period.end, size) for asked in self.streams]
            found = [head for head in heads if head is not None]
            if len(found) == len(heads):
                return size, note, [self._content(*pair) for pair in zip(self.streams, found, strict=True)]
            why, why_en = (
                "该时段末尾的链头尚未进入账本",
                "The chain head at the end of the period is not yet in the ledger",
            )
        raise NotYet(
            "package.waiting-checkpoint",
            why,
            text_en=why_en,
            remedy="账本每秒发布一次，稍后自动继续",
            remedy_en="The ledger is published every second; this goes on by itself",
        )

    def _content(self, asked: StreamRequest, head: HeadProof) -> StreamContent:
        last = UtcNs(max(head.t1, asked.period.end) + 1)
        for lead_ns in LEADS_NS:
            around = Period(UtcNs(max(0, min(asked.period.start, head.t1) - lead_ns)), last)
            lines = (line for _, line in self.footage.chain_lines(asked.stream, around))
            try:
                return StreamContent(asked, manifest.excerpt(lines, asked.period, head.head_sha256), head)
            except LocalError as short:
                failure = short
        raise failure

    def _wanted(self, content: StreamContent) -> _Wanted:
        entries = content.excerpt.fragments(content.asked.period)
        return _Wanted(content, entries, self._references(content.asked.stream, entries))

    def _expect(self, wanted: Sequence[_Wanted]) -> bool:
        """Reckon the work; whether playable copies are part of it."""
        media = sum(entry.integer("bytes") for one in wanted for entry in one.entries)
        copied = self.copies is not None and media <= self.copies_up_to_bytes
        whole = round(media * (1 + COPY_OF_ORIGINAL)) if copied else media
        for work, units in ((Work.COPY, whole), (Work.VERIFY, whole), (Work.HASH, whole)):
            self._work.expect(work, units)
        if copied:
            self._work.expect(Work.PICTURES, sum(self._elements(one) for one in wanted))
        self.progress(self._work.now())
        return copied

    def _elements(self, one: _Wanted) -> int:
        """Picture elements of all pictures of a stream."""
        for entry in one.entries:
            if (init := entry.text("init_sha")) not in self._sizes:
                self._sizes[init] = self._picture_size(one.refs.get((entry.epoch, entry.seq)))
        return sum(entry.integer("frames") * self._sizes[entry.text("init_sha")] for entry in one.entries)

    def _picture_size(self, ref: Any) -> int:
        try:
            video = parse_init(self.footage.init(ref)).video if ref is not None else None
        except MingjianError:  # what is unreadable is said when it is written
            video = None
        return video.width * video.height if video is not None else PICTURE_ELEMENTS

    def _did(self, work: Work, units: int) -> None:
        self.progress(self._work.did(work, units, self.clock.monotonic_ns()))

    def _write_originals(self, writer: PackageWriter, wanted: Sequence[_Wanted]) -> None:
        for one in wanted:
            for entry in one.entries:
                self._go_on()
                self._write_fragment(writer, one.content, entry, one.refs.get((entry.epoch, entry.seq)))

    def _write_copies(self, writer: PackageWriter, contents: Sequence[StreamContent]) -> Derived:
        assert self.copies is not None

        def did(frames: int, init: str, kept: bool) -> None:
            elements = frames * self._sizes.get(init, PICTURE_ELEMENTS)
            if kept:
                self._work.kept(Work.PICTURES, elements)
            self._did(Work.PICTURES, 0 if kept else elements)

        hidden = HiddenMark(self.request.register, self.hidden_key) if self.hidden_key else None
        return write_copies(
            self.copies, writer, contents, self.request, self.registered, hidden=hidden, did=did, go_on=self._go_on
        )

    def _references(self, stream: StreamId, entries: Sequence[Entry]) -> dict[tuple[int, int], Any]:
        if not entries:
            return {}
        period = Period(min(e.t0 for e in entries), UtcNs(max(e.t1 for e in entries) + 1))
        found = self.footage.fragments(stream, period)
        return {(ref.epoch, ref.seq): ref for ref in found if hasattr(ref, "seq")}

    def _write_fragment(self, writer: PackageWriter, content: StreamContent, entry: Entry, ref: Any) -> None:
        media, init = manifest.media_name(entry), manifest.init_name(entry)
        try:
            if init not in writer.members:
                writer.add(init, [self._original(self.footage.init, ref, entry.text("init_sha"))])
            if media not in writer.members:
                writer.add(media, [self._original(self.footage.read, ref, entry.text("sha256"))])
        except (Missing, LocalError) as error:
            if error.code.startswith("package."):
                raise
            cause = error.code.rpartition(".")[2]
            content.missing.append({"epoch": entry.epoch, "seq": entry.seq, "cause": cause})
        else:
            content.present.append(entry)

    def _original(self, read: Callable[[Any], bytes], ref: Any, expected: str) -> bytes:
        if ref is None:
            raise Missing("storage.not-held", "该片段已不在存储中", text_en="This fragment is no longer stored")
        data = read(ref)
        if hashlib.sha256(data).hexdigest() != expected:
            raise LocalError(
                "storage.fragment-corrupt",
                "片段与录制时的哈希不符",
                text_en="The fragment does not match the hash taken when it was recorded",
            )
        return data

    def _write_papers(
        self,
        writer: PackageWriter,
        contents: Sequence[StreamContent],
        derived: Derived,
        note: bytes,
        register: LeafProof,
    ) -> None:
        for content in contents:
            writer.add(f"chain/{content.asked.stream}.jsonl", [content.excerpt.file()])
        writer.add("proofs.json", [manifest.proofs(register, contents)])
        writer.add("checkpoint.note", [note])
        writer.add("verify.py", [verifier_source()])
        writer.add("README.zh.txt", [manifest.README.encode()])
        made_at, members = self.clock.now(), list(writer.members.values())

        def paper(timestamp: Mapping[str, str] | None) -> bytes:
            return manifest.manifest(
                request=self.request,
                streams=contents,
                members=members,
                derived=derived,
                timestamp=timestamp,
                signers=self.signers,
                made_at=made_at,
                tool=self.tool,
                sm3=self.sm3,
            )

        said, token = self._stamped(paper)
        writer.add("manifest.json", [said])
        for signer in self.signers:
            writer.add(SIGNATURE_FILES[signer.algorithm], [signer.sign(said)])
        if token is not None:
            writer.add(TIMESTAMP_FILE, [token])

    def _stamped(self, paper: Callable[[Mapping[str, str] | None], bytes]) -> tuple[bytes, bytes | None]:
        """The manifest and the time stamp over it; without one, a manifest that says why."""
        if self.timestamps is None:
            return paper(None), None
        said = paper({"file": TIMESTAMP_FILE})
        try:
            return said, self.timestamps.token(said)
        except (RemoteError, LocalError) as error:
            return paper({"problem": error.code}), None

    def _go_on(self) -> None:
        if self.cancelled():
            raise Refused("package.cancelled", "导出已取消", text_en="The export was cancelled")

    def _checked(self, archive: Path) -> PackageOutcome:
        """What the stand-alone verifier says of the finished archive; LocalError where it must not be released."""
        size = archive.stat().st_size
        for work in (Work.VERIFY, Work.HASH):
            self._work.expect(work, size)
        report = run_verifier(archive, self.anchors, did=lambda done: self._did(Work.VERIFY, done), go_on=self._go_on)
        self._work.ended(Work.VERIFY)
        reason = report.get("reason") or {}
        if report["verdict"] not in RELEASED and not (self.unwitnessed and reason.get("code") == UNWITNESSED):
            unsaid = {
                "file": "",
                "check": report["verdict"],
                "zh": str(reason.get("zh", "")),
                "en": str(reason.get("en", "")),
            }
            first = (report["failures"] or [unsaid])[0]
            raise LocalError(
                "package.not-verified",
                f"证据包自检未通过，未放行：{first['file']} [{first['check']}] {first['zh']}",
                text_en="The evidence package failed its own check and is not released: "
                f"{first['file']} [{first['check']}] {first['en']}",
                remedy="运行 mingjian fsck 与 mingjian ledger verify 查明原因",
                remedy_en="Find the cause with mingjian fsck and mingjian ledger verify",
            )
        streams, stamp = report["streams"], report["timestamp"]
        return PackageOutcome(
            path=self.out,
            sha256=self._hashed(archive),
            size_bytes=size,
            verdict=report["verdict"],
            asked_s={s["stream"]: s["asked_ns"] / SECOND_NS for s in streams},
            missing_s={s["stream"]: s["missing_ns"] / SECOND_NS for s in streams},
            gaps=tuple(report["gaps"]),
            witnesses=len(report["witnesses"]),
            timestamp=iso(UtcNs(stamp["at"] * SECOND_NS)) if "at" in stamp else stamp.get("problem", ""),
        )

    def _hashed(self, archive: Path) -> str:
        digest = hashlib.sha256()
        with archive.open("rb") as file:
            while part := file.read(CHUNK_BYTES):
                digest.update(part)
                self._did(Work.HASH, len(part))
        return digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
