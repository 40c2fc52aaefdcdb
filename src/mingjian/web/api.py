"""The application: thin routers over the acts, one error body, headers and origin checks before all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from mingjian.web import (
    acceptances,
    access,
    area_map,
    attachments,
    audits,
    cameras,
    complaints,
    coverage,
    designations,
    errors,
    executions,
    exports,
    filings,
    health,
    keys,
    law,
    leaks,
    ledger,
    organs,
    own_copies,
    people,
    places,
    plans,
    private_viewings,
    provider,
    public,
    redactions,
    register,
    register_forms,
    register_pages,
    removals,
    request_papers,
    request_scans,
    sealings,
    session,
    sheets,
    signs,
    sitings,
    storage,
    storage_clock,
    systems,
    uses,
    views,
    why,
    workbench,
    works,
)
from mingjian.web.guard import OneLength, OriginGuard, Public, SecurityHeaders, require_policies
from mingjian.web.screens import Screens
from mingjian.web.services import Services

BODY_BYTES = 1 << 20
"""The largest form is a few kilobytes; papers will have a route and a limit of their own."""
ROUTERS: tuple[APIRouter, ...] = tuple(
    module.router
    for module in (
        session,
        keys,
        provider,
        organs,
        people,
        places,
        sitings,
        area_map,
        cameras,
        sheets,
        storage,
        storage_clock,
        views,
        uses,
        own_copies,
        access,
        executions,
        register_forms,
        request_papers,
        request_scans,
        attachments,
        exports,
        sealings,
        register,
        register_pages,
        ledger,
        audits,
        why,
        leaks,
        private_viewings,
        redactions,
        health,
        plans,
        works,
        acceptances,
        coverage,
        designations,
        systems,
        filings,
        removals,
        workbench,
        law,
        signs,
        complaints,
        public,
    )
)


class Application(FastAPI):
    """FastAPI whose own limit of a body, which stands before every middleware, answers like everything else."""

    def build_middleware_stack(self) -> ASGIApp:
        return errors.LargeBodies(super().build_middleware_stack())


def create_app(services: Services, *, extra_routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The HTTP face over `services`. Raises LocalError when a route, one of `extra_routers` too, has no policy."""
    app = _application()
    app.router.routes.extend(_own().routes)
    for router in extra_routers:
        app.include_router(router)
    app.state.services = services
    errors.install(app)
    if services.screens is not None:
        screens = Screens(services.screens)

        def screen(request: Request) -> Response:
            return screens.answer(request)

        app.add_api_route(
            "/{path:path}",
            screen,
            methods=["GET"],
            operation_id="screen",
            include_in_schema=False,
            dependencies=[Depends(Public("the screens themselves hold no data"))],
        )
    require_policies(app)
    app.add_middleware(OneLength)
    app.add_middleware(OriginGuard, extra_origins=services.extra_origins, signed=frozenset({provider.SIGN_OUT_PATH}))
    app.add_middleware(SecurityHeaders, secure=services.secure_cookies)
    return app


def openapi_document() -> dict[str, Any]:
    """The API's OpenAPI 3.1 description, from which the screens' client is generated."""
    return _own().openapi()


@cache
def _own() -> FastAPI:
    """The routes of ROUTERS, read once in a process: they hold nothing of an installation, and reading them is slow."""
    app = _application()
    for router in ROUTERS:
        app.include_router(router)
    return app


def _application() -> FastAPI:
    return Application(
        title="明鉴 Mingjian",
        description="公共安全视频图像信息系统。时间均为 UTC 毫秒。 Times are UTC milliseconds.",
        version="1",
        openapi_url=None,  # `mingjian openapi` writes it; served, it would be one more door to declare
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=BODY_BYTES,
        responses={"4XX": {"model": errors.ErrorBody, "description": "refused, invalid or missing"}},
    )
