"""What a camera's record is checked against, joined: the disks by `storage.capacity`, passwords by the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.cameras import CameraRules
from mingjian.app.records import Camera
from mingjian.bootstrap.law import rulebook
from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.volumes import Unusable
from mingjian.kernel.clock import utc_day
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import main_stream
from mingjian.storage.capacity import Forecast, StreamDemand, VolumeSupply, admit, forecast
from mingjian.storage.ports import CatalogueAway
from mingjian.storage.room import RESERVE_BYTES, RESERVE_SHARE, used_bytes
from mingjian.storage.volume import Volume, unreadable

BITS = 8
DAY_S = 86_400


def supply(opened: Opened, volumes: Sequence[Volume]) -> tuple[dict[Volume, VolumeSupply], list[Unusable]]:
    """What each volume offers for footage, less the reserve; and those whose disk does not say."""
    supplies: dict[Volume, VolumeSupply] = {}
    silent: list[Unusable] = []
    for volume in volumes:
        terms = volume.identity
        try:
            space = opened.disk.space(volume.root)
            if terms.max_bytes:
                used = used_bytes(opened.disk, volume.root)
                total = min(terms.max_bytes, used + space.free_bytes)
            else:
                used, total = space.total_bytes - space.free_bytes, space.total_bytes
        except OSError as error:
            silent.append(Unusable(volume.root, volume.id, unreadable(volume.root, error)))
            continue
        usable = total - min(RESERVE_BYTES, total // RESERVE_SHARE)
        supplies[volume] = VolumeSupply(volume.root, usable, used, terms.floor_s, terms.ceiling_s)
    return supplies, silent


def demand(opened: Opened, camera: Camera) -> StreamDemand:
    """A camera's rate: measured on what its last whole day wrote where that is known, else as declared."""
    today = utc_day(opened.clock.now())
    try:
        days = [row for row in opened.catalogue.days(main_stream(camera.id), "00000000", today) if row.day < today]
    except CatalogueAway:
        days = []
    if days and (recorded_s := days[-1].bits.bit_count()) > 3600:
        return StreamDemand(camera.name, days[-1].size_bytes * BITS // recorded_s, measured=True)
    return StreamDemand(camera.name, camera.expected_bitrate_bps, measured=False)


@dataclass(frozen=True, slots=True)
class VolumeAdmission:
    """`app.ports.Admission` over the registered volumes that are there now."""

    opened: Opened

    def admit(self, name: str, bitrate_bps: int, others: Sequence[Camera]) -> None:
        demands = [demand(self.opened, camera) for camera in others]
        admit(self._supplies(), demands, StreamDemand(name, bitrate_bps, measured=False))

    def term_days(self) -> int:
        return min((found.ceiling_s for found in self._supplies()), default=0) // DAY_S

    def forecast(self, cameras: Sequence[Camera]) -> Forecast | None:
        """For all cameras together; None while no volume can be read."""
        try:
            return forecast(self._supplies(), [demand(self.opened, camera) for camera in cameras])
        except (MingjianError, OSError):
            return None

    def _supplies(self) -> list[VolumeSupply]:
        """Raises what is wrong with the first volume where none offers anything."""
        supplies, silent = supply(self.opened, self.opened.volumes())
        if silent and not supplies:
            raise silent[0].error
        return list(supplies.values())


def camera_rules(opened: Opened) -> CameraRules:
    """The rules of this installation."""
    return CameraRules(VolumeAdmission(opened), opened.vault, rulebook())
