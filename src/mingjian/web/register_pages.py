"""One register entry, and the register as a PDF or a spreadsheet."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from mingjian.app import register_pages
from mingjian.app.records import Actor, ClosingCause, RegisterKind
from mingjian.app.register_pages import PRINTED_MOST, SHEET_MOST
from mingjian.governance import matters
from mingjian.governance.authority import Act
from mingjian.governance.forms.register_list import register_list, sheet_rows
from mingjian.web.forms import MS_NS, Index
from mingjian.web.guard import Policy, services_of
from mingjian.web.papers import PDF, printed
from mingjian.web.register_query import Asked
from mingjian.web.sheets import XLSX
from mingjian.web.uses import TroubleOut

router = APIRouter(prefix="/api/register", tags=["register"])
Reading = Annotated[Actor, Depends(Policy(Act.REGISTER_READ))]


class SeenOut(BaseModel):
    """One camera of an entry, and the stretches of it that reached the viewer."""

    camera: str
    name: str
    seconds: int
    segments: list[tuple[int, int]]


class EntryOut(BaseModel):
    """One entry with everything that is known of it. Indices are those of the ledger."""

    index: int
    at_ms: int
    kind: RegisterKind
    person: str
    unit: str
    purpose: str
    destination: str
    outside: bool
    ours: bool
    request: str
    number: str
    execution: str
    footage: tuple[int, int] | None
    valid: tuple[int, int]
    cameras: list[SeenOut]
    seconds: int
    closing: ClosingCause | None
    closed_ms: int | None
    closing_index: int | None
    troubles: list[TroubleOut]


@router.get(
    "/paper",
    operation_id="print_register",
    response_class=Response,
    responses={200: {"content": {PDF: {}, XLSX: {}}}},
)
def print_register(
    request: Request,
    actor: Reading,
    query: Asked,
    file: Annotated[Literal["pdf", "xlsx"], Query()] = "pdf",
) -> Response:
    """What the same question lists on the screen, to keep; no cell of a sheet runs as a formula."""
    services = services_of(request)
    head = services.ledger.checkpoint()
    sheet = register_pages.printed_register(
        services.store,
        actor=actor,
        clock=services.clock,
        query=query,
        head=(head.size, head.root) if head is not None else None,
        most=PRINTED_MOST if file == "pdf" else SHEET_MOST,
    )
    if file == "pdf":
        return printed(services, register_list(sheet, services.cited(matters.REGISTER)), "register")
    content = services.sheets.write(sheet_rows(sheet), xlsx=True)
    return Response(content, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="register.xlsx"'})


@router.get("/{entry}", operation_id="read_register_entry")
def read_register_entry(request: Request, entry: Index, actor: Reading) -> EntryOut:
    services = services_of(request)
    page = register_pages.entry_page(services.store, actor=actor, clock=services.clock, index=entry)
    found, closing = page.entry, page.entry.closing
    seconds = closing.seconds if closing is not None else {}
    return EntryOut(
        index=found.index,
        at_ms=found.at // MS_NS,
        kind=found.kind,
        person=found.person_name,
        unit=found.unit_name,
        purpose=found.purpose,
        destination=found.destination,
        outside=found.organ is not None,
        ours=page.ours,
        request=found.request,
        number=page.number,
        execution=found.execution,
        footage=(found.footage.start // MS_NS, found.footage.end // MS_NS) if found.footage is not None else None,
        valid=(found.valid.start // MS_NS, found.valid.end // MS_NS),
        cameras=[
            SeenOut(
                camera=camera,
                name=name,
                seconds=seconds.get(camera, round(sum(one.seconds for one in page.delivered.get(camera, [])))),
                segments=[(one.start // MS_NS, one.end // MS_NS) for one in page.delivered.get(camera, [])],
            )
            for camera, name in page.cameras.items()
        ],
        seconds=page.seconds,
        closing=closing.cause if closing is not None else None,
        closed_ms=closing.at // MS_NS if closing is not None else None,
        closing_index=closing.entry if closing is not None else None,
        troubles=[
            TroubleOut(entry=told.entry, at_ms=told.at // MS_NS, person=told.person_name, text=told.text)
            for told in page.troubles
        ],
    )
