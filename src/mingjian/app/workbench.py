"""What a person has to do, has done and has begun: one list from many sources, what is overdue first.

A source is one function; a new kind of work adds a line to `SOURCES` and nothing else. Every source decides by the
table of authority what its asker may see; a person without a right simply has less on the bench.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mingjian.app.access import is_head, side_of
from mingjian.app.duties import SOON, row_of, standing_of, today
from mingjian.app.performing import Performance, asking
from mingjian.app.ports import Store
from mingjian.app.records import AccessRequest, Actor
from mingjian.app.registry_ports import Debtor
from mingjian.governance import matters
from mingjian.governance.authority import Act, Allow, Facts, Subject, decide, role_allows, sees_only_own
from mingjian.governance.complaints import ComplaintState
from mingjian.governance.obligations import Obligation, Standing
from mingjian.governance.organs import Scope
from mingjian.governance.planning import Plan, PlanState, PlanStep, lacking, possible_plan, unsigned, visible
from mingjian.governance.private_viewing import PrivateState
from mingjian.governance.procedure import Step, ended, label_of, possible
from mingjian.kernel.clock import Clock, UtcNs
from mingjian.kernel.ids import UnitId
from mingjian.law.rows import Duty
from mingjian.law.rulebook import Rulebook

MOST_SHOWN = 100
"""Of each list: what nobody reads to its end is paged on its own page."""
REPORT_ARTICLE = matters.REPORT
"""Use and confidentiality of what was taken away; its day is the house rule `access.REPORT_NS`."""
MOST_DEBTORS = 20
"""Units named on the bench; the rest is a count."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work. Links are made of `subject_kind` and `subject`."""

    kind: str
    """`duty`, `request`, `complaint`, `private` or `plan`."""
    subject_kind: str
    subject: str
    subject_name: str
    label: str
    """What is to be done, or was done."""
    label_en: str
    article: str = ""
    instrument: str = ""
    """Of the article; empty: the local one."""
    standing: Standing = Standing.NOT_MEASURED
    due_on: date | None = None
    days: int | None = None
    """Left until the last day, negative when it is over."""
    calendar_known: bool = True
    since: UtcNs | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """The three lists and what stands above them."""

    day: date
    """The legal day of the instrument's zone on which everything was reckoned."""
    soon_days: int
    todo: Sequence[Item]
    done: Sequence[Item]
    started: Sequence[Item]
    open: int
    overdue: int
    soon: int
    """Open duties that end within `soon_days`."""
    area: AreaCount | None = None


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Who is late in the area of an organ."""

    scope: Scope
    units: int
    duties: int
    first: Sequence[tuple[Debtor, str]] = field(default_factory=tuple)
    """The earliest ones, with their names."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the bench: what every source is given."""

    doing: Performance
    law: Rulebook
    day: date

    @property
    def unit(self) -> UnitId:
        return self.doing.person.unit

    def may(self, act: Act) -> bool:
        """Whether the table opens `act` to the person at all."""
        return role_allows(act, self.doing.person.roles)


Items = Callable[[Look], Iterable[Item]]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of work: what awaits the person, what is done, what he began."""

    todo: Items
    done: Items
    started: Items


def bench(store: Store, *, actor: Actor, clock: Clock, law: Rulebook) -> Bench:
    """The workbench of `actor` as of now."""
    with asking(store, Act.WORKBENCH_SEE, actor=actor, clock=clock) as doing:
        look = Look(doing, law, today(law, doing.now))
        owed = doing.uow.obligations
        sees = look.may(Act.DUTY_LIST)
        soon = law.setting(SOON)
        overdue = owed.count_open(look.unit, due_until=_day(look.day, -1)) if sees else 0
        return Bench(
            day=look.day,
            soon_days=soon,
            todo=by_urgency(item for source in SOURCES for item in source.todo(look))[:MOST_SHOWN],
            done=_latest(item for source in SOURCES for item in source.done(look)),
            started=_latest(item for source in SOURCES for item in source.started(look)),
            open=owed.count_open(look.unit) if sees else 0,
            overdue=overdue,
            soon=owed.count_open(look.unit, due_until=_day(look.day, soon)) - overdue if sees else 0,
            area=_area_count(look),
        )


def owed(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, limit: int, offset: int
) -> tuple[date, Sequence[tuple[Obligation, Item]]]:
    """The legal day and a page of the own unit's open duties, the earliest day first."""
    with asking(store, Act.DUTY_LIST, actor=actor, clock=clock) as doing:
        look = Look(doing, law, today(law, doing.now))
        found = doing.uow.obligations.open(look.unit, limit=limit, offset=offset)
        return look.day, [(one, duty_item(look, one)) for one in found]


