"""`mingjian serve`: one installation from its data directory, with its cameras handed to its recorders."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from sqlalchemy import inspect

from mingjian.adapters import migrations
from mingjian.adapters.system_clock import SystemClock
from mingjian.adapters.vault import open_vault
from mingjian.app.cameras import connections
from mingjian.app.holds import held
from mingjian.app.identity import first_start
from mingjian.bootstrap import logs
from mingjian.bootstrap.assignment import AssignedCamera, Assignment, recorder_of
from mingjian.bootstrap.installation import Extra, run_installation
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import load
from mingjian.bootstrap.volumes import registered
from mingjian.kernel.errors import LocalError, Refused
from mingjian.kernel.ids import main_stream


def assignments(opened: Opened) -> list[Assignment]:
    """The work of each recorder, from the database as it is now."""
    recorders = opened.settings.recorders
    cameras: list[list[AssignedCamera]] = [[] for _ in range(recorders)]
    in_use = connections(opened.store, opened.vault)
    recorded = tuple(sorted(main_stream(found.id) for found in in_use))
    for found in in_use:
        cameras[recorder_of(found.id, recorders)].append(
            AssignedCamera(
                id=found.id,
                url=found.url,
                sub_url=found.sub_url,
                user=found.user,
                password=found.password,
                transport=found.transport,
                engine=found.engine,
                audio=found.audio,
                hosts=tuple(sorted(found.hosts)),
                tls_sha256=found.tls_sha256,
            )
        )
    volumes = tuple(registered(opened.places))
    holds = tuple(
        (main_stream(camera), int(period.start), int(period.end))
        for camera, periods in sorted(held(opened.store, clock=opened.clock).items())
        for period in periods
    )
    return [Assignment(tuple(sorted(part, key=lambda camera: camera.id)), volumes, recorded, holds) for part in cameras]


def only_one(places: DataDirectory) -> TextIO:
    """The lock of a data directory, held until closed. Refused while another `serve` runs on it."""
    held = (places.run / "serve.lock").open("w", encoding="ascii")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise Refused(
            "serve.running",
            f"{places.root} 上已有一套系统在运行",
            text_en=f"An installation is already running on {places.root}",
            remedy="先停止它，或使用另一个数据目录",
            remedy_en="Stop it first, or use another data directory",
            field="data",
        ) from None
    return held


def refuse_lost_database(opened: Opened) -> None:
    """LocalError for an empty database where cameras were recorded: a new one would tell every recorder to stop."""
    if opened.places.assignments() and not inspect(opened.engine).has_table("alembic_version"):
        raise LocalError(
            "database.lost",
            "数据库不见了或是空的，而这里录过像",
            remedy="挂载或恢复数据库；确要重新开始，先删除 run/assignment-*.enc",
            field="database_url",
            text_en="the database is missing or empty, yet cameras were recorded here",
            remedy_en="mount or restore the database; to really begin anew, delete run/assignment-*.enc first",
        )


def serve(
    data: Path,
    *,
    extras: Sequence[Extra] = (),
    on_started: Callable[[], None] = lambda: None,
    on_first_start: Callable[[str], None] = lambda code: None,
    until_input_end: bool = False,
) -> None:
    """Run the installation until a signal ends it, or the end of its input where `until_input_end` says so.

    Raises Invalid for a setting, LocalError for a key or volume.

    `on_first_start` gets the one-time code that makes the first administrator, while nobody has an account.
    """
    settings, places = load(data, dict(os.environ)), DataDirectory(data)
    places.create()
    held = only_one(places)
    logs.configure(places.logs / "supervisor.log", settings.log_level)
    open_vault(places.keys / "secret.key")  # made before the recorders look for it
    ready: list[Opened] = []

    def prepare() -> None:
        opened = open_installation(data, settings)
        refuse_lost_database(opened)
        migrations.upgrade(opened.engine)
        code = first_start(opened.store, random=secrets.token_bytes)
        if code is not None:
            on_first_start(code)
        ready.append(opened)

    with held:
        asyncio.run(
            run_installation(
                places=places,
                settings=settings,
                clock=SystemClock(),
                assignments=lambda: assignments(ready[-1]),
                prepare=prepare,
                extras=extras,
                on_started=on_started,
                until_input_end=until_input_end,
            )
        )
