"""The published ledger as files: C2SP tlog-tiles in a directory, written so that a crash leaves nothing false.

Each file appears whole or not at all (fresh name, fsync, rename, fsync of the directory); tiles never change, the
checkpoint is replaced last. A file of the wrong length counts as missing and is written again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Container, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from mingjian.audit.ledger import TILE_LEVELS, TILE_WIDTH, Tile
from mingjian.audit.merkle import HASH_BYTES, node_hash
from mingjian.kernel.errors import LocalError

CHECKPOINT = "checkpoint"
FILE_MODE = 0o640
"""The service's group (the web process of the same account, a backup) may read; nothing here is secret to auditors."""
CACHED_TILES = 64
"""A proof touches one tile a level, 8 at most for any real ledger; 64 of 8 KiB are half a megabyte."""


SYNCED_TOGETHER = 8
"""Files that wait for the medium at once: a file system's journal takes them in one commit instead of one each."""


class Files(Protocol):
    """The few file calls that crash safety rests on."""

    def read(self, path: Path) -> bytes | None:
        """The content, or None where there is no such file."""
        ...

    def write(self, path: Path, data: bytes) -> None:
        """Create or overwrite `path` and return once its content is durable; directories are made."""
        ...

    def write_all(self, contents: Mapping[Path, bytes]) -> None:
        """`write` of each, in any order. Where one fails, any of them may be there."""
        ...

    def replace(self, source: Path, target: Path) -> None: ...

    def sync_directory(self, path: Path) -> None: ...

    def remove_tree(self, path: Path) -> None:
        """Remove a directory with its files; a missing one is fine."""
        ...


class OsFiles:
    """`Files` of the operating system."""

    def read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, path: Path, data: bytes) -> None:
        self._make(path.parent)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fdatasync(descriptor)

    def write_all(self, contents: Mapping[Path, bytes]) -> None:
        if len(contents) == 1:
            ((path, data),) = contents.items()
            self.write(path, data)
            return
        with ThreadPoolExecutor(SYNCED_TOGETHER) as pool:
            for done in [pool.submit(self.write, path, data) for path, data in contents.items()]:
                done.result()

    def replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def sync_directory(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove_tree(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path)

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        self.sync_directory(folder.parent)


class FileTiles:
    """Tiles, bundles and the checkpoint under one directory."""

    def __init__(self, root: Path, files: Files | None = None) -> None:
        self._root = root
        self._files = files or OsFiles()
        self._durable: set[Path] = set()
        """Folders whose names were synced by this process; it syncs itself what it makes afterwards."""

    def tile(self, tile: Tile) -> bytes | None:
        """A tile or bundle; None where it is missing or, for a hash tile, not of its length."""
        data = self._files.read(self._root / tile.path())
        if data is not None and tile.level is not None and len(data) != tile.width * HASH_BYTES:
            return None
        return data

    def put(self, tiles: Mapping[Tile, bytes], *, signed: int) -> None:
        """Store tiles durably, and then remove the partial forms of those that are full (C2SP tlog-tiles).

        The same content again is no change. `signed` is the size of the last signed head. Raises LocalError
        (`ledger.tile-changed`) where a signed head covers a tile of another content: what was published is never
        overwritten. What a crash left beyond it was never promised: it may be there and yet not be durable.
        """
        changed = {self._root / tile.path(): data for tile, data in tiles.items() if self._changes(tile, data, signed)}
        self._write(changed)
        self._settle({self._root / tile.path() for tile in tiles if not _covered(tile, signed)}, changed)
        for tile in tiles:
            if tile.width == TILE_WIDTH:
                path = self._root / tile.path()
                self._files.remove_tree(path.with_name(path.name + ".p"))

    def _changes(self, tile: Tile, data: bytes, signed: int) -> bool:
        present = self._files.read(self._root / tile.path())
        if present == data:
            return False
        if present is not None and len(present) == len(data) and _covered(tile, signed):
            raise LocalError(
                "ledger.tile-changed",
                f"账本文件 {tile.path()} 与数据库内容不符",
                text_en=f"The ledger file {tile.path()} differs from the database",
                remedy="停止服务，用 mingjian ledger verify 和备份核对哪一份被改动",
                remedy_en="Stop the service; find out which was changed with mingjian ledger verify and a backup",
            )
        return True

    def checkpoint(self) -> bytes | None:
        return self._files.read(self._root / CHECKPOINT)

    def put_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint durably."""
        self._write({self._root / CHECKPOINT: note})

    def reader(self, size: int) -> Callable[[int, int], bytes]:
        """A `merkle.NodeReader` of the tree of `size` leaves. It raises LocalError where a tile is missing."""
        cache: dict[Tile, list[bytes]] = {}

        def hashes(level: int, index: int) -> list[bytes]:
            width = min(TILE_WIDTH, (size >> TILE_LEVELS * level) - index * TILE_WIDTH)
            tile = Tile(level, index, width)
            if tile not in cache:
                data = self.tile(tile) or self.tile(Tile(level, index))
                if data is None:
                    raise LocalError(
                        "ledger.tile-missing",
                        f"账本文件缺失: {tile.path()}",
                        text_en=f"A ledger file is missing: {tile.path()}",
                        remedy="重启保管进程，它会由数据库重建",
                        remedy_en="Restart the keeper process; it rebuilds the file from the database",
                    )
                if len(cache) >= CACHED_TILES:
                    cache.pop(next(iter(cache)))
                cache[tile] = [data[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]
            return cache[tile]

        def node(level: int, index: int) -> bytes:
            tile_level, height = divmod(level, TILE_LEVELS)
            first = index << height
            row = hashes(tile_level, first // TILE_WIDTH)
            at = first % TILE_WIDTH
            return subtree(row[at : at + (1 << height)])

        return node

    def _write(self, contents: Mapping[Path, bytes]) -> None:
        fresh = {path: path.with_name(path.name + ".new") for path in contents}
        self._files.write_all({fresh[path]: data for path, data in contents.items()})
        for path, source in fresh.items():
            self._files.replace(source, path)
        for folder in dict.fromkeys(path.parent for path in contents):
            self._files.sync_directory(folder)

    def _settle(self, unsigned: Set[Path], written: Container[Path]) -> None:
        """The names of `unsigned` files and of the folders above them are durable, whoever made them and then died."""
        left = {path.parent for path in unsigned if path not in written}
        above = {up for path in unsigned for up in path.parent.parents if up.is_relative_to(self._root)}
        for folder in sorted(left | above - self._durable):
            self._files.sync_directory(folder)
        self._durable |= above


def _covered(tile: Tile, signed: int) -> bool:
    """Whether all of a tile's leaves are under a signed head of `signed` leaves."""
    return (tile.index * TILE_WIDTH + tile.width) << TILE_LEVELS * (tile.level or 0) <= signed


def subtree(hashes: list[bytes]) -> bytes:
    """Root of a complete subtree given its row of 2^n hashes."""
    row = hashes
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
