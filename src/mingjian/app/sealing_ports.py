"""What acts about sealed packages need of the store and of the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mingjian.audit.seal import Shares
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import PersonId

COUNTER = "counter"
Told = Callable[[float], None]
"""Hears from time to time which share of the work is done, from 0 to 1."""


def untold(share: float) -> None:
    """Nobody waits to hear."""


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A sealed package on the disk."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HeldShare:
    """One officer's half of the key, until it is given or destroyed."""

    letter: str
    officer: PersonId
    officer_name: str
    commitment: str
    """Hex: `audit.seal.commitment`."""
    held: bytes = field(default=b"", repr=False)
    """Sealed by the vault; empty once it was given or destroyed."""
    given: UtcNs | None = None
    at_counter: bool = False
    """Shown at the unit's counter, to an officer who cannot sign in."""


@dataclass(frozen=True, slots=True)
class Download:
    """One fetching of the sealed package: by an officer in his own session, or by the unit's staff at the counter."""

    id: str
    sealing: str
    slot: str
    """The letter of the officer's share, or `COUNTER`."""
    person: PersonId
    person_name: str
    opened: UtcNs
    ends: UtcNs
    """Until then it may be resumed."""
    delivered_bytes: int = 0
    """From the start without a hole."""
    finished: UtcNs | None = None


@dataclass(frozen=True, slots=True)
class Sealing:
    """A package sealed for two officers. The key itself is stored nowhere."""

    id: str
    job: str
    request: str
    execution: str
    """The visit in which both officers were present."""
    made: UtcNs
    ends: UtcNs
    """Then what was not given is destroyed, and nothing can be fetched any more."""
    size_bytes: int
    sha256: str
    shares: tuple[HeldShare, HeldShare]
    downloads: tuple[Download, ...] = ()
    ended: UtcNs | None = None
    """When it was replaced by a new sealing or ran out."""


class Sealings(Protocol):
    """Sealings of packages with their shares and downloads."""

    def add(self, sealing: Sealing) -> None: ...

    def end(self, sealing: str, at: UtcNs) -> None: ...

    def latest(self, job: str) -> Sealing | None:
        """The last one of a job, running or not."""
        ...

    def of_download(self, download: str) -> tuple[Sealing, Download] | None: ...

    def of_officer(self, officer: PersonId) -> Sequence[Sealing]:
        """Those not ended of which the officer has a share, newest first."""
        ...

    def running(self) -> Sequence[Sealing]:
        """Those that have not ended, oldest first."""
        ...

    def save_share(self, sealing: str, share: HeldShare) -> bool:
        """Store that it was given or destroyed. False where that happened before, also by a parallel caller."""
        ...

    def add_download(self, download: Download) -> None:
        """Raises Refused `procedure.step` where a parallel caller opened the same slot."""
        ...

    def save_download(self, download: Download) -> None:
        """What was delivered and whether that was all; what is finished stays as it is."""
        ...


class Sealer(Protocol):
    """Sealed packages on the disk."""

    def seal(self, job: str, sealing: str, shares: Shares, salt: bytes, told: Told = untold) -> SealedFile:
        """Seal the package of `job`; durable once it returns. Raises LocalError."""
        ...

    def remove(self, sealing: str) -> None: ...

    def there(self) -> Sequence[tuple[str, UtcNs]]:
        """The sealings whose files lie here, unfinished ones too, and when each was begun."""
        ...
