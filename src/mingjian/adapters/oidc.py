"""One OpenID provider over HTTP: `app.provider_sign_in.Provider`.

It is asked at its own origin alone, the addresses being those of its own document (OpenID Connect Discovery 1.0);
redirects are not followed, nothing of the environment is used, whoever signs its certificate must be known to this
machine. A provider that hangs holds up a few threads for seconds, never the service.
"""

from __future__ import annotations

import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from mingjian.app import id_token
from mingjian.app.id_token import Left, Shown
from mingjian.app.provider_sign_in import Asked
from mingjian.kernel.clock import SECOND_NS, Clock, UtcNs
from mingjian.kernel.errors import MALFORMED, Overloaded, Refused, RemoteError

DOCUMENT_PATH = "/.well-known/openid-configuration"
TIMEOUT_S = 5.0
"""For each step of an exchange: a provider answers in milliseconds."""
WHOLE_NS = 10 * SECOND_NS
"""For a whole exchange, so that one that answers byte by byte holds nobody up."""
ANSWER_BYTES = 256 * 1024
"""Documents and key sets take some kilobytes, tokens less."""
ADDRESS_LONGEST = 2000
KEYS_MOST = 64
"""A provider signs with one or two; large ones keep some former ones."""
KEPT_NS = 3600 * SECOND_NS
"""Document and keys are asked for anew after an hour."""
ROTATED_NS = 60 * SECOND_NS
"""For a token under an unknown key the set is asked for again once a minute at most."""
AWAY_NS = 10 * SECOND_NS
"""After a failure nobody is made to wait for the next one."""
EXCHANGES = 4
"""Sign-ins that wait for the provider at once; each holds a thread."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a provider says of itself."""

    authorization: str
    token: str
    keys: str
    basic: bool
    """Takes the client's secret as HTTP Basic, else in the form."""
    names_itself: bool
    """Its answers say by whom they are (RFC 9207)."""
    leaving: str = ""
    """Where people sign out there (OpenID Connect RP-Initiated Logout 1.0); empty: nowhere, or at another origin."""


