"""Complaints: a citizen sends one from the page of a sign; the unit and the organ of the place see it and reply.

Whoever complains needs no account and gives a contact only if he likes. It is sealed, never enters the ledger, and is
opened for the registrar of the public security organ of the place alone; nobody learns who complained about himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app import duties
from mingjian.app.performing import Performance, asking, entry, performing
from mingjian.app.ports import Random, Store, UnitOfWork, Vault
from mingjian.app.records import Actor
from mingjian.app.signs import signed_place
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Allow, Facts, Role, Subject, decide
from mingjian.governance.complaints import (
    CODE_BYTES,
    CONTACT_LONGEST,
    REPLIES_MAX,
    TEXT_LONGEST,
    TEXT_SHORTEST,
    Complaint,
    ComplaintState,
    Reply,
    answered_by,
    answering,
    letters,
    near,
    sees_contact,
)
from mingjian.governance.organs import Organ, OrganKind
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Missing, Overloaded
from mingjian.kernel.ids import RANDOM_BYTES, UnitId, uuid7
from mingjian.law.rulebook import Rulebook

PLACE_DAY_MAX = 200
"""Complaints about one place within a day: more is a flood, and those that came are enough to act on."""
DAY_NS = 86_400 * SECOND_NS
DUTY = "complaint"
"""The organ's duty to deal with it promptly: the law sets no day."""
FORGOTTEN_MOST, FORGOTTEN_AT_ONCE = 5_000, 200
"""Contacts deleted by one look, and in one transaction: what is left goes with the next look."""
NUMBER_PREFIX = "TS"
"""投诉: tells a receipt number of a complaint from any other number."""


@dataclass(frozen=True, slots=True)
class Received:
    """A complaint under way in its transaction, sent by nobody whom the installation knows."""

    uow: UnitOfWork
    now: UtcNs


@dataclass(frozen=True, slots=True)
class ShownComplaint:
    """A complaint as one reader may see it. `contact` is None where it is not for him."""

    complaint: Complaint
    contact: str | None
    organ: str
    """Name of the organ that answers, or an empty text."""
    may_reply: bool


def taken(
    store: Store,
    vault: Vault,
    law: Rulebook,
    *,
    clock: Clock,
    random: Random,
    code: str,
    text: str,
    contact: str = "",
) -> Complaint:
    """Take a complaint about the place whose sign carries `code`. Raises Missing, Invalid, or Overloaded by the day."""
    text = line(text, "text", shortest=TEXT_SHORTEST, longest=TEXT_LONGEST)
    contact = line(contact, "contact", shortest=0, longest=CONTACT_LONGEST)
    now = clock.now()
    with store.writing() as uow:
        place = signed_place(uow, code)
        if uow.complaints.count_since(place.id, UtcNs(now - DAY_NS)) >= PLACE_DAY_MAX:
            raise Overloaded(
                "complaint.many",
                "这个场所今天收到的投诉已经很多",
                text_en="Very many complaints about this place have come today",
                remedy="请明天再试，或者拨打页面上的电话",
                remedy_en="Try again tomorrow, or ring the telephone on this page",
            )
        identity = uuid7(now, random(RANDOM_BYTES))
        complaint = Complaint(
            id=identity,
            number=f"{NUMBER_PREFIX}{letters(random(CODE_BYTES))}",
            place=place.id,
            place_name=place.name,
            unit=place.unit,
            organ=_answering(uow, place.unit, place.territory),
            territory=place.territory,
            sector=place.sector,
            text=text,
            contact=vault.seal(contact.encode(), context=_context(identity)).hex() if contact else "",
            received=now,
        )
        uow.complaints.add(complaint)
        facts = {"number": complaint.number, "place": place.id, "organ": complaint.organ or ""}
        uow.ledger.append(entry("complaint.received", now, identity, facts, unit=place.unit, personal={"text": text}))
        if complaint.organ is not None:
            duties.open_duty(
                Received(uow, now),
                law,
                duty=DUTY,
                debtor=complaint.organ,
                owner=complaint.organ,  # nobody learns from a clock what was said about him
                subject_kind="complaint",
                subject=identity,
                subject_name=f"{complaint.number} {place.name}",
                trigger=law.day(now),
                regime=law.place_kind(place.kind).regime,
                territory=place.territory,
                sector=place.sector,
            )
        return complaint


def followed(store: Store, *, code: str, number: str) -> tuple[Complaint, str]:
    """What became of a complaint, for whoever holds its number, and the name of the organ that answers.

    Raises Missing for a number of another place too.
    """
    with store.reading() as uow:
        place = signed_place(uow, code)
        found = uow.complaints.numbered(number.strip().upper())
        if found is None or found.place != place.id:
            raise _unknown()
        return found, _organ_name(uow, found)


def listed(
    store: Store, vault: Vault, *, actor: Actor, clock: Clock, state: ComplaintState | None, limit: int
) -> Sequence[ShownComplaint]:
    """Complaints about the actor's unit and, for public security, about places of its area; newest first."""
    with asking(store, Act.COMPLAINT_LIST, actor=actor, clock=clock) as doing:
        organ = _organ(doing)
        found = {one.id: one for one in doing.uow.complaints.of_unit(organ.id, state=state, limit=limit)}
        if organ.kind is OrganKind.PUBLIC_SECURITY and organ.territory:
            found |= {one.id: one for one in doing.uow.complaints.within(organ.territory, state=state, limit=limit)}
        seen = [one for one in found.values() if _allowed(doing, organ, one, Act.COMPLAINT_LIST)]
        newest = sorted(seen, key=lambda one: (one.received, one.id), reverse=True)[:limit]
        return [_shown(doing, vault, organ, one) for one in newest]


