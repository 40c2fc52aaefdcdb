"""Viewing: a register entry is committed, then a Grant exists. Closed with the seconds delivered, also after a crash.

Article 17, paragraph 2, item 2. Live needs a watch or management role and ends after a shift; the unit's own playback
needs a purpose as well. Whoever needs a copy applies for it (`app.access`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from mingjian.app.performing import Performance, asking, entry, performing, refusal
from mingjian.app.ports import Random, Store, UnitOfWork
from mingjian.app.purposes import purposes_of
from mingjian.app.records import (
    WATCHED,
    AccessRequest,
    Actor,
    Closing,
    ClosingCause,
    Person,
    RegisterEntry,
    RegisterKind,
)
from mingjian.app.register_ports import RegisterQuery
from mingjian.app.texts import purpose_text
from mingjian.app.under_approval import covers, fits, lapsed
from mingjian.audit.journal import NUMBER_BASE
from mingjian.governance import matters
from mingjian.governance.authority import Act, Allow, Facts, Subject, decide
from mingjian.governance.private_viewing import PrivateViewing
from mingjian.governance.purposes import unlisted
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import DAY_NS, SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import Invalid, LocalError, Missing, Refused
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import RANDOM_BYTES, CameraId, UnitId, uuid7
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period, union
from mingjian.law.rulebook import Rulebook

DUTY_S = 12 * 3600
"""Until shifts exist a duty Grant comes from the role and ends after the longest shift."""
SEEN_EVERY_S = 60
"""The media path asks every two seconds; that a viewer is there is written once a minute."""
ABANDONED_S = 900
"""A lost network says no farewell: without any connection for this long the viewing is over."""
CAMERAS_AT_ONCE = 16
"""The largest wall of tiles."""
DAYS_PAST_TERM = 1
"""One viewing opens at most the whole term of retention, with the day by which deletion may follow it."""
SEGMENTS_KEPT = 64
"""Per camera in a closing entry: with 16 cameras it stays below the 65 535 bytes of a ledger entry."""
JOIN_NS = SECOND_NS
"""Fragments less than a second apart were seen as one."""

ACTS = {MediaAct.LIVE: Act.VIEW_LIVE, MediaAct.PLAYBACK: Act.VIEW_PLAYBACK}
"""The act of `governance.authority` behind each viewing that a Grant may allow; a copy has its own procedure."""
_GRANTED = {
    RegisterKind.LIVE: MediaAct.LIVE,
    RegisterKind.PLAYBACK: MediaAct.PLAYBACK,
    RegisterKind.COPY: MediaAct.COPY,
    RegisterKind.PRIVATE: MediaAct.PLAYBACK,
}


def open_view(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    act: MediaAct,
    cameras: Sequence[CameraId],
    footage: Period | None = None,
    ground: str = "",
    purpose: str = "",
) -> Grant:
    """A Grant for live or playback; its register entry is committed before this returns.

    Playback names its `ground`, one of those that the unit's rules name, and beside it in free words its `purpose`.

    Raises Refused with the article, Missing for a camera that is not the unit's, Invalid for an unusable field.
    """
    if act not in ACTS:
        raise Invalid("view.act", "只能查看实时画面或者回放", text_en="A view is live or playback", field="act")
    chosen = tuple(dict.fromkeys(cameras))
    if not 1 <= len(chosen) <= CAMERAS_AT_ONCE:
        raise Invalid(
            "view.cameras",
            f"一次查看 1 至 {CAMERAS_AT_ONCE} 台摄像机",
            text_en=f"One view shows 1 to {CAMERAS_AT_ONCE} cameras",
            field="cameras",
        )
    seconds = _footage(footage, clock.now(), law) if act is MediaAct.PLAYBACK else None
    told = purpose_text(purpose, required=False)
    with performing(store, ACTS[act], chosen[0], actor=actor, clock=clock) as doing:
        doing.permit(None, Facts(purpose=told))
        if seconds is not None and (why := unlisted(ground, purposes_of(doing.uow, doing.person.unit))) is not None:
            raise refusal(why)
        for camera in chosen:
            _own_camera(doing.uow, camera, doing.person.unit)
        kind = RegisterKind.LIVE if act is MediaAct.LIVE else RegisterKind.PLAYBACK
        grant = uuid7(doing.now, random(RANDOM_BYTES))
        index = doing.enter(
            "viewing.opened",
            grant,
            {"act": str(act), "cameras": list(chosen), "ground": ground if seconds is not None else "", **_ms(seconds)},
            personal={"purpose": told},
        )
        registered = RegisterEntry(
            index,
            doing.now,
            kind,
            grant,
            doing.person.id,
            doing.person.display_name,
            doing.person.unit,
            doing.person.unit_name,
            f"{ground}：{told}" if seconds is not None else told,
            "",
            chosen,
            seconds,
            Period(doing.now, UtcNs(doing.now + DUTY_S * SECOND_NS)),
            actor.session,
        )
        doing.uow.register.add(registered)
    return grant_of(registered)


def open_under(
    doing: Performance,
    law: Rulebook,
    random: Random,
    *,
    request: AccessRequest,
    execution: str,
    officers: Sequence[Person],
    act: MediaAct,
    cameras: Sequence[CameraId],
    period: Period,
) -> Grant:
    """A Grant for officers from outside, inside the running act `doing`: live, or playback of approved seconds.

    `period` is the footage (playback) or the time of use (live). The register entry names every officer, the request,
    its purpose and destination, and commits with the act. Who may execute is the caller's question
    (`executions.permit_execution`); that the approval covers cameras and seconds is asked here once more.

    Raises Refused for anything wider than the approval, for officers that are too few or of two organs.
    """
    chosen = tuple(dict.fromkeys(cameras))
    doing.permit(doing.person.unit, Facts(approved_until=request.approved_until), act=Act.VIEW_UNDER)
    footage = period if act is MediaAct.PLAYBACK else None
    organs = {officer.unit for officer in officers}
    if len({officer.id for officer in officers}) < law.setting("officers_needed") or len(organs) != 1:
        raise refusal(reason("access.two-officers"))
    if not 1 <= len(chosen) <= CAMERAS_AT_ONCE or act not in ACTS or not fits(request, act):
        raise refusal(reason("access.wider-than-asked"))
    if not covers(request, chosen, period):
        raise refusal(reason("access.wider-than-asked"))
    assert request.approved_until is not None  # `permit` asked
    longest = min(request.approved_until, UtcNs(doing.now + DUTY_S * SECOND_NS))
    valid = Period(doing.now, longest if footage is not None else min(longest, period.end))
    grant, (organ,) = uuid7(doing.now, random(RANDOM_BYTES)), organs
    names = "、".join(sorted(officer.display_name for officer in officers))
    index = doing.enter(
        "viewing.opened",
        grant,
        {
            "act": str(act),
            "cameras": list(chosen),
            "request": request.id,
            "number": request.number,
            "execution": execution,
            "officers": sorted(officer.id for officer in officers),
            "organ": organ,
            **_ms(period),
        },
        personal={"officers": names, "purpose": request.purpose, "destination": request.destination},
    )
    registered = RegisterEntry(
        index,
        doing.now,
        RegisterKind.LIVE if act is MediaAct.LIVE else RegisterKind.PLAYBACK,
        grant,
        doing.person.id,
        names,
        request.unit,
        request.organ,
        request.purpose,
        request.destination,
        chosen,
        footage,
        valid,
        doing.actor.session,
        request=request.id,
        organ=organ,
        officers=tuple(officer.id for officer in officers),
        execution=execution,
    )
    doing.uow.register.add(registered)
    return grant_of(registered)


def grant_of(registered: RegisterEntry, masks: Mapping[CameraId, tuple[RedactionMask, ...]] | None = None) -> Grant:
    """The Grant of a committed register entry; `masks` are burnt into what a private person sees."""
    act = _GRANTED[registered.kind]
    return Grant(
        registered.grant,
        registered.person,
        registered.person_name,
        registered.unit,
        registered.unit_name,
        act,
        frozenset(registered.cameras),
        registered.footage,
        registered.valid,
        registered.index,
        request=registered.request,
        marked=bool(registered.request) and act is not MediaAct.COPY,
        masks=masks or {},
    )


def live_grant(
    store: Store,
    grant: str,
    *,
    actor: Actor | None,
    clock: Clock,
    elsewhere: Callable[[str], RegisterEntry | None] = lambda grant: None,
) -> Grant | None:
    """The Grant as it stands now: for the media path, when it opens and every few seconds after.

    None when it was closed, has expired, belongs to another session, or the person lost the role: stop at once. So
    too, under an approval, when anything it rests on has ended: `under_approval.lapsed`. `elsewhere` knows what is
    registered in the journal and not in the ledger yet.
    """
    now = clock.now()
    if actor is None:
        return None
    with store.reading() as uow:
        registered = uow.register.of_grant(grant) or elsewhere(grant)
        seen = uow.register.last_seen(grant) or UtcNs(0)
        ended = lapsed(uow, registered, now) if registered is not None else None
        approval = uow.requests.behind(registered.request) if registered is not None and registered.organ else None
        consent = _consented(uow, registered)
    if registered is None or registered.closing is not None or registered.session != actor.session:
        return None
    if registered.kind not in WATCHED or not registered.valid.contains(now):
        return None
    if ended is not None:
        return None
    outside = registered.organ is not None
    act, until = Act.VIEW_UNDER if outside else ACTS[_GRANTED[registered.kind]], None
    if consent is not None:
        act, until = Act.PRIVATE_VIEW, consent.consented_until
    elif approval is not None:
        until = approval.approved_until
    facts = Facts(purpose=registered.purpose, approved_until=until)
    asker = Subject(actor.person, actor.unit, actor.roles)
    if not isinstance(decide(asker, act, _side(registered, actor.unit), facts, now), Allow):
        return None
    if now - seen > SEEN_EVERY_S * SECOND_NS and registered.index < NUMBER_BASE:
        try:
            with store.writing() as uow:
                uow.register.seen(grant, now)
        except LocalError:
            if not outside:  # a lawful access goes on while the ledger is away: its seconds go into the journal
                raise
    return grant_of(registered, {one.camera: one.masks for one in consent.masks} if consent is not None else None)


def record_delivery(store: Store, *, clock: Clock, grant: str, camera: CameraId, periods: Iterable[Period]) -> None:
    """Store which footage (live: which seconds of wall time) reached the viewer. Called at least every 10 s and at
    the end of a stream, so that a crash loses at most that. What arrives after closing is entered as a supplement.
    """
    merged = union(periods, join_within_ns=JOIN_NS)
    if not merged:
        return
    now = clock.now()
    with store.writing() as uow:
        deliver_in(uow, grant, camera, merged, now)


def deliver_in(uow: UnitOfWork, grant: str, camera: CameraId, periods: Sequence[Period], now: UtcNs) -> None:
    """`record_delivery` inside a running transaction."""
    registered = uow.register.of_grant(grant)
    if registered is None or camera not in registered.cameras:
        raise Missing("view.unknown", "没有这次查看", text_en="There is no such view")
    uow.register.deliver(grant, camera, periods)
    if registered.closing is not None:
        facts = {"camera": camera, "seconds": round(sum(period.seconds for period in periods))}
        uow.ledger.append(entry("viewing.supplemented", now, grant, facts, unit=registered.unit))


def may_close(store: Store, *, actor: Actor, clock: Clock, grant: str) -> None:
    """Whether `close_view` would close it for this person: asked before its pictures are ended. Raises as it does."""
    with performing(store, Act.VIEW_CLOSE, grant, actor=actor, clock=clock) as doing:
        registered = _viewing(doing.uow, grant, doing.person.unit)
        doing.permit(_side(registered, doing.person.unit), Facts(owner=registered.person))


def close_view(store: Store, *, actor: Actor, clock: Clock, grant: str) -> None:
    """End an own viewing; a second closing changes nothing. Raises Missing for a foreign unit's."""
    with performing(store, Act.VIEW_CLOSE, grant, actor=actor, clock=clock) as doing:
        registered = _viewing(doing.uow, grant, doing.person.unit)
        doing.permit(_side(registered, doing.person.unit), Facts(owner=registered.person))
        if registered.closing is None:
            close_in(doing.uow, registered, ClosingCause.CLOSED, doing.now, actor=actor)


