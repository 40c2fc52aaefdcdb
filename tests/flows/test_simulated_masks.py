"""A camera that masks what it would see of a fitting room, and one that does not: told apart on what they send."""

from __future__ import annotations

from pathlib import Path

import pytest

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.looks import CameraLooks
from mingjian.capture.address import CameraAddress
from mingjian.governance.mask import judge
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.processing.watermark import Watermark
from mingjian.simulator.loops import LoopSpec
from mingjian.simulator.masks import read_mask, with_mask
from mingjian.simulator.places import Place
from mingjian.simulator.rtsp_camera import CameraSpec, Guard, SimulatedCamera
from mingjian.simulator.scene import Scene
from mingjian.simulator.shelf import LoopShelf

LOOP = LoopSpec(
    Scene(Place.LOBBY, "服装店", "SHOP"), width=640, height=360, seconds=7, gop=25, bitrate_bps=800_000, grain=True
)
BOX = (0.05, 0.55, 0.55, 0.95)
"""Where people walk past."""
AREA = ((0.05, 0.55), (0.55, 0.55), (0.55, 0.95), (0.05, 0.95))


@pytest.mark.parametrize("masked", [True, False])
async def test_A8_a_mask_inside_the_camera_is_proven_on_the_received_stream_and_its_absence_seen(
    tmp_path: Path, masked: bool
) -> None:
    spec = CameraSpec(LOOP, guard=Guard.NONE)
    if masked:
        spec = with_mask(spec, BOX)
    looks = CameraLooks(SystemClock())
    async with SimulatedCamera(spec, SystemClock(), LoopShelf(tmp_path)) as camera:
        address = CameraAddress.parse(camera.url)
        proof = judge(await looks.readings(address, [AREA]))
        assert (proof.proven, proof.code) == ((True, "masked") if masked else (False, "visible"))
        jpeg = await looks.picture(address, Watermark("某人", "某单位", UtcNs(0), 7))
        assert jpeg.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("text", ["", "0", "9:0,0,1,1", "0:0.5,0,0.4,1", "0:0,0,1", "x:0,0,1,1", "0:0,0,nan,1"])
def test_an_unusable_mask_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_mask(text, 4)


def test_a_mask_is_read_and_is_on_both_streams() -> None:
    number, box = read_mask("1:0.1,0.2,0.4,0.7", 2)
    assert (number, box) == (1, (0.1, 0.2, 0.4, 0.7))
    spec = with_mask(CameraSpec(LOOP, LOOP), box)
    assert spec.sub is not None
    assert spec.main.scene.masks == spec.sub.scene.masks == (box,)
