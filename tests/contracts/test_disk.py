"""What every disk promises, asked of the real one and of the one in memory."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mingjian.adapters.disk import BULKY_BYTES, OsDisk
from mingjian.storage.ports import Disk
from simulation.disk import SimDisk
from storage_world import FakeDisk


@pytest.fixture(params=[OsDisk, FakeDisk, SimDisk])
def disk(request: pytest.FixtureRequest) -> Disk:
    make: Callable[[], Disk] = request.param
    return make()


@pytest.fixture
def root(disk: Disk, tmp_path: Path) -> str:
    path = f"{tmp_path}/a/b"
    disk.make_directory(path)
    return path


def write(disk: Disk, path: str, *buffers: bytes) -> None:
    handle = disk.create_exclusive(path)
    disk.append(handle, buffers)
    disk.fdatasync(handle)
    disk.close(handle)


def test_appended_bytes_are_at_the_end_in_order(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"one", b"", b"two")
    handle = disk.open_append(f"{root}/x")
    disk.append(handle, [b"three"] * 1500)
    disk.close(handle)
    assert disk.read(f"{root}/x", 0, 11) == b"onetwothree"
    assert disk.size(f"{root}/x") == 6 + 5 * 1500


def test_reading_past_the_end_gives_what_is_there(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"abc")
    assert disk.read(f"{root}/x", 1, 100) == b"bc"
    assert disk.read(f"{root}/x", 9, 100) == b""


def test_a_name_is_created_once(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"abc")
    with pytest.raises(FileExistsError):
        disk.create_exclusive(f"{root}/x")
    with pytest.raises(FileNotFoundError):
        disk.create_exclusive(f"{root}/nowhere/x")


def test_what_is_absent_has_no_size_and_no_bytes(disk: Disk, root: str) -> None:
    assert disk.size(f"{root}/x") is None
    assert disk.list(f"{root}/x") == []
    assert disk.changed_ns(f"{root}/x") == 0
    with pytest.raises(FileNotFoundError):
        disk.read(f"{root}/x", 0, 1)
    with pytest.raises(FileNotFoundError):
        disk.open_append(f"{root}/x")


def test_a_directory_lists_sorted_and_shows_change(disk: Disk, root: str) -> None:
    before = disk.changed_ns(root)
    disk.make_directory(f"{root}/d")
    write(disk, f"{root}/b", b"")
    write(disk, f"{root}/a", b"")
    assert [(entry.name, entry.is_directory) for entry in disk.list(root)] == [("a", False), ("b", False), ("d", True)]
    assert disk.changed_ns(root) != before


def test_truncation_keeps_the_beginning(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"abcdef")
    disk.truncate(f"{root}/x", 2)
    assert disk.read(f"{root}/x", 0, 10) == b"ab"


def test_renaming_never_replaces(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"1")
    write(disk, f"{root}/y", b"2")
    with pytest.raises(FileExistsError):
        disk.rename(f"{root}/x", f"{root}/y")
    disk.rename(f"{root}/x", f"{root}/z")
    assert (disk.size(f"{root}/x"), disk.read(f"{root}/z", 0, 1)) == (None, b"1")


def test_unlinking_takes_the_name_away(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", b"1")
    disk.unlink(f"{root}/x")
    assert disk.size(f"{root}/x") is None


def test_a_lock_is_held_by_one(disk: Disk, root: str) -> None:
    held = disk.lock(f"{root}/writer.lock")
    with pytest.raises(BlockingIOError):
        disk.lock(f"{root}/writer.lock")
    disk.close(held)
    disk.close(disk.lock(f"{root}/writer.lock"))


def test_a_lock_guards_the_file_in_its_place_and_no_other(disk: Disk, root: str) -> None:
    path = f"{root}/writer.lock"
    held = disk.lock(path)
    assert disk.guards(held, path)
    disk.rename(path, f"{root}/elsewhere")
    assert not disk.guards(held, path), "nobody is kept away by it"
    other = disk.lock(path)
    assert (disk.guards(other, path), disk.guards(held, path)) == (True, False)


def test_what_is_forgotten_reads_as_it_stands_on_the_medium(disk: Disk, root: str) -> None:
    write(disk, f"{root}/x", bytes(BULKY_BYTES), b"one line")
    handle = disk.open_append(f"{root}/x")
    disk.append(handle, [b"another"])
    disk.fdatasync(handle)
    if isinstance(disk, OsDisk):
        assert disk.read(f"{root}/x", 0, 1) == bytes(1)
        assert is_cached(Path(root, "x"))
    disk.forget(handle)
    if isinstance(disk, OsDisk):
        assert not is_cached(Path(root, "x"))
    disk.close(handle)
    assert disk.read(f"{root}/x", BULKY_BYTES, 99) == b"one lineanother"


def test_space_is_told(disk: Disk, root: str) -> None:
    found = disk.space(root)
    assert 0 < found.free_bytes <= found.total_bytes
    assert found.names is None or 0 < found.names.free <= found.names.total


def test_a_full_disk_raises_enospc() -> None:
    """/dev/full answers as a full file system does."""
    disk = OsDisk()
    handle = disk.open_append("/dev/full")
    with pytest.raises(OSError, match="No space") as refusal:
        disk.append(handle, [b"x"])
    disk.close(handle)
    assert refusal.value.errno == errno.ENOSPC


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"secret")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    disk = OsDisk()
    for act in (disk.open_append, lambda path: disk.read(path, 0, 1), lambda path: disk.truncate(path, 0)):
        with pytest.raises(OSError, match="link"):
            act(f"{tmp_path}/link")


def is_cached(path: Path) -> bool:
    """Whether the file's first bytes can be read without asking the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.preadv(descriptor, [bytearray(1)], 0, os.RWF_NOWAIT) == 1
    except BlockingIOError:
        return False
    except OSError as failure:
        pytest.skip(f"the file system under {path.parent} does not tell what is cached: {failure}")
    finally:
        os.close(descriptor)


def test_durable_footage_leaves_the_page_cache_and_chain_lines_stay(tmp_path: Path) -> None:
    disk = OsDisk()
    footage, chain = tmp_path / "footage", tmp_path / "chain"
    for path, data in ((footage, bytes(BULKY_BYTES)), (chain, b"one line")):
        handle = disk.create_exclusive(str(path))
        disk.append(handle, [data])
        assert is_cached(path)
        disk.fdatasync(handle)
        disk.close(handle)
    assert not is_cached(footage)
    assert is_cached(chain)
    assert disk.read(str(footage), 0, BULKY_BYTES) == bytes(BULKY_BYTES)
