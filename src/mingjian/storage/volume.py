"""A volume is a directory that says, signed, what it is; nothing is ever written to one that does not (S11).

An unmounted disk leaves an empty mount point: without this check the system disk would fill instead.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum

from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid, LocalError, Refused
from mingjian.storage.ports import Disk, IdentitySigner, IdentityVerifier

IDENTITY_FILE = "mingjian-volume.json"
MAX_IDENTITY_BYTES = 8192
"""An identity is some 400 bytes; more is not one."""
_CHOOSE_EMPTY = ("选择空目录，或先移走其中的文件", "choose an empty directory")
_MOUNT_OR_MARK = ("挂载磁盘，或用命令标识新存储卷", "mount the disk, or mark a new volume")
_CHECK_MOUNT = ("检查存储卷登记与磁盘挂载", "check the volume registration and the mounts")
_DOMAIN = b"mingjian-volume-v1\n"
"""Signed in front of the body, so that no other signature of the same key can pass for an identity."""


class VolumeKind(StrEnum):
    """`throw-away` is for demonstration, tests and bench: a real installation refuses it."""

    STANDARD = "standard"
    THROW_AWAY = "throw-away"


@dataclass(frozen=True, slots=True)
class VolumeIdentity:
    """What a volume is. Floor and ceiling are the caller's figures: the law is data, not code of this room."""

    id: str
    kind: VolumeKind
    installation: str
    created: UtcNs
    floor_s: int
    ceiling_s: int
    max_bytes: int = 0
    """0: as large as its file system."""

    def __post_init__(self) -> None:
        if not 0 < self.floor_s <= self.ceiling_s:
            raise Invalid(
                "volume.terms",
                f"保存下限 {self.floor_s} 秒须为正且不超过上限 {self.ceiling_s} 秒",
                field="floor_s",
                text_en=f"floor {self.floor_s} s must be positive and at most the ceiling {self.ceiling_s} s",
            )
        if self.kind is VolumeKind.THROW_AWAY and self.max_bytes <= 0:
            raise Invalid(
                "volume.unbounded",
                "一次性存储卷必须限定大小",
                field="max_bytes",
                text_en="a throw-away volume must be bounded",
            )

    @property
    def floor_ns(self) -> int:
        return self.floor_s * SECOND_NS

    @property
    def ceiling_ns(self) -> int:
        return self.ceiling_s * SECOND_NS


@dataclass(frozen=True, slots=True)
class Volume:
    """An opened volume: its identity was found and verified at `root` (absolute, no trailing slash)."""

    root: str
    identity: VolumeIdentity

    @property
    def id(self) -> str:
        return self.identity.id

    def path(self, relative: str) -> str:
        """The absolute path of something inside. Raises Invalid for a name that would lead outside."""
        if relative.startswith("/") or "\0" in relative or ".." in relative.split("/"):
            raise Invalid(
                "volume.path-outside",
                f"路径 {relative!r} 不在存储卷内",
                field="path",
                text_en=f"{relative!r} leads outside the volume",
            )
        return f"{self.root}/{relative}"


def encode_identity(identity: VolumeIdentity, signer: IdentitySigner) -> bytes:
    """The identity file: the body as text, the public key, the signature over domain and body."""
    body = json.dumps(asdict(identity), sort_keys=True, separators=(",", ":"))
    signature = signer.sign(_DOMAIN + body.encode())
    document = {"body": body, "key": signer.public_key.hex(), "signature": signature.hex()}
    return (json.dumps(document, indent=1) + "\n").encode()


def parse_identity(data: bytes, verifier: IdentityVerifier, trusted_keys: Collection[bytes]) -> VolumeIdentity:
    """The identity in `data`. Raises Refused when it is not well formed, not well signed or not by a trusted key."""
    try:
        if len(data) > MAX_IDENTITY_BYTES:
            raise ValueError("too long")
        document = json.loads(data)
        body = str(document["body"])
        signed = _DOMAIN + body.encode()
        key, signature = bytes.fromhex(document["key"]), bytes.fromhex(document["signature"])
        fields = json.loads(body)
        identity = VolumeIdentity(**{**fields, "kind": VolumeKind(fields["kind"])})
    except (ValueError, KeyError, TypeError, RecursionError, Invalid):
        raise _refused("volume.identity-unreadable", "存储卷标识文件已损坏", "the identity file is damaged") from None
    if key not in trusted_keys:
        raise _refused(
            "volume.foreign",
            "存储卷由另一套系统标识，本系统不信任其密钥",
            "marked by a system whose key is not trusted",
        )
    if not verifier.verify(key, signed, signature):
        raise _refused("volume.bad-signature", "存储卷标识的签名不符", "the identity's signature is wrong")
    return identity


