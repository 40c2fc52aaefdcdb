"""How the installation stands: each alarm is told at its threshold and not before, and nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mingjian.governance.health import (
    CAP_REMEMBERED_NS,
    DUTIES,
    EXPIRED,
    KEEPER_SPEAKS,
    PREVIEWS_SPEAK,
    RECORDER_ANSWERS,
    SCRUB_SPEAKS,
    WITNESSED,
    Finding,
    Limits,
    Part,
    Standing,
    Word,
    findings,
)
from mingjian.governance.readings import (
    ClockSaid,
    Duty,
    KeeperSaid,
    OverloadSaid,
    PreviewsSaid,
    Problem,
    Readings,
    RecorderSaid,
    Room,
    ScrubSaid,
    Transcoding,
    WitnessSaid,
)
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError

NOW = UtcNs(1_800_000_000 * SECOND_NS)
DAY_S = 86_400


def ago(ns: int) -> UtcNs:
    return UtcNs(NOW - ns)


def keeper(**changes: Any) -> KeeperSaid:
    well = KeeperSaid(
        at=NOW,
        started=ago(DAY_NS),
        duties={part: Duty(NOW) for part in DUTIES},
        size=12,
        witnesses=[WitnessSaid("w", 12, None, "")],
    )
    return replace(well, **changes)


def readings(**changes: Any) -> Readings:
    well = Readings(
        NOW,
        ago(DAY_NS),
        keeper=keeper(),
        recorders=[RecorderSaid(0, NOW), RecorderSaid(1, NOW)],
        overdue_s=-DAY_S,
        room=Room(fits=True, holds_s=40 * DAY_S, full_in_s=None, floor_s=30 * DAY_S),
        clock=ClockSaid(),
        scrub=ScrubSaid(NOW, 24.0 * DAY_S, 30.0 * DAY_S, 0.5),
        previews=PreviewsSaid(NOW, {"cpu_share": 0.1, "cpu_cap": 0.25, "shed": 3.0}, None),
        transcoding=Transcoding(0, 2, 0, None),
    )
    return replace(well, **changes)


def of(part: Part, found: list[Finding]) -> Finding:
    (one,) = [finding for finding in found if finding.part is part]
    return one


def said(part: Part, **changes: Any) -> tuple[Standing, Word]:
    found = of(part, findings(readings(**changes)))
    return found.standing, found.word


def test_where_all_is_well_every_part_is_met() -> None:
    found = findings(readings())
    assert {finding.part for finding in found} == set(Part)
    assert [finding for finding in found if finding.standing is not Standing.MET] == []
    assert [finding.name for finding in found if finding.part is Part.RECORDER] == ["0", "1"]
    assert of(Part.LEDGER, found).figures == {"size": 12}
    assert of(Part.PREVIEWS, found).figures["cpu_cap"] == 0.25


def test_a_clock_that_jumped_needs_action_at_once_and_says_who_is_awaited() -> None:
    """A volume laid out for the ceiling is full a day after expiry stopped."""
    for vouched, word in ((False, Word.CLOCK_FROZEN), (True, Word.CLOCK_VOUCHED)):
        told = of(Part.CLOCK, findings(readings(clock=ClockSaid(ago(1), 40.0 * DAY_S, vouched))))
        assert (told.standing, told.word, told.since) == (Standing.BREACHED, word, ago(1))
        assert told.figures == {"by_s": 40.0 * DAY_S}


def test_a_scrub_that_finds_something_or_is_too_slow_says_so() -> None:
    slow = of(Part.SCRUB, findings(readings(scrub=ScrubSaid(NOW, 40.0 * DAY_S, 30.0 * DAY_S, 0.2))))
    assert (slow.standing, slow.word, slow.figures["period_s"]) == (Standing.DUE_SOON, Word.SCRUB_SLOW, 40.0 * DAY_S)
    rot = ScrubSaid(NOW, 24.0 * DAY_S, 30.0 * DAY_S, 0.2, 3, ago(9), Problem("scrub.differs", "x"))
    told = of(Part.SCRUB, findings(readings(scrub=rot)))
    assert (told.standing, told.word, told.since) == (Standing.BREACHED, Word.SCRUB_FOUND, ago(9))
    assert told.figures["found"] == 3.0
    assert of(Part.SCRUB, findings(readings(scrub=replace(rot, at=ago(2 * DAY_NS))))).word is Word.SCRUB_FOUND


def test_of_what_was_never_heard_nothing_is_claimed_until_it_should_have_spoken() -> None:
    fresh = Readings(NOW, NOW, recorders=[RecorderSaid(0, None)])
    assert {finding.standing for finding in findings(fresh)} - {Standing.NOT_MEASURED} == {Standing.MET}
    met = {finding.part for finding in findings(fresh) if finding.standing is Standing.MET}
    assert met == {Part.VOLUMES}
    late = {f.part: f.word for f in findings(replace(fresh, up=ago(DAY_NS + 1))) if f.standing is Standing.BREACHED}
    assert late == {
        Part.KEEPER: Word.KEEPER_SILENT,
        Part.RECORDER: Word.RECORDER_SILENT,
        Part.PREVIEWS: Word.PREVIEWS_SILENT,
        Part.SCRUB: Word.SCRUB_SILENT,
    }


@pytest.mark.parametrize(
    ("part", "limits", "change"),
    [
        (Part.KEEPER, KEEPER_SPEAKS, lambda at: {"keeper": keeper(at=at)}),
        (Part.RECORDER, RECORDER_ANSWERS, lambda at: {"recorders": [RecorderSaid(0, at)]}),
        (Part.PREVIEWS, PREVIEWS_SPEAK, lambda at: {"previews": PreviewsSaid(at, {}, None)}),
        (Part.SCRUB, SCRUB_SPEAKS, lambda at: {"scrub": ScrubSaid(at)}),
        (Part.WITNESS, WITNESSED, lambda at: {"keeper": keeper(witnesses=[WitnessSaid("w", 1, at, "x")])}),
        (Part.CATALOGUE, DUTIES[Part.CATALOGUE], lambda at: duty(Part.CATALOGUE, Duty(at))),
        (Part.LEDGER, DUTIES[Part.LEDGER], lambda at: duty(Part.LEDGER, Duty(at))),
        (Part.HEADS, DUTIES[Part.HEADS], lambda at: duty(Part.HEADS, Duty(at))),
        (Part.HOUSE, DUTIES[Part.HOUSE], lambda at: duty(Part.HOUSE, Duty(at))),
    ],
)
def test_silence_is_due_soon_and_breached_at_its_limits(part: Part, limits: Limits, change: Any) -> None:
    def standing(age_ns: int) -> Standing:
        return said(part, **change(ago(age_ns)))[0]

    assert standing(limits.soon_ns) is Standing.MET
    assert standing(limits.soon_ns + 1) is Standing.DUE_SOON
    assert standing(limits.breached_ns) is Standing.DUE_SOON
    assert standing(limits.breached_ns + 1) is Standing.BREACHED
    since = of(part, findings(readings(**change(ago(limits.breached_ns + 1))))).since
    assert since == ago(limits.breached_ns + 1)


def duty(part: Part, how: Duty) -> dict[str, Any]:
    return {"keeper": keeper(duties={**keeper().duties, part: how})}


def test_a_dead_keeper_is_said_once_and_what_it_knew_is_no_longer_claimed() -> None:
    found = findings(readings(keeper=keeper(at=ago(KEEPER_SPEAKS.breached_ns + 1))))
    assert of(Part.KEEPER, found).standing is Standing.BREACHED
    assert {of(part, found).standing for part in (*DUTIES, Part.WITNESS)} == {Standing.NOT_MEASURED}


def test_a_failing_duty_is_due_soon_with_its_words_and_breached_when_it_lasts() -> None:
    problem = Problem("volume.unmarked", "存储卷没有标识")
    fresh = Duty(ago(SECOND_NS), ago(SECOND_NS), problem)
    found = of(Part.CATALOGUE, findings(readings(**duty(Part.CATALOGUE, fresh))))
    assert (found.standing, found.word, found.problem) == (Standing.DUE_SOON, Word.DUTY_FAILING, problem)
    assert found.since == ago(SECOND_NS)
    lasting = replace(fresh, done=ago(DUTIES[Part.CATALOGUE].breached_ns + 1))
    assert said(Part.CATALOGUE, **duty(Part.CATALOGUE, lasting))[0] is Standing.BREACHED


def test_a_long_export_is_not_late_but_a_failing_one_is_told() -> None:
    assert said(Part.EXPORTS, **duty(Part.EXPORTS, Duty(ago(DAY_NS)))) == (Standing.MET, Word.OK)
    failing = Duty(NOW, NOW, Problem("export.process", "x"))
    assert said(Part.EXPORTS, **duty(Part.EXPORTS, failing)) == (Standing.DUE_SOON, Word.DUTY_FAILING)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("ledger.forked", Word.LEDGER_FORKED),
        ("ledger.tile-changed", Word.LEDGER_FORKED),
        ("ledger.rolled-back", Word.LEDGER_ROLLED_BACK),
        ("ledger.foreign-checkpoint", Word.LEDGER_FOREIGN),
    ],
)
def test_a_history_in_doubt_is_a_breach_at_once(code: str, word: Word) -> None:
    problem = Problem.of(LocalError(code, "x", text_en="x"))
    assert said(Part.LEDGER, **duty(Part.LEDGER, Duty(NOW, NOW, problem))) == (Standing.BREACHED, word)
    silent = keeper(at=ago(DAY_NS), duties={Part.LEDGER: Duty(NOW, NOW, problem)})
    assert said(Part.LEDGER, keeper=silent) == (Standing.BREACHED, word)


def test_a_witness_that_contradicts_is_a_breach_at_once_and_none_is_a_choice() -> None:
    contradicts = keeper(witnesses=[WitnessSaid("w", 12, NOW, "witness.contradicts")])
    assert said(Part.WITNESS, keeper=contradicts) == (Standing.BREACHED, Word.WITNESS_CONTRADICTS)
    assert said(Part.WITNESS, keeper=keeper(witnesses=[])) == (Standing.NOT_MEASURED, Word.WITNESS_NONE)
    assert said(Part.WITNESS, keeper=keeper(witnesses=None)) == (Standing.NOT_MEASURED, Word.NOT_MEASURED)


def test_a_failing_expiry_is_told_while_it_records_and_is_a_breach_after_a_day() -> None:
    def failing(since: int, overdue_s: float) -> tuple[Standing, Word]:
        recorders = [RecorderSaid(0, NOW), RecorderSaid(1, NOW, ago(since), Problem("errno.5", "x"))]
        return said(Part.EXPIRY, recorders=recorders, overdue_s=overdue_s)

    assert failing(0, -1) == (Standing.DUE_SOON, Word.EXPIRY_FAILING)
    assert failing(EXPIRED.breached_ns + 1, -1) == (Standing.BREACHED, Word.EXPIRY_FAILING)
    assert failing(0, DAY_S + 1) == (Standing.BREACHED, Word.EXPIRY_FAILING)  # after a restart of the recorder


def test_footage_past_its_ceiling_is_told_even_where_nothing_failed() -> None:
    assert said(Part.EXPIRY, overdue_s=3600) == (Standing.MET, Word.OK)
    assert said(Part.EXPIRY, overdue_s=3601) == (Standing.DUE_SOON, Word.EXPIRY_LATE)
    assert said(Part.EXPIRY, overdue_s=None) == (Standing.NOT_MEASURED, Word.NOT_MEASURED)


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (Room(False, 40 * DAY_S, 9 * DAY_S, 30 * DAY_S), (Standing.DUE_SOON, Word.ROOM_FILLING)),
        (Room(False, 20 * DAY_S, 2 * DAY_S, 30 * DAY_S), (Standing.DUE_SOON, Word.ROOM_SHORT)),
        (Room(False, 20 * DAY_S, 0, 30 * DAY_S), (Standing.BREACHED, Word.ROOM_FULL)),
        (None, (Standing.NOT_MEASURED, Word.NOT_MEASURED)),
    ],
)
def test_the_forecast_is_a_mark(room: Room | None, expected: tuple[Standing, Word]) -> None:
    assert said(Part.ROOM, room=room) == expected


def test_shed_previews_a_reached_cap_and_unreadable_volumes_are_told() -> None:
    shedding = PreviewsSaid(NOW, {"shed": 9.0}, ago(SECOND_NS))
    found = of(Part.PREVIEWS, findings(readings(previews=shedding)))
    assert (found.standing, found.word, found.since) == (Standing.DUE_SOON, Word.PREVIEWS_SHEDDING, ago(SECOND_NS))
    refused = Transcoding(2, 2, 1, ago(CAP_REMEMBERED_NS))
    assert said(Part.TRANSCODING, transcoding=refused) == (Standing.DUE_SOON, Word.TRANSCODING_FULL)
    forgotten = replace(refused, last_refused=ago(CAP_REMEMBERED_NS + 1))
    assert said(Part.TRANSCODING, transcoding=forgotten) == (Standing.MET, Word.OK)
    assert said(Part.VOLUMES, volumes=Problem("volume.missing", "x")) == (Standing.BREACHED, Word.VOLUMES_FAILING)


def test_what_a_recorder_met_when_it_wrote_is_told_unless_the_volume_cannot_even_be_opened() -> None:
    full, missing = Problem("volume.full", "x"), Problem("volume.missing", "x")
    recorders = [RecorderSaid(0, NOW), RecorderSaid(1, NOW, volumes={"/v1": full})]
    found = of(Part.VOLUMES, findings(readings(recorders=recorders)))
    assert (found.standing, found.word, found.problem) == (Standing.BREACHED, Word.VOLUMES_FAILING, full)
    assert of(Part.VOLUMES, findings(readings(recorders=recorders, volumes=missing))).problem == missing


def test_a_failure_of_others_is_told_by_its_kind_and_never_with_a_path() -> None:
    assert Problem.of(OSError(28, "No space left on device", "/srv/secret")) == Problem(
        "errno.28", "No space left on device", "No space left on device"
    )
    assert Problem.of(ValueError("/srv/secret")) == Problem("unexpected.ValueError", "")
    ours = LocalError("a.b", "中", text_en="en", remedy="补", remedy_en="mend")
    assert Problem.of(ours) == Problem("a.b", "中", "en", "补", "mend")


@pytest.mark.parametrize(
    ("mains", "told"),
    [(0, (Standing.DUE_SOON, Word.RECORDER_SHEDDING)), (3, (Standing.BREACHED, Word.RECORDER_OVERLOADED))],
)
def test_a_recorder_that_sheds_is_told_and_one_that_leaves_cameras_out_is_a_breach(
    mains: int, told: tuple[Standing, Word]
) -> None:
    shed = OverloadSaid(ago(SECOND_NS), mains, 20)
    found = of(Part.RECORDER, findings(readings(recorders=[RecorderSaid(0, NOW, overload=shed)])))
    assert ((found.standing, found.word), found.since) == (told, shed.since)
    assert found.figures == {"shed": mains, "cameras": 20}
    silent = RecorderSaid(0, ago(RECORDER_ANSWERS.breached_ns + 1), overload=shed)
    assert said(Part.RECORDER, recorders=[silent]) == (Standing.BREACHED, Word.RECORDER_SILENT)
