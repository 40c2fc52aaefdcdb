"""What a package says about itself, and which part of a chain it carries. Pure: values in, values out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from mingjian.audit.chain import COVERING, NO_HASH, Entry, EntryKind, parse
from mingjian.audit.note import Signer, VerifierKey
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.processing.package_zip import Stored

FORMAT = "mingjian.package"
VERSION = 1


@dataclass(frozen=True, slots=True)
class PackageRequest:
    """Why and for whom the copy is made, as approved; `register` is the ledger index of the copy's register entry."""

    id: str
    number: str
    register: int
    purpose: str
    destination: str
    legal_basis: str
    organ: str
    requester: str
    approver: str
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StreamRequest:
    """One stream and the footage asked of it."""

    stream: StreamId
    camera: str
    place: str
    period: Period


@dataclass(frozen=True, slots=True)
class LeafProof:
    """A ledger entry's bytes and its path to the root of the checkpoint."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]

    def content(self) -> dict[str, Any]:
        return {"index": self.index, "leaf": self.leaf.decode(), "path": [item.hex() for item in self.path]}


@dataclass(frozen=True, slots=True)
class HeadProof:
    """A stream's head, its place in the batch, and the ledger entry that holds the batch's root."""

    head: bytes
    batch_index: int
    batch_size: int
    batch_path: tuple[bytes, ...]
    entry: LeafProof

    @property
    def head_sha256(self) -> str:
        value: str = json.loads(self.head)["head"]
        return value

    @property
    def t1(self) -> int:
        value: int = json.loads(self.head)["t1"]
        return value

    def content(self) -> dict[str, Any]:
        path = [item.hex() for item in self.batch_path]
        batch = {"index": self.batch_index, "size": self.batch_size, "path": path}
        return self.entry.content() | {"head": self.head.decode(), "batch": batch}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The chain lines of one stream that a package carries, linked without a break up to a committed head."""

    entries: tuple[Entry, ...]

    def fragments(self, period: Period) -> list[Entry]:
        """The FRAG entries whose media belong in the package: those in the period, each from its key frame on."""
        chosen: set[tuple[int, int]] = set()
        for entry in self.entries:
            if entry.kind is EntryKind.FRAG and entry.t0 < period.end and period.start < entry.t1:
                first = entry.integer("key") or entry.seq
                chosen.update((entry.epoch, seq) for seq in range(first, entry.seq + 1))
        return [e for e in self.entries if e.kind is EntryKind.FRAG and (e.epoch, e.seq) in chosen]

    def file(self) -> bytes:
        return b"".join(entry.line + b"\n" for entry in self.entries)


@dataclass
class StreamContent:
    """What became of one stream while building."""

    asked: StreamRequest
    excerpt: Excerpt
    head: HeadProof
    missing: list[dict[str, Any]] = field(default_factory=list)
    present: list[Entry] = field(default_factory=list)


@dataclass
class Derived:
    """The playable copies, and those that could not be made."""

    made: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)


def excerpt(lines: Iterable[bytes], period: Period, head_sha256: str) -> Excerpt:
    """From `lines` of one stream, the linked run that ends in the committed head and begins before `period`.

    Walks back from the head, so what a crash left unacknowledged falls away. Raises LocalError where the head is not
    among the lines (`package.head-missing`) or they do not reach back to the period's start (`package.chain-short`).
    """
    by_hash = {sha256(line).hexdigest(): line for line in lines}
    current = by_hash.get(head_sha256)
    if current is None:
        raise LocalError(
            "package.head-missing",
            "账本登记的链头不在链文件中",
            text_en="The chain head in the ledger is not in the chain file",
            remedy="运行 mingjian fsck",
            remedy_en="Run mingjian fsck",
        )
    run: list[Entry] = []
    begun, needed = False, (-1, 0)
    while current is not None:
        entry = parse(current)
        run.append(entry)
        if entry.kind is EntryKind.FRAG and entry.t0 < period.end and period.start < entry.t1 and entry.integer("key"):
            needed = (entry.epoch, entry.integer("key"))
        begun = begun or (entry.kind in COVERING and entry.t1 <= period.start)
        if begun and (entry.epoch != needed[0] or entry.seq <= needed[1]):
            break
        current = by_hash.get(entry.prev)
    reached = any(entry.kind in COVERING and entry.t0 <= period.start for entry in run)
    if not reached and run[-1].prev != NO_HASH:
        raise LocalError(
            "package.chain-short",
            "链文件没有接到该时段开始之前",
            text_en="The chain does not reach back to the start of the period",
            remedy="运行 mingjian fsck",
            remedy_en="Run mingjian fsck",
        )
    return Excerpt(tuple(reversed(run)))


