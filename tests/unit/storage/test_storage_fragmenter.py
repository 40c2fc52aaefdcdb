"""One unbroken line of fragments and gaps, whatever camera, network and clocks do (S5, S10)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footage import Clip
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import TICKS_PER_SECOND, AccessUnit, CameraTime, GapCause
from mingjian.storage.fragmenter import Fragmenter, FragmentLimits
from mingjian.storage.notes import ClockNote, Fragment, GapNote, Note, Reopen
from mingjian.wire.fmp4 import parse_fragment
from storage_world import CONFIG, FRAME_90K, FRAME_NS, STREAM, frame_bytes

START = UtcNs(1_767_225_600 * SECOND_NS)


def line() -> Fragmenter:
    made = Fragmenter(STREAM, START, GapCause.NO_VIDEO, "start")
    made.config(CONFIG)
    return made


def unit(number: int, *, gop: int = 25, pts: int | None = None, late_ns: int = 0) -> AccessUnit:
    media = number * FRAME_90K if pts is None else pts
    arrived = UtcNs(START + number * FRAME_NS + late_ns)
    return AccessUnit(media, number % gop == 0, frame_bytes(number), arrived)


def fragments(notes: list[Note]) -> list[Fragment]:
    return [note for note in notes if isinstance(note, Fragment)]


def assert_unbroken(notes: list[Note], begin: UtcNs = START) -> None:
    at = begin
    for note in notes:
        if isinstance(note, Reopen):
            at = note.t0
        elif isinstance(note, Fragment | GapNote):
            assert note.t0 == at
            assert note.t1 > note.t0
            at = note.t1


def samples_of(found: list[Fragment]) -> list[bytes]:
    return [bytes(sample.data) for one in found for sample in parse_fragment(one.data).tracks[0].samples]


def test_whole_gops_are_gathered_to_four_seconds() -> None:
    subject, notes = line(), []
    for number in range(400):
        notes += subject.unit(unit(number))
    assert [one.frames for one in fragments(notes)] == [100, 100, 100]
    assert all(one.key_first for one in fragments(notes))


def test_a_connection_may_begin_with_a_shorter_fragment() -> None:
    subject = Fragmenter(STREAM, START, GapCause.NO_VIDEO, "start", FragmentLimits(first_90k=2 * TICKS_PER_SECOND))
    subject.config(CONFIG)
    notes: list[Note] = []
    for number in range(260):
        notes += subject.unit(unit(number))
    notes += subject.interrupt(GapCause.NETWORK, "reset", UtcNs(START + 260 * FRAME_NS))
    for number in range(500, 760):
        notes += subject.unit(unit(number))
    assert [one.frames for one in fragments(notes)] == [50, 100, 100, 10, 50, 100, 100]
    assert_unbroken(notes)


def test_a_long_gop_is_cut_at_ten_seconds_and_its_pieces_say_so() -> None:
    subject, notes = line(), []
    for number in range(750):
        notes += subject.unit(unit(number, gop=700))
    assert [(one.frames, one.key_first) for one in fragments(notes)] == [(250, True), (250, False), (200, False)]


def test_late_frames_move_nothing_as_long_as_one_is_on_time() -> None:
    subject, notes = line(), []
    for number in range(400):
        notes += subject.unit(unit(number, late_ns=0 if number % 50 == 0 else 3 * SECOND_NS))
    assert not [note for note in notes if isinstance(note, ClockNote)]
    assert [one.t1 - one.t0 for one in fragments(notes)] == [4 * SECOND_NS] * 3


def test_drift_beyond_half_a_second_is_corrected_with_a_clock_entry() -> None:
    subject, notes = line(), []
    for number in range(2500):
        notes += subject.unit(unit(number, late_ns=number * FRAME_NS // 100))
    clocks = [note for note in notes if isinstance(note, ClockNote)]
    assert len(clocks) == 1
    assert clocks[0].why == "drift"
    assert_unbroken(notes)
    last = fragments(notes)[-1]
    assert abs(last.clock_offset_ns) < SECOND_NS


def test_what_waited_for_an_overloaded_recorder_moves_no_clock_and_leaves_no_gap() -> None:
    """Three seconds behind for a minute, then in time again: the camera's own time tells when all that was."""
    subject, notes = line(), []
    for number in range(3000):
        behind = 500 <= number < 2000
        if number % 25 == 0:
            now = UtcNs(START + number * FRAME_NS)
            notes += subject.tick(now, now, late=400 <= number < 2300)
        notes += subject.unit(unit(number, late_ns=3 * SECOND_NS if behind else 0))
    assert {type(note) for note in notes} == {Fragment}
    assert_unbroken(notes)
    again = line()
    notes = [note for number in range(500) for note in again.unit(unit(number, late_ns=(number > 200) * 3 * SECOND_NS))]
    assert GapCause.CLOCK_STEP in {note.cause for note in notes if isinstance(note, GapNote)}, "of a recorder in time"


