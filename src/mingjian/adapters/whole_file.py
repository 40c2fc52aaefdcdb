"""Small files of an installation that are there whole or not at all, and locks that its processes share."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

PRIVATE = 0o600
"""For the installation's own account alone: keys, passwords and places of volumes are among them."""


def put(path: Path, data: bytes) -> None:
    """`path` holds `data` durably on return; a crash leaves the old content or the new one.

    Raises OSError: then the old content stands, unless the disk refused the last sync alone. Writers of one path must
    exclude one another.
    """
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fdatasync(descriptor)
    fresh.replace(path)
    sync_directory(path.parent)


def sync_directory(folder: Path) -> None:
    """Names made, replaced and removed in `folder` are durable on return."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def held(lock: Path) -> Iterator[None]:
    """Alone among all who hold `lock`, threads and processes; it falls with the process."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
