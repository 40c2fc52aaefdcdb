"""`app.registry_ports` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from mingjian.adapters.name_index import index
from mingjian.adapters.rows import Rows, Shape
from mingjian.adapters.scopes import in_scope, within
from mingjian.adapters.tables.people import units
from mingjian.adapters.tables.registry import (
    attachments,
    camera_sitings,
    findings,
    key_parts,
    obligations,
    places,
    systems,
)
from mingjian.app.registry_ports import Debtor, Named
from mingjian.governance.obligations import Attachment, LegalFinding, Obligation
from mingjian.governance.organs import Organ, OrganKind, Scope, contains, significant
from mingjian.governance.places import KeyPart, Place
from mingjian.governance.siting import Siting
from mingjian.governance.systems import Life, VideoSystem
from mingjian.kernel.ids import CameraId, UnitId

MOST_LISTED = 20_000
"""More places or systems than one county has; a province's list is asked by county."""

_ORGANS = Shape(units, Organ)
_PLACES = Shape(places, Place)
_PARTS = Shape(key_parts, KeyPart)
_SYSTEMS = Shape(systems, VideoSystem)
_SITINGS = Shape(camera_sitings, Siting)
_OBLIGATIONS = Shape(obligations, Obligation)
_FINDINGS = Shape(findings, LegalFinding)
_ATTACHMENTS = Shape(attachments, Attachment)


class SqlOrgans:
    """The tenants of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _ORGANS)

    def one(self, unit: UnitId) -> Organ | None:
        return self._rows.one(units.c.id == unit)

    def save(self, organ: Organ) -> None:
        self._rows.save(organ)

    def keeper(self) -> Organ | None:
        return self._rows.one(units.c.keeps)

    def listed(self) -> Sequence[Organ]:
        return self._rows.found(select(units).order_by(units.c.territory, units.c.kind, units.c.name, units.c.id))

    def competent(self, kind: OrganKind, territory: str) -> Organ | None:
        near = [organ for organ in self.listed() if organ.kind is kind and contains(organ.territory, territory)]
        return max(near, key=lambda organ: len(significant(organ.territory)), default=None)


class SqlPlaces:
    """Places and their parts of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _PLACES)
        self._parts = Rows(connection, _PARTS)
        self.add_part, self.save_part = self._parts.add, self._parts.save

    def add(self, place: Place) -> None:
        self._rows.add(place)
        self._index(place)

    def save(self, place: Place) -> None:
        self._rows.save(place)
        self._index(place)

    def _index(self, place: Place) -> None:
        named = Named("place", place.id, place.unit, place.name, place.territory, place.sector)
        index(self._connection, named, gone=place.closed is not None)

    def one(self, place: str) -> Place | None:
        return self._rows.one(places.c.id == place)

    def signed(self, code: str) -> Place | None:
        return self._rows.one(places.c.sign_code == code) if code else None

    def of_unit(self, unit: UnitId) -> Sequence[Place]:
        return self._listed(places.c.unit_id == unit)

    def within(self, territory: str) -> Sequence[Place]:
        return self._listed(within(places, territory))

    def visible(self, scope: Scope) -> Sequence[Place]:
        return self._listed(in_scope(places, scope))

    def parts(self, place: str) -> Sequence[KeyPart]:
        query = select(key_parts).where(key_parts.c.place_id == place)
        return self._parts.found(query.order_by(key_parts.c.part, key_parts.c.name, key_parts.c.id))

    def _listed(self, which: ColumnElement[bool]) -> Sequence[Place]:
        return self._rows.found(select(places).where(which).order_by(places.c.name, places.c.id).limit(MOST_LISTED))


class SqlSystems:
    """Video systems of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _SYSTEMS)

    def add(self, system: VideoSystem) -> None:
        self._rows.add(system)
        self._index(system)

    def save(self, system: VideoSystem, *, expected: Life) -> None:
        self._rows.save(system, systems.c.state == expected)
        self._index(system)

    def _index(self, system: VideoSystem) -> None:
        named = Named("system", system.id, system.unit, system.name, system.territory, system.sector)
        index(self._connection, named)

    def one(self, system: str) -> VideoSystem | None:
        return self._rows.one(systems.c.id == system)

    def of_unit(self, unit: UnitId) -> Sequence[VideoSystem]:
        return self._listed(systems.c.unit_id == unit)

    def of_place(self, place: str) -> Sequence[VideoSystem]:
        return self._listed(systems.c.place_id == place)

    def within(self, territory: str) -> Sequence[VideoSystem]:
        return self._listed(within(systems, territory))

    def visible(self, scope: Scope) -> Sequence[VideoSystem]:
        return self._listed(in_scope(systems, scope))

    def _listed(self, which: ColumnElement[bool]) -> Sequence[VideoSystem]:
        return self._rows.found(select(systems).where(which).order_by(systems.c.name, systems.c.id).limit(MOST_LISTED))


class SqlSitings:
    """Where cameras stand, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _SITINGS)
        self.add, self.save = self._rows.add, self._rows.save

    def one(self, camera: CameraId) -> Siting | None:
        return self._rows.one(camera_sitings.c.id == camera)

    def coded(self, gb_code: str) -> Siting | None:
        return self._rows.one(camera_sitings.c.gb_code == gb_code) if gb_code else None

    def last_coded(self, prefix: str) -> str:
        codes = camera_sitings.c.gb_code
        return self._connection.scalar(select(func.max(codes)).where(codes.startswith(prefix, autoescape=True))) or ""

    def of_unit(self, unit: UnitId) -> Sequence[Siting]:
        return self._listed(camera_sitings.c.unit_id == unit)

    def of_place(self, place: str) -> Sequence[Siting]:
        return self._listed(camera_sitings.c.place_id == place)

    def of_system(self, system: str) -> Sequence[Siting]:
        return self._listed(camera_sitings.c.system_id == system)

    def within(self, territory: str) -> Sequence[Siting]:
        return self._listed(within(camera_sitings, territory))

    def visible(self, scope: Scope) -> Sequence[Siting]:
        return self._listed(in_scope(camera_sitings, scope))

    def held(self) -> frozenset[CameraId]:
        may_be = or_(
            and_(camera_sitings.c.signed_ns.is_(None), ~camera_sitings.c.existing), camera_sitings.c.reaches.is_(True)
        )
        return frozenset(one.id for one in self._rows.found(select(camera_sitings).where(may_be)) if one.held)

    def _listed(self, which: ColumnElement[bool]) -> Sequence[Siting]:
        return self._rows.found(select(camera_sitings).where(which).order_by(camera_sitings.c.id).limit(MOST_LISTED))


