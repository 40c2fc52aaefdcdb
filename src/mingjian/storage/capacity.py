"""How long what is recorded will fit, and whether one more stream does. Pure; every answer shows its arithmetic.

Admission reckons with the ceiling, not the floor, and one container more (what expires, expires by containers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import Refused
from mingjian.storage.journal import CONTAINER_NS

DAY_S = 86_400
CONTAINER_S = CONTAINER_NS // SECOND_NS
OVERHEAD_PERMILLE = 15
"""Chain lines, boxes and file system blocks beside the media: measured below 1 %, reckoned with 1.5 %."""
WARN_BEFORE_S = 7 * DAY_S
"""The forecast must speak at least a week before a volume is full."""


@dataclass(frozen=True, slots=True)
class StreamDemand:
    """One recorded stream. `measured`: by what it really needed, else as its record declares."""

    name: str
    bits_per_second: int
    measured: bool


@dataclass(frozen=True, slots=True)
class VolumeSupply:
    """One volume: what of it is there for footage, and its terms."""

    name: str
    usable_bytes: int
    used_bytes: int
    floor_s: int
    ceiling_s: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """`needed_bytes` once everything is held up to the ceiling, against what is there; when it will be full."""

    needed_bytes: int
    usable_bytes: int
    bytes_per_day: int
    holds_s: int
    """How many seconds of all streams fit."""
    full_in_s: int | None
    """Seconds until the volumes are full at this rate; None when expiry keeps up."""

    @property
    def fits(self) -> bool:
        return self.needed_bytes <= self.usable_bytes

    @property
    def warns(self) -> bool:
        """Whether someone must act now."""
        return self.full_in_s is not None and self.full_in_s < WARN_BEFORE_S


def bytes_per_second(demand: StreamDemand) -> int:
    """What the stream needs on disk each second, overhead included, rounded up."""
    return -(-demand.bits_per_second * (1000 + OVERHEAD_PERMILLE) // 8000)


def forecast(volumes: Sequence[VolumeSupply], demands: Sequence[StreamDemand]) -> Forecast:
    """For all `demands` on all `volumes` together, with the longest ceiling among them."""
    usable = sum(volume.usable_bytes for volume in volumes)
    used = sum(volume.used_bytes for volume in volumes)
    rate = sum(bytes_per_second(demand) for demand in demands)
    ceiling_s = max((volume.ceiling_s for volume in volumes), default=0)
    needed = rate * (ceiling_s + CONTAINER_S)
    full = None if rate == 0 or needed <= usable else max(0, usable - used) // rate
    return Forecast(needed, usable, rate * DAY_S, usable // rate if rate else ceiling_s, full)


def admit(volumes: Sequence[VolumeSupply], present: Sequence[StreamDemand], wanted: StreamDemand) -> Forecast:
    """The forecast with `wanted` added. Raises Refused, with the numbers, when it would not fit up to the ceiling."""
    if wanted.bits_per_second <= 0:
        raise Refused(
            "capacity.no-bitrate",
            "没有码率，无法核算存储",
            text_en="There is no bit rate, so the storage needed cannot be worked out",
            remedy="先测试视频流，或填写码率",
            remedy_en="Test the stream first, or fill in the bit rate",
            field="expected_bitrate_bps",
        )
    result = forecast(volumes, [*present, wanted])
    if result.fits:
        return result
    ceiling_s = max((volume.ceiling_s for volume in volumes), default=0)
    floor_s = max((volume.floor_s for volume in volumes), default=0)
    text = (
        f"存储不足：{arithmetic(wanted, ceiling_s)}；"
        f"加上现有 {len(present)} 路共需 {_size(result.needed_bytes)}，可用 {_size(result.usable_bytes)}，"
        f"只够保存 {_days(result.holds_s)}，下限为 {_days(floor_s)}"
    )
    excess = result.needed_bytes - result.usable_bytes
    raise Refused(
        "capacity.does-not-fit",
        text,
        remedy=f"增加存储 {_size(excess)} 以上，或降低码率",
        field="expected_bitrate_bps",
        text_en=(
            f"does not fit: {wanted.name} at {wanted.bits_per_second / 1e6:.2f} Mb/s and {len(present)} others "
            f"need {_size(result.needed_bytes)} for {ceiling_s / DAY_S:.2f} d plus one container, "
            f"there are {_size(result.usable_bytes)}: enough for {result.holds_s / DAY_S:.2f} d, "
            f"the floor is {floor_s / DAY_S:.2f} d"
        ),
        remedy_en=f"add at least {_size(excess)}, or lower the bit rate",
    )


def arithmetic(demand: StreamDemand, ceiling_s: int) -> str:
    """The reckoning for one stream in words: rate × time × overhead = bytes."""
    source = "实测" if demand.measured else "申报"
    total = bytes_per_second(demand) * (ceiling_s + CONTAINER_S)
    held = f"（上限 {_days(ceiling_s)} + 一个文件 {CONTAINER_S // 60} 分钟）"
    rate = f"{demand.name} {source}码率 {demand.bits_per_second / 1e6:.2f} Mb/s"
    return f"{rate} × {held} × 1.{OVERHEAD_PERMILLE:03d} ÷ 8 = {_size(total)}"


def _size(size_bytes: int) -> str:
    for unit, factor in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.2f} {unit}"
    return f"{size_bytes} B"


def _days(seconds: int) -> str:
    return f"{seconds / DAY_S:.1f} 天" if seconds >= DAY_S else f"{seconds / 60:.0f} 分钟"
