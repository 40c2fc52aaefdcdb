"""A redacted copy for publication (799 article 22): edited, looked through by another, released once.

Footage is only ever looked at under a playback viewing of one's own (`app.views`), which the register knows with its
purpose. The release is a register entry of its own kind: its number is in the pictures, visible and hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from mingjian.app import views
from mingjian.app.performing import Performance, asking, entry, performing, record_refusal, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import Actor, Closing, ClosingCause, RegisterEntry, RegisterKind
from mingjian.app.texts import line, purpose_text
from mingjian.governance import matters
from mingjian.governance.authority import Act, Facts
from mingjian.governance.reasons import reason
from mingjian.governance.redaction import (
    LONGEST_NS,
    STEPS,
    Redaction,
    RedactionState,
    RedactionStep,
    checked,
)
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, Missing, Refused
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, uuid7
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period

DESTINATION_LONGEST, NOTE_LONGEST = 200, 500
LISTED_MOST = 200
MS_NS = 1_000_000
NARROW_NS = SECOND_NS
"""What one still picture counts as in the register."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file: its name within the installation, hash and size."""

    sha256: str
    size_bytes: int


class Redactor(Protocol):
    """Makes pictures and files of footage with masks burnt in."""

    def picture(
        self, grant: Grant, camera: CameraId, at: UtcNs, *, masks: Sequence[RedactionMask], at_ms: float
    ) -> bytes:
        """One picture as JPEG, `masks` burnt in as they lie at `at_ms` of their footage, with its visible mark. Raises
        Missing where nothing is recorded."""
        ...

    def render(
        self, redaction: Redaction, *, entry: int, recipient: str, draft: bool, told: Callable[[float], None]
    ) -> Rendered:
        """The file of the whole period. Blocks; raises LocalError, Missing."""
        ...

    def path(self, redaction: str, *, draft: bool) -> Path | None:
        """The file, or None where there is none."""
        ...

    def remove(self, redaction: str, *, draft: bool) -> None:
        """The file is no more. Nothing happens where there is none."""
        ...


def begin(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    grant: str,
    camera: CameraId,
    footage: Period,
    purpose: str,
    destination: str,
) -> Redaction:
    """A new project on footage that the person looks at under `grant`. Raises Refused, Invalid."""
    why = purpose_text(purpose)
    whither = line(destination, "destination", shortest=2, longest=DESTINATION_LONGEST)
    if footage.duration_ns > LONGEST_NS:
        raise Invalid(
            "redaction.long",
            f"一次最多处理 {LONGEST_NS // SECOND_NS // 60} 分钟",
            text_en=f"A redacted copy holds {LONGEST_NS // SECOND_NS // 60} minutes at most",
            field="end_ms",
        )
    with performing(store, Act.REDACTION_EDIT, camera, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit, Facts(owner=doing.person.id))
    opened = looking(store, actor=actor, clock=clock, grant=grant, camera=camera, footage=footage)
    with performing(store, Act.REDACTION_EDIT, camera, actor=actor, clock=clock) as doing:
        doing.permit(doing.person.unit, Facts(owner=doing.person.id))
        made = Redaction(
            id=uuid7(doing.now, random(RANDOM_BYTES)),
            unit=doing.person.unit,
            camera=camera,
            start=footage.start,
            end=footage.end,
            purpose=why,
            destination=whither,
            editor=doing.person.id,
            editor_name=doing.person.display_name,
            created=doing.now,
            state=RedactionState.DRAFT,
            entry=opened.entry,
        )
        doing.uow.redactions.add(made)
        _enter(doing, "redaction.begun", made, {"camera": camera, "opened": opened.entry})
        return made


