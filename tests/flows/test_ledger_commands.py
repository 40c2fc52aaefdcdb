"""The auditor's and the witness's commands on real files and a real port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from mingjian.adapters.database import open_engine, sqlite_url, writing
from mingjian.adapters.ledger_store import LedgerStore
from mingjian.adapters.publisher import LedgerPublisher
from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.tables import ledger as _tables
from mingjian.adapters.tables import metadata
from mingjian.adapters.tiles import FileTiles
from mingjian.adapters.witnessing import HttpWitness, Witnesses
from mingjian.audit.ledger import SYSTEM, LedgerEntry, Tile
from mingjian.audit.note import VerifierKey
from mingjian.cli.main import app
from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.errors import Invalid
from vectors import build_vectors as vectors

ORIGIN = "mingjian.test/ledger"
NAMES = ("entries", "references", "openings", "counter")


class Unit:
    """A unit's published ledger in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock()
        self.engine = open_engine(sqlite_url(folder / "db.sqlite"))
        tables = [metadata.tables[f"ledger_{name}"] for name in NAMES]
        metadata.create_all(self.engine, tables=[*tables, _tables.head_batches, _tables.checkpoints])
        self.store = LedgerStore(os.urandom)
        self.signer = Ed25519FileSigner.create(folder / "log.key", ORIGIN)
        self.line = VerifierKey.of(self.signer).line()
        (folder / "log.pub").write_text(self.line)

    def publisher(self, *peers: HttpWitness) -> LedgerPublisher:
        return LedgerPublisher(
            self.engine,
            self.store,
            FileTiles(self.folder / "ledger"),
            origin=ORIGIN,
            signers=[self.signer],
            witnesses=Witnesses(peers, self.clock),
            clock=self.clock,
        )

    def append(self, count: int) -> None:
        with writing(self.engine) as connection:
            entries = [LedgerEntry("camera.added", UtcNs(n), SYSTEM, "local") for n in range(count)]
            self.store.append_many(connection, entries)


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    made = Unit(tmp_path)
    yield made
    made.engine.dispose()


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_an_auditor_verifies_a_copied_ledger_and_each_kind_of_tampering_is_named(unit: Unit) -> None:
    publisher = unit.publisher()
    unit.append(300)
    publisher.publish_once()
    old = unit.folder / "old-checkpoint"
    old.write_bytes((unit.folder / "ledger" / "checkpoint").read_bytes())
    unit.append(400)
    publisher.publish_once()
    ledger, key = unit.folder / "ledger", unit.folder / "log.pub"
    code, output = run("ledger", "verify", ledger, "--trust", key, "--since", old)
    assert (code, output.splitlines()[-1]) == (0, "核对通过 VERIFIED")
    assert "checkpoint of 300" in output
    assert run("ledger", "verify", ledger)[0] == 3

    changed = {
        Tile(None, 0).path(): Tile(0, 0).path(),  # an entry differs from its hash
        Tile(0, 1).path(): Tile(0, 1).path(),
        Tile(1, 0, 2).path(): Tile(1, 0, 2).path(),
        "checkpoint": "checkpoint",
    }
    for path, named in changed.items():
        good = (ledger / path).read_bytes()
        (ledger / path).write_bytes(vectors.flipped(good, len(good) // 2))
        code, output = run("ledger", "verify", ledger, "--trust", key)
        assert (code, output.splitlines()[-1]) == (1, f"核对不通过 NOT VERIFIED ({named})")
        (ledger / path).write_bytes(good)
    (ledger / "checkpoint").rename(unit.folder / "newer-checkpoint")
    (ledger / "checkpoint").write_bytes(old.read_bytes())
    code, output = run("ledger", "verify", ledger, "--trust", key, "--since", unit.folder / "newer-checkpoint")
    assert code == 1
    assert "truncated" in output


@pytest.mark.parametrize(
    "anchors",
    [
        '{"log":{"keys":[5]}}',
        '{"log":{"keys":["a+b+\u00e9"]}}',
        '{"log":{"keys":[]},"witnesses":[],"quorum":1e400}',
        "{" * 9,
    ],
)
def test_anchors_that_cannot_be_read_are_named(tmp_path: Path, anchors: str) -> None:
    (tmp_path / "anchors.json").write_text(anchors)
    result = CliRunner().invoke(app, ["ledger", "verify", str(tmp_path), "--trust", str(tmp_path / "anchors.json")])
    assert isinstance(result.exception, Invalid)
    assert result.exception.code in ("ledger.anchors", "note.key")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def started(data: Path, port: int, log_key: str) -> tuple[subprocess.Popen[str], VerifierKey]:
    command = [sys.executable, "-c", "from mingjian.cli.main import main; main()"]
    arguments = ["witness", "--data", str(data), "--port", str(port), "--log-key", log_key]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"witness key: (\S+)", process.stdout.readline())
    assert found is not None
    transport = httpx.HTTPTransport(retries=10)
    with httpx.Client(transport=transport, trust_env=False) as client:
        while True:
            try:
                client.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.ConnectError:
                assert process.poll() is None
    return process, VerifierKey.parse(found[1])


def ended(process: subprocess.Popen[str], how: int) -> None:
    process.send_signal(how)
    process.wait(20)
    assert process.stdout is not None
    process.stdout.close()


def test_a_witness_process_signs_forgets_nothing_when_killed_and_refuses_a_fork(unit: Unit, tmp_path: Path) -> None:
    port = free_port()
    process, key = started(tmp_path / "w", port, unit.line)
    with httpx.Client(trust_env=False) as client:
        peer = HttpWitness(f"http://127.0.0.1:{port}", key, client)
        try:
            unit.append(5)
            assert unit.publisher(peer).publish_once().witnesses[0].problem == ""
        finally:
            ended(process, signal.SIGKILL)
        unit.append(5)
        assert unit.publisher(peer).publish_once().witnesses[0].problem == "witness.unreachable"
        process, again = started(tmp_path / "w", port, unit.line)
        assert again == key
        try:
            assert unit.publisher(peer).publish_once().witnesses[0].unwitnessed_since is None
            (tmp_path / "other").mkdir()
            other = Unit(tmp_path / "other")
            other.signer = unit.signer
            other.append(20)
            assert other.publisher(peer).publish_once().witnesses[0].problem == "witness.contradicts"
            other.engine.dispose()
            assert client.post(f"http://127.0.0.1:{port}/add-checkpoint", content=b"nonsense").status_code == 400
        finally:
            ended(process, signal.SIGTERM)
    (tmp_path / "w" / "witness.sqlite").unlink()
    code, _ = run("witness", "--data", tmp_path / "w", "--log-key", unit.line)
    assert code == 1
    witness_file = tmp_path / "w.pub"
    witness_file.write_text(key.line())
    ledger, log = unit.folder / "ledger", unit.folder / "log.pub"
    assert run("ledger", "verify", ledger, "--trust", log, "--witness", witness_file)[0] == 0


def test_the_verify_command_runs_the_stand_alone_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "anchors.json").write_bytes(vectors.anchors())
    vectors.package(tmp_path / "good.zip", vectors.two_cameras(gap=False)).run()
    assert run("verify", tmp_path / "good.zip", "--trust", tmp_path / "anchors.json")[0] == 0
    assert capfd.readouterr().out.splitlines()[-1] == "核验通过 VERIFIED"
    assert run("verify", tmp_path / "good.zip")[0] == 3
