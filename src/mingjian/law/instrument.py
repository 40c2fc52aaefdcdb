"""An instrument read from its TOML and the official text that it was written from; the text is pinned by its hash."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from mingjian.kernel.errors import MALFORMED, Invalid
from mingjian.law.citation import Paragraph, parse_articles, parse_citation, text_of, uncitable
from mingjian.law.rows import (
    ApprovalRule,
    Duty,
    Exemption,
    FineRange,
    ForbiddenPlace,
    Measure,
    NoFine,
    Override,
    PaperKind,
    PlaceKind,
    PlacePart,
    PrivateViewingRule,
    Rank,
    RetentionRule,
    Row,
    Setting,
    Shown,
    Silent,
    Term,
)

MAX_BYTES = 1 << 20
"""Of each file: the longest law we know has 300 kB, our rows a tenth of it."""
MAX_ROWS = 2_000
"""An instrument of thirty articles has about two hundred."""
MAX_TEXT = 2_000
"""Of one field: the longest article of both texts has 900 characters."""
KINDS: dict[str, type[Row]] = {
    "duty": Duty,
    "place": PlaceKind,
    "forbidden": ForbiddenPlace,
    "paper": PaperKind,
    "approval": ApprovalRule,
    "retention": RetentionRule,
    "override": Override,
    "shown": Shown,
    "no_fine": NoFine,
    "exemption": Exemption,
    "setting": Setting,
    "private_viewing": PrivateViewingRule,
}
"""Tables of the file and what their rows are. `penalty` holds several fines and measures of one act, see `_penalty`."""
_NAMES: dict[type[Row], str] = {FineRange: "fine", Measure: "measure", **{made: name for name, made in KINDS.items()}}
OneRow = TypeVar("OneRow", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What an instrument says about itself."""

    id: str
    title: str
    title_en: str
    short: str
    """How chips name it where two instruments speak."""
    short_en: str
    letter: str
    """With what the ids of its articles begin: A13.2."""
    rank: Rank
    valid_from: date
    valid_until: date | None = None
    """The last day on which it is in force."""
    utc_offset_minutes: int
    """The zone in which its days begin and end: China has one, without summer time since 1991."""
    text: str
    """File name of the official text."""
    text_sha256: str
    source: str
    read_on: date


@dataclass(frozen=True, slots=True)
class Instrument:
    """One text of law: its head, its articles and its rows."""

    head: Head
    articles: dict[int, tuple[Paragraph, ...]]
    rows: tuple[Row, ...]
    silent: tuple[Silent, ...]

    @property
    def id(self) -> str:
        """`anhui-2017`."""
        return self.head.id

    def in_force(self, on: date) -> bool:
        """Whether the text was in force on that day."""
        return self.head.valid_from <= on and (self.head.valid_until is None or on <= self.head.valid_until)

    def of(self, kind: type[OneRow]) -> Iterator[OneRow]:
        """Its rows of one kind, as the file has them."""
        return (row for row in self.rows if isinstance(row, kind))

    def cite(self, citation: str) -> str:
        """The words of 第二十二条第一款第一项. Raises Invalid where it leads nowhere."""
        found = text_of(self.articles, parse_citation(citation))
        if found is None:
            raise uncitable(citation)
        return found


