"""How officials cite: 第二十二条第一款第一项. And a text taken apart so that a citation leads to its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mingjian.kernel.errors import Invalid

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_NUMBER = "[零一二三四五六七八九十百]{1,7}"
_CITATION = re.compile(rf"第({_NUMBER})条(?:第({_NUMBER})款)?(?:第[（(]?({_NUMBER})[）)]?项)?\Z")
_ARTICLE = re.compile(rf"第({_NUMBER})条\s*")
_ITEM = re.compile(rf"（({_NUMBER})）\s*")
HOUSE_RULE = "内部规则"
"""What is cited where no text in force has words for it."""
BESIDE = f"（{HOUSE_RULE}）"
"""After a citation: the article is about the matter, and what is asked beyond its words is a house rule."""
BETWEEN = "/"
"""Of the names of a matter, the nearest first."""
LONGEST_CITATION = 40
"""第一百二十三条第十二款第三十四项 is 17 characters."""


_TENS = {"十": 10, "百": 100}


def _value(numeral: str) -> int:
    """The value of 二十二; the patterns let nothing pass that has other characters."""
    total, digit = 0, 0
    for character in numeral:
        if character in _TENS:
            total += (digit or 1) * _TENS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit


@dataclass(frozen=True, slots=True)
class Citation:
    """An article, perhaps one paragraph (款) and one item (项) of it, each counted from one."""

    article: int
    paragraph: int | None = None
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One 款: its words and the items below them."""

    text: str
    items: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The words with all items, a line each."""
        return "\n".join((self.text, *self.items))


def is_citation(text: str) -> bool:
    """Whether a text is a citation already, and no name of a matter that is still to be looked up."""
    return text.startswith(("第", "《", HOUSE_RULE))


def parse_citation(text: str) -> Citation:
    """Read 第二十二条第一款第一项. Raises Invalid for anything else."""
    found = _CITATION.match(text) if len(text) <= LONGEST_CITATION else None
    if found is None:
        raise uncitable(text)
    article, paragraph, item = found.groups()
    return Citation(_value(article), _value(paragraph) if paragraph else None, _value(item) if item else None)


def nearness(of_row: Citation, asked: Citation) -> int | None:
    """0 where both are the same, 1 where the row's is inside what is asked, 2 where it holds it, None elsewhere."""
    if of_row == asked:
        return 0
    if _inside(of_row, asked):
        return 1
    return 2 if _inside(asked, of_row) else None


def _inside(inner: Citation, outer: Citation) -> bool:
    parts = ((inner.paragraph, outer.paragraph), (inner.item, outer.item))
    return inner.article == outer.article and all(wide is None or wide == narrow for narrow, wide in parts)


def uncitable(text: str) -> Invalid:
    """The error of a citation that cannot be read, or leads nowhere."""
    return Invalid(
        "law.citation",
        f"“{text[:LONGEST_CITATION]}”不是可以查到的条款",
        text_en=f"{text[:LONGEST_CITATION]!r} leads to no article",
        remedy="按“第十三条第二款”“第二十二条第一款第一项”的写法引用",
        remedy_en="Cite article, paragraph and item in Chinese, as an official does",
        field="article",
    )


def parse_articles(text: str) -> dict[int, tuple[Paragraph, ...]]:
    """The articles of an official text, each with its paragraphs and items. What stands before article 1 is left out.

    Raises Invalid where a number is missing or comes twice: then the text is not the whole of an instrument.
    """
    articles: dict[int, list[tuple[str, list[str]]]] = {}
    current: list[tuple[str, list[str]]] | None = None
    for raw in text.splitlines():
        line = raw.replace("\u00a0", " ").strip()
        if not line or line.startswith(("#", "<!--")):
            continue
        if (head := _ARTICLE.match(line)) is not None:
            number = _value(head[1])
            if number != len(articles) + 1:
                raise uncitable(head[0].strip())
            current = articles[number] = []
            line = line[head.end() :]
        if current is None:
            continue
        if current and _ITEM.match(line):
            current[-1][1].append(line)
        else:
            current.append((line, []))
    return {
        number: tuple(Paragraph(words, tuple(items)) for words, items in found) for number, found in articles.items()
    }


def text_of(articles: dict[int, tuple[Paragraph, ...]], cited: Citation) -> str | None:
    """The words that a citation leads to, or None. An item without paragraph is of the first paragraph with items."""
    paragraphs = articles.get(cited.article, ())
    if cited.paragraph is None and cited.item is None:
        return "\n".join(paragraph.whole for paragraph in paragraphs) if paragraphs else None
    if cited.paragraph is None:
        found = next((paragraph for paragraph in paragraphs if paragraph.items), None)
    else:
        found = paragraphs[cited.paragraph - 1] if 1 <= cited.paragraph <= len(paragraphs) else None
    if found is None or cited.item is None:
        return found.whole if found is not None else None
    return found.items[cited.item - 1] if 1 <= cited.item <= len(found.items) else None
