"""How many ledger entries last in a second: committed in the database, in tiles, under a signed checkpoint."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from secrets import token_bytes

from sqlalchemy import Engine

from bench import gates
from bench.gates import Gate
from bench.processes import scratch
from bench.report import machine
from bench.section import Section
from mingjian.adapters import migrations
from mingjian.adapters.database import open_engine, reading, sqlite_url, writing
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.system_clock import SystemClock
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.witnessing import Witnesses
from mingjian.audit.ledger import Actor, LedgerEntry
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId, uuid7
from mingjian.storage.tailer import HeadChange

NAME = "stores_ledger"
TITLE = "Ledger"
PER_SECOND = 5000.0
"""The gate: durable entries a second in batches."""
BATCHES = (1, 300, 2000)
"""Entries in one transaction: an act, one of each of 300 cameras, and what a node may hand over that was away."""
STREAMS = 300
ORIGIN = "mingjian.bench/unit"


@dataclass
class Ledger:
    """The real adapters on the disk."""

    engine: Engine
    store: LedgerStore
    publisher: LedgerPublisher
    numbers: Iterator[int]

    def made(self, entries: int) -> list[LedgerEntry]:
        return [self._entry(next(self.numbers)) for _ in range(entries)]

    def append(self, made: list[LedgerEntry]) -> None:
        """One transaction."""
        with writing(self.engine) as connection:
            self.store.append_many(connection, made)

    def publish(self) -> int:
        """The size of what is published."""
        return self.publisher.publish_once().size

    def _entry(self, number: int) -> LedgerEntry:
        """A viewing as it is registered: person, camera, purpose."""
        camera = f"0192{number % STREAMS:04x}-7000-7000-8000-000000000000"
        facts = {"cameras": [camera], "purpose": "治安巡查", "start_ms": number, "end_ms": number + 60_000}
        person = Actor("0192aaaa-7000-7000-8000-000000000001", "甲", "unit-1")
        return LedgerEntry("viewing.opened", UtcNs(1_767_225_600_000_000_000 + number), person, "local", camera, facts)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many batches of one size."""

    batch: int
    entries: int
    seconds: float
    cpu_s: float

    @property
    def per_second(self) -> float:
        return self.entries / self.seconds


def run(quick: bool) -> Section:
    seconds = 1.0 if quick else 15.0
    rates, heads_ms, alone = [], [], 0.0
    with scratch() as folder:
        for batch in BATCHES:
            with opened(folder / str(batch)) as ledger:
                rates.append(rate(ledger, batch, seconds))
        with opened(folder / "acts") as ledger:
            alone = acts(ledger, seconds)
        with opened(folder / "heads") as ledger:
            heads_ms = heads(ledger, 10 if quick else 60)
    best = max(rates, key=lambda one: one.per_second)
    lines = [
        Gate("entries a second, durable and published", best.per_second, PER_SECOND, "", True,
             f"in batches of {best.batch}"),
    ]  # fmt: skip
    rows = "\n".join(
        f"| {one.batch} | {one.entries} | {one.per_second:.0f} | {one.seconds / (one.entries / one.batch) * 1000:.1f} "
        f"| {one.cpu_s / one.entries * 1e6:.0f} |"
        for one in rates
    )
    text = f"""
{gates.table(lines)}
| entries in a batch | entries | a second | ms a batch | µs of a core an entry |
|---|---:|---:|---:|---:|
{rows}

Single acts, each durable before the next, published once a second as the keeper does: {alone:.0f} a second.
The heads of {STREAMS} cameras, due every 10 s, are committed in one transaction and published in
{percentile(heads_ms, 50):.0f} ms (p95 {percentile(heads_ms, 95):.0f} ms).

Machine: {machine()}, SQLite in WAL with synchronous=FULL.

Method: a batch is one transaction that appends its entries (viewings with a person's committed name, a camera and a
purpose: a row each for entry, reference and opening), followed by one publishing: tiles, entry bundles and a checkpoint
signed with Ed25519, each file synced, renamed and its directory synced. The next batch begins when the checkpoint
stands. The heads of {STREAMS} cameras are one entry over a tree of their own; no witness is asked.
"""
    return Section(text, all(gate.met for gate in lines))


@contextmanager
def opened(place: Path) -> Iterator[Ledger]:
    """A new ledger with the product's own schema."""
    place.mkdir()
    engine, clock, store = open_engine(sqlite_url(place / "db.sqlite")), SystemClock(), LedgerStore(token_bytes)
    migrations.upgrade(engine)
    signer = Ed25519FileSigner.create(place / "log.key", ORIGIN)
    publisher = LedgerPublisher(
        engine,
        store,
        FileTiles(place / "ledger"),
        origin=ORIGIN,
        signers=[signer],
        witnesses=Witnesses([], clock),
        clock=clock,
    )
    try:
        yield Ledger(engine, store, publisher, itertools.count())
    finally:
        engine.dispose()


def rate(ledger: Ledger, batch: int, seconds: float) -> Rate:
    ledger.append(ledger.made(batch))
    ledger.publish()
    entries, taken, cpu = 0, 0.0, 0.0
    while taken < seconds:
        made = ledger.made(batch)
        started, used = time.monotonic(), time.process_time()
        ledger.append(made)
        size = ledger.publish()
        taken, cpu = taken + time.monotonic() - started, cpu + time.process_time() - used
        entries += batch
        if size != entries + batch:
            raise RuntimeError("what was committed is not published")
    return Rate(batch, entries, taken, cpu)


def acts(ledger: Ledger, seconds: float) -> float:
    """Acts a second, one transaction each."""
    count, started, published = 0, time.monotonic(), 0.0
    while (now := time.monotonic() - started) < seconds:
        ledger.append(ledger.made(1))
        count += 1
        if now - published >= 1.0:
            ledger.publish()
            published = now
    ledger.publish()
    with reading(ledger.engine) as connection:
        if ledger.store.size(connection) != count:
            raise RuntimeError("an act is missing")
    return count / (time.monotonic() - started)


def heads(ledger: Ledger, rounds: int) -> list[float]:
    """Milliseconds of each round."""
    random, took = Random(1), []
    names = [StreamId(str(uuid7(UtcNs(number), random.randbytes(10)))) for number in range(STREAMS)]
    for number in range(rounds):
        found = [HeadChange(name, 1, number, random.randbytes(32).hex(), UtcNs(number)) for name in names]
        started = time.monotonic()
        with writing(ledger.engine) as connection:
            ledger.store.append_heads(connection, found, at=UtcNs(number), node="local")
        ledger.publish()
        took.append((time.monotonic() - started) * 1000)
    return took


def percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]
