"""From recorded frames to a package that a stranger verifies, through the real store, ledger and builder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
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
from mingjian.adapters.witnessing import RETRY_NS, Answer, Witnesses
from mingjian.audit import checkpoint, verify, witness
from mingjian.audit.ledger import Actor, LedgerEntry
from mingjian.audit.note import Algorithm, VerifierKey
from mingjian.bootstrap.head_entries import enter_heads
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import RemoteError
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.processing.package import NotYet, PackageBuild
from mingjian.processing.package_manifest import PackageRequest, StreamRequest
from storage_world import STREAM, FakeDisk, House

ORIGIN = "mingjian.test/unit"


@dataclass
class OneWitness:
    """A `WitnessPeer` that signs whatever it is shown, or is silent."""

    unit: Unit

    @property
    def key(self) -> VerifierKey:
        return VerifierKey.of(self.unit.witness)

    def add_checkpoint(self, body: bytes) -> Answer:
        if self.unit.silent:
            raise RemoteError("witness.unreachable", "见证方无法连接", text_en="The witness cannot be reached")
        line = checkpoint.cosign(witness.parse(body).signed, self.unit.witness, self.unit.house.clock.now())
        return Answer(200, witness.TEXT_TYPE, line.line())


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
        self.witness = Ed25519FileSigner.create(folder / "witness.key", "witness.test", algorithm=Algorithm.COSIGNATURE)
        self.asked, self.silent = 0, True
        clock = self.house.clock
        self.publisher = LedgerPublisher(
            self.engine,
            self.store,
            self.tiles,
            origin=ORIGIN,
            signers=[self.signer],
            witnesses=Witnesses([OneWitness(self)], clock),
            clock=clock,
        )

    def keep(self) -> None:
        """One round of the keeper: chains into the catalogue, heads into the ledger, ledger to the world."""
        self.house.tail()
        enter_heads(self.engine, self.store, self.house.memory.recall(), at=self.house.clock.now(), node="local")
        self.publisher.publish_once()

    def package(self, period: Period) -> PackageBuild:
        facts = {"cameras": [STREAM], "start_ms": period.start // 10**6, "end_ms": period.end // 10**6}
        with writing(self.engine) as connection:
            entry = LedgerEntry("copy.registered", self.house.clock.now(), Actor("p1"), "local", "r1", facts)
            register = self.store.append(connection, entry)
        key = VerifierKey.of(self.signer)
        witnesses = [VerifierKey.of(self.witness)]
        anchors = trust_anchors(origin=ORIGIN, log=[key], package=[key], witnesses=witnesses, quorum=self.asked)
        (self.folder / "anchors.json").write_bytes(anchors)
        return PackageBuild(
            request=PackageRequest(
                "r1", "1", register, "取证", "县公安局", "条例", "县公安局", "甲", "乙", ("甲", "丙")
            ),
            streams=[StreamRequest(STREAM, "东门", "东门", period)],
            footage=self.house.reader(),
            ledger=PublishedProofs(self.engine, self.tiles, witnesses=self.asked),
            signers=[self.signer],
            anchors=anchors,
            out=self.folder / "package.zip",
            clock=self.house.clock,
            tool="mingjian test",
            registered=self.house.clock.now(),
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


def test_the_last_seconds_before_days_of_silence_are_proven_by_the_first_line_after_them(unit: Unit) -> None:
    """Acknowledged, and not yet a head in the ledger when the machine went off; the next day's chain file has one."""
    start = unit.house.clock.now()
    unit.house.feed(unit.house.open(), 30)
    unit.house.restart()
    unit.house.clock.advance(2 * 86_400)
    unit.house.open()
    unit.house.committer.commit_once()
    unit.keep()
    build = unit.package(Period(UtcNs(start + SECOND_NS), UtcNs(start + 15 * SECOND_NS)))
    unit.publisher.publish_once()
    assert build.run().verdict == "VERIFIED"


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


def test_a_package_waits_for_the_cosignature_that_its_anchors_demand(unit: Unit) -> None:
    unit.asked = 1
    start = unit.house.clock.now()
    recorder = unit.house.open()
    unit.house.feed(recorder, 30)
    unit.keep()
    build = unit.package(Period(UtcNs(start + SECOND_NS), UtcNs(start + 20 * SECOND_NS)))
    unit.keep()
    with pytest.raises(NotYet, match="有见证的检查点"):
        build.run()
    unit.silent = False
    unit.house.clock.advance(RETRY_NS / SECOND_NS + 1)
    unit.publisher.publish_once()
    outcome = build.run()
    assert (outcome.verdict, outcome.witnesses) == ("VERIFIED", 1)


def test_a_witness_that_falls_silent_between_entry_and_heads_does_not_stop_an_unwitnessed_package(unit: Unit) -> None:
    """The best witnessed checkpoint covers too little: the newest one is taken, and the verdict says so."""
    unit.asked, unit.silent = 1, False
    start = unit.house.clock.now()
    recorder = unit.house.open()
    unit.house.feed(recorder, 10)
    unit.keep()
    build = unit.package(Period(UtcNs(start + SECOND_NS), UtcNs(start + 20 * SECOND_NS)))
    unit.publisher.publish_once()
    unit.silent = True
    unit.house.feed(recorder, 20)
    unit.keep()
    with pytest.raises(NotYet, match="链头"):
        build.run()
    build.ledger, build.unwitnessed = PublishedProofs(unit.engine, unit.tiles, witnesses=0), True
    outcome = build.run()
    assert (outcome.verdict, outcome.witnesses, outcome.missing_s) == ("CANNOT DECIDE", 0, {STREAM: 0.0})
    report = verify.verify(str(outcome.path), str(unit.folder / "anchors.json"))
    assert (report["verdict"], report["reason"]["code"]) == ("CANNOT DECIDE", "witness")
