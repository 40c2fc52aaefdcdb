"""Whether the web process and its database answer: for the supervisor and for monitoring, without any detail."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from mingjian.app import identity
from mingjian.web.guard import Public, services_of

router = APIRouter(prefix="/api/health", tags=["health"])


class HealthOut(BaseModel):
    """It answers."""

    ok: bool
    server_ms: int


@router.get("", operation_id="health", dependencies=[Depends(Public("tells nothing but that it answers"))])
def health(request: Request) -> HealthOut:
    services = services_of(request)
    identity.needs_setup(services.store)
    return HealthOut(ok=True, server_ms=services.clock.now() // 1_000_000)
