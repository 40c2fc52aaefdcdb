"""The volumes of one installation: which directories hold footage, in `volumes.json` beside the database.

Kept outside the database because recorders must find their volumes when the database is gone.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mingjian.adapters import whole_file
from mingjian.adapters.disk import OsDisk
from mingjian.adapters.identity_keys import Ed25519Identity, Ed25519Verifier
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import DEMONSTRATION, Settings
from mingjian.bootstrap.volume_probes import Probes
from mingjian.kernel.clock import Clock
from mingjian.kernel.errors import MALFORMED, Invalid, LocalError, MingjianError, Refused
from mingjian.kernel.ids import RANDOM_BYTES, uuid7
from mingjian.storage.volume import Volume, VolumeIdentity, VolumeKind, create, open_volume, unreadable

KEY_FILE = "volume.key"
KEY_BYTES = 32
PROBES = Probes()
"""The process's own: a thread that waits for a dead mount is nobody's but its."""
HOUR_S = 3600
DAY_S = 24 * HOUR_S
CEILING_MARGIN_S = DAY_S
"""Footage is deleted at the latest this long after its floor: 799 article 17 orders it once the purpose is met."""
THROW_AWAY_FLOOR_S, THROW_AWAY_CEILING_S = 600, 1800
"""Long enough to walk through the whole main job, short enough to see expiry in one sitting."""
THROW_AWAY_BYTES = 8 << 30
"""A demonstration must not fill the disk of whoever tries it."""


def identity_key(places: DataDirectory) -> Ed25519Identity:
    """This installation's volume key; made on first use, 0600."""
    path = places.keys / KEY_FILE
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return Ed25519Identity(path.read_bytes())


def registered(places: DataDirectory) -> dict[str, str]:
    """Volume id by path, in order of preference; empty where none is registered. LocalError: unreadable."""
    if not places.volumes.exists():
        return {}
    try:
        content = json.loads(places.volumes.read_text(encoding="utf-8"))
        return {str(path): str(identifier) for path, identifier in content.items()}
    except (OSError, *MALFORMED) as error:
        raise LocalError(
            "volume.registry",
            f"存储卷登记 {places.volumes} 读取失败：{error}",
            remedy="从备份恢复该文件",
            field=places.volumes.name,
            text_en=f"the register of volumes {places.volumes} cannot be read: {error}",
            remedy_en="restore that file from a backup",
        ) from error


def create_volume(
    root: Path,
    *,
    places: DataDirectory,
    settings: Settings,
    clock: Clock,
    throw_away: bool,
    max_bytes: int = 0,
) -> Volume:
    """Mark an empty directory as a volume of this installation and register it. Raises Refused with what to do."""
    if throw_away and settings.installation != DEMONSTRATION:
        raise Invalid(
            "volume.throw-away",
            "正式系统不使用一次性存储卷",
            text_en="A real installation uses no throw-away volume",
            remedy="去掉 --throw-away，或把 installation 设为 demonstration",
            remedy_en="Leave out --throw-away, or set installation to demonstration",
            field="throw-away",
        )
    floor_s = THROW_AWAY_FLOOR_S if throw_away else round(settings.retention_floor_days * DAY_S)
    identity = VolumeIdentity(
        id=uuid7(clock.now(), secrets.token_bytes(RANDOM_BYTES)),
        kind=VolumeKind.THROW_AWAY if throw_away else VolumeKind.STANDARD,
        installation=settings.installation,
        created=clock.now(),
        floor_s=floor_s,
        ceiling_s=THROW_AWAY_CEILING_S if throw_away else floor_s + CEILING_MARGIN_S,
        max_bytes=max_bytes or (THROW_AWAY_BYTES if throw_away else 0),
    )
    volume = create(OsDisk(), str(root.absolute()), identity, identity_key(places))
    known = registered(places) | {volume.root: volume.id}
    whole_file.put(places.volumes, json.dumps(known, indent=1).encode())
    return volume


@dataclass(frozen=True, slots=True)
class Unusable:
    """A registered volume that does not verify now: where it should be, and what is wrong with what is there."""

    root: str
    id: str
    error: MingjianError


@dataclass(frozen=True, slots=True)
class FoundVolumes:
    """The registered volumes as they are now, in order of preference."""

    volumes: list[Volume]
    unusable: list[Unusable]

    def or_refuse(self) -> list[Volume]:
        """Those that verify. Raises what is wrong with the first where none does."""
        if self.unusable and not self.volumes:
            raise self.unusable[0].error
        return self.volumes


def find_registered(places: DataDirectory, settings: Settings, roots: Sequence[str] = ()) -> FoundVolumes:
    """The registered volumes (or those of `roots`), each verified by id and signature for itself, none waited for long.

    Raises LocalError for an unreadable register, OSError for the key's file.
    """
    known, found = registered(places), FoundVolumes([], [])
    wanted = roots or list(known)
    trusted = {identity_key(places).public_key} if wanted else set()
    for root in wanted:
        try:
            volume = PROBES.ask(root, partial(_opened, root, trusted, known.get(root), settings))
            _keeps_long_enough(volume, settings)
            found.volumes.append(volume)
        except MingjianError as error:
            found.unusable.append(Unusable(root, known.get(root, ""), error))
        except OSError as error:
            found.unusable.append(Unusable(root, known.get(root, ""), unreadable(root, error)))
    return found


def _opened(root: str, trusted: set[bytes], expected_id: str | None, settings: Settings) -> Volume:
    allowed = settings.installation == DEMONSTRATION
    return open_volume(OsDisk(), root, Ed25519Verifier(), trusted, expected_id=expected_id, throw_away_allowed=allowed)


def _keeps_long_enough(volume: Volume, settings: Settings) -> None:
    """Raises Refused in a real installation for an identity that promises less than the term of article 17."""
    term = settings.law().storage_rule()
    if settings.installation != DEMONSTRATION and volume.identity.floor_s < term.days * DAY_S:
        raise Refused(
            "volume.floor",
            f"存储卷 {volume.root} 标识的保存期限为 {volume.identity.floor_s} 秒，少于 {term.days} 天",
            text_en=f"{volume.root} keeps {volume.identity.floor_s} s, less than {term.days} days",
            remedy="另行标识一个存储卷；原有录像保留不动",
            remedy_en="mark another volume; the footage on this one stays as it is",
            field="volume",
            article=term.article,
        )


@dataclass
class VolumeLook:
    """`find_registered` again and again; each change is logged once."""

    places: DataDirectory
    settings: Settings
    log: Any
    _told: dict[str, str] = field(default_factory=dict)

    def __call__(self, roots: Sequence[str] = ()) -> FoundVolumes:
        found = find_registered(self.places, self.settings, roots)
        now = {one.root: one.error.code for one in found.unusable}
        for one in found.unusable:
            if self._told.get(one.root) != one.error.code:
                self.log.error("volume cannot be used", root=one.root, volume=one.id, why=str(one.error))
        for root in self._told.keys() - now.keys():
            self.log.info("volume can be used again", root=root)
        self._told = now
        return found
