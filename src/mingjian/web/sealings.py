"""Handing a package over: sealed for two officers, a share to each, fetched once. No route gives the plain one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from mingjian.app import sealings
from mingjian.app.executions import Credential
from mingjian.app.records import Actor
from mingjian.app.sealing_ports import COUNTER, Download
from mingjian.app.sealings import GivenShare
from mingjian.governance.authority import Act
from mingjian.kernel.errors import Invalid, LocalError
from mingjian.web.executions import PresenceForm
from mingjian.web.exports import DownloadOut, ExportOut, SealingOut, read_export, sealing_out
from mingjian.web.guard import Policy, address_of, services_of
from mingjian.web.services import Services

router = APIRouter(prefix="/api/exports", tags=["exports"])
HandingOver = Annotated[Actor, Depends(Policy(Act.ACCESS_HAND_OVER))]
PIECE_BYTES = 1 << 20
"""Held in memory for each download, and the most that a broken one fetches again."""
NOTE_EVERY_BYTES = 64 << 20
"""How often the way made is put on record: a row for each piece would cost more than the piece."""
_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{0,15})")


class GivenShareOut(BaseModel):
    """The share, once. Nothing here can give it again."""

    letter: str
    officer: str
    words: str
    number: str


class OwnSealingOut(BaseModel):
    """A sealed package that this officer has a share of."""

    job: str
    request: str
    number: str
    holder: str
    sealing: SealingOut


@router.get("/sealed/own", operation_id="list_own_sealings")
def list_own_sealings(
    request: Request, actor: Annotated[Actor, Depends(Policy(Act.EXPORT_LIST))]
) -> list[OwnSealingOut]:
    """Of which the signed-in officer has a share, until they run out; empty for everybody else."""
    services = services_of(request)
    now = services.clock.now()
    return [
        OwnSealingOut(
            job=found.sealing.job,
            request=found.sealing.request,
            number=found.number,
            holder=found.holder_name,
            sealing=sealing_out(found.sealing, now, actor),
        )
        for found in sealings.own(services.store, actor=actor, clock=services.clock)
    ]


@router.post("/{job}/seal", operation_id="seal_package", status_code=202)
def seal_package(request: Request, job: str, actor: HandingOver) -> ExportOut:
    """Begins to seal for the two officers who are present; `sealing_share` tells how far it is.

    Once it is done they may take their shares and fetch it.
    """
    services = services_of(request)
    store, clock, law = services.store, services.clock, services.law
    sealings.may_seal(store, actor=actor, clock=clock, law=law, job=job)
    services.sealing.start(
        job,
        lambda told: sealings.seal(
            store,
            actor=actor,
            clock=clock,
            law=law,
            random=services.random,
            vault=services.identity.vault,
            sealer=services.sealed,
            job=job,
            told=told,
        ),
    )
    return read_export(request, job, actor)


@router.post("/{job}/share", operation_id="take_share")
def take_share(request: Request, job: str, actor: Annotated[Actor, Depends(Policy(Act.SHARE_TAKE))]) -> GivenShareOut:
    """The officer's own share, in his own session; once."""
    services = services_of(request)
    given = sealings.take_share(
        services.store,
        actor=actor,
        clock=services.clock,
        law=services.law,
        vault=services.identity.vault,
        job=job,
    )
    return _given(given)


@router.post("/{job}/share-at-counter", operation_id="show_share_at_counter")
def show_share_at_counter(request: Request, job: str, form: PresenceForm, actor: HandingOver) -> GivenShareOut:
    """The share of an officer who cannot sign in, on his own one-time code; once."""
    services = services_of(request)
    given = sealings.show_share(
        services.identity,
        actor=actor,
        clock=services.clock,
        law=services.law,
        job=job,
        credential=Credential(form.name, form.password, form.code, address_of(request)),
    )
    return _given(given)


@router.post("/{job}/downloads", operation_id="open_download", status_code=201)
def open_download(
    request: Request, job: str, actor: Annotated[Actor, Depends(Policy(Act.DOWNLOAD_OPEN))]
) -> DownloadOut:
    """One for each of the two officers and one for the counter; fetched at `/downloads/{id}` by the same person."""
    services = services_of(request)
    opened = sealings.open_download(
        services.store, actor=actor, clock=services.clock, law=services.law, random=services.random, job=job
    )
    return DownloadOut(
        id=opened.id,
        person=opened.person_name,
        at_counter=opened.slot == COUNTER,
        opened_ms=opened.opened // 1_000_000,
        ends_ms=opened.ends // 1_000_000,
        delivered_bytes=opened.delivered_bytes,
        finished_ms=None,
        mine=True,
    )


@router.get(
    "/{job}/downloads/{download}",
    operation_id="fetch_sealed_package",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}}, 206: {"content": {"application/octet-stream": {}}}},
)
def fetch_sealed_package(
    request: Request,
    job: str,
    download: str,
    actor: Annotated[Actor, Depends(Policy(Act.DOWNLOAD_RESUME))],
    range_: Annotated[str, Header(alias="Range", max_length=64)] = "",
) -> StreamingResponse:
    """The sealed package, whole or from where it broke off (one Range). Its last byte ends the download."""
    services = services_of(request)
    sealing, opened = sealings.resume(
        services.store, actor=actor, clock=services.clock, law=services.law, job=job, download=download
    )
    path = services.sealed.path(sealing.id)
    if path is None:
        raise _missing()
    start, end = _wanted(range_, sealing.size_bytes)
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(end - start),
        "Content-Disposition": f'attachment; filename="mingjian-{sealing.id}.sealed"',
        "ETag": f'"{sealing.sha256}"',
    }
    if range_:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{sealing.size_bytes}"
    pieces = _pieces(services, path, opened, start, end)
    return StreamingResponse(pieces, 206 if range_ else 200, headers=headers, media_type="application/octet-stream")


def _pieces(services: Services, path: Path, download: Download, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end`; what of them left is put on record as it goes, and when it stops."""
    at, noted = start, start

    def note() -> None:
        nonlocal noted
        sealings.delivered(services.store, clock=services.clock, download=download.id, start=noted, sent=at - noted)
        noted = at

    try:
        with path.open("rb") as file:
            file.seek(start)
            while at < end and (piece := file.read(min(PIECE_BYTES, end - at))):
                yield piece
                at += len(piece)  # whoever asks for more has sent on what came before
                if at - noted >= NOTE_EVERY_BYTES:
                    note()
    finally:
        if at > noted:
            note()


def _wanted(range_: str, size: int) -> tuple[int, int]:
    """The bytes of a Range, first and one past the last. Raises Invalid for what is none of this package's."""
    if not range_:
        return 0, size
    found = _RANGE.fullmatch(range_)
    start = int(found[1]) if found is not None else size
    end = min(int(found[2]) + 1, size) if found is not None and found[2] else size
    if not start < end:
        raise Invalid(
            "seal.range",
            f"封装包共 {size} 字节，没有所要的部分",
            text_en=f"The sealed package has {size} bytes and not the part that was asked for",
            field="Range",
        )
    return start, end


def _given(given: GivenShare) -> GivenShareOut:
    return GivenShareOut(letter=given.letter, officer=given.officer_name, words=given.words, number=given.number)


def _missing() -> LocalError:
    return LocalError(
        "seal.file-missing",
        "封装包文件不在磁盘上",
        text_en="The sealed package is not on the disk",
        remedy="两名执法人员到提供单位重新封装",
        remedy_en="Both officers have the package sealed anew at the unit",
    )
