"""Previews fed by a real relay: key frames of every named stream become pictures, cameras come and go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from footage import Clip
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.ids import CameraId, StreamId, main_stream, sub_stream
from mingjian.processing.preview_files import PreviewFiles
from mingjian.processing.previews import run_previews
from mingjian.transport.hub import Hub
from mingjian.transport.relay import RelayServer

GATE, HALL = CameraId("gate"), CameraId("hall")


async def test_sub_and_main_streams_become_pictures_of_their_cameras(
    tmp_path: Path, h264_clip: Clip, h265_clip: Clip
) -> None:
    clock = ManualClock()
    hubs = {sub_stream(GATE): Hub(), main_stream(HALL): Hub()}
    path = tmp_path / "recorder-0.sock"
    server = RelayServer(path, hubs, dict)
    await server.start()
    subscribed: set[StreamId] = set()
    both = asyncio.Event()

    def joined(stream: StreamId, readers: int) -> None:
        subscribed.add(stream)
        if len(subscribed) == 2:
            both.set()

    hubs[sub_stream(GATE)].on_readers = lambda readers: joined(sub_stream(GATE), readers)
    hubs[main_stream(HALL)].on_readers = lambda readers: joined(main_stream(HALL), readers)
    previews = asyncio.create_task(run_previews(lambda: dict.fromkeys(hubs, path), tmp_path / "previews", clock, 1.0))
    await both.wait()
    for stream, clip in ((sub_stream(GATE), h264_clip), (main_stream(HALL), h265_clip)):
        hubs[stream].on_config(clip.config)
        for unit in clip.repeated(1, clock.now()):
            hubs[stream].on_access_unit(unit)
    files = PreviewFiles(tmp_path / "previews")
    async with asyncio.timeout(20):
        for camera in (GATE, HALL):
            while (found := files.nearest(camera, clock.now())) is None:  # noqa: ASYNC110 - another task's file
                await asyncio.sleep(0.01)
            assert found.at == clock.now()
            assert found.jpeg.startswith(b"\xff\xd8")
    previews.cancel()
    with pytest.raises(asyncio.CancelledError):
        await previews
    await server.close()
