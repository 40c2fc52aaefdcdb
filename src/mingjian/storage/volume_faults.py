"""What is wrong with a volume that should take footage, from the system's word, with what to do, in both languages."""

from __future__ import annotations

import errno
from enum import StrEnum

from mingjian.kernel.errors import LocalError
from mingjian.storage.volume import Volume
from mingjian.storage.watched_disk import NO_ANSWER


class Fault(StrEnum):
    """Each is one thing to do for whoever runs the machine."""

    FULL = "full"
    NO_NAMES = "no-names"
    QUOTA = "quota"
    READ_ONLY = "read-only"
    BROKEN = "broken"
    AWAY = "away"
    SLOW = "slow"
    HUNG = "hung"


_BY_ERRNO = {
    errno.ENOSPC: Fault.FULL,
    errno.EFBIG: Fault.FULL,
    errno.EDQUOT: Fault.QUOTA,
    errno.EROFS: Fault.READ_ONLY,
    errno.ENODEV: Fault.AWAY,
    errno.ENOENT: Fault.AWAY,
    NO_ANSWER: Fault.HUNG,
}

_WORDS: dict[Fault, tuple[str, str, str, str]] = {
    Fault.FULL: (
        "存储卷 {root} 已满，新的录像写不进去；已有录像不会为腾空间而删除",
        "volume {root} is full and takes no new footage; nothing is deleted to make room",
        "增加存储卷，或移走其中不属于录像的文件",
        "add a volume, or move away what on it is no footage",
    ),
    Fault.NO_NAMES: (
        "存储卷 {root} 的文件数已到上限（inode 用尽），不能再建录像文件",
        "volume {root} can hold no more files (no free inodes)",
        "移走其中不属于录像的小文件，或增加存储卷",
        "move away small files that are no footage, or add a volume",
    ),
    Fault.QUOTA: (
        "存储卷 {root} 的磁盘配额已用尽",
        "the disk quota of volume {root} is used up",
        "提高录像服务账户的配额，或增加存储卷",
        "raise the quota of the recording account, or add a volume",
    ),
    Fault.READ_ONLY: (
        "存储卷 {root} 已变为只读，通常是文件系统发现了磁盘错误",
        "volume {root} has gone read-only, usually because its file system met a disk error",
        "查看系统日志，检查磁盘；修复后重新挂载为可写",
        "look into the system log and check the disk; mount it writable again when it is mended",
    ),
    Fault.BROKEN: (
        "存储卷 {root} 写入出错（{said}）",
        "writing to volume {root} fails ({said})",
        "查看系统日志，检查或更换磁盘",
        "look into the system log, check or replace the disk",
    ),
    Fault.AWAY: (
        "存储卷 {root} 不在原处，可能已被卸载或换成了别的磁盘",
        "volume {root} is not in its place: unmounted, or another disk stands there",
        "重新挂载该存储卷的磁盘",
        "mount the disk of this volume again",
    ),
    Fault.SLOW: (
        "存储卷 {root} 写入太慢，等待写入的录像已超出上限，放不下的记为缺口",
        "volume {root} writes too slowly: more footage waits than may, what does not fit is a gap",
        "检查磁盘和占用磁盘的其他程序，或把部分摄像机移到别的存储卷",
        "check the disk and what else uses it, or move cameras to another volume",
    ),
    Fault.HUNG: (
        "存储卷 {root} 没有响应（{said}），录像已转往其他存储卷；没有其他可用存储卷时记为缺口",
        "volume {root} gives no answer ({said}): footage goes to another volume, or is a gap where there is none",
        "检查磁盘、连线或网络存储；恢复响应后会自动重新使用",
        "check the disk, its cable or the network storage; it is used again once it answers",
    ),
}


def fault_of(error: OSError) -> Fault:
    """What the system's answer to a write means for the volume."""
    return _BY_ERRNO.get(error.errno or 0, Fault.BROKEN)


def word_of(error: OSError) -> str:
    """The system's own word, as maintainers search it: `ENOSPC`."""
    return errno.errorcode.get(error.errno or 0, "EIO")


def told(fault: Fault, volume: Volume, said: str) -> LocalError:
    """The fault as users read it; `said` is the system's own word."""
    return told_at(fault, volume.root, said)


def told_at(fault: Fault, root: str, said: str) -> LocalError:
    """The same of a place where no volume could be opened."""
    text, text_en, remedy, remedy_en = _WORDS[fault]
    return LocalError(
        f"volume.{fault}",
        text.format(root=root, said=said),
        text_en=text_en.format(root=root, said=said),
        remedy=remedy,
        remedy_en=remedy_en,
        field="volume",
    )
