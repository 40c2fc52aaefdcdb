"""What people read of access requests: lists, and one request's page with the steps open to the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mingjian.app.access import is_head, side_of
from mingjian.app.access_reading import HISTORY_LIMIT, own_only, readable
from mingjian.app.executions import facts_of, lacking
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import AccessRequest, Actor, Execution, ExportJob, PastAct
from mingjian.app.register_forms import unsigned
from mingjian.app.request_papers import needed, scans
from mingjian.app.sealing_ports import Sealing
from mingjian.governance.access import ExecutionState, read_number
from mingjian.governance.authority import RULES, Act, Deny, Subject, decide
from mingjian.governance.obligations import Attachment
from mingjian.governance.procedure import Step, label_of, possible
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import UnitId
from mingjian.law.rows import PaperKind
from mingjian.law.rulebook import Rulebook

_INSIDE_THE_ORGANS = frozenset({"access.submitted", "access.approved", "access.refused"})
"""Entries with the organs' own words: a unit that only holds the cameras does not read them."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step from the present state: whether this person may take it now, and why not."""

    step: Step
    label: str
    label_en: str
    allowed: bool
    reason: str
    reason_en: str
    article: str


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as its page shows it."""

    request: AccessRequest
    steps: tuple[OpenStep, ...]
    history: Sequence[PastAct]
    export: ExportJob | None
    sealing: Sealing | None = None
    """The last one of the export."""
    papers: tuple[PaperCheck, ...] = ()
    """What the officers show, and whether it was checked in the visit of this session."""
    visits: Sequence[Execution] = ()
    names: Names = field(default_factory=lambda: Names({}, {}))
    scans: Sequence[Attachment] = ()
    """Scans of papers that the reader's side may see."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in requests are called: a side of a request may know the names of the others and of the cameras."""

    units: Mapping[str, str]
    cameras: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RequestList:
    """Requests with the names in them."""

    requests: Sequence[AccessRequest]
    names: Names


def names_of(doing: Performance, requests: Sequence[AccessRequest]) -> Names:
    """What sides and cameras of `requests` are called."""
    units = {unit for one in requests for unit in (one.asker, one.approving, one.unit)}
    cameras = {camera for one in requests for camera in one.cameras}
    organs = {unit: doing.uow.organs.one(unit) for unit in units}
    known = {camera: doing.uow.cameras.known(camera) for camera in cameras}
    return Names(
        {unit: organ.name for unit, organ in organs.items() if organ is not None},
        {name: camera.name for name, camera in known.items() if camera is not None},
    )


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """One paper of article 22."""

    row: PaperKind
    checked: bool
    number: str = ""
    """As the staff read it on the original in this visit."""


def listed(store: Store, *, actor: Actor, clock: Clock, case: str = "", number: str = "") -> RequestList:
    """Requests of which the unit is a side, newest first; an officer sees the own ones.

    `number` is that of an approval as somebody typed it. Several organs may have given one number.
    """
    wanted = read_number(number) if number else ""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        unit = doing.person.unit
        own = own_only(doing)
        found = [shown_to(one, unit) for one in doing.uow.requests.listed(unit, own, case=case, number=wanted)]
        return RequestList(found, names_of(doing, found))


def only_holds(request: AccessRequest, unit: UnitId) -> bool:
    """Whether `unit` is a side of it by its cameras alone."""
    return unit not in (request.asker, request.approving)


def shown_to(request: AccessRequest, unit: UnitId) -> AccessRequest:
    """What `unit` may know of it: who only holds the cameras sees no case number and no comment of the head (A5)."""
    return replace(request, case="", decision="") if only_holds(request, unit) else request


def page(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> RequestPage:
    """One request with its lawful steps for this person, its history and its export."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        found = readable(doing, request)
        shown = shown_to(found, doing.person.unit)
        history = doing.uow.ledger.history(request, HISTORY_LIMIT)
        if only_holds(found, doing.person.unit):
            history = [act for act in history if act.kind not in _INSIDE_THE_ORGANS]
        visits = doing.uow.requests.executions(request)
        mine = next((v for v in visits if v.session == actor.session and v.state is ExecutionState.OPEN), None)
        asked = needed(doing, law, found)
        lack = lacking(doing, law, found, mine) if mine is not None else {row.paper for row in asked}
        read = mine.numbers if mine is not None else {}
        papers = tuple(PaperCheck(row, row.paper not in lack, read.get(row.paper, "")) for row in asked)
        export = doing.uow.exports.of_request(request)
        sealing = doing.uow.sealings.latest(export.id) if export is not None else None
        steps, names = _steps(doing, law, found), names_of(doing, [found])
        kept = scans(doing, found, doing.person.unit)
        return RequestPage(shown, steps, history, export, sealing, papers, visits, names, kept)


def _steps(doing: Performance, law: Rulebook, request: AccessRequest) -> tuple[OpenStep, ...]:
    known = facts_of(doing, law, request)
    # a step that asks for a proof is offered: the proof is asked for when it is taken
    facts = replace(known, proven=doing.now, head=is_head(doing, law))
    person = doing.person
    steps = []
    for step, act in possible(request.state, request.kind, own=request.own):
        if step is Step.REPORT and (request.report_until is None or request.reported is not None):
            continue
        why: Reason | None = reason(RULES[act].denial)
        if side_of(request, act) == person.unit:
            verdict = decide(Subject(person.id, person.unit, person.roles), act, person.unit, facts, doing.now)
            why = verdict.reasons[0] if isinstance(verdict, Deny) else None
        if why is None and step is Step.COMPLETE:
            why = unsigned(doing, law, request)
        label, label_en = label_of(step, own=request.own)
        steps.append(
            OpenStep(
                step,
                label,
                label_en,
                why is None,
                why.text if why else "",
                why.text_en if why else "",
                why.article if why else "",
            )
        )
    return tuple(steps)
