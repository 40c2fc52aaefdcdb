"""What happens under an approval: a visit at the unit, or a use from the organ itself (articles 17.2.2, 20 and 22).

A visit belongs to one session of the unit's staff: there the officers sign, each with the own credential, there the
papers are checked, and there the act happens, within the instrument's minutes. The next session is the next visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mingjian.app import views
from mingjian.app.access import APPROVAL_NS, found_request, scope_facts, step_of
from mingjian.app.access_asked import OFFICERS
from mingjian.app.identity import IdentityKeeper, authenticate
from mingjian.app.journal import Journal, executing
from mingjian.app.performing import Performance, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import (
    AccessRequest,
    Actor,
    Execution,
    ExportJob,
    JobState,
    Person,
    RegisterEntry,
    RegisterKind,
    SignedPresence,
)
from mingjian.app.request_papers import needed, told, unknown_paper
from mingjian.app.texts import line
from mingjian.governance.access import ExecutionState, media_act
from mingjian.governance.authority import (
    RULES,
    Act,
    Ceremony,
    Deny,
    Facts,
    Presence,
    Role,
    Subject,
    decide,
    lately,
)
from mingjian.governance.procedure import State, Step, act_of
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Refused
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, UnitId, uuid7
from mingjian.kernel.period import Period
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook

UNCHECKED = "access.papers-unchecked"
NUMBER_LONGEST = 200
"""Two work IDs, or the number of a document as its organ writes it."""
VISITS_MAX = 50
"""Under one approval of a week: more is no visit but a use, which has a procedure of its own."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What one officer types in another's session, for one signature."""

    name: str
    password: str
    code: str
    address: str


def facts_of(doing: Performance, law: Rulebook, request: AccessRequest) -> Facts:
    """The facts of the visit in the actor's session. A presence counts only while its officer is one in office."""
    ceremony = _ceremony(law)
    visit = _current(doing, request)
    return Facts(
        owner=request.requester,
        target=doing.person.id,
        session=doing.actor.session,
        presences=tuple(signed.presence for signed, _ in _signed(doing, request, ceremony)),
        ceremony=ceremony,
        approved_until=request.approved_until,
        papers_lack=None if visit is None else lacking(doing, law, request, visit),
    )


def lacking(doing: Performance, law: Rulebook, request: AccessRequest, visit: Execution) -> frozenset[str]:
    """Papers not checked yet in this visit."""
    return frozenset(row.paper for row in needed(doing, law, request)) - set(visit.papers)


