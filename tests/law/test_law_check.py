"""The check finds what is planted, and nothing in the instruments that ship."""

from __future__ import annotations

from importlib.resources import files

import pytest
from law_world import BOTH

from mingjian.kernel.errors import Invalid
from mingjian.law.check import check
from mingjian.law.instrument import parse

HOME = files("mingjian.law")
TOML = HOME.joinpath("instruments", "anhui-2017.toml").read_bytes()
TEXT = HOME.joinpath("texts", "anhui-2017.txt").read_bytes()


def doubts(old: str, new: str) -> list[str]:
    assert old in TOML.decode()
    return [doubt.where for doubt in check(parse(TOML.decode().replace(old, new, 1).encode(), TEXT))]


@pytest.mark.parametrize("instrument", BOTH.instruments, ids=lambda instrument: instrument.id)
def test_the_instruments_that_ship_say_what_their_texts_say(instrument: object) -> None:
    assert check(instrument) == ()  # type: ignore[arg-type]  # from the parameters above


def test_a_wrong_quotation_is_found() -> None:
    assert doubts('says = "应当自交付使用之日起30日内', 'says = "应当自交付使用之日起20日内') == ["A13.2.file.says"]


def test_a_quotation_from_another_article_is_found() -> None:
    assert doubts('says = "应当设置明显的标识"', 'says = "共同实施"') == ["A14.sign.says"]


def test_an_article_that_is_not_there_is_found() -> None:
    assert "A6.plan.article" in doubts('article = "第六条"', 'article = "第六条第二款"')


def test_an_article_without_row_or_reason_is_found() -> None:
    assert doubts('[[silent]]\narticle = "第一条"', '[[silent]]\narticle = "第二条"') == ["anhui-2017#1"]


def test_an_article_with_rows_needs_no_reason_for_none() -> None:
    assert "anhui-2017#13" in doubts('[[silent]]\narticle = "第一条"', '[[silent]]\narticle = "第十三条"')


def test_a_reading_in_one_language_is_found() -> None:
    cut = TOML.decode().split("\n")
    at = next(number for number, line in enumerate(cut) if line.startswith("reading_en"))
    found = check(parse("\n".join((*cut[:at], *cut[at + 1 :])).encode(), TEXT))
    assert [doubt.where.rpartition(".")[2] for doubt in found] == ["reading"]


def test_a_changed_text_is_not_read() -> None:
    with pytest.raises(Invalid) as refused:
        parse(TOML, TEXT + b" ")
    assert refused.value.field == "anhui-2017.text_sha256"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("days = 30\nroll", 'days = "30"\nroll', "A13.2.file.days"),
        ("days = 30\nroll", "days = -30\nroll", "A13.2.file.days"),
        ('roll = "next-working-day"', 'roll = "sometimes"', "A13.2.file.roll"),
        ('debtor = "government"', 'debtor = ""', "A3.plan-link.debtor"),
        ('debtor = "government"\n', "", "A3.plan-link.debtor"),
        ('debtor = "government"', 'debtor = "government"\nfoo = 1', "A3.plan-link.foo"),
        ('id = "A3.emergency"', 'id = "A3.plan-link"', "A3.plan-link"),
        ("[[silent]]", "[[unheard]]", "unheard"),
        ("[instrument]", "[instruments]", "instrument"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_with_its_field(old: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(TOML.decode().replace(old, new, 1).encode(), TEXT)
    assert refused.value.field == field
    assert refused.value.text_en
