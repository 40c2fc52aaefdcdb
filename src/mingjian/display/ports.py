"""What display asks of others, by shape: stored fragments, previews, catalogue days. Storage satisfies it unasked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar, runtime_checkable

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period


@runtime_checkable
class StoredFragment(Protocol):
    """Where one fragment lies, and when it was: `[t0, t1)` by our clock, `pts0_90k` its first decode time."""

    @property
    def volume(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def t0(self) -> UtcNs: ...
    @property
    def t1(self) -> UtcNs: ...
    @property
    def pts0_90k(self) -> int: ...
    @property
    def duration_90k(self) -> int: ...
    @property
    def key_seq(self) -> int | None:
        """None where the fragment begins with a key frame."""
        ...


@runtime_checkable
class StoredGap(Protocol):
    """`[t0, t1)` was not recorded, and why (a word of `GapCause`)."""

    @property
    def t0(self) -> UtcNs: ...
    @property
    def t1(self) -> UtcNs: ...
    @property
    def cause(self) -> str: ...


Stored = TypeVar("Stored", bound=StoredFragment)


class FragmentReader(Protocol[Stored]):
    """Recorded footage, verified on the way out. Calls block; they are made from threads, one per viewer at a time."""

    def fragments(self, stream: StreamId, period: Period) -> Iterator[Stored | StoredGap]:
        """Everything that overlaps `period`, in time order."""
        ...

    def read(self, ref: Stored) -> bytes:
        """The fragment as stored. Raises LocalError where its bytes no longer match their hash."""
        ...

    def init(self, ref: Stored) -> bytes:
        """The init segment of its container."""
        ...


class DayGap(Protocol):
    """A gap that touches a day, with its cause."""

    @property
    def period(self) -> Period: ...
    @property
    def cause(self) -> str: ...


class DayCoverage(Protocol):
    """One stream on one UTC day: bit n of `bits` is second n of the day."""

    @property
    def day(self) -> str: ...
    @property
    def bits(self) -> int: ...
    @property
    def gaps(self) -> Sequence[DayGap]: ...
