"""The promise of `app.printing.Printer`, kept by the real compiler in its real process."""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import typst
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from filled_sheets import FORMS, ISSUED, PICTURE, filled, words
from mingjian.adapters.typst_printer import AT_ONCE, CODE_MM, PAGES_MAX, TEXT_MAX, TypstPrinter
from mingjian.app.printing import SignFormat
from mingjian.governance import forms
from mingjian.governance.documents import (
    Code,
    Document,
    DocumentKind,
    Language,
    Paper,
    Paragraph,
    Picture,
    Pictures,
    Sign,
)
from mingjian.kernel.errors import Invalid, LocalError

HOSTILE = '#let x = 1 $a^2$ @foo <bar> \\u{41} \\ *粗* _斜_ `码` "引" // 注 #read("job.json") = 题 - 项 [括] ~ 😀'
SIGN = Sign(
    place="示范大厅及公共通道",
    operator="示范单位",
    purpose="维护公共安全，预防和制止违法犯罪",
    retention="三十日",
    telephone="0550-0000000",
    complaint="向本单位或者示范县公安局提出",
    basis="依据：示范办法",
    address="https://mingjian.test:8443/p/abcdefghjk",
    number="标-0001",
    issued=ISSUED,
)
MM = 72 / 25.4


def picture(kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "navy").save(out, kind)
    return out.getvalue()


def text_of(pdf: bytes) -> str:
    """All text of all pages, without what only breaks lines."""
    joined = "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return "".join(joined.split()).replace("\u200b", "")


def paper(text: str, *, field: str = "reason") -> Document:
    block = Paragraph("原因", text, field)
    return Document(DocumentKind.REGISTER, "编〔2026〕1号", "登记表", "Register form", (block,), ISSUED)


@pytest.fixture(scope="module")
def printer() -> TypstPrinter:
    return TypstPrinter()


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_holds_every_field_and_is_made_to_be_kept_and_read_aloud(kind: str, printer: TypstPrinter) -> None:
    sheet, form = FORMS[kind]
    value = filled(sheet)
    pdf = printer.pdf(form(value, Language.ZH), {PICTURE: picture()})
    found = text_of(pdf)
    assert {word for word in words(value) if word not in found} == set()
    catalogue = PdfReader(BytesIO(pdf)).trailer["/Root"]
    assert {"/StructTreeRoot", "/MarkInfo", "/Lang", "/Metadata"} <= set(catalogue)
    kept = catalogue["/Metadata"].get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in kept
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in kept
    assert b"<pdfuaid:part>1</pdfuaid:part>" in kept


def test_every_page_bears_the_number_and_how_many_there_are(printer: TypstPrinter) -> None:
    pdf = printer.pdf(paper("\n".join("一行" for _ in range(90))))
    pages = PdfReader(BytesIO(pdf)).pages
    assert len(pages) == 2
    for number, page in enumerate(pages, 1):
        text = "".join(page.extract_text().split())
        assert "编号编〔2026〕1号" in text
        assert f"第{number}页共2页" in text
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx((595.28, 841.89), abs=0.1)


def test_an_english_paper_is_tagged_as_english(printer: TypstPrinter) -> None:
    sheet, form = FORMS["receipt"]
    pdf = printer.pdf(form(filled(sheet), Language.EN))
    assert PdfReader(BytesIO(pdf)).trailer["/Root"]["/Lang"] == "en"
    assert "Page1of1" in text_of(pdf)


def test_what_people_enter_is_text_and_never_markup(printer: TypstPrinter) -> None:
    pdf = printer.pdf(replace(paper(HOSTILE), number=HOSTILE[:40], basis=HOSTILE))
    assert text_of(pdf).count("".join(HOSTILE.split())) == 2


def test_a_rare_character_is_found_in_another_font_of_the_machine(printer: TypstPrinter) -> None:
    assert "张𠮷䶮" in text_of(printer.pdf(paper("经办人张𠮷䶮")))


def test_a_character_without_a_font_is_named_with_its_field(printer: TypstPrinter) -> None:
    with pytest.raises(Invalid) as told:
        printer.pdf(paper("名字里有 \U000a1234 字", field="agent"))
    assert (told.value.code, told.value.field) == ("print.glyph", "agent")
    assert "U+A1234" in told.value.text
    assert "原因" in told.value.text


def test_a_machine_without_chinese_letters_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(LocalError) as told:
        TypstPrinter((tmp_path,), machine_fonts=False).pdf(paper("字"))
    assert told.value.code == "print.no-font"
    assert "fonts-noto-cjk" in told.value.remedy


