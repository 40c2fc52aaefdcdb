"""Asking a volume's directory something without waiting for ever: a dead network mount answers nothing, not even no."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from mingjian.kernel.errors import MingjianError
from mingjian.storage.volume_faults import Fault, told_at

T = TypeVar("T")
ANSWER_S = 5.0
"""Reading one small file. A slow disk takes two seconds a call; who looks is a person's page, or records meanwhile."""


class Probes:
    """One question of a directory at a time once it has failed to answer: its thread waits, and no second joins it."""

    def __init__(self, answer_s: float = ANSWER_S) -> None:
        self._answer_s = answer_s
        self._silent: dict[str, threading.Thread] = {}

    def ask(self, root: str, question: Callable[[], T]) -> T:
        """What `question` returns or raises. LocalError `volume.hung` where it does neither in time."""
        waiting = self._silent.get(root)
        if waiting is not None and waiting.is_alive():
            raise self._hung(root)
        answer: Answer[T] = Answer(question)
        asking = threading.Thread(target=answer.find, name=f"probe-{root}", daemon=True)
        asking.start()
        asking.join(self._answer_s)
        if asking.is_alive():
            self._silent[root] = asking
            raise self._hung(root)
        self._silent.pop(root, None)
        return answer.told()

    def _hung(self, root: str) -> MingjianError:
        return told_at(Fault.HUNG, root, f"no answer for {self._answer_s:.0f} s")


class Answer(Generic[T]):
    """What a question on another thread returned or raised, handed to whoever asked."""

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._found: list[T] = []
        self._error: BaseException | None = None

    def find(self) -> None:
        """Ask; for the other thread."""
        try:
            self._found.append(self._question())
        except BaseException as error:  # noqa: BLE001 - it is the asker's, on the asker's thread
            self._error = error

    def told(self) -> T:
        """Once `find` has ended."""
        if self._error is not None:
            raise self._error
        return self._found[0]