def sign_presence(
    keeper: IdentityKeeper,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    credential: Credential,
) -> AccessRequest:
    """One officer signs with the own credential in the staff's session, which stays as it is (article 22.1.1).

    Refused for anyone who is no officer of the asking organ, for the staff member, for an officer already present, and
    for a second account of one who is. A unit's own copy is made by whose session it is and a second of its people,
    who signs here: both are then present.
    """
    with performing(keeper.store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        own = step_of(doing, law, request, Step.PRESENCE).own  # before any credential is looked at
    officer = authenticated(keeper, credential, clock)
    with performing(keeper.store, act_of(Act.ACCESS_COSIGN, own=own), request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.PRESENCE)
        _open_to_execution(asked, doing.now)
        if asked.own and officer.same_as(doing.person):
            raise refusal(reason("copy.same-person"))
        visit = _current(doing, asked) or _begun(doing, random, asked)
        for one in (doing.person, officer) if asked.own else (officer,):
            asked = _present(doing, law, asked, visit, one, again=asked.own)
        return asked


def check_papers(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    papers: Sequence[str],
    numbers: Mapping[str, str] | None = None,
) -> AccessRequest:
    """The staff have looked at these papers: work IDs, the organ's certificate, the approval (article 22).

    `numbers` is what stands on them, for those that bear a number; it goes onto the register form.
    """
    with performing(store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.PRESENCE)
        _open_to_execution(asked, doing.now)
        _known(doing, law, asked, [*papers, *(numbers or {})])
        visit = _current(doing, asked) or _begun(doing, random, asked)
        read = {paper: line(number, "numbers", longest=NUMBER_LONGEST) for paper, number in (numbers or {}).items()}
        checked = replace(
            visit,
            papers=tuple(sorted(set(papers))),
            numbers={paper: number for paper, number in {**visit.numbers, **read}.items() if paper in papers},
        )
        doing.uow.requests.save_execution(checked)
        doing.enter(
            "papers.checked",
            request,
            {"execution": visit.id, "papers": list(checked.papers)},
            personal={"numbers": "、".join(checked.numbers.values())},
        )
        return asked


def turn_away(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, request: str, papers: Sequence[str]
) -> AccessRequest:
    """The officers came without these `papers`: the visit ends, on record with what lacks and its article.

    Refusing a request whose papers are incomplete is no refusal of a lawful one (article 24, item 6); therefore each
    paper named is one that the instrument asks of this organ and that was not seen in this visit. The approval stands:
    the officers come again with what lacked.
    """
    with performing(store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.PRESENCE)
        _open_to_execution(asked, doing.now)
        _known(doing, law, asked, papers)
        visit = _current(doing, asked) or _begun(doing, random, asked)
        lack = [row for row in needed(doing, law, asked) if row.paper in papers]
        if not lack or not {row.paper for row in lack} <= lacking(doing, law, asked, visit):
            raise refusal(reason("access.nothing-lacks"))
        doing.uow.requests.save_execution(replace(visit, state=ExecutionState.ENDED, ended=doing.now))
        facts = {"execution": visit.id, "n": visit.n, "lacking": [row.id for row in lack]}
        doing.enter("visit.turned_away", request, facts, personal={"reason": told(lack)})
        return asked


def unchecked(lack: Sequence[PaperKind]) -> Reason:
    """Why nothing opens yet: the papers that were not checked, each by its name and article."""
    general = reason(UNCHECKED)
    if not lack:
        return general
    named = ", ".join(row.name_en for row in lack)
    return replace(
        general, text=f"{general.text}，尚缺：{told(lack)}", text_en=f"{general.text_en}; not seen yet: {named}"
    )


def _known(doing: Performance, law: Rulebook, request: AccessRequest, papers: Iterable[str]) -> None:
    if not set(papers) <= {row.paper for row in needed(doing, law, request)}:
        raise unknown_paper("papers")


def view(
    store: Store,
    journal: Journal,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    cameras: Sequence[CameraId] | None = None,
    footage: Period | None = None,
) -> Grant:
    """The officers look at approved seconds in the staff's session; the register entry commits with this act, in the
    journal where the ledger cannot take it.

    Refused without approval in force, two officers present and their papers checked.
    """

    def opened(doing: Performance) -> Grant:
        asked, visit, officers = permit_execution(doing, law, request, Step.VIEW)
        return views.open_under(
            doing,
            law,
            random,
            request=asked,
            execution=visit.id,
            officers=officers,
            act=media_act(asked.kind),
            cameras=cameras or asked.cameras,
            period=footage or asked.footage,
        )

    return executing(store, journal, Act.ACCESS_VIEW, request, actor=actor, clock=clock, do=opened)


def use(
    keeper: IdentityKeeper,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    credential: Credential,
    cameras: Sequence[CameraId] | None = None,
) -> Grant:
    """A connection or direct use begins in an officer's own session; the second officer signs in it (article 22.2).

    It ends by itself with the approved period. Refused before it begins.
    """
    with performing(keeper.store, Act.ACCESS_USE, request, actor=actor, clock=clock) as doing:
        found = found_request(doing, request)
        if doing.person.unit == found.asker and Role.OFFICER not in doing.person.roles:
            raise refusal(reason("access.user"))
        if not lately(doing.actor.proven, doing.now):  # before the other's code is spent on a call that is repeated
            raise refusal(reason("session.step-up"))
    second = authenticated(keeper, credential, clock)
    with performing(keeper.store, Act.ACCESS_USE, request, actor=actor, clock=clock) as doing:
        asked = found_request(doing, request)
        _open_to_execution(asked, doing.now)
        if doing.now < asked.footage.start:
            raise refusal(reason("access.not-yet"))
        visit = _current(doing, asked) or _begun(doing, random, asked)
        for officer in (doing.person, second):
            asked = _present(doing, law, asked, visit, officer, again=True)
        asked, visit, officers = permit_execution(doing, law, request, Step.USE)
        return views.open_under(
            doing,
            law,
            random,
            request=asked,
            execution=visit.id,
            officers=officers,
            act=media_act(asked.kind),
            cameras=cameras or asked.cameras,
            period=asked.footage,
        )


def start_export(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, request: str) -> ExportJob:
    """Register the copy and queue its package. Refused without approval in force, two officers, checked papers."""
    with performing(store, Act.ACCESS_EXPORT, request, actor=actor, clock=clock) as doing:
        approved, visit, present = permit_execution(doing, law, request, Step.EXPORT)
        officers = "、".join(sorted(officer.display_name for officer in present))
        grant = uuid7(doing.now, random(RANDOM_BYTES))
        index = doing.enter(
            "copy.registered",
            request,
            {
                "number": approved.number,
                "grant": grant,
                "execution": visit.id,
                "officers": sorted(officer.id for officer in present),
                "organ": approved.asker,
                "approver": approved.approver or "",
                **scope_facts(approved),
            },
            personal={"officers": officers, "purpose": approved.purpose, "destination": approved.destination},
        )
        job = ExportJob(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            request=request,
            unit=approved.unit,
            requester=approved.requester,
            staff=doing.person.id,
            grant=grant,
            entry=index,
            state=JobState.QUEUED,
            created=doing.now,
        )
        doing.uow.register.add(_copy_entry(approved, job, visit, present, doing))
        doing.uow.exports.add(job)
        doing.uow.requests.save(replace(approved, state=State.EXPORTING), expected=approved.state)
        return job


def end_visit(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> AccessRequest:
    """The officers leave: this visit's presences and papers open nothing more; another visit may follow."""
    with performing(store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.PRESENCE)
        visit = _current(doing, asked)
        if visit is None:
            raise refusal(reason("procedure.step"))
        doing.uow.requests.save_execution(replace(visit, state=ExecutionState.ENDED, ended=doing.now))
        doing.enter("visit.ended", request, {"execution": visit.id, "n": visit.n})
        return asked


def permit_execution(
    doing: Performance, law: Rulebook, request: str, step: Step
) -> tuple[AccessRequest, Execution, Sequence[Person]]:
    """The request, the visit of this session and the officers present, where `step` may be taken now.

    Raises the refusal that names what is missing: approval, officers, papers, or the step itself.
    """
    found = found_request(doing, request)
    try:
        asked = step_of(doing, law, request, step, facts_of(doing, law, found))
    except Refused as why:
        if why.code != UNCHECKED:
            raise
        visit = _current(doing, found)
        seen = visit.papers if visit is not None else ()
        raise refusal(unchecked([row for row in needed(doing, law, found) if row.paper not in seen])) from why
    visit = _current(doing, asked)
    assert visit is not None, "two officers signed in it"
    ceremony = _ceremony(law)
    officers = {person.id: person for signed, person in _signed(doing, asked, ceremony) if signed.execution == visit.id}
    return asked, visit, list(officers.values())


def authenticated(keeper: IdentityKeeper, credential: Credential, clock: Clock) -> Person:
    """Whose credential it is. Refused like a sign-in, and as slowly."""
    return authenticate(
        keeper,
        name=credential.name,
        password=credential.password,
        code=credential.code,
        address=credential.address,
        clock=clock,
    )


def _ceremony(law: Rulebook) -> Ceremony:
    return Ceremony(law.setting(OFFICERS), law.setting("ceremony_minutes") * 60)


def _current(doing: Performance, request: AccessRequest) -> Execution | None:
    """The open visit of the actor's session."""
    visits = doing.uow.requests.executions(request.id)
    return next(
        (one for one in visits if one.session == doing.actor.session and one.state is ExecutionState.OPEN), None
    )


def _begun(doing: Performance, random: Random, request: AccessRequest) -> Execution:
    visits = len(doing.uow.requests.executions(request.id))
    if visits >= VISITS_MAX:
        raise refusal(reason("access.visits"))
    visit = Execution(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        request=request.id,
        unit=doing.person.unit,
        n=visits + 1,
        staff=doing.person.id,
        staff_name=doing.person.display_name,
        session=doing.actor.session,
        began=doing.now,
        state=ExecutionState.OPEN,
    )
    doing.uow.requests.add_execution(visit)
    doing.enter("visit.began", request.id, {"execution": visit.id, "n": visit.n})
    return visit


def _present(
    doing: Performance,
    law: Rulebook,
    request: AccessRequest,
    visit: Execution,
    officer: Person,
    *,
    again: bool = False,
) -> AccessRequest:
    """The request with this officer's signature. `again`: one who signed already may sign once more."""
    if officer.unit != request.asker:
        raise refusal(reason("access.other-organ"))
    at_home = visit.staff == officer.id and again  # a use runs in the session of one of its own officers
    facts = Facts(target=None if at_home else doing.person.id, proven=doing.now)
    if not at_home:
        verdict = decide(
            Subject(officer.id, officer.unit, officer.roles, officer.disabled is None),
            act_of(Act.ACCESS_COSIGN, own=request.own),
            officer.unit,
            facts,
            doing.now,
        )
        if isinstance(verdict, Deny):
            raise refusal(verdict.reasons[0])
    ceremony = _ceremony(law)
    here = [one for signed, one in _signed(doing, request, ceremony) if signed.execution == visit.id]
    if any(officer.same_as(one) for one in here if not (again and one.id == officer.id)):
        raise refusal(reason("access.same-officer"))
    presence = Presence(officer.id, doing.actor.session, doing.now)
    index = doing.enter(
        "officer.present",
        request.id,
        {"officer": officer.id, "execution": visit.id},
        personal={"officer": officer.display_name},
    )
    signed = SignedPresence(presence, officer.display_name, index, visit.id)
    doing.uow.requests.add_presence(request.id, signed)
    return replace(request, presences=(*request.presences, signed))


def _signed(doing: Performance, request: AccessRequest, ceremony: Ceremony) -> list[tuple[SignedPresence, Person]]:
    """Signatures of this session inside the window, of officers still in office, one for each natural person."""
    oldest = doing.now - ceremony.window_s * SECOND_NS
    comes = RULES[act_of(Act.ACCESS_COSIGN, own=request.own)].roles
    found: list[tuple[SignedPresence, Person]] = []
    for signed in request.presences:
        if signed.presence.at < oldest or signed.presence.session != doing.actor.session:
            continue
        officer = doing.uow.people.one(signed.presence.officer)
        if officer is None or officer.disabled is not None or not officer.roles & comes:
            continue
        if any(officer.same_as(other) and officer.id != other.id for _, other in found):
            continue
        found.append((signed, officer))
    return found


def _open_to_execution(request: AccessRequest, now: UtcNs) -> None:
    if request.approved_until is None:
        raise refusal(reason("access.not-approved"))
    if now >= request.approved_until and request.state is State.APPROVED:
        raise refusal(reason("access.approval-expired"))


def _copy_entry(
    request: AccessRequest, job: ExportJob, visit: Execution, officers: Sequence[Person], doing: Performance
) -> RegisterEntry:
    organ: UnitId | None = request.asker if request.asker != request.unit else None
    return RegisterEntry(
        job.entry,
        doing.now,
        RegisterKind.COPY,
        job.grant,
        doing.person.id,
        "、".join(sorted(officer.display_name for officer in officers)),
        request.unit,
        doing.person.unit_name,
        request.purpose,
        request.destination,
        request.cameras,
        request.footage,
        Period(doing.now, UtcNs(doing.now + APPROVAL_NS)),
        doing.actor.session,
        request=request.id,
        organ=organ,
        officers=tuple(officer.id for officer in officers),
        execution=visit.id,
    )
