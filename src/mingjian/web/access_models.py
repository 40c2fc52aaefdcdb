"""What the routes of access requests take and answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request
from pydantic import BaseModel, Field

from mingjian.app import access_pages
from mingjian.app.access_asked import Asked
from mingjian.app.own_copies import OwnCopy
from mingjian.app.records import AccessRequest, Actor, Execution
from mingjian.governance.access import AccessKind, ExecutionState, NamedOfficer
from mingjian.governance.own_copy import Goes
from mingjian.governance.procedure import State, Step
from mingjian.kernel.ids import CameraId, UnitId
from mingjian.web.attachments import AttachmentOut, attachment_out
from mingjian.web.exports import ExportOut, export_out
from mingjian.web.forms import Form, Milliseconds, Text, WithinPeriod, milliseconds, period
from mingjian.web.guard import services_of
from mingjian.web.history import HistoryOut, history_of

CameraName = Annotated[str, Field(max_length=64)]
Kind = Annotated[AccessKind, Field(strict=False)]


class NamedOfficerForm(Form):
    """One officer whom the organ sends."""

    name: Text
    work_id: Text = ""


class NarrowedForm(WithinPeriod):
    """Consent to what was asked, or to fewer cameras or seconds."""

    comment: Text = ""
    cameras: list[CameraName] | None = Field(None, max_length=64)

    def chosen(self) -> list[CameraId] | None:
        """The cameras consented to; None for all that were asked."""
        return None if self.cameras is None else [CameraId(camera) for camera in self.cameras]


class NewRequest(Form):
    """An application: to view, copy or retrieve what was recorded, to connect or to use directly (period ahead)."""

    kind: Kind = AccessKind.COPY
    cameras: list[CameraName] = Field(max_length=64)
    start_ms: Milliseconds
    end_ms: Milliseconds
    purpose: Text
    destination: Text
    legal_basis: Text
    other_basis: bool = False
    case: Text = ""
    approving: Annotated[str, Field(max_length=36)] | None = None
    officers: list[NamedOfficerForm] = Field(default_factory=list, max_length=64)

    def asked(self) -> Asked:
        """As the act takes it."""
        return Asked(
            self.kind,
            [CameraId(camera) for camera in self.cameras],
            period(self.start_ms, self.end_ms),
            self.purpose,
            self.destination,
            self.legal_basis,
            [NamedOfficer(officer.name, officer.work_id) for officer in self.officers],
            self.other_basis,
            self.case,
            UnitId(self.approving) if self.approving is not None else None,
        )


class NewOwnCopy(Form):
    """A unit's own copy: `ground` is a purpose of its rules that allows copies; `goes` is what becomes of the copy."""

    cameras: list[CameraName] = Field(max_length=64)
    start_ms: Milliseconds
    end_ms: Milliseconds
    ground: Text
    purpose: Text
    destination: Text
    goes: Annotated[Goes, Field(strict=False)] = Goes.INSIDE

    def copy_asked(self) -> OwnCopy:
        """As the act takes it."""
        return OwnCopy(
            [CameraId(camera) for camera in self.cameras],
            period(self.start_ms, self.end_ms),
            self.ground,
            self.purpose,
            self.goes,
            self.destination,
        )


class PaperRequest(NewRequest):
    """An approval brought on paper: which organ's, who signed which document, and its scan."""

    asker: Annotated[str, Field(max_length=36)]
    head: Text
    document: Text
    attachment: Annotated[str, Field(max_length=36)]


class RequestStepOut(BaseModel):
    """A step from here, and why it is not open to this person."""

    step: Step
    label: str
    label_en: str
    allowed: bool
    reason: str | None
    reason_en: str | None
    article: str | None


class PresenceOut(BaseModel):
    """An officer who signed, in which visit."""

    person: str
    at_ms: int
    visit: str


class OfficerOut(BaseModel):
    """An officer as the request names him."""

    name: str
    work_id: str


class PaperCheckOut(BaseModel):
    """A paper that the officers show, and whether it was checked in this session's visit."""

    paper: str
    name: str
    name_en: str
    article: str
    checked: bool
    number: str


class UnderVisitOut(BaseModel):
    """One visit under the approval."""

    id: str
    n: int
    staff: str
    began_ms: int
    ended_ms: int | None
    open: bool
    here: bool


