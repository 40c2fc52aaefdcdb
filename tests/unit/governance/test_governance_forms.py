"""The forms as values: no field of a sheet is lost on the way to paper, and each is known by its name."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

import pytest

from filled_sheets import FORMS, ISSUED, filled, words
from mingjian.governance import forms
from mingjian.governance.documents import Language, Seals, Sign, Signatures, texts
from mingjian.governance.forms.register import APPLICATION, VISIT

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


def test_A22_1_4_a_register_form_is_known_by_what_stands_on_it_and_shows_who_signed_that() -> None:
    sheet = filled(forms.RegisterSheet)
    signed = (forms.SignedBy("旅馆经理", "提供单位", "2026-01-01 10:00", "118"),)
    printed = {text for _, _, text in texts(forms.register_form(sheet, signed=signed))}
    assert {"旅馆经理", "提供单位", "118"} <= printed
    assert any(forms.fingerprint(sheet) in text for text in printed)
    for change in ({"destination": "另一去向"}, {"officers": sheet.officers[:1]}):
        assert forms.fingerprint(replace(sheet, **change)) != forms.fingerprint(sheet)


def test_A21_1_a_register_form_has_no_field_for_a_fee() -> None:
    words = {row.zh for row in (*APPLICATION, *VISIT)} | {field.name for field in fields(forms.RegisterSheet)}
    assert not [word for word in words if re.search("费|金额|收费|fee|price|charge", word)]
