"""The built screens: a closed list of files read at the start, so that no path can lead outside their folder."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from mingjian.kernel.errors import Missing
from mingjian.web.errors import body_of

INDEX = "index.html"
HASHED = "assets/"
"""Vite writes files here whose names change with their content: they may be kept for ever."""
NO_SCREEN = ("/api/", "/tlog/")
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True, slots=True)
class Asset:
    """One file and its precompressed forms by encoding."""

    path: Path
    media_type: str
    packed: dict[str, Path]


class Screens:
    """Serves the files below a folder; navigations get the application's page, a missing file is a 404."""

    def __init__(self, folder: Path) -> None:
        self._assets = {asset.path.relative_to(folder).as_posix(): asset for asset in _assets(folder)}

    def answer(self, request: Request) -> Response:
        """The answer to a path outside the API."""
        name = request.url.path.lstrip("/") or INDEX
        asset = self._assets.get(name)
        if asset is None:
            if not _navigation(request) or INDEX not in self._assets:
                missing = Missing("http.not-found", "没有这个地址", text_en="There is no such address")
                return JSONResponse(body_of(missing), 404)
            name, asset = INDEX, self._assets[INDEX]
        accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
        encoding = next((e for e, _ in _ENCODINGS if e in accepted and e in asset.packed), None)
        response = FileResponse(asset.packed[encoding] if encoding else asset.path, media_type=asset.media_type)
        keep = "public, max-age=31536000, immutable" if name.startswith(HASHED) else "no-cache"
        response.headers["Cache-Control"] = keep
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response


def _assets(folder: Path) -> list[Asset]:
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink() or path.suffix in (".br", ".gz", ".py"):
            continue
        packed = {e: other for e, suffix in _ENCODINGS if (other := path.with_name(path.name + suffix)).is_file()}
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        found.append(Asset(path, kind, packed))
    return found


def _navigation(request: Request) -> bool:
    """A person opening an address of the application, not a script or picture that is missing."""
    if request.url.path.startswith(NO_SCREEN):
        return False
    last = request.url.path.rsplit("/", 1)[-1]
    return request.method in ("GET", "HEAD") and "." not in last and "text/html" in request.headers.get("accept", "")