class RequestOut(BaseModel):
    """A request as lists show it; steps, papers, visits and history only on its own page."""

    id: str
    number: str
    state: State
    kind: AccessKind
    cameras: list[str]
    start_ms: int
    end_ms: int
    purpose: str
    destination: str
    legal_basis: str
    other_basis: bool
    case: str
    organ: str
    asker: str
    approving: str
    holder: str
    approving_name: str
    holder_name: str
    camera_names: list[str]
    requester: str
    requester_id: str
    submitted_ms: int
    approver: str | None
    decision: str
    approved_until_ms: int | None
    on_paper: str | None
    ground: str
    report_until_ms: int | None
    reported_ms: int | None
    officers: list[OfficerOut]
    presence: list[PresenceOut]
    papers: list[PaperCheckOut]
    visits: list[UnderVisitOut]
    steps: list[RequestStepOut]
    history: list[HistoryOut]
    export: ExportOut | None
    scans: list[AttachmentOut]


def listed(found: AccessRequest, names: access_pages.Names) -> RequestOut:
    """One request without its page."""
    return RequestOut(
        id=found.id,
        number=found.number,
        state=found.state,
        kind=found.kind,
        cameras=list(found.cameras),
        start_ms=found.footage.start // 1_000_000,
        end_ms=found.footage.end // 1_000_000,
        purpose=found.purpose,
        destination=found.destination,
        legal_basis=found.legal_basis,
        other_basis=found.other_basis,
        case=found.case,
        organ=found.organ,
        asker=found.asker,
        approving=found.approving,
        holder=found.unit,
        approving_name=names.units.get(found.approving, ""),
        holder_name=names.units.get(found.unit, ""),
        camera_names=[names.cameras.get(camera, "") for camera in found.cameras],
        requester=found.requester_name,
        requester_id=found.requester,
        submitted_ms=found.submitted // 1_000_000,
        approver=found.approver_name or None,
        decision=found.decision,
        approved_until_ms=milliseconds(found.approved_until),
        on_paper=found.on_paper or None,
        ground=found.ground,
        report_until_ms=milliseconds(found.report_until),
        reported_ms=milliseconds(found.reported),
        officers=[OfficerOut(name=officer.name, work_id=officer.work_id) for officer in found.officers],
        presence=[
            PresenceOut(person=one.officer_name, at_ms=one.presence.at // 1_000_000, visit=one.execution)
            for one in found.presences
        ],
        papers=[],
        visits=[],
        steps=[],
        history=[],
        export=None,
        scans=[],
    )


def page(request: Request, actor: Actor, access_request: str) -> RequestOut:
    """One request with all that its page shows this person."""
    services = services_of(request)
    found = access_pages.page(
        services.store, actor=actor, clock=services.clock, law=services.law, request=access_request
    )
    export = None
    if found.export is not None:
        making = services.sealing.state(found.export.id)
        export = export_out(found.export, services.clock.now(), found.sealing, actor, making)
    return listed(found.request, found.names).model_copy(
        update={
            "steps": [
                RequestStepOut(
                    step=step.step,
                    label=step.label,
                    label_en=step.label_en,
                    allowed=step.allowed,
                    reason=step.reason or None,
                    reason_en=step.reason_en or None,
                    article=services.cited(step.article) or None,
                )
                for step in found.steps
            ],
            "papers": [
                PaperCheckOut(
                    paper=check.row.paper,
                    name=check.row.name,
                    name_en=check.row.name_en,
                    article=check.row.article,
                    checked=check.checked,
                    number=check.number,
                )
                for check in found.papers
            ],
            "scans": [attachment_out(scan) for scan in found.scans],
            "visits": [_visit(visit, actor) for visit in found.visits],
            "history": history_of(found.history),
            "export": export,
        }
    )


def _visit(visit: Execution, actor: Actor) -> UnderVisitOut:
    return UnderVisitOut(
        id=visit.id,
        n=visit.n,
        staff=visit.staff_name,
        began_ms=visit.began // 1_000_000,
        ended_ms=milliseconds(visit.ended),
        open=visit.state is ExecutionState.OPEN,
        here=visit.session == actor.session,
    )
