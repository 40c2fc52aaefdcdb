"""Where a process's time goes: samples of `perf`, each put into one group by what it was doing."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SAMPLES_PER_SECOND = 997
"""A prime: no timer of the process beats in step with it."""
PATIENCE_S = 60

_IN_KERNEL = (
    ("kernel: receiving", re.compile(r"tcp_|sock_|inet_|_recv|skb|net_rx|ip_rcv|loopback|napi")),
    ("kernel: waiting for events", re.compile(r"epoll|ep_poll|futex|schedule|nanosleep")),
    (
        "kernel: writing and syncing",
        re.compile(r"ext4|fsync|fdatasync|vfs_write|writev|writeback|iomap|xfs|btrfs|blk_"),
    ),
    ("kernel: memory", re.compile(r"page_fault|handle_mm|mmap|munmap|brk|madvise|mremap")),
)
"""The first that any frame of the call chain matches; receiving before waiting, since packets also come in there."""
_COPY = re.compile(r"mem(cpy|move|set|cmp)|avx|erms|sse2_unaligned")
_ALLOCATION = re.compile(r"malloc|free|calloc|realloc")
_HASH = re.compile(r"sha(256|2|1|512)|EVP_|_hashlib", re.IGNORECASE)
_LINE = re.compile(r"\s*[0-9a-f]+ (?P<symbol>.*) \((?P<object>.*)\)$")
Frame = tuple[str, str]
"""Symbol, and the object that it is in."""


def sampled(pid: int, seconds: float, folder: Path) -> dict[str, float] | str:
    """Shares of all samples of `pid` over `seconds`, by group; or why there are none."""
    if shutil.which("perf") is None:
        return "perf is not installed (apt-get install linux-perf)"
    data = folder / "perf.data"
    record = ["perf", "record", "-q", "-g", "-F", str(SAMPLES_PER_SECOND), "-p", str(pid), "-o", str(data)]
    told = subprocess.run(
        [*record, "--", "sleep", f"{seconds:g}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds + PATIENCE_S,
    )
    if told.returncode or not data.exists():
        return f"perf cannot sample here: {' '.join(told.stderr.split())[-200:]}"
    script = subprocess.run(
        ["perf", "script", "-i", str(data), "-F", "ip,sym,dso"],
        capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    found = grouped(script.stdout)
    return found or "perf took no samples"


def grouped(script: str) -> dict[str, float]:
    """What `perf script -F ip,sym,dso` printed, as shares of its samples, the largest first."""
    counted = Counter(group_of(chain) for chain in chains(script))
    samples = sum(counted.values())
    return {group: number / samples for group, number in counted.most_common()}


def chains(script: str) -> Iterator[list[Frame]]:
    """Each sample's frames, the innermost first."""
    for block in script.split("\n\n"):
        found = [match for match in map(_LINE.match, block.splitlines()) if match]
        if found:
            yield [(match["symbol"], match["object"]) for match in found]


def group_of(chain: list[Frame]) -> str:
    """What a sample was doing: by its innermost frame, in the kernel by the first known frame of its chain."""
    symbol, where = chain[0]
    if "kernel" in where or (where.startswith("[") and where != "[unknown]"):
        inside = " ".join(name for name, place in chain if place == where)
        return next((group for group, known in _IN_KERNEL if known.search(inside)), "kernel: other")
    name = where.rpartition("/")[2]
    if "uvloop" in where:
        return "uvloop"
    if "libcrypto" in name or _HASH.search(name) or _HASH.search(symbol):
        return "hash"
    if name.startswith(("libc.so", "libc-")):
        if _COPY.search(symbol):
            return "libc: memory copies"
        return "libc: allocation" if _ALLOCATION.search(symbol) else "libc: other"
    if "python" in name:
        return "interpreter"
    return "other"


def table(found: dict[str, float] | str) -> str:
    """Markdown; a reason is told as a sentence."""
    if isinstance(found, str):
        return f"No profile: {found}.\n"
    rows = "\n".join(f"| {group} | {share:.1%} |" for group, share in found.items())
    return f"| where Mingjian's time goes | share |\n|---|---:|\n{rows}\n"
