"""What one recorder is told to do: its cameras with credentials, its volumes. Travels by pipe, rests encrypted.

A recorder starts from its last assignment alone, so recording survives the loss of database and web.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from mingjian.adapters import whole_file
from mingjian.kernel.errors import LocalError
from mingjian.kernel.ids import CameraId

FORMAT = 1


class Sealer(Protocol):
    """Authenticated encryption under the installation's secret key; `context` binds a text to its place."""

    def seal(self, plain: bytes, *, context: str) -> bytes: ...

    def open(self, sealed: bytes, *, context: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class AssignedCamera:
    """One camera as its recorder needs it. `repr` hides the password."""

    id: CameraId
    url: str
    sub_url: str
    user: str
    password: str
    transport: str
    engine: str
    audio: bool
    hosts: tuple[str, ...] = ()
    """Hosts of the camera's record: the only ones a redirect may lead to."""
    tls_sha256: str = ""
    """The one certificate trusted at its rtsps addresses."""

    def __repr__(self) -> str:
        return f"AssignedCamera({self.id}, {self.url})"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The whole work of one recorder; sent again in full on every change."""

    cameras: tuple[AssignedCamera, ...]
    volumes: tuple[str, ...]
    """Paths of the volumes in order of preference; a recorder refuses one whose identity does not verify."""
    recorded: tuple[str, ...] = ()
    """Every stream that any recorder records: what is on the volumes beside them was left by removed cameras."""
    holds: tuple[tuple[str, int, int], ...] = ()
    """Footage that may not expire, of every recorder's streams: stream, from, until (UTC ns)."""

    def to_json(self) -> dict[str, Any]:
        return {
            "v": FORMAT,
            "cameras": [asdict(camera) for camera in self.cameras],
            "volumes": list(self.volumes),
            "recorded": list(self.recorded),
            "holds": [list(hold) for hold in self.holds],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Assignment:
        """Raises LocalError when the text is of another format."""
        try:
            if value.get("v") != FORMAT:
                raise LocalError(
                    "assignment.format",
                    f"任务格式为 {value.get('v')!r}，本版本读 {FORMAT}",
                    text_en=f"The assignment has format {value.get('v')!r}; this version reads {FORMAT}",
                )
            cameras = tuple(
                AssignedCamera(**{**camera, "hosts": tuple(camera.get("hosts", ()))}) for camera in value["cameras"]
            )
            holds = tuple((str(stream), int(start), int(end)) for stream, start, end in value.get("holds", ()))
            return cls(cameras, tuple(value["volumes"]), tuple(value.get("recorded", ())), holds)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise LocalError(
                "assignment.unreadable", f"任务内容不完整：{error}", text_en=f"The assignment is incomplete: {error}"
            ) from error


def recorder_of(camera: CameraId, recorders: int) -> int:
    """Which recorder a camera belongs to: stable while the number of recorders is, so that a stream keeps its chain."""
    return crc32(camera.encode()) % recorders


def save(assignment: Assignment, path: Path, sealer: Sealer) -> None:
    """Replace the stored assignment; a crash leaves the old or the new one, never a torn one."""
    sealed = sealer.seal(json.dumps(assignment.to_json()).encode(), context=path.name)
    whole_file.put(path, sealed)


def load(path: Path, sealer: Sealer) -> Assignment | None:
    """The stored assignment, or None where there is none."""
    if not path.exists():
        return None
    return Assignment.from_json(json.loads(sealer.open(path.read_bytes(), context=path.name)))
