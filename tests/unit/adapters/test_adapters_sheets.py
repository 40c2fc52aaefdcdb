"""Sheets of people's own making, and of nobody's good will."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from mingjian.adapters import sheets
from mingjian.adapters.name_index import initials
from mingjian.adapters.sheets import parse_sheet, write_csv, write_xlsx
from mingjian.kernel.errors import Invalid


def book(*rows: list[object]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made.save(out)
    return out.getvalue()


def test_cells_are_text_as_people_mean_them() -> None:
    moment = datetime.fromisoformat("2026-01-05T08:30:00")  # a spreadsheet knows no zone
    read = parse_sheet(book(["a", 340421, 116.5, True, date(2026, 1, 5), moment, None, " b "]))
    assert read == [["a", "340421", "116.5", "是", "2026-01-05", "2026-01-05 08:30:00", "", "b"]]


def test_a_formula_is_text_and_is_not_reckoned() -> None:
    assert parse_sheet(book(["=1+1"])) == [["=1+1"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_the_country(encoding: str) -> None:
    assert parse_sheet('名称,地址\r\n旅馆,"一,二"\r\n\r\n'.encode(encoding)) == [["名称", "地址"], ["旅馆", "一,二"]]


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cf")), max_size=20)


@given(
    st.lists(
        st.lists(cells.filter(lambda text: not text.startswith("'")), min_size=1, max_size=4), min_size=1, max_size=5
    )
)
def test_what_is_written_is_read_again_and_never_runs(rows: list[list[str]]) -> None:
    rows.append(["end"])
    assert parse_sheet(write_csv(rows)) == rows
    written = write_csv([[cell] for row in rows for cell in row]).decode("utf-8-sig")
    assert not any(line.lstrip('"').startswith(("=", "@", "+")) for line in written.splitlines())


def test_an_xlsx_is_read_as_it_was_written() -> None:
    rows = [["名称", "值"], ["=1+1", "-3.5"], ["@x", ""], ["末", "1"]]
    assert [[*row, *[""] * (2 - len(row))] for row in parse_sheet(write_xlsx(rows))] == rows


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\xff\x81", "sheet.encoding"),
        (b"a\x00b", "sheet.unreadable"),
        (b"PK\x03\x04 no archive", "sheet.unreadable"),
        (archive(a=b"x"), "sheet.unreadable"),
        (write_xlsx([["a" * 300]])[:90] + b"\xff" * 40 + write_xlsx([["a" * 300]])[130:], "sheet.unreadable"),
        (archive(a=b"<!DOCTYPE x [<!ENTITY y 'z'>]>"), "sheet.entities"),
        (archive(a=bytes(sheets.UNPACKED_MOST + 1)), "sheet.unpacked"),
        (archive(**{f"m{number}": b"" for number in range(sheets.MEMBERS_MOST + 1)}), "sheet.unpacked"),
        (b"a," * (sheets.COLUMNS_MOST + 1), "sheet.columns"),
        (b"a" * (sheets.CELL_LONGEST + 1), "sheet.cell"),
        (b"a\n" * (sheets.ROWS_MOST + 1), "sheet.rows"),
        (bytes(sheets.BYTES_MOST + 1), "sheet.large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_sheet_or_too_much_is_told(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_sheet(content)
    assert (refused.value.code, refused.value.field) == (code, "file")


def test_initials_are_those_of_the_pinyin() -> None:
    assert initials("示范旅馆 A1") == "sflga1"
    assert initials("") == ""
