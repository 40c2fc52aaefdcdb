"""The words of the law, its rows and what follows from them: public texts, for anyone who is signed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, WithJsonSchema

from mingjian.governance import matters
from mingjian.law.instrument import Instrument, kind_of
from mingjian.law.rows import PlaceKind, Row
from mingjian.law.rulebook import Rulebook
from mingjian.web.guard import SignedIn, services_of

router = APIRouter(prefix="/api/law", tags=["law"], dependencies=[Depends(SignedIn())])
LOCAL = "local"
"""Names the instrument of the place, which an article is cited from unless it says otherwise."""
ROWS_SHOWN = 24
"""Article 7 alone has some sixty rows, one a kind of place; nobody reads them in a small window."""
Name = Annotated[str, Field(max_length=100)]
Matter = Annotated[str, WithJsonSchema({"type": "string", "title": "Matter", "enum": sorted(matters.NAMED)})]


class InstrumentOut(BaseModel):
    """One text of law."""

    id: str
    title: str
    title_en: str
    short: str
    short_en: str
    rank: str
    valid_from: str
    valid_until: str | None
    in_force: bool
    """Today, in its own zone."""


class MatterOut(BaseModel):
    """A matter of the law, and the article that is cited for it here."""

    matter: Matter
    article: str


class RowOut(BaseModel):
    """One row: what it quotes, how it is read, and its figures where it has some."""

    id: str
    kind: str
    instrument: str
    article: str
    says: str
    reading: str
    reading_en: str
    name: str
    name_en: str
    days: int | None
    direction: str | None
    unit: str | None
    roll: str | None
    trigger: str | None
    debtor: str | None
    party: str | None
    min_yuan: int | None
    max_yuan: int | None
    precondition: str | None
    law: str | None
    """Of an override: the other law that prevails, with `law_en` and `law_article`."""
    law_en: str | None
    law_article: str | None
    source: str | None
    """Of a rule that is only shown."""
    value: int | None
    approver: str | None
    organ: str | None


class PassageOut(BaseModel):
    """The words that a citation leads to, with their rows."""

    instrument: InstrumentOut
    article: str
    text: str
    rows: list[RowOut]


class LawOut(PassageOut):
    """A passage, and what the other instruments say about the same."""

    others: list[PassageOut]


class PlacePartOut(BaseModel):
    id: str
    name: str
    name_en: str
    key: bool
    builder: str
    """government or unit, of this part."""


class PlaceKindOut(BaseModel):
    """A kind of place that must have a system."""

    id: str
    category: str
    name: str
    name_en: str
    article: str
    builder: str
    builder_article: str
    national: str
    regime: str
    reading: str
    reading_en: str
    parts: list[PlacePartOut]


class ForbiddenPlaceOut(BaseModel):
    """A place where no camera may be."""

    id: str
    place: str
    name: str
    name_en: str
    article: str
    instrument: str


@router.get("/instruments", operation_id="list_instruments")
def list_instruments(request: Request) -> list[InstrumentOut]:
    """The instruments of this installation, the local one first."""
    law, today = services_of(request).law, _today(request)
    return [_instrument(found, in_force=found.in_force(today)) for found in law.instruments]


@router.get("/matters", operation_id="list_matters")
def list_matters(request: Request) -> list[MatterOut]:
    """What screens are about, each with its article today; a house rule where no text in force speaks of it."""
    services = services_of(request)
    return [MatterOut(matter=name, article=services.cited(matter)) for name, matter in matters.NAMED.items()]


@router.get("/articles/{instrument}/{citation}", operation_id="read_article")
def read_article(request: Request, instrument: Name, citation: Name) -> LawOut:
    """An article, paragraph or item by its citation; `local` is the instrument of the place."""
    law = services_of(request).law
    found, article = law.passage(citation, None if instrument == LOCAL else instrument)
    text = found.cite(article)
    return _law(request, found, article, text, law.rows_of(article, found.id))


@router.get("/rows/{row}", operation_id="read_row")
def read_row(request: Request, row: Name) -> LawOut:
    """One row with the words it was read from."""
    law = services_of(request).law
    found = law.row(row)
    instrument = law.instrument(found.instrument)
    return _law(request, instrument, found.article, instrument.cite(found.article), (found,))


@router.get("/place-kinds", operation_id="list_place_kinds")
def list_place_kinds(request: Request) -> list[PlaceKindOut]:
    """The kinds of places that must have a system today, with their parts and who builds."""
    return [_place_kind(kind) for kind in services_of(request).law.place_kinds(_today(request))]


@router.get("/forbidden", operation_id="list_forbidden_places")
def list_forbidden_places(request: Request) -> list[ForbiddenPlaceOut]:
    """Where no camera may be today."""
    return [
        ForbiddenPlaceOut(
            id=row.id,
            place=row.place,
            name=row.name,
            name_en=row.name_en,
            article=row.article,
            instrument=row.instrument,
        )
        for row in services_of(request).law.forbidden(_today(request))
    ]


def _today(request: Request) -> date:
    services = services_of(request)
    return services.law.day(services.clock.now())


def _law(request: Request, instrument: Instrument, citation: str, text: str, rows: Iterable[Row]) -> LawOut:
    law, today = services_of(request).law, _today(request)
    shown = tuple(rows)[:ROWS_SHOWN]
    there: dict[tuple[str, str], list[Row]] = {}
    for row in law.elsewhere(shown)[:ROWS_SHOWN]:
        there.setdefault((row.instrument, row.article), []).append(row)
    return LawOut(
        instrument=_instrument(instrument, in_force=instrument.in_force(today)),
        article=citation,
        text=text,
        rows=[_row(row) for row in shown],
        others=[
            _passage(law, law.instrument(name), article, found, in_force=law.instrument(name).in_force(today))
            for (name, article), found in there.items()
        ],
    )


def _passage(law: Rulebook, instrument: Instrument, article: str, rows: list[Row], *, in_force: bool) -> PassageOut:
    return PassageOut(
        instrument=_instrument(instrument, in_force=in_force),
        article=article,
        text=law.cite(article, instrument.id),
        rows=[_row(row) for row in rows],
    )


def _instrument(instrument: Instrument, *, in_force: bool) -> InstrumentOut:
    head = instrument.head
    return InstrumentOut(
        id=head.id,
        title=head.title,
        title_en=head.title_en,
        short=head.short,
        short_en=head.short_en,
        rank=head.rank,
        valid_from=head.valid_from.isoformat(),
        valid_until=head.valid_until.isoformat() if head.valid_until else None,
        in_force=in_force,
    )


def _row(row: Row) -> RowOut:
    """A row of any kind; what its kind does not have is None."""
    known = {name: getattr(row, name) for name in RowOut.model_fields if hasattr(row, name)}
    absent = {name: "" if name in ("name", "name_en") else None for name in RowOut.model_fields}
    return RowOut.model_validate({**absent, **known, "kind": kind_of(row)})


def _place_kind(kind: PlaceKind) -> PlaceKindOut:
    return PlaceKindOut(
        id=kind.id,
        category=kind.category,
        name=kind.name,
        name_en=kind.name_en,
        article=kind.article,
        builder=kind.builder,
        builder_article=kind.builder_article,
        national=kind.national,
        regime=kind.regime,
        reading=kind.reading,
        reading_en=kind.reading_en,
        parts=[
            PlacePartOut(
                id=part.id, name=part.name, name_en=part.name_en, key=part.key, builder=kind.builder_of(part.id)
            )
            for part in kind.parts
        ],
    )
