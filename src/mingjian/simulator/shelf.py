"""The loops at hand: from disk, prepared for RTP, each held once however many cameras play it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from mingjian.simulator.loops import LoopSpec, load, prepare
from mingjian.simulator.rtp_loop import ParameterSets, PreparedLoop, prepare_loop


class LoopShelf:
    """Loops kept in `directory`, made when first asked for. Calls block for seconds when a loop must be encoded.

    May be asked from several threads: one loop is made at a time, and none twice.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._making = threading.Lock()
        self._held: dict[tuple[LoopSpec, bool, ParameterSets], PreparedLoop] = {}

    def stock(self, specs: Iterable[LoopSpec]) -> None:
        """Encode what is missing of `specs`, several at a time."""
        with self._making:
            prepare(specs, self._directory)

    def prepared(
        self, spec: LoopSpec, *, sei: bool = True, parameter_sets: ParameterSets = ParameterSets.EVERYWHERE
    ) -> PreparedLoop:
        """The loop of `spec`, ready to be sent."""
        wanted = (spec, sei, parameter_sets)
        with self._making:
            held = self._held.get(wanted)
            if held is None:
                held = prepare_loop(load(spec, self._directory), sei=sei, parameter_sets=parameter_sets)
                self._held[wanted] = held
            return held
