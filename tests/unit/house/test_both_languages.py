"""Every named error says the same in Chinese and in English. The rule is tried on planted omissions as well.

`text_en` is required where an error is made, so mypy sees its omission; this sees what no type can say.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "src" / "mingjian"
CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[A-Za-z]{2}")


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@cache
def families() -> frozenset[str]:
    """The classes that derive from MingjianError, in whatever room."""
    classes = [
        node
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    found, before = {"MingjianError"}, 0
    while len(found) > before:
        before = len(found)
        found |= {one.name for one in classes if any(name_of(base) in found for base in one.bases)}
    return frozenset(found)


def words(node: ast.expr) -> str | None:
    """The literal words of a text; None where they come from elsewhere."""
    if not isinstance(node, ast.Constant | ast.JoinedStr):
        return None
    return "".join(
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def faults(call: ast.Call) -> Iterator[str]:
    """What a construction lacks of its two languages."""
    said = {keyword.arg: keyword.value for keyword in call.keywords}
    if len(call.args) > 1:
        said["text"] = call.args[1]
    if "text_en" not in said:
        yield "no text_en"
    if ("remedy" in said) != ("remedy_en" in said):
        yield "a remedy in one language"
    for name in ("text", "remedy"):
        chinese, english = (words(said[one]) if one in said else None for one in (name, f"{name}_en"))
        if chinese is not None and not CHINESE.search(chinese):
            yield f"{name} is not Chinese"
        if english is not None and (CHINESE.search(english) or not ENGLISH.search(english)):
            yield f"{name}_en is not English"


def omissions(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {fault}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and name_of(node.func) in families()
        for fault in faults(node)
    ]


def test_every_error_is_named_in_both_languages() -> None:
    sources = {str(path.relative_to(PACKAGE)): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
    assert {name: bad for name, source in sources.items() if (bad := omissions(source))} == {}


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("Refused('a.b', '不行')", "no text_en"),
        ("errors.Refused('a.b', '不行')", "no text_en"),
        ("CertificateRefused('a.b', '不行', None)", "no text_en"),
        ("Invalid('a.b', '不行', text_en='')", "text_en is not English"),
        ("Invalid('a.b', f'{x} 不行', text_en=f'{x}')", "text_en is not English"),
        ("Missing('a.b', '没有', text_en='没有')", "text_en is not English"),
        ("LocalError('a.b', 'it failed', text_en='It failed')", "text is not Chinese"),
        ("RemoteError('a.b', '断开', text_en='Gone', remedy='重试')", "a remedy in one language"),
        ("RemoteError('a.b', '断开', text_en='Gone', remedy='重试', remedy_en='')", "remedy_en is not English"),
        ("Overloaded('a.b', '已满', text_en='Full', remedy='wait', remedy_en='Wait')", "remedy is not Chinese"),
    ],
)
def test_the_rule_catches_a_planted_omission(planted: str, fault: str) -> None:
    assert omissions(f"raise {planted}") == [f"line 1: {fault}"]


def test_the_rule_lets_both_languages_pass() -> None:
    assert omissions("raise Missing('a.b', '没有', text_en='None there', remedy='重试', remedy_en='Try again')") == []
    assert omissions("raise Refused('a.b', why, text_en=why_en)") == []
