"""What an identity provider sends: its document, its keys, its tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator

from joserfc import jwk, jws

from fuzz.harness import Harness
from mingjian.adapters import oidc
from mingjian.app import id_token
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Refused, RemoteError

AT = 1_800_000_000
NOW = UtcNs(AT * SECOND_NS)
ISSUER = "https://provider.test"
EXPECTED = id_token.Expected(ISSUER, "mingjian", "n0nce")
KEY = jwk.OKPKey.generate_key("Ed25519", {"kid": "k"}, private=True)
KEYS = (KEY.as_dict(private=False),)


def document(data: bytes) -> bool:
    """Any bytes are a document whose addresses are all of the issuer's origin, or one refusal."""
    try:
        found = oidc.read_document(data, ISSUER)
    except RemoteError as why:
        assert why.code == "oidc.document" and why.text_en
        return False
    addresses = (found.authorization, found.token, found.keys, found.leaving or ISSUER)
    assert {oidc.origin_of(one) for one in addresses} == {oidc.origin_of(ISSUER)}
    return True


def document_seeds() -> Iterator[bytes]:
    said = {"issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/a", "token_endpoint": f"{ISSUER}/t"}
    yield json.dumps({**said, "jwks_uri": f"{ISSUER}/k", "end_session_endpoint": f"{ISSUER}/e"}).encode()
    yield json.dumps(said).encode()


def keys(data: bytes) -> bool:
    """Any bytes are at most so many keys, under which nothing that they did not sign is read; or one refusal."""
    try:
        found = oidc.read_keys(data)
    except RemoteError as why:
        assert why.code == "oidc.keys" and why.text_en
        return False
    assert len(found) <= oidc.KEYS_MOST
    try:
        id_token.read(good(), found, EXPECTED, NOW)
    except Refused as why:
        assert why.code == "oidc.token"
    return True


def key_seeds() -> Iterator[bytes]:
    yield json.dumps({"keys": list(KEYS)}).encode()
    yield json.dumps({"keys": [{**KEYS[0], "kty": "RSA", "n": "AQAB" * 100, "e": "AQAB"}]}).encode()
    yield json.dumps({"keys": [{**KEYS[0], "kty": "EC", "crv": "P-256", "y": "AA"}]}).encode()


def good() -> str:
    claims = {"iss": ISSUER, "sub": "zhang", "aud": "mingjian", "exp": AT + 300, "iat": AT, "nonce": "n0nce"}
    return jws.serialize_compact({"alg": "Ed25519", "kid": "k"}, json.dumps(claims), KEY, algorithms=["Ed25519"])


TOKEN = good()


def token(data: bytes) -> bool:
    """Only the one token that was signed says who somebody is; any other bytes are one refusal."""
    try:
        shown = id_token.read(data.decode("utf-8", "replace"), KEYS, EXPECTED, NOW)
    except Refused as why:
        assert why.code == "oidc.token" and why.field and why.text_en
        return False
    assert shown.subject == "zhang"
    return True


def token_seeds() -> Iterator[bytes]:
    yield TOKEN.encode()
    yield TOKEN.rpartition(".")[0].encode() + b"."


def claims(data: bytes) -> bool:
    """Any JSON that was signed is a person or one refusal that names a claim."""
    try:
        said = json.loads(data)
        shown = id_token.judged(said if isinstance(said, dict) else {}, EXPECTED, NOW)
    except (ValueError, RecursionError):
        return False
    except Refused as why:
        assert why.code == "oidc.token" and why.field
        return False
    assert 1 <= len(shown.subject) <= id_token.SUBJECT_LONGEST
    return True


def claim_seeds() -> Iterator[bytes]:
    said = {"iss": ISSUER, "sub": "zhang", "aud": ["mingjian"], "exp": AT + 300, "iat": AT, "nonce": "n0nce"}
    yield json.dumps(said).encode()
    yield json.dumps({**said, "amr": [["pwd"], "otp"], "acr": {}, "nbf": 1e400, "azp": "mingjian"}).encode()


def logout(data: bytes) -> bool:
    """Any JSON that was signed ends the sessions of one subject, or is one refusal that names a claim."""
    try:
        said = json.loads(data)
        left = id_token.judged_logout(said if isinstance(said, dict) else {}, ISSUER, "mingjian", NOW)
    except (ValueError, RecursionError):
        return False
    except Refused as why:
        assert why.code == "oidc.token" and why.field
        return False
    assert 1 <= len(left.subject) <= id_token.SUBJECT_LONGEST and 1 <= len(left.token) <= id_token.NAME_LONGEST
    return True


def logout_seeds() -> Iterator[bytes]:
    said = {"iss": ISSUER, "sub": "zhang", "aud": "mingjian", "exp": AT + 300, "iat": AT, "jti": "one"}
    yield json.dumps({**said, "events": {id_token.LOGOUT: {}}}).encode()
    yield json.dumps({**said, "events": [id_token.LOGOUT], "nonce": None}).encode()


HARNESSES = (
    Harness("oidc-document", document, document_seeds, (oidc.read_document,), (b"https://provider.test",), 1024),
    Harness("oidc-keys", keys, key_seeds, (oidc.read_keys,), (b'"kty": "EC"', b'"crv": "P-256"'), 1024),
    Harness("id-token", token, token_seeds, (id_token.read, id_token.key_of), (b".", b"eyJhbGciOiJub25lIn0"), 1024),
    Harness("id-token-claims", claims, claim_seeds, (id_token.judged,), (b'"auth_time"', b"1e400", b"NaN"), 1024),
    Harness("logout-claims", logout, logout_seeds, (id_token.judged_logout,), (b'"events"', b'"jti"'), 1024),
)
