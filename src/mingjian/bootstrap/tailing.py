"""The keeper's first duty: the chains of all volumes into the catalogue.

The catalogue holds nothing that the chains do not: a damaged one is set aside, never deleted, and made anew from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import structlog

from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.volume_probes import Errand
from mingjian.bootstrap.volumes import Unusable, VolumeLook
from mingjian.governance.readings import Problem
from mingjian.storage.lane import HUNG_NS, NO_ANSWER_SAID
from mingjian.storage.ports import CatalogueDamaged
from mingjian.storage.tailer import Seen, tail_once
from mingjian.storage.volume import Volume, unreadable
from mingjian.storage.volume_faults import Fault, told
from mingjian.storage.watched_disk import NoAnswer

MOST_SET_ASIDE = 10
"""Damaged files kept; beyond that the disk under them is the trouble, and more copies would only fill it."""


class Tailing:
    """`once` about every second, from one thread at a time; the rest tells what it found."""

    def __init__(self, opened: Opened, hung_ns: int = HUNG_NS) -> None:
        self._opened, self._hung_ns = opened, hung_ns
        self._stuck: dict[str, Errand] = {}
        """By the id of a volume that gave no answer: who still waits for it."""
        self._catalogue = opened.catalogue
        self._log = structlog.get_logger("keeper")
        self._look = VolumeLook(opened.places, opened.settings, self._log)
        self._seen = Seen()
        self._unusable: list[Unusable] = []
        self._silent: dict[str, Unusable] = {}

    def once(self) -> None:
        """Read what the chains gained. A volume that is away or does not read stops no other.

        Raises what is wrong with the first volume where none verifies, and CatalogueAway.
        """
        found = self._look()
        self._unusable = found.unusable
        if self._catalogue.file.moved():
            self._log.warning("another catalogue stands in the place of ours; going on with that one")
            self._catalogue.close()
            self._seen = Seen()
        try:
            if reported := self._catalogue.file.reported():
                self._set_aside(reported)
            self._tailed(self._answering(found.or_refuse()))
        except CatalogueDamaged as damage:
            self._set_aside(str(damage.__cause__ or damage), damage)
            return

    def _answering(self, volumes: Sequence[Volume]) -> list[Volume]:
        """Those for which no thread waits since an earlier pass; the others are told."""
        self._stuck = {name: errand for name, errand in self._stuck.items() if errand.waits}
        for volume in volumes:
            if volume.id in self._stuck:
                self._unusable = [
                    *self._unusable,
                    Unusable(volume.root, volume.id, told(Fault.HUNG, volume, NO_ANSWER_SAID)),
                ]
        return [volume for volume in volumes if volume.id not in self._stuck]

    def _tailed(self, volumes: Sequence[Volume]) -> None:
        """One pass, on a thread that is left behind if a volume gives it no answer. LocalError: one gave none."""
        silent, self._silent = self._silent, {}
        errand = Errand(self._opened.disk, self._opened.clock, self._hung_ns)
        seen = self._seen

        def passed() -> None:
            tail_once(
                errand.disk,
                volumes,
                self._catalogue,
                seen,
                on_failure=lambda volume, error: self._fails(volume, error, told=volume.id in silent),
            )

        try:
            errand.run("tailing", passed)
        except NoAnswer:
            self._seen = Seen(behind=seen.behind)
            asked = errand.disk.asked
            volume = next((found for found in volumes if asked.startswith(f"{found.root}/")), volumes[0])
            self._stuck[volume.id] = errand
            raise told(Fault.HUNG, volume, NO_ANSWER_SAID) from None

    def standing(self) -> dict[str, Any]:
        """What of it others should know: volumes that cannot be used and what to do, in both languages, and whether
        the catalogue is whole."""
        unusable = [*self._unusable, *self._silent.values()]
        return {
            "catalogue": {"rebuilding": self._seen.behind, "set_aside": self._catalogue.file.kept()},
            "volumes": [{"root": one.root, "id": one.id} | asdict(Problem.of(one.error)) for one in unusable],
        }

    def _set_aside(self, said: str, damage: CatalogueDamaged | None = None) -> None:
        if len(self._catalogue.file.kept()) >= MOST_SET_ASIDE and damage is not None:
            raise damage
        self._seen = Seen(behind=True)
        aside = self._catalogue.set_aside(self._opened.clock.now())
        self._log.error("catalogue damaged: set aside, being made anew from the chains", why=said, kept=str(aside))

    def _fails(self, volume: Volume, error: OSError, *, told: bool) -> None:
        self._silent[volume.id] = Unusable(volume.root, volume.id, unreadable(volume.root, error))
        if not told:
            self._log.error("chains cannot be read", volume=volume.id, root=volume.root, why=str(error))
