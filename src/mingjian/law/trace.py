"""From article to rows, screens and tests: the table that shows what carries each article, and what proves it.

Pure: the caller reads the sources. A test proves an article when its name has the article's id (`test_A13_2_day_30…`);
a screen speaks of it when an article chip there cites it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from mingjian.law.citation import HOUSE_RULE, Citation, parse_citation
from mingjian.law.rows import Row
from mingjian.law.rulebook import Rulebook

_TEST = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)
_NAMED = re.compile(r"(?<![A-Za-z0-9])([A-Z]\d{1,2}(?:_\d{1,2})*)(?![A-Za-z0-9])")
_CHIP = re.compile(r"""<ArticleChip\b[^>]*?\bmatter=(?:"([^"]+)"|\{([^}]*)\})""")
_QUOTED = re.compile(r"'([^']+)'")
_LEADING = re.compile(r"[A-Z]\d+(?:\.\d+)*")
Proofs = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """One article, paragraph or item with what carries and what proves it."""

    id: str
    article: str
    rows: tuple[str, ...]
    reason: str
    screens: tuple[str, ...]
    tests: tuple[str, ...]


def proofs(sources: Mapping[str, str]) -> Proofs:
    """Article ids (`A13.2`) with the tests that name them, from test files by their path."""
    found: dict[str, list[str]] = {}
    for path, source in sorted(sources.items()):
        for name in _TEST.findall(source):
            for article in dict.fromkeys(_NAMED.findall(name)):
                found.setdefault(article.replace("_", "."), []).append(f"{path}::{name}")
    return {article: tuple(tests) for article, tests in sorted(found.items(), key=lambda one: order(one[0]))}


def screens(law: Rulebook, sources: Mapping[str, str], matters: Mapping[str, str]) -> Proofs:
    """Article ids with the screens that cite them, from the screens' sources by their path.

    `matters`: what chips name, as `Rulebook.cited` takes it; every text counts as in force.
    """
    on = max(instrument.head.valid_from for instrument in law.instruments)
    found: dict[str, list[str]] = {}
    for path, source in sorted(sources.items()):
        for plain, choice in _CHIP.findall(source):
            for word in [plain] if plain else _QUOTED.findall(choice):
                if (article := _cited(law, matters.get(word, ""), on)) and path not in found.setdefault(article, []):
                    found[article].append(path)
    return {article: tuple(paths) for article, paths in found.items()}


def proving(found: Proofs, article: str) -> tuple[str, ...]:
    """The tests of an article and of everything inside it."""
    inside = (tests for one, tests in found.items() if one == article or one.startswith(article + "."))
    return tuple(dict.fromkeys(test for tests in inside for test in tests))


def article_of(law: Rulebook, row: Row) -> str:
    """`A13.2` of `A13.2.file`; a kind of place (`7.2.hotel`) is of its article."""
    leading = _LEADING.match(row.id)
    return leading[0] if leading else article_id(law, row.instrument, row.article)


def article_id(law: Rulebook, instrument: str, citation: str) -> str:
    """`A13` of any citation in article 13."""
    return f"{law.instrument(instrument).head.letter}{parse_citation(citation).article}"


def lines(law: Rulebook, tests: Proofs, shown: Proofs) -> Iterator[Line]:
    """Every article of every instrument, the local one first, each with its own rows, screens and tests."""
    for instrument in law.instruments:
        letter = instrument.head.letter
        rows: dict[str, list[Row]] = {}
        for row in instrument.rows:
            rows.setdefault(article_of(law, row), []).append(row)
        reasons = {article_id(law, instrument.id, one.article): one.reason_en for one in instrument.silent}
        named = {one for one in (*tests, *shown) if one.startswith(letter) and _number(one) in instrument.articles}
        for article in sorted({*rows, *reasons, *named}, key=order):
            own = rows.get(article, [])
            yield Line(
                article,
                own[0].article if own else "",
                tuple(row.id for row in own),
                reasons.get(article, ""),
                shown.get(article, ()),
                tests.get(article, ()),
            )


def table(law: Rulebook, tests: Proofs, shown: Proofs) -> str:
    """The page `docs/ref/traceability.md`."""
    parts = [
        "# From article to rule, screen and test\n",
        "Written by `mingjian law trace`; a test holds it to the code. A test stands beside the article that its name"
        " has (`test_A13_2_…`), a screen beside the article that a chip on it cites."
        " `mingjian law show A13.2` prints the words.\n",
    ]
    every = list(lines(law, tests, shown))
    for instrument in law.instruments:
        letter = instrument.head.letter
        parts.append(f"## {instrument.head.title} (`{instrument.id}`)\n")
        parts.append("| id | article | rows | screens | tests |")
        parts.append("|---|---|---|---|---|")
        parts.extend(_line(line) for line in every if line.id.startswith(letter))
        parts.append("")
    return "\n".join(parts)


PLACES_NAMED = 3
"""Rows of one article that the table names; article 7 has some sixty kinds of places."""


def _line(line: Line) -> str:
    own = [f"`{row}`" for row in line.rows]
    if len(own) > 4 * PLACES_NAMED:
        own = [*own[:PLACES_NAMED], f"… {len(own)} in all"]
    rows = ", ".join(own) or (f"none: {line.reason}" if line.reason else "")
    tests = "<br>".join(f"{test.rpartition('::')[2]}" for test in line.tests)
    return f"| {line.id} | {line.article} | {rows} | {'<br>'.join(line.screens)} | {tests} |"


def order(article: str) -> tuple[str, tuple[int, ...]]:
    """Sorts A9.2 before A13.1."""
    return article[0], tuple(int(number) for number in article[1:].split("."))


def _number(article: str) -> int:
    return int(article[1:].split(".")[0])


def _cited(law: Rulebook, matter: str, on: date) -> str:
    """`A13.2` of a matter; empty where no text speaks of it."""
    cited = law.cited(matter, on)
    if cited in {"", HOUSE_RULE}:
        return ""
    instrument, article = law.passage(cited)
    return instrument.head.letter + ".".join(str(number) for number in _numbers(parse_citation(article)))


def _numbers(cited: Citation) -> Iterable[int]:
    return (number for number in (cited.article, cited.paragraph, cited.item) if number is not None)
