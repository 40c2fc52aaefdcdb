"""The clock jump for which expiry stands still, and the two persons who let it go on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app import cameras, clock_freeze, organs
from mingjian.app.records import Actor, ClockFreeze
from mingjian.governance.authority import Act, role_allows
from mingjian.governance.clock_freeze import FREEZE, FreezeState, FreezeStep, possible_freeze_steps
from mingjian.web.forms import Form, Text, milliseconds
from mingjian.web.guard import Policy, services_of

router = APIRouter(prefix="/api/storage/clock", tags=["storage"])
Seeing = Annotated[Actor, Depends(Policy(Act.STORAGE_SEE))]
Vouching = Annotated[Actor, Depends(Policy(Act.CLOCK_VOUCH))]
Confirming = Annotated[Actor, Depends(Policy(Act.CLOCK_CONFIRM))]
Doubting = Annotated[Actor, Depends(Policy(Act.CLOCK_DOUBT))]


class ClockStepOut(BaseModel):
    """A step that is possible now, and whether the one who asks may take it."""

    step: FreezeStep
    may: bool


class ClockFreezeOut(BaseModel):
    """One jump: what the clock read when it was noticed, what it should have read, and who has said what."""

    mark: str
    state: FreezeState
    seen: str
    found_ms: int
    expected_ms: int
    vouched_ms: int | None
    voucher_name: str
    steps: list[ClockStepOut]


class ClockOut(BaseModel):
    """`freeze` is null while the clock is believed. `server_ms`: what the clock reads now."""

    server_ms: int
    freeze: ClockFreezeOut | None


class ClockForm(Form):
    """Which jump is meant, and how the clock was compared."""

    mark: Text
    how: Text


def _out(request: Request, actor: Actor, found: ClockFreeze | None) -> ClockOut:
    freeze = None
    if found is not None:
        steps = []
        keeps = organs.of(services_of(request).store, actor).keeps
        for step in possible_freeze_steps(found.state):
            act = FREEZE[found.state, step].act
            may = keeps and act is not None and role_allows(act, actor.roles)
            steps.append(
                ClockStepOut(step=step, may=may and (found.voucher != actor.person or step is FreezeStep.DOUBT))
            )
        freeze = ClockFreezeOut(
            mark=found.mark,
            state=found.state,
            seen=found.seen,
            found_ms=found.found // 1_000_000,
            expected_ms=found.expected // 1_000_000,
            vouched_ms=milliseconds(found.vouched),
            voucher_name=found.voucher_name,
            steps=steps,
        )
    return ClockOut(server_ms=services_of(request).clock.now() // 1_000_000, freeze=freeze)


@router.get("", operation_id="read_clock")
def read_clock(request: Request, actor: Seeing) -> ClockOut:
    services = services_of(request)
    cameras.may(services.store, Act.STORAGE_SEE, actor=actor, clock=services.clock)
    return _out(request, actor, clock_freeze.standing(services.store))


@router.post("/vouch", operation_id="vouch_for_clock")
def vouch_for_clock(request: Request, actor: Vouching, form: ClockForm) -> ClockOut:
    services = services_of(request)
    clock_freeze.vouch(services.store, actor=actor, clock=services.clock, mark=form.mark, how=form.how)
    return _out(request, actor, clock_freeze.standing(services.store))


@router.post("/confirm", operation_id="confirm_clock")
def confirm_clock(request: Request, actor: Confirming, form: ClockForm) -> ClockOut:
    services = services_of(request)
    clock_freeze.confirm(services.store, actor=actor, clock=services.clock, mark=form.mark, how=form.how)
    return _out(request, actor, clock_freeze.standing(services.store))


@router.post("/doubt", operation_id="doubt_clock")
def doubt_clock(request: Request, actor: Doubting, form: ClockForm) -> ClockOut:
    services = services_of(request)
    clock_freeze.doubt(services.store, actor=actor, clock=services.clock, mark=form.mark, how=form.how)
    return _out(request, actor, clock_freeze.standing(services.store))
