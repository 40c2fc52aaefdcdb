"""Leaks: an auditor gives a picture or clip, and learns which register entry it was handed over under."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from pydantic import BaseModel

from mingjian.app import leaks
from mingjian.app.leaks import TraceShown
from mingjian.app.records import Actor, RegisterKind
from mingjian.governance.authority import Act
from mingjian.kernel.errors import Overloaded
from mingjian.processing.leak import LARGEST_BYTES
from mingjian.web.forms import milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/leaks", tags=["leaks"])
Auditing = Annotated[Actor, Depends(Policy(Act.LEAK_TRACE))]
BODY_BYTES = LARGEST_BYTES + (64 << 10)
"""The file and what a form puts around it."""
AT_ONCE = 1
"""Reading takes a core for some seconds: recorders and viewers come first."""


class LeakEntryOut(BaseModel):
    """The register entry a mark names."""

    index: int
    at_ms: int
    kind: RegisterKind
    person: str
    unit: str
    purpose: str
    destination: str
    request: str | None
    cameras: list[str]


class LeakOut(BaseModel):
    """One file that was read. `entry` null: no mark was found. `registered` null beside it: the entry is `whose`."""

    id: str
    at_ms: int
    by: str
    sha256: str
    size_bytes: int
    pictures: int
    entry: int | None
    chance: float | None
    whose: str
    registered: LeakEntryOut | None


class LeakProgressOut(BaseModel):
    """How far the file being read is; null while none is."""

    share: float | None


@router.get("", operation_id="list_leaks")
def list_leaks(request: Request, actor: Auditing) -> list[LeakOut]:
    services = services_of(request)
    return [_out(one) for one in leaks.listed(services.store, actor=actor, clock=services.clock)]


@router.get("/progress", operation_id="leak_progress")
def leak_progress(request: Request, actor: Auditing) -> LeakProgressOut:
    services = services_of(request)
    leaks.may_trace(services.store, actor=actor, clock=services.clock)
    reading = services.leak_reading
    return LeakProgressOut(share=reading.share if reading.running else None)


@router.get("/{leak}", operation_id="read_leak")
def read_leak(request: Request, leak: str, actor: Auditing) -> LeakOut:
    services = services_of(request)
    return _out(leaks.one(services.store, actor=actor, clock=services.clock, trace=leak))


@router.post("", operation_id="trace_leak", status_code=201, max_body_size=BODY_BYTES)
async def trace_leak(request: Request, actor: Auditing, file: Annotated[UploadFile, File()]) -> LeakOut:
    """Read one file. Nothing of it is kept but its hash."""
    services = services_of(request)
    reading = services.leak_reading
    if reading.running >= AT_ONCE:
        raise Overloaded(
            "leak.busy",
            "正在读取另一个文件",
            text_en="Another file is being read",
            remedy="稍候再试",
            remedy_en="Try again in a moment",
        )
    reading.running += 1
    reading.share = 0.0

    def told(share: float) -> None:
        reading.share = share

    try:
        data = await file.read()
        shown = await asyncio.to_thread(
            leaks.trace,
            services.store,
            services.leaks,
            actor=actor,
            clock=services.clock,
            random=services.random,
            data=data,
            told=told,
        )
    finally:
        reading.running -= 1
        await file.close()
    return _out(shown)


def _out(shown: TraceShown) -> LeakOut:
    made, registered = shown.trace, shown.registered
    return LeakOut(
        id=made.id,
        at_ms=milliseconds(made.at) or 0,
        by=made.by,
        sha256=made.sha256,
        size_bytes=made.size_bytes,
        pictures=made.pictures,
        entry=made.entry,
        chance=made.chance,
        whose=shown.whose,
        registered=None
        if registered is None
        else LeakEntryOut(
            index=registered.index,
            at_ms=milliseconds(registered.at) or 0,
            kind=registered.kind,
            person=registered.person_name,
            unit=registered.unit_name,
            purpose=registered.purpose,
            destination=registered.destination,
            request=registered.request or None,
            cameras=list(registered.cameras),
        ),
    )
