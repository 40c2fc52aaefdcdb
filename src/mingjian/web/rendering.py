"""What is being rendered in this process: one thing at a time, beside the routes, its share told to whoever asks."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import structlog

from mingjian.kernel.errors import MingjianError, Overloaded

WAITING_MOST = 4
KEPT = 64
"""Finished ones whose failure is still told."""

Told = Callable[[float], None]


@dataclass(slots=True)
class _Work:
    share: float | None = 0.0
    problem: str = ""


class Rendering:
    """Works by the id of what they are for. `at_once` runs each within `start`: for tests, which wait for it anyway."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._pool = None if at_once else ThreadPoolExecutor(1, thread_name_prefix="render")
        self._works: OrderedDict[str, _Work] = OrderedDict()
        self._lock = Lock()

    def start(self, name: str, work: Callable[[Told], object]) -> None:
        """Begin `work`; how it ends is told by `state`. Raises Overloaded where enough is waiting, or this one runs."""
        with self._lock:
            running = [key for key, one in self._works.items() if one.share is not None]
            if name in running or len(running) >= WAITING_MOST:
                raise Overloaded(
                    "work.busy",
                    "正在制作，请稍候",
                    text_en="It is being made, or others are waiting",
                    remedy="完成后再试",
                    remedy_en="Try again when it is done",
                )
            self._works[name] = _Work()
            self._works.move_to_end(name)
            ended = [key for key, one in self._works.items() if one.share is None]
            for old in ended[: max(0, len(self._works) - KEPT)]:
                del self._works[old]
        if self._pool is None:
            self._run(name, work)
        else:
            self._pool.submit(self._run, name, work)

    def state(self, name: str) -> tuple[float | None, str]:
        """How far it is, None while nothing runs; and why the last one failed, or empty."""
        found = self._works.get(name)
        return (found.share, found.problem) if found is not None else (None, "")

    def _run(self, name: str, work: Callable[[Told], object]) -> None:
        mine = self._works[name]

        def told(share: float) -> None:
            mine.share = min(1.0, max(0.0, share))

        try:
            work(told)
        except MingjianError as error:
            mine.problem = error.code
        except Exception:  # noqa: BLE001 - in a thread nobody else would hear of it: logged and told
            mine.problem = "work.failed"
            structlog.get_logger("rendering").exception("not rendered", work=name)
        finally:
            mine.share = None
