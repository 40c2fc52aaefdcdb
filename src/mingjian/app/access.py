"""Access requests: an organ asks, a head approves, the unit that holds the cameras executes (articles 20 to 22).

The order of steps is the table of `governance.procedure`; which side takes a step that of `governance.access`; who of
that side may, `governance.authority`. Each step is one transaction with one ledger entry, from which the history is
read back. What happens at the unit is `app.executions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app import request_papers
from mingjian.app.access_asked import Asked, checked, different
from mingjian.app.performing import Performance, entry, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork
from mingjian.app.records import AccessRequest, Actor, Camera
from mingjian.app.texts import line
from mingjian.governance import matters
from mingjian.governance.access import (
    LEGAL_KINDS,
    LIVE_KINDS,
    NARROWER,
    NUMBER_MARKS,
    SIDES,
    AccessKind,
    ApprovalRoute,
    Side,
    approval_route,
    competent,
)
from mingjian.governance.authority import RULES, Act, Facts
from mingjian.governance.organ_tree import Level, level
from mingjian.governance.organs import Organ, contains
from mingjian.governance.posts import in_office
from mingjian.governance.procedure import ACCESS, State, Step, act_of, next_state
from mingjian.governance.reasons import Reason, reason
from mingjian.kernel.clock import DAY_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, PersonId, UnitId, uuid7
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook

APPROVAL_NS = 7 * DAY_NS
"""House rule: an approval unused for a week is asked for again; a use ends with its own period."""
HELD_NS = 60 * DAY_NS
"""House rule: a pending request holds its seconds for so long at most, so that nobody extends the term for ever."""
REPORT_NS = 30 * DAY_NS
"""House rule: what became of a copy (used, returned, destroyed) is reported within thirty days of its completion."""


def submit(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, asked: Asked) -> AccessRequest:
    """A numbered request that waits for the right head. Invalid names the field and its article.

    Refused where the law opens no such way to the asker's organ, or nobody on record may decide.
    """
    said = _of_organ(asked, law, clock.now())
    with performing(store, Act.ACCESS_SUBMIT, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        asking = organ_of(doing, doing.person.unit)
        scope = _scope_of(doing, asking, said, law)
        request = numbered(
            doing,
            law,
            random,
            said,
            scope,
            asking=asking,
            requester=doing.person.id,
            requester_name=doing.person.display_name,
        )
        doing.enter("access.submitted", request.id, told_of(request), personal=personal_of(request))
        return request


def submit_on_paper(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    asked: Asked,
    asker: UnitId,
    head: str,
    document: str,
    attachment: str,
) -> AccessRequest:
    """An approval that officers brought on paper, put on record by the holder's staff: it counts as it stands.

    `head` signed document number `document`, of which `attachment` is the scan. Refused as `submit` refuses.
    """
    said = _of_organ(asked, law, clock.now())
    with performing(store, Act.ACCESS_ON_PAPER, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        asking = organ_of(doing, asker)
        scope = _scope_of(doing, asking, said, law)
        if scope.holder.id != doing.person.unit:
            raise unknown_camera()
        paper = doing.uow.attachments.one(attachment)
        if paper is None or paper.unit != doing.person.unit:
            raise Invalid(
                "access.paper",
                "须上传批准文件的扫描件",
                text_en="A scan of the approval is needed",
                field="attachment",
                article=matters.CERTIFICATE,
            )
        request = numbered(
            doing,
            law,
            random,
            said,
            scope,
            asking=asking,
            requester=doing.person.id,
            requester_name=doing.person.display_name,
        )
        approved = replace(
            request,
            state=State.APPROVED,
            on_paper=attachment,
            approver_name=line(head, "head", longest=64),
            decision=line(document, "document", shortest=2, longest=200),
            approved_until=_until(request, doing.now),
        )
        doing.uow.requests.save(approved, expected=request.state)
        told = {**told_of(approved), "paper": attachment}
        doing.enter("access.on_paper", request.id, told, personal={**personal_of(approved), "head": head})
        return approved


def approve(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    request: str,
    comment: str,
    cameras: Sequence[CameraId] | None = None,
    footage: Period | None = None,
    kind: AccessKind | None = None,
    act: Act = Act.ACCESS_APPROVE,
) -> AccessRequest:
    """Approve as asked or narrower: fewer cameras or seconds, or looking instead of copying.

    Refused for the applicant in whichever account, for whoever is not the head in office (of a unit's own copy: not of
    its management), for a wider scope, and for a state without it. `act` is the one of the way that leads here.
    """
    with performing(store, act, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.APPROVE)
        _another_than_applicant(doing, asked)
        kept = asked.cameras if cameras is None else tuple(dict.fromkeys(cameras))
        period = asked.footage if footage is None else footage
        given = asked.kind if kind is None else kind
        if not kept or not set(kept) <= set(asked.cameras) or not asked.footage.covers(period) or not period.seconds:
            raise refusal(reason("access.wider-than-asked"))
        if given not in (asked.kind, None if asked.own else NARROWER.get(asked.kind)):
            raise refusal(reason("access.wider-than-asked"))
        decided = replace(
            asked,
            state=State.APPROVED,
            kind=given,
            cameras=kept,
            footage=period,
            approver=doing.person.id,
            approver_name=doing.person.display_name,
            decision=line(comment, "comment", shortest=0, longest=500),
        )
        decided = replace(decided, approved_until=_until(decided, doing.now))
        doing.uow.requests.save(decided, expected=asked.state)
        doing.enter("access.approved", request, told_of(decided), personal={"comment": decided.decision})
        return decided


def refuse(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    request: str,
    why: str,
    lacking: Sequence[str] = (),
    act: Act = Act.ACCESS_REFUSE,
) -> AccessRequest:
    """Refuse with a reason; refusing incomplete papers is right, refusing a lawful request is not (article 24).

    `lacking` names papers of which no scan is on record; the decision then tells each with its article.
    """
    why = line(why, "reason", shortest=4, longest=500)
    with performing(store, act, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.REFUSE)
        lack = request_papers.lacking(doing, law, asked, lacking)
        told = f"{why}（欠缺：{request_papers.told(lack)}）" if lack else why
        decided = replace(
            asked,
            state=State.REFUSED,
            approver=doing.person.id,
            approver_name=doing.person.display_name,
            decision=told,
        )
        doing.uow.requests.save(decided, expected=asked.state)
        doing.enter("access.refused", request, {"lacking": [row.id for row in lack]}, personal={"reason": told})
        return decided


def withdraw(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> AccessRequest:
    """The applicant takes the request back; what goes on under it ends."""
    with performing(store, Act.ACCESS_WITHDRAW, request, actor=actor, clock=clock) as doing:
        asked = step_of(doing, law, request, Step.WITHDRAW)
        withdrawn = replace(asked, state=State.WITHDRAWN)
        doing.uow.requests.save(withdrawn, expected=asked.state)
        doing.enter("access.withdrawn", request)
        return withdrawn


def report(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str, words: str) -> AccessRequest:
    """What became of the copy: used, returned or destroyed. Once; the organ that asked says it."""
    words = line(words, "report", shortest=4, longest=500)
    with performing(store, Act.ACCESS_REPORT, request, actor=actor, clock=clock) as doing:
        done = step_of(doing, law, request, Step.REPORT)
        if done.reported is not None or done.report_until is None:
            raise refusal(reason("procedure.step"))
        reported = replace(done, reported=doing.now)
        doing.uow.requests.save(reported, expected=done.state)
        doing.enter("access.reported", request, personal={"report": words})
        return reported


def expire_approvals(store: Store, *, clock: Clock) -> int:
    """Called every minute: approvals that ran out end by themselves, each with its entry. How many."""
    now = clock.now()
    with store.reading() as uow:
        if not uow.requests.lapsed(now):
            return 0
    with store.writing() as uow:
        lapsed = uow.requests.lapsed(now)
        for request in lapsed:
            uow.requests.save(replace(request, state=State.EXPIRED), expected=State.APPROVED)
            uow.ledger.append(entry("access.expired", now, request.id, {"number": request.number}, unit=request.asker))
        return len(lapsed)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a request goes: who holds, by which route, whose head decides."""

    holder: Organ
    route: ApprovalRoute
    approving: UnitId


