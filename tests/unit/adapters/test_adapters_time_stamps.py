"""A time stamp is taken only from the authority of the settings, over the bytes asked, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from cryptography import x509

from authority_server import served
from mingjian.adapters.time_stamps import MAX_ANSWER_BYTES, WHOLE_NS, HttpTimeStamps, certificates_in
from mingjian.audit import verify
from mingjian.kernel.clock import SECOND_NS, ManualClock
from mingjian.kernel.errors import RemoteError
from vectors.build_vectors import AUTHORITY, LocalAuthority

DATA = b"a manifest"
CERTIFICATES = certificates_in(AUTHORITY.certificate)


def ask(answer: Callable[[bytes], tuple[int, bytes]], certificates: list[x509.Certificate] = CERTIFICATES) -> bytes:
    with served(answer) as url:
        return HttpTimeStamps(url, certificates, ManualClock()).token(DATA)


def test_a_good_answer_is_one_that_the_stand_alone_verifier_accepts() -> None:
    token = ask(lambda query: (200, AUTHORITY.answer(query)))
    assert verify.stamped_at(DATA, token, AUTHORITY.certificate)
    assert verify.stamped_at(DATA + b"x", token, AUTHORITY.certificate) is False
    assert verify.stamped_at(DATA, token, LocalAuthority("stranger").certificate) is False


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda query: (200, LocalAuthority("stranger").answer(query)), "untrusted"),
        (lambda query: (200, AUTHORITY.token(DATA)), "untrusted"),
        (lambda query: (200, AUTHORITY.token(b"another manifest")), "untrusted"),
        (lambda query: (200, b"no DER"), "unreadable"),
        (lambda query: (200, b""), "unreadable"),
        (lambda query: (200, bytes(MAX_ANSWER_BYTES + 1)), "unreadable"),
        (lambda query: (500, b""), "refused"),
        (lambda query: (302, b""), "refused"),
    ],
    ids=["stranger", "other question", "other bytes", "garbage", "nothing", "too long", "failing", "elsewhere"],
)
def test_any_other_answer_is_refused(answer: Callable[[bytes], tuple[int, bytes]], code: str) -> None:
    with pytest.raises(RemoteError) as raised:
        ask(answer)
    assert raised.value.code == f"timestamp.{code}"


def test_an_authority_that_sends_a_chain_in_disorder_is_told_apart_and_how_to_mend_it() -> None:
    """Authorities may ignore that no certificates were asked for; strict DER wants their set sorted."""
    chain = [LocalAuthority(f"issuer {number}").certificate for number in range(3)]
    refusals = []
    for pem in ("".join(chain), "".join(reversed(chain))):  # one of the two orders is not the sorted one
        with pytest.raises(RemoteError) as raised:
            ask(lambda query, pem=pem: (200, AUTHORITY.answer(AUTHORITY.query(DATA, certificates=True), chain=pem)))
        refusals.append(raised.value)
    (disorder, *_) = [refusal for refusal in refusals if refusal.code == "timestamp.unreadable"]
    assert "证书" in disorder.remedy


def test_nobody_at_the_address_is_said() -> None:
    with pytest.raises(RemoteError, match=r"timestamp\.unreachable"):
        HttpTimeStamps("http://127.0.0.1:1/tsa", CERTIFICATES, ManualClock()).token(DATA)
    with pytest.raises(RemoteError, match=r"timestamp\.unreachable"):
        HttpTimeStamps("no address", CERTIFICATES, ManualClock()).token(DATA)


def test_one_that_answers_byte_by_byte_is_left_after_a_while() -> None:
    clock = ManualClock()

    def drips() -> Iterator[bytes]:
        while True:
            clock.advance(1)
            yield b"x"

    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=drips())))
    with pytest.raises(RemoteError, match=r"timestamp\.unreadable"):
        HttpTimeStamps("http://tsa.test/", CERTIFICATES, clock, client).token(DATA)
    assert clock.monotonic_ns() <= WHOLE_NS + SECOND_NS


def test_certificates_that_may_not_stamp_time_are_refused() -> None:
    with pytest.raises(ValueError, match="PEM"):
        certificates_in("nothing")
