"""Builds an evidence package: originals, chain, proofs, signed manifest, verifier. Released only once it verified.

A build may be killed at any moment; the next one with the same `out` goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

from mingjian.audit.chain import Entry
from mingjian.audit.note import Algorithm, Signer
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import LocalError, Missing, Refused
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.processing import package_manifest as manifest
from mingjian.processing.package_manifest import HeadProof, LeafProof, PackageRequest, StreamContent, StreamRequest
from mingjian.processing.package_zip import CHUNK_BYTES, PackageWriter

DERIVED_UP_TO_BYTES = 200_000_000
"""A playable copy doubles the package; above this it is made only when asked for."""
DERIVED_PART_BYTES = 3 << 30
"""A joined copy is split here: below every 4 GiB limit of file systems and players."""
LEAD_NS = 60 * SECOND_NS
"""How far before the period chain lines are looked for: the entry before it is at most one fragment back."""
VERIFY_BYTES_PER_S = 10_000_000
"""Slowest disk that verifying must allow for, to bound the wait for the verifier."""
SIGNATURE_FILES = {Algorithm.ED25519: "manifest.sig", Algorithm.SM2: "manifest.sm2.sig"}


class Footage(Protocol):
    """`storage.reader.FragmentReader`. Its references are only handed back, so their type is not ours to know."""

    def chain_lines(self, stream: StreamId, period: Period) -> Iterable[tuple[str, bytes]]: ...
    def fragments(self, stream: StreamId, period: Period) -> Iterable[Any]:
        """Things with `epoch` and `seq` are fragments; others are gaps."""
        ...

    def read(self, ref: Any) -> bytes: ...
    def init(self, ref: Any) -> bytes: ...


class LedgerProofs(Protocol):
    """Proofs from the published ledger; each None means that it is not published yet."""

    def checkpoint(self, index: int) -> tuple[int, bytes] | None:
        """Size and note of a checkpoint over entry `index`, with as many witnesses as required."""
        ...

    def entry(self, index: int, size: int) -> LeafProof:
        """Proof of entry `index` under the checkpoint of `size`."""
        ...

    def head_after(self, stream: StreamId, instant: UtcNs, size: int) -> HeadProof | None:
        """The first committed head of `stream` that accounts for time up to `instant`, under that checkpoint."""
        ...


class NotYet(LocalError):
    """The ledger has not published what the package must prove; try again in a few seconds."""


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """A released package. `missing_s` counts what was asked and is not in it."""

    path: Path
    sha256: str
    size_bytes: int
    verdict: str
    asked_s: dict[str, float]
    missing_s: dict[str, float]
    gaps: tuple[dict[str, Any], ...]


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
    derived: bool | None = None
    """None: a playable copy up to `DERIVED_UP_TO_BYTES`."""
    progress: Callable[[int, int], None] = lambda done, total: None
    cancelled: Callable[[], bool] = lambda: False

    @property
    def folder(self) -> Path:
        """Where an unfinished build lies."""
        return self.out.with_name(self.out.name + ".partial")

    def run(self) -> PackageOutcome:
        """Build, verify, release. Raises NotYet, Refused (`package.cancelled`), LocalError; see `package.*` codes.

        What is unfinished stays for the next run, also when cancelled: `discard` removes it.
        """
        if self.out.exists():
            return self._outcome(self.out, self._verify(self.out))
        found = self.ledger.checkpoint(self.request.register)
        if found is None:
            raise _not_yet("登记记录尚未进入有见证的检查点")
        size, note = found
        contents = [self._content(asked, size) for asked in self.streams]
        writer = PackageWriter(self.folder, self._plan())
        try:
            derived = self._write_media(writer, contents)
            register = self.ledger.entry(self.request.register, size)
            self._write_papers(writer, contents, derived, note, register)
            built = writer.finish()
        finally:
            writer.close()
        report = self._verify(built)
        outcome = self._outcome(built, report)
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
        return hashlib.sha256(json.dumps([self.request.id, self.request.register, scope]).encode()).hexdigest()

    def _content(self, asked: StreamRequest, size: int) -> StreamContent:
        head = self.ledger.head_after(asked.stream, asked.period.end, size)
        if head is None:
            raise _not_yet("该时段末尾的链头尚未进入账本")
        first = UtcNs(max(0, asked.period.start - LEAD_NS))
        around = Period(first, UtcNs(max(head.t1, asked.period.end) + 1))
        lines = (line for _, line in self.footage.chain_lines(asked.stream, around))
        return StreamContent(asked, manifest.excerpt(lines, asked.period, head.head_sha256), head)

    def _write_media(self, writer: PackageWriter, contents: Sequence[StreamContent]) -> list[dict[str, Any]]:
        wanted = [(content, content.excerpt.fragments(content.asked.period)) for content in contents]
        media_bytes = sum(entry.integer("bytes") for _, entries in wanted for entry in entries)
        derive = media_bytes <= DERIVED_UP_TO_BYTES if self.derived is None else self.derived
        total, done = media_bytes * (2 if derive else 1), 0
        self.progress(0, total)
        for content, entries in wanted:
            refs = self._references(content.asked.stream, entries)
            for entry in entries:
                self._go_on()
                self._write_fragment(writer, content, entry, refs.get((entry.epoch, entry.seq)))
                done += entry.integer("bytes")
                self.progress(done, total)
        derived: list[dict[str, Any]] = []
        for content in contents if derive else ():
            parts = manifest.derived_parts(content.present, most_bytes=DERIVED_PART_BYTES)
            for number, part in enumerate(parts, 1):
                self._go_on()
                name = f"derived/{content.asked.stream}-{number:03d}.mp4"
                sources = [manifest.init_name(part[0]), *(manifest.media_name(entry) for entry in part)]
                writer.add(name, (piece for source in sources for piece in writer.read(source)))
                derived.append({"name": name, "from": sources})
                done += sum(entry.integer("bytes") for entry in part)
                self.progress(done, total)
        return derived

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
            raise Missing("storage.not-held", "该片段已不在存储中")
        data = read(ref)
        if hashlib.sha256(data).hexdigest() != expected:
            raise LocalError("storage.fragment-corrupt", "片段与录制时的哈希不符")
        return data

    def _write_papers(
        self,
        writer: PackageWriter,
        contents: Sequence[StreamContent],
        derived: Sequence[dict[str, Any]],
        note: bytes,
        register: LeafProof,
    ) -> None:
        for content in contents:
            writer.add(f"chain/{content.asked.stream}.jsonl", [content.excerpt.file()])
        writer.add("proofs.json", [manifest.proofs(register, contents)])
        writer.add("checkpoint.note", [note])
        writer.add("verify.py", [verifier_source()])
        writer.add("README.zh.txt", [manifest.README.encode()])
        paper = manifest.manifest(
            request=self.request,
            streams=contents,
            members=list(writer.members.values()),
            derived=derived,
            signers=self.signers,
            made_at=self.clock.now(),
            tool=self.tool,
        )
        writer.add("manifest.json", [paper])
        for signer in self.signers:
            writer.add(SIGNATURE_FILES[signer.algorithm], [signer.sign(paper)])

    def _go_on(self) -> None:
        if self.cancelled():
            raise Refused("package.cancelled", "导出已取消")

    def _verify(self, archive: Path) -> dict[str, Any]:
        """What the stand-alone verifier says, run as a stranger would: a process of its own."""
        anchors = archive.with_name(archive.name + ".anchors.json")
        anchors.write_bytes(self.anchors)
        try:
            with resources.as_file(resources.files("mingjian.audit") / "verify.py") as program:
                done = subprocess.run(  # noqa: S603 - our interpreter, our file, no shell
                    [sys.executable, "-I", str(program), str(archive), "--trust", str(anchors), "--json"],
                    capture_output=True,
                    timeout=60 + archive.stat().st_size / VERIFY_BYTES_PER_S,
                    check=False,
                )
        finally:
            anchors.unlink()
        try:
            report: dict[str, Any] = json.loads(done.stdout)
        except ValueError as error:
            raise LocalError("package.verifier", "核验程序没有给出结果", remedy="重新导出") from error
        if report["verdict"] not in ("VERIFIED", "VERIFIED WITH GAPS"):
            unsaid = {"file": "", "check": report["verdict"], "zh": str(report.get("reason", ""))}
            first = (report["failures"] or [unsaid])[0]
            raise LocalError(
                "package.not-verified",
                f"证据包自检未通过，未放行：{first['file']} [{first['check']}] {first['zh']}",
                remedy="运行 mingjian fsck 与 mingjian ledger verify 查明原因",
            )
        return report

    def _outcome(self, archive: Path, report: dict[str, Any]) -> PackageOutcome:
        streams = report["streams"]
        return PackageOutcome(
            path=self.out,
            sha256=_file_sha256(archive),
            size_bytes=archive.stat().st_size,
            verdict=report["verdict"],
            asked_s={s["stream"]: s["asked_ns"] / SECOND_NS for s in streams},
            missing_s={s["stream"]: s["missing_ns"] / SECOND_NS for s in streams},
            gaps=tuple(report["gaps"]),
        )


def verifier_source() -> bytes:
    """The stand-alone verifier, as it goes into every package."""
    return (resources.files("mingjian.audit") / "verify.py").read_bytes()


def _not_yet(why: str) -> NotYet:
    return NotYet("package.waiting-checkpoint", why, remedy="账本每秒发布一次，稍后自动继续")


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK_BYTES):
            digest.update(part)
    return digest.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