def close_interrupted(store: Store, *, clock: Clock) -> int:
    """At the start of the web process: close what a crash left open, with the seconds known. How many."""
    return _close_where(store, clock, ClosingCause.INTERRUPTED, lambda *_: True)


def close_expired(store: Store, *, clock: Clock) -> int:
    """Called every minute: close the viewings whose Grant has run out, whose approval ended, or whose viewer is gone.

    How many.
    """
    expired = _close_where(store, clock, ClosingCause.EXPIRED, lambda _, viewing, now: now >= viewing.valid.end)
    expired += _close_where(store, clock, ClosingCause.REVOKED, lapsed)
    return expired + _close_where(store, clock, ClosingCause.INTERRUPTED, _abandoned)


def close_ended(store: Store, *, clock: Clock, grant: str) -> None:
    """Its last picture has gone: close a viewing under an approval whose right has ended, not a minute later."""
    now = clock.now()
    with store.writing() as uow:
        registered = uow.register.of_grant(grant)
        if registered is None or registered.closing is not None:
            return
        if now >= registered.valid.end:
            close_in(uow, registered, ClosingCause.EXPIRED, now, actor=None)
        elif lapsed(uow, registered, now) is not None:
            close_in(uow, registered, ClosingCause.REVOKED, now, actor=None)