def _scope_of(doing: Performance, asking: Organ, asked: Asked, law: Rulebook) -> Scope:
    cameras = [_camera(doing.uow, camera) for camera in asked.cameras]
    holder = organ_of(doing, cameras[0].unit)
    if any(camera.unit != holder.id for camera in cameras):
        raise Invalid(
            "access.one-holder",
            "一份申请只能包含同一单位的摄像机，请按单位分别提交",
            text_en="One request names cameras of one unit; submit one for each unit",
            field="cameras",
        )
    territories = {_territory(doing.uow, camera, holder) for camera in cameras}
    legal = LEGAL_KINDS.get(asking.kind)
    near = legal is not None and all(contains(asking.territory, territory) for territory in territories)
    if asking.id != holder.id and not near:
        raise unknown_camera()
    rows = law.approvals(asked.kind.value, legal, law.day(doing.now)) if legal is not None else ()
    route = approval_route(asking, holder, asked.kind, rows, other_basis=asked.other_basis)
    if isinstance(route, Reason):
        raise refusal(route)
    approving = _approving(doing.uow, asking, route, territories, asked.approving)
    return Scope(holder, route, approving)


def _approving(
    uow: UnitOfWork, asking: Organ, route: ApprovalRoute, territories: set[str], wanted: UnitId | None
) -> UnitId:
    """The organ whose head decides: the smallest competent one on record, or the competent one that was named."""
    if not route.by_police:
        return asking.id
    able = [organ for organ in uow.organs.listed() if competent(organ, asking, route, territories) is None]
    able.sort(key=lambda organ: level(organ.territory) is not Level.COUNTY)
    if wanted is not None and wanted not in {organ.id for organ in able}:
        raise refusal(reason("access.not-competent"))
    if not able:
        raise refusal(reason("access.no-approver"))
    return wanted or able[0].id


