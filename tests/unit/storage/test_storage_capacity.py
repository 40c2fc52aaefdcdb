"""Forecast and admission: the numbers, and that a refusal shows them."""

from __future__ import annotations

import pytest

from mingjian.kernel.errors import Refused
from mingjian.storage.capacity import DAY_S, StreamDemand, VolumeSupply, admit, bytes_per_second, forecast

TB = 10**12


def volume(terabytes: float, used: float = 0.0) -> VolumeSupply:
    return VolumeSupply("v1", round(terabytes * TB), round(used * TB), 30 * DAY_S, 31 * DAY_S)


def camera(name: str = "大门", megabits: float = 4.0) -> StreamDemand:
    return StreamDemand(name, round(megabits * 10**6), measured=False)


def test_one_camera_of_four_megabits_needs_1_36_terabytes() -> None:
    result = forecast([volume(2)], [camera()])
    assert bytes_per_second(camera()) == 507_500
    assert result.needed_bytes == 507_500 * (31 * DAY_S + 600)
    assert result.fits
    assert result.full_in_s is None


def test_a_camera_that_does_not_fit_is_refused_with_the_arithmetic() -> None:
    with pytest.raises(Refused) as refusal:
        admit([volume(2)], [camera("一号")], camera("二号"))
    text = refusal.value.text
    for part in ("二号", "申报码率 4.00 Mb/s", "31.0 天", "10 分钟", "1.36 TB", "2.72 TB", "2.00 TB", "下限为 30.0 天"):
        assert part in text
    assert "720" in refusal.value.remedy or "0.72 TB" in refusal.value.remedy or "719" in refusal.value.remedy


def test_without_a_bitrate_there_is_no_reckoning() -> None:
    with pytest.raises(Refused, match="no-bitrate"):
        admit([volume(2)], [], camera(megabits=0))


def test_A17_2_3_the_forecast_warns_a_week_ahead() -> None:
    demand = [camera(str(number)) for number in range(3)]
    late = forecast([volume(2, used=1.5)], demand)
    assert not late.fits
    assert late.warns
    early = forecast([volume(2, used=0.1)], demand)
    assert early.full_in_s is not None
    assert not early.warns


def test_no_camera_needs_nothing() -> None:
    assert forecast([volume(1)], []).full_in_s is None
    assert forecast([], []).fits
