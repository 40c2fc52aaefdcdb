"""The web process: API, media WebSocket and screens over one installation."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

import mingjian
from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.adapters.basemap_files import open_basemap
from mingjian.adapters.forensic_keys import forensic_key, forensic_keys
from mingjian.adapters.sealer import FolderSealer
from mingjian.adapters.sheets import Sheets
from mingjian.adapters.typst_printer import TypstPrinter
from mingjian.app import identity, posts, under_approval, views
from mingjian.app.journal import AWAY, Journal, journaled, record_journaled
from mingjian.app.records import Actor
from mingjian.audit.journal import NUMBER_BASE
from mingjian.bootstrap.assignment import recorder_of
from mingjian.bootstrap.camera_rules import camera_rules
from mingjian.bootstrap.input_end import until_input_ends
from mingjian.bootstrap.local_authority import server_certificate
from mingjian.bootstrap.looks import CameraLooks
from mingjian.bootstrap.opened import (
    Opened,
    identity_keeper,
    open_installation,
    open_journal,
    password_policy,
    provider_rules,
)
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.published import PublishedLedger
from mingjian.bootstrap.recorder import run_process
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.redacting import InstallationRedactor
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.snapshots import InstallationSnapshots
from mingjian.bootstrap.streamtest import StreamTest
from mingjian.bootstrap.volume_probes import AnsweringFiles, Probes
from mingjian.governance.reasons import Reason
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import LocalError, MingjianError
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, StreamId, camera_of
from mingjian.kernel.period import Period
from mingjian.processing.leak import ProcessLeakReader
from mingjian.processing.preview_files import PreviewFiles
from mingjian.processing.transcode import Transcoders
from mingjian.storage.lane import HUNG_NS
from mingjian.storage.reader import FragmentReader, FragmentRef, GapRef
from mingjian.transport.hub import Reader
from mingjian.transport.relay import RelayClient
from mingjian.web.api import create_app
from mingjian.web.media import media_router
from mingjian.web.media_services import MediaServices
from mingjian.web.proxies import networks
from mingjian.web.services import Basemap, Services
from mingjian.web.viewings import Viewings

DEVELOPMENT_ORIGIN = "http://127.0.0.1:5173"
"""Where the development server of the screens runs (`make dev`)."""
PING_S = 10.0
"""A viewer whose network is gone is noticed within two of these, and his register entry closed."""
RELOAD_LOOK_S = 0.5
STOP_S = 3
"""Open media sockets are told to end; nobody's picture holds up a restart."""


@dataclass
class InstallationFragments:
    """`display.ports.FragmentReader` over the volumes mounted now: a disk that comes late plays without a restart."""

    opened: Opened
    probes: Probes = field(default_factory=lambda: Probes(HUNG_NS / SECOND_NS))
    """A reading that gets no answer is a gap to its viewer; until the volume answers it counts as away."""
    _reader: FragmentReader | None = field(default=None)

    def fragments(self, stream: StreamId, period: Period) -> Iterator[FragmentRef | GapRef]:
        self._reader = self._opened()
        return self._reader.fragments(stream, period)

    def read(self, ref: FragmentRef) -> bytes:
        return self._current().read(ref)

    def init(self, ref: FragmentRef) -> bytes:
        return self._current().init(ref)

    def _current(self) -> FragmentReader:
        if self._reader is None:
            self._reader = self._opened()
        return self._reader

    def _opened(self) -> FragmentReader:
        volumes = [volume for volume in self.opened.volumes() if not self.probes.silent(volume.root)]
        return replace(self.opened.reader(volumes), disk=AnsweringFiles(self.opened.disk, volumes, self.probes))


