"""How fast a package is verified by the file that goes with it, in a core's own time."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from subprocess import PIPE, Popen

from bench import gates
from bench.gates import Gate
from bench.processes import command, scratch
from bench.report import machine
from bench.section import Section
from bench.stores_footage import Footage, small_volume, streams
from mingjian.adapters import migrations
from mingjian.adapters.catalogue_sqlite import SqliteCatalogue
from mingjian.adapters.database import open_engine, sqlite_url, writing
from mingjian.adapters.evidence import PublishedProofs, trust_anchors
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.witnessing import Witnesses
from mingjian.audit.ledger import Actor, LedgerEntry
from mingjian.audit.note import VerifierKey
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.ids import CameraId, main_stream
from mingjian.kernel.period import Period
from mingjian.processing.package import PackageBuild
from mingjian.processing.package_manifest import PackageRequest, StreamRequest
from mingjian.processing.package_zip import sm3_available

NAME = "stores_verify"
TITLE = "Verifying a package"
MBPS = 500.0
"""The gate: MB/s of one core."""
FRAME_S, FRAME_BYTES = 1, 500_000
ROUNDS = 3
MB = 1_000_000
SAMPLE_BYTES = 64 << 20
CHUNK_BYTES = 1 << 20
ORIGIN = "mingjian.bench/unit"


@dataclass(frozen=True, slots=True)
class Verified:
    """The quickest of some runs of verify.py on one package."""

    hashes: str
    size: int
    wall_s: float
    cpu_s: float
    floor_mbps: float
    verdict: str

    @property
    def mbps(self) -> float:
        return self.size / MB / self.cpu_s


def run(quick: bool) -> Section:
    seconds = 240 if quick else 2000
    kinds = (False, True) if sm3_available() else (False,)
    with scratch() as folder:
        found = [verified(*package(folder, seconds, sm3=sm3), sm3=sm3) for sm3 in kinds]
    plain = found[0]
    lines = [
        Gate("SHA-256 of every file", plain.mbps, MBPS, "MB/s", True, "of one core's time"),
        Gate("packages that are not VERIFIED", sum(one.verdict != "VERIFIED" for one in found), 0),
    ]  # fmt: skip
    rows = "\n".join(
        f"| {one.hashes} | {one.size / MB:.0f} | {one.wall_s:.2f} | {one.cpu_s:.2f} | {one.mbps:.0f} "
        f"| {one.floor_mbps:.0f} | {one.verdict} |"
        for one in found
    )
    text = f"""
{gates.table(lines)}{with_sm3(found)}
| hashes that the package lists | MB | seconds | CPU seconds | MB/s of a core | the hashes alone, MB/s | verdict |
|---|---:|---:|---:|---:|---:|---|
{rows}

Machine: {machine()}, {sys.implementation.name} with OpenSSL's hashes.

Method: a package of {seconds} s of one stream of 4 Mb/s, built by the product with ledger, proofs and signature; then
`python -I verify.py package.zip --trust anchors.json` as a process of its own, its start and the checks of chain, tree
and signatures included; the quickest of {ROUNDS} by CPU time. Every byte is read once, for its checksum in the archive
(CRC-32) and its hashes. The package had just been written, so that memory held it. "The hashes alone" is the same
checksum and hashes over {SAMPLE_BYTES >> 20} MiB in memory.
"""
    return Section(text, all(gate.met for gate in lines))


def with_sm3(found: Sequence[Verified]) -> str:
    if len(found) < 2:
        return "\nSM3 was not measured: this Python's OpenSSL lacks it.\n"
    one = found[1]
    word = "met" if one.mbps >= MBPS else "not met"
    alone = speed([hashlib.new("sm3")], checksum=False)
    return f"""
