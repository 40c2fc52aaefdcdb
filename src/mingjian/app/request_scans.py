"""Scans of a request's papers: put on record by who asks or by the staff who see the originals, seen by its sides."""

from __future__ import annotations

from mingjian.app import attachments
from mingjian.app.access_reading import readable
from mingjian.app.performing import Performance, asking, refusal
from mingjian.app.ports import Random, Store
from mingjian.app.records import AccessRequest, Actor
from mingjian.app.registry_ports import AttachmentFiles
from mingjian.app.request_papers import BASIS, CERTIFICATE, SUBJECT, needed, scans, unknown_paper
from mingjian.governance.authority import Act
from mingjian.governance.obligations import Attachment
from mingjian.governance.procedure import ended
from mingjian.governance.reasons import reason
from mingjian.kernel.clock import Clock
from mingjian.kernel.ids import UnitId
from mingjian.law.rulebook import Rulebook

SCANS_MAX = 40
"""Of one request: the papers of ten officers, some of several pages."""


def add(
    store: Store,
    files: AttachmentFiles,
    *,
    actor: Actor,
    clock: Clock,
    law: Rulebook,
    random: Random,
    request: str,
    paper: str,
    name: str,
    content: bytes,
) -> Attachment:
    """Keep one scan of `paper`: a kind that the instrument asks of the organ, or `basis` of the organ's own file.

    Raises Invalid for another kind or what is no file of a known type and size, Missing for who is no side of the
    request, Refused for who only decides, when nothing can be had under it any more, and for a forty-first scan.
    """

    def reach(doing: Performance, about: str) -> UnitId:
        found = readable(doing, about)
        own = doing.person.unit
        if own not in (found.asker, found.unit):
            raise refusal(reason("access.papers-of-sides"))
        doing.permit(own, act=Act.ACCESS_PAPER)
        _check(doing, law, found, paper)
        return own

    return attachments.attach(
        store,
        files,
        actor=actor,
        clock=clock,
        random=random,
        subject_kind=SUBJECT,
        subject=request,
        kind=paper,
        name=name,
        content=content,
        act=Act.ACCESS_PAPER,
        reach=reach,
    )


def one(store: Store, *, actor: Actor, clock: Clock, request: str, scan: str) -> Attachment:
    """A scan that the actor may see. Raises Missing for any other."""
    with asking(store, Act.ACCESS_LIST, actor=actor, clock=clock) as doing:
        found = readable(doing, request)
        shown = next((kept for kept in scans(doing, found, doing.person.unit) if kept.id == scan), None)
        if shown is None:
            raise refusal(reason("authority.unknown-object"))
        return shown


def _check(doing: Performance, law: Rulebook, request: AccessRequest, paper: str) -> None:
    kinds = {row.paper for row in needed(doing, law, request)}
    if doing.person.unit == request.asker:
        kinds.add(BASIS)
    if paper not in kinds:
        raise unknown_paper("paper")
    if ended(request.state):
        raise refusal(reason("procedure.step"))
    kept = [one for one in attachments.of_subject(doing, SUBJECT, request.id) if one.kind != CERTIFICATE]
    if len(kept) >= SCANS_MAX:
        raise refusal(reason("access.scans"))