def _camera(uow: UnitOfWork, camera: CameraId) -> Camera:
    found = uow.cameras.known(camera)
    if found is None:
        raise unknown_camera()
    return found


def _territory(uow: UnitOfWork, camera: Camera, holder: Organ) -> str:
    """Where it stands (所在地): as on record, else where its unit sits."""
    siting = uow.sitings.one(camera.id)
    return siting.territory if siting is not None else holder.territory


def organ_of(doing: Performance, unit: UnitId) -> Organ:
    """The organ or unit on record. Raises Missing."""
    found = doing.uow.organs.one(unit)
    if found is None:
        raise Missing("organ.unknown", "没有这个机关或者单位", text_en="There is no such organ or unit")
    return found


def _of_organ(asked: Asked, law: Rulebook, now: UtcNs) -> Asked:
    """An organ's application, which names whom it sends."""
    return replace(checked(asked, now), officers=different(asked.officers, law))


def numbered(
    doing: Performance,
    law: Rulebook,
    random: Random,
    asked: Asked,
    scope: Scope,
    *,
    asking: Organ,
    requester: PersonId,
    requester_name: str,
    ground: str = "",
) -> AccessRequest:
    """The request on record, with the next number of its organ's year."""
    year = law.day(doing.now).year
    serial = doing.uow.requests.next_serial(asking.id, year)
    request = AccessRequest(
        id=uuid7(doing.now, random(RANDOM_BYTES)),
        number=f"{NUMBER_MARKS[asked.kind]}〔{year}〕{serial:04d}号",
        unit=scope.holder.id,
        state=State.SUBMITTED,
        cameras=tuple(asked.cameras),
        footage=asked.footage,
        purpose=asked.purpose,
        destination=asked.destination,
        legal_basis=asked.legal_basis,
        organ=asking.name,
        officers=tuple(asked.officers),
        requester=requester,
        requester_name=requester_name,
        submitted=doing.now,
        asker=asking.id,
        approving=scope.approving,
        kind=asked.kind,
        route=scope.route.row,
        other_basis=asked.other_basis,
        case=asked.case,
        ground=ground,
    )
    doing.uow.requests.add(request, year=year, serial=serial)
    return request