def signing_key(data: bytes) -> bytes:
    """The key that an identity file claims to be signed with; empty when it cannot be read. Says nothing of trust."""
    try:
        return bytes.fromhex(json.loads(data)["key"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return b""


def create(disk: Disk, root: str, identity: VolumeIdentity, signer: IdentitySigner) -> Volume:
    """Marks the empty or new directory `root`. Raises Refused when anything is in it already."""
    disk.make_directory(root)
    if [entry for entry in disk.list(root) if entry.name != "lost+found"]:
        raise _refused(
            "volume.not-empty", f"目录 {root} 不是空目录，不能标识为存储卷", f"{root} is not empty", _CHOOSE_EMPTY
        )
    handle = disk.create_exclusive(f"{root}/{IDENTITY_FILE}")
    try:
        disk.append(handle, [encode_identity(identity, signer)])
        disk.fdatasync(handle)
    finally:
        disk.close(handle)
    disk.fsync_directory(root)
    return Volume(root, identity)


def open_volume(
    disk: Disk,
    root: str,
    verifier: IdentityVerifier,
    trusted_keys: Collection[bytes],
    *,
    expected_id: str | None = None,
    throw_away_allowed: bool,
) -> Volume:
    """The volume at `root`. Refused: an unmarked directory, a wrong id, or a throw-away volume in a real house."""
    root = root.rstrip("/")
    size = disk.size(f"{root}/{IDENTITY_FILE}")
    if size is None:
        raise _refused(
            "volume.unmarked",
            f"目录 {root} 没有存储卷标识，可能是磁盘未挂载",
            f"{root} bears no identity",
            _MOUNT_OR_MARK,
        )
    try:
        data = disk.read(f"{root}/{IDENTITY_FILE}", 0, MAX_IDENTITY_BYTES + 1)
    except OSError as error:
        raise unreadable(root, error) from error
    identity = parse_identity(data, verifier, trusted_keys)
    if expected_id is not None and identity.id != expected_id:
        raise _refused(
            "volume.wrong-id",
            f"目录 {root} 上是存储卷 {identity.id}，应为 {expected_id}",
            f"{root} is {identity.id}, not {expected_id}",
        )
    refuse_throw_away(identity, allowed=throw_away_allowed)
    return Volume(root, identity)


def unreadable(root: str, error: OSError) -> LocalError:
    """The system refuses to read what stands at `root`."""
    return LocalError(
        "volume.unreadable",
        f"存储卷 {root} 读取失败（errno {error.errno}）",
        remedy="检查磁盘",
        field="volume",
        text_en=f"volume {root} cannot be read (errno {error.errno})",
        remedy_en="check the disk",
    )


def still_there(disk: Disk, volume: Volume) -> bool:
    """Whether the identity verified at opening still stands at the volume's root: an empty mount point bears none.

    Cheap enough for every commit; never raises. Signature and trust were judged when the volume was opened.
    """
    try:
        document = json.loads(disk.read(f"{volume.root}/{IDENTITY_FILE}", 0, MAX_IDENTITY_BYTES))
        return bool(json.loads(document["body"])["id"] == volume.id)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


def refuse_throw_away(identity: VolumeIdentity, *, allowed: bool) -> None:
    """Raises Refused for a throw-away volume unless this house is itself one (demonstration, test, bench)."""
    if identity.kind is VolumeKind.THROW_AWAY and not allowed:
        raise _refused(
            "volume.throw-away", "一次性存储卷只供演示和测试，正式系统拒绝使用", "a throw-away volume is refused here"
        )


def _refused(code: str, text: str, text_en: str, remedy: tuple[str, str] = _CHECK_MOUNT) -> Refused:
    return Refused(code, text, remedy=remedy[0], field="volume", text_en=text_en, remedy_en=remedy[1])
