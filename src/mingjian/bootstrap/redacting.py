"""Redacted copies of an installation: still pictures for the editor, and files, from recorded footage."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from mingjian.adapters.forensic_keys import forensic_key
from mingjian.app.redactions import Rendered
from mingjian.bootstrap.opened import Opened
from mingjian.bootstrap.snapshots import frame_at, recorded_at
from mingjian.governance.redaction import Redaction
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.grant import Grant
from mingjian.kernel.ids import CameraId, StreamId, main_stream
from mingjian.kernel.masks import RedactionMask
from mingjian.kernel.period import Period
from mingjian.processing import redaction as rendering
from mingjian.processing.cover import cover
from mingjian.processing.hidden_mark import HiddenMark, mark_image
from mingjian.processing.keyframes import image_of
from mingjian.processing.package_copy import Source
from mingjian.processing.snapshot import JPEG_QUALITY
from mingjian.processing.watermark import CopyMark, Watermark, burn
from mingjian.storage.reader import FragmentReader, FragmentRef
from mingjian.web.services import missing_picture

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class InstallationRedactor:
    """`app.redactions.Redactor`. Called from worker threads."""

    opened: Opened

    def path(self, redaction: str, *, draft: bool) -> Path | None:
        """The file, or None where there is none."""
        found = self._path(redaction, draft)
        return found if found.is_file() else None

    def remove(self, redaction: str, *, draft: bool) -> None:
        self._path(redaction, draft).unlink(missing_ok=True)

    def picture(
        self, grant: Grant, camera: CameraId, at: UtcNs, *, masks: Sequence[RedactionMask], at_ms: float
    ) -> bytes:
        frame = frame_at(self._reader(), main_stream(camera), at)
        frame = frame.reformat(
            width=max(2, frame.width // 2 * 2), height=max(2, frame.height // 2 * 2), format="yuv420p"
        )
        if masks:
            frame = cover(frame, masks, at_ms)
        name = self._name(camera)
        burnt = burn(image_of(frame), Watermark(grant.person_name, grant.unit_name, at, grant.entry, name))
        out = io.BytesIO()
        mark_image(burnt, self._hidden(grant.entry)).save(out, "JPEG", quality=JPEG_QUALITY)
        return out.getvalue()

    def render(
        self, redaction: Redaction, *, entry: int, recipient: str, draft: bool, told: Callable[[float], None]
    ) -> Rendered:
        out = self._path(redaction.id, draft)
        footage = out.with_suffix(".footage")
        try:
            parts = self._gather(main_stream(redaction.camera), redaction.footage, footage)
            number = "审查稿" if draft else "公开传播"
            job = rendering.RedactionJob(
                footage,
                parts,
                redaction.start,
                redaction.end,
                redaction.masks,
                CopyMark(number, entry, recipient, self.opened.clock.now(), self._name(redaction.camera)),
                self._hidden(entry),
                out,
            )
            rendering.make(job, told=told)
        finally:
            footage.unlink(missing_ok=True)
        return Rendered(_sha256(out), out.stat().st_size)

    def _path(self, redaction: str, draft: bool) -> Path:
        return self.opened.places.exports / f"redaction-{redaction}{'-draft' if draft else ''}.mp4"

    def _hidden(self, entry: int) -> HiddenMark:
        return HiddenMark(entry, forensic_key(self.opened.vault, self.opened.settings.forensic_key))

    def _reader(self) -> FragmentReader:
        return self.opened.reader(self.opened.volumes())

    def _name(self, camera: CameraId) -> str:
        with self.opened.store.reading() as uow:
            found = uow.cameras.known(camera)
        return found.name if found is not None else ""

    def _gather(self, stream: StreamId, period: Period, into: Path) -> Sequence[rendering.Part]:
        """Every fragment of the period in one file, behind the initialisation of its connection; where each lies."""
        reader = self._reader()
        before = recorded_at(reader, stream, period.start)
        found = {(one.path, one.offset): one for one in before}
        for one in reader.fragments(stream, period):
            if isinstance(one, FragmentRef):
                found.setdefault((one.path, one.offset), one)
        wanted = sorted(found.values(), key=lambda one: one.t0)
        if not wanted:
            raise missing_picture(period.start)
        parts = []
        with suppress(FileNotFoundError):
            into.unlink()
        with os.fdopen(os.open(into, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            at = 0
            for _, connection in groupby(wanted, key=lambda one: (one.init_sha256, one.epoch)):
                refs, sources = list(connection), []
                init = at, file.write(reader.init(refs[0]))
                at += init[1]
                for one in refs:
                    data = reader.read(one)
                    sources.append(Source(at, len(data), one.pts0_90k, one.t0))
                    at += file.write(data)
                parts.append(rendering.Part(init, sources))
        return parts


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(CHUNK_BYTES):
            digest.update(part)
    return digest.hexdigest()