def test_what_waited_while_the_recorder_was_paused_is_kept_at_the_time_the_camera_took_it() -> None:
    """Twelve seconds in which nothing was read; then all of it at once, and no gap, step or silence."""
    subject, notes = line(), []
    for number in range(1000):
        if number == 301 or (number % 25 == 0 and not 300 < number <= 600):
            now = UtcNs(START + (600 if number == 301 else number) * FRAME_NS)
            notes += subject.tick(now, now)
        notes += subject.unit(unit(number, late_ns=max(0, 600 - number) * FRAME_NS if number > 300 else 0))
    assert {type(note) for note in notes} == {Fragment}
    assert_unbroken(notes)
    assert [one.t1 - START for one in fragments(notes)] == [n * 4 * SECOND_NS for n in range(1, 10)]


def test_a_camera_that_was_silent_all_the_while_is_so_after_a_pause_too() -> None:
    subject, notes = line(), []
    for number in range(100):
        notes += subject.unit(unit(number))
    for second in (0, 1, 2, 3, *range(30, 40)):
        now = UtcNs(START + second * SECOND_NS)
        notes += subject.tick(now, now)
    (gap,) = [note for note in notes if isinstance(note, GapNote)]
    assert (gap.t0, gap.cause) == (START + 4 * SECOND_NS, GapCause.NO_VIDEO)


def test_what_a_camera_left_out_for_an_overloaded_recorder_is_overload() -> None:
    for late, cause in ((True, GapCause.OVERLOAD), (False, GapCause.NO_VIDEO)):
        subject, notes = line(), []
        for number in range(400):
            if number % 25 == 0:
                now = UtcNs(START + number * FRAME_NS)
                notes += subject.tick(now, now, late=late)
            if not 100 <= number < 250:
                notes += subject.unit(unit(number))
        assert {note.cause for note in notes if isinstance(note, GapNote)} == {cause}


def test_a_first_frame_that_waited_puts_the_line_late_for_one_fragment_only() -> None:
    """The machine was busy as the camera connected: beside other cameras its pictures would play out of step."""
    subject, notes = line(), []
    for number in range(400):
        notes += subject.unit(unit(number, late_ns=3 * FRAME_NS if number == 0 else 0))
    clocks = [note for note in notes if isinstance(note, ClockNote)]
    assert [(note.why, note.by_ns) for note in clocks] == [("drift", -3 * FRAME_NS)]
    assert_unbroken(notes)
    assert [one.t1 - START for one in fragments(notes)] == [n * 4 * SECOND_NS for n in (1, 2, 3)]
    assert [one.clock_offset_ns for one in fragments(notes)[1:]] == [0, 0]


def test_a_burst_at_the_start_pulls_the_line_back() -> None:
    """A camera that sends its last GOP at once: the frames were taken before the anchor said."""
    subject, notes = line(), []
    for number in range(500):
        arrived = UtcNs(START + max(number, 25) * FRAME_NS)
        notes += subject.unit(AccessUnit(number * FRAME_90K + FRAME_90K, number % 25 == 0, b"\0\0\0\1\x65", arrived))
    assert_unbroken(notes)
    later = fragments(notes)[2]
    assert abs(later.clock_offset_ns) <= SECOND_NS


