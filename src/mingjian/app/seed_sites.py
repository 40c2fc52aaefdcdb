"""The cameras of a demonstration on record: place, part, system, position, dossier and sign, by the acts of the path.

They recorded before they were put on record, so nothing waits for a signature; and nobody signs: a throw-away volume
keeps minutes, and the path asks for the days of the law. What must be seen on the stream follows once cameras send.
A system that stood before the law is filed at last, late as its page says (article 13, paragraph 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mingjian.app import cameras, key_parts, signs
from mingjian.app.cameras import CameraForm, CameraRules
from mingjian.app.records import Camera
from mingjian.app.seed import COUNTY, UNIT_NAME
from mingjian.app.seed_life import Scene, data_sheet
from mingjian.app.sitings import SitingForm
from mingjian.governance.gb_code import GbCode
from mingjian.governance.places import Place
from mingjian.governance.systems import VideoSystem

KEEPER = "manager"
"""The account whose unit runs the simulated cameras."""
SINCE = timedelta(days=10)
"""Since when the systems are in use: their filings are due, and there is time left."""
OLD_USE = date(2015, 10, 1)
"""When the government's system came into use, before the regulation was in force."""
CODE_GROUP = "03", "47"
"""Basic access unit and industry of the codes."""


@dataclass(frozen=True, slots=True)
class Site:
    """One of the county's places: kind, address, the part that is watched, and where the camera looks."""

    kind: str
    address: str
    longitude: float
    latitude: float
    part: str
    """A listed part; empty: `spot` is a key part that the unit decides on."""
    spot: str
    direction_deg: float
    indoor: bool
    existing: bool = False
    """The government's, which stood before the regulation: a new one would wait for plan and acceptance."""


SITES: dict[str, Site] = {
    "实验小学": Site("7.11.school", "示范县学府路 8 号", 116.7741, 32.6349, "", "校门", 180.0, False),
    "迎宾旅馆": Site("7.2.hotel", "示范县迎宾路 9 号", 116.7713, 32.6309, "lobby", "大厅", 90.0, True),
    "人民广场站": Site("7.6.metro", "示范县人民路 20 号", 116.7729, 32.6281, "", "站台", 0.0, True, existing=True),
    "和平小区": Site("7.13.estate", "示范县和平路 3 号", 116.7662, 32.6262, "", "停车场出入口", 270.0, False),
}
"""By the name of the simulated camera's place."""


def seed_sites(scene: Scene, rules: CameraRules, forms: Sequence[CameraForm]) -> list[Camera]:
    """Add `forms`, each at its place where that is one of `SITES`, else without; the cameras in their order."""
    actor = scene.actor(KEEPER)
    known: dict[str, tuple[Place, VideoSystem, str]] = {}
    added = []
    for number, form in enumerate(forms, 1):
        site = SITES.get(form.place)
        if site is not None and form.place not in known:
            known[form.place] = _stood(scene, form.place, site)
        siting = _siting(scene, form, site, *known[form.place], number) if site is not None else None
        added.append(
            cameras.add_camera(
                scene.store,
                rules,
                actor=actor,
                clock=scene.clock,
                random=scene.random,
                form=form,
                siting=siting,
            )
        )
    _signed(scene, (place for place, _, _ in known.values()))
    for name, (place, system, _) in known.items():
        if SITES[name].existing:
            count = sum(form.place == name for form in forms)
            scene.filed(KEEPER, system, data_sheet(UNIT_NAME, place.address, count))
    return added


def _stood(scene: Scene, name: str, site: Site) -> tuple[Place, VideoSystem, str]:
    place = scene.place(KEEPER, name, site.kind, site.address, site.longitude, site.latitude)
    part = site.part
    if not part:
        decided = key_parts.PartForm(
            site.spot,
            "key_part",
            "示范性国家有关规定",
            f"{site.spot}人员往来多，确定为重要部位",
            "单位负责人",
            scene.today,
        )
        part = key_parts.decide_part(
            scene.store,
            scene.law,
            actor=scene.actor(KEEPER),
            clock=scene.clock,
            random=scene.random,
            place=place.id,
            form=decided,
        ).id
    what = f"{name}视频系统"
    if site.existing:
        return place, scene.accepted(KEEPER, place, what, OLD_USE), part
    return place, scene.in_use(KEEPER, place, what, SINCE), part


def _siting(
    scene: Scene, form: CameraForm, site: Site, place: Place, system: VideoSystem, part: str, number: int
) -> SitingForm:
    access, industry = CODE_GROUP
    return SitingForm(
        place=place.id,
        system=system.id,
        part=part,
        location=site.spot,
        gb_code=str(GbCode(COUNTY, access, industry, serial=f"{number:06}")),
        longitude=site.longitude,
        latitude=site.latitude,
        direction_deg=site.direction_deg,
        angle_deg=80.0,
        range_m=25.0,
        reaches=False,
        dossier={
            "point_code": f"SF{number:03}",
            "point_name": form.name,
            "osd_name": form.name,
            "serial": f"SIM-{number:06}",
            "mac": f"02:00:00:00:00:{number % 256:02X}",
            "access": "以太网",
            "manufacturer": "示范制造",
            "model": "SIM-1080",
            "camera_type": "bullet",
            "ptz": "no",
            "microphone": "no",
            "light": "none",
            "address": site.address,
            "police_station": "示范派出所",
            "indoor": "yes" if site.indoor else "no",
            "height_m": "3",
            "mount": "wall",
            "watched": site.spot,
            "project": "示范项目",
            "installed_on": (scene.today - SINCE).isoformat(),
            "power": "unit",
            "manager_phone": "0550-0000000",
            "maintainer": "示范维护单位",
            "maintainer_phone": "0550-0000001",
            "owner_department": "示范县公安局",
        },
        existing=True,
    )


def _signed(scene: Scene, found: Iterable[Place]) -> None:
    """A sign for each place (article 14)."""
    for place in found:
        signs.issue(scene.store, actor=scene.actor(KEEPER), clock=scene.clock, random=scene.random, place=place.id)
