"""The operator's own map: raster tiles of a folder or of one file, and nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mingjian.adapters.basemap_files import open_basemap
from mingjian.kernel.errors import Invalid

PNG, JPEG = b"\x89PNG\r\n\x1a\n tile", b"\xff\xd8\xff tile"


def packed(path: Path, *tiles: tuple[int, int, int, bytes]) -> Path:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)")
        file.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
    return path


def test_a_folder_answers_its_tiles_and_nothing_beside_them(tmp_path: Path) -> None:
    (tmp_path / "3" / "6").mkdir(parents=True)
    (tmp_path / "3" / "6" / "2.jpg").write_bytes(JPEG)
    (tmp_path / "3" / "6" / "4.png").write_bytes(b"<html>an error of whoever made the tiles")
    tiles = open_basemap(tmp_path)
    assert tiles.zooms == (3, 3)
    assert tiles.tile(3, 6, 2) == (JPEG, "image/jpeg")
    assert tiles.tile(3, 6, 3) is tiles.tile(3, 6, 4) is tiles.tile(4, 6, 2) is None


def test_a_file_counts_its_rows_from_the_south(tmp_path: Path) -> None:
    tiles = open_basemap(packed(tmp_path / "county.mbtiles", (3, 6, 5, PNG), (4, 1, 1, JPEG)))
    assert tiles.zooms == (3, 4)
    assert tiles.tile(3, 6, 2) == (PNG, "image/png")
    assert tiles.tile(3, 6, 5) is None


def test_what_a_browser_cannot_draw_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.mbtiles").write_text("no database")
    packed(tmp_path / "vector.mbtiles", (0, 0, 0, b"\x1f\x8b vector"))
    packed(tmp_path / "none.mbtiles")
    for name in ("empty", "away", "text.mbtiles", "vector.mbtiles", "none.mbtiles"):
        with pytest.raises(Invalid) as caught:
            open_basemap(tmp_path / name)
        assert (caught.value.code, caught.value.field) == ("settings.basemap", "basemap"), name