def test_a_timestamp_jump_is_marked_and_nothing_is_dropped() -> None:
    subject, notes = line(), []
    for number in range(300):
        notes += subject.unit(unit(number, pts=number * FRAME_90K + (10**9 if number >= 130 else 0)))
    for number in range(300, 500):
        notes += subject.unit(unit(number, pts=(number - 300) * FRAME_90K))
    notes += subject.stop(UtcNs(START + 500 * FRAME_NS))
    assert_unbroken(notes)
    found = fragments(notes)
    assert sum(one.frames for one in found) == 500
    assert sum(one.jumps for one in found) == 2
    media = [(one.pts0_90k, one.pts0_90k + one.duration_90k) for one in found]
    assert all(before[1] == after[0] for before, after in pairwise(media))


def test_an_interruption_is_a_gap_from_the_last_frame_to_the_next() -> None:
    subject, notes = line(), []
    for number in range(110):
        notes += subject.unit(unit(number))
    notes += subject.interrupt(GapCause.NETWORK, "reset", UtcNs(START + 110 * FRAME_NS))
    notes += subject.unit(unit(500))
    gaps = [note for note in notes if isinstance(note, GapNote)]
    assert [(gap.t0, gap.t1, gap.cause) for gap in gaps] == [
        (START + 110 * FRAME_NS, START + 500 * FRAME_NS, GapCause.NETWORK)
    ]


def test_a_clock_set_back_while_a_gap_is_open_leaves_no_hour_untold() -> None:
    """The gap goes on in a new epoch; without it nothing would be written until the clock is where it was."""
    subject = line()
    notes = [*subject.unit(unit(0)), *subject.interrupt(GapCause.NETWORK, "reset", START)]
    second = SECOND_NS
    for number in range(1, 60):
        wall = START + number * second - (3600 * second if number >= 20 else 0)
        notes += subject.tick(UtcNs(wall), number * second)
    gaps = [note for note in notes if isinstance(note, GapNote)]
    assert gaps[-1].t1 >= START - 3600 * second + 45 * second
    assert {gap.cause for gap in gaps} == {GapCause.NETWORK}
    assert [note.step_ns for note in notes if isinstance(note, Reopen)] == [-3600 * second]
    assert_unbroken(notes)


def test_a_camera_that_goes_before_the_line_follows_a_clock_set_back_leaves_no_gap_untold() -> None:
    """Its last fragment ends by the clock of before; from then on the gap is told by the clock of now."""
    subject, notes = line(), []
    back, wall = 3600 * SECOND_NS, START
    for number in range(75):
        wall = START + number * FRAME_NS - (back if number >= 50 else 0)
        notes += subject.unit(unit(number, late_ns=-back if number >= 50 else 0))
        if number % 25 == 0:
            notes += subject.tick(UtcNs(wall), number * FRAME_NS)
    gone = UtcNs(wall + SECOND_NS)
    notes += subject.interrupt(GapCause.NETWORK, "reset", gone)
    for number in range(1, 40):
        notes += subject.tick(UtcNs(gone + number * SECOND_NS), (4 + number) * SECOND_NS)
    gaps = [note for note in notes if isinstance(note, GapNote)]
    assert (gaps[0].t0, {gap.cause for gap in gaps}) == (gone, {GapCause.NETWORK})
    assert gaps[-1].t1 >= gone + 36 * SECOND_NS
    assert_unbroken(notes)


def test_a_clock_set_back_an_hour_opens_a_new_epoch() -> None:
    subject, notes = line(), []
    for number in range(200):
        notes += subject.unit(unit(number))
    for number in range(200, 600):
        notes += subject.unit(unit(number, late_ns=-3600 * SECOND_NS))
    assert_unbroken(notes)
    reopened = [note for note in notes if isinstance(note, Reopen)]
    assert len(reopened) == 1
    assert abs(reopened[0].t0 - (START - 3592 * SECOND_NS)) < 8 * SECOND_NS


def test_a_clock_set_forward_is_a_clock_entry_and_a_new_epoch_that_says_so() -> None:
    subject, notes = line(), []
    notes += subject.tick(START, 0)
    for number in range(200):
        notes += subject.unit(unit(number))
    notes += subject.tick(UtcNs(START + 8 * SECOND_NS + 3600 * SECOND_NS), 8 * SECOND_NS)
    for number in range(200, 600):
        notes += subject.unit(unit(number, late_ns=3600 * SECOND_NS))
    assert_unbroken(notes)
    assert [note.step_ns for note in notes if isinstance(note, Reopen)] == [3600 * SECOND_NS]
    gaps = [note for note in notes if isinstance(note, GapNote)]
    assert {gap.cause for gap in gaps} == {GapCause.CLOCK_STEP}