def late_around(
    store: Store, *, actor: Actor, clock: Clock, law: Rulebook, limit: int, offset: int
) -> tuple[date, Sequence[tuple[Obligation, Item]]]:
    """The legal day and a page of what is overdue where the actor's organ has a say, whoever owes it."""
    with asking(store, Act.DUTY_WATCH, actor=actor, clock=clock) as doing:
        look = Look(doing, law, today(law, doing.now))
        found = doing.uow.obligations.late(doing.scope(), look.day, limit=limit, offset=offset)
        return look.day, [(one, duty_item(look, one)) for one in found]


def by_urgency(items: Iterable[Item]) -> list[Item]:
    """What is overdue first and longest, then by what is left of its term; what has no term last, the oldest first."""
    return sorted(items, key=lambda item: (item.days is None, item.days or 0, item.since or 0, item.subject))


def duty_item(look: Look, obligation: Obligation) -> Item:
    """A duty as a piece of work: its name and article are those of its row."""
    row = row_of(look.law, obligation.row)
    due = obligation.due_on
    subject_kind, subject = _shown_at(look, obligation)
    return Item(
        kind="duty",
        subject_kind=subject_kind,
        subject=subject,
        subject_name=obligation.subject_name,
        label=row.name if isinstance(row, Duty) else obligation.duty,
        label_en=row.name_en if isinstance(row, Duty) else obligation.duty,
        article=row.article if row is not None else "",
        instrument=row.instrument if row is not None else "",
        standing=standing_of(look.law, obligation, look.day),
        due_on=due,
        days=(due - look.day).days if due is not None else None,
        calendar_known=obligation.calendar_known,
        since=obligation.opened,
        done_on=obligation.met_on,
    )


def _shown_at(look: Look, obligation: Obligation) -> tuple[str, str]:
    """Where one works on it: a removal is handled on the page of its system."""
    if obligation.subject_kind == "removal" and (removal := look.doing.uow.removals.one(obligation.subject)):
        return "system", removal.system
    return obligation.subject_kind, obligation.subject


def _duties_todo(look: Look) -> Iterable[Item]:
    if not look.may(Act.DUTY_LIST):
        return []
    return [duty_item(look, one) for one in look.doing.uow.obligations.open(look.unit, limit=MOST_SHOWN)]


def _duties_done(look: Look) -> Iterable[Item]:
    if not look.may(Act.DUTY_LIST):
        return []
    return [duty_item(look, one) for one in look.doing.uow.obligations.settled(look.unit, limit=MOST_SHOWN)]


def _nothing(look: Look) -> Iterable[Item]:
    return ()


_UNSEEN_STEPS = frozenset({Step.WITHDRAW, Step.REFUSE})
"""Open to somebody, but nobody waits for them."""


def _requests(look: Look) -> Sequence[AccessRequest]:
    if not look.may(Act.ACCESS_LIST):
        return ()
    person = look.doing.person
    own = person.id if sees_only_own(Act.ACCESS_LIST, person.roles) else None
    return look.doing.uow.requests.listed(look.unit, own)


def _requests_todo(look: Look) -> Iterable[Item]:
    for request in _requests(look):
        if (step := _awaited(look, request)) is not None:
            yield (_report_item if step is Step.REPORT else _request_item)(
                look, request, *label_of(step, own=request.own)
            )
        elif look.unit == request.unit and _unreported(look, request) and look.may(Act.ACCESS_COMPLETE):
            yield _report_item(look, request, "对方逾期未报告使用、归还、销毁", "The organ has not reported in time")


def _awaited(look: Look, request: AccessRequest) -> Step | None:
    """The first step that waits for this person. What a ceremony still lacks is told on the request's page."""
    person = look.doing.person
    asker = Subject(person.id, person.unit, person.roles)
    facts = Facts(owner=request.requester, proven=look.doing.now, head=is_head(look.doing, look.law))
    for step, act in possible(request.state, request.kind, own=request.own):
        if step in _UNSEEN_STEPS or side_of(request, act) != person.unit:
            continue
        if step is Step.REPORT and (request.report_until is None or request.reported is not None):
            continue
        if isinstance(decide(asker, act, person.unit, facts, look.doing.now), Allow):
            return step
    return None


