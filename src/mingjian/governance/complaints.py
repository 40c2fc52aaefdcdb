"""Complaints of citizens (举报, 799 articles 24 and 25): who answers, and who never learns who complained."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mingjian.governance.organs import Organ, OrganKind, Relation, relations
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import UnitId

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which people read as figures."""
CODE_LETTERS = 10
"""Of a sign's address and of a receipt number: 45 bits, which nobody finds by trying."""
CODE_BYTES = 10
TEXT_SHORTEST, TEXT_LONGEST = 5, 2_000
CONTACT_LONGEST = 200
REPLIES_MAX = 50
"""Of one complaint: beyond, it is a case and belongs elsewhere."""


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "received"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the unit or an organ says to a complaint; whoever holds the receipt number reads it."""

    organ: UnitId
    name: str
    at: UtcNs
    text: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint from the public page of a sign. `contact` is sealed and opened only for `sees_contact`."""

    id: str
    number: str
    place: str
    place_name: str
    unit: UnitId
    """Who runs the system complained about."""
    organ: UnitId | None
    """The public security organ that answers; None where the installation has none."""
    territory: str
    sector: str
    text: str
    contact: str
    received: UtcNs
    state: ComplaintState = ComplaintState.RECEIVED
    replies: tuple[Reply, ...] = ()


def letters(random: bytes) -> str:
    """An unguessable code from `CODE_BYTES` random bytes (the caller's source of randomness)."""
    if len(random) != CODE_BYTES:
        raise ValueError(f"a code takes {CODE_BYTES} random bytes, got {len(random)}")
    value, found = int.from_bytes(random, "big"), ""
    for _ in range(CODE_LETTERS):
        value, rest = divmod(value, len(LETTERS))
        found += LETTERS[rest]
    return found


def near(asking: Organ, complaint: Complaint) -> frozenset[Relation]:
    """What `asking` is to a complaint: it follows the place, as every competence does."""
    return relations(asking, complaint.unit, complaint.territory, complaint.sector)


def sees_contact(asking: Organ, complaint: Complaint) -> bool:
    """Whether `asking` learns whom to answer: public security of the place, and never about itself (A27)."""
    police = asking.kind is OrganKind.PUBLIC_SECURITY and asking.id != complaint.unit
    return police and bool(near(asking, complaint) & {Relation.COMPETENT, Relation.SUPERIOR})


def answered_by(asking: Organ, complaint: Complaint) -> ComplaintState:
    """The state after a reply of `asking`: what the unit says is a statement, the organ's word is the answer.

    Where no organ stands above the unit in this installation, the unit's own word has to do.
    """
    answers = sees_contact(asking, complaint) or complaint.organ is None
    return ComplaintState.ANSWERED if answers else complaint.state


def answering(competent: Organ | None, unit: UnitId, superior: Organ | None) -> UnitId | None:
    """Which organ answers a complaint about `unit`: the competent one, or the one above where that is `unit` itself."""
    if competent is not None and competent.id != unit:
        return competent.id
    return superior.id if superior is not None and superior.id != unit else None
