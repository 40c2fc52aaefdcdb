"""Whether a volume that failed takes writes again: asked with one small file, so that asking leaves nothing behind."""

from __future__ import annotations

from mingjian.storage.layout import WRITE_TRIAL
from mingjian.storage.ports import Disk
from mingjian.storage.volume import Volume, still_there

TRIAL = bytes(4096)
"""One block: less might fit into one that is there already."""
TRIAL_MAX_BYTES = 256 * 1024
"""Then the file begins anew."""


def takes_writes(disk: Disk, volume: Volume) -> OSError | None:
    """None where the volume took and synced a block just now, else what it said."""
    path = volume.path(WRITE_TRIAL)
    try:
        if not still_there(disk, volume):
            return FileNotFoundError(path)
        size = disk.size(path)
        if size is not None and size >= TRIAL_MAX_BYTES:
            disk.truncate(path, 0)
        handle = disk.create_exclusive(path) if size is None else disk.open_append(path)
        try:
            disk.append(handle, [TRIAL])
            disk.fdatasync(handle)
        finally:
            disk.close(handle)
    except OSError as error:
        return error
    return None
