"""The keys of the hidden marks: derived from the installation's secret key, one for each number, none stored."""

from __future__ import annotations

from mingjian.adapters.vault import AesVault

OLDEST = 1


def forensic_key(vault: AesVault, number: int) -> bytes:
    """The key under this number. What was marked under an earlier one is read as before."""
    return vault.derive(f"forensic mark {number}")


def forensic_keys(vault: AesVault, newest: int) -> dict[int, bytes]:
    """All keys by which this installation has marked, the newest first: it is tried first."""
    return {number: forensic_key(vault, number) for number in range(newest, OLDEST - 1, -1)}
