"""The chain: what is written verifies, what is changed does not."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.audit.chain import (
    MAX_LINE_BYTES,
    NO_HASH,
    REMEMBERED_HASHES,
    ChainState,
    ChainVerifier,
    EntryKind,
    Gap,
    coverage,
    encode,
    extend,
    merge_gaps,
    parse,
)
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.period import Period

HASH = "ab" * 32


def written(count: int = 12, epoch: int = 0, prev: str = NO_HASH, resumes: int | None = None) -> list[bytes]:
    """OPEN, then fragments with a gap each fifth."""
    state = ChainState(epoch, -1, prev, UtcNs(100))
    more: dict[str, Any] = {"at": 100} if resumes is None else {"at": 100, "resumes": {"epoch": 0, "seq": resumes}}
    line, state = extend(state, "cam", EntryKind.OPEN, 100, 100, more)
    lines = [line]
    for number in range(count):
        begin = 100 + number * 10
        if number % 5 == 4:
            fields: dict[str, Any] = {"cause": "network", "evidence": "reset", "at": begin}
            line, state = extend(state, "cam", EntryKind.GAP, begin, begin + 10, fields)
        else:
            fields = {"file": "cam/x.mp4", "off": 800 + number, "bytes": 5, "sha256": HASH, "init_sha": HASH}
            line, state = extend(state, "cam", EntryKind.FRAG, begin, begin + 10, fields)
        lines.append(line)
    return lines


def problems(lines: list[bytes]) -> list[str]:
    verifier = ChainVerifier("cam")
    return [text for line in lines for text in verifier.feed(line)[1]]


def test_what_is_written_verifies() -> None:
    assert problems(written()) == []


def test_a_next_epoch_links_to_the_last_head() -> None:
    first = written()
    assert problems([*first, *written(epoch=1, prev=parse(first[-1]).hash)]) == []


def test_an_epoch_may_resume_before_what_was_never_acknowledged() -> None:
    first = written()
    verifier = ChainVerifier("cam")
    for line in [*first, *written(epoch=1, prev=parse(first[9]).hash, resumes=9)]:
        assert verifier.feed(line)[1] == []
    assert verifier.superseded == [(0, 10)]


def test_an_epoch_may_begin_anew_where_nothing_was_acknowledged_but_not_after_a_long_history() -> None:
    verifier = ChainVerifier("cam")
    assert [text for line in [*written(), *written(epoch=1)] for text in verifier.feed(line)[1]] == []
    assert verifier.superseded == [(0, 0)]
    assert any("prev" in text for text in problems([*written(REMEMBERED_HASHES), *written(epoch=1)]))


def test_an_epoch_that_resumes_nowhere_is_a_problem() -> None:
    assert problems([*written(), *written(epoch=1, prev="cd" * 32)]) != []


@pytest.mark.parametrize("drop", range(12))
def test_a_missing_entry_is_noticed(drop: int) -> None:
    lines = written()
    assert problems(lines[:drop] + lines[drop + 1 :]) != []


def test_a_changed_byte_anywhere_is_noticed() -> None:
    rng = random.Random(7)
    lines = written()
    for _ in range(500):
        number = rng.randrange(len(lines) - 1)
        line = bytearray(lines[number])
        line[rng.randrange(len(line))] ^= 1 << rng.randrange(8)
        assert problems([*lines[:number], bytes(line), *lines[number + 1 :]]) != []


def test_a_hole_and_an_overlap_are_noticed() -> None:
    state = ChainState(0, -1, NO_HASH, UtcNs(100))
    line, state = extend(state, "cam", EntryKind.OPEN, 100, 100, {})
    fields = {"cause": "network", "evidence": "", "at": 1}
    hole, _ = extend(state, "cam", EntryKind.GAP, 101, 110, fields)
    overlap, _ = extend(state, "cam", EntryKind.GAP, 99, 110, fields)
    assert "空洞" in problems([line, hole])[0]
    assert "重叠" in problems([line, overlap])[0]


def test_a_cause_outside_the_list_is_noticed() -> None:
    state = ChainState(0, -1, NO_HASH, UtcNs(100))
    line, state = extend(state, "cam", EntryKind.OPEN, 100, 100, {})
    gap, _ = extend(state, "cam", EntryKind.GAP, 100, 110, {"cause": "tea-break", "evidence": "", "at": 1})
    assert "tea-break" in problems([line, gap])[0]


@given(st.binary(max_size=300))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse(data)


@given(
    st.dictionaries(
        st.sampled_from(["v", "kind", "stream", "epoch", "seq", "prev", "t0", "t1"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)),
    )
)
def test_half_right_is_refused_by_name(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(json.dumps(fields).encode())


def test_deep_nesting_and_long_lines_are_refused() -> None:
    with pytest.raises(Invalid):
        parse(b"[" * 60_000)
    with pytest.raises(Invalid):
        parse(b" " * (MAX_LINE_BYTES + 1))
    with pytest.raises(Invalid):
        encode({"evidence": "x" * MAX_LINE_BYTES})


def test_gaps_of_one_cause_are_one_to_a_reader() -> None:
    def gap(start: int, end: int, cause: str) -> Gap:
        return Gap(Period(UtcNs(start), UtcNs(end)), cause, f"from {start}")

    merged = merge_gaps(
        [gap(10, 20, "network"), gap(0, 10, "network"), gap(20, 30, "overload"), gap(31, 40, "overload")]
    )
    assert [(one.period.start, one.period.end, one.evidence) for one in merged] == [
        (0, 20, "from 0"),
        (20, 30, "from 20"),
        (31, 40, "from 31"),
    ]


def test_coverage_is_everything_written() -> None:
    recorded, gaps = coverage(parse(line) for line in written())
    assert [(one.start, one.end) for one in recorded] == [(100, 140), (150, 190), (200, 220)]
    assert [(gap.period.start, gap.period.end) for gap in gaps] == [(140, 150), (190, 200)]


def line_with(**more: Any) -> bytes:
    return extend(ChainState(0, 3, HASH, UtcNs(100)), "cam", EntryKind.FRAG, 100, 110, more)[0]


@pytest.mark.parametrize(
    "more",
    [
        {"file": "../x"},
        {"file": "/etc/passwd"},
        {"file": "cam/../../x"},
        {"file": "x\0y"},
        {"file": 5},
        {"off": -1},
        {"off": True},
        {"bytes": 1 << 70},
        {"frames": 1 << 63},
        {"evidence": "\ud800"},
        {"quarantined": [{"as": "../q"}]},
        {"abandoned": [{"file": "a/../../b", "off": 0}]},
        {"missing": [{"off": "x"}]},
    ],
    ids=str,
)
def test_an_entry_that_would_stop_its_readers_is_no_entry(more: dict[str, Any]) -> None:
    """One line of a disk from elsewhere must not end a check, fill a catalogue or name a file outside the volume."""
    with pytest.raises(Invalid, match="entry-unreadable"):
        parse(line_with(**more))


def test_what_recorders_write_is_an_entry() -> None:
    row = {"vol": "v", "file": "cam/a..b.mp4", "off": 0, "bytes": 9, "as": "quarantine/cam/x", "sha256": HASH}
    entry = parse(line_with(clk={"src": "system", "off": -5}, shift=-90_000, quarantined=[row], evidence="断开😀"))
    assert entry.rows("quarantined") == [row]
