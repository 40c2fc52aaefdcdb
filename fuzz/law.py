"""Instruments and their texts: an installation may be given those of another province."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

from fuzz.harness import Harness
from mingjian.kernel.errors import Invalid
from mingjian.law.calendar import MOST_DAYS, parse_days
from mingjian.law.check import check
from mingjian.law.citation import parse_articles, parse_citation, text_of
from mingjian.law.instrument import parse

TEXT = "第一条　目的。\n第二条　系统应当备案：\n（一）30日内；\n（二）报公安机关。\n".encode()
HEAD = f"""[instrument]
id = "x"
title = "某办法"
title_en = "Some measures"
short = "办法"
short_en = "X"
letter = "X"
rank = "local-rule"
valid_from = 2017-01-01
utc_offset_minutes = 480
text = "x.txt"
text_sha256 = "{hashlib.sha256(TEXT).hexdigest()}"
source = "某处"
read_on = 2026-01-01
"""
ROWS = """
[[silent]]
article = "第一条"
reason = "目的"
reason_en = "purpose"
[[duty]]
id = "X2.file"
article = "第二条第一项"
says = "30日内"
duty = "filing"
name = "备案"
name_en = "File"
debtor = "unit"
trigger = "in-use"
days = 30
[[penalty]]
id = "X2"
act = "filing.missing"
article = "第二条"
says = "系统应当备案"
precondition = "none"
fines = [{ party = "unit", min_yuan = 1, max_yuan = 2 }]
measures = [{ kind = "warn" }]
"""


def instrument(data: bytes) -> bool:
    """Rows are whole and typed or Invalid names the field; judging them finds doubts and never fails."""
    try:
        made = parse(data, TEXT)
    except Invalid as error:
        assert error.field and error.text_en
        return False
    assert all(doubt.where for doubt in check(made))
    assert isinstance(made.in_force(date(2026, 1, 1)), bool)
    return True


def instrument_seeds() -> Iterator[bytes]:
    yield (HEAD + ROWS).encode()
    yield HEAD.encode()
    yield b"x = " + b"[" * 2000


def official_text(data: bytes) -> bool:
    """Whatever stands in a text, articles count from one without a gap, and each can be cited."""
    try:
        found = parse_articles(data.decode("utf-8", "replace"))
    except Invalid:
        return False
    assert list(found) == list(range(1, len(found) + 1))
    return bool(found)


def text_seeds() -> Iterator[bytes]:
    yield TEXT
    for text in files("mingjian.law").joinpath("texts").iterdir():
        yield text.read_bytes()[:4000]


def citation(data: bytes) -> bool:
    """A citation counts from one, or is Invalid; looking it up never fails."""
    try:
        cited = parse_citation(data.decode("utf-8", "replace"))
    except Invalid:
        return False
    assert cited.article >= 0
    text_of(parse_articles(TEXT.decode()), cited)
    return True


def citation_seeds() -> Iterator[bytes]:
    yield from (
        words.encode() for words in ("第二条", "第二条第一款第二项", "第一百零三条第十二项", "第二条第(一)项", "二")
    )


def days(data: bytes) -> bool:
    """A list of days is bounded and every day of it a date, or Invalid names the setting."""
    try:
        found = parse_days(data.decode("utf-8", "replace"), "rest_days")
    except Invalid as error:
        assert error.field == "rest_days"
        return False
    assert len(found) <= MOST_DAYS
    return bool(found)


def day_seeds() -> Iterator[bytes]:
    yield b"2027-01-01..2027-01-03, 2027-02-05"
    yield b"2027-01-03..2027-01-01"
    yield b"0001-01-01..9999-12-31"
    yield b"9999-12-30..9999-12-31"


WORDS = (b"[[duty]]\n", b"[[place]]\n", b"[[penalty]]\n", b"[[setting]]\n", b"days = ", b"parts = [", b"2017-01-01")
NUMERALS = tuple(word.encode() for word in ("第", "条", "款", "项", "十", "百", "零", "一", "（", "）"))
HARNESSES = (
    Harness("law-instrument", instrument, instrument_seeds, (parse,), WORDS),
    Harness("law-text", official_text, text_seeds, (parse_articles,), NUMERALS),
    Harness("law-days", days, day_seeds, (parse_days,), (b"2027-", b"..", b", "), 256),
    Harness("law-citation", citation, citation_seeds, (parse_citation,), NUMERALS, 256),
)
