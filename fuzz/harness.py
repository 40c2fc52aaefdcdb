"""What one harness is, and how it takes a fuzzer's bytes apart."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFAULT_BYTES = 4096
"""Long enough for every real message but media; a fuzzer learns faster from short inputs."""


@dataclass(frozen=True, slots=True)
class Harness:
    """One row of the table."""

    name: str
    check: Callable[[bytes], bool]
    """Raises for a broken promise, whatever the exception; otherwise whether the parser accepted the input."""
    seeds: Callable[[], Iterable[bytes]]
    """Inputs to begin with, made by our own writers; one at least is accepted."""
    covers: tuple[Callable[..., Any], ...]
    """The functions under test; a test sees each of them called for the seeds."""
    words: tuple[bytes, ...] = ()
    """The dictionary: what a mutation would hardly guess."""
    max_bytes: int = DEFAULT_BYTES


class Pieces:
    """A fuzzer's bytes as numbers and strings; past the end everything is zero and empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def byte(self) -> int:
        """One byte."""
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0

    def number(self, size: int) -> int:
        """A big-endian number of `size` bytes."""
        return int.from_bytes(self.take(size), "big")

    def take(self, size: int) -> bytes:
        """At most `size` bytes."""
        found = self._data[self._at : self._at + size]
        self._at += size
        return found

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data))

    def strings(self) -> Iterator[bytes]:
        """What is left as strings, each behind two bytes of length."""
        while self:
            yield self.take(self.number(2))


@lru_cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="mingjian-fuzz-")


def scratch() -> Path:
    """A directory of this process: its files are written anew for each input."""
    return Path(_scratch().name)


def strung(strings: Iterable[bytes]) -> bytes:
    """The bytes that `Pieces.strings` takes apart."""
    return b"".join(len(string).to_bytes(2, "big") + string for string in strings)
