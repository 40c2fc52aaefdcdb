"""The stream test of the camera page, over a real connection."""

from __future__ import annotations

from dataclasses import dataclass

from mingjian.bootstrap.sources import open_source
from mingjian.capture.address import CameraAddress
from mingjian.capture.probe import probe
from mingjian.kernel.clock import Clock
from mingjian.web.services import Measured


@dataclass(frozen=True, slots=True)
class StreamTest:
    """`web.services.Probe`."""

    clock: Clock

    async def __call__(self, address: CameraAddress) -> Measured:
        found = await probe(open_source(address, self.clock))
        return Measured(found.codec, found.width, found.height, found.fps, found.bitrate_bps, found.gop_s, found.audio)