class SqlObligations:
    """Obligations of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _OBLIGATIONS)
        self.add, self.save = self._rows.add, self._rows.save

    def one(self, obligation: str) -> Obligation | None:
        return self._rows.one(obligations.c.id == obligation)

    def open_of(self, subject: str, duty: str) -> Obligation | None:
        return self._rows.one(obligations.c.subject == subject, obligations.c.duty == duty, _OPEN)

    def of_subject(self, subject: str) -> Sequence[Obligation]:
        query = select(obligations).where(obligations.c.subject == subject)
        return self._rows.found(query.order_by(obligations.c.opened_ns, obligations.c.id))

    def open(self, unit: UnitId, *, limit: int, offset: int = 0, due_until: date | None = None) -> Sequence[Obligation]:
        query = _due_until(select(obligations).where(obligations.c.unit_id == unit, _OPEN), due_until)
        earliest = query.order_by(obligations.c.due_on.is_(None), obligations.c.due_on, obligations.c.id)
        return self._rows.found(earliest.limit(limit).offset(offset))

    def count_open(self, unit: UnitId, *, due_until: date | None = None) -> int:
        query = select(func.count()).select_from(obligations).where(obligations.c.unit_id == unit, _OPEN)
        return int(self._connection.execute(_due_until(query, due_until)).scalar_one())

    def late(self, scope: Scope, before: date, *, limit: int, offset: int = 0) -> Sequence[Obligation]:
        query = select(obligations).where(*_late(scope, before)).order_by(obligations.c.due_on, obligations.c.id)
        return self._rows.found(query.limit(limit).offset(offset))

    def debtors(self, scope: Scope, before: date) -> Sequence[Debtor]:
        earliest = func.min(obligations.c.due_on)
        query = select(obligations.c.unit_id, func.count(), earliest).where(*_late(scope, before))
        found = self._connection.execute(
            query.group_by(obligations.c.unit_id).order_by(earliest, obligations.c.unit_id)
        )
        return [Debtor(UnitId(unit), duties, date.fromisoformat(day)) for unit, duties, day in found]

    def settled(self, unit: UnitId, *, limit: int) -> Sequence[Obligation]:
        query = select(obligations).where(obligations.c.unit_id == unit, ~_OPEN)
        return self._rows.found(query.order_by(obligations.c.met_on.desc(), obligations.c.id.desc()).limit(limit))

    def all_open(self) -> Sequence[Obligation]:
        return self._rows.found(select(obligations).where(_OPEN).order_by(obligations.c.id))


_OPEN = and_(obligations.c.met_on.is_(None), obligations.c.dropped == "")


def _due_until(query: Select[Any], day: date | None) -> Select[Any]:
    return query if day is None else query.where(obligations.c.due_on <= day.isoformat())


def _late(scope: Scope, before: date) -> list[ColumnElement[bool]]:
    shown = in_scope(obligations, scope, owner=obligations.c.owner_id)
    return [_OPEN, shown, obligations.c.due_on < before.isoformat()]


class SqlLegalFindings:
    """Findings of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _FINDINGS)
        self.add, self.save = self._rows.add, self._rows.save

    def one(self, finding: str) -> LegalFinding | None:
        return self._rows.one(findings.c.id == finding)

    def of_subject(self, subject: str) -> Sequence[LegalFinding]:
        return self._newest(findings.c.subject == subject, MOST_LISTED)

    def of_owner(self, unit: UnitId, *, limit: int) -> Sequence[LegalFinding]:
        return self._newest(findings.c.owner_id == unit, limit)

    def within(self, territory: str, *, limit: int) -> Sequence[LegalFinding]:
        return self._newest(within(findings, territory), limit)

    def _newest(self, which: ColumnElement[bool], limit: int) -> Sequence[LegalFinding]:
        query = select(findings).where(which).order_by(findings.c.found_ns.desc(), findings.c.id.desc())
        return self._rows.found(query.limit(limit))


class SqlAttachments:
    """What is known of kept files, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._rows = Rows(connection, _ATTACHMENTS)
        self.add = self._rows.add

    def one(self, attachment: str) -> Attachment | None:
        return self._rows.one(attachments.c.id == attachment)

    def of_subject(self, subject: str) -> Sequence[Attachment]:
        return self._in_order(attachments.c.subject == subject)

    def of_content(self, sha256: str) -> Sequence[Attachment]:
        return self._in_order(attachments.c.sha256 == sha256)

    def _in_order(self, wanted: ColumnElement[bool]) -> Sequence[Attachment]:
        query = select(attachments).where(wanted)
        return self._rows.found(query.order_by(attachments.c.at_ns, attachments.c.id))
