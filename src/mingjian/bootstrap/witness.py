"""A witness's directory: its key and its memory, both new or both from before."""

from __future__ import annotations

from pathlib import Path

from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.adapters.witness_memory import SqliteWitnessMemory
from mingjian.audit.note import Algorithm
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import LocalError


def open_witness(data: Path, name: str, clock: Clock) -> tuple[Ed25519FileSigner, SqliteWitnessMemory]:
    """Key and memory of a witness; both new, or both from before. Raises LocalError where only one is left."""
    key, seen, called = data / "witness.key", data / "witness.sqlite", data / "name"
    if not key.exists():
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
        memory = SqliteWitnessMemory(seen, clock) if seen.exists() else SqliteWitnessMemory.create(seen, clock)
        if memory.states():
            raise LocalError(
                "witness.key-lost",
                f"见证密钥 {key} 缺失",
                text_en=f"The witness key {key} is missing",
                remedy="从备份恢复，或另建见证方",
                remedy_en="Restore it from a backup, or set up another witness",
            )
        called.write_text(name)
        return Ed25519FileSigner.create(key, name, algorithm=Algorithm.COSIGNATURE), memory
    settled = called.read_text().strip()
    return Ed25519FileSigner(key, settled, algorithm=Algorithm.COSIGNATURE), SqliteWitnessMemory(seen, clock)
