"""Scans of a request's papers, one file a call; seen by its sides only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import Response

from mingjian.app import attachments, request_scans
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.web.attachments import BODY_BYTES, AttachmentOut, attachment_out, served
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/access-requests/{access_request}/scans", tags=["access"])


@router.post("", operation_id="add_scan", status_code=201, max_body_size=BODY_BYTES)
def add_scan(
    request: Request,
    access_request: str,
    actor: Annotated[Actor, Depends(Policy(Act.ACCESS_PAPER))],
    file: Annotated[UploadFile, File()],
    paper: Annotated[str, Query(min_length=1, max_length=32)],
) -> AttachmentOut:
    """Keep one scan of a paper that the instrument asks of the organ, or of its own file (`basis`)."""
    services = services_of(request)
    kept = request_scans.add(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        law=services.law,
        random=services.random,
        request=access_request,
        paper=paper,
        name=file.filename or paper,
        content=file.file.read(),
    )
    return attachment_out(kept)


@router.get(
    "/{scan}",
    operation_id="read_scan",
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in attachments.MEDIA_TYPES}}},
)
def read_scan(
    request: Request, access_request: str, scan: str, actor: Annotated[Actor, Depends(Policy(Act.ACCESS_LIST))]
) -> Response:
    """The bytes as they were kept, checked against their SHA-256."""
    services = services_of(request)
    found = request_scans.one(services.store, actor=actor, clock=services.clock, request=access_request, scan=scan)
    return served(services, found)
