"""Sheets of people's own making: XLSX and CSV as rows of text, and back. Read with distrust, written without formulas.

A cell that would run as a formula is written behind an apostrophe and read without it, so that text stays text
wherever the sheet is opened.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from xml.etree.ElementTree import ParseError

from mingjian.kernel.errors import MALFORMED, Invalid

BYTES_MOST = 8 << 20
"""Twenty thousand rows of cameras with every field."""
ROWS_MOST = 20_000
"""More places or cameras than one county puts on record at a time."""
COLUMNS_MOST = 200
CELL_LONGEST = 2_000
UNPACKED_MOST = 96 << 20
"""Of all members of an archive: a sheet of the most rows unpacks to half of this."""
MEMBERS_MOST = 500
CSV_ENCODINGS = ("utf-8-sig", "gb18030")
"""What spreadsheet programs write in China; tried in this order."""
BYTE_ORDER_MARK = "\ufeff"
_ZIP = b"PK\x03\x04"
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
_UNREADABLE = (
    *MALFORMED, ParseError, csv.Error, EOFError, OSError, AssertionError,
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What a spoilt archive, XML or table raises: zipfile has no family of its own for bad data."""

Rows = list[list[str]]


class Sheets:
    """`web.services.SheetFiles`."""

    def read(self, content: bytes) -> Rows:
        return parse_sheet(content)

    def write(self, rows: Iterable[Sequence[str]], *, xlsx: bool) -> bytes:
        return write_xlsx(rows) if xlsx else write_csv(rows)


def parse_sheet(content: bytes) -> Rows:
    """The rows of the first sheet as trimmed text, empty ones at the end left out. Raises Invalid(`file`).

    Bounded in bytes, members, unpacked size, rows, columns and cell length; no formula is evaluated, no name resolved.
    """
    if len(content) > BYTES_MOST:
        raise _unusable(
            "sheet.large", f"文件超过 {BYTES_MOST >> 20} MiB", f"The file is larger than {BYTES_MOST >> 20} MiB"
        )
    rows = _bounded(_xlsx(content) if content.startswith(_ZIP) else _csv(content))
    while rows and not any(rows[-1]):
        rows.pop()
    return rows


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with byte order mark, as spreadsheet programs expect it."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_harmless(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def write_xlsx(rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of text cells; the first row stays in sight."""
    from openpyxl import Workbook  # here and below: with numpy it costs each start of the web process a second

    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_harmless(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _bounded(rows: Iterator[list[str]]) -> Rows:
    try:
        found = list(islice(rows, ROWS_MOST + 1))
    except Invalid:
        raise
    except _UNREADABLE as error:
        raise _unusable("sheet.unreadable", "文件无法读取", "The file cannot be read") from error
    if len(found) > ROWS_MOST:
        raise _unusable("sheet.rows", f"行数超过 {ROWS_MOST}", f"More than {ROWS_MOST} rows")
    for number, row in enumerate(found, 1):
        if len(row) > COLUMNS_MOST:
            raise _unusable(
                "sheet.columns", f"第 {number} 行列数超过 {COLUMNS_MOST}", f"Row {number}: too many columns"
            )
        if any(len(cell) > CELL_LONGEST for cell in row):
            raise _unusable("sheet.cell", f"第 {number} 行有单元格过长", f"Row {number}: a cell is too long")
    return found


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    if "\0" in text:
        raise _unusable("sheet.unreadable", "文件不是表格", "The file is no sheet")
    for row in csv.reader(io.StringIO(text, newline="")):
        yield [_text(cell) for cell in row]


def _decoded(content: bytes) -> str:
    for encoding in CSV_ENCODINGS:
        try:
            return content.decode(encoding).removeprefix(BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            continue
    raise _unusable("sheet.encoding", "CSV 须为 UTF-8 或者 GB 18030 编码", "A CSV file is UTF-8 or GB 18030")


def _xlsx(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS_MOST or sum(member.file_size for member in members) > UNPACKED_MOST:
            raise _unusable("sheet.unpacked", "文件解压后过大", "The file unpacks to too much")
        left = UNPACKED_MOST
        for member in members:  # declared sizes may lie: what is really inside is counted, and looked at for entities
            with archive.open(member) as unpacked:
                inside = unpacked.read(left + 1)
            left -= len(inside)
            if left < 0:
                raise _unusable("sheet.unpacked", "文件解压后过大", "The file unpacks to too much")
            if any(word in inside[:4096] for word in _DECLARES):
                raise _unusable("sheet.entities", "文件含有不允许的声明", "The file declares entities")
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            yield [_text(cell) for cell in row]
    finally:
        book.close()


def _text(value: object) -> str:
    """A cell as trimmed text. A whole number has no point, a day no time; an apostrophe before a formula goes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    return text[1:].strip() if text.startswith("'") and text[1:2] in _RUNS else text


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_RUNS) and not _NUMBER.match(text) else text


def _unusable(code: str, text: str, text_en: str) -> Invalid:
    return Invalid(
        code,
        text,
        text_en=text_en,
        remedy="用模板填写，另存为 XLSX 或者 CSV 后重试",
        remedy_en="Use the template and save it as XLSX or CSV",
        field="file",
    )
