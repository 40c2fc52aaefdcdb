"""What keeper and previews say of themselves reaches a reader whole, and a witness's silence outlives a restart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mingjian.adapters.witnessing import WitnessStanding
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.reports import (
    KEEPER_FILE,
    KeeperReport,
    read_keeper,
    read_previews,
    write_previews,
)
from mingjian.governance.readings import Duty, PreviewsSaid, Problem, WitnessSaid
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError
from mingjian.processing.preview_budget import PreviewStatistics

T0 = UtcNs(1_800_000_000 * SECOND_NS)
ROOT = bytes(32)


def at(seconds: int) -> UtcNs:
    return UtcNs(T0 + seconds * SECOND_NS)


@pytest.fixture
def places(tmp_path: Path) -> DataDirectory:
    found = DataDirectory(tmp_path)
    found.create()
    return found


def standing(size: int, since: UtcNs | None, problem: str = "") -> WitnessStanding:
    return WitnessStanding("w", size, since, problem)


UNMARKED = LocalError(
    "volume.unmarked", "没有标识", text_en="It is not marked", remedy="检查磁盘", remedy_en="Check the disk"
)


def test_each_word_of_the_keeper_is_read_as_it_was_written(places: DataDirectory) -> None:
    report = KeeperReport(places, T0)
    report.published(7, ROOT, [standing(7, None)])
    report.done("ledger", at(1))
    report.failed("catalogue", at(2), UNMARKED)
    report.failed("catalogue", at(9), UNMARKED)
    said = read_keeper(places)
    assert said is not None
    problem = Problem.of(UNMARKED)
    assert said.duties == {"ledger": Duty(at(1)), "catalogue": Duty(None, at(2), problem)}
    assert (said.at, said.started, said.size, said.root) == (at(9), T0, 7, ROOT.hex())
    assert said.witnesses == [WitnessSaid("w", 7, None, "")]
    report.done("catalogue", at(10))
    after = read_keeper(places)
    assert after is not None
    assert after.duties["catalogue"] == Duty(at(10))


def test_a_witness_is_silent_since_its_last_line_whatever_restarted_meanwhile(places: DataDirectory) -> None:
    first = KeeperReport(places, T0)
    first.published(7, ROOT, [standing(5, at(1), "witness.unreachable")])
    first.done("ledger", at(2))
    again = KeeperReport(places, at(100))
    again.failed("ledger", at(101), LocalError("ledger.forked", "x", text_en="x"))
    known = read_keeper(places)
    assert known is not None
    assert known.witnesses == [WitnessSaid("w", 5, at(1), "witness.unreachable")]
    again.published(9, ROOT, [standing(0, at(102), "witness.unreachable")])
    again.done("ledger", at(103))
    still = read_keeper(places)
    assert still is not None
    assert still.witnesses == [WitnessSaid("w", 0, at(1), "witness.unreachable")]
    again.published(9, ROOT, [standing(9, None)])
    again.published(10, ROOT, [standing(9, at(110), "witness.unreachable")])
    again.done("ledger", at(111))
    anew = read_keeper(places)
    assert anew is not None
    assert anew.witnesses == [WitnessSaid("w", 9, at(110), "witness.unreachable")]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"at": 1', '{"at": "x", "started": 1, "duties": {}}', "null"])
def test_what_is_no_report_reads_as_nothing_heard(places: DataDirectory, content: str) -> None:
    assert read_keeper(places) is None
    (places.run / KEEPER_FILE).write_text(content)
    assert read_keeper(places) is None
    KeeperReport(places, T0).done("house", at(1))
    assert read_keeper(places) is not None


def test_the_account_of_previews_holds_share_cap_and_what_is_shed(places: DataDirectory) -> None:
    assert read_previews(places) is None
    statistics = PreviewStatistics(10, 3, 1, 0.2, 0.25, at(5), 2)
    write_previews(places, at(9), statistics)
    figures = {"cpu_share": 0.2, "cpu_cap": 0.25, "made": 10.0, "shed": 3.0, "failed": 1.0, "shedding_count": 2.0}
    assert read_previews(places) == PreviewsSaid(at(9), figures, at(5))
    write_previews(places, at(11), replace(statistics, shedding=None))
    calm = read_previews(places)
    assert calm is not None
    assert calm.shedding is None