def _requests_done(look: Look) -> Iterable[Item]:
    for request in _requests(look):
        if request.approver == look.doing.person.id or (ended(request.state) and look.may(Act.ACCESS_COMPLETE)):
            yield _request_item(look, request, "申请", "Request")


def _requests_started(look: Look) -> Iterable[Item]:
    for request in _requests(look):
        if request.requester == look.doing.person.id:
            yield _request_item(look, request, "申请", "Request")


def _request_item(look: Look, request: AccessRequest, label: str, label_en: str) -> Item:
    return Item(
        kind="request",
        subject_kind="request",
        subject=request.id,
        subject_name=f"{request.number} {request.purpose}",
        label=label,
        label_en=label_en,
        article=matters.APPROVAL,
        standing=Standing.MET if ended(request.state) else Standing.NOT_MEASURED,
        since=request.submitted,
        done_on=today(look.law, request.submitted) if ended(request.state) else None,
    )


def _unreported(look: Look, request: AccessRequest) -> bool:
    """Whether the day of the report went by without one: what the unit that gave the copy asks after."""
    due = request.report_until
    return due is not None and request.reported is None and look.law.day(due) < look.day


def _report_item(look: Look, request: AccessRequest, label: str, label_en: str) -> Item:
    """The report of use, return or destruction with its clock. Its last day is the legal day in which the term ends."""
    assert request.report_until is not None, "only what was taken away is reported"
    due = look.law.day(request.report_until)
    left = (due - look.day).days
    soon = look.law.setting(SOON)
    return replace(
        _request_item(look, request, label, label_en),
        article=REPORT_ARTICLE,
        standing=Standing.OVERDUE if left < 0 else Standing.DUE_SOON if left <= soon else Standing.DUE,
        due_on=due,
        days=left,
        done_on=None,
    )


def _complaints_todo(look: Look) -> Iterable[Item]:
    """Complaints about the own unit that no organ answers here: those an organ answers are its duty, listed as such."""
    if not look.may(Act.COMPLAINT_REPLY):
        return
    waiting = look.doing.uow.complaints.of_unit(look.unit, state=ComplaintState.RECEIVED, limit=MOST_SHOWN)
    for complaint in waiting:
        if complaint.organ is None:
            yield Item(
                kind="complaint",
                subject_kind="complaint",
                subject=complaint.id,
                subject_name=f"{complaint.number} {complaint.place_name}",
                label="答复投诉举报",
                label_en="Answer a complaint",
                since=complaint.received,
            )


def _complaints_done(look: Look) -> Iterable[Item]:
    """Complaints about the own unit to which it has said its word; an organ's answers are duties, listed as such."""
    if not look.may(Act.COMPLAINT_REPLY):
        return
    for complaint in look.doing.uow.complaints.of_unit(look.unit, state=None, limit=MOST_SHOWN):
        said = [reply for reply in complaint.replies if reply.organ == look.unit]
        if said:
            yield Item(
                kind="complaint",
                subject_kind="complaint",
                subject=complaint.id,
                subject_name=f"{complaint.number} {complaint.place_name}",
                label="答复投诉举报",
                label_en="Answer a complaint",
                standing=Standing.MET,
                since=complaint.received,
                done_on=today(look.law, said[-1].at),
            )


def _private_todo(look: Look) -> Iterable[Item]:
    """Applications of private persons that wait for a consent which this person may give (799 article 21)."""
    if not look.may(Act.PRIVATE_CONSENT):
        return
    person = look.doing.person
    asker = Subject(person.id, person.unit, person.roles)
    for viewing in look.doing.uow.private_viewings.listed(look.unit, MOST_SHOWN):
        facts = Facts(owner=viewing.staff, proven=look.doing.now)
        row, waits = look.law.row(viewing.row), viewing.state is PrivateState.ASKED
        if waits and isinstance(decide(asker, Act.PRIVATE_CONSENT, look.unit, facts, look.doing.now), Allow):
            yield Item(
                kind="private",
                subject_kind="private",
                subject=viewing.id,
                subject_name=viewing.number,
                label="决定是否同意个人查阅",
                label_en="Decide on a private person's viewing",
                article=row.article,
                instrument=row.instrument,
                since=viewing.asked,
            )


PLAN_WORDS: Mapping[PlanStep, tuple[str, str]] = {
    PlanStep.CIRCULATE: ("编制规划并送会签", "Compile the plan and circulate it"),
    PlanStep.COUNTERSIGN: ("会签规划", "Countersign the plan"),
    PlanStep.ADOPT: ("通过规划", "Adopt the plan"),
    PlanStep.PUBLISH: ("公布规划", "Publish the plan"),
}
"""The steps of a plan that somebody waits for; taking it back or giving it up, nobody does."""


