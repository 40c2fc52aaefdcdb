"""A unit's own copy: asked for, consented to, refused. The rest of its way is that of any access request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from mingjian.app import access, own_copies
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.web.access_models import NarrowedForm, NewOwnCopy, RequestOut, page
from mingjian.web.forms import Form, Text
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/access-requests", tags=["access"])


class OwnDeclineForm(Form):
    """Why there is no consent."""

    reason: Text


@router.post("/own", operation_id="ask_own_copy", status_code=201)
def ask_own_copy(
    request: Request, form: NewOwnCopy, actor: Annotated[Actor, Depends(Policy(Act.COPY_ASK))]
) -> RequestOut:
    services = services_of(request)
    asked = own_copies.ask(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        copy=form.copy_asked(),
    )
    return page(request, actor, asked.id)


@router.post("/{access_request}/consent", operation_id="consent_to_own_copy")
def consent_to_own_copy(
    request: Request,
    access_request: str,
    form: NarrowedForm,
    actor: Annotated[Actor, Depends(Policy(Act.COPY_CONSENT))],
) -> RequestOut:
    """Another of the unit than who asked."""
    services = services_of(request)
    access.approve(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        comment=form.comment,
        cameras=form.chosen(),
        footage=form.footage(),
        act=Act.COPY_CONSENT,
    )
    return page(request, actor, access_request)


@router.post("/{access_request}/decline", operation_id="decline_own_copy")
def decline_own_copy(
    request: Request,
    access_request: str,
    form: OwnDeclineForm,
    actor: Annotated[Actor, Depends(Policy(Act.COPY_REFUSE))],
) -> RequestOut:
    services = services_of(request)
    access.refuse(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        request=access_request,
        why=form.reason,
        act=Act.COPY_REFUSE,
    )
    return page(request, actor, access_request)
