"""What a candidate kept is counted without mercy: every frame due from first to last, in order, unchanged."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from bench.cameras import slice_hashes
from bench.kept import Compared, by_chain, compare, in_volume, on_the_wire, out_of_order, total
from bench.sides import sample

from footage import make_clip
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.media import Codec
from mingjian.wire.fmp4 import Sample, init_segment
from mingjian.wire.fmp4 import fragment as written
from mingjian.wire.nal import from_length_prefixed, to_length_prefixed
from mingjian.wire.packetize import rtp_packet

SECOND = 1_000_000_000
SENT = tuple((bytes([number]),) for number in range(5))


def fragment(start_s: float, end_s: float, frames: int) -> dict[str, object]:
    """One whose media time is that of the clock."""
    times = {"t0": round(start_s * SECOND), "t1": round(end_s * SECOND)}
    return {"kind": "FRAG", **times, "pts0": round(start_s * 90_000), "dur": round((end_s - start_s) * 90_000),
            "frames": frames}  # fmt: skip


def gap(start_s: float, end_s: float, cause: str) -> dict[str, object]:
    return {"kind": "GAP", "t0": round(start_s * SECOND), "t1": round(end_s * SECOND), "cause": cause}


def test_frames_in_a_gap_are_due_and_its_cause_is_told() -> None:
    entries = [
        {"kind": "OPEN"},
        gap(0, 1, "recorder-stopped"),
        fragment(1, 3, 50),
        gap(3, 5, "overload"),
        fragment(5, 7, 49),
        gap(7, 8, "recorder-stopped"),
    ]
    assert by_chain(entries) == (99, 150, ["overload"])


def test_what_is_missing_between_two_fragments_that_adjoin_is_due() -> None:
    entries = [fragment(1, 3, 50), fragment(3.08, 5.08, 50), {"kind": "CLOCK"}, fragment(5.08, 6, 22)]
    assert by_chain(entries) == (122, 125, [])


def test_when_frames_arrived_does_not_matter() -> None:
    burst = fragment(1, 3, 50) | {"t0": 2 * SECOND}
    assert by_chain([burst]) == (50, 50, [])


def test_after_a_new_beginning_media_time_is_not_compared() -> None:
    anew = fragment(9, 10, 25) | {"pts0": 0}
    entries = [fragment(1, 3, 50), gap(3, 9, "recorder-crash"), {"kind": "OPEN"}, anew]
    assert by_chain(entries) == (75, 225, ["recorder-crash"])


def test_what_one_stream_has_too_much_of_excuses_no_other() -> None:
    assert total([(55, 50), (48, 50)], missing=0, seconds=2).lost == 2


def test_a_camera_without_footage_is_told() -> None:
    assert by_chain([{"kind": "OPEN"}]) == (0, 0, ["nothing"])


def test_a_camera_that_was_never_recorded_counts_as_lost(tmp_path: Path) -> None:
    kept = in_volume(tmp_path, 2, 10)
    assert (kept.lost, kept.note) == (500, "0 of 2 cameras recorded")


def test_missing_streams_are_due_for_the_whole_time() -> None:
    assert total([(50, 50)], missing=1, seconds=2).lost == 50


def interleaved(sequence: int, timestamp: int, *, marker: bool, channel: int = 0) -> bytes:
    packet = rtp_packet(b"\x41" * 20, marker=marker, payload_type=96, sequence=sequence, timestamp=timestamp, ssrc=1)
    return b"$" + bytes([channel]) + len(packet).to_bytes(2, "big") + packet


def test_frames_on_the_wire_are_its_markers_and_answers_are_passed_over() -> None:
    start = 0xFFFF_FFFF - 3600
    data = interleaved(1, start, marker=False) + interleaved(2, start, marker=True)
    data += b"RTSP/1.0 200 OK\r\nCSeq: 3\r\n\r\n" + interleaved(9, 0, marker=True, channel=1)
    data += interleaved(3, (start + 2 * 3600) & 0xFFFF_FFFF, marker=True) + interleaved(4, 7200, marker=True)[:-3]
    assert on_the_wire(data) == (2, 3)
    assert on_the_wire(b"") == (0, 0)


def test_the_endless_repetition_may_be_joined_anywhere() -> None:
    assert out_of_order([SENT[3], SENT[4], SENT[0], SENT[1]], SENT) == (0, 0)


@pytest.mark.parametrize(
    ("kept", "wrong"),
    [
        ([SENT[0], SENT[2], SENT[3]], (0, 1)),
        ([SENT[0], (b"changed",), SENT[2]], (1, 0)),
        ([SENT[0], SENT[0]], (0, 1)),
        ([SENT[1], SENT[0]], (0, 1)),
        ([(b"changed",), (b"changed",)], (2, 0)),
    ],
)
def test_what_is_missing_changed_repeated_or_swapped_is_wrong(
    kept: list[tuple[bytes, ...]], wrong: tuple[int, int]
) -> None:
    assert out_of_order(kept, SENT) == wrong


@pytest.mark.parametrize(("gaps", "wrong"), [(0, 2), (1, 1)])
def test_only_a_jump_that_the_chain_knows_as_a_gap_is_no_fault(tmp_path: Path, gaps: int, wrong: int) -> None:
    """Of real footage one sample is changed and one left out; its chain tells of the gap or not."""
    clip = make_clip(Codec.H264, seconds=1)
    pictures = [from_length_prefixed(unit.data) for unit in clip.units[:6]]
    sent = [slice_hashes(Codec.H264, nals) for nals in pictures]
    spoilt = [*pictures[1][:-1], pictures[1][-1][:-1] + b"\xaa"]
    kept = [pictures[0], spoilt, pictures[2], pictures[4], pictures[5]]
    samples = [Sample(to_length_prefixed(nals), 3600, 0, place == 0) for place, nals in enumerate(kept)]
    footage = written(sequence=1, track_id=1, decode_time_90k=0, samples=samples, wall_clock=UtcNs(0))
    folder = tmp_path / "stream" / "2026"
    chain = tmp_path / "stream" / "chain"
    folder.mkdir(parents=True)
    chain.mkdir()
    (folder / "a.mp4").write_bytes(init_segment(clip.config) + footage)
    entries = [fragment(0, 1, 3), *[gap(1, 2, "overload")] * gaps, fragment(2, 3, 1)]
    (chain / "a.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    assert compare(tmp_path, 1, sent) == Compared(streams=1, samples=5, wrong=wrong)


def test_only_slices_are_compared() -> None:
    nals = [b"\x67sps", b"\x68pps", b"\x65idr", b"\x06sei", b"\x41p"]
    assert slice_hashes(Codec.H264, nals) == tuple(hashlib.sha256(nal).digest() for nal in (b"\x65idr", b"\x41p"))


@pytest.mark.parametrize(("cameras", "looked_at"), [(1, 1), (20, 20), (60, 20), (200, 20)])
def test_at_most_twenty_streams_are_read_back(cameras: int, looked_at: int) -> None:
    chosen = sample(cameras)
    assert len(chosen) == looked_at
    assert chosen[-1] < cameras
