"""A demonstration: a data directory with throw-away volume, accounts, simulated cameras and a witness of its own."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mingjian.adapters import migrations
from mingjian.adapters.attachment_files import DiskAttachments
from mingjian.adapters.system_clock import SystemClock
from mingjian.app.cameras import CameraForm, add_camera
from mingjian.app.seed import DemoAccount, Demonstration, demo_code, seed_demonstration
from mingjian.app.seed_access import seed_access
from mingjian.app.seed_county import seed_county
from mingjian.app.seed_life import Scene, seed_life
from mingjian.app.seed_sites import seed_sites
from mingjian.audit.note import VerifierKey
from mingjian.bootstrap.camera_rules import camera_rules
from mingjian.bootstrap.ledger_keys import ledger_keys
from mingjian.bootstrap.opened import Opened, identity_keeper, open_installation, open_journal
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import DEMONSTRATION, FILE, Settings, load
from mingjian.bootstrap.volumes import THROW_AWAY_BYTES, create_volume, find_registered
from mingjian.bootstrap.witness import open_witness
from mingjian.kernel.errors import Refused

ACCOUNTS_FILE = "accounts.json"
WITNESS_NAME = "witness.mingjian.invalid"
WITNESS_DIRECTORY = "witness"
VOLUME_DIRECTORY = "volume"
ASKED_FOR = 2
"""Of the simulated cameras, so that a head has something to narrow."""


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """A simulated camera to be put on record."""

    name: str
    place: str
    url: str
    sub_url: str
    user: str
    password: str
    bitrate_bps: int
    transport: str = "tcp"
    engine: str = "native"


@dataclass(frozen=True, slots=True)
class PrintedAccount:
    """One account as it is printed; it exists in this directory only."""

    role: str
    name: str
    display_name: str
    password: str
    totp_uri: str
    unit: str = ""


def prepare_demo(
    data: Path,
    *,
    port: int,
    witness_port: int,
    cameras: Sequence[DemoCamera],
    volume_bytes: int = THROW_AWAY_BYTES,
    alive: bool = False,
) -> list[PrintedAccount]:
    """Make the directory on its first use; afterwards only read its accounts. Refused for a standard installation.

    `alive`: its county has places, filings, a plan and a complaint already, and the cameras stand at places of it.
    """
    refuse_real(data)
    places = DataDirectory(data)
    if (places.root / ACCOUNTS_FILE).exists():
        return accounts(data)
    places.create()
    witness, _ = open_witness(places.root / WITNESS_DIRECTORY, WITNESS_NAME, SystemClock())
    witness_key = VerifierKey.of(witness).line()
    (places.root / FILE).write_text(
        'installation = "demonstration"\nhost = "127.0.0.1"\ntls = false\n'
        f'port = {port}\nwitness_url = "http://127.0.0.1:{witness_port}"\nwitness_key = "{witness_key}"\n',
        encoding="utf-8",
    )
    opened = open_installation(data, load(data, dict(os.environ)))
    migrations.upgrade(opened.engine)
    create_volume(
        places.root / VOLUME_DIRECTORY,
        places=places,
        settings=opened.settings,
        clock=opened.clock,
        throw_away=True,
        max_bytes=volume_bytes,
    )
    keeper = identity_keeper(opened)
    seeded = seed_demonstration(
        keeper,
        clock=opened.clock,
        random=secrets.token_bytes,
        throw_away=is_demonstration(places, opened.settings),
    )
    seated = (*seeded.accounts, *seed_county(keeper, clock=opened.clock, random=secrets.token_bytes))
    forms = [_form(camera) for camera in cameras]
    if alive:
        scene = _scene(opened, seated)
        sited = seed_sites(scene, camera_rules(opened), forms)
        seed_life(scene)
        if sited:
            seed_access(scene, keeper, open_journal(opened), [camera.id for camera in sited[:ASKED_FOR]])
    else:
        for form in forms:
            _added(opened, seeded, form)
    printed = [PrintedAccount(str(a.role), a.name, a.display_name, a.password, a.totp_uri, a.unit) for a in seated]
    path = places.root / ACCOUNTS_FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump([asdict(account) for account in printed], out, ensure_ascii=False, indent=1)
    return printed


def refuse_real(data: Path) -> None:
    """Raises Refused for a directory that holds a real installation. Asked before anything is written there."""
    if (data / ACCOUNTS_FILE).exists():
        accounts(data)
    elif is_set_up(DataDirectory(data)):
        raise Refused(
            "demo.standard",
            f"{data} 已有正式安装",
            text_en=f"{data} holds a real installation",
            remedy="为演示另选目录，如 --data .demo",
            remedy_en="choose another directory, such as --data .demo",
            field="data",
        )


def is_set_up(places: DataDirectory) -> bool:
    """Whether there is an installation, perhaps on the default settings alone."""
    return any(path.exists() for path in (places.root / FILE, places.volumes, places.database))


def accounts(data: Path) -> list[PrintedAccount]:
    """The accounts of a demonstration directory. Refused for any other, whatever files lie in it."""
    path = data / ACCOUNTS_FILE
    if not path.exists() or not is_demonstration(DataDirectory(data), load(data, dict(os.environ))):
        raise Refused(
            "demo.none",
            f"{data} 不是演示目录",
            text_en=f"{data} is no demonstration directory",
            remedy="先运行 make demo",
            remedy_en="run make demo first",
            field="data",
        )
    return [PrintedAccount(**account) for account in json.loads(path.read_text(encoding="utf-8"))]


def is_demonstration(places: DataDirectory, settings: Settings) -> bool:
    """Whether settings and the signed identity of every volume say so; a directory without volume is none.

    Raises what is wrong with a volume that cannot be looked at.
    """
    if settings.installation != DEMONSTRATION:
        return False
    found = find_registered(places, settings)
    if found.unusable:
        raise found.unusable[0].error
    return {volume.identity.installation for volume in found.volumes} == {DEMONSTRATION}


def code_of(data: Path, name: str) -> str:
    """A dynamic code of a demonstration account that the server will accept now."""
    accounts(data)
    opened = open_installation(data, load(data, dict(os.environ)))
    return demo_code(
        identity_keeper(opened),
        name=name,
        clock=opened.clock,
        throw_away=is_demonstration(opened.places, opened.settings),
    )


def witness_arguments(data: Path, port: int) -> list[str]:
    """The command line of a demonstration's witness: public keys and a port, nothing secret."""
    log_key = VerifierKey.of(ledger_keys(DataDirectory(data)).signers[0]).line()
    return ["witness", "--data", str(data / WITNESS_DIRECTORY), "--port", str(port), "--log-key", log_key]


def _form(camera: DemoCamera) -> CameraForm:
    return CameraForm(
        name=camera.name,
        place=camera.place,
        url=camera.url,
        sub_url=camera.sub_url,
        user=camera.user,
        password=camera.password,
        transport=camera.transport,
        engine=camera.engine,
        audio_basis="",
        expected_bitrate_bps=camera.bitrate_bps,
    )


def _added(opened: Opened, seeded: Demonstration, form: CameraForm) -> None:
    add_camera(
        opened.store,
        camera_rules(opened),
        actor=seeded.manager,
        clock=opened.clock,
        random=secrets.token_bytes,
        form=form,
    )


def _scene(opened: Opened, seated: Sequence[DemoAccount]) -> Scene:
    return Scene(
        store=opened.store,
        vault=opened.vault,
        files=DiskAttachments(opened.places.attachments),
        law=opened.settings.law(),
        clock=opened.clock,
        random=secrets.token_bytes,
        accounts=tuple(seated),
    )
