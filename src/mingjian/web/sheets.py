"""Import and export of places and cameras as sheets, and the search by name and pinyin initials."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from mingjian.app import registry_search, sheet_import
from mingjian.app.cameras import may
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.web.forms import Text
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api", tags=["registry"])
SHEET_BYTES = (8 << 20) + (64 << 10)
"""The largest sheet and the fields around it."""
What = Literal["places", "cameras"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: {}, "text/csv": {}}}}
Exporting = Annotated[Actor, Depends(Policy(Act.REGISTRY_EXPORT))]


class LineErrorOut(BaseModel):
    """What is wrong with one cell."""

    line: int
    column: str
    code: str
    text: str
    text_en: str
    article: str


class ImportedOut(BaseModel):
    """What an import came to; `done` false: nothing is stored."""

    lines: int
    done: bool
    errors: list[LineErrorOut]


class HitOut(BaseModel):
    """Something found by its name."""

    kind: Literal["place", "system", "camera"]
    id: str
    name: str


@router.post("/registry/{what}/import", operation_id="import_sheet", max_body_size=SHEET_BYTES)
def import_sheet(
    request: Request,
    what: What,
    actor: Annotated[Actor, Depends(Policy(Act.REGISTRY_IMPORT))],
    file: Annotated[UploadFile, File()],
    commit: Annotated[bool, Query()] = False,
) -> ImportedOut:
    """Without `commit` a dry run: every line is judged as if it were stored, and nothing is."""
    services = services_of(request)
    may(services.store, Act.REGISTRY_IMPORT, actor=actor, clock=services.clock)
    found = sheet_import.import_sheet(
        services.store,
        services.law,
        services.cameras,
        actor=actor,
        clock=services.clock,
        random=services.random,
        what=what,
        rows=services.sheets.read(file.file.read()),
        commit=commit,
    )
    return ImportedOut.model_validate(found, from_attributes=True)


@router.get("/registry/{what}/export", operation_id="export_sheet", response_class=Response, responses=FILES)
def export_sheet(
    request: Request, what: What, actor: Exporting, file: Annotated[Literal["xlsx", "csv"], Query()] = "xlsx"
) -> Response:
    """The unit's own; never a password."""
    services = services_of(request)
    rows = sheet_import.export_rows(services.store, services.law, actor=actor, clock=services.clock, what=what)
    return _file(services.sheets.write(rows, xlsx=file == "xlsx"), what, file)


@router.get("/registry/{what}/template", operation_id="sheet_template", response_class=Response, responses=FILES)
def sheet_template(
    request: Request,
    what: What,
    actor: Annotated[Actor, Depends(Policy(Act.REGISTRY_IMPORT))],
    file: Annotated[Literal["xlsx", "csv"], Query()] = "xlsx",
) -> Response:
    services = services_of(request)
    may(services.store, Act.REGISTRY_IMPORT, actor=actor, clock=services.clock)
    return _file(services.sheets.write(sheet_import.template(what), xlsx=file == "xlsx"), f"{what}-template", file)


@router.get("/search", operation_id="search")
def search(
    request: Request,
    actor: Annotated[Actor, Depends(Policy(Act.REGISTRY_SEARCH))],
    q: Annotated[Text, Query()] = "",
) -> list[HitOut]:
    """Places, systems and cameras that the asker may see, by name or by the initials of its pinyin."""
    services = services_of(request)
    found = registry_search.found(services.store, actor=actor, clock=services.clock, text=q)
    return [HitOut.model_validate(hit, from_attributes=True) for hit in found]


def _file(content: bytes, name: str, file: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'mingjian-{name}.{file}', safe='')}"}
    return Response(content, media_type=XLSX if file == "xlsx" else CSV, headers=headers)
