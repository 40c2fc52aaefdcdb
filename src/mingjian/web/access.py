"""Access requests: each step of the procedure is one route."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from mingjian.app import access, access_pages
from mingjian.app.records import AccessRequest, Actor
from mingjian.governance.authority import Act
from mingjian.governance.procedure import State, Step
from mingjian.kernel.ids import CameraId
from mingjian.web.exports import ExportOut, export_out
from mingjian.web.forms import Form, Milliseconds, Secret, Text, milliseconds, period
from mingjian.web.guard import Policy, address_of, services_of
from mingjian.web.history import HistoryOut, history_of

router = APIRouter(prefix="/api/access-requests", tags=["access"])
CameraName = Annotated[str, Field(max_length=64)]


class NewRequest(Form):
    """An application to copy footage."""

    cameras: list[CameraName] = Field(max_length=64)
    start_ms: Milliseconds
    end_ms: Milliseconds
    purpose: Text
    destination: Text
    legal_basis: Text
    organ: Text
    officers: list[Text] = Field(default_factory=list, max_length=64)


class ApprovalForm(Form):
    """Approval as asked, or narrower."""

    comment: Text = ""
    cameras: list[CameraName] | None = Field(None, max_length=64)
    start_ms: Milliseconds | None = None
    end_ms: Milliseconds | None = None


class RefusalForm(Form):
    """Why it is refused."""

    reason: Text


class PresenceForm(Form):
    """One officer's own credential, typed in the staff's session."""

    name: Text
    password: Secret
    code: Secret


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
    """An officer who signed."""

    person: str
    at_ms: int


class RequestOut(BaseModel):
    """A request as lists show it."""

    id: str
    number: str
    state: State
    kind: Literal["copy"]
    cameras: list[str]
    start_ms: int
    end_ms: int
    purpose: str
    destination: str
    legal_basis: str
    organ: str
    requester: str
    requester_id: str
    submitted_ms: int
    approver: str | None
    decision: str
    approved_until_ms: int | None
    officers: list[str]
    presence: list[PresenceOut]
    steps: list[RequestStepOut]
    history: list[HistoryOut]
    export: ExportOut | None


@router.get("", operation_id="list_requests")
def list_requests(request: Request, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]) -> list[RequestOut]:
    """The unit's requests without steps and history."""
    services = services_of(request)
    return [_listed(found) for found in access_pages.listed(services.store, actor=actor, clock=services.clock)]


@router.post("", operation_id="submit_request", status_code=201)
def submit_request(
    request: Request, form: NewRequest, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_SUBMIT))]
) -> RequestOut:
    services = services_of(request)
    submitted = access.submit(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        cameras=[CameraId(camera) for camera in form.cameras],
        footage=period(form.start_ms, form.end_ms),
        purpose=form.purpose,
        destination=form.destination,
        legal_basis=form.legal_basis,
        organ=form.organ,
        officers=form.officers,
    )
    return _page(request, actor, submitted.id)


@router.get("/{access_request}", operation_id="read_request")
def read_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]
) -> RequestOut:
    return _page(request, actor, access_request)


@router.post("/{access_request}/approve", operation_id="approve_request")
def approve_request(
    request: Request,
    access_request: str,
    form: ApprovalForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_APPROVE))],
) -> RequestOut:
    services = services_of(request)
    narrowed = None
    if form.start_ms is not None and form.end_ms is not None:
        narrowed = period(form.start_ms, form.end_ms)
    access.approve(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        comment=form.comment,
        cameras=None if form.cameras is None else [CameraId(camera) for camera in form.cameras],
        footage=narrowed,
    )
    return _page(request, actor, access_request)


@router.post("/{access_request}/refuse", operation_id="refuse_request")
def refuse_request(
    request: Request,
    access_request: str,
    form: RefusalForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_REFUSE))],
) -> RequestOut:
    services = services_of(request)
    access.refuse(
        services.store, actor=actor, clock=services.clock, law=services.law, request=access_request, why=form.reason
    )
    return _page(request, actor, access_request)


@router.post("/{access_request}/withdraw", operation_id="withdraw_request")
def withdraw_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_WITHDRAW))]
) -> RequestOut:
    services = services_of(request)
    access.withdraw(services.store, actor=actor, clock=services.clock, law=services.law, request=access_request)
    return _page(request, actor, access_request)


@router.post("/{access_request}/presence", operation_id="sign_presence")
def sign_presence(
    request: Request,
    access_request: str,
    form: PresenceForm,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_ATTEND))],
) -> RequestOut:
    """The staff's session stays; the officer's credential is checked for this one signature."""
    services = services_of(request)
    access.sign_presence(
        services.identity,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        name=form.name,
        password=form.password,
        code=form.code,
        address=address_of(request),
    )
    return _page(request, actor, access_request)


@router.post("/{access_request}/export", operation_id="export_request")
def export_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_EXPORT))]
) -> RequestOut:
    services = services_of(request)
    access.start_export(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
    )
    return _page(request, actor, access_request)


@router.post("/{access_request}/complete", operation_id="complete_request")
def complete_request(
    request: Request, access_request: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_COMPLETE))]
) -> RequestOut:
    services = services_of(request)
    access.complete(services.store, actor=actor, clock=services.clock, law=services.law, request=access_request)
    return _page(request, actor, access_request)


def _page(request: Request, actor: Actor, access_request: str) -> RequestOut:
    services = services_of(request)
    page = access_pages.page(
        services.store, actor=actor, clock=services.clock, law=services.law, request=access_request
    )
    steps = [
        RequestStepOut(
            step=step.step,
            label=step.label,
            label_en=step.label_en,
            allowed=step.allowed,
            reason=step.reason or None,
            reason_en=step.reason_en or None,
            article=step.article or None,
        )
        for step in page.steps
    ]
    history = history_of(page.history)
    export = export_out(page.export, services.clock.now()) if page.export is not None else None
    return _listed(page.request).model_copy(update={"steps": steps, "history": history, "export": export})


def _listed(found: AccessRequest) -> RequestOut:
    return RequestOut(
        id=found.id,
        number=found.number,
        state=found.state,
        kind="copy",
        cameras=list(found.cameras),
        start_ms=found.footage.start // 1_000_000,
        end_ms=found.footage.end // 1_000_000,
        purpose=found.purpose,
        destination=found.destination,
        legal_basis=found.legal_basis,
        organ=found.organ,
        requester=found.requester_name,
        requester_id=found.requester,
        submitted_ms=found.submitted // 1_000_000,
        approver=found.approver_name or None,
        decision=found.decision,
        approved_until_ms=milliseconds(found.approved_until),
        officers=list(found.officers),
        presence=[
            PresenceOut(person=signed.officer_name, at_ms=signed.presence.at // 1_000_000) for signed in found.presences
        ],
        steps=[],
        history=[],
        export=None,
    )
