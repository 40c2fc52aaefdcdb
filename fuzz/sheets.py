"""Sheets that people upload: XLSX and CSV."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.harness import Harness
from mingjian.adapters.sheets import CELL_LONGEST, COLUMNS_MOST, ROWS_MOST, parse_sheet, write_csv, write_xlsx
from mingjian.kernel.errors import Invalid

ROWS = [["名称*", "地址"], ["旅馆", "=1+1"], ["", "'"], ["-3.5", 'a,"b"']]


def sheet(data: bytes) -> bool:
    """Rows of bounded text, or Invalid(`file`) in both languages."""
    try:
        rows = parse_sheet(data)
    except Invalid as error:
        assert error.field == "file"
        assert error.text_en
        return False
    assert len(rows) <= ROWS_MOST
    assert all(len(row) <= COLUMNS_MOST and all(len(cell) <= CELL_LONGEST for cell in row) for row in rows)
    return bool(rows)


def seeds() -> Iterator[bytes]:
    yield write_csv(ROWS)
    yield write_xlsx(ROWS)
    yield "名称,地址\n旅馆,路".encode("gb18030")


HARNESSES = (
    Harness(
        "sheet",
        sheet,
        seeds,
        (parse_sheet,),
        words=(b"PK\x03\x04", b"PK\x05\x06", b"xl/workbook.xml", b"<!DOCTYPE", b"<row r=", b"\xef\xbb\xbf"),
        max_bytes=16_384,
    ),
)