def close_in(
    uow: UnitOfWork, registered: RegisterEntry, cause: ClosingCause, now: UtcNs, *, actor: Actor | None
) -> None:
    """Close one viewing inside a running transaction, with its segments in the ledger."""
    delivered = uow.register.delivered(registered.grant)
    seconds = {str(camera): _seconds(delivered.get(camera, [])) for camera in registered.cameras}
    segments = {camera: _segments(periods) for camera, periods in delivered.items()}
    index = uow.ledger.append(
        entry(
            "viewing.closed",
            now,
            registered.grant,
            {
                "opened": registered.index,
                "cause": str(cause),
                "cameras": list(registered.cameras),
                "seconds": seconds,
                "segments_ms": segments,
            },
            actor=actor,
            unit=registered.unit,
        )
    )
    uow.register.close(registered.index, Closing(index, now, cause, seconds))


def register_snapshot(
    store: Store,
    *,
    actor: Actor,
    clock: Clock,
    random: Random,
    grant: str,
    camera: CameraId,
    at: UtcNs | None,
    check: Callable[[], None],
) -> tuple[Grant, int]:
    """Enter a snapshot before its picture is made. The Grant it is taken under, and the snapshot's own entry.

    `check` raises where there is nothing to show, on facts alone: nothing is entered then. It is asked only of those
    who may look, so that it tells nobody else what was recorded, and outside a transaction, because it reads files.
    """
    with performing(store, Act.VIEW_SNAPSHOT, grant, actor=actor, clock=clock) as doing:
        _snapshot_of(doing, grant, camera, at)
    check()
    with performing(store, Act.VIEW_SNAPSHOT, grant, actor=actor, clock=clock) as doing:
        registered, footage = _snapshot_of(doing, grant, camera, at)
        opened = grant_of(registered)
        facts = {"camera": camera, "at_ms": footage.start // 1_000_000, "opened": opened.entry}
        index = doing.enter("snapshot.taken", grant, facts)
        doing.uow.register.add(
            RegisterEntry(
                index,
                doing.now,
                RegisterKind.SNAPSHOT,
                uuid7(doing.now, random(RANDOM_BYTES)),
                doing.person.id,
                doing.person.display_name,
                doing.person.unit,
                doing.person.unit_name,
                registered.purpose,
                "",
                (camera,),
                footage,
                Period(doing.now, doing.now),
                actor.session,
            )
        )
    return opened, index


def close_empty_snapshot(store: Store, *, clock: Clock, grant: Grant, camera: CameraId, entry_index: int) -> None:
    """The picture of an entered snapshot could not be made: its entry stays, and says that nothing was delivered."""
    now, seconds = clock.now(), {str(camera): 0}
    with store.writing() as uow:
        facts = {"opened": entry_index, "cause": str(ClosingCause.FAILED), "seconds": seconds}
        index = uow.ledger.append(entry("snapshot.failed", now, grant.id, facts))
        uow.register.close(entry_index, Closing(index, now, ClosingCause.FAILED, seconds))


def _snapshot_of(doing: Performance, grant: str, camera: CameraId, at: UtcNs | None) -> tuple[RegisterEntry, Period]:
    """The viewing that a snapshot is taken in, and its instant. Raises Refused or Missing."""
    registered = _viewing(doing.uow, grant, doing.person.unit)
    doing.permit(registered.unit, Facts(owner=registered.person))
    if registered.request:
        raise refusal(reason("view.no-copy"))
    if registered.closing is not None or registered.session != doing.actor.session:
        raise _ended()
    opened = grant_of(registered)
    if not opened.permits(opened.act, camera, doing.now):
        raise _ended()
    instant = doing.now if at is None else at
    footage = Period(instant, UtcNs(instant + 1))
    if (at is None) != (opened.act is MediaAct.LIVE) or (at is not None and not opened.allowed_footage(footage)):
        raise Refused(
            "view.outside",
            "截图时刻不在本次查看的时段内",
            text_en="The snapshot's instant is outside this view",
            remedy="重新打开包含该时刻的回放",
            remedy_en="Open a playback that contains the instant",
            article=matters.REGISTER,
        )
    return registered, footage


def register_entries(store: Store, *, actor: Actor, clock: Clock, query: RegisterQuery) -> Sequence[RegisterEntry]:
    """The unit's register, newest first."""
    with asking(store, Act.REGISTER_READ, actor=actor, clock=clock) as doing:
        return doing.uow.register.listed(doing.person.unit, query)


def _close_where(
    store: Store, clock: Clock, cause: ClosingCause, due: Callable[[UnitOfWork, RegisterEntry, UtcNs], object]
) -> int:
    now = clock.now()
    with store.reading() as uow:
        waiting = [viewing for viewing in uow.register.open_viewings() if due(uow, viewing, now)]
    if not waiting:
        return 0
    with store.writing() as uow:
        still_open = {viewing.index for viewing in uow.register.open_viewings()}
        ending = [viewing for viewing in waiting if viewing.index in still_open]
        for viewing in ending:
            close_in(uow, viewing, cause, now, actor=None)
    return len(ending)


def _abandoned(uow: UnitOfWork, viewing: RegisterEntry, now: UtcNs) -> bool:
    return now - (uow.register.last_seen(viewing.grant) or viewing.at) > ABANDONED_S * SECOND_NS


def _footage(footage: Period | None, now: UtcNs, law: Rulebook) -> Period:
    if footage is None or footage.duration_ns == 0:
        raise Invalid(
            "view.period", "回放须给出起止时间", text_en="Playback needs a start and an end", field="start_ms"
        )
    longest = law.storage_rule().days + DAYS_PAST_TERM
    if footage.start >= now or footage.duration_ns > longest * DAY_NS:
        raise Invalid(
            "view.period",
            f"回放时段须在现在之前，且不超过 {longest} 天",
            text_en=f"The period must lie in the past and be no longer than {longest} days",
            field="start_ms",
        )
    return footage


def _consented(uow: UnitOfWork, registered: RegisterEntry | None) -> PrivateViewing | None:
    """The private person's application behind a view, or None for any other."""
    if registered is None or registered.kind is not RegisterKind.PRIVATE:
        return None
    return uow.private_viewings.behind(registered.request)


def _own_camera(uow: UnitOfWork, camera: CameraId, unit: UnitId) -> None:
    if uow.cameras.one(camera, unit) is None:
        raise Missing("camera.unknown", "没有这台摄像机", text_en="There is no such camera", field="cameras")


def _side(registered: RegisterEntry, unit: UnitId) -> UnitId:
    """On which side of a view `unit` stands: that of the organ which looks, else that of the cameras' unit."""
    return unit if registered.organ == unit else registered.unit


def _viewing(uow: UnitOfWork, grant: str, unit: UnitId) -> RegisterEntry:
    registered = uow.register.of_grant(grant)
    if registered is None or _side(registered, unit) != unit or registered.kind not in WATCHED:
        raise Missing("view.unknown", "没有这次查看", text_en="There is no such view")
    return registered


def _ended() -> Refused:
    return Refused(
        "view.ended",
        "本次查看已经结束，或者不含这台摄像机",
        text_en="This view has ended or does not include the camera",
        remedy="重新打开查看",
        remedy_en="Open the view again",
    )


def seconds_seen(uow: UnitOfWork, registered: RegisterEntry) -> int:
    """How many seconds reached the viewer: as closed, or so far."""
    if registered.closing is not None:
        return sum(registered.closing.seconds.values())
    return sum(_seconds(periods) for periods in uow.register.delivered(registered.grant).values())


def _seconds(periods: Iterable[Period]) -> int:
    return round(sum(period.seconds for period in union(periods)))


def _segments(periods: Iterable[Period]) -> list[list[int]]:
    join_ns = JOIN_NS
    merged = union(periods, join_within_ns=join_ns)
    while len(merged) > SEGMENTS_KEPT:
        join_ns *= 2
        merged = union(merged, join_within_ns=join_ns)
    return [[period.start // 1_000_000, period.end // 1_000_000] for period in merged]


def _ms(period: Period | None) -> dict[str, int]:
    if period is None:
        return {}
    return {"start_ms": period.start // 1_000_000, "end_ms": period.end // 1_000_000}
