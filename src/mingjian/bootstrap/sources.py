"""Which source reads a camera: the native one, or PyAV where the camera's record says so."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from mingjian.bootstrap.assignment import AssignedCamera
from mingjian.capture.account import CameraAccount
from mingjian.capture.address import CameraAddress, is_secure
from mingjian.capture.keeper import Keeper
from mingjian.capture.rtsp_source import RtspSource
from mingjian.capture.source import Source
from mingjian.kernel.clock import Clock
from mingjian.kernel.media import SourceSink


def open_source(address: CameraAddress, clock: Clock) -> Source:
    """A fresh connection, not yet made."""
    if address.engine == "av":
        from mingjian.capture.av_source import AvSource  # FFmpeg is loaded only where a camera needs it

        return AvSource(address, clock)
    return RtspSource(address, clock, secrets.token_bytes)


def camera_keeper(
    camera: AssignedCamera,
    url: str,
    sink: SourceSink,
    account: CameraAccount,
    clock: Clock,
    random: Callable[[], float],
) -> Keeper:
    """Keeps one stream of `camera` flowing into `sink`; all its streams share `account`.

    An unusable record fails at each attempt, as a gap.
    """

    def open_one() -> Source:
        address = CameraAddress.parse(
            url,
            transport=camera.transport,
            engine=camera.engine,
            user=camera.user,
            password=camera.password,
            audio=camera.audio,
            allowed_hosts=camera.hosts,
            tls_sha256=camera.tls_sha256 if is_secure(url) else "",
        )
        return open_source(address, clock)

    return Keeper(open=open_one, sink=sink, clock=clock, random=random, account=account)
