"""Access requests: asked by one, approved by another, executed before two officers, handed over, registered.

Articles 17.2.2, 21 and 22. The order of steps is the table of `governance.procedure`; who may take a step is the table
of `governance.authority`; each step is one transaction with one ledger entry, from which the history is read back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from mingjian.app.identity import IdentityKeeper, authenticate
from mingjian.app.performing import Performance, performing, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import (
    AccessRequest,
    Actor,
    ExportJob,
    JobState,
    RegisterEntry,
    RegisterKind,
    SignedPresence,
)
from mingjian.app.texts import line, purpose_text
from mingjian.governance.authority import (
    Act,
    Ceremony,
    Deny,
    Facts,
    Presence,
    Role,
    Subject,
    decide,
    officers_present,
)
from mingjian.governance.procedure import ACCESS, State, Step, next_state
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs, to_datetime
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, uuid7
from mingjian.kernel.period import Period
from mingjian.law.rulebook import Rulebook

CAMERAS_PER_REQUEST = 16
LONGEST_COPY_NS = 7 * DAY_NS
"""One package stays one that a person can carry and check; a longer need is several requests."""
APPROVAL_NS = 7 * DAY_NS
"""House rule: an approval unused for a week is asked for again."""
LEGAL_ZONE = timedelta(hours=8)
"""The year in a request's number is that of China Standard Time."""
OFFICERS = "officers_needed"
"""The figure of the instrument: who comes, comes with so many persons at least."""
OFFICERS_NAMED = 10
"""A form has ten lines; more persons do not stand at one counter."""


def submit(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    cameras: Sequence[CameraId],
    footage: Period,
    purpose: str,
    destination: str,
    legal_basis: str,
    organ: str,
    officers: Sequence[str],
) -> AccessRequest:
    """A request to copy footage, numbered and waiting for approval. Invalid names the field and its article.

    `officers` are those whom the organ will send: two different ones at least (article 22, paragraph 1, item 1).
    """
    chosen = tuple(dict.fromkeys(cameras))
    if not 1 <= len(chosen) <= CAMERAS_PER_REQUEST:
        raise Invalid(
            "access.cameras",
            f"一次申请 1 至 {CAMERAS_PER_REQUEST} 台摄像机",
            text_en=f"One request names 1 to {CAMERAS_PER_REQUEST} cameras",
            field="cameras",
        )
    if footage.duration_ns == 0 or footage.duration_ns > LONGEST_COPY_NS or footage.end > clock.now():
        raise Invalid(
            "access.period",
            "时段须已经过去、不为空，且不超过 7 天",
            text_en="The period must be past, not empty, and at most 7 days long",
            field="start_ms",
        )
    texts = {
        "purpose": purpose_text(purpose),
        "destination": line(destination, "destination", shortest=2, longest=200),
        "legal_basis": line(legal_basis, "legal_basis", shortest=2, longest=200),
        "organ": line(organ, "organ", shortest=2, longest=100),
    }
    named = _different(officers, law)
    personal = {**texts, "officers": "、".join(named)}
    with performing(store, Act.ACCESS_SUBMIT, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        for camera in chosen:
            if doing.uow.cameras.one(camera, doing.person.unit) is None:
                raise Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera", field="cameras")
        year = (to_datetime(doing.now) + LEGAL_ZONE).year
        serial = doing.uow.requests.next_serial(doing.person.unit, year)
        request = AccessRequest(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            number=f"复〔{year}〕{serial:04d}号",
            unit=doing.person.unit,
            state=State.SUBMITTED,
            cameras=chosen,
            footage=footage,
            requester=doing.person.id,
            requester_name=doing.person.display_name,
            submitted=doing.now,
            purpose=texts["purpose"],
            destination=texts["destination"],
            legal_basis=texts["legal_basis"],
            organ=texts["organ"],
            officers=named,
        )
        doing.uow.requests.add(request, year=year, serial=serial)
        doing.enter("access.submitted", request.id, {"number": request.number, **_scope(request)}, personal=personal)
        return request


def _different(officers: Sequence[str], law: Rulebook) -> tuple[str, ...]:
    """The officers named, each once however it is written. Raises Invalid for too few or more than ten."""
    named: dict[str, str] = {}
    for officer in officers:
        name = line(officer, "officers", longest=64)
        named.setdefault(unicodedata.normalize("NFKC", name).casefold().replace(" ", ""), name)
    needed = law.setting_row(OFFICERS)
    if not needed.value <= len(named) <= OFFICERS_NAMED:
        raise Invalid(
            "access.officers",
            f"须写明申请机关派出的 {needed.value} 至 {OFFICERS_NAMED} 名不同人员，现为 {len(named)} 名",
            text_en=f"Name {needed.value} to {OFFICERS_NAMED} different officers of the organ, not {len(named)}",
            remedy="补全共同实施的人员姓名后重新提交",
            remedy_en="Name everyone who will come, then submit again",
            field="officers",
            article=needed.article,
        )
    return tuple(named.values())


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
) -> AccessRequest:
    """Approve as asked or narrower. Refused for the applicant, for a wider scope, and for a state without this step."""
    with performing(store, Act.ACCESS_APPROVE, request, actor=actor, clock=clock) as doing:
        asked = _step(doing, law, request, Step.APPROVE)
        kept = asked.cameras if cameras is None else tuple(dict.fromkeys(cameras))
        period = asked.footage if footage is None else footage
        if not kept or not set(kept) <= set(asked.cameras) or not asked.footage.covers(period) or not period.seconds:
            raise refusal(reason("access.wider-than-asked"))
        decided = replace(
            asked,
            state=State.APPROVED,
            cameras=kept,
            footage=period,
            approver=doing.person.id,
            approver_name=doing.person.display_name,
            decision=line(comment, "comment", shortest=0, longest=500),
            approved_until=UtcNs(doing.now + APPROVAL_NS),
        )
        doing.uow.requests.save(decided, expected=asked.state)
        doing.enter("access.approved", request, _scope(decided), personal={"comment": decided.decision})
        return decided