def origin_of(address: str) -> tuple[str, str, int]:
    """Scheme, host and port. ValueError for what is no plain address, or not HTTPS beyond this machine."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if len(address) > ADDRESS_LONGEST or not host or parts.username is not None or parts.fragment or "\\" in address:
        raise ValueError("not an address")
    if not address.isascii() or not address.isprintable() or " " in address:
        raise ValueError("not an address")
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
        raise ValueError("not HTTPS")
    return parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80)


def read_document(content: bytes, issuer: str) -> Document:
    """A provider's document. Raises RemoteError `oidc.document` for another's, or one that leads elsewhere."""
    try:
        said = json.loads(content)
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        authorization, token, keys = (said[name] for name in wanted)
        methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if said["issuer"] != issuer or any(origin_of(one) != origin_of(issuer) for one in (authorization, token, keys)):
            raise ValueError("another's")
        basic = "client_secret_basic" in methods
        names_itself = said.get("authorization_response_iss_parameter_supported") is True
        leaving = said.get("end_session_endpoint", "")
        leaving = leaving if isinstance(leaving, str) and _of_origin(leaving, issuer) else ""
    except MALFORMED as error:
        raise RemoteError(
            "oidc.document",
            "身份提供者的说明文件无法读取，或者与设置 oidc_issuer 不一致",
            text_en="The identity provider's document cannot be read, or does not agree with oidc_issuer",
            remedy="核对 oidc_issuer；其各地址须与它同源。暂用口令登录",
            remedy_en="Check oidc_issuer; all its addresses must be of the same origin. Use your password until then",
            field="oidc_issuer",
        ) from error
    return Document(authorization, token, keys, basic, names_itself, leaving)


def read_keys(content: bytes) -> Sequence[Mapping[str, Any]]:
    """The keys of a set. Raises RemoteError `oidc.keys`."""
    try:
        found = json.loads(content)["keys"]
        if not isinstance(found, list) or not all(isinstance(key, dict) for key in found):
            raise ValueError("no set of keys")
    except MALFORMED as error:
        raise RemoteError(
            "oidc.keys",
            "身份提供者的公钥无法读取",
            text_en="The identity provider's keys cannot be read",
            remedy="请管理人员检查身份提供者；暂用口令登录",
            remedy_en="Have the identity provider looked at; use your password until then",
        ) from error
    return found[:KEYS_MOST]


class HttpProvider:
    """The provider of an installation. May be used by many threads."""

    def __init__(self, issuer: str, client: str, secret: str, clock: Clock, http: httpx.Client | None = None) -> None:
        self.issuer = issuer
        self._client, self._secret, self._clock = client, secret, clock
        self._http = http or httpx.Client(
            verify=ssl.create_default_context(), timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        )
        self._lock = threading.Lock()
        self._exchanges = threading.BoundedSemaphore(EXCHANGES)
        self._document: tuple[Document, int] | None = None
        self._keys: tuple[Sequence[Mapping[str, Any]], int] | None = None
        self._away: tuple[RemoteError, int] | None = None

    def __repr__(self) -> str:
        return f"HttpProvider({self.issuer!r})"

    def address(self, asked: Asked) -> str:
        """Where the browser goes to answer."""
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self._client,
            "redirect_uri": asked.redirect,
            "state": asked.state,
            "nonce": asked.nonce,
            "code_challenge": asked.challenge,
            "code_challenge_method": "S256",
        }
        if asked.again:
            query |= {"prompt": "login", "max_age": "0"}
        return _with(self._said().authorization, query)

    def leaving(self, back: str) -> str:
        """Where the browser goes to sign out there too."""
        there = self._said().leaving
        return there and _with(there, {"client_id": self._client, "post_logout_redirect_uri": back})

    def left(self, token: str, now: UtcNs) -> Left:
        """Whose sessions a logout token ends."""
        with self._waiting():
            return id_token.read_logout(token, self._keys_for(self._said(), token), self.issuer, self._client, now)

    def shown(self, asked: Asked, code: str, issuer: str, now: UtcNs) -> Shown:
        """Who came back with `code`."""
        with self._waiting():
            document = self._said()
            if issuer != self.issuer and (issuer or document.names_itself):
                raise Refused(
                    "oidc.issuer",
                    "答复来自另一个身份提供者",
                    text_en="The answer comes from another identity provider",
                    remedy="回到登录页重新开始",
                    remedy_en="Go back to the sign-in page and begin again",
                )
            token = self._token(document, asked, code)
            expected = asked.expected(self.issuer, self._client)
            return id_token.read(token, self._keys_for(document, token), expected, now)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        if not self._exchanges.acquire(blocking=False):
            raise _busy()
        try:
            yield
        finally:
            self._exchanges.release()

    def _keys_for(self, document: Document, token: str) -> Sequence[Mapping[str, Any]]:
        """The provider's keys, asked for again where the token names one that is not among them."""
        named, keys = id_token.key_of(token), self._known(document)
        unknown = named and all(key.get("kid") != named for key in keys)
        return self._known(document, ROTATED_NS) if unknown else keys

    def _said(self) -> Document:
        known, now = self._document, self._clock.monotonic_ns()
        if known is not None and now - known[1] < KEPT_NS:
            return known[0]
        self._document = (read_document(self._asked(self.issuer.rstrip("/") + DOCUMENT_PATH), self.issuer), now)
        return self._document[0]

    def _known(self, document: Document, kept_ns: int = KEPT_NS) -> Sequence[Mapping[str, Any]]:
        known, now = self._keys, self._clock.monotonic_ns()
        if known is not None and now - known[1] < kept_ns:
            return known[0]
        self._keys = (read_keys(self._asked(document.keys)), now)
        return self._keys[0]

    def _asked(self, address: str) -> bytes:
        """A document of the provider; one thread asks, and while the provider is away nobody else waits for it."""
        if not self._lock.acquire(timeout=TIMEOUT_S):
            raise _busy()
        try:
            if self._away is not None and self._clock.monotonic_ns() - self._away[1] < AWAY_NS:
                raise self._away[0]
            status, content = self._exchange("GET", address)
            if status != httpx.codes.OK:
                raise _away(str(status))
            return content
        except RemoteError as error:
            if self._away is None or self._away[0] is not error:
                self._away = (error, self._clock.monotonic_ns())
            raise
        finally:
            self._lock.release()

    def _token(self, document: Document, asked: Asked, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked.redirect,
            "code_verifier": asked.verifier,
        }
        secret = (quote(self._client, safe=""), quote(self._secret, safe=""))  # RFC 6749, 2.3.1
        basic = bool(self._secret) and document.basic
        if not basic:
            form["client_id"] = self._client
        if self._secret and not basic:
            form["client_secret"] = self._secret
        status, content = self._exchange("POST", document.token, form, secret if basic else None)
        try:
            said = json.loads(content)
            token, error = said.get("id_token"), said.get("error")
        except MALFORMED:
            token, error = None, None
        if status == httpx.codes.UNAUTHORIZED or error in ("invalid_client", "unauthorized_client"):
            raise RemoteError(
                "oidc.client",
                "身份提供者不认本系统的客户端编号或者密钥",
                text_en="The identity provider does not accept this system's client id or secret",
                remedy="请管理人员核对 oidc_client_id、oidc_client_secret；暂用口令登录",
                remedy_en="Have oidc_client_id and oidc_client_secret checked; use your password until then",
                field="oidc_client_secret",
            )
        if error == "invalid_grant":
            raise Refused(
                "oidc.code",
                "身份提供者不认这次登录的答复，可能已经过期或者用过",
                text_en="The identity provider does not accept the answer of this sign-in: it expired or was used",
                remedy="回到登录页重新开始",
                remedy_en="Go back to the sign-in page and begin again",
            )
        if status != httpx.codes.OK or not isinstance(token, str):
            raise _away(str(status))
        return token

    def _exchange(
        self,
        method: str,
        address: str,
        form: Mapping[str, str] | None = None,
        secret: tuple[str, str] | None = None,
    ) -> tuple[int, bytes]:
        until_ns, content = self._clock.monotonic_ns() + WHOLE_NS, b""
        # unpacking could make much of little
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        auth = httpx.BasicAuth(*secret) if secret is not None else None
        try:
            with self._http.stream(method, address, data=form, headers=headers, auth=auth) as response:
                for part in response.iter_raw():
                    content += part
                    if len(content) > ANSWER_BYTES or self._clock.monotonic_ns() > until_ns:
                        raise _away("too long or too slow")
                return response.status_code, content
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _away(type(error).__name__) from error


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(query)}"


def _of_origin(address: str, issuer: str) -> bool:
    try:
        return origin_of(address) == origin_of(issuer)
    except ValueError:
        return False


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _away(why: str) -> RemoteError:
    return RemoteError(
        "oidc.away",
        f"身份提供者没有给出可用的答复（{why}）",
        text_en=f"The identity provider gave no usable answer ({why})",
        remedy="稍后再试，有口令的可用口令登录；请管理人员检查身份提供者和网络",
        remedy_en="Try again later, or use your password if you have one; have the provider and the network looked at",
    )


def _busy() -> Overloaded:
    return Overloaded(
        "oidc.busy",
        "正在等待身份提供者答复的登录过多",
        text_en="Too many sign-ins wait for the identity provider",
        remedy="几秒后再试，或者用口令登录",
        remedy_en="Try again in some seconds, or sign in with your password",
    )
