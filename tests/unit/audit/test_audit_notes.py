"""Notes, checkpoints, cosignatures, entries, tiles and the witness's decision: formats to the byte, forks refused."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.audit import checkpoint, ledger, merkle, note, witness
from mingjian.audit.checkpoint import Checkpoint
from mingjian.audit.ledger import Actor, LedgerEntry, Tile
from mingjian.audit.note import Note, Signature, VerifierKey
from mingjian.audit.witness import Seen
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid, RemoteError
from vectors.build_vectors import LOG, ORIGIN, STRANGER, WITNESS

KEY, WITNESS_KEY = VerifierKey.of(LOG), VerifierKey.of(WITNESS)
AT = UtcNs(1_679_315_147 * SECOND_NS + 5)


def tree(size: int, salt: str = "") -> merkle.Tree:
    return merkle.Tree(merkle.leaf_hash(f"{salt}{n}".encode()) for n in range(size))


def head(size: int, salt: str = "", origin: str = ORIGIN) -> Note:
    return Checkpoint(origin, size, tree(size, salt).root()).signed([LOG])


# --- notes ---


def test_a_published_note_of_another_implementation_verifies() -> None:
    """The example of golang.org/x/mod/sumdb/note."""
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    line = f"\u2014 PeterNeumann {signature}\n"
    signed = note.parse((text + "\n" + line).encode())
    assert signed.text == text
    assert signed.signed_by(key)
    assert signed.encode() == (text + "\n" + line).encode()
    assert key.line() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert not Note(text.replace("think", "believe"), signed.signatures).signed_by(key)


def test_lines_of_unknown_keys_are_ignored_and_a_bad_line_of_a_known_key_is_not() -> None:
    signed = head(3)
    foreign = Signature("someone", b"abcd", b"x" * 64)
    assert signed.with_signatures([foreign]).signed_by(KEY)
    assert not Note(signed.text, (foreign,)).signed_by(KEY)
    bad = Signature(ORIGIN, KEY.key_id, b"x" * 64)
    assert not Note(signed.text, (*signed.signatures, bad)).signed_by(KEY)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"text\n",
        b"text\n\n",
        b"text\n\n- name YWJjZGU=\n",
        "text\n\n— name YWJjZGU=".encode(),
        "text\n\n— name ???\n".encode(),
        "text\n\n— name YWJj\n".encode(),
        "te\tx\n\n— name YWJjZGU=\n".encode(),
        b"\xff\n\n",
        ("text\n\n" + "— name YWJjZGU=\n" * 33).encode(),
        b"x" * 70_000,
    ],
)
def test_malformed_notes_are_refused(data: bytes) -> None:
    with pytest.raises(RemoteError, match=r"note\.malformed"):
        note.parse(data)


@given(st.binary(max_size=300))
def test_parsing_any_bytes_ends_in_a_note_or_a_named_error(data: bytes) -> None:
    try:
        checkpoint.parse(data)
    except RemoteError:
        return


@pytest.mark.parametrize(
    "line", ["", "a+b", "n+00000000+AQ==", KEY.line()[:-4], KEY.line().replace(ORIGIN, "other"), "n n+1+x"]
)
def test_a_key_line_that_does_not_hold_together_is_refused(line: str) -> None:
    with pytest.raises(Invalid):
        VerifierKey.parse(line)


@pytest.mark.parametrize("line", ["log+00000000+Aé==", "lo\ud800g+00000000+" + KEY.line().split("+", 2)[2], "a+b", ""])
def test_a_key_line_that_is_none_is_invalid_whatever_its_letters(line: str) -> None:
    with pytest.raises(Invalid, match=r"note\."):
        VerifierKey.parse(line)


# --- checkpoints and cosignatures ---


def test_a_checkpoint_body_has_three_lines() -> None:
    root = base64.b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    assert Checkpoint("example.com/behind-the-sofa", 20_852_163, root).text() == text
    assert checkpoint.parse_text(text).root == root
    assert checkpoint.parse_text(text + "extension\n").size == 20_852_163


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\nAAAA\n",
        "o\n-1\nAAAA\n",
        "\n1\nAAAA\n",
        "o\n1\nAAAA\n",
        "o\n" + "9" * 30 + "\nAAAA\n",
        "o\n1\n\nx\n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(RemoteError, match=r"checkpoint\.malformed"):
        checkpoint.parse_text(text)


def test_a_cosignature_states_its_time_and_the_whole_body() -> None:
    signed = head(3)
    line = checkpoint.cosign(signed, WITNESS, AT)
    assert line.value[:8] == (1_679_315_147).to_bytes(8, "big")
    message = f"cosignature/v1\ntime 1679315147\n{signed.text}".encode()
    assert note.ed25519_valid(WITNESS.public, message, line.value[8:])
    cosigned = signed.with_signatures([line])
    assert checkpoint.cosigned_at(cosigned, WITNESS_KEY) == 1_679_315_147
    assert checkpoint.witnesses(cosigned, [WITNESS_KEY, KEY]) == {"witness.test": 1_679_315_147}
    assert checkpoint.cosigned_at(Note(head(4).text, (line,)), WITNESS_KEY) is None
    later = Signature(line.name, line.key_id, (1).to_bytes(8, "big") + line.value[8:])
    assert checkpoint.cosigned_at(Note(signed.text, (later,)), WITNESS_KEY) is None
    with pytest.raises(Invalid):
        checkpoint.cosign(signed, LOG, AT)


# --- the witness ---


def ask(old: int, size: int, seen: Seen | None, *, salt: str = "", proof: list[bytes] | None = None) -> witness.Verdict:
    whole = tree(size, salt)
    proved = merkle.consistency_proof(min(old, size), size, whole.node) if proof is None else proof
    body = witness.encode(old, proved, head(size, salt))
    return witness.decide(body, {ORIGIN: [KEY]}, {} if seen is None else {ORIGIN: seen})[1]


def seen(size: int) -> Seen:
    return Seen(size, tree(size).root())


def test_a_witness_follows_a_growing_log() -> None:
    latest: Seen | None = None
    for size in (0, 1, 1, 5, 8, 39):
        verdict = ask(latest.size if latest else 0, size, latest)
        assert (verdict.status, verdict.misbehaved) == (200, False)
        latest = verdict.seen
        assert latest == seen(size)


@pytest.mark.parametrize(
    ("verdict", "status", "body", "misbehaved"),
    [
        (lambda: ask(5, 8, seen(6)), 409, "6\n", False),
        (lambda: ask(0, 8, seen(6)), 409, "6\n", False),
        (lambda: ask(6, 6, seen(6), salt="fork"), 409, "6\n", True),
        (lambda: ask(6, 9, seen(6), salt="fork"), 422, None, True),
        (lambda: ask(6, 9, seen(6), proof=[]), 422, None, True),
        (lambda: ask(0, 9, None, proof=[b"x" * 32]), 422, None, True),
        (lambda: ask(9, 8, seen(9)), 400, None, False),
    ],
)
def test_a_witness_refuses_what_does_not_extend_what_it_saw(
    verdict: Any, status: int, body: str | None, misbehaved: bool
) -> None:
    found: witness.Verdict = verdict()
    assert (found.status, found.misbehaved, found.seen) == (status, misbehaved, None)
    if body is not None:
        assert (found.body, found.content_type) == (body, "text/x.tlog.size")


def test_a_witness_knows_logs_and_their_keys_only() -> None:
    logs = {ORIGIN: [KEY]}
    assert witness.decide(witness.encode(0, (), head(3, origin="other")), logs, {})[1].status == 404
    foreign = Checkpoint(ORIGIN, 3, tree(3).root()).signed([STRANGER])
    assert witness.decide(witness.encode(0, (), foreign), logs, {})[1].status == 403
    both = foreign.with_signatures(head(3).signatures)
    assert witness.decide(witness.encode(0, (), both), logs, {})[1].status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 01\n\n" + head(1).encode(),
        b"old -1\n\n" + head(1).encode(),
        b"old 0\nAAAA\n\n" + head(1).encode(),
        b"old 0\n" + (base64.b64encode(b"x" * 32) + b"\n") * 64 + b"\n" + head(1).encode(),
        b"old 0\n" + head(1).encode(),
        b"x" * 100_000,
    ],
)
def test_a_malformed_request_is_a_bad_request(body: bytes) -> None:
    assert witness.decide(body, {ORIGIN: [KEY]}, {})[1].status == 400


# --- entries and tiles ---


def test_an_entry_has_one_spelling_and_hides_names() -> None:
    entry = LedgerEntry("viewing.opened", UtcNs(5), Actor("p1", "张三", "u1"), "local", "g1", {"b": 1, "a": ["x"]})
    leaf = entry.canonical(b"s" * 16)
    value = json.loads(leaf)
    assert leaf == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert value["actor"] == {"id": "p1", "unit": "u1"}
    assert "张三" not in leaf.decode()
    opening = entry.openings(b"s" * 16)[0]
    assert value["committed"] == {"actor.name": ledger.commitment(opening.salt, "张三")}
    assert entry.canonical(b"t" * 16) != leaf
    with pytest.raises(Invalid, match=r"ledger\.salt"):
        entry.canonical()


@pytest.mark.parametrize("facts", [{"x": 1.5}, {"x": b"y"}, {1: "y"}, {"x": {"y": {3}}}, {"x": "y" * 65_536}])
def test_an_entry_that_could_be_read_differently_is_refused(facts: dict[Any, Any]) -> None:
    with pytest.raises(Invalid):
        LedgerEntry("act.done", UtcNs(0), ledger.SYSTEM, "local", "", facts).canonical()


@pytest.mark.parametrize("kind", ["", "opened", "View.opened", "view.opened.twice.more", "a b.c"])
def test_a_kind_is_a_noun_and_what_happened(kind: str) -> None:
    with pytest.raises(Invalid, match=r"ledger\.kind"):
        LedgerEntry(kind, UtcNs(0), ledger.SYSTEM, "local").canonical()


def test_tile_paths_and_counts_are_those_of_the_specification() -> None:
    assert Tile(0, 1_234_067).path() == "tile/0/x001/x234/067"
    assert Tile(None, 0, 17).path() == "tile/entries/000.p/17"
    tiles = list(ledger.tiles(70_000))
    assert [sum(tile.level == level and tile.width == 256 for tile in tiles) for level in range(3)] == [273, 1, 0]
    assert [tile.width for tile in tiles if tile.width < 256] == [112, 17, 1]
    assert [(t.level, t.width) for t in ledger.tiles(256)] == [(0, 256), (1, 1)]
    assert list(ledger.tiles(0)) == []


@given(st.integers(0, 200_000), st.integers(0, 3_000))
def test_growing_adds_exactly_the_tiles_that_differ(old: int, more: int) -> None:
    before, after = set(ledger.tiles(old)), set(ledger.tiles(old + more))
    assert set(ledger.tiles(old + more, since=old)) == after - before


@given(st.lists(st.binary(max_size=400), max_size=256))
def test_bundles_read_back(leaves: list[bytes]) -> None:
    assert ledger.decode_bundle(ledger.encode_bundle(leaves)) == leaves


@pytest.mark.parametrize("data", [b"\x00", b"\x00\x05abc", b"\x00\x00" * 257])
def test_a_torn_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteError, match=r"ledger\.bundle"):
        ledger.decode_bundle(data)