def save(
    store: Store, redactor: Redactor, *, actor: Actor, clock: Clock, redaction: str, masks: Sequence[RedactionMask]
) -> Redaction:
    """Store the masks; an earlier draft no longer shows them and goes. The editor alone."""
    with performing(store, Act.REDACTION_EDIT, redaction, actor=actor, clock=clock) as doing:
        found = _own(doing, redaction)
        usable = checked(masks, (found.end - found.start) // MS_NS)
        after = _step(doing, found, RedactionStep.SAVE, masks=usable, rendered="", looked="", reviewer=None)
        _enter(doing, "redaction.saved", after, {"masks": len(usable)})
    redactor.remove(redaction, draft=True)
    return after


def render(
    store: Store,
    redactor: Redactor,
    *,
    actor: Actor,
    clock: Clock,
    redaction: str,
    told: Callable[[float], None] = lambda share: None,
) -> Redaction:
    """Make the draft that shows the stored masks. The editor alone; blocks as long as rendering takes."""
    with performing(store, Act.REDACTION_EDIT, redaction, actor=actor, clock=clock) as doing:
        found = _own(doing, redaction)
        _reachable(found, RedactionStep.RENDER)
    made = redactor.render(found, entry=found.entry, recipient=found.editor_name, draft=True, told=told)
    with performing(store, Act.REDACTION_EDIT, redaction, actor=actor, clock=clock) as doing:
        now = _own(doing, redaction)
        if now.masks != found.masks:
            raise refusal(reason("procedure.step"))
        after = _step(doing, now, RedactionStep.RENDER, rendered=made.sha256)
        _enter(doing, "redaction.rendered", after, {"sha256": made.sha256})
        return after


def may_edit(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """The project, for its editor where a draft may be made now. Raises as `render` does."""
    with performing(store, Act.REDACTION_EDIT, redaction, actor=actor, clock=clock) as doing:
        found = _own(doing, redaction)
        _reachable(found, RedactionStep.RENDER)
        return found


def may_release(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """The project, for whoever may release it now. Raises as `release` does."""
    with performing(store, Act.REDACTION_RELEASE, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit)
        _reachable(found, RedactionStep.RELEASE)
        return found


def draft_seen(store: Store, *, actor: Actor, clock: Clock, redaction: str, grant: str) -> Redaction:
    """The draft is about to be shown whole, under a viewing of one's own. Raises Refused without one."""
    found = _to_be_seen(store, actor=actor, clock=clock, redaction=redaction)
    looking(store, actor=actor, clock=clock, grant=grant, camera=found.camera, footage=found.footage)
    views.record_delivery(store, clock=clock, grant=grant, camera=found.camera, periods=[found.footage])
    return found


def submit(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """Give the rendered draft to review. Raises Refused where none shows the stored masks."""
    with performing(store, Act.REDACTION_EDIT, redaction, actor=actor, clock=clock) as doing:
        found = _own(doing, redaction)
        if not found.rendered:
            raise refusal(reason("redaction.not-rendered"))
        if not found.masks:
            raise refusal(reason("redaction.no-mask"))
        after = _step(doing, found, RedactionStep.SUBMIT)
        _enter(doing, "redaction.submitted", after, {"sha256": after.rendered})
        return after


def look(store: Store, *, actor: Actor, clock: Clock, redaction: str, grant: str) -> Redaction:
    """The reviewer opens the draft, under a viewing of his own that the register knows; all of it counts as seen."""
    with performing(store, Act.REDACTION_REVIEW, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit, Facts(owner=found.editor))
    looking(store, actor=actor, clock=clock, grant=grant, camera=found.camera, footage=found.footage)
    with performing(store, Act.REDACTION_REVIEW, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit, Facts(owner=found.editor))
        after = _step(
            doing,
            found,
            RedactionStep.LOOK,
            reviewer=doing.person.id,
            reviewer_name=doing.person.display_name,
            looked=found.rendered,
        )
        _enter(doing, "redaction.looked", after, {"sha256": after.looked})
    views.record_delivery(store, clock=clock, grant=grant, camera=found.camera, periods=[found.footage])
    return after


def review(store: Store, *, actor: Actor, clock: Clock, redaction: str, approve: bool, note: str) -> Redaction:
    """Approve or return what one has looked through. Never the editor; a return says why."""
    with performing(store, Act.REDACTION_REVIEW, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit, Facts(owner=found.editor))
        said = line(note, "note", shortest=0 if approve else 4, longest=NOTE_LONGEST)
        if approve and (found.reviewer != doing.person.id or not found.looked or found.looked != found.rendered):
            raise refusal(reason("redaction.not-looked"))
        after = _step(
            doing,
            found,
            RedactionStep.APPROVE if approve else RedactionStep.RETURN,
            reviewer=doing.person.id,
            reviewer_name=doing.person.display_name,
            note=said,
        )
        _enter(doing, "redaction.approved" if approve else "redaction.returned", after, note=said)
        return after


def release(
    store: Store,
    redactor: Redactor,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    redaction: str,
    told: Callable[[float], None] = lambda share: None,
) -> Redaction:
    """Register the publication, then make its file. Blocks as long as rendering takes.

    Where the file cannot be made the entry stays, closed as failed, and the project is reviewed as before.
    """
    with performing(store, Act.REDACTION_RELEASE, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit)
        grant = uuid7(doing.now, random(RANDOM_BYTES))
        _reachable(found, RedactionStep.RELEASE)
        index = _enter(
            doing, "redaction.released", found, {"camera": found.camera, "grant": grant}, note=found.destination
        )
        doing.uow.register.add(
            RegisterEntry(
                index,
                doing.now,
                RegisterKind.PUBLICATION,
                grant,
                doing.person.id,
                doing.person.display_name,
                doing.person.unit,
                doing.person.unit_name,
                found.purpose,
                found.destination,
                (found.camera,),
                found.footage,
                Period(doing.now, doing.now),
                actor.session,
            )
        )
        after = _step(doing, found, RedactionStep.RELEASE, released_entry=index)
    try:
        made = redactor.render(after, entry=index, recipient=after.destination, draft=False, told=told)
    except Exception:
        _close(store, clock, replace(after, state=RedactionState.REVIEWED), index, ClosingCause.FAILED, 0)
        raise
    done = replace(after, sha256=made.sha256, size_bytes=made.size_bytes)
    seconds = round(after.footage.seconds)
    _close(store, clock, done, index, ClosingCause.DELIVERED, seconds)
    redactor.remove(redaction, draft=True)
    return done


def take(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """The file is fetched: once, by the management. Entered before its first byte."""
    with performing(store, Act.REDACTION_RELEASE, redaction, actor=actor, clock=clock) as doing:
        found = _found(doing, redaction)
        doing.permit(found.unit)
        if not found.sha256 or found.taken is not None:
            raise refusal(reason("redaction.taken" if found.taken is not None else "procedure.step"))
        after = _step(doing, found, RedactionStep.TAKE, taken=doing.now)
        _enter(doing, "redaction.taken", after, {"sha256": after.sha256})
        return after


def listed(store: Store, *, actor: Actor, clock: Clock) -> Sequence[Redaction]:
    """The unit's projects, newest first."""
    with asking(store, Act.REDACTION_LIST, actor=actor, clock=clock) as doing:
        return doing.uow.redactions.listed(doing.person.unit, LISTED_MOST)


def one(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """One project. Raises Missing for another unit's."""
    with asking(store, Act.REDACTION_LIST, actor=actor, clock=clock) as doing:
        return _found(doing, redaction)


def picture(
    store: Store,
    redactor: Redactor,
    *,
    actor: Actor,
    clock: Clock,
    redaction: str,
    grant: str,
    at_ms: int,
    covered: bool,
) -> bytes:
    """A still picture of the footage, masks burnt in where `covered`, under one's own viewing; counted as seen."""
    found = _to_be_seen(store, actor=actor, clock=clock, redaction=redaction)
    at = UtcNs(found.start + at_ms * MS_NS)
    if not found.footage.contains(at):
        raise Invalid("redaction.outside", "时刻在时段以外", text_en="The moment is outside", field="at_ms")
    seen = Period(at, UtcNs(min(at + NARROW_NS, found.end)))
    opened = looking(store, actor=actor, clock=clock, grant=grant, camera=found.camera, footage=seen)
    views.record_delivery(store, clock=clock, grant=grant, camera=found.camera, periods=[seen])
    return redactor.picture(opened, found.camera, at, masks=found.masks if covered else (), at_ms=at_ms)


def looking(store: Store, *, actor: Actor, clock: Clock, grant: str, camera: CameraId, footage: Period) -> Grant:
    """The person's own running viewing of that footage. Raises Refused without one."""
    opened = views.live_grant(store, grant, actor=actor, clock=clock)
    if (
        opened is None
        or opened.marked
        or not opened.permits(MediaAct.PLAYBACK, camera, clock.now())
        or opened.allowed_footage(footage) != footage
    ):
        refused = Refused(
            "redaction.no-view",
            "须先登记用途、打开该时段的回放",
            text_en="This footage is looked at under a playback of your own, with its purpose in the register",
            remedy="重新打开本页并填写用途",
            remedy_en="Open the page again and state the purpose",
            article=matters.REGISTER,
        )
        record_refusal(store, Act.VIEW_PLAYBACK, camera, refused, actor=actor, now=clock.now())
        raise refused
    return opened


def _to_be_seen(store: Store, *, actor: Actor, clock: Clock, redaction: str) -> Redaction:
    """The project, for who may look at footage at all."""
    with performing(store, Act.VIEW_PLAYBACK, redaction, actor=actor, clock=clock) as doing:
        doing.permit(None, Facts(purpose=redaction))
        return _found(doing, redaction)


def _found(doing: Performance, redaction: str) -> Redaction:
    found = doing.uow.redactions.one(redaction, doing.person.unit)
    if found is None:
        raise Missing("redaction.unknown", "没有这个遮挡项目", text_en="There is no such redacted copy")
    return found


def _own(doing: Performance, redaction: str) -> Redaction:
    found = _found(doing, redaction)
    doing.permit(found.unit, Facts(owner=found.editor))
    return found


def _reachable(found: Redaction, step: RedactionStep) -> RedactionState:
    after = STEPS.get((found.state, step))
    if after is None:
        raise refusal(reason("procedure.step"))
    return after


def _step(doing: Performance, found: Redaction, step: RedactionStep, **change: object) -> Redaction:
    after = replace(found, state=_reachable(found, step), **change)  # type: ignore[arg-type]  # fields by name
    doing.uow.redactions.save(after, expected=found.state)
    return after


def _close(store: Store, clock: Clock, after: Redaction, index: int, cause: ClosingCause, seconds: int) -> None:
    """The publication's entry ends, and the project stands as `after`."""
    now = clock.now()
    with store.writing() as uow:
        facts = {"opened": index, "cause": str(cause), "sha256": after.sha256, "seconds": seconds}
        closing = uow.ledger.append(entry("redaction.closed", now, after.id, facts, unit=after.unit))
        uow.register.close(index, Closing(closing, now, cause, {str(after.camera): seconds}))
        uow.redactions.save(after, expected=RedactionState.RELEASED)


def _enter(
    doing: Performance, kind: str, about: Redaction, facts: dict[str, object] | None = None, *, note: str = ""
) -> int:
    span = {"start_ms": about.start // MS_NS, "end_ms": about.end // MS_NS}
    personal = {"purpose": about.purpose, "note": note}
    return doing.enter(kind, about.id, {**span, **(facts or {})}, personal=personal)
