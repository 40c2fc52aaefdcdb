"""The data sheet of a filing: filled from the record before anything is typed, checked before it is stored.

Its fields are those of the national filing site, so that one sheet serves both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import date

from mingjian.app import duties, systems
from mingjian.app.performing import Performance
from mingjian.app.texts import line
from mingjian.governance.dossier import FIELDS
from mingjian.governance.filing import DataSheet, Devices, Filing
from mingjian.governance.systems import Builder, LifeStep, VideoSystem
from mingjian.kernel.errors import Invalid
from mingjian.law.rulebook import Rulebook

FIELD_LONGEST = 500
"""A line of the form; the national site takes no longer one."""
KINDS_MOST = 50
"""Types of cameras in one system."""
UNTYPED = "摄像机"
"""What a camera is called whose dossier does not say its type yet."""


def prefilled(doing: Performance, law: Rulebook, system: VideoSystem) -> DataSheet:
    """From the record; what it does not hold, from the last filing of the system, else of the unit."""
    uow = doing.uow
    own = list(uow.filings.of_system(system.id))
    last = own[0].sheet if own else _unit_facts(uow.filings.of_unit(system.unit, limit=1))
    unit, place = uow.organs.one(system.unit), uow.places.one(system.place)
    today = duties.today(law, doing.now)
    known: dict[str, str] = {
        "unit_name": unit.name if unit is not None else "",
        "agent": doing.person.display_name,
        "system_name": system.name,
        "built_by": "政府建设" if system.builder is Builder.GOVERNMENT else "单位建设",
        "delivered_on": next(
            (str(system.dates[step]) for step in (LifeStep.DELIVER, LifeStep.USE) if step in system.dates), ""
        ),
        "retention": _retention(doing, law, system, today),
    }
    if place is not None:
        kinds = {kind.id: kind for kind in law.place_kinds(today)}
        kind = kinds.get(place.kind)
        known |= {
            "place_name": place.name,
            "address": place.address,
            "category": f"{kind.category} {kind.name}" if kind is not None else place.kind,
            "coordinates": ""
            if place.longitude is None
            else f"{place.longitude:.6f}, {place.latitude:.6f} ({place.datum})",
        }
    texts = {field.name: getattr(last, field.name) for field in fields(last)}
    texts |= {name: text for name, text in known.items() if text}
    cameras = _devices(doing, system) or last.cameras
    return DataSheet(**{**texts, "cameras": cameras, "parties": system.parties or last.parties})


def _devices(doing: Performance, system: VideoSystem) -> tuple[Devices, ...]:
    """How many cameras of each type are on record in the system, by the word of their dossier; the most first."""
    words = {key: name for field in FIELDS if field.key == "camera_type" for key, name, _ in field.choices}
    found = Counter(
        words.get(siting.dossier.get("camera_type", ""), UNTYPED)
        for siting in doing.uow.sitings.of_system(system.id)
        if (camera := doing.uow.cameras.one(siting.id, siting.unit)) is not None and camera.retired is None
    )
    return tuple(Devices(kind, count) for kind, count in found.most_common(KINDS_MOST))


def _retention(doing: Performance, law: Rulebook, system: VideoSystem, today: date) -> str:
    place = doing.uow.places.one(system.place)
    term = law.retention(
        today,
        builder=system.builder.value,
        regime=systems.regime_of(doing, law, system),
        anti_terror=place is not None and place.anti_terror,
    )
    return f"{term.kept_days} 天" if term.kept_days else ""


_OF_UNIT = (
    "unit_code", "unit_kind", "legal_representative", "safety_officer", "safety_telephone", "agent_telephone",
)  # fmt: skip


def _unit_facts(earlier: Sequence[Filing]) -> DataSheet:
    """What another filing of the unit says about the unit itself."""
    return DataSheet(**{name: getattr(earlier[0].sheet, name) for name in _OF_UNIT}) if earlier else DataSheet()


def clean(sheet: DataSheet) -> DataSheet:
    """The sheet with its texts in one line each. Raises Invalid naming the field that cannot be stored."""
    if len(sheet.cameras) > KINDS_MOST or any(one.count < 1 for one in sheet.cameras):
        raise Invalid(
            "filing.cameras",
            f"摄像机按类型填写，最多 {KINDS_MOST} 类，每类至少 1 台",
            text_en=f"Cameras by type, at most {KINDS_MOST}, each at least one",
            field="cameras",
        )
    texts = {
        field.name: line(getattr(sheet, field.name), field.name, shortest=0, longest=FIELD_LONGEST)
        for field in fields(sheet)
        if field.name not in ("cameras", "parties")
    }
    devices = tuple(
        Devices(line(one.kind, "cameras", longest=64), one.count, line(one.remark, "cameras", shortest=0, longest=200))
        for one in sheet.cameras
    )
    parties = systems.checked_parties(sheet.parties)
    return DataSheet(**texts, cameras=devices, parties=parties)
