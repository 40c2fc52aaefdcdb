"""A store whose commits wait at a gate or fail there, as a database does that is slow, full or away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from mingjian.app.ports import Store, UnitOfWork
from mingjian.app.records import RegisterEntry
from mingjian.kernel.errors import LocalError


@dataclass
class HeldStore:
    """A store whose commits wait at a gate, or fail there. Reading goes on, as it does while a database is away."""

    inner: Store
    holding: bool = False
    failing: bool = False
    at_gate: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)
    waiting: Sequence[RegisterEntry] = ()
    """The viewings that are open as soon as what waits at the gate is committed."""

    @contextmanager
    def writing(self) -> Iterator[UnitOfWork]:
        with self.inner.writing() as uow:
            yield uow
            if self.failing:
                raise LocalError("database.unavailable", "数据库暂不可用", text_en="The database cannot be used now")
            if self.holding:
                self.waiting = uow.register.open_viewings()
                self.at_gate.set()
                assert self.gate.wait(30)

    def reading(self) -> AbstractContextManager[UnitOfWork]:
        return self.inner.reading()
