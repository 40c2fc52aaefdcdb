"""The keys that sign for this installation: the log's Ed25519 line, SM2 as second line where OpenSSL has it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from mingjian.adapters.signers import Ed25519FileSigner, Sm2OpensslSigner, sm2_available
from mingjian.adapters.witnessing import HttpWitness, Witnesses
from mingjian.audit.note import Signer, VerifierKey
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings
from mingjian.kernel.clock import Clock

ORIGIN_FILE = "origin"
ORIGIN_RANDOM_BYTES = 6
"""Names need only differ among the installations that one witness knows."""


@dataclass(frozen=True, slots=True)
class LedgerKeys:
    """`origin` names the log and the node; `signers` begins with the Ed25519 key."""

    origin: str
    signers: tuple[Signer, ...]


def ledger_keys(places: DataDirectory) -> LedgerKeys:
    """The keys, made on first use. Raises LocalError when a key file is unreadable or open to others."""
    path = places.keys / ORIGIN_FILE
    if not path.exists():
        path.write_text(f"mingjian.invalid/{secrets.token_hex(ORIGIN_RANDOM_BYTES)}", encoding="ascii")
    origin = path.read_text(encoding="ascii").strip()
    signers: list[Signer] = [Ed25519FileSigner.create(places.keys / "ledger.pem", origin)]
    if sm2_available():
        signers.append(Sm2OpensslSigner.create(places.keys / "ledger-sm2.pem", origin))
    return LedgerKeys(origin, tuple(signers))


def witnesses_asked(settings: Settings) -> int:
    """How many witnesses are asked for their cosignature, and must therefore be in what is published."""
    return int(bool(settings.witness_url and settings.witness_key))


def configured_witnesses(settings: Settings, clock: Clock) -> Witnesses:
    """The witness of the settings, or none: then checkpoints stay unwitnessed and say so."""
    if not witnesses_asked(settings):
        return Witnesses([], clock)
    return Witnesses([HttpWitness(settings.witness_url, VerifierKey.parse(settings.witness_key))], clock)