def refuse(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str, why: str) -> AccessRequest:
    """Refuse with a reason; refusing incomplete papers is right, refusing a lawful request is not (article 24)."""
    why = line(why, "reason", shortest=4, longest=500)
    with performing(store, Act.ACCESS_REFUSE, request, actor=actor, clock=clock) as doing:
        asked = _step(doing, law, request, Step.REFUSE)
        decided = replace(
            asked,
            state=State.REFUSED,
            approver=doing.person.id,
            approver_name=doing.person.display_name,
            decision=why,
        )
        doing.uow.requests.save(decided, expected=asked.state)
        doing.enter("access.refused", request, personal={"reason": why})
        return decided


def withdraw(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> AccessRequest:
    """The applicant takes the request back."""
    with performing(store, Act.ACCESS_WITHDRAW, request, actor=actor, clock=clock) as doing:
        asked = _step(doing, law, request, Step.WITHDRAW)
        withdrawn = replace(asked, state=State.WITHDRAWN)
        doing.uow.requests.save(withdrawn, expected=asked.state)
        doing.enter("access.withdrawn", request)
        return withdrawn


def sign_presence(
    keeper: IdentityKeeper,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    request: str,
    name: str,
    password: str,
    code: str,
    address: str,
) -> AccessRequest:
    """One officer signs with his own credential in the staff's session, which stays as it is (article 22.1.1).

    Refused for anyone who is not an officer, for the staff member himself, and for an officer already present.
    """
    with performing(keeper.store, Act.ACCESS_ATTEND, request, actor=actor, clock=clock) as doing:
        _step(doing, law, request, Step.PRESENCE)  # before any credential is looked at
    officer = authenticate(keeper, name=name, password=password, code=code, address=address, clock=clock)
    with performing(keeper.store, Act.ACCESS_COSIGN, request, actor=actor, clock=clock) as doing:
        asked = _step(doing, law, request, Step.PRESENCE)
        subject = Subject(officer.id, officer.unit, officer.roles, officer.disabled is None)
        verdict = decide(
            subject, Act.ACCESS_COSIGN, asked.unit, Facts(target=doing.person.id, proven=doing.now), doing.now
        )
        if isinstance(verdict, Deny):
            # an officer of another unit is refused as no officer of this one; the page shows no foreign account
            unknown = verdict.reasons[0].code == "authority.unknown-object"
            raise refusal(reason("access.officer") if unknown else verdict.reasons[0])
        if officer.id in officers_present(facts_of(doing, law, asked), doing.now):
            raise refusal(reason("access.same-officer"))
        presence = Presence(officer.id, actor.session, doing.now)
        index = doing.enter(
            "officer.present", request, {"officer": officer.id}, personal={"officer": officer.display_name}
        )
        signed = SignedPresence(presence, officer.display_name, index)
        doing.uow.requests.add_presence(request, signed)
        return replace(asked, presences=(*asked.presences, signed))


def start_export(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, request: str) -> ExportJob:
    """Register the copy and queue its package. Refused without approval in force and two officers present."""
    with performing(store, Act.ACCESS_EXPORT, request, actor=actor, clock=clock) as doing:
        approved = _step(doing, law, request, Step.EXPORT)
        present = officers_present(facts_of(doing, law, approved), doing.now)
        officers = "、".join(sorted({s.officer_name for s in approved.presences if s.presence.officer in present}))
        grant = uuid7(doing.now, random(RANDOM_BYTES))
        index = doing.enter(
            "copy.registered",
            request,
            {
                "number": approved.number,
                "grant": grant,
                "officers": sorted(present),
                "approver": approved.approver or "",
                **_scope(approved),
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
        doing.uow.register.add(_copy_entry(approved, job, officers, doing))
        doing.uow.exports.add(job)
        doing.uow.requests.save(replace(approved, state=State.EXPORTING), expected=approved.state)
        return job


def hand_over(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> ExportJob:
    """Permission to download the package now: staff's session, two officers present, package built."""
    with performing(store, Act.ACCESS_HAND_OVER, request, actor=actor, clock=clock) as doing:
        ready = _step(doing, law, request, Step.HAND_OVER)
        job = doing.uow.exports.of_request(request)
        if job is None or job.state is not JobState.DONE:
            raise refusal(reason("procedure.step"))
        doing.uow.requests.save(replace(ready, state=State.DELIVERED), expected=ready.state)
        doing.enter("package.handed_over", request, {"job": job.id, "sha256": job.sha256})
        return job


def complete(store: Store, *, actor: Actor, clock: Clock, law: Rulebook, request: str) -> AccessRequest:
    """The register form is signed by both sides; the request ends."""
    with performing(store, Act.ACCESS_COMPLETE, request, actor=actor, clock=clock) as doing:
        delivered = _step(doing, law, request, Step.COMPLETE)
        completed = replace(delivered, state=State.COMPLETED)
        doing.uow.requests.save(completed, expected=delivered.state)
        doing.enter("access.completed", request)
        return completed


def _step(doing: Performance, law: Rulebook, request: str, step: Step) -> AccessRequest:
    """The request, when the actor may take `step` now. Right is asked before state, so that a refusal names it."""
    found = found_request(doing, request)
    act = next(passage.act for (_, known), passage in ACCESS.items() if known is step)
    doing.permit(found.unit, facts_of(doing, law, found), act=act)
    if next_state(found.state, step) is None:
        raise refusal(reason("procedure.step"))
    return found


def found_request(doing: Performance, request: str) -> AccessRequest:
    """The request of the actor's unit. Raises Missing."""
    found = doing.uow.requests.one(request, doing.person.unit)
    if found is None:
        raise unknown_request()
    return found


def facts_of(doing: Performance, law: Rulebook, request: AccessRequest) -> Facts:
    """The facts of a request. A presence counts only while its officer is an enabled officer."""
    ceremony = Ceremony(law.setting(OFFICERS), law.setting("ceremony_minutes") * 60)
    oldest = doing.now - ceremony.window_s * SECOND_NS
    valid = []
    for signed in request.presences:
        if signed.presence.at >= oldest:
            officer = doing.uow.people.one(signed.presence.officer)
            if officer is not None and officer.disabled is None and Role.OFFICER in officer.roles:
                valid.append(signed.presence)
    return Facts(
        owner=request.requester,
        target=doing.person.id,
        session=doing.actor.session,
        presences=tuple(valid),
        ceremony=ceremony,
        approved_until=request.approved_until,
    )


def _scope(request: AccessRequest) -> dict[str, object]:
    return {
        "cameras": list(request.cameras),
        "start_ms": request.footage.start // 1_000_000,
        "end_ms": request.footage.end // 1_000_000,
    }


def _copy_entry(request: AccessRequest, job: ExportJob, officers: str, doing: Performance) -> RegisterEntry:
    return RegisterEntry(
        job.entry,
        doing.now,
        RegisterKind.COPY,
        job.grant,
        doing.person.id,
        officers,
        request.unit,
        doing.person.unit_name,
        request.purpose,
        request.destination,
        request.cameras,
        request.footage,
        Period(doing.now, UtcNs(doing.now + APPROVAL_NS)),
        doing.actor.session,
        request=request.id,
    )


def unknown_request() -> Missing:
    """What every request answers that the asker may not know of."""
    return Missing("access.unknown", "没有这个申请", text_en="There is no such request")
