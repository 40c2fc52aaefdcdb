"""The forms as values: no field of a sheet is lost on the way to paper, and each is known by its name."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from filled_sheets import FORMS, ISSUED, filled, words
from mingjian.governance.documents import Language, Seals, Sign, Signatures, texts

CHINESE = re.compile("[\u4e00-\u9fff]")


def kinds() -> Any:
    return pytest.mark.parametrize("kind", FORMS)


@kinds()
def test_every_field_of_a_sheet_stands_on_its_form(kind: str) -> None:
    sheet, form = FORMS[kind]
    value = filled(sheet)
    document = form(value, Language.ZH)
    printed = {text for _, _, text in texts(document)}
    assert words(value) - printed == set()
    assert (document.kind, document.issued) == (kind, ISSUED)


@kinds()
def test_every_value_is_told_by_the_name_of_its_field(kind: str) -> None:
    sheet, form = FORMS[kind]
    value = filled(sheet)
    named = {(where, text) for where, _, text in texts(form(value, Language.ZH))}
    fixed = {"basis", "organ", "issued", "organiser"}
    plain = [field.name for field in fields(sheet) if isinstance(getattr(value, field.name), str)]
    assert [name for name in plain if name not in fixed and (name, getattr(value, name)) not in named] == []


@kinds()
def test_an_english_form_has_english_labels_and_the_same_values(kind: str) -> None:
    sheet, form = FORMS[kind]
    value = filled(sheet)
    chinese, english = (form(value, language) for language in Language)
    labels = {label for _, label, _ in texts(english) if label}
    assert {label for label in labels if CHINESE.search(label) and label not in words(value)} == set()
    assert {text for where, _, text in texts(chinese) if where} == {text for where, _, text in texts(english) if where}


@kinds()
def test_a_form_has_a_place_for_a_seal_and_all_but_the_receipt_for_signatures(kind: str) -> None:
    sheet, form = FORMS[kind]
    blocks = [type(block) for block in form(filled(sheet), Language.ZH).blocks]
    assert Seals in blocks
    assert (Signatures in blocks) is (kind != "receipt")


def test_an_empty_form_is_a_form_to_write_on() -> None:
    sheet, form = FORMS["filing"]
    value = replace(filled(sheet), cameras=(), papers=(), address="")
    assert ("address", "地址", "") in set(texts(form(value, Language.ZH)))
    assert ("", "", "无") in set(texts(form(value, Language.ZH)))


def test_a_sign_tells_all_its_texts_but_the_address_in_the_code() -> None:
    sign = Sign("场所", "单位", "目的", "期限", "电话", "投诉", "依据", "https://mingjian.test/p/x", "编号", ISSUED)
    assert {text for _, _, text in texts(sign)} == {"场所", "单位", "目的", "期限", "电话", "投诉", "依据", "编号"}