def _until(request: AccessRequest, now: UtcNs) -> UtcNs:
    """How long an approval given at `now` stands: a week, or to the end of the use."""
    return request.footage.end if request.kind in LIVE_KINDS else UtcNs(now + APPROVAL_NS)


def step_of(doing: Performance, law: Rulebook, request: str, step: Step, facts: Facts | None = None) -> AccessRequest:
    """The request, when the actor may take `step` now. Right is asked before state, so that a refusal names it."""
    found = found_request(doing, request)
    shared = next(passage.act for (_, known), passage in ACCESS.items() if known is step)
    assert shared is not None, "a step of people"
    act = act_of(shared, own=found.own)
    side = side_of(found, act)
    if side != doing.person.unit:
        raise refusal(reason(RULES[act].denial))
    known = facts or Facts(approved_until=found.approved_until)
    doing.permit(side, replace(known, owner=found.requester, head=is_head(doing, law)), act=act)
    if next_state(found.state, step, found.kind) is None:
        raise refusal(reason("procedure.step"))
    return found


def _another_than_applicant(doing: Performance, request: AccessRequest) -> None:
    """Nobody decides on the own request, in whichever account."""
    applicant = doing.uow.people.one(request.requester)
    if applicant is not None and doing.person.same_as(applicant):
        raise refusal(reason("copy.own-request" if request.own else "access.own-request"))


def side_of(request: AccessRequest, act: Act) -> UnitId:
    """Whose people take this step of the request."""
    sides = {Side.ASKER: request.asker, Side.APPROVING: request.approving, Side.HOLDER: request.unit}
    return sides[SIDES[act]]


def is_head(doing: Performance, law: Rulebook) -> bool:
    """Whether the actor is the head (主要负责人) of the own organ today."""
    day = law.day(doing.now)
    heads = doing.uow.people.heads(doing.person.unit, day)
    return any(post.person == doing.person.id and post.ended is None and in_office(post, day) for post in heads)


def found_request(doing: Performance, request: str) -> AccessRequest:
    """The request, where the actor's unit is a side of it that knows of it. Raises Missing."""
    found = doing.uow.requests.one(request, doing.person.unit)
    if found is None:
        raise unknown_request()
    return found


def told_of(request: AccessRequest) -> dict[str, object]:
    """What its entries say of it, without anybody's words."""
    return {
        "number": request.number,
        "kind": request.kind.value,
        "asker": request.asker,
        "approving": request.approving,
        "holder": request.unit,
        "route": request.route,
        "other_basis": request.other_basis,
        **({"ground": request.ground} if request.own else {}),
        **scope_facts(request),
    }


def scope_facts(request: AccessRequest) -> dict[str, object]:
    """Cameras and seconds, as entries tell them."""
    return {
        "cameras": list(request.cameras),
        "start_ms": request.footage.start // 1_000_000,
        "end_ms": request.footage.end // 1_000_000,
    }


def personal_of(request: AccessRequest) -> dict[str, str]:
    """The words and names of its entries, which can be erased."""
    return {
        "purpose": request.purpose,
        "destination": request.destination,
        "legal_basis": request.legal_basis,
        "organ": request.organ,
        "case": request.case,
        "officers": "、".join(officer.name for officer in request.officers),
    }


def unknown_request() -> Missing:
    """What every request answers that the asker may not know of."""
    return Missing("access.unknown", "没有这个申请", text_en="There is no such request")


def unknown_camera() -> Missing:
    """What a camera answers that the asker may not know of."""
    return Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera", field="cameras")
