"""The catalogue can be thrown away: read anew, in whatever order the volumes come, it says what it said before."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.display.timeline import timeline
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.storage.expiry import Expiry
from mingjian.storage.ports import DayRow
from mingjian.storage.tailer import DAYS_A_PASS, Seen, tail_once
from mingjian.storage.volume import Volume, create
from storage_world import SIGNER, STREAM, FakeDisk, House, identity


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Footage that spilled to a second volume; the oldest on the first has expired, told in the second one's chain."""
    disk = FakeDisk()
    volumes = [
        create(disk, "/home", identity("home", max_bytes=200_000), SIGNER),
        create(disk, "/another", identity("another"), SIGNER),
    ]
    made = House(disk, tmp_path / "c.sqlite", volumes=volumes)
    recorder = made.open()
    made.feed(recorder, 80)
    made.tail()
    recorder.on_interrupted(GapCause.NETWORK, "reset", made.clock.now())
    made.clock.advance(1700)
    recorder.tick()
    made.feed(recorder, 700)
    made.tail()
    made.clock.advance(40)
    expired = Expiry(disk, volumes[0], made.committer).once([STREAM], made.clock.now())
    assert expired, "it is about something"
    recorder.close()
    made.tail()
    yield made
    made.catalogue.close()


def content(house: House, catalogue: SqliteCatalogue) -> tuple[object, ...]:
    """What readers see of it."""
    everything = Period(UtcNs(0), UtcNs(house.clock.now() + SECOND_NS))
    days = [(row.day, row.bits, row.gaps) for row in catalogue.days(STREAM, "00000000", "99999999")]
    return list(catalogue.containers(STREAM, everything)), days, list(catalogue.tails())


def anew(house: House, path: Path, turns: Sequence[Sequence[Volume]]) -> SqliteCatalogue:
    catalogue, seen = SqliteCatalogue(path), Seen()
    for volumes in turns:
        while tail_once(house.disk, volumes, catalogue, seen) or seen.behind:
            pass
    return catalogue


def test_made_anew_it_is_the_same_in_whatever_order_the_volumes_come(house: House, tmp_path: Path) -> None:
    before = content(house, house.catalogue)
    home, another = house.volumes
    turns = [[[home, another]], [[another, home]], [[home], [home, another]], [[another], [another, home]]]
    for number, turn in enumerate(turns):
        catalogue = anew(house, tmp_path / f"{number}.sqlite", turn)
        assert content(house, catalogue) == before, number
        catalogue.close()


def test_living_chains_are_read_before_old_ones_and_the_rest_in_later_passes(house: House, tmp_path: Path) -> None:
    for _ in range(4):  # more epochs: closed files
        house.restart()
        recorder = house.open()
        house.feed(recorder, 20)
        recorder.close()
    house.tail()
    catalogue, seen = SqliteCatalogue(tmp_path / "anew.sqlite"), Seen()
    passes = itertools.count(1)
    (head,) = tail_once(house.disk, house.volumes, catalogue, seen, pass_bytes=1)
    assert (head.epoch, head.seq) == max((row.epoch, row.seq) for row in house.catalogue.tails())
    assert seen.behind
    while seen.behind:
        tail_once(house.disk, house.volumes, catalogue, seen, pass_bytes=1)
        next(passes)
    assert next(passes) > 3
    assert content(house, catalogue) == content(house, house.catalogue)
    catalogue.close()


def test_a_volume_that_cannot_be_read_is_told_and_stops_no_other(house: House, tmp_path: Path) -> None:
    before = content(house, house.catalogue)

    def broken(operation: str, path: str) -> None:
        if operation == "read" and path.startswith("/home/"):
            raise OSError(errno.EIO, "broken")

    house.disk.before = broken
    catalogue, seen, told = SqliteCatalogue(tmp_path / "anew.sqlite"), Seen(), set[str]()
    for _ in range(3):
        tail_once(house.disk, house.volumes, catalogue, seen, on_failure=lambda volume, error: told.add(volume.id))
    assert told == {"home"}
    assert {row.volume for row in catalogue.tails()} == {"another"}
    with pytest.raises(OSError, match="broken"):
        tail_once(house.disk, house.volumes, catalogue, seen)
    house.disk.before = lambda operation, path: None
    while tail_once(house.disk, house.volumes, catalogue, seen) or seen.behind:
        pass
    assert content(house, catalogue) == before
    catalogue.close()


class CountingCatalogue(SqliteCatalogue):
    """Counts the questions for days."""

    asked = 0

    def days(self, stream: StreamId, first: str, last: str) -> Sequence[DayRow]:
        self.asked += 1
        return super().days(stream, first, last)


def test_a_gap_of_decades_costs_a_bounded_number_of_rows_and_questions_and_is_drawn_on_every_day(
    tmp_path: Path,
) -> None:
    house = House(FakeDisk(), tmp_path / "c.sqlite")
    house.feed(house.open(), 20)
    began = house.clock.now()
    house.restart()
    house.clock.advance(50 * 365 * 86_400)
    house.feed(house.open(), 20)
    catalogue, seen = CountingCatalogue(tmp_path / "counting.sqlite"), Seen()
    while tail_once(house.disk, house.volumes, catalogue, seen) or seen.behind:
        pass
    assert catalogue.asked < 20
    rows = catalogue.days(STREAM, "00000000", "99999999")
    assert DAYS_A_PASS <= len(rows) <= DAYS_A_PASS + 3
    assert rows[0].bits
    assert rows[-1].bits
    whole = Period(began, house.clock.now())
    years = 4 * 365
    for day in timeline(rows, Period(began, UtcNs(began + years * DAY_NS)), 1000, whole):
        assert [cause for _, _, cause in day.gaps] == ["recorder-crash"], day.day
    catalogue.close()
    house.catalogue.close()