@dataclass(frozen=True, slots=True)
class Rights:
    """What the media path asks the legal half, by session cookie; each answer is as of now."""

    opened: Opened
    journal: Journal

    def grant(self, session: str, grant: str) -> Grant | None:
        return views.live_grant(
            self.opened.store,
            grant,
            actor=self._actor(session),
            clock=self.opened.clock,
            elsewhere=lambda grant: journaled(self.journal, grant),
        )

    def signed_in(self, session: str) -> bool:
        return self._actor(session) is not None

    def deliver(self, grant: Grant, camera: CameraId, periods: Sequence[Period]) -> None:
        store, clock = self.opened.store, self.opened.clock
        if grant.entry >= NUMBER_BASE and journaled(self.journal, grant.id) is not None:
            record_journaled(self.journal, clock=clock, grant=grant.id, camera=camera, periods=periods)
            return
        try:
            views.record_delivery(store, clock=clock, grant=grant.id, camera=camera, periods=periods)
        except LocalError as away:
            if away.code != AWAY or not grant.request:
                raise
            record_journaled(self.journal, clock=clock, grant=grant.id, camera=camera, periods=periods)

    def ended(self, grant: Grant) -> None:
        if grant.entry >= NUMBER_BASE:  # it closes when the ledger has it
            return
        views.close_ended(self.opened.store, clock=self.opened.clock, grant=grant.id)

    def why_ended(self, grant: Grant) -> Reason | None:
        law, now = self.opened.settings.law(), self.opened.clock.now()
        with contextlib.suppress(LocalError), self.opened.store.reading() as uow:
            why = under_approval.why_ended(uow, law, grant.id, now)
            return replace(why, article=law.cited(why.article, law.day(now))) if why is not None else None
        return None  # it cannot be read: the end itself needs no reason

    def has_sub(self, camera: CameraId) -> bool:
        with self.opened.store.reading() as uow:
            return any(found.id == camera and found.sub_url for found in uow.cameras.all_in_use())

    def camera_name(self, camera: CameraId) -> str:
        with self.opened.store.reading() as uow:
            return next((found.name for found in uow.cameras.all_in_use() if found.id == camera), "")

    def _actor(self, session: str) -> Actor | None:
        idle_s = password_policy(self.opened).idle_s
        return identity.actor_of(self.opened.store, session, clock=self.opened.clock, idle_s=idle_s)


def services(
    opened: Opened,
    recordings: InstallationRecordings,
    viewings: Viewings | None = None,
    journal: Journal | None = None,
) -> Services:
    """What the HTTP face is made of; `viewings` and `journal` are those of the media path."""
    settings = opened.settings
    screens = Path(mingjian.__file__).parent / "webui"
    return Services(
        store=opened.store,
        identity=identity_keeper(opened),
        provider=provider_rules(opened),
        cameras=camera_rules(opened),
        clock=opened.clock,
        random=secrets.token_bytes,
        law=settings.law(),
        recordings=recordings,
        probe=StreamTest(opened.clock),
        snapshots=InstallationSnapshots(opened),
        looks=CameraLooks(opened.clock),
        sealed=FolderSealer(opened.places.exports),
        attachments=DiskAttachments(opened.places.attachments),
        sheets=Sheets(),
        ledger=PublishedLedger(opened),
        printer=TypstPrinter(),
        redactor=InstallationRedactor(opened),
        leaks=ProcessLeakReader(forensic_keys(opened.vault, settings.forensic_key)),
        public_url=settings.public_url,
        trusted_proxies=networks(settings.trusted_proxies),
        basemap=basemap(opened.places, settings),
        version=version("mingjian"),
        journal=journal or open_journal(opened),
        viewings=viewings or Viewings(),
        throw_away=settings.installation == "demonstration",
        secure_cookies=settings.tls,
        extra_origins=frozenset({DEVELOPMENT_ORIGIN} if settings.installation == "demonstration" else ()),
        screens=screens if (screens / "index.html").exists() else None,
    )


def basemap(places: DataDirectory, settings: Settings) -> Basemap | None:
    """The operator's own map, where one is set. Raises Invalid naming the setting where it cannot be used."""
    if not settings.basemap:
        return None
    tiles = open_basemap(places.root / settings.basemap)
    return Basemap(tiles, settings.basemap_datum, settings.basemap_attribution)


