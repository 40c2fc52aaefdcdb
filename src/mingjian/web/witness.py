"""The witness service: one POST that cosigns a consistent checkpoint and refuses a fork (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from fastapi import Depends, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from mingjian.audit import checkpoint, witness
from mingjian.audit.note import Signer, VerifierKey
from mingjian.audit.witness import Seen, Verdict
from mingjian.kernel.clock import Clock
from mingjian.web.guard import Public, require_policies

Decide = Callable[[Mapping[str, Seen]], tuple[str, Verdict]]


class WitnessMemory(Protocol):
    """What a witness must never forget."""

    def settle(self, body: bytes, decide: Decide) -> Verdict:
        """Decide on the stored states and store the outcome durably, as one step that excludes every other."""
        ...

    def states(self) -> Mapping[str, Seen]:
        """The latest cosigned head of each log."""
        ...


def witness_app(
    *, logs: Mapping[str, Sequence[VerifierKey]], signer: Signer, memory: WitnessMemory, clock: Clock
) -> FastAPI:
    """The application. `logs` are the trusted log keys by origin; `signer` is the witness's cosignature key."""
    app = FastAPI(title="Mingjian witness", docs_url=None, redoc_url=None, openapi_url=None)

    def answer(body: bytes) -> Response:
        verdict = memory.settle(body, lambda seen: witness.decide(body, logs, seen))
        if verdict.status != 200:
            return Response(verdict.body, verdict.status, media_type=verdict.content_type)
        line = checkpoint.cosign(witness.parse(body).signed, signer, clock.now())
        return Response(line.line(), 200, media_type=witness.TEXT_TYPE)

    @app.post("/add-checkpoint", dependencies=[Depends(Public("the log's own signature is the credential"))])
    async def add_checkpoint(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > witness.MAX_REQUEST_BYTES:
                return Response("request too large\n", 413, media_type=witness.TEXT_TYPE)
        return await run_in_threadpool(answer, body)

    @app.get("/", dependencies=[Depends(Public("keys and heads are what a witness is asked for"))])
    def standing() -> dict[str, object]:
        """The witness's public key, and what it has seen: for people and monitors."""
        seen = memory.states()
        return {
            "witness": VerifierKey.of(signer).line(),
            "logs": [
                {"origin": origin, "size": state.size, "root": state.root.hex()}
                for origin in logs
                for state in [seen.get(origin)]
                if state is not None
            ],
        }

    require_policies(app)
    return app
