"""Papers as values: what stands on a form, in which order, where it is signed and sealed. Its looks are a template's.

Every text in a block is data: whoever prints it never reads it as markup. A block names the form field it came from
where there is one, so that a character no font has can be told to the person who entered it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mingjian.kernel.clock import UtcNs


class Language(StrEnum):
    """The language of labels and fixed phrases; what people entered stays as it is."""

    ZH = "zh"
    EN = "en"


class DocumentKind(StrEnum):
    """What a paper is."""

    FILING = "filing"
    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    SITE_VISIT = "site-visit"
    CHANGE_FILING = "change-filing"
    REMOVAL_NOTICE = "removal-notice"
    REGISTER = "register"
    PRIVATE_VIEWING = "private-viewing"
    APPROVAL = "approval"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Words:
    """One fixed text in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with its value. `wide` takes the whole line; an empty value leaves room to write by hand."""

    label: str
    value: str
    field: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A section of labelled values, two to a line."""

    heading: str
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `share` is its part of the width beside the others."""

    title: str
    share: int = 1
    field: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A section with a table whose head is repeated on every page. Each row has as many cells as there are columns."""

    heading: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""
    """What stands there when there are no rows."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A section of running text; line breaks are kept."""

    heading: str
    text: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph: `attachment` is the key of its bytes, `alt` says what it shows to those who cannot see."""

    attachment: str
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Pictures:
    """A section of photographs, two to a line."""

    heading: str
    items: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class SignaturePlace:
    """A line to sign on; `name` is printed where the signer is known."""

    label: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign, side by side and kept together on one page."""

    places: tuple[SignaturePlace, ...]


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where `owner` puts its seal, with the date below."""

    owner: str
    date: str = ""


@dataclass(frozen=True, slots=True)
class Seals:
    """Seal places, side by side and kept together on one page."""

    places: tuple[SealPlace, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of `content` with what it leads to beside it."""

    content: str
    caption: str


Block = Facts | Table | Paragraph | Pictures | Signatures | Seals | Code


@dataclass(frozen=True, slots=True)
class Document:
    """One paper. `number` is printed on every page; `basis` says under which article it is made."""

    kind: DocumentKind
    number: str
    title: str
    title_en: str
    blocks: tuple[Block, ...]
    issued: UtcNs
    basis: str = ""
    language: Language = Language.ZH


Attachments = Mapping[str, bytes]
"""JPEG or PNG pictures by the key that a `Picture` names."""


class Paper(StrEnum):
    """A sheet size for signs; forms are A4."""

    A4 = "a4"
    A5 = "a5"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a sign at a place says (视频监控提示标识). `address` is the public page its QR code leads to."""

    place: str
    operator: str
    purpose: str
    retention: str
    telephone: str
    complaint: str
    basis: str
    address: str
    number: str
    issued: UtcNs


def texts(paper: Document | Sign) -> Iterator[tuple[str, str, str]]:
    """Every text that is printed, as `(field, label, text)`; `field` is empty for fixed words."""
    if isinstance(paper, Sign):
        for name in ("place", "operator", "purpose", "retention", "telephone", "complaint", "basis", "number"):
            yield name, name, getattr(paper, name)
        return
    yield "number", "", paper.number
    yield from (("", "", text) for text in (paper.title, paper.title_en, paper.basis))
    for block in paper.blocks:
        yield from _of_block(block)


def _of_block(block: Block) -> Iterator[tuple[str, str, str]]:
    match block:
        case Facts(heading, rows):
            yield "", "", heading
            yield from ((row.field, row.label, row.value) for row in rows)
            yield from (("", "", row.label) for row in rows)
        case Table(heading, columns, rows, empty):
            yield from (("", "", text) for text in (heading, empty, *(column.title for column in columns)))
            yield from ((c.field, c.title, cell) for row in rows for c, cell in zip(columns, row, strict=True))
        case Paragraph(heading, text, field):
            yield "", "", heading
            yield field, heading, text
        case Pictures(heading, items):
            yield "", "", heading
            yield from (("pictures", heading, text) for item in items for text in (item.caption, item.alt))
        case Signatures(places):
            yield from (("", "", place.label) for place in places)
            yield from (("signatures", place.label, place.name) for place in places)
        case Seals(places):
            yield from (("seal", place.owner, text) for place in places for text in (place.owner, place.date))
        case Code(_, caption):
            yield "", "", caption
