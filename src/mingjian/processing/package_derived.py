"""What goes into `derived/`: playable, marked copies, and what could not be made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mingjian.audit.chain import Entry
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import LocalError, MingjianError, RemoteError
from mingjian.processing import package_manifest as manifest
from mingjian.processing.hidden_mark import HiddenMark
from mingjian.processing.package_copy import Copies, CopyJob, pieces_of
from mingjian.processing.package_manifest import Derived, PackageRequest, StreamContent
from mingjian.processing.package_zip import CHUNK_BYTES, PackageWriter
from mingjian.processing.watermark import CopyMark

PART_BYTES = 3 << 30
"""A copy is split here: below every 4 GiB limit of file systems and players."""


def write_copies(
    copies: Copies,
    writer: PackageWriter,
    contents: Sequence[StreamContent],
    request: PackageRequest,
    made: UtcNs,
    *,
    hidden: HiddenMark | None = None,
    did: Callable[[int, str, bool], None],
    go_on: Callable[[], None],
) -> Derived:
    """Make the copies of all streams and store them. One that cannot be made is said: it holds up no evidence.

    `did` is told frames, the hash of their initialisation, and whether an earlier build had done them. Raises what
    `go_on` raises.
    """
    derived = Derived()
    for content in contents:
        mark = copy_mark(request, content.asked.camera, made)
        for number, part in enumerate(manifest.derived_parts(content.present, most_bytes=PART_BYTES), 1):
            go_on()
            name = f"derived/{content.asked.stream}-{number:03d}.mp4"
            try:
                frames = _write_copy(copies, writer, name, (mark, hidden), part, did, go_on)
            except (LocalError, RemoteError, OSError) as error:
                derived.failed.append({"name": name, "problem": _code(error)})
            else:
                derived.made.append(
                    {
                        "name": name,
                        "from": [manifest.init_name(part[0]), *map(manifest.media_name, part)],
                        "mark": mark.number,
                        "frames": frames,
                        "recorded": sum(entry.integer("frames") for entry in part),
                    }
                )
    return derived


def copy_mark(request: PackageRequest, camera: str, made: UtcNs) -> CopyMark:
    """What the copies of one camera carry in their pictures."""
    recipient = " ".join(filter(None, (request.organ, "、".join(request.officers))))
    return CopyMark(request.number, request.register, recipient, made, camera)


def _write_copy(
    copies: Copies,
    writer: PackageWriter,
    name: str,
    marks: tuple[CopyMark, HiddenMark | None],
    part: Sequence[Entry],
    did: Callable[[int, str, bool], None],
    go_on: Callable[[], None],
) -> int:
    """Make one copy and store it; how many pictures it shows."""
    init = writer.members[manifest.init_name(part[0])]
    media = [writer.members[manifest.media_name(entry)] for entry in part]
    pieces = pieces_of(part, [(stored.start, stored.size) for stored in media])
    job = CopyJob(writer.path, writer.path.parent, (init.start, init.size), pieces, *marks)
    kind = part[0].text("init_sha")
    if name in writer.members and job.shown.exists():
        did(sum(entry.integer("frames") for entry in part), kind, True)
        return int(job.shown.read_text())
    writer.flush()  # the maker reads the archive
    frames = copies.make(job, did=lambda frames, kept: did(frames, kind, kept), go_on=go_on)
    job.shown.write_text(str(frames))
    writer.add(name, _chunks(job.out))
    job.discard()
    return frames


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while part := file.read(CHUNK_BYTES):
            yield part


def _code(error: Exception) -> str:
    return error.code if isinstance(error, MingjianError) else "copy.disk"
