"""How a printed paper is answered."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from mingjian.governance.documents import Attachments, Document, Language
from mingjian.web.services import Services

PDF = "application/pdf"
PRINTED: dict[int | str, dict[str, Any]] = {200: {"content": {PDF: {}}}}
"""What a route that prints says of its answer."""
Spoken = Annotated[Language, Query()]
"""The language of labels and fixed phrases."""


def printed(services: Services, paper: Document, name: str, pictures: Attachments | None = None) -> Response:
    """The paper as a PDF to look at and to keep; `name` is that of the file, without ending."""
    made = services.printer.pdf(paper, pictures or {})
    name = name.encode("ascii", "ignore").decode()  # a header carries no other letters
    return Response(made, media_type=PDF, headers={"Content-Disposition": f'inline; filename="{name}.pdf"'})
