"""The audit ledger for the auditor, its static tiles, and the public keys that verify all of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from mingjian.app import cameras
from mingjian.app.performing import REFUSED
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.kernel.errors import Missing
from mingjian.processing.package_verify import verifier_source
from mingjian.web.forms import Index, Milliseconds, instant_or_none
from mingjian.web.guard import Policy, Public, services_of
from mingjian.web.services import LedgerLine, LedgerQuery, Services

router = APIRouter(tags=["ledger"])
Auditing = Annotated[Actor, Depends(Policy(Act.LEDGER_READ))]
Name = Annotated[str, Field(max_length=80)]


class LedgerLineOut(BaseModel):
    """One entry."""

    index: int
    at_ms: int
    kind: str
    actor: str
    actor_id: str
    unit: str
    node: str
    subject: str
    facts: dict[str, Any]
    article: str
    """Of a refusal: what the law of its day cites for it; else empty."""


class CheckpointOut(BaseModel):
    """The newest signed checkpoint."""

    note: str
    size: int
    root: str
    witnesses: list[str]


class ProofOut(BaseModel):
    """An entry's leaf (base64), its inclusion path (hex), and the checkpoint that the path leads to."""

    index: int
    leaf: str
    path: list[str]
    checkpoint: str


@router.get("/api/ledger/entries", operation_id="list_ledger_entries")
def list_ledger_entries(
    request: Request,
    actor: Auditing,
    before: Index | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    kind: Name = "",
    subject: Name = "",
    person: Name = "",
    camera: Name = "",
    from_ms: Milliseconds | None = None,
    to_ms: Milliseconds | None = None,
) -> list[LedgerLineOut]:
    """Entries of the own unit and those that belong to none, in `[from_ms, to_ms)`; `person` is who acted."""
    services = allowed(request, actor)
    query = LedgerQuery(
        before=before,
        limit=limit,
        kind=kind,
        person=person,
        subjects=tuple(filter(None, (subject, camera))),
        since=instant_or_none(from_ms),
        until=instant_or_none(to_ms),
    )
    return [line_out(line, services) for line in services.ledger.entries(actor.unit, query)]


@router.get("/api/ledger/checkpoint", operation_id="read_checkpoint")
def read_checkpoint(request: Request, actor: Auditing) -> CheckpointOut:
    found = allowed(request, actor).ledger.checkpoint()
    if found is None:
        raise Missing("ledger.no-checkpoint", "还没有发布检查点", text_en="No checkpoint is published yet")
    return CheckpointOut(note=found.note, size=found.size, root=found.root, witnesses=list(found.witnesses))


@router.get("/api/ledger/entries/{index}/proof", operation_id="read_proof")
def read_proof(request: Request, index: Index, actor: Auditing) -> ProofOut:
    proof = allowed(request, actor).ledger.proof(actor.unit, index)
    if proof is None:
        raise Missing(
            "ledger.not-published",
            "本单位没有这条记录，或它尚未进入检查点",
            text_en="Your unit has no such entry, or it is in no checkpoint yet",
            remedy="稍后再试",
            remedy_en="Try again in a moment",
        )
    return ProofOut(**proof)


@router.get("/api/trust-anchors.json", operation_id="trust_anchors", dependencies=[Depends(Public("public keys"))])
def trust_anchors(request: Request) -> dict[str, Any]:
    """The verifier's `--trust` file, passed through whole: a model here could drop a line that it needs."""
    return dict(services_of(request).ledger.trust_anchors())


@router.get(
    "/api/verify.py",
    operation_id="verifier",
    response_class=Response,
    responses={200: {"content": {"text/x-python": {}}}},
    dependencies=[Depends(Public("a sealed package cannot carry what opens it"))],
)
def verifier() -> Response:
    """The stand-alone verifier, which opens sealed packages too: one file of Python."""
    headers = {"Content-Disposition": 'attachment; filename="verify.py"'}
    return Response(verifier_source(), media_type="text/x-python", headers=headers)


@router.get(
    "/tlog/{path:path}",
    operation_id="read_tile",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}, "text/plain": {}}}},
)
def read_tile(request: Request, path: str, actor: Auditing) -> Response:
    """Checkpoint, tiles and entry bundles as C2SP tlog-tiles lays them out; no bundle with another unit's entry."""
    found = allowed(request, actor).ledger.file(actor.unit, path)
    if found is None:
        raise Missing(
            "ledger.no-tile",
            "没有这个账本文件，或其中含有其他单位的记录",
            text_en="There is no such ledger file, or it holds entries of other units",
            remedy="用哈希瓦片和本单位记录的证明核对",
            remedy_en="Check with the hash tiles and the proofs of your own entries",
        )
    return Response(found, media_type="text/plain" if path == "checkpoint" else "application/octet-stream")


def line_out(line: LedgerLine, services: Services) -> LedgerLineOut:
    """An entry as the screens read it."""
    return LedgerLineOut(
        index=line.index,
        at_ms=line.at // 1_000_000,
        kind=line.kind,
        actor=line.actor_name or line.actor,
        actor_id=line.actor,
        unit=line.unit,
        node=line.node,
        subject=line.subject,
        facts=dict(line.facts),
        article=services.cited(str(line.facts.get("article", "")), line.at) if line.kind == REFUSED else "",
    )


def allowed(request: Request, actor: Actor) -> Services:
    """What the routes of the ledger use. Raises Refused for whoever may not read it."""
    services = services_of(request)
    cameras.may(services.store, Act.LEDGER_READ, actor=actor, clock=services.clock)
    return services
