"""A private person views (national regulation, article 21): asked at the counter, consented to by another, seen beside
the staff, signed for. Viewing alone: nothing here makes a copy.

Whether it is lawful at all is asked of the text in force at each step, so that under one without article 21 nothing
opens. Register and ledger only grow and the sheet has a term: they name the application by its number, and who asked,
who is concerned and why stands in the row alone, which is destroyed with the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mingjian.app import attachments, views
from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Random, Store, Vault
from mingjian.app.records import Actor, RegisterEntry, RegisterKind
from mingjian.app.redactions import MS_NS, NARROW_NS, Redactor, looking
from mingjian.app.register_ports import RegisterQuery
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.texts import line
from mingjian.governance.authority import Act, Facts
from mingjian.governance.obligations import Attachment
from mingjian.governance.private_viewing import (
    STEPS,
    CameraMasks,
    IdentityPaper,
    PrivateState,
    PrivateStep,
    PrivateViewing,
    admitted,
    masked_number,
    still_masks,
    term,
)
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, UnitId, uuid7
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period
from mingjian.law.rows import PrivateViewingRule
from mingjian.law.rulebook import Rulebook

CAMERAS_MOST = 16
"""As many as one viewing shows."""
LONGEST_NS = DAY_NS
"""Related footage is an event's, not a week's."""
CONSENT_NS = 7 * DAY_NS
"""House rule: a consent unused for a week is asked for again, as an approval is."""
SITTING_S = 2 * 3600
"""House rule: one sitting ends by itself; who needs longer opens another, with its own entry."""
NAME_MOST, WHY_MOST, NOTE_MOST, PLACE_MOST = 64, 500, 500, 60
LISTED_MOST = 500
SCANS_MOST = 20
"""Of one application: both sides of a paper, proofs of the relation, and the pages of the sheet."""
SCAN = "private-viewing"
"""What a scan is about, in the attachments: `app.attachments` knows no such subject, so that a proof of identity is
read through the application alone, by the unit's own people."""
NO_TRACE = "现场查看，不提供复制件"


@dataclass(frozen=True, slots=True)
class PrivateAsk:
    """What a person asks at the counter."""

    applicant: str
    paper: IdentityPaper
    paper_number: str
    relation: str
    concerned: str
    ground: str
    why: str
    cameras: Sequence[CameraId]
    footage: Period


def rule_in_force(law: Rulebook, now: UtcNs) -> PrivateViewingRule | None:
    """What the text in force says of private persons' viewing."""
    return law.private_viewing(law.day(now))


def rule_read(store: Store, *, actor: Actor, clock: Clock, law: Rulebook) -> PrivateViewingRule | None:
    """The rule in force, for whoever receives private persons."""
    with asking(store, Act.PRIVATE_LIST, actor=actor, clock=clock) as doing:
        return rule_in_force(law, doing.now)


def enter(
    store: Store, vault: Vault, *, actor: Actor, clock: Clock, law: Rulebook, random: Random, asked: PrivateAsk
) -> PrivateViewing:
    """A numbered application that waits for the consent of another person. Its seconds are held meanwhile.

    Raises Refused with the article where the text in force opens nothing to private persons; Invalid names the field.
    """
    with performing(store, Act.PRIVATE_ENTER, "", actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit)
        rule = _admitting(law, doing.now)
        relation, ground = term(rule.who, asked.relation, "relation"), term(rule.grounds, asked.ground, "ground")
        own = relation == rule.who[0]
        concerned = line(asked.concerned, "concerned", shortest=0 if own else 2, longest=NAME_MOST)
        shown, cameras = masked_number(asked.paper_number), _cameras(doing, asked.cameras)
        year = law.day(doing.now).year
        serial = doing.uow.private_viewings.next_serial(doing.person.unit, year)
        made = PrivateViewing(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=doing.person.unit,
            number=f"个查〔{year}〕{serial:04d}号",
            year=year,
            serial=serial,
            state=PrivateState.ASKED,
            applicant=line(asked.applicant, "applicant", shortest=2, longest=NAME_MOST),
            paper=asked.paper,
            paper_number=shown,
            identity=vault.tag("".join(asked.paper_number.split()).upper(), context=SCAN),
            relation=relation.id,
            concerned="" if own else concerned,
            ground=ground.id,
            why=line(asked.why, "why", shortest=4, longest=WHY_MOST),
            cameras=cameras,
            start=_footage(asked.footage, doing.now).start,
            end=asked.footage.end,
            staff=doing.person.id,
            staff_name=doing.person.display_name,
            asked=doing.now,
            row=rule.id,
        )
        doing.uow.private_viewings.add(made)
        told = {"paper": str(made.paper), "relation": made.relation, "ground": made.ground}
        doing.enter("private.asked", made.id, {**_told(made), **told, "row": rule.id})
        return made


