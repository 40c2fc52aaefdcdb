"""The opener of sealed packages before files and shares that somebody doctored."""

from __future__ import annotations

import io
from collections.abc import Iterator

from fuzz.harness import Harness
from mingjian.audit import unseal
from mingjian.audit.seal import LETTERS, RANDOM_BYTES, Seal, share_words, split

PLAIN = b"PK package"
SHARES, SALT = split(bytes(range(RANDOM_BYTES)))


def good() -> bytes:
    seal = Seal(SHARES, SALT, len(PLAIN))
    header = seal.header()
    return header + PLAIN + seal.tag(header, 0, PLAIN)  # the cipher has no part in what is parsed


def container(data: bytes) -> bool:
    """Any bytes are refused in two languages, but the one file that was sealed under these shares."""
    try:
        chunks = b"".join(unseal.Sealed(io.BytesIO(data), SHARES.words()).encrypted())
    except unseal.Unopened as why:
        assert why.zh and why.en
        assert why.report()["verdict"] == ("NOT VERIFIED" if why.damaged else "CANNOT DECIDE")
        return False
    assert (data, chunks) == (good(), PLAIN)
    return True


def container_seeds() -> Iterator[bytes]:
    yield good()
    yield good()[:-1]
    yield good()[:120]


def share(data: bytes) -> bool:
    """Any words are a share that is written again as it was read, or refused in words."""
    try:
        letter, found = unseal.read_share(data.decode("utf-8", "replace").replace("\0", ""))
    except unseal.Unopened as why:
        assert why.zh and why.en and not why.damaged
        return False
    assert letter in LETTERS
    assert unseal.read_share(share_words(letter, found)) == (letter, found)
    return True


def share_seeds() -> Iterator[bytes]:
    for words in SHARES.words():
        yield words.encode()
        yield f"密钥份额\n{words.lower()}\n".encode()


HARNESSES = (
    Harness(
        "sealed-package",
        container,
        container_seeds,
        (unseal.Sealed.__init__, unseal.Sealed.encrypted),
        (b"MJSEAL1\n", b"\0\0\0\0\0\0\0\n"),
        512,
    ),
    Harness("share-words", share, share_seeds, (unseal.read_share,), (b"A-", b"B-", b"AAAA-"), 256),
)
