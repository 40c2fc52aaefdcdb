"""`app.ports.Cameras` in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from mingjian.adapters.name_index import index
from mingjian.adapters.tables.cameras import cameras
from mingjian.app.records import Camera
from mingjian.app.registry_ports import Named
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import CameraId, UnitId


class SqlCameras:
    """Records of cameras of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, camera: Camera) -> None:
        self._connection.execute(insert(cameras).values(id=camera.id, **_changeable(camera)))
        self._index(camera)

    def save(self, camera: Camera) -> None:
        self._connection.execute(update(cameras).where(cameras.c.id == camera.id).values(**_changeable(camera)))
        self._index(camera)

    def _index(self, camera: Camera) -> None:
        index(self._connection, Named("camera", camera.id, camera.unit, camera.name), gone=camera.retired is not None)

    def one(self, camera: CameraId, unit: UnitId) -> Camera | None:
        query = select(cameras).where(cameras.c.id == camera, cameras.c.unit_id == unit)
        row = self._connection.execute(query).mappings().first()
        return _camera(row) if row is not None else None

    def known(self, camera: CameraId) -> Camera | None:
        row = self._connection.execute(select(cameras).where(cameras.c.id == camera)).mappings().first()
        return _camera(row) if row is not None else None

    def of_unit(self, unit: UnitId) -> Sequence[Camera]:
        in_use = select(cameras).where(cameras.c.unit_id == unit, cameras.c.retired_ns.is_(None))
        query = in_use.order_by(cameras.c.name, cameras.c.id)
        return [_camera(row) for row in self._connection.execute(query).mappings()]

    def all_in_use(self) -> Sequence[Camera]:
        query = select(cameras).where(cameras.c.retired_ns.is_(None)).order_by(cameras.c.id)
        return [_camera(row) for row in self._connection.execute(query).mappings()]


def _changeable(camera: Camera) -> dict[str, Any]:
    return {
        "unit_id": camera.unit,
        "name": camera.name,
        "place": camera.place,
        "url": camera.url,
        "sub_url": camera.sub_url,
        "user": camera.user,
        "password_sealed": camera.password_sealed,
        "transport": camera.transport,
        "engine": camera.engine,
        "audio_basis": camera.audio_basis,
        "expected_bitrate_bps": camera.expected_bitrate_bps,
        "hosts": sorted(camera.hosts),
        "tls_sha256": camera.tls_sha256,
        "created_ns": camera.created,
        "retired_ns": camera.retired,
    }


def _camera(row: RowMapping) -> Camera:
    return Camera(
        CameraId(row["id"]),
        UnitId(row["unit_id"]),
        row["name"],
        row["place"],
        row["url"],
        row["sub_url"],
        row["user"],
        bytes(row["password_sealed"]),
        row["transport"],
        row["engine"],
        row["audio_basis"],
        row["expected_bitrate_bps"],
        frozenset(row["hosts"]),
        row["tls_sha256"],
        UtcNs(row["created_ns"]),
        retired=row["retired_ns"],
    )
