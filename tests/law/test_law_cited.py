"""What refusals and steps cite, under each set of texts that may be in force at a place."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import mingjian
from mingjian.bootstrap.law import rulebook
from mingjian.governance import matters
from mingjian.governance.reasons import REASONS
from mingjian.kernel.errors import Invalid
from mingjian.law.citation import BESIDE, HOUSE_RULE, is_citation, parse_citation
from mingjian.web.steps import STEPS

DAY = date(2026, 3, 2)
BOTH, PROVINCE, NATION = "anhui-2017, cn-799-2025", "anhui-2017", "cn-799-2025"
SETS = (BOTH, PROVINCE, NATION)
MATTERS = matters.NAMED
CITED = sorted({row.article for row in REASONS.values()} | {row.matter for row in STEPS.values()})
SCREENS = Path(__file__).parents[2] / "ui" / "src"
ROOMS = ("adapters", "app", "bootstrap", "governance", "web")
TABLES = {"organ_tree.py"}
"""Says which sectors one text names and is shown nowhere."""


@pytest.mark.parametrize("texts", SETS)
def test_every_reason_cites_words_of_a_text_in_force_or_is_marked_as_a_house_rule(texts: str) -> None:
    law = rulebook(texts)
    for code, row in REASONS.items():
        assert row.article in {"", *MATTERS.values()}, code
    for matter in CITED:
        said = law.cited(matter, DAY)
        if said in {"", HOUSE_RULE}:
            assert bool(said) == bool(matter), matter
            continue
        instrument, article = law.passage(said)
        assert instrument.id in texts and instrument.cite(article), matter
        rows = [row for row in instrument.rows if row.duty in matter.split("/") and row.article == article]
        assert rows and said.endswith(BESIDE) == rows[0].house, matter


def test_A21_the_national_text_alone_is_cited_by_its_own_articles_and_house_rules_say_so() -> None:
    law = rulebook(NATION)
    said = {name: law.cited(REASONS[name].article, DAY) for name in REASONS}
    assert said["access.own-request"] == "第二十条"
    assert said["view.purpose-missing"] == "第十六条第二款第三项"
    assert said["view.role"] == "第十六条第二款第二项"
    assert said["access.two-officers"] == "第二十条（内部规则）"
    assert said["copy.own-request"] == "第十六条第二款第二项（内部规则）"
    assert said["private.inside-room"] == said["place.in-use"] == "内部规则"


def test_A21_with_both_texts_the_local_one_is_cited_bare_and_the_national_with_its_title() -> None:
    law = rulebook(BOTH)
    said = {name: law.cited(REASONS[name].article, DAY) for name in REASONS}
    assert (said["access.own-request"], said["access.two-officers"]) == ("第二十一条", "第二十二条第一款第一项")
    assert said["redaction.own-work"] == "《公共安全视频图像信息系统管理条例》第二十二条"
    assert said["private.own-entry"] == "《公共安全视频图像信息系统管理条例》第二十一条"


def test_what_screens_are_about_is_cited_from_the_national_text_where_that_stands_alone() -> None:
    law = rulebook(NATION)
    said = {name: law.cited(matter, DAY) for name, matter in matters.NAMED.items()}
    assert (said["register"], said["storage"], said["sign"]) == ("第十六条第二款第三项", "第十七条", "第十三条")
    assert (said["forbidden"], said["complaint"], said["removal"]) == ("第八条第一款", "第二十四条第二款", "内部规则")
    assert law.cited(matters.COMPLAINT, DAY) == said["complaint"] != rulebook(PROVINCE).cited(matters.COMPLAINT, DAY)


def test_before_a_text_is_in_force_it_is_not_cited_and_a_citation_stays_as_it_is() -> None:
    law = rulebook(NATION)
    assert law.cited(matters.REGISTER, date(2017, 1, 1)) == HOUSE_RULE
    for said in ("第一条", "《某条例》第一条", HOUSE_RULE, ""):
        assert law.cited(said, DAY) == said
    assert not any(is_citation(one) for one in MATTERS.values())


def test_every_matter_is_the_duty_of_a_row_and_every_one_is_used() -> None:
    known = {row.duty for row in rulebook(BOTH).rows()}
    assert {name for one in MATTERS.values() for name in one.split("/")} <= known
    source = "".join(path.read_text() for room in ROOMS for path in _files(room))
    screens = "".join(path.read_text() for path in SCREENS.rglob("*.ts*") if path.name != "generated.ts")
    in_code = {name for name in MATTERS if f"matters.{name.upper()}" in source}
    assert {name for name in MATTERS if f'matter="{name}"' not in screens and f"'{name}'" not in screens} <= in_code


def test_no_refusal_and_no_step_has_an_article_of_one_text_written_into_it() -> None:
    fixed = [
        f"{path.name}:{node.lineno}"
        for room in ROOMS
        for path in _files(room)
        if path.name not in TABLES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_article(node.value)
    ]
    assert fixed == []


def _files(room: str) -> list[Path]:
    return sorted((Path(mingjian.__file__).parent / room).rglob("*.py"))


def _is_article(text: str) -> bool:
    try:
        return bool(parse_citation(text))
    except Invalid:
        return False
