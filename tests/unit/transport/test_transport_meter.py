"""A stream's figures are measured on its access units, not taken from its description."""

from __future__ import annotations

from mingjian.kernel.clock import ManualClock, UtcNs
from mingjian.kernel.media import AccessUnit, CameraTime, Codec, GapCause, StreamConfig, VideoConfig
from mingjian.transport.meter import StreamMeter, Tee, flat

CONFIG = StreamConfig(VideoConfig(Codec.H264, (b"\x67", b"\x68"), 1920, 1080, "avc1.4D0028"))


def run(meter: StreamMeter, clock: ManualClock, *, seconds: int, gop: int = 50, size: int = 20_000) -> None:
    for frame in range(seconds * 25):
        meter.on_access_unit(AccessUnit(frame * 3600, frame % gop == 0, b"x" * size, clock.now()))
        clock.advance(0.04)


def test_rates_and_gop_are_those_of_the_frames() -> None:
    clock = ManualClock()
    meter = StreamMeter(clock)
    meter.on_config(CONFIG)
    run(meter, clock, seconds=11)
    status = meter.status()
    assert status.state == "online"
    assert status.frames_per_second == 25
    assert abs(status.bits_per_second - 4_000_000) < 80_000
    assert status.gop_s == 2.0


def test_an_interruption_dates_from_the_last_data_and_keeps_its_first_moment() -> None:
    clock = ManualClock()
    meter = StreamMeter(clock)
    meter.on_config(CONFIG)
    run(meter, clock, seconds=1)
    last = clock.now()
    clock.advance(10)
    meter.on_interrupted(GapCause.CAMERA_TIMEOUT, "no data for 10 s", last)
    meter.on_interrupted(GapCause.NETWORK, "connection refused", UtcNs(0))
    status = meter.status()
    assert (status.state, status.cause, status.since) == ("interrupted", "network", last)
    assert status.bits_per_second == 0


def test_the_camera_clock_is_shown_as_an_offset() -> None:
    meter = StreamMeter(ManualClock())
    meter.on_camera_time(CameraTime(0, UtcNs(9_000_000_000), UtcNs(8_500_000_000)))
    assert meter.status().camera_offset_ms == 500


def test_a_tee_tells_every_sink() -> None:
    meters = [StreamMeter(ManualClock()) for _ in range(2)]
    tee = Tee(*meters)
    tee.on_config(CONFIG)
    tee.on_access_unit(AccessUnit(0, True, b"x", UtcNs(1)))
    tee.on_lost(3)
    tee.on_camera_time(CameraTime(0, UtcNs(2_000_000), UtcNs(1_000_000)))
    tee.on_interrupted(GapCause.NETWORK, "reset", UtcNs(1))
    assert [m.status().frames for m in meters] == [1, 1]
    assert {(m.status().lost_packets, m.status().camera_offset_ms, m.status().cause) for m in meters} == {
        (3, 1, "network")
    }


def test_whoever_calls_the_sinks_of_a_tee_saves_its_call() -> None:
    meters = [StreamMeter(ManualClock()) for _ in range(2)]
    assert list(flat(Tee(*meters))) == meters
    assert flat(meters[0]) == (meters[0],)
