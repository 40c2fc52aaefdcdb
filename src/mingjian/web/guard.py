"""What stands before every route: headers, the origin of what changes something, the session, the declared policy."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mingjian.app import identity
from mingjian.app.records import Actor
from mingjian.governance.authority import Act
from mingjian.kernel.errors import Invalid, LocalError, Refused
from mingjian.web.errors import body_of, required
from mingjian.web.proxies import client_address
from mingjian.web.services import Services

COOKIE = "mj_session"
CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Ant Design writes its styles at run time
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Declared:
    """What a route says about who may use it. `require_policies` wants exactly one of these in every route."""

    acts: tuple[Act, ...] = ()
    """The acts of `governance.authority` that the route performs."""


class Policy(Declared):
    """A route that performs one of `acts`. Resolves the session's actor.

    The act itself decides, on facts of its own transaction; the declaration is what the route matrix is checked by.
    """

    def __init__(self, *acts: Act) -> None:
        self.acts = acts

    def __call__(self, request: Request) -> Actor:
        return current_actor(request)


class ByGrant(Declared):
    """A WebSocket whose every message names its act and is checked by the route itself against a Grant."""

    def __init__(self, *acts: Act) -> None:
        self.acts = acts

    def __call__(self) -> None:
        return None


class SignedIn(Declared):
    """A route that any signed-in person may use: about the own session, or about the public words of the law."""

    def __call__(self, request: Request) -> Actor:
        return current_actor(request)


class Public(Declared):
    """A route for people without session; `reason` says why it must be."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self) -> None:
        return None


def declared(app: FastAPI) -> Iterator[tuple[RouteContext, list[Declared]]]:
    """Every way into `app` (HTTP, WebSocket, mount, folder of files) with what it declares."""
    # FastAPI keeps folders of files (`app.frontend`) in a list of their own; unlisted here, they would serve unseen
    folders = (
        RouteContext(found) if isinstance(found, BaseRoute) else RouteContext(found.original_route, found)
        for found in app.router._iter_low_priority_routes()
    )
    for context in (*iter_route_contexts(app.routes), *folders):
        yield context, _policies(getattr(context, "dependant", None))


def require_policies(app: FastAPI) -> None:
    """Raises LocalError `policy.undeclared` with every path of `app` that does not declare exactly one policy."""
    bare = sorted({context.path or type(context.route).__name__ for context, found in declared(app) if len(found) != 1})
    if bare:
        raise LocalError(
            "policy.undeclared",
            f"这些地址没有声明由谁使用：{'、'.join(bare)}",
            text_en=f"These addresses declare no policy: {', '.join(bare)}",
            remedy="为路由声明且只声明一个 Policy、ByGrant、SignedIn 或 Public",
            remedy_en="Declare exactly one Policy, ByGrant, SignedIn or Public on the route",
            field=bare[0],
        )


def _policies(dependant: Dependant | None) -> list[Declared]:
    if dependant is None:
        return []
    called: object = dependant.call
    own = [called] if isinstance(called, Declared) else []
    return own + [policy for below in dependant.dependencies for policy in _policies(below)]


def services_of(request: Request) -> Services:
    """The services of the application that serves this request."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


def current_actor(request: Request) -> Actor:
    """Who holds the session of this request. Raises Refused `session.required`."""
    services = services_of(request)
    idle_s = services.identity.policy.idle_s
    actor = identity.actor_of(services.store, request.cookies.get(COOKIE), clock=services.clock, idle_s=idle_s)
    if actor is None:
        raise required()
    return actor


def address_of(request: Request) -> str:
    """The peer's address as the socket knows it, or what a proxy says that the settings trust."""
    peer = request.client.host if request.client is not None else "unknown"
    return client_address(peer, request.headers.getlist("x-forwarded-for"), services_of(request).trusted_proxies)


class OriginGuard:
    """Refuses what changes something, and every WebSocket, unless it comes from a page of this server.

    `signed`: paths that other servers call, which heed no cookie and believe nothing but a signature.
    """

    def __init__(
        self, app: ASGIApp, *, extra_origins: frozenset[str] = frozenset(), signed: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._extra = extra_origins
        self._signed = signed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changing = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in _READING)
        if not changing or self._own(scope) or (scope["type"] == "http" and scope["path"] in self._signed):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "origin"})
        else:
            refused = Refused(
                "http.origin",
                "请求不是来自本系统的页面",
                text_en="The request does not come from a page of this system",
                remedy="从本系统的地址打开页面后重试",
                remedy_en="Open the page at this system's own address and try again",
            )
            await JSONResponse(body_of(refused), 403)(scope, receive, send)

    def _own(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return origin == f"{scheme}://{headers.get('host', '')}" or origin in self._extra


class OneLength:
    """Refuses a request that gives its body two lengths, and ends its connection.

    A proxy that goes by the other length has read another request than this server would (RFC 9112, 6.3).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = {name for name, _ in scope["headers"]} if scope["type"] == "http" else set()
        if not {b"content-length", b"transfer-encoding"} <= given:
            await self._app(scope, receive, send)
            return
        refused = Invalid(
            "http.two-lengths",
            "请求以两种方式给出正文的长度",
            text_en="The request gives the length of its body in two ways",
            remedy="检查中间的代理服务器",
            remedy_en="Look into the proxy in between",
        )
        await JSONResponse(body_of(refused), 400, headers={"Connection": "close"})(scope, receive, send)


class SecurityHeaders:
    """Adds the headers that a browser needs to hold pages to their word; answers of the API are never cached."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)