def consent(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    viewing: str,
    cameras: Sequence[CameraId] | None = None,
    footage: Period | None = None,
    mask_others: bool = True,
    note: str = "",
) -> PrivateViewing:
    """Consent as asked or narrower. Never by who took the application down, in whichever account."""
    said = line(note, "note", shortest=0, longest=NOTE_MOST)
    with performing(store, Act.PRIVATE_CONSENT, viewing, actor=actor, clock=clock) as doing:
        found = _decided_by_another(doing, viewing)
        _admitting(law, doing.now)
        chosen = tuple(dict.fromkeys(cameras)) if cameras is not None else found.cameras
        seconds = footage or found.footage
        if not chosen or not set(chosen) <= set(found.cameras) or not found.footage.covers(seconds):
            raise refusal(reason("private.wider"))
        after = step_to(
            doing,
            found,
            PrivateStep.CONSENT,
            cameras=chosen,
            start=seconds.start,
            end=seconds.end,
            mask_others=mask_others,
            note=said,
            consented_until=UtcNs(doing.now + CONSENT_NS),
            **_by(doing),
        )
        doing.enter(
            "private.consented", after.id, {**_told(after), "mask_others": mask_others}, personal={"note": said}
        )
        return after


def refuse(store: Store, *, actor: Actor, clock: Clock, viewing: str, note: str) -> PrivateViewing:
    """Refuse with a reason, which the applicant is told."""
    said = line(note, "note", shortest=4, longest=NOTE_MOST)
    with performing(store, Act.PRIVATE_REFUSE, viewing, actor=actor, clock=clock) as doing:
        found = _decided_by_another(doing, viewing)
        after = step_to(doing, found, PrivateStep.REFUSE, note=said, **_by(doing))
        doing.enter("private.refused", after.id, {"number": after.number}, personal={"note": said})
        return after


