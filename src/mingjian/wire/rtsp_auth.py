"""Basic and Digest authentication of RTSP (RFC 2326 §14, RFC 7616, RFC 7617), client and server side.

Randomness is passed in. Digest: MD5 and SHA-256, qop `auth` or none. A password enters these functions and
leaves them only inside the header's value.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from mingjian.kernel.errors import RemoteError

MAX_CHALLENGE_CHARS = 4096
"""A challenge is a few hundred characters; beyond this it is not read."""
MAX_CHALLENGES = 8

_SCHEME = re.compile(r"(?:^|,)\s*(Basic|Digest)(?=\s|,|$)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_PARAMETER = re.compile(r"""([A-Za-z][A-Za-z0-9_-]{0,31})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))""")


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for. `algorithm` is empty for Basic, else `MD5` or `SHA-256`; `qop` is `auth` or empty."""

    scheme: str
    realm: str
    nonce: str = ""
    algorithm: str = ""
    qop: str = ""
    opaque: str = ""
    stale: bool = False

    def render(self) -> str:
        """The value of WWW-Authenticate."""
        if self.scheme == "Basic":
            return f"Basic realm={_quoted(self.realm)}"
        parts = [f"realm={_quoted(self.realm)}", f"nonce={_quoted(self.nonce)}", f"algorithm={self.algorithm}"]
        if self.qop:
            parts.append(f"qop={_quoted(self.qop)}")
        if self.opaque:
            parts.append(f"opaque={_quoted(self.opaque)}")
        if self.stale:
            parts.append("stale=true")
        return "Digest " + ", ".join(parts)


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """The challenges we can answer, in order; several may share one header line. Unknown ones are left out."""
    found: list[Challenge] = []
    for value in values:
        if len(value) > MAX_CHALLENGE_CHARS:
            raise RemoteError(
                "rtsp.challenge",
                "对方的认证质询过长",
                text_en="The authentication challenge is too long",
                remedy="升级摄像机固件",
                remedy_en="Update the camera's firmware",
            )
        # A realm may hold the name of a scheme: only what stands outside quotation marks begins a challenge.
        starts = list(_SCHEME.finditer(_QUOTED.sub(lambda text: "_" * len(text[0]), value)))
        for index, match in enumerate(starts):
            stop = starts[index + 1].start() if index + 1 < len(starts) else len(value)
            challenge = _challenge(match[1].capitalize(), _parameters(value[match.end() : stop]))
            if challenge is not None and len(found) < MAX_CHALLENGES:
                found.append(challenge)
    return found


def strongest(challenges: Iterable[Challenge]) -> Challenge | None:
    """The one to answer: Digest SHA-256, then Digest MD5, then Basic; None when there is none."""
    order = {"SHA-256": 0, "MD5": 1, "": 2}
    return min(challenges, key=lambda challenge: order[challenge.algorithm], default=None)


def authorization(
    challenge: Challenge, *, user: str, password: str, method: str, uri: str, cnonce: str, count: int = 1
) -> str:
    """The value of Authorization that answers `challenge`; `count` tells how often its nonce was used, now included."""
    if challenge.scheme == "Basic":
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode()
    answer = _digest_response(challenge, user, password, method, uri, f"{count:08x}", cnonce)
    parts = [
        f"username={_quoted(user)}",
        f"realm={_quoted(challenge.realm)}",
        f"nonce={_quoted(challenge.nonce)}",
        f"uri={_quoted(uri)}",
        f'response="{answer}"',
    ]
    if challenge.algorithm != "MD5":
        parts.append(f"algorithm={challenge.algorithm}")  # many cameras know only the old form without it
    if challenge.opaque:
        parts.append(f"opaque={_quoted(challenge.opaque)}")
    if challenge.qop:
        parts += [f"qop={challenge.qop}", f"nc={count:08x}", f"cnonce={_quoted(cnonce)}"]
    return "Digest " + ", ".join(parts)


def accepts(challenge: Challenge, value: str, *, user: str, password: str, method: str) -> bool:
    """Whether `value` (of Authorization) answers `challenge` with this user and password. Never raises."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != challenge.scheme.lower() or len(value) > MAX_CHALLENGE_CHARS:
        return False
    if challenge.scheme == "Basic":
        try:
            given = b64decode(rest.strip(), validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(given, f"{user}:{password}".encode())
    got = _parameters(rest)
    if got.get("username") != user or got.get("realm") != challenge.realm or got.get("nonce") != challenge.nonce:
        return False
    if got.get("qop", "") != challenge.qop:
        return False
    expected = _digest_response(
        challenge, user, password, method, got.get("uri", ""), got.get("nc", ""), got.get("cnonce", "")
    )
    return hmac.compare_digest(got.get("response", "").encode(), expected.encode())


def _challenge(scheme: str, got: dict[str, str]) -> Challenge | None:
    if scheme == "Basic":
        return Challenge("Basic", got.get("realm", ""))
    algorithm = got.get("algorithm", "MD5").upper()
    offered = [word.strip().lower() for word in got.get("qop", "").split(",") if word.strip()]
    if algorithm not in ("MD5", "SHA-256") or not got.get("nonce") or (offered and "auth" not in offered):
        return None
    return Challenge(
        "Digest",
        got.get("realm", ""),
        got["nonce"],
        algorithm,
        "auth" if offered else "",
        got.get("opaque", ""),
        got.get("stale", "").lower() == "true",
    )


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(text):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) if quoted else bare)
    return found


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _digest_response(
    challenge: Challenge, user: str, password: str, method: str, uri: str, count: str, cnonce: str
) -> str:
    def digest(text: str) -> str:
        if challenge.algorithm == "SHA-256":
            return hashlib.sha256(text.encode()).hexdigest()
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret = digest(f"{user}:{challenge.realm}:{password}")
    what = digest(f"{method}:{uri}")
    if challenge.qop:
        return digest(f"{secret}:{challenge.nonce}:{count}:{cnonce}:{challenge.qop}:{what}")
    return digest(f"{secret}:{challenge.nonce}:{what}")
