"""`web.services.Basemap` from the operator's own files: raster tiles in a folder or in one MBTiles file.

Sources: the XYZ scheme of web maps (`z/x/y`, row 0 in the north); MBTiles 1.3 (https://github.com/mapbox/mbtiles-spec),
whose rows count from the south.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mingjian.kernel.errors import Invalid

MOST_ZOOM = 22
"""Houses are metres wide there; no public tile set goes further."""
TILE_BYTES = 4 << 20
"""A tile of 512 px without compression is 1 MB; what is larger is no tile."""
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MBTILES = ".mbtiles"
MAGIC = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))


def media_type(tile: bytes) -> str | None:
    """What kind of picture a tile is, by its first bytes; None: no picture (a vector tile, a page of an error)."""
    return next((kind for magic, kind in MAGIC if tile.startswith(magic)), None)


@dataclass(frozen=True, slots=True)
class TileFolder:
    """Files `z/x/y.png` (or `.jpg`, `.webp`) below `root`."""

    root: Path
    zooms: tuple[int, int]

    def tile(self, zoom: int, column: int, row: int) -> tuple[bytes, str] | None:
        """The tile and its media type; None where there is none. Row 0 is the northernmost."""
        for suffix in SUFFIXES:
            path = self.root / str(zoom) / str(column) / f"{row}{suffix}"
            try:
                if path.stat().st_size <= TILE_BYTES:
                    return _picture(path.read_bytes())
            except OSError:
                continue
        return None


@dataclass(frozen=True, slots=True)
class MbTiles:
    """Raster tiles of one MBTiles file, which nobody writes while it is served."""

    path: Path
    zooms: tuple[int, int]

    def tile(self, zoom: int, column: int, row: int) -> tuple[bytes, str] | None:
        """As `TileFolder.tile`. A damaged file has no tiles."""
        try:
            with closing(_opened(self.path)) as file:
                found = file.execute(
                    "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?"
                    " AND length(tile_data) <= ?",
                    (zoom, column, (1 << zoom) - 1 - row, TILE_BYTES),
                ).fetchone()
        except sqlite3.Error:
            return None
        return _picture(bytes(found[0])) if found is not None else None


def open_basemap(path: Path) -> TileFolder | MbTiles:
    """The tiles at `path`. Raises Invalid, naming the setting, where there are none that a browser can draw."""
    if path.suffix == MBTILES and path.is_file():
        try:
            with closing(_opened(path)) as file:
                low, high, any_tile = file.execute(
                    "SELECT min(zoom_level), max(zoom_level), (SELECT tile_data FROM tiles LIMIT 1) FROM tiles"
                ).fetchone()
        except sqlite3.Error as error:
            raise _unusable(path, str(error)) from error
        if any_tile is None or media_type(bytes(any_tile)) is None or not 0 <= low <= high <= MOST_ZOOM:
            raise _unusable(path, "no raster tiles")
        return MbTiles(path, (low, high))
    zooms = [int(child.name) for child in path.iterdir() if child.name.isdecimal()] if path.is_dir() else []
    if not zooms or not 0 <= min(zooms) <= max(zooms) <= MOST_ZOOM:
        raise _unusable(path, "no tiles")
    return TileFolder(path, (min(zooms), max(zooms)))


def _picture(tile: bytes) -> tuple[bytes, str] | None:
    kind = media_type(tile)
    return (tile, kind) if kind is not None else None


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _unusable(path: Path, why: str) -> Invalid:
    return Invalid(
        "settings.basemap",
        f"设置 basemap：{path} 不是可用的栅格瓦片（{why}）",
        text_en=f"setting basemap: {path} holds no usable raster tiles ({why})",
        remedy="指定 z/x/y 目录（PNG、JPEG、WebP），或者栅格 MBTiles 文件",
        remedy_en="name a folder z/x/y of PNG, JPEG or WebP, or a raster MBTiles file",
        field="basemap",
    )