def withdraw(store: Store, *, actor: Actor, clock: Clock, viewing: str, note: str) -> PrivateViewing:
    """The applicant takes it back, or the unit its consent: what is shown ends within seconds."""
    said = line(note, "note", shortest=4, longest=NOTE_MOST)
    with performing(store, Act.PRIVATE_WITHDRAW, viewing, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        doing.permit(found.unit)
        after = step_to(doing, found, PrivateStep.WITHDRAW, note=said, consented_until=None)
        doing.enter("private.withdrawn", after.id, {"number": after.number}, personal={"note": said})
        return after


def save_masks(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    viewing: str,
    camera: CameraId,
    masks: Sequence[RedactionMask],
) -> PrivateViewing:
    """What is covered in this camera's pictures, in place of what was before. Not while somebody looks."""
    with performing(store, Act.PRIVATE_MASK, viewing, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        doing.permit(found.unit)
        usable = still_masks(masks)
        if camera not in found.cameras:
            raise refusal(reason("private.wider"))
        if watching(doing, found):
            raise refusal(reason("private.viewing-open"))
        others = tuple(one for one in found.masks if one.camera != camera)
        own = (CameraMasks(camera, usable),) if usable else ()
        after = step_to(doing, found, PrivateStep.MASK, masks=(*others, *own))
        doing.enter("private.masked", after.id, {"camera": camera, "masks": len(usable)})
        return after


def still(
    store: Store,
    redactor: Redactor,
    *,
    actor: Actor,
    clock: Clock,
    viewing: str,
    camera: CameraId,
    grant: str,
    at_ms: int,
    covered: bool,
) -> bytes:
    """A still picture to draw masks on, under a playback of the staff's own, which counts it as seen.

    With `covered` as the person will see it. Raises Refused without such a playback.
    """
    with performing(store, Act.PRIVATE_MASK, viewing, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        doing.permit(found.unit)
        if camera not in found.cameras or not found.footage.contains(UtcNs(found.start + at_ms * MS_NS)):
            raise refusal(reason("private.wider"))
    at = UtcNs(found.start + at_ms * MS_NS)
    seen = Period(at, UtcNs(min(at + NARROW_NS, found.end)))
    opened = looking(store, actor=actor, clock=clock, grant=grant, camera=camera, footage=seen)
    views.record_delivery(store, clock=clock, grant=grant, camera=camera, periods=[seen])
    return redactor.picture(opened, camera, at, masks=found.masks_of(camera) if covered else (), at_ms=0)


def open_viewing(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    viewing: str,
    cameras: Sequence[CameraId],
    place: str,
    outside_room: bool,
    promised: bool,
) -> Grant:
    """A Grant for the consented seconds of `cameras`, in the session of who sits beside; its entry is committed before.

    `place` is where, outside the monitoring room; `promised` that the person read the promise and gave it.
    """
    where = line(place, "place", shortest=2, longest=PLACE_MOST)
    with performing(store, Act.PRIVATE_VIEW, viewing, actor=actor, clock=clock) as doing:
        found = found_viewing(doing, viewing)
        doing.permit(found.unit, Facts(approved_until=found.consented_until))
        rule = _admitting(law, doing.now)
        reachable(found, PrivateStep.VIEW)
        chosen = tuple(dict.fromkeys(cameras))
        if not chosen or not set(chosen) <= set(found.cameras):
            raise refusal(reason("private.wider"))
        if found.mask_others and not all(found.masks_of(camera) for camera in chosen):
            raise refusal(reason("private.unmasked"))
        if not outside_room:
            raise refusal(reason("private.inside-room"))
        if not promised:
            raise refusal(reason("private.no-promise"))
        if watching(doing, found):
            raise refusal(reason("private.viewing-open"))
        assert found.consented_until is not None  # `permit` asked
        ends = UtcNs(min(found.consented_until, doing.now + SITTING_S * SECOND_NS))
        grant = uuid7(doing.now, random(RANDOM_BYTES))
        purpose = f"个人查阅（{term(rule.grounds, found.ground, 'ground').name}）"
        names = f"{found.number}（陪同：{doing.person.display_name}）"
        index = doing.enter(
            "viewing.opened",
            grant,
            {**_told(found), "cameras": list(chosen), "act": "private", "private": found.id, "row": rule.id},
            personal={"purpose": purpose, "place": where},
        )
        registered = RegisterEntry(
            index,
            doing.now,
            RegisterKind.PRIVATE,
            grant,
            doing.person.id,
            names,
            doing.person.unit,
            doing.person.unit_name,
            purpose,
            f"{NO_TRACE}：{where}",
            chosen,
            found.footage,
            Period(doing.now, ends),
            actor.session,
            request=found.id,
        )
        doing.uow.register.add(registered)
    return views.grant_of(registered, {camera: found.masks_of(camera) for camera in chosen})


def keep_scan(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    viewing: str,
    kind: str,
    name: str,
    content: bytes,
) -> Attachment:
    """Keep the scan of the proof of identity (`identity`) or of the signed sheet (`sheet`); `SCANS_MOST` of both."""
    if kind not in ("identity", "sheet"):
        raise Invalid("attachment.kind", "没有这种文件", text_en="There is no such kind of file", field="kind")

    def reach(doing: Performance, about: str) -> UnitId:
        found = found_viewing(doing, about)
        doing.permit(found.unit)
        if len(scans_of(doing, found)) >= SCANS_MOST:
            raise refusal(reason("private.scans"))
        return found.unit

    return attachments.attach(
        store,
        files,
        actor=actor,
        clock=clock,
        random=random,
        subject_kind=SCAN,
        subject=viewing,
        kind=kind,
        name=name,
        content=content,
        act=Act.PRIVATE_ENTER,
        reach=reach,
        entered="private.scan_kept",
    )


def scan(store: Store, *, actor: Actor, clock: Clock, viewing: str, attachment: str) -> Attachment:
    """A scan, for the unit's people who receive, decide and audit. Raises Missing."""
    with asking(store, Act.PRIVATE_LIST, actor=actor, clock=clock) as doing:
        found = next((one for one in scans_of(doing, found_viewing(doing, viewing)) if one.id == attachment), None)
        if found is None:
            raise Missing("private.no-file", "没有这个文件", text_en="There is no such file")
        return found


def expire_consents(store: Store, *, clock: Clock) -> int:
    """Called every minute: consents that ran out end by themselves, each with its entry. How many."""
    now = clock.now()
    with store.reading() as uow:
        if not uow.private_viewings.lapsed(now):
            return 0
    with store.writing() as uow:
        lapsed = uow.private_viewings.lapsed(now)
        for found in lapsed:
            uow.private_viewings.save(replace(found, state=PrivateState.EXPIRED), expected=found.state)
            uow.ledger.append(entry("private.expired", now, found.id, {"number": found.number}, unit=found.unit))
        return len(lapsed)


def _admitting(law: Rulebook, now: UtcNs) -> PrivateViewingRule:
    """The rule in force. Raises Refused with its article where it admits nobody."""
    rule = rule_in_force(law, now)
    if (why := admitted(rule)) is not None or rule is None:
        raise refusal(why or reason("private.forbidden"))
    return rule


def found_viewing(doing: Performance, viewing: str) -> PrivateViewing:
    found = doing.uow.private_viewings.one(viewing, doing.person.unit)
    if found is None:
        raise Missing("private.unknown", "没有这项个人查阅", text_en="There is no such application")
    return found


def _decided_by_another(doing: Performance, viewing: str) -> PrivateViewing:
    found = found_viewing(doing, viewing)
    doing.permit(found.unit, Facts(owner=found.staff))
    staff = doing.uow.people.one(found.staff)
    if staff is not None and staff.same_as(doing.person):
        raise refusal(reason("private.own-entry"))
    return found


def _by(doing: Performance) -> dict[str, object]:
    return {"consenter": doing.person.id, "consenter_name": doing.person.display_name, "decided": doing.now}


def reachable(found: PrivateViewing, step: PrivateStep) -> PrivateState:
    after = STEPS.get((found.state, step))
    if after is None:
        raise refusal(reason("procedure.step"))
    return after


def step_to(doing: Performance, found: PrivateViewing, step: PrivateStep, **change: object) -> PrivateViewing:
    after = replace(found, state=reachable(found, step), **change)  # type: ignore[arg-type]  # fields by name
    doing.uow.private_viewings.save(after, expected=found.state)
    return after


def _cameras(doing: Performance, given: Sequence[CameraId]) -> tuple[CameraId, ...]:
    chosen = tuple(dict.fromkeys(given))
    if not 1 <= len(chosen) <= CAMERAS_MOST:
        raise Invalid(
            "private.cameras",
            f"一次申请 1 至 {CAMERAS_MOST} 台摄像机",
            text_en=f"An application names 1 to {CAMERAS_MOST} cameras",
            field="cameras",
        )
    for camera in chosen:
        if doing.uow.cameras.one(camera, doing.person.unit) is None:
            raise Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera", field="cameras")
    return chosen


def _footage(footage: Period, now: UtcNs) -> Period:
    if footage.end > now or footage.duration_ns > LONGEST_NS:
        hours = LONGEST_NS // (3600 * SECOND_NS)
        raise Invalid(
            "private.period",
            f"时段须已经过去，且不超过 {hours} 小时",
            text_en=f"The period lies in the past and is no longer than {hours} hours",
            field="end_ms",
        )
    return footage


def _told(about: PrivateViewing) -> dict[str, object]:
    span = {"start_ms": about.start // MS_NS, "end_ms": about.end // MS_NS}
    return {"number": about.number, "cameras": list(about.cameras), **span}


def registered_under(doing: Performance, found: PrivateViewing) -> Sequence[RegisterEntry]:
    """What was viewed under it, the first first."""
    query = RegisterQuery(request=found.id, kind=RegisterKind.PRIVATE)
    return list(reversed(doing.uow.register.listed(found.unit, query)))


def watching(doing: Performance, found: PrivateViewing) -> bool:
    return any(one.closing is None for one in registered_under(doing, found))


def scans_of(doing: Performance, found: PrivateViewing) -> tuple[Attachment, ...]:
    return () if found.destroyed else attachments.of_subject(doing, SCAN, found.id)
