"""The rows of an instrument. Every day, amount, category and paper of the law stands in one of them, and nowhere else.

A row quotes the article it was read from (`says`, proven against the pinned text by `law.check`). Where the law is open
and we chose, `reading` says what we chose, so that an official can see it and an instrument can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rank = Literal["law", "administrative-regulation", "local-regulation", "department-rule", "local-rule", "standard"]
RANKS: dict[Rank, int] = {
    "law": 5,
    "administrative-regulation": 4,
    "local-regulation": 3,
    "department-rule": 2,
    "local-rule": 2,
    "standard": 0,
}
"""Higher prevails (Legislation Law arts 98 to 102); department and local rules stand beside each other (art. 102)."""
OVERRIDING: frozenset[Rank] = frozenset(("law", "administrative-regulation", "local-regulation"))
"""法律、法规: the ranks that both instruments let provide otherwise on storage; what is lower is shown, not applied."""

Builder = Literal["government", "unit"]
Regime = Literal["art7", "art9", "non-public"]
"""Where a place stands in the national regulation: its article 7, the lighter article 9, or no public place (33)."""
Direction = Literal["after", "before"]
DayUnit = Literal["calendar", "working"]
Roll = Literal["next-working-day", "none"]
Party = Literal["unit", "responsible", "individual"]
Precondition = Literal["none", "order-overdue", "refused", "refused-or-serious"]
OrganKind = Literal["public-security", "state-security", "other-department", "managing-unit"]
"""Who asks: an organ of another, or the managing or using unit for what its own cameras recorded."""
AccessKind = Literal["connect", "direct-use", "view", "copy", "retrieve"]
MeasureKind = Literal[
    "order-correct", "order-remove", "confiscate", "delete-footage", "warn", "notify-sector",
    "public-order", "crime", "compensation", "discipline", "other-laws",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row has. `id` is stable and unique among all instruments."""

    id: str
    article: str
    """As an official cites it: 第十三条第二款."""
    says: str
    """An exact quotation from that article."""
    instrument: str = ""
    """Filled in by the parser."""
    duty: str = ""
    """The key that rows of several instruments share when they speak of the same duty."""
    reading: str = ""
    reading_en: str = ""
    house: bool = False
    """The text does not say it: `reading` is a house rule beside the words quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Row):
    """Somebody must do something; with `days` there is a last day, without them the law sets none."""

    name: str
    name_en: str
    debtor: str
    """unit, government, police, department, remover, contractor, anyone."""
    trigger: str = ""
    """The fact from which the days run: delivered-for-use, in-use, received, entry-into-force, removal …"""
    days: int | None = None
    direction: Direction = "after"
    unit: DayUnit = "calendar"
    roll: Roll = "none"
    builders: tuple[Builder, ...] = ("government", "unit")
    regimes: tuple[Regime, ...] = ("art7", "art9", "non-public")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePart:
    """A part of a place where a system is required. A `key` part is decided by the unit (article 7 para. 2)."""

    id: str
    name: str
    name_en: str
    key: bool = False
    builder: Builder | None = None
    """Where the law gives this part to another builder than the rest of the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKind(Row):
    """A kind of place that must have a system; `says` is its word in article 7."""

    category: str
    """7.1 … 7.14 of the provincial instrument."""
    name: str
    name_en: str
    builder: Builder
    builder_article: str
    national: str
    """Where the national regulation has it: 7.1, 7.2.1 … 7.2.4, 9, or 33 for no public place."""
    parts: tuple[PlacePart, ...]

    @property
    def regime(self) -> Regime:
        """Which duties of the national regulation the place falls under."""
        return "art7" if self.national.startswith("7.") else "art9" if self.national == "9" else "non-public"

    def builder_of(self, part: str) -> Builder:
        """Who builds for `part`; the kind's builder where the part has none of its own or is unknown."""
        own = next((found.builder for found in self.parts if found.id == part), None)
        return own or self.builder


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbiddenPlace(Row):
    """A place where no camera may be; `place` is shared by the rows of several instruments that name the same one."""

    place: str
    name: str
    name_en: str
    words: tuple[str, ...] = ()
    """What people call such a place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperKind(Row):
    """A paper or a fact that an act must come with."""

    act: str
    paper: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule(Row):
    """Whose approval an organ of this kind needs for these kinds of access."""

    access: tuple[AccessKind, ...]
    organ: OrganKind
    approver: str
    """own-head, police-head (of the city or county where it lies), unit-consent."""
    need: str
    """The purpose that the law names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule(Row):
    """For how many days footage is kept at least, and whether it must go afterwards."""

    days: int
    delete_after: bool = False
    builders: tuple[Builder, ...] = ("government", "unit")
    regimes: tuple[Regime, ...] = ("art7", "art9", "non-public")


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Row):
    """Another law or regulation that both instruments let prevail; `says` is the clause that lets it."""

    subject: str
    """retention."""
    condition: str
    """The fact about the place under which it applies: anti-terror …"""
    law: str
    law_en: str
    law_article: str
    rank: Rank
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown(Row):
    """A rule of lower rank: shown beside the law, never applied."""

    subject: str
    source: str
    rank: Rank
    text: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FineRange(Row):
    """One party's fine for one act, in whole yuan. Above `max_yuan` never; below `min_yuan` only by the penalty law."""

    act: str
    party: Party
    min_yuan: int
    max_yuan: int
    precondition: Precondition
    profit: bool | None = None
    """None: it does not matter whether it was done for profit."""
    gains: bool | None = None
    """None: it does not matter whether there were illegal gains."""
    builders: tuple[Builder, ...] = ("government", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Row):
    """What may or must be done about an act beside a fine."""

    act: str
    kind: MeasureKind
    precondition: Precondition = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFine(Row):
    """An act that this text orders or forbids without a fine: no case for a fine can be opened under it."""

    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(Row):
    """A regime freed from duties. No text of lower rank brings them back: the strictest does not win over this."""

    regime: Regime
    duties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting(Row):
    """A single figure that the software needs, from the law or as a reading of it."""

    name: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of a closed list that the text itself has: who, or for what."""

    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateViewingRule(Row):
    """Whether private persons may view footage at all; where they may, who and for what, each in the text's words."""

    allowed: bool
    who: tuple[Term, ...] = ()
    grounds: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """An article that asks nothing of anyone which the software could hold, and why."""

    article: str
    reason: str
    reason_en: str