def media_services(opened: Opened, journal: Journal | None = None) -> MediaServices:
    """What the media WebSocket is made of; `journal` is that of the HTTP face."""
    rights = Rights(opened, journal or open_journal(opened))

    async def live(stream: StreamId) -> Reader:
        number = recorder_of(camera_of(stream), opened.settings.recorders)
        return await RelayClient.open(opened.places.socket(number), stream)

    return MediaServices(
        clock=opened.clock,
        grant=rights.grant,
        signed_in=rights.signed_in,
        deliver=rights.deliver,
        live=live,
        has_sub=rights.has_sub,
        camera_name=rights.camera_name,
        ended=rights.ended,
        why_ended=rights.why_ended,
        fragments=InstallationFragments(opened),
        previews=PreviewFiles(opened.places.previews),
        transcoders=Transcoders(
            opened.clock,
            cap=opened.settings.transcode_cap,
            cap_marked=opened.settings.transcode_cap_marked,
            cap_large=opened.settings.transcode_cap_large,
            key=forensic_key(opened.vault, opened.settings.forensic_key),
        ),
        extra_origins=frozenset({DEVELOPMENT_ORIGIN} if opened.settings.installation == "demonstration" else ()),
    )


async def _run(opened: Opened) -> None:
    settings = opened.settings
    await asyncio.to_thread(views.close_interrupted, opened.store, clock=opened.clock)
    await asyncio.to_thread(posts.turn, opened.store, clock=opened.clock, law=settings.law())
    journal = open_journal(opened)
    media = media_services(opened, journal)
    recordings = InstallationRecordings(opened, media.transcoders)
    app = create_app(services(opened, recordings, media.viewings, journal), extra_routers=[media_router(media)])
    server = uvicorn.Server(server_config(opened, app))
    stopping = asyncio.Event()
    input_end = asyncio.create_task(until_input_ends(stopping))
    poll = asyncio.create_task(recordings.poll())
    turning = asyncio.create_task(_posts_turn(opened))
    serving = asyncio.create_task(server.serve())
    stopped = asyncio.create_task(stopping.wait())
    watch = asyncio.create_task(_sources_change() if settings.reload else asyncio.Event().wait())
    await asyncio.wait([serving, stopped, poll, watch], return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    await serving
    await media.transcoders.close()
    for task in (input_end, poll, turning, stopped, watch):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def server_config(opened: Opened, app: ASGIApp) -> uvicorn.Config:
    """How `app` is served: what a peer says of itself counts for nothing, and nobody's addresses are logged."""
    certificate, key = _tls(opened)
    return uvicorn.Config(
        app,
        host=opened.settings.host,
        port=opened.settings.port,
        ws="websockets-sansio",
        ws_ping_interval=PING_S,
        ws_per_message_deflate=False,  # video does not shrink, and each tile would cost a compressor
        server_header=False,
        proxy_headers=False,  # a peer must not choose the address that its failed sign-ins are counted under
        log_config=None,
        access_log=False,  # addresses of who looked at what are the register's business
        timeout_graceful_shutdown=STOP_S,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


async def _posts_turn(opened: Opened) -> None:
    """Posts begin and end with their days. A database that is away delays it; nobody is served without one either."""
    law = opened.settings.law()
    while True:
        await asyncio.sleep(posts.TURN_S)
        try:
            await asyncio.to_thread(posts.turn, opened.store, clock=opened.clock, law=law)
        except MingjianError as error:
            structlog.get_logger("web").warning("posts not turned", code=error.code)


async def _sources_change() -> bool:
    """Return when a Python file of the package changes: for development only."""
    package = Path(mingjian.__file__).parent

    def newest() -> int:
        return max(path.stat().st_mtime_ns for path in package.rglob("*.py"))

    before = newest()
    while True:
        await asyncio.sleep(RELOAD_LOOK_S)
        if await asyncio.to_thread(newest) != before:
            return True


def _tls(opened: Opened) -> tuple[str | None, str | None]:
    """Certificate and key; none on loopback without TLS."""
    if not opened.settings.tls:
        return None, None
    certificate, key = server_certificate(opened.places.keys, opened.clock)
    return str(certificate), str(key)


def run_web(data: Path, settings: Settings) -> None:
    """The process `mingjian internal web`."""
    run_process(_run(open_installation(data, settings)))
