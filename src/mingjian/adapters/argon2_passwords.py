"""Argon2id (RFC 9106) with a bound on how many hashes run at once."""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Each takes its memory for tens of milliseconds: a burst of sign-ins must not take the machine from the recorders."""


class Argon2Passwords:
    """`app.ports.PasswordHasher`. The defaults are RFC 9106's second recommendation: 64 MiB, 3 passes, 4 lanes."""

    def __init__(self, *, memory_kib: int = 65_536, passes: int = 3, lanes: int = 4) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._running = BoundedSemaphore(AT_ONCE)
        self._nobody = self._hasher.hash("no account has this hash")

    def hash(self, password: str) -> str:
        with self._running:
            return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        with self._running:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return bool(stored)