def media_name(entry: Entry) -> str:
    return f"media/{entry.stream}/{entry.epoch:06d}-{entry.seq:09d}.m4s"


def init_name(entry: Entry) -> str:
    return f"media/{entry.stream}/init-{entry.text('init_sha')[:12]}.mp4"


def manifest(
    *,
    request: PackageRequest,
    streams: Sequence[StreamContent],
    members: Iterable[Stored],
    derived: Derived,
    timestamp: Mapping[str, str] | None,
    signers: Sequence[Signer],
    made_at: int,
    tool: str,
    sm3: bool,
) -> bytes:
    """`manifest.json`: sorted, indented for people; signatures and time stamp are over exactly these bytes.

    `timestamp`: None where none was asked for, its `file`, or the `problem` that prevented it.
    """
    about = asdict(request)
    value = {
        "format": FORMAT,
        "v": VERSION,
        "made_at": made_at,
        "tool": tool,
        "register": about.pop("register"),
        "request": about,
        "streams": [
            {
                "stream": content.asked.stream,
                "camera": content.asked.camera,
                "place": content.asked.place,
                "t0": content.asked.period.start,
                "t1": content.asked.period.end,
                "missing": content.missing,
            }
            for content in streams
        ],
        "hashes": ["sha256", "sm3"] if sm3 else ["sha256"],
        "files": [
            {"name": m.name, "bytes": m.size, "sha256": m.sha256} | ({"sm3": m.sm3} if sm3 else {}) for m in members
        ],
        "derived": derived.made,
        "derived_failed": derived.failed,
        "timestamp": timestamp,
        "signatures": [str(signer.algorithm) for signer in signers],
        "keys": [VerifierKey.of(signer).line() for signer in signers],
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def proofs(register: LeafProof, streams: Sequence[StreamContent]) -> bytes:
    """`proofs.json`: from each stream's head and from the register entry to the checkpoint."""
    value = {
        "register": register.content(),
        "heads": {str(content.asked.stream): content.head.content() for content in streams},
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


def derived_parts(entries: Sequence[Entry], *, most_bytes: int) -> list[list[Entry]]:
    """Runs of fragments that one player can play through: one initialisation, time going forward, bounded size."""
    parts: list[list[Entry]] = []
    size, ends = 0, 0
    for entry in entries:
        last = parts[-1][-1] if parts else None
        starts, length = entry.integer("pts0"), entry.integer("bytes")
        if (
            last is None
            or last.text("init_sha") != entry.text("init_sha")
            or starts < ends
            or size + length > most_bytes
        ):
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += length
        ends = starts + entry.integer("dur")
    return parts


README = """\
明鉴证据包  Mingjian evidence package

一、内容
  manifest.json        清单：申请、审批、在场人员、视频流、时段、每个文件的长度、SHA-256 与 SM3
  manifest.sig         清单的 Ed25519 签名；manifest.sm2.sig（如有）为 SM2 签名
  manifest.tsr（如有） 时间戳机构对清单签发的时间戳（RFC 3161）
  media/               原始录像片段，与录制时逐字节相同，未加水印；证据以此为准
  derived/（如有）     由上述片段转码的可播放副本，画面上有申请编号、登记号、领取人和制作时间；不是证据原件
  chain/               每路视频的链：片段、缺口及原因
  proofs.json          由链头、登记记录到账本检查点的证明
  checkpoint.note      账本检查点及见证方签名
  verify.py            独立核验程序，只需 Python 3.8 以上

二、核验
  1. 从主管机关（网站、纸质公告等）取得信任锚 anchors.json，不要使用随包送来的文件；
  2. 最好从主管机关取得 verify.py，而不用包内的这一份；
  3. 运行  python3 verify.py package.zip --trust anchors.json
  结果：0 核验通过；1 核验不通过（指出文件与检查项）；2 核验通过但录像有缺口（列出缺口）；3 无法判定。
  没有核对的内容（例如本机不支持 SM3）会逐项说明。

三、没有可播放副本时
  把同一 init 文件与其后的片段按顺序拼接即可播放，例如  cat media/<流>/init-*.mp4 media/<流>/*.m4s > play.mp4

Verification: take anchors.json (and preferably verify.py) from the authority, never from the package, then run
  python3 verify.py package.zip --trust anchors.json
Exit status: 0 VERIFIED, 1 NOT VERIFIED, 2 VERIFIED WITH GAPS, 3 CANNOT DECIDE. What was not checked is said.
Files in derived/ are transcoded copies that bear a visible mark; the evidence is media/, which bears none.
"""