@pytest.mark.parametrize(
    ("program", "told"), [("import time; time.sleep(600)", "within"), ("import os; os.abort()", "exit -6")]
)
def test_a_compiler_that_hangs_or_dies_costs_one_paper_and_says_so(program: str, told: str) -> None:
    broken = TypstPrinter(command=(sys.executable, "-c", program), patience_s=1.0)
    for _ in range(AT_ONCE + 1):  # each gives its turn back
        with pytest.raises(LocalError) as failed:
            broken.pdf(paper("字"))
        assert failed.value.code == "print.failed"
        assert told in failed.value.text


def test_equal_papers_give_equal_bytes(printer: TypstPrinter) -> None:
    assert printer.pdf(paper("同样")) == printer.pdf(paper("同样"))


def test_a_hash_keeps_inside_its_cell(printer: TypstPrinter) -> None:
    sheet = forms.ReceiptSheet("一号", ISSUED, "", "示范县公安局", "备案", "二号", "示范单位")
    line = forms.PaperLine("材料", "文件.pdf", "已收", "0123456789abcdef" * 4)
    pdf = printer.pdf(forms.receipt(replace(sheet, papers=(line,))))
    right: list[float] = []

    def visit(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            right.append(tm[4])

    PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=visit)
    assert max(right) < 190 * MM
    assert "0123456789abcdef" * 4 in text_of(pdf)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_pictures_are_printed_with_what_they_show(kind: str, printer: TypstPrinter) -> None:
    block = Pictures("照片", (Picture("one", "正门", "正门的标识牌"),))
    pdf = printer.pdf(replace(paper(""), blocks=(block,)), {"one": picture(kind)})
    (page,) = PdfReader(BytesIO(pdf)).pages
    assert len(page.images) == 1
    assert "正门" in text_of(pdf)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\xff\xd8\xff broken", b"\x89PNG\r\n\x1a\n broken"])
def test_a_picture_that_cannot_be_read_is_told(content: bytes, printer: TypstPrinter) -> None:
    block = Pictures("照片", (Picture("one", "正门", "正门"),))
    with pytest.raises(Invalid) as told:
        printer.pdf(replace(paper(""), blocks=(block,)), {"one": content})
    assert (told.value.code, told.value.field) == ("print.picture", "pictures")


@pytest.mark.parametrize("text", ["长" * (TEXT_MAX + 1), "\n" * (PAGES_MAX * 60)])
def test_a_paper_without_end_is_refused(text: str, printer: TypstPrinter) -> None:
    with pytest.raises(Invalid) as told:
        printer.pdf(paper(text))
    assert told.value.code == "print.too-long"


def test_a_code_on_a_form_is_a_picture_with_its_caption(printer: TypstPrinter) -> None:
    pdf = printer.pdf(replace(paper(""), blocks=(Code("https://mingjian.test/x", "核验本文书"),)))
    assert "核验本文书" in text_of(pdf)


@pytest.mark.parametrize(("size", "wide"), [(Paper.A4, 210), (Paper.A5, 148)])
def test_A14_a_sign_is_one_sheet_that_says_who_why_how_long_and_where_to_complain(
    size: Paper, wide: int, printer: TypstPrinter
) -> None:
    pdf = printer.sign(SIGN, size, SignFormat.PDF)
    (page,) = PdfReader(BytesIO(pdf)).pages
    assert float(page.mediabox.width) == pytest.approx(wide * MM, abs=0.5)
    found = text_of(pdf)
    for name in ("place", "operator", "purpose", "retention", "telephone", "complaint", "basis", "number"):
        assert getattr(SIGN, name) in found
    assert "视频监控区域" in found


@pytest.mark.parametrize("size", Paper)
def test_the_code_on_a_sign_reads_when_it_is_printed_thirty_millimetres_wide(
    size: Paper, printer: TypstPrinter
) -> None:
    svg = printer.sign(SIGN, size, SignFormat.SVG)
    assert b"<script" not in svg
    dpi = 150 * 30 / CODE_MM[size]  # what 150 dots per inch leave of a code of thirty millimetres
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sign.svg").write_bytes(svg)
        (folder / "page.typ").write_text(
            f'#set page(paper: "{size}", margin: 0mm)\n#image("sign.svg", width: 100%, height: 100%)'
        )
        drawn = typst.compile(str(folder / "page.typ"), root=name, format="png", ppi=dpi)
    assert isinstance(drawn, bytes)
    (read,) = zxingcpp.read_barcodes(Image.open(BytesIO(drawn)).convert("L"))
    assert read.text == SIGN.address
    assert CODE_MM[size] >= 30


def test_a_sign_that_does_not_fit_one_sheet_is_refused(printer: TypstPrinter) -> None:
    with pytest.raises(Invalid) as told:
        printer.sign(replace(SIGN, purpose="很长的目的" * 200), Paper.A5, SignFormat.SVG)
    assert told.value.code == "print.too-long"
