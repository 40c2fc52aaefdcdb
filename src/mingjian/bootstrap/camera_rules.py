"""What a camera's record is checked against, joined: the disks by `storage.capacity`, passwords by the vault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.app.cameras import CameraRules
from mingjian.app.records import Camera
from mingjian.bootstrap.opened import Opened
from mingjian.kernel.clock import utc_day
from mingjian.kernel.errors import LocalError, MingjianError
from mingjian.kernel.ids import main_stream
from mingjian.storage.capacity import Forecast, StreamDemand, VolumeSupply, admit, forecast
from mingjian.storage.room import RESERVE_BYTES, RESERVE_SHARE, used_bytes
from mingjian.storage.volume import Volume

BITS = 8


def supply(opened: Opened, volumes: Sequence[Volume]) -> list[VolumeSupply]:
    """What the volumes offer for footage: their file system or their own bound, less the reserve."""
    supplies = []
    for volume in volumes:
        space = opened.disk.space(volume.root)
        terms = volume.identity
        if terms.max_bytes:
            used = used_bytes(opened.disk, volume.root)
            total = min(terms.max_bytes, used + space.free_bytes)
        else:
            used, total = space.total_bytes - space.free_bytes, space.total_bytes
        usable = total - min(RESERVE_BYTES, total // RESERVE_SHARE)
        supplies.append(VolumeSupply(volume.root, usable, used, terms.floor_s, terms.ceiling_s))
    return supplies


def demand(opened: Opened, camera: Camera) -> StreamDemand:
    """A camera's rate: measured on what its last whole day wrote where there is one, else as declared."""
    today = utc_day(opened.clock.now())
    days = [row for row in opened.catalogue.days(main_stream(camera.id), "00000000", today) if row.day < today]
    if days and (recorded_s := days[-1].bits.bit_count()) > 3600:
        return StreamDemand(camera.name, days[-1].size_bytes * BITS // recorded_s, measured=True)
    return StreamDemand(camera.name, camera.expected_bitrate_bps, measured=False)


@dataclass(frozen=True, slots=True)
class VolumeAdmission:
    """`app.ports.Admission` over the registered volumes."""

    opened: Opened

    def admit(self, name: str, bitrate_bps: int, others: Sequence[Camera]) -> None:
        try:
            supplies = supply(self.opened, self.opened.volumes())
        except OSError as error:
            raise LocalError("volume.unreadable", f"存储卷不可用（errno {error.errno}）", remedy="检查磁盘") from error
        demands = [demand(self.opened, camera) for camera in others]
        admit(supplies, demands, StreamDemand(name, bitrate_bps, measured=False))

    def forecast(self, cameras: Sequence[Camera]) -> Forecast | None:
        """For all cameras together; None while no volume can be read."""
        try:
            return forecast(supply(self.opened, self.opened.volumes()), [demand(self.opened, c) for c in cameras])
        except (MingjianError, OSError):
            return None


def camera_rules(opened: Opened) -> CameraRules:
    """The rules of this installation."""
    return CameraRules(VolumeAdmission(opened), opened.vault)
