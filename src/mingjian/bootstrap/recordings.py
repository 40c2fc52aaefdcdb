"""What recorders, catalogue and volumes know, for the screens: states, timelines, storage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, TypeVar

from mingjian.adapters.catalogue_file import rebuilding
from mingjian.bootstrap.camera_rules import VolumeAdmission, demand, supply
from mingjian.bootstrap.health import HealthGatherer, recorder_said
from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.reports import read_away, read_catalogue
from mingjian.display.timeline import GapList, TimelineDay, gap_list, timeline
from mingjian.governance.health import Finding, findings
from mingjian.governance.readings import RecorderSaid
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs, utc_day
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import CameraId, main_stream
from mingjian.kernel.media import GapCause
from mingjian.kernel.period import Period
from mingjian.processing.transcode import Transcoders
from mingjian.storage.capacity import DAY_S, bytes_per_second
from mingjian.storage.coverage import day_start
from mingjian.storage.ports import CatalogueAway, DayRow
from mingjian.storage.reader import without_away
from mingjian.transport.relay import RelayClient
from mingjian.web.services import UNKNOWN, CameraStatus, CameraStorage, Problem, StorageOverview, VolumeState

T = TypeVar("T")
POLL_S = 1.0
"""How old a state on the screen may be."""
STALE_NS = 5 * SECOND_NS
"""A recorder that has not answered for this long is itself the trouble."""
ACKNOWLEDGED_LAG_NS = 30 * SECOND_NS
"""Bytes on disk decide whether a camera records: a fragment lasts at most ten seconds and a commit one."""


@dataclass
class InstallationRecordings:
    """`web.services.Recordings`. `poll` runs beside the web server; the rest answers from what it last heard."""

    opened: Opened
    transcoders: Transcoders | None = None
    """Those of the media path, for their cap to be seen."""
    _heard: dict[str, dict[str, Any]] = field(default_factory=dict)
    _recorders: dict[int, RecorderSaid] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._gatherer = HealthGatherer(self.opened, self.opened.clock.now(), self.transcoders)

    async def poll(self) -> None:
        """Ask every recorder each second, for ever; one that is slow to answer holds up no other."""
        await asyncio.gather(*(self._ask(number) for number in range(self.opened.settings.recorders)))

    async def _ask(self, number: int) -> None:
        while True:
            with suppress(MingjianError):  # away; `status` says so by the age of the last answer
                self.hear(await RelayClient.status(self.opened.places.socket(number)), number)
            await asyncio.sleep(POLL_S)

    def hear(self, streams: Mapping[str, Mapping[str, Any]], recorder: int) -> None:
        """What a recorder has just said of its streams."""
        now = self.opened.clock.now()
        self._recorders[recorder] = recorder_said(recorder, now, streams)
        self._heard.update({stream: {**found, "heard": now} for stream, found in streams.items()})

    def status(self, cameras: Sequence[CameraId]) -> Mapping[CameraId, CameraStatus]:
        now = self.opened.clock.now()
        return {camera: self._status(camera, now) for camera in cameras}

    def _status(self, camera: CameraId, now: UtcNs) -> CameraStatus:
        heard = self._heard.get(main_stream(camera))
        if heard is None:
            return UNKNOWN
        days_held, recorded_until = self._days_held(camera, now), self._recorded_until(camera, heard)
        if now - heard["heard"] > STALE_NS:
            since = UtcNs(heard["heard"])
            return CameraStatus("offline", "recorder-crash", since, days_held=days_held, recorded_until=recorded_until)
        state, cause = camera_state(heard, now)
        return CameraStatus(
            state=state,
            cause=cause,
            since=UtcNs(heard["since"]),
            codec=heard["codec"],
            width=heard["width"] or None,
            height=heard["height"] or None,
            fps=heard["frames_per_second"] or None,
            bitrate_bps=heard["bits_per_second"] or None,
            gop_s=heard["gop_s"] or None,
            lag_ms=max(0, heard["heard"] - heard["last_data"]) // 1_000_000 if heard["last_data"] else None,
            days_held=days_held,
            recorded_until=recorded_until,
            clock_offset_ms=heard["camera_offset_ms"],
        )

    def _days_held(self, camera: CameraId, now: UtcNs) -> float | None:
        oldest = known(lambda: self.opened.catalogue.oldest(main_stream(camera)))
        return round((now - oldest) / DAY_NS, 4) if oldest is not None else None

    def _recorded_until(self, camera: CameraId, heard: Mapping[str, Any]) -> UtcNs | None:
        """By its recorder, or, until that has acknowledged a fragment, by the chain of the lives before."""
        if heard["recorded_until"]:
            return UtcNs(heard["recorded_until"])
        return known(lambda: self.opened.catalogue.newest(main_stream(camera)))

    def incomplete(self) -> bool:
        return read_catalogue(self.opened.places).rebuilding

    def health(self) -> Sequence[Finding]:
        numbers = range(self.opened.settings.recorders)
        return findings(self._gatherer.readings([self._recorders.get(n, RecorderSaid(n, None)) for n in numbers]))

    def timeline(self, camera: CameraId, period: Period, resolution_ms: int) -> Sequence[TimelineDay]:
        return list(timeline(self._days(camera, period), period, resolution_ms, self._due(camera, period)))

    def gaps(self, camera: CameraId, period: Period, most: int) -> GapList:
        due = self._due(camera, period)
        return gap_list(self._days(camera, due), due, most)

    def _days(self, camera: CameraId, period: Period) -> Sequence[DayRow]:
        """Camera-days as a viewer is to see them: what lies on a volume that is away is not there, with that cause."""
        stream = main_stream(camera)
        days = self.opened.catalogue.days(stream, utc_day(period.start), utc_day(period.end))
        absent = read_away(self.opened.places)
        if not absent or not days:  # every day of a well installation
            return days
        whole = Period(day_start(days[0].day), UtcNs(day_start(days[-1].day) + DAY_NS))
        rows = self.opened.catalogue.containers(stream, whole)
        away = [Period(row.t0, row.t1) for row in rows if row.volume in absent]
        there = [Period(row.t0, row.t1) for row in rows if row.volume not in absent]
        return [without_away(day, _touching(away, day), _touching(there, day)) for day in days] if away else days

    def _due(self, camera: CameraId, period: Period) -> Period:
        """What of `period` should be there: from the oldest footage that has not expired to what may still be open.

        Where a recorder has acknowledged more than the catalogue has read, the catalogue is late, not the footage.
        """
        stream = main_stream(camera)
        oldest = self.opened.catalogue.oldest(stream)
        end = UtcNs(self.opened.clock.now() - ACKNOWLEDGED_LAG_NS)
        read = max((row.t1 for row in self.opened.catalogue.tails(stream)), default=UtcNs(0))
        if (heard := self._heard.get(stream)) is not None and heard["recorded_until"] > read:
            end = min(end, read)
        due = Period(oldest, end).intersection(period) if oldest is not None and oldest < end else None
        return due or Period(period.start, period.start)

    def storage(self) -> StorageOverview:
        found = self.opened.find_volumes()
        with self.opened.store.reading() as uow:
            cameras = uow.cameras.all_in_use()
        supplies, unreadable = supply(self.opened, found.volumes)
        outlook = VolumeAdmission(self.opened).forecast(cameras)
        states = [
            VolumeState(
                id=volume.id,
                kind=str(volume.identity.kind),
                path_name=PurePath(volume.root).name,
                total_bytes=have.usable_bytes,
                free_bytes=max(0, have.usable_bytes - have.used_bytes),
                floor_s=have.floor_s,
                ceiling_s=have.ceiling_s,
            )
            for volume, have in supplies.items()
        ]
        problems = [Problem.of(one.error, one.root) for one in (*found.unusable, *unreadable)]
        problems += self._written_problems({problem.subject for problem in problems})
        now = self.opened.clock.now()
        return StorageOverview(
            states,
            outlook,
            [
                CameraStorage(
                    camera.id,
                    bytes_per_second(demand(self.opened, camera)) * DAY_S,
                    self._days_held(camera.id, now) or 0.0,
                    round(outlook.holds_s / DAY_S, 2) if outlook is not None else None,
                )
                for camera in cameras
            ],
            [*problems, *self._catalogue_problems()],
        )

    def _written_problems(self, known: set[str]) -> list[Problem]:
        """What recorders met on volumes when they wrote; a place that has its problem already needs no second."""
        faults = {root: fault for said in self._recorders.values() for root, fault in said.volumes.items()}
        return [
            Problem(fault.code, root, fault.text, fault.text_en, fault.remedy, fault.remedy_en)
            for root, fault in faults.items()
            if root not in known
        ]

    def _catalogue_problems(self) -> list[Problem]:
        found, name = read_catalogue(self.opened.places), self.opened.places.catalogue.name
        problems = [Problem.of(rebuilding(), name)] if found.rebuilding else []
        return problems + [
            Problem(
                code="catalogue.set-aside",
                subject=kept,
                text="录像目录库曾损坏，损坏的文件已另存，目录已由存储卷重建",
                text_en="the catalogue of recordings was damaged; the file is kept, the catalogue was made anew",
                remedy="查明系统盘的状况；确认后可删除该文件",
                remedy_en="find out about the system disk; the file may be deleted afterwards",
            )
            for kept in found.set_aside
        ]


def _touching(periods: Sequence[Period], day: DayRow) -> list[Period]:
    start = day_start(day.day)
    return [period for period in periods if period.start < start + DAY_NS and start < period.end]


def known(ask: Callable[[], T]) -> T | None:
    """What the catalogue says; None while it cannot answer, for a camera's state is shown all the same."""
    try:
        return ask()
    except CatalogueAway:
        return None


def camera_state(heard: dict[str, Any], now: UtcNs) -> tuple[str, str]:
    """State and cause of a camera from its recorder's words; footage safe on disk decides, not a flag in memory."""
    if heard["state"] == "interrupted":
        return "offline", heard["cause"]
    if heard["disk_failure"] and not heard["recording"]:
        said = heard["disk_failure"]
        known = (cause for cause in (GapCause.DISK_FULL, GapCause.OVERLOAD) if said.startswith(cause))
        return "offline", next(known, GapCause.DISK_ERROR)
    if heard["state"] == "starting":
        return "starting", ""
    if now - max(heard["recorded_until"], heard["since"]) > ACKNOWLEDGED_LAG_NS:
        return "offline", GapCause.DISK_ERROR
    return "recording" if heard["recording"] else "starting", ""