def _plans_todo(look: Look) -> Iterable[Item]:
    """Versions whose next step is the actor's: compiling while it is drafted, an opinion while his is out, then on."""
    own = look.doing.uow.organs.one(look.unit)
    if own is None or not look.may(Act.PLAN_LIST):
        return
    person = look.doing.person
    asker = Subject(person.id, person.unit, person.roles)
    for plan in look.doing.uow.plans.listed():
        facts = Facts(relations=visible(own, plan))
        for row in possible_plan(plan.state):
            if row.step not in PLAN_WORDS or row.act is None or not _plan_waits(look.unit, plan, row.step):
                continue
            if isinstance(decide(asker, row.act, plan.unit, facts, look.doing.now), Allow):
                yield _plan_item(plan, *PLAN_WORDS[row.step], standing=Standing.NOT_MEASURED)


_GIVEN_OUT = frozenset({PlanState.PUBLISHED, PlanState.SUPERSEDED})


def _plans_done(look: Look) -> Iterable[Item]:
    """Versions on which the own organ gave its opinion, and those that it adopted or has given out."""
    if not look.may(Act.PLAN_LIST):
        return
    for plan in look.doing.uow.plans.listed():
        opinions = [one.on for one in plan.countersigns if one.organ == look.unit]
        if opinions:
            yield _plan_item(plan, *PLAN_WORDS[PlanStep.COUNTERSIGN], done_on=opinions[-1])
        if plan.unit == look.unit and plan.published_on is not None:
            yield _plan_item(plan, *PLAN_WORDS[PlanStep.PUBLISH], done_on=plan.published_on)
        elif plan.unit == look.unit and plan.adopted_on is not None:
            yield _plan_item(plan, *PLAN_WORDS[PlanStep.ADOPT], done_on=plan.adopted_on)


def _plans_started(look: Look) -> Iterable[Item]:
    """Versions that the own organ organises, whoever has the next step."""
    if not look.may(Act.PLAN_LIST):
        return
    for plan in look.doing.uow.plans.listed():
        if plan.unit == look.unit:
            standing = Standing.MET if plan.state in _GIVEN_OUT else Standing.NOT_MEASURED
            yield _plan_item(plan, "组织编制规划", "Organise the plan", standing=standing, done_on=plan.published_on)


def _plan_item(
    plan: Plan, label: str, label_en: str, *, standing: Standing = Standing.MET, done_on: date | None = None
) -> Item:
    return Item(
        kind="plan",
        subject_kind="plan",
        subject=plan.id,
        subject_name=plan.title,
        label=label,
        label_en=label_en,
        article=matters.PLAN,
        standing=standing,
        since=plan.created,
        done_on=done_on,
    )


def _plan_waits(unit: UnitId, plan: Plan, step: PlanStep) -> bool:
    """Whether the step can be taken now; a plan without items waits for its compilation, which is the same errand."""
    if step is PlanStep.CIRCULATE:
        return True
    return unit in unsigned(plan) if step is PlanStep.COUNTERSIGN else lacking(plan, step) is None


SOURCES: tuple[Source, ...] = (
    Source(todo=_duties_todo, done=_duties_done, started=_nothing),
    Source(todo=_requests_todo, done=_requests_done, started=_requests_started),
    Source(todo=_complaints_todo, done=_complaints_done, started=_nothing),
    Source(todo=_private_todo, done=_nothing, started=_nothing),
    Source(todo=_plans_todo, done=_plans_done, started=_plans_started),
)
"""Each slice adds its own."""


def _area_count(look: Look) -> AreaCount | None:
    scope = look.doing.scope(Act.DUTY_WATCH)
    if not scope.territory:
        return None
    late = look.doing.uow.obligations.debtors(scope, look.day)
    named = [(debtor, unit.name) for debtor in late[:MOST_DEBTORS] if (unit := look.doing.uow.people.unit(debtor.unit))]
    return AreaCount(scope, len(late), sum(debtor.duties for debtor in late), named)


def _latest(items: Iterable[Item]) -> list[Item]:
    found = sorted(items, key=lambda item: (item.done_on or date.min, item.since or 0), reverse=True)
    return found[:MOST_SHOWN]


def _day(day: date, further: int) -> date:
    return date.fromordinal(day.toordinal() + further)
