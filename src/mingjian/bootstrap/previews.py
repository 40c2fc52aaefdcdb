"""The preview process: key frames of sub streams become small pictures for scrubbing; shed first under load."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

from mingjian.adapters.clock_file import ClockFile
from mingjian.app.cameras import connections
from mingjian.bootstrap.assignment import recorder_of
from mingjian.bootstrap.clock_watch import may_expire
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.recorder import run_process
from mingjian.bootstrap.reports import write_previews
from mingjian.bootstrap.settings import Settings
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MingjianError
from mingjian.kernel.ids import StreamId, main_stream, sub_stream
from mingjian.processing.preview_budget import PreviewStatistics
from mingjian.processing.preview_files import PreviewFiles
from mingjian.processing.previews import run_previews

EXPIRE_S = 60.0


def preview_streams(opened: Opened) -> dict[StreamId, Path]:
    """The stream to take each camera's previews from (its sub stream where it has one), and its recorder's socket."""
    return {
        (sub_stream(camera.id) if camera.sub_url else main_stream(camera.id)): opened.places.socket(
            recorder_of(camera.id, opened.settings.recorders)
        )
        for camera in connections(opened.store, opened.vault)
    }


async def _expire(opened: Opened) -> None:
    """Previews never outlive the footage they show."""
    files = PreviewFiles(opened.places.previews)
    while True:
        with suppress(MingjianError, OSError):  # no volume now: nothing is known to be too old
            known = ClockFile(opened.places.run).read()
            volumes = [volume for volume in opened.volumes() if known is None or may_expire(known, volume)]
            ceiling = max((volume.identity.ceiling_ns for volume in volumes), default=0)
            if ceiling:
                await asyncio.to_thread(files.expire, UtcNs(opened.clock.now() - ceiling))
        await asyncio.sleep(EXPIRE_S)


async def _run(opened: Opened) -> None:
    def publish(statistics: PreviewStatistics) -> None:
        with suppress(OSError):  # a full disk: the silence is told, previews go on
            write_previews(opened.places, opened.clock.now(), statistics)

    stopping = asyncio.Event()
    tasks = [
        asyncio.create_task(until_input_ends(stopping)),
        asyncio.create_task(_expire(opened)),
        asyncio.create_task(
            run_previews(
                lambda: preview_streams(opened),
                opened.places.previews,
                opened.clock,
                opened.settings.preview_cpu_share,
                on_statistics=publish,
            )
        ),
    ]
    stopped = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    for task in [*tasks, stopped]:
        task.cancel()
    for task in done:
        task.result()


def run_preview_process(data: Path, settings: Settings) -> None:
    """The process `mingjian internal previews`."""
    run_process(_run(open_installation(data, settings)))
