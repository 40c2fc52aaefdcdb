"""The fifteen mutants that the suite must catch: each is one wrong part in an otherwise real house.

Other tests catch some of them too: `test_storage_crash`, `test_storage_kill`, `test_power_cut`, `test_web_views`.

| mutant | what is wrong | seen by |
|---|---|---|
| mutant_drop_fdatasync | fdatasync returns without doing anything | I1 |
| mutant_drop_directory_fsync | names of new files are never synced | I1 |
| mutant_ack_before_commit | "recorded" when the bytes are only written | I1 |
| mutant_commit_before_file_sync | the chain entry lasts before the bytes it names | I1 |
| mutant_synchronous_off | the database's commits wait for no disk (1) | I6 |
| mutant_retry_fsync_after_eio | an fdatasync that failed is tried again and believed | I1 |
| mutant_unlink_orphan_at_start | a start removes what no entry names | I3 |
| mutant_lease_on_wall_clock | timers run on the wall clock (2) | I13 |
| mutant_skip_epoch_check | a second writer of a stream is let in (3) | I1, I8 |
| mutant_expiry_by_file_mtime | footage is as old as its file says | I2 |
| mutant_gap_only_on_clean_reconnect | what a crash left out is in no gap | I4 |
| mutant_ledger_entry_after_response | bytes leave first, their entry is committed afterwards (4) | I5 |
| mutant_tile_overwritten_in_place | ledger files are written where readers read | I6 |
| mutant_hold_checked_only_in_the_screens | expiry knows of no holds (5) | I2 |
| mutant_head_from_the_file | the ledger takes as head what stands in a chain file, synced or not | I1 |

(1) SQLite with `synchronous=OFF`; PostgreSQL's `synchronous_commit` is not run here. (2) There are no leases before
there are several machines; what they will be judged by, monotonic time, drives every timer today. (3) The catalogue of
several machines comes later; today one lock a volume keeps a stream to one writer and one line of epochs. (4) The run's
own viewing; that the product commits its entry before a Grant exists, and sends nothing without one, is test_web_views'
and test_web_media's. (5) Who may set a hold comes later; the rule is the storage room's already.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from mingjian.adapters.database import open_engine
from mingjian.adapters.tiles import FileTiles
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.media import GapCause
from mingjian.storage.commit import Committer
from mingjian.storage.expiry import ClockStep, Expired, Expiry, HeldContainer, Holds, expire_note, no_holds
from mingjian.storage.journal import Acknowledged, Journal, Plan
from mingjian.storage.ports import Catalogue, Handle, Head, HeadMemory
from mingjian.storage.recovery import chain_files
from simulation.disk import SimDisk
from simulation.ledger_side import Template
from simulation.parts import REAL, Parts
from simulation.runs import run, template
from simulation.world import Plan as Scenario

MOST_SEEDS = 25


class OtherDisk:
    """The run's disk, but for what a mutant does otherwise."""

    def __init__(self, disk: SimDisk) -> None:
        self._disk = disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._disk, name)


class DropsFdatasync(OtherDisk):
    def fdatasync(self, handle: Handle) -> None:
        pass


class DropsDirectorySync(OtherDisk):
    def fsync_directory(self, path: str) -> None:
        pass


class RetriesFsync(OtherDisk):
    def fdatasync(self, handle: Handle) -> None:
        for _ in range(5):
            with contextlib.suppress(OSError):
                return self._disk.fdatasync(handle)
        return self._disk.fdatasync(handle)


class UnlinksOrphans(OtherDisk):
    def rename(self, source: str, target: str) -> None:
        self._disk.unlink(source)


class LetsSecondWriterIn(OtherDisk):
    def lock(self, path: str) -> Handle:
        self._disk.locks.pop(path, None)
        return self._disk.lock(path)

    def guards(self, lock: Handle, path: str) -> bool:
        return True


class AcknowledgesBeforeCommit(Committer):
    def _sync_media(self, journal: Journal, plan: Plan) -> None:
        assert plan.state is not None
        journal.acknowledged(journal.stream, plan.state.t1, plan.state.seq)
        super()._sync_media(journal, plan)


class CommitsBeforeFileSync(Committer):
    def _write(self, plans: list[tuple[Journal, Plan]]) -> list[tuple[Journal, Plan]]:
        for step in (self._append_chain, self._sync_chain, self._append_media, self._sync_media):
            plans = self._each(plans, step)
        return plans


class ForgetsTheCrash(Committer):
    def open_stream(self, stream: str, acknowledged: Acknowledged) -> Any:
        opened = super().open_stream(stream, acknowledged)
        crashed = opened.cause is GapCause.RECORDER_CRASH
        return replace(opened, accounted=self._clock.now()) if crashed else opened


class ExpiresByMtime(Expiry):
    def once(
        self,
        streams: Sequence[StreamId],
        now: UtcNs,
        holds: Holds = no_holds,
        confirmed: Sequence[ClockStep] = (),
    ) -> list[Expired]:
        for stream in streams:
            for held in self._files_of(stream):
                path = self.volume.path(held.path)
                if now - self.disk.files[path].written_ns >= self.volume.identity.ceiling_ns:
                    self.writer.write(stream, [expire_note(self.volume, held, now)])
                    self.disk.unlink(path)
        return []

    def _files_of(self, stream: StreamId) -> Iterator[HeldContainer]:
        for files, day in self._days_of(stream):
            yield from self._held(stream, files, day)

    def _days_of(self, stream: StreamId) -> Iterator[tuple[Any, str]]:
        files = chain_files(self.disk, [self.volume], stream)
        for day in sorted({file.name.day for file in files}):
            yield files, day