**With SM3 listed besides, {one.mbps:.0f} MB/s: {MBPS:.0f} MB/s {word}.** OpenSSL's SM3 alone reaches {alone:.0f} MB/s
on this core, so no verifier that checks it can be faster on one.
"""


def package(folder: Path, seconds: int, *, sm3: bool) -> tuple[Path, Path]:
    """The package and its anchors, built by the real builder."""
    place = folder / ("sm3" if sm3 else "sha256")
    place.mkdir()
    stream = main_stream(CameraId(streams(1)[0]))
    footage = Footage(small_volume(place / "volume"))
    start = footage.clock.now()
    footage.record([stream], seconds, frame_s=FRAME_S, frame_bytes=FRAME_BYTES)
    period = Period(UtcNs(start + SECOND_NS), UtcNs(start + (seconds - 10) * SECOND_NS))
    catalogue = SqliteCatalogue(place / "catalogue.sqlite")
    heads = footage.tailed(catalogue)
    engine = open_engine(sqlite_url(place / "db.sqlite"))
    migrations.upgrade(engine)
    store, tiles = LedgerStore(Random(1).randbytes), FileTiles(place / "ledger")
    signer = Ed25519FileSigner.create(place / "log.key", ORIGIN)
    key = VerifierKey.of(signer)
    now = footage.clock.now()
    facts = {"cameras": [streams(1)[0]], "start_ms": period.start // 10**6, "end_ms": period.end // 10**6}
    with writing(engine) as connection:
        register = store.append(connection, LedgerEntry("copy.registered", now, Actor("p1"), "local", "r1", facts))
        store.append_heads(connection, heads, at=now, node="local")
    witnesses = Witnesses([], footage.clock)
    publisher = LedgerPublisher(
        engine, store, tiles, origin=ORIGIN, signers=[signer], witnesses=witnesses, clock=footage.clock
    )
    publisher.publish_once()
    anchors = trust_anchors(origin=ORIGIN, log=[key], package=[key], witnesses=[], quorum=0)
    (place / "anchors.json").write_bytes(anchors)
    made = PackageBuild(
        request=PackageRequest("r1", "1", register, "bench", "unit", "basis", "unit", "A", ("A", "B"), ("A", "B")),
        streams=[StreamRequest(stream, "bench", "bench", period)],
        footage=footage.reader(catalogue),
        ledger=PublishedProofs(engine, tiles, witnesses=0),
        signers=[signer],
        anchors=anchors,
        out=place / "package.zip",
        clock=footage.clock,
        tool="bench",
        registered=now,
        sm3=sm3,
    ).run()
    engine.dispose()
    catalogue.close()
    return made.path, place / "anchors.json"


def verified(path: Path, anchors: Path, *, sm3: bool) -> Verified:
    program = Path(sys.modules["mingjian"].__path__[0]) / "audit" / "verify.py"
    words = command(sys.executable, "-I", str(program), str(path), "--trust", str(anchors), "--json")
    best: tuple[float, float, str] | None = None
    for _ in range(ROUNDS):
        started = time.monotonic()
        with Popen(words, stdout=PIPE) as process:
            assert process.stdout
            report = json.loads(process.stdout.read())
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        taken = (used.ru_utime + used.ru_stime, time.monotonic() - started, str(report["verdict"]))
        best = taken if best is None else min(best, taken)
    assert best is not None
    digests = [hashlib.sha256(), *([hashlib.new("sm3")] if sm3 else [])]
    floor = speed(digests, checksum=True)
    return Verified("SHA-256, SM3" if sm3 else "SHA-256", path.stat().st_size, best[1], best[0], floor, best[2])


def speed(digests: Sequence[hashlib._Hash], *, checksum: bool) -> float:
    """MB/s of a core over memory."""
    data = memoryview(Random(1).randbytes(SAMPLE_BYTES))
    crc, started = 0, time.process_time()
    for at in range(0, SAMPLE_BYTES, CHUNK_BYTES):
        part = data[at : at + CHUNK_BYTES]
        for digest in digests:
            digest.update(part)
        if checksum:
            crc = zlib.crc32(part, crc)
    return SAMPLE_BYTES / MB / (time.process_time() - started)
