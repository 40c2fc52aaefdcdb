"""What a catalogue promises; the SQLite one is the only one so far."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.audit.chain import Gap
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.storage.coverage import day_start, joined_runs, with_recorded
from mingjian.storage.ports import (
    Catalogue,
    CatalogueAway,
    CatalogueBatch,
    CatalogueDamaged,
    ContainerRow,
    DayRow,
    TailRow,
)

START = day_start("20260101")
CAMERA = StreamId("cam-1")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = SqliteCatalogue(tmp_path / "catalogue.sqlite")
    yield made
    made.close()


def container(number: int, stream: StreamId = CAMERA) -> ContainerRow:
    t0 = UtcNs(START + number * 600 * SECOND_NS)
    path = f"{stream}/{number}.mp4"
    return ContainerRow(
        *("v", stream, path, 0, number * 150, number * 150 + 149, t0, UtcNs(t0 + 600 * SECOND_NS)),
        *(300 << 20, 800, 15_000, f"{stream}/chain/x.jsonl", number * 60_000, number * 60_000 + 60_000),
    )


def test_rows_come_back_as_they_were_and_replace_their_like(catalogue: Catalogue) -> None:
    row = container(3)
    catalogue.apply(CatalogueBatch(containers=[row]))
    catalogue.apply(CatalogueBatch(containers=[replace(row, last_seq=999)]))
    assert catalogue.container("v", row.path) == replace(row, last_seq=999)
    assert catalogue.container("v", "other") is None


def test_containers_are_those_that_overlap(catalogue: Catalogue) -> None:
    catalogue.apply(CatalogueBatch(containers=[container(number) for number in range(6)]))
    period = Period(UtcNs(START + 1200 * SECOND_NS), UtcNs(START + 1801 * SECOND_NS))
    assert [row.path for row in catalogue.containers(CAMERA, period)] == ["cam-1/2.mp4", "cam-1/3.mp4"]
    assert catalogue.containers(StreamId("cam-2"), period) == []


def test_what_expired_is_no_longer_found(catalogue: Catalogue) -> None:
    catalogue.apply(CatalogueBatch(containers=[container(0), container(1)]))
    catalogue.apply(CatalogueBatch(containers=[replace(container(0), expired=True)]))
    assert [row.path for row in catalogue.containers(CAMERA, Period(START, UtcNs(START + DAY_NS)))] == ["cam-1/1.mp4"]
    assert (catalogue.oldest(CAMERA), catalogue.newest(CAMERA)) == (START + 600 * SECOND_NS, START + 1200 * SECOND_NS)
    assert catalogue.newest(StreamId("unknown")) is None
    found = catalogue.container("v", "cam-1/0.mp4")
    assert found is not None
    assert found.expired


def test_tails_and_streams(catalogue: Catalogue) -> None:
    rows = [TailRow("v", f"{name}/chain/1.jsonl", StreamId(name), 0, 10, 1, "ab", START) for name in ("a", "b")]
    catalogue.apply(CatalogueBatch(tails=rows))
    assert list(catalogue.tails()) == rows
    assert list(catalogue.tails(StreamId("b"))) == rows[1:]
    assert list(catalogue.streams()) == ["a", "b"]


def test_days_keep_bits_and_gaps(catalogue: Catalogue) -> None:
    bits = with_recorded(0, START, Period(START, UtcNs(START + DAY_NS)))
    gap = Gap(Period(START, UtcNs(START + SECOND_NS)), "network", "断网")
    row = DayRow(CAMERA, "20260101", bits, (gap,), 12)
    catalogue.apply(CatalogueBatch(days=[row, DayRow(CAMERA, "20260102", 0, (), 0)]))
    assert list(catalogue.days(CAMERA, "20260101", "20260101")) == [row]


def test_corrupt_marks_are_kept(catalogue: Catalogue) -> None:
    catalogue.mark_corrupt("v", "x.mp4", 800, START)
    catalogue.mark_corrupt("v", "x.mp4", 800, START)
    assert catalogue.corrupt("v", ["x.mp4", "y.mp4"]) == {("x.mp4", 800)}
    assert catalogue.corrupt("w", ["x.mp4"]) == frozenset()


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[tuple[SqliteCatalogue, SqliteCatalogue, Path]]:
    """The keeper's catalogue with three containers and a mark, another process's, and the file."""
    path = tmp_path / "catalogue.sqlite"
    keeper, other = SqliteCatalogue(path), SqliteCatalogue(path, keeps=False)
    bits = with_recorded(0, START, Period(START, UtcNs(START + 1800 * SECOND_NS)))
    keeper.apply(
        CatalogueBatch([container(number) for number in range(3)], [DayRow(CAMERA, utc_day(START), bits, (), 1)])
    )
    keeper.mark_corrupt("v", "cam-1/1.mp4", 800, START)
    keeper.close()  # into the file itself, not beside it
    yield keeper, other, path
    keeper.close()
    other.close()


def test_a_process_that_does_not_keep_the_catalogue_waits_for_it_and_never_makes_one(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    other = SqliteCatalogue(path, keeps=False)
    with pytest.raises(CatalogueAway) as away:
        other.oldest(CAMERA)
    assert (away.value.code, list(tmp_path.iterdir())) == ("catalogue.rebuilding", [])
    assert away.value.remedy
    assert away.value.remedy_en
    keeper = SqliteCatalogue(path)
    keeper.apply(CatalogueBatch(containers=[container(0)]))
    assert other.oldest(CAMERA) == START
    other.close()
    keeper.close()


@pytest.mark.parametrize("damage", ["garbage", "pages", "content"])
def test_damage_is_told_to_the_keeper_who_sets_the_file_aside_and_the_others_follow(
    followed: tuple[SqliteCatalogue, SqliteCatalogue, Path], damage: str
) -> None:
    keeper, other, path = followed
    assert keeper.oldest(CAMERA) == other.oldest(CAMERA) == START
    keeper.close()
    other.close()
    if damage == "garbage":
        path.write_bytes(b"no database at all" * 500)
    elif damage == "pages":
        path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096))
    else:
        with contextlib.closing(sqlite3.connect(path)) as raw, raw:
            raw.execute("UPDATE camera_days SET bits = x'00'")
    before = path.read_bytes()
    with pytest.raises(CatalogueDamaged):
        other.days(CAMERA, "00000000", "99999999")
    assert keeper.file.reported()
    with pytest.raises(CatalogueDamaged):
        keeper.days(CAMERA, "00000000", "99999999")

    aside = keeper.set_aside(START)
    assert (aside.read_bytes() == before, keeper.file.kept()) == (True, [aside.name]), "renamed, and nothing else"
    assert not keeper.file.reported()
    assert keeper.oldest(CAMERA) is None
    keeper.apply(CatalogueBatch(containers=[container(7)]))
    assert other.oldest(CAMERA) == keeper.oldest(CAMERA) == container(7).t0, "without a restart"
    marks = {("cam-1/1.mp4", 800)} if damage == "content" else set()
    assert other.corrupt("v", ["cam-1/1.mp4"]) == marks, "marks are kept where they can be read"


def test_a_log_of_changes_that_was_cut_is_damage_and_not_a_passing_trouble(
    followed: tuple[SqliteCatalogue, SqliteCatalogue, Path],
) -> None:
    keeper, other, path = followed
    assert other.oldest(CAMERA) == START
    keeper.apply(CatalogueBatch(containers=[container(number) for number in range(3, 9)]))
    with contextlib.closing(SqliteCatalogue(path, keeps=False)) as third:
        for name in (path, path.with_name(f"{path.name}-wal")):
            name.write_bytes(b"no database at all" * 100)
        with pytest.raises(CatalogueDamaged):
            third.days(CAMERA, "00000000", "99999999")
    keeper.set_aside(START)
    keeper.apply(CatalogueBatch(containers=[container(7)]))
    assert other.oldest(CAMERA) == container(7).t0


def test_a_report_about_a_file_that_is_gone_does_not_harm_its_successor(
    followed: tuple[SqliteCatalogue, SqliteCatalogue, Path],
) -> None:
    keeper, other, _ = followed
    assert other.oldest(CAMERA) == START
    other.file.damaged("late")
    note = next(path for path in followed[2].parent.iterdir() if path.suffix == ".damaged")
    words = note.read_text()
    keeper.set_aside(START)
    keeper.apply(CatalogueBatch(containers=[container(7)]))
    note.write_text(words)
    assert not keeper.file.reported()
    assert not note.exists()


def test_the_keeper_notices_that_another_file_stands_in_its_place(
    followed: tuple[SqliteCatalogue, SqliteCatalogue, Path],
) -> None:
    keeper, other, path = followed
    assert keeper.oldest(CAMERA) == START
    assert not keeper.file.moved()
    path.rename(path.with_name("away"))
    assert keeper.file.moved()
    with pytest.raises(CatalogueAway):
        other.oldest(CAMERA)
    keeper.close()
    assert keeper.oldest(CAMERA) is None, "a new one"
    assert not keeper.file.moved()


def test_thirty_days_of_one_camera_among_others_are_its_own_and_whole(catalogue: Catalogue) -> None:
    pieces = [(at, at + 14_000) for at in range(0, 86_400, 14_400)]
    days = [utc_day(UtcNs(START + number * DAY_NS)) for number in range(30)]
    for camera in range(20):
        rows = []
        for day in days:
            bits, start = 0, day_start(day)
            for first, last in pieces:
                period = Period(UtcNs(start + first * SECOND_NS), UtcNs(start + last * SECOND_NS))
                bits = with_recorded(bits, start, period)
            gaps = tuple(
                Gap(
                    Period(UtcNs(start + last * SECOND_NS), UtcNs(start + (first + 14_400) * SECOND_NS)),
                    "network",
                    "reset",
                )
                for first, last in pieces
            )
            rows.append(DayRow(StreamId(f"cam-{camera}"), day, bits, gaps, 1))
        catalogue.apply(CatalogueBatch(days=rows))
    found = catalogue.days(StreamId("cam-15"), days[0], days[-1])
    runs = joined_runs(((row.day, row.bits) for row in found), Period(START, UtcNs(START + 30 * DAY_NS)))
    assert len(runs) == 180
