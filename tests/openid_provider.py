"""A small OpenID provider on loopback, while a test needs one: keys of its own, codes good once, PKCE checked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from joserfc import jwk, jws

CLIENT, SECRET = "mingjian", "s3cret/with+signs"
PAGE = """<!doctype html><html lang="zh"><title>登录</title><form method="post" action="/authorize">
<h1>县统一身份认证</h1><label>工号 <input name="who" autofocus></label>
<input type="hidden" name="asked" value="{asked}"><button>确认</button></form></html>"""


def key(number: int = 1) -> jwk.ECKey:
    """A signing key with a name."""
    return jwk.ECKey.generate_key("P-256", {"kid": f"k{number}", "use": "sig"}, private=True)


def signed(claims: Mapping[str, Any], by: Any, alg: str = "ES256", **header: str) -> str:
    """A token over `claims`."""
    named = {"kid": by.kid} if by.kid else {}
    return jws.serialize_compact({"alg": alg, **named, **header}, json.dumps(claims), by, algorithms=[alg])


@dataclass
class OpenIdProvider:
    """What the provider knows, and what it was asked."""

    issuer: str = ""
    keys: list[jwk.ECKey] = field(default_factory=lambda: [key()])
    claims: dict[str, Any] = field(default_factory=dict)
    """Put over those of each token; None takes one away."""
    says: dict[str, Any] = field(default_factory=dict)
    """Put over its document."""
    answers: Callable[[str], tuple[int, bytes] | None] = lambda path: None
    """What it answers to a path instead of the right thing."""
    paths: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    now: Callable[[], float] = time.time

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
            **self.says,
        }

    def code(self, url: str, who: str) -> dict[str, str]:
        """What the browser brings back after `who` signed in at the address it was sent to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert (asked["client_id"], asked["response_type"], asked["scope"]) == (CLIENT, "code", "openid")
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe(12)
        self.codes[code] = {**asked, "who": who}
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        basic = f"{CLIENT}:{quote(SECRET, safe='')}".encode()
        if authorization != f"Basic {base64.b64encode(basic).decode()}":
            return 401, {"error": "invalid_client"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode()
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        at = int(self.now())
        claims = {"iss": self.issuer, "sub": asked["who"], "aud": CLIENT, "iat": at, "exp": at + 300}
        claims |= {"nonce": asked["nonce"], **({"auth_time": at} if "max_age" in asked else {}), **self.claims}
        told = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": signed(told, self.keys[-1])}


@contextmanager
def served(provider: OpenIdProvider | None = None) -> Iterator[OpenIdProvider]:
    """The provider at an address of its own."""
    known = provider or OpenIdProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            known.paths.append(path)
            instead = known.answers(path)
            if instead is not None:
                self.told(*instead)
            elif path == "/.well-known/openid-configuration":
                self.told(200, json.dumps(known.document()).encode())
            elif path == "/keys":
                keys = [one.as_dict(private=False) for one in known.keys]
                self.told(200, json.dumps({"keys": keys}).encode())
            elif path == "/authorize":
                self.told(200, PAGE.format(asked=quote(self.path)).encode(), "text/html; charset=utf-8")
            else:
                self.told(404, b"")

        def do_POST(self) -> None:
            path = urlsplit(self.path).path
            known.paths.append(path)
            form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            instead = known.answers(path)
            if instead is not None:
                self.told(*instead)
            elif path == "/authorize":
                back = known.code(
                    form["asked"] if "?" in form["asked"] else parse_qs("x=" + form["asked"])["x"][0], form["who"]
                )
                asked = known.codes[back["code"]]
                self.told(303, b"", location=f"{asked['redirect_uri']}?{urlencode(back)}")
            else:
                status, body = known.token(form, self.headers["authorization"] or "")
                self.told(status, json.dumps(body).encode())

        def told(self, status: int, body: bytes, kind: str = "application/json", location: str = "") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            if location or 300 <= status < 400:
                self.send_header("location", location or f"{known.issuer}/keys")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing to print."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
