"""Papers in and out: one file a call, bounded, never trusted to be what it calls itself."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from mingjian.app import attachments
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.governance.obligations import Attachment
from mingjian.web.forms import Text, milliseconds
from mingjian.web.guard import Policy, services_of
from mingjian.web.services import Services

router = APIRouter(prefix="/api/attachments", tags=["attachments"])
BODY_BYTES = attachments.LARGEST_BYTES + (64 << 10)
"""The file and the few fields around it."""
SHOWN_IN_PLACE = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""What a browser shows by itself; the rest is saved."""


class AttachmentOut(BaseModel):
    """One kept file; its bytes are at `/api/attachments/{id}`."""

    id: str
    subject_kind: str
    subject: str
    kind: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    by: str
    at_ms: int


@router.post("", operation_id="add_attachment", status_code=201, max_body_size=BODY_BYTES)
def add_attachment(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.ATTACHMENT_ADD))],
    file: Annotated[UploadFile, File()],
    subject_kind: Annotated[Text, Form()],
    subject: Annotated[Text, Form()],
    kind: Annotated[Text, Form()],
) -> AttachmentOut:
    """Keep one file about a subject."""
    services = services_of(request)
    kept = attachments.attach(
        services.store,
        services.attachments,
        actor=actor,
        clock=services.clock,
        random=services.random,
        subject_kind=subject_kind,
        subject=subject,
        kind=kind,
        name=file.filename or kind,
        content=file.file.read(),
    )
    return attachment_out(kept)


@router.get(
    "/{attachment}",
    operation_id="read_attachment",
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in attachments.MEDIA_TYPES}}},
)
def read_attachment(
    request: Request, attachment: str, actor: Annotated[Actor, Depends(Policy(Act.ATTACHMENT_READ))]
) -> Response:
    """The bytes as they were kept, checked against their SHA-256."""
    services = services_of(request)
    return served(services, attachments.one(services.store, actor=actor, clock=services.clock, attachment=attachment))


def served(services: Services, found: Attachment) -> Response:
    """A kept file as an answer: pictures and PDF in their place, what may hold programs as a download."""
    shown = "inline" if found.media_type in SHOWN_IN_PLACE else "attachment"
    return Response(
        services.attachments.read(found.sha256),
        media_type=found.media_type,
        headers={"Content-Disposition": f"{shown}; filename*=UTF-8''{quote(found.name, safe='')}"},
    )


def attachment_out(kept: Attachment) -> AttachmentOut:
    """A kept file as screens show it."""
    return AttachmentOut(
        id=kept.id,
        subject_kind=kept.subject_kind,
        subject=kept.subject,
        kind=kept.kind,
        name=kept.name,
        media_type=kept.media_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        by=kept.by,
        at_ms=milliseconds(kept.at) or 0,
    )
