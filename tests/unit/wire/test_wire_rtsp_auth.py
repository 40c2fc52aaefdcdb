"""Basic and Digest: the RFC's own vectors, every pair of client and server, hostile challenges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.kernel.errors import RemoteError
from mingjian.wire.rtsp_auth import MAX_CHALLENGE_CHARS, Challenge, accepts, authorization, parse_challenges, strongest

RFC7616_NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
RFC7616_CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_vectors_of_rfc_7616(algorithm: str, response: str) -> None:
    challenge = Challenge("Digest", "http-auth@example.org", RFC7616_NONCE, algorithm, "auth")
    value = authorization(
        challenge,
        user="Mufasa",
        password="Circle of Life",
        method="GET",
        uri="/dir/index.html",
        cnonce=RFC7616_CNONCE,
    )
    assert f'response="{response}"' in value


CHALLENGES = [
    Challenge("Basic", "camera"),
    Challenge("Digest", 'a "quoted" realm', "n0", "MD5"),
    Challenge("Digest", "camera", "n1", "MD5", "auth", "opaque"),
    Challenge("Digest", "camera", "n2", "SHA-256", "auth", stale=True),
    Challenge("Digest", "camera", "n3", "SHA-256"),
]


@pytest.mark.parametrize("challenge", CHALLENGES)
def test_client_and_server_agree_and_a_wrong_password_does_not_pass(challenge: Challenge) -> None:
    assert parse_challenges([challenge.render()]) == [challenge]
    value = authorization(challenge, user="维护", password='p"ä\\', method="PLAY", uri="rtsp://h/1", cnonce="c")
    assert accepts(challenge, value, user="维护", password='p"ä\\', method="PLAY")
    assert not accepts(challenge, value, user="维护", password="other", method="PLAY")
    assert not accepts(challenge, value, user="other", password='p"ä\\', method="PLAY")
    if challenge.scheme == "Digest":
        assert not accepts(challenge, value, user="维护", password='p"ä\\', method="TEARDOWN")


def test_the_strongest_challenge_is_answered() -> None:
    line = 'Basic realm="x", Digest realm="x", nonce="1", algorithm=MD5, Digest realm="x",nonce="2",algorithm=SHA-256'
    found = parse_challenges([line])
    assert [c.algorithm for c in found] == ["", "MD5", "SHA-256"]
    best = strongest(found)
    assert best is not None
    assert best.nonce == "2"
    assert strongest(parse_challenges(["Negotiate", 'Digest realm="x", nonce="1", algorithm=MD5-sess'])) is None


def test_a_password_never_appears_in_a_digest() -> None:
    value = authorization(CHALLENGES[2], user="u", password="hunter2", method="PLAY", uri="rtsp://h/", cnonce="c")
    assert "hunter2" not in value


@given(st.lists(st.text(max_size=300) | st.sampled_from(["Digest ", 'Basic realm="']), max_size=6))
def test_any_challenge_is_read_or_is_a_remote_error(values: list[str]) -> None:
    try:
        found = parse_challenges(values)
    except RemoteError:
        assert any(len(value) > MAX_CHALLENGE_CHARS for value in values)
        return
    for challenge in found:
        authorization(challenge, user="u", password="p", method="PLAY", uri="*", cnonce="c")


@given(st.text(max_size=300))
def test_any_authorization_is_only_false(value: str) -> None:
    for challenge in CHALLENGES:
        assert not accepts(challenge, value, user="u", password="p", method="PLAY")


@pytest.mark.parametrize("realm", ["Cam, Basic", "x, Digest y", ",Basic,", 'say "Digest", Basic '])
def test_a_realm_that_names_a_scheme_begins_no_challenge(realm: str) -> None:
    challenges = [Challenge("Digest", realm, "n0", "MD5"), Challenge("Basic", realm)]
    assert parse_challenges([", ".join(challenge.render() for challenge in challenges)]) == challenges
