"""Who the identity provider's subjects are here: linked to a person by the security administrator, never by a name."""

from __future__ import annotations

from mingjian.app.id_token import SUBJECT_LONGEST
from mingjian.app.people import reached
from mingjian.app.performing import asking, performing
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, ClosingCause, ProviderLink
from mingjian.app.views import close_in
from mingjian.governance.authority import Act, Facts, Role
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import Invalid, Missing, Refused
from mingjian.kernel.ids import RANDOM_BYTES, PersonId, uuid7


def of(store: Store, *, actor: Actor, clock: Clock, person: PersonId) -> ProviderLink | None:
    """The link of a person of the actor's unit, or of one that it serves. Raises Missing for any other."""
    with asking(store, Act.PEOPLE_LIST, actor=actor, clock=clock) as doing:
        found, near = reached(doing, person, Role.SECURITY)
        doing.permit(found.unit, Facts(relations=near))
        return doing.uow.people.link_of(person)


def link(
    store: Store, *, actor: Actor, clock: Clock, random: Random, person: PersonId, issuer: str, subject: str
) -> ProviderLink:
    """From now on `subject` is this person. Nothing opens before the person has come and shown an own factor.

    Raises Refused `people.linked` for a person or a subject that has a link, Invalid for what is no subject.
    """
    wanted = subject.strip()
    if not wanted.isascii() or not wanted.isprintable() or not 1 <= len(wanted) <= SUBJECT_LONGEST:
        raise Invalid(
            "people.subject",
            f"标识为 1 至 {SUBJECT_LONGEST} 个 ASCII 字符，与身份提供者给出的（sub）完全一致",
            text_en=f"A subject has 1 to {SUBJECT_LONGEST} ASCII characters, exactly as the provider gives it (sub)",
            field="subject",
        )
    with performing(store, Act.PEOPLE_LINK, person, actor=actor, clock=clock) as doing:
        found, near = reached(doing, person, Role.SECURITY)
        doing.permit(found.unit, Facts(target=person, relations=near))
        if found.spot:
            raise Missing("person.unknown", "没有这个人员", text_en="There is no such person")
        if doing.uow.people.link_of(person) is not None or doing.uow.people.link_to(issuer, wanted) is not None:
            raise Refused(
                "people.linked",
                "该人员已有关联，或者该标识已关联到另一人员",
                text_en="The person is linked already, or the subject is another person",
                remedy="一个标识只能是一个人；先解除原来的关联",
                remedy_en="One subject is one person; take the former link away first",
                field="subject",
            )
        made = ProviderLink(uuid7(doing.now, random(RANDOM_BYTES)), person, issuer, wanted, doing.now)
        doing.uow.people.add_link(made)
        doing.enter("person.linked", person, {"link": made.id, "issuer": issuer}, personal={"subject": wanted})
        return made


def unlink(store: Store, *, actor: Actor, clock: Clock, person: PersonId) -> None:
    """The subject is nobody here any more; sessions that came through the link end at once, with their viewings."""
    with performing(store, Act.PEOPLE_LINK, person, actor=actor, clock=clock) as doing:
        found, near = reached(doing, person, Role.SECURITY)
        doing.permit(found.unit, Facts(target=person, relations=near))
        known = doing.uow.people.link_of(person)
        if known is None:
            raise Missing("people.not-linked", "该人员没有关联", text_en="The person is not linked")
        doing.uow.people.remove_link(known.id)
        ended = doing.uow.people.end_sessions_by(known.id)
        for viewing in doing.uow.register.open_viewings(ended) if ended else ():
            close_in(doing.uow, viewing, ClosingCause.REVOKED, doing.now, actor=doing.actor)
        doing.enter("person.unlinked", person, {"link": known.id, "sessions": len(ended)})