def one(store: Store, vault: Vault, *, actor: Actor, clock: Clock, complaint: str) -> ShownComplaint:
    """One of those `listed`. Raises Missing for any other."""
    with asking(store, Act.COMPLAINT_LIST, actor=actor, clock=clock) as doing:
        found, organ = doing.uow.complaints.one(complaint), _organ(doing)
        if found is None or not _allowed(doing, organ, found, Act.COMPLAINT_LIST):
            raise _unknown()
        return _shown(doing, vault, organ, found)


def reply(
    store: Store, vault: Vault, law: Rulebook, *, actor: Actor, clock: Clock, complaint: str, text: str
) -> ShownComplaint:
    """Reply to a complaint. The organ's word answers it; what the unit says is a statement beside it."""
    text = line(text, "text", shortest=TEXT_SHORTEST, longest=TEXT_LONGEST)
    with performing(store, Act.COMPLAINT_REPLY, complaint, actor=actor, clock=clock) as doing:
        doing.permit(None)
        before = doing.uow.complaints.one(complaint)
        if before is None:
            raise _unknown()
        doing.permit_near(before.unit, before.territory, before.sector)
        if len(before.replies) >= REPLIES_MAX:
            raise Overloaded(
                "complaint.replies",
                f"一件投诉最多 {REPLIES_MAX} 次答复",
                text_en=f"A complaint holds at most {REPLIES_MAX} replies",
                remedy="按案件办理",
                remedy_en="Handle it as a case",
            )
        organ = _organ(doing)
        said = Reply(organ.id, organ.name, doing.now, text)
        after = replace(before, replies=(*before.replies, said), state=answered_by(organ, before))
        doing.uow.complaints.save(after, replies=len(before.replies))
        facts = {"number": after.number, "place": after.place, "state": after.state}
        index = doing.enter("complaint.replied", complaint, facts, personal={"text": text})
        if after.state is ComplaintState.ANSWERED:
            duties.meet_duty(doing, complaint, DUTY, on=law.day(doing.now), entry=index)
        return _shown(doing, vault, organ, after)


def forget_contacts(store: Store, *, clock: Clock, days: int) -> int:
    """Delete the contacts of complaints whose last word is `days` old; how many. Each is an entry without the contact.

    An unanswered complaint keeps its own: the organ still has to ask and to answer.
    """
    now = clock.now()
    until = UtcNs(now - days * DAY_NS)
    forgotten = 0
    with store.reading() as uow:
        due = [one.id for one in uow.complaints.with_contact(answered_until=until, limit=FORGOTTEN_MOST)]
    for start in range(0, len(due), FORGOTTEN_AT_ONCE):
        with store.writing() as uow:
            for complaint in due[start : start + FORGOTTEN_AT_ONCE]:
                one = uow.complaints.one(complaint)
                if one is None or not one.contact or one.state is not ComplaintState.ANSWERED:
                    continue
                if one.replies[-1].at > until:
                    continue  # somebody has replied since we looked
                uow.complaints.save(replace(one, contact=""), replies=len(one.replies))
                facts = {"number": one.number, "place": one.place, "days": days}
                uow.ledger.append(entry("complaint.contact_deleted", now, one.id, facts, unit=one.organ or one.unit))
                forgotten += 1
    return forgotten


def _shown(doing: Performance, vault: Vault, organ: Organ, one: Complaint) -> ShownComplaint:
    contact: str | None = None
    if Role.REGISTRAR in doing.person.roles and sees_contact(organ, one):
        contact = vault.open(bytes.fromhex(one.contact), context=_context(one.id)).decode() if one.contact else ""
    return ShownComplaint(one, contact, _organ_name(doing.uow, one), _allowed(doing, organ, one, Act.COMPLAINT_REPLY))


def _allowed(doing: Performance, organ: Organ, one: Complaint, act: Act) -> bool:
    asker = Subject(doing.person.id, doing.person.unit, doing.person.roles, doing.person.disabled is None)
    return isinstance(decide(asker, act, one.unit, Facts(relations=near(organ, one)), doing.now), Allow)


def _organ(doing: Performance) -> Organ:
    return doing.uow.organs.one(doing.person.unit) or Organ(doing.person.unit, doing.person.unit_name)


def _organ_name(uow: UnitOfWork, one: Complaint) -> str:
    organ = uow.organs.one(one.organ) if one.organ is not None else None
    return organ.name if organ is not None else ""


def _answering(uow: UnitOfWork, unit: UnitId, territory: str) -> UnitId | None:
    competent = uow.organs.competent(OrganKind.PUBLIC_SECURITY, territory)
    above = uow.organs.one(competent.parent) if competent is not None and competent.parent is not None else None
    return answering(competent, unit, above)


def _unknown() -> Missing:
    return Missing("complaint.unknown", "没有这件投诉", text_en="There is no such complaint")


def _context(complaint: str) -> str:
    return f"complaint:{complaint}"
