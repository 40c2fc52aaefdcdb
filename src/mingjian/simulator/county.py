"""The demonstration county: four cameras at places of the kinds the regulation names (Article 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle, islice

from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.media import Codec
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard
from mingjian.simulator.scene import Scene

DEMO_USER = "admin"
DEMO_PASSWORD = "demo-camera"  # noqa: S105  opens simulated cameras on loopback and nothing else
FIRST_PORT = 8554
"""Simulated cameras listen from here on, one port each."""
BENCH_PHASES = 20
"""Bench cameras send in so many groups, each with key frames of its own: a hundred cameras that all speak, or all begin
a group of pictures, at one instant are no real line."""
MAX_CAMERAS = 500
"""More than one sending core can serve at 4 Mb/s."""


@dataclass(frozen=True, slots=True)
class CountyCamera:
    """One camera of the county, and where it hangs."""

    name: str
    place_name: str
    spec: CameraSpec


_SCENES = (
    (Scene(Place.GATE, "学校大门", "SCHOOL GATE"), "实验小学", Codec.H264),
    (Scene(Place.LOBBY, "旅馆大厅", "HOTEL LOBBY"), "迎宾旅馆", Codec.H264),
    (Scene(Place.PLATFORM, "地铁站台", "METRO PLATFORM"), "人民广场站", Codec.H265),
    (Scene(Place.CAR_PARK, "小区停车场", "CAR PARK"), "和平小区", Codec.H264),
)


def county(cameras: int = 4, *, guard: Guard = Guard.DIGEST_MD5, password: str = DEMO_PASSWORD) -> list[CountyCamera]:
    """The first `cameras` of the county: 1080p main streams (every third H.265), 360p H.264 sub streams.

    Beyond four the places repeat with a number behind their name.
    """
    found = []
    for number, (scene, place_name, codec) in enumerate(islice(cycle(_SCENES), cameras)):
        turn = number // len(_SCENES) + 1
        named = (
            scene if turn == 1 else replace(scene, name=f"{scene.name} {turn}", ascii_name=f"{scene.ascii_name} {turn}")
        )
        main = LoopSpec(named, codec=codec)
        sub = LoopSpec(named, width=640, height=360, bitrate_bps=500_000)
        spec = CameraSpec(main, sub, guard=guard, user=DEMO_USER, password=password)
        found.append(CountyCamera(named.name, place_name, spec))
    return found


def bench(cameras: int, *, rate_mbps: float = 4.0, codec: Codec = Codec.H264) -> list[CameraSpec]:
    """`cameras` open cameras that all play one 1080p loop of `rate_mbps`, without SEI: cheap to serve."""
    main = LoopSpec(Scene(Place.GATE, "压力测试", "BENCH"), codec=codec, bitrate_bps=round(rate_mbps * 1_000_000))
    period_ns = SECOND_NS // main.fps
    phases_ns = [
        group * period_ns // BENCH_PHASES + group * main.gop // BENCH_PHASES * period_ns
        for group in range(BENCH_PHASES)
    ]
    return [
        CameraSpec(main, guard=Guard.NONE, sei=False, phase_ns=phases_ns[number % BENCH_PHASES])
        for number in range(cameras)
    ]