class KnowsNoHolds(Expiry):
    def once(
        self,
        streams: Sequence[StreamId],
        now: UtcNs,
        holds: Holds = no_holds,
        confirmed: Sequence[ClockStep] = (),
    ) -> list[Expired]:
        return super().once(streams, now, no_holds, confirmed)


@dataclass
class WallClockOnly:
    """A clock whose timers follow the wall."""

    clock: Any

    def now(self) -> UtcNs:
        return UtcNs(self.clock.now())

    def monotonic_ns(self) -> int:
        return int(self.clock.now())


class WritesInPlace(FileTiles):
    def _write(self, contents: Mapping[Path, bytes]) -> None:
        self._files.write_all(contents)
        for folder in {path.parent for path in contents}:
            self._files.sync_directory(folder)


def synchronous_off(url: str) -> Engine:
    engine = open_engine(url)
    event.listen(engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))
    return engine


def answers_first(enter: Callable[[], int], serve: Callable[[int], None]) -> None:
    serve(1 << 40)
    enter()


def heads_in_files(memory: HeadMemory, catalogue: Catalogue) -> Mapping[StreamId, Head]:
    """As far as the chains could be read, by whoever reads them."""
    tails = sorted(catalogue.tails(), key=lambda row: (row.epoch, row.seq))
    return {row.stream: Head(row.epoch, (row.epoch, row.seq), row.head, row.t1, clean=False) for row in tails}


HASTY = Scenario(faults=("sync-error", "power"), month=0.0)
CUTS = Scenario(faults=("power",), month=0.0)
MUTANTS: dict[str, tuple[Parts, Scenario, set[str]]] = {
    "mutant_drop_fdatasync": (Parts(disk=DropsFdatasync), CUTS, {"I1"}),
    "mutant_drop_directory_fsync": (Parts(disk=DropsDirectorySync), CUTS, {"I1"}),
    "mutant_ack_before_commit": (Parts(committer=AcknowledgesBeforeCommit), CUTS, {"I1"}),
    "mutant_commit_before_file_sync": (Parts(committer=CommitsBeforeFileSync), CUTS, {"I1"}),
    "mutant_synchronous_off": (Parts(engine=synchronous_off), CUTS, {"I6"}),
    "mutant_retry_fsync_after_eio": (
        Parts(disk=RetriesFsync),
        Scenario(faults=("sync-error", "sync-error", "power"), month=0.0),
        {"I1"},
    ),
    "mutant_unlink_orphan_at_start": (Parts(disk=UnlinksOrphans), CUTS, {"I3"}),
    "mutant_lease_on_wall_clock": (
        Parts(clock=WallClockOnly),
        Scenario(faults=("clock-forward", "clock-little"), month=0.0),
        {"I13"},
    ),
    "mutant_skip_epoch_check": (
        Parts(disk=LetsSecondWriterIn),
        Scenario(faults=("second-writer",), month=0.0),
        {"I1", "I8"},
    ),
    "mutant_expiry_by_file_mtime": (
        Parts(expiry=ExpiresByMtime),
        Scenario(faults=("clock-forward",), month=0.0, spell_s=90),
        {"I2"},
    ),
    "mutant_gap_only_on_clean_reconnect": (
        Parts(committer=ForgetsTheCrash),
        Scenario(faults=("kill", "power"), month=0.0),
        {"I4"},
    ),
    "mutant_ledger_entry_after_response": (Parts(registers=answers_first), Scenario(faults=("camera",)), {"I5"}),
    "mutant_tile_overwritten_in_place": (
        Parts(tiles=WritesInPlace),
        Scenario(faults=("power",), month=0.0, dies_at="tile write /ledger/checkpoint"),
        {"I6"},
    ),
    "mutant_hold_checked_only_in_the_screens": (
        Parts(expiry=KnowsNoHolds),
        Scenario(faults=("hold",), month=1.0),
        {"I2"},
    ),
    "mutant_head_from_the_file": (Parts(heads=heads_in_files), HASTY, {"I1"}),
}


@pytest.fixture(scope="module")
def made() -> Iterator[Template]:
    with template() as found:
        yield found


@pytest.mark.parametrize("name", MUTANTS)
def test_the_mutant_is_caught(made: Template, name: str) -> None:
    """By an invariant that it breaks, in a life that the real part survives."""
    parts, scenario, broken = MUTANTS[name]
    for seed in range(MOST_SEEDS):
        found = {finding.invariant for finding in run(seed, made, parts, scenario).findings}
        if found & broken:
            assert run(seed, made, REAL, scenario).findings == []
            return
    pytest.fail(f"no seed of {MOST_SEEDS} noticed {name}")


def test_all_fifteen_are_there_and_told() -> None:
    assert len(MUTANTS) == 15
    assert __doc__ is not None
    assert [line.split("|")[1].strip() for line in __doc__.splitlines() if line.startswith("| mutant_")] == list(
        MUTANTS
    )