def parse(toml: bytes, text: bytes) -> Instrument:
    """Read an instrument and its text. Raises Invalid naming row and field; `law.check` judges what the rows say."""
    if max(len(toml), len(text)) > MAX_BYTES:
        raise _invalid("file", f"文件超过 {MAX_BYTES} 字节", f"the file is longer than {MAX_BYTES} bytes")
    try:
        data = tomllib.loads(toml.decode())
        words = text.decode()
    except MALFORMED as error:
        raise _invalid("file", f"无法读取：{error}", f"cannot be read: {error}") from error
    head = _built(Head, "instrument", data.pop("instrument", None))
    if hashlib.sha256(text).hexdigest() != head.text_sha256:
        raise _invalid(
            f"{head.id}.text_sha256", "官方文本与所据文本不一致", "the text is not the one that the rows were read from"
        )
    tables = list(_tables(data))
    if len(tables) > MAX_ROWS:
        raise _invalid(head.id, f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows")
    silent = tuple(_built(Silent, "silent", table) for kind, table in tables if kind == "silent")
    rows = tuple(row for kind, table in tables for row in _rows(kind, table, head.id))
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise _invalid(row.id, "编号重复", "the id comes twice")
        seen.add(row.id)
    return Instrument(head, parse_articles(words), rows, silent)


def kind_of(row: Row) -> str:
    """The table of the file that the row came from, as `duty`; a penalty's rows are `fine` and `measure`."""
    return _NAMES[type(row)]


def _tables(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for kind, tables in data.items():
        if kind not in {*KINDS, "penalty", "silent"}:
            raise _invalid(kind, "没有这种规则行", "there is no such kind of row")
        if not isinstance(tables, list):
            raise _invalid(kind, "应为 [[…]] 表", "must be an array of tables")
        yield from ((kind, table) for table in tables)


def _rows(kind: str, table: object, instrument: str) -> Iterator[Row]:
    if kind == "penalty":
        yield from _penalty(table, instrument)
    elif kind != "silent":
        yield _built(KINDS[kind], kind, table, instrument=instrument)


def _penalty(table: object, instrument: str) -> Iterator[Row]:
    """The fines and measures of one act: what they share stands once, each band and measure has its own quotation."""
    if not isinstance(table, dict):
        raise _invalid("penalty", "应为表", "must be a table")
    shared = dict(table)
    own = {"fines": (FineRange, "party"), "measures": (Measure, "kind")}
    inside = {name: shared.pop(name, []) for name in own}
    for name, (made, part) in own.items():
        if not isinstance(inside[name], list):
            raise _invalid(f"{shared.get('id', 'penalty')}.{name}", "应为列表", "must be a list")
        for one in inside[name]:
            if not isinstance(one, dict):
                raise _invalid(f"{shared.get('id', 'penalty')}.{name}", "应为表", "must be a table")
            common = shared if made is FineRange else {k: v for k, v in shared.items() if k not in _FINES_ALONE}
            suffix = one.get("case", one.get(part, ""))
            merged = {**common, **{k: v for k, v in one.items() if k != "case"}, "id": f"{shared.get('id')}.{suffix}"}
            yield _built(made, "penalty", merged, instrument=instrument)


_FINES_ALONE = {"precondition", "profit", "gains", "builders"}
"""Shared by the fines of a penalty; a measure states its own precondition."""
Made = TypeVar("Made")


_INSIDE = (PlacePart, Term)
"""What rows hold lists of."""
_HINTS = {made: get_type_hints(made) for made in (Head, Silent, *_INSIDE, FineRange, Measure, *KINDS.values())}


def _built(made: type[Made], kind: str, table: object, **known: str) -> Made:
    if not isinstance(table, dict):
        raise _invalid(kind, "应为表", "must be a table")
    name = str(table.get("id") or table.get("article") or kind)[:100]
    hints = _HINTS[made]
    values: dict[str, Any] = dict(known)
    expected = {field.name: field for field in fields(made) if field.name not in known}  # type: ignore[arg-type]  # only dataclasses are made
    for key in table:
        if key not in expected:
            raise _invalid(f"{name}.{key}"[:150], "没有这个字段", "there is no such field")
    for key, field in expected.items():
        if key in table:
            values[key] = _value(hints[key], table[key], f"{name}.{key}")
        elif field.default is MISSING:
            raise _invalid(f"{name}.{key}", "缺少字段", "the field is missing")
    return made(**values)


def _value(hint: Any, value: object, where: str) -> Any:
    """`value` as the field's type has it. Raises Invalid naming row and field."""
    origin = get_origin(hint)
    if origin is Literal:
        if value not in get_args(hint) or isinstance(value, bool):
            raise _invalid(
                where, f"应为 {'、'.join(map(str, get_args(hint)))} 之一", f"must be one of {get_args(hint)}"
            )
        return value
    if origin is tuple:
        if not isinstance(value, list) or not value or len(value) > MAX_ROWS:
            raise _invalid(where, "应为非空列表", "must be a list that is not empty")
        return tuple(_value(get_args(hint)[0], one, where) for one in value)
    if origin in (Union, UnionType):
        return _value(next(one for one in get_args(hint) if one is not type(None)), value, where)
    if hint in _INSIDE:
        return _built(hint, where, value)
    if type(value) is not hint:
        raise _invalid(where, f"应为 {hint.__name__}", f"must be {hint.__name__}")
    if isinstance(value, str) and not 0 < len(value.strip()) <= MAX_TEXT:
        raise _invalid(where, "不得为空或过长", "must not be empty or too long")
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        raise _invalid(where, "不得为负", "must not be negative")
    return value


def _invalid(where: str, text: str, text_en: str) -> Invalid:
    return Invalid(
        "law.instrument",
        f"法规数据 {where}：{text}",
        text_en=f"instrument, {where}: {text_en}",
        remedy="改正该规则行后运行 mingjian law check",
        remedy_en="Correct the row, then run mingjian law check",
        field=where,
    )
