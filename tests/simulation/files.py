"""`adapters.tiles.Files` in memory: what is written is durable, its name only once the directory is synced."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path


class SimFiles:
    """`call` as of `simulation.disk`: told before each call, and half-way through a write."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.call: Callable[[str, str, bool], None] = lambda operation, path, half: None
        self.seen: dict[str, bytes] = {}
        self._medium: dict[str, bytes] = {}
        self._pending: list[tuple[str, str, bytes | None]] = []
        """(directory, path, content or None for gone), in order."""

    def power_cut(self) -> None:
        """Any of the changes of names that no directory sync covers may be on the medium."""
        for _, path, content in self._pending:
            if self._rng.random() < 0.5:
                self._apply(path, content)
        self._pending = []
        self.seen = dict(self._medium)

    def visible(self) -> dict[str, bytes]:
        """The files as a reader gets them, by their path below the ledger's directory."""
        return {path.removeprefix("/ledger/"): data for path, data in self.seen.items()}

    def read(self, path: Path) -> bytes | None:
        self.call("tile read", str(path), False)
        return self.seen.get(str(path))

    def write(self, path: Path, data: bytes) -> None:
        name = str(path)
        self.call("tile write", name, False)
        known = name in self._medium
        for part in (data[: len(data) // 2], data):
            self.seen[name] = part
            if known:  # the old name now holds the new bytes: that is what overwriting in place means
                self._medium[name] = part
            if part is not data:
                self.call("tile write", name, True)
        if not known:
            self._pending.append((name.rsplit("/", 1)[0], name, data))

    def write_all(self, contents: Mapping[Path, bytes]) -> None:
        for path in self._rng.sample(sorted(contents), len(contents)):
            self.write(path, contents[path])

    def replace(self, source: Path, target: Path) -> None:
        self.call("tile rename", str(target), False)
        data = self.seen.pop(str(source))
        self.seen[str(target)] = data
        self._pending = [change for change in self._pending if change[1] != str(source)]
        self._pending.append((str(target).rsplit("/", 1)[0], str(target), data))

    def sync_directory(self, path: Path) -> None:
        self.call("tile directory sync", str(path), False)
        rest = []
        for directory, name, content in self._pending:
            if directory == str(path):
                self._apply(name, content)
            else:
                rest.append((directory, name, content))
        self._pending = rest

    def remove_tree(self, path: Path) -> None:
        self.call("tile remove", str(path), False)
        for name in [name for name in self.seen if name.startswith(f"{path}/")]:
            del self.seen[name]
            self._pending.append((name.rsplit("/", 1)[0], name, None))

    def _apply(self, path: str, content: bytes | None) -> None:
        if content is None:
            self._medium.pop(path, None)
        else:
            self._medium[path] = content