def test_the_cameras_own_time_rides_along() -> None:
    subject, notes = line(), []
    subject.camera_time(CameraTime(0, UtcNs(START + 5 * SECOND_NS), START))
    for number in range(250):
        notes += subject.unit(unit(number))
    assert [one.camera_time for one in fragments(notes)] == [START + 5 * SECOND_NS, START + 9 * SECOND_NS]


def test_reordered_frames_keep_their_order_of_display(reordered_clip: Clip) -> None:
    subject = Fragmenter(STREAM, START, GapCause.NO_VIDEO, "start")
    subject.config(reordered_clip.config)
    notes: list[Note] = []
    units = reordered_clip.repeated(3, START)
    for one in units:
        notes += subject.unit(one)
    notes += subject.stop(UtcNs(START + 60 * SECOND_NS))
    found = fragments(notes)
    shown: list[int] = []
    for one in found:
        (track,) = parse_fragment(one.data).tracks
        at = track.decode_time_90k
        for sample in track.samples:
            assert sample.duration_90k >= 0
            shown.append(at + sample.composition_offset_90k)
            at += sample.duration_90k
    first = units[0].pts_90k
    assert shown == [one.pts_90k - first for one in units]
    assert samples_of(found) == [one.data for one in units]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("frames"), st.integers(1, 120)),
            st.tuples(st.just("late"), st.integers(-5_000, 5_000)),
            st.tuples(st.just("jump"), st.integers(-(10**7), 10**7)),
            st.tuples(st.just("pause"), st.integers(1, 40)),
            st.tuples(st.just("cut"), st.integers(0, 30)),
            st.tuples(st.just("step"), st.integers(-7200, 7200)),
        ),
        max_size=25,
    ),
    st.integers(2, 400),
)
def test_no_story_breaks_the_line_or_loses_a_frame(story: list[tuple[str, int]], gop: int) -> None:
    subject, notes, sent = line(), list[Note](), list[bytes]()
    wall, monotonic, pts, late = int(START), 0, 5_000_000, 0
    for what, amount in story:
        if what == "frames":
            for _ in range(amount):
                data = frame_bytes(len(sent), 8)
                arrived = UtcNs(max(0, wall + late))
                notes += subject.unit(AccessUnit(pts, len(sent) % gop == 0, data, arrived))
                sent.append(data)
                pts += FRAME_90K
                wall += FRAME_NS
                monotonic += FRAME_NS
        elif what == "late":
            late = amount * 1_000_000
        elif what == "jump":
            pts += amount
        elif what == "pause":
            for _ in range(amount):
                wall += SECOND_NS
                monotonic += SECOND_NS
                notes += subject.tick(UtcNs(wall), monotonic)
        elif what == "cut":
            notes += subject.interrupt(GapCause.NETWORK, "cut", UtcNs(wall))
            wall += amount * SECOND_NS
            monotonic += amount * SECOND_NS
        else:
            wall += amount * SECOND_NS
            notes += subject.tick(UtcNs(wall), monotonic)
    notes += subject.stop(UtcNs(wall))
    assert_unbroken(notes)
    assert samples_of(fragments(notes)) == sent
    ends = [(one.pts0_90k, one.pts0_90k + one.duration_90k) for one in fragments(notes)]
    assert all(before[1] <= after[0] for before, after in pairwise(ends))


@pytest.mark.parametrize("audio_first", [True, False])
def test_frames_before_a_configuration_are_counted_not_guessed(audio_first: bool) -> None:
    subject = Fragmenter(STREAM, START, GapCause.NO_VIDEO, "start")
    assert subject.unit(AccessUnit(0, True, b"x", START, audio=audio_first)) == []
    subject.config(CONFIG)
    notes: list[Note] = []
    for number in range(120):
        notes += subject.unit(unit(number))
    assert fragments(notes)[0].lost == 1
