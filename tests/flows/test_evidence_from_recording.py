"""From recorded frames to a package that a stranger verifies, through the real store, ledger and builder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mingjian.adapters.database import open_engine, sqlite_url, writing
from mingjian.adapters.evidence import PublishedProofs, trust_anchors
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tables import ledger as _tables
from mingjian.adapters.tables import metadata
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.witnessing import Witnesses
from mingjian.audit import verify
from mingjian.audit.ledger import Actor, LedgerEntry
from mingjian.audit.note import VerifierKey
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.processing.package import NotYet, PackageBuild
from mingjian.processing.package_manifest import PackageRequest, StreamRequest
from mingjian.storage.tailer import HeadChange, tail_once
from storage_world import STREAM, FakeDisk, House

ORIGIN = "mingjian.test/unit"


class Unit:
    """Recorder, store, keeper and exports of one unit, without processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.house = House(FakeDisk(), folder / "catalogue.sqlite")
        self.engine = open_engine(sqlite_url(folder / "db.sqlite"))
        tables = [metadata.tables[f"ledger_{name}"] for name in ("entries", "references", "openings", "counter")]
        metadata.create_all(self.engine, tables=[*tables, _tables.head_batches, _tables.checkpoints])
        self.store, self.tiles = LedgerStore(os.urandom), FileTiles(folder / "ledger")
        self.signer = Ed25519FileSigner.create(folder / "log.key", ORIGIN)
        clock = self.house.clock
        self.publisher = LedgerPublisher(
            self.engine,
            self.store,
            self.tiles,
            origin=ORIGIN,
            signers=[self.signer],
            witnesses=Witnesses([], clock),
            clock=clock,
        )
        self.heads: dict[str, HeadChange] = {}

    def keep(self) -> None:
        """One round of the keeper: chains into the catalogue, heads into the ledger, ledger to the world."""
        for change in tail_once(self.house.disk, self.house.volumes, self.house.catalogue, self.house.seen):
            self.heads[change.stream] = change
        with writing(self.engine) as connection:
            heads = list(self.heads.values())
            self.store.append_heads(connection, heads, at=self.house.clock.now(), node="local")
        self.publisher.publish_once()

    def package(self, period: Period) -> PackageBuild:
        facts = {"cameras": [STREAM], "start_ms": period.start // 10**6, "end_ms": period.end // 10**6}
        with writing(self.engine) as connection:
            entry = LedgerEntry("copy.registered", self.house.clock.now(), Actor("p1"), "local", "r1", facts)
            register = self.store.append(connection, entry)
        key = VerifierKey.of(self.signer)
        anchors = trust_anchors(origin=ORIGIN, log=[key], package=[key], witnesses=[], quorum=0)
        (self.folder / "anchors.json").write_bytes(anchors)
        return PackageBuild(
            request=PackageRequest(
                "r1", "1", register, "取证", "县公安局", "条例", "县公安局", "甲", "乙", ("甲", "丙")
            ),
            streams=[StreamRequest(STREAM, "东门", "东门", period)],
            footage=self.house.reader(),
            ledger=PublishedProofs(self.engine, self.tiles),
            signers=[self.signer],
            anchors=anchors,
            out=self.folder / "package.zip",
            clock=self.house.clock,
            tool="mingjian test",
        )


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    made = Unit(tmp_path)
    yield made
    made.engine.dispose()


def test_recorded_footage_becomes_a_verified_package(unit: Unit) -> None:
    start = unit.house.clock.now()
    recorder = unit.house.open()
    unit.house.feed(recorder, 60)
    unit.keep()
    build = unit.package(Period(UtcNs(start + 10 * SECOND_NS), UtcNs(start + 50 * SECOND_NS)))
    with pytest.raises(NotYet):
        build.run()
    unit.publisher.publish_once()
    outcome = build.run()
    assert (outcome.verdict, outcome.missing_s) == ("VERIFIED", {STREAM: 0.0})
    assert verify.verify(str(outcome.path), str(unit.folder / "anchors.json"))["verdict"] == "VERIFIED"


def test_an_interruption_and_a_crash_are_gaps_with_their_causes(unit: Unit) -> None:
    start = unit.house.clock.now()
    recorder = unit.house.open()
    unit.house.feed(recorder, 20)
    recorder.on_interrupted(GapCause.CAMERA_TIMEOUT, "silent", unit.house.clock.now())
    unit.house.clock.advance(7)
    unit.house.feed(recorder, 20)
    unit.house.restart()
    unit.house.clock.advance(9)
    unit.house.feed(unit.house.open(), 30)
    unit.keep()
    build = unit.package(Period(UtcNs(start + SECOND_NS), UtcNs(start + 75 * SECOND_NS)))
    unit.publisher.publish_once()
    outcome = build.run()
    assert outcome.verdict == "VERIFIED WITH GAPS"
    assert {gap["cause"] for gap in outcome.gaps} == {"camera-timeout", "recorder-crash"}
    assert 15 < outcome.missing_s[STREAM] < 27


def test_footage_not_yet_recorded_is_waited_for(unit: Unit) -> None:
    start = unit.house.clock.now()
    recorder = unit.house.open()
    unit.house.feed(recorder, 20)
    unit.keep()
    build = unit.package(Period(UtcNs(start + SECOND_NS), UtcNs(start + 30 * SECOND_NS)))
    unit.publisher.publish_once()
    with pytest.raises(NotYet):
        build.run()
    unit.house.feed(recorder, 30)
    unit.keep()
    assert build.run().verdict == "VERIFIED"
