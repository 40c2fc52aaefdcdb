"""What `governance.health` judges, gathered: reports of keeper and previews, recorders' answers, disks, catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from mingjian.adapters.clock_file import ClockFile
from mingjian.app import clock_freeze
from mingjian.bootstrap.camera_rules import VolumeAdmission
from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.reports import read_keeper, read_previews
from mingjian.bootstrap.scrub_state import read_scrub
from mingjian.governance.clock_freeze import FreezeState
from mingjian.governance.readings import ClockSaid, OverloadSaid, Problem, Readings, RecorderSaid, Room, Transcoding
from mingjian.kernel.clock import SECOND_NS, UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.processing.transcode import Transcoders
from mingjian.storage.volume import Volume

ROOM_KEPT_NS = 60 * SECOND_NS
"""The forecast moves by hours and reads every camera's days: once a minute is enough for a mark."""


@dataclass
class HealthGatherer:
    """Used by one web process; `up` is when it began to listen to the others."""

    opened: Opened
    up: UtcNs
    transcoders: Transcoders | None = None
    _room: tuple[UtcNs, Room | None] | None = field(default=None)

    def readings(self, recorders: Sequence[RecorderSaid]) -> Readings:
        """Everything as of now; what cannot be read is unknown or a problem, never an error."""
        now = self.opened.clock.now()
        volumes, problem = self._volumes()
        return Readings(
            now,
            self.up,
            keeper=read_keeper(self.opened.places),
            recorders=recorders,
            overdue_s=self._overdue_s(volumes, now),
            volumes=problem,
            room=self._forecast(volumes, now),
            clock=self._clock(),
            scrub=read_scrub(self.opened.places),
            previews=read_previews(self.opened.places),
            transcoding=self._transcoding(),
        )

    def _volumes(self) -> tuple[Sequence[Volume], Problem | None]:
        try:
            found = self.opened.find_volumes()
        except (MingjianError, OSError) as failure:
            return [], Problem.of(failure)
        return found.volumes, Problem.of(found.unusable[0].error) if found.unusable else None

    def _clock(self) -> ClockSaid | None:
        known = ClockFile(self.opened.places.run).read()
        if known is None or known.freeze is None:
            return None if known is None else ClockSaid()
        try:
            said = clock_freeze.standing(self.opened.store)
        except MingjianError:
            said = None
        vouched = said is not None and said.mark == known.freeze.mark and said.state is FreezeState.VOUCHED
        return ClockSaid(known.freeze.found, known.by_ns / SECOND_NS, vouched)

    def _overdue_s(self, volumes: Sequence[Volume], now: UtcNs) -> float | None:
        if not volumes:
            return None
        ceiling_s = max(volume.identity.ceiling_s for volume in volumes)
        try:
            streams = self.opened.catalogue.streams()
            oldest = [found for stream in streams if (found := self.opened.catalogue.oldest(stream)) is not None]
        except (SQLAlchemyError, MingjianError):
            return None
        return max(((now - begun) / SECOND_NS - ceiling_s for begun in oldest), default=0.0)

    def _forecast(self, volumes: Sequence[Volume], now: UtcNs) -> Room | None:
        if self._room is None or not 0 <= now - self._room[0] < ROOM_KEPT_NS:
            self._room = (now, self._reckoned(volumes))
        return self._room[1]

    def _reckoned(self, volumes: Sequence[Volume]) -> Room | None:
        with self.opened.store.reading() as uow:
            cameras = uow.cameras.all_in_use()
        found = VolumeAdmission(self.opened).forecast(cameras) if volumes else None
        if found is None:
            return None
        floor_s = max(volume.identity.floor_s for volume in volumes)
        return Room(found.fits, found.holds_s, found.full_in_s, floor_s)

    def _transcoding(self) -> Transcoding | None:
        work = self.transcoders
        return None if work is None else Transcoding(work.in_use, work.cap, work.refused, work.last_refused)


def recorder_said(number: int, answered: UtcNs | None, streams: Mapping[str, Mapping[str, Any]]) -> RecorderSaid:
    """A recorder by its last answer: each main stream tells the same of deletions, volumes and what is shed."""
    failure = next((found["expiry_failure"] for found in streams.values() if found.get("expiry_failure")), None)
    shed = next((found["overload"] for found in streams.values() if found.get("overload")), None)
    faults = next((found["volume_faults"] for found in streams.values() if found.get("volume_faults")), None)
    return RecorderSaid(
        number,
        answered,
        UtcNs(failure["since"]) if failure else None,
        Problem(**failure["problem"]) if failure else None,
        OverloadSaid(UtcNs(shed["since"]), shed["mains"], shed["cameras"]) if shed else None,
        {root: Problem(**fault) for root, fault in (faults or {}).items()},
    )
