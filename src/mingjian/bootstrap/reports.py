"""What keeper and previews say of themselves in `run/*.json`, written whole and read by the web process.

A file that is missing, torn or of another version reads as None: "nothing heard", which is itself judged.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from mingjian.adapters.witnessing import WitnessStanding
from mingjian.bootstrap.places import DataDirectory
from mingjian.governance.readings import Duty, KeeperSaid, PreviewsSaid, Problem, WitnessSaid
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import MALFORMED
from mingjian.processing.preview_budget import PreviewStatistics

KEEPER_FILE, PREVIEWS_FILE = "keeper.json", "previews.json"
PREVIEW_FIGURES = ("cpu_share", "cpu_cap", "made", "shed", "failed", "shedding_count")
REPORT_BYTES_MAX = 1 << 20
"""A report is a few kilobytes; what is longer is not ours."""

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class CatalogueSaid:
    """Whether the catalogue holds all that the chains say, and what damaged files were set aside."""

    rebuilding: bool
    set_aside: Sequence[str] = ()


class KeeperReport:
    """The keeper's account of its duties, the ledger and its witnesses; every word rewrites the file.

    Since when a witness is silent outlives a restart: only a line from it ends its silence. Calls for different duties
    may come from different threads.
    """

    def __init__(
        self, places: DataDirectory, started: UtcNs, catalogue: Callable[[], Mapping[str, Any]] = dict
    ) -> None:
        """`catalogue` says how catalogue and volumes stand; it is asked at each word."""
        self._catalogue = catalogue
        self._path = places.run / KEEPER_FILE
        self._started = started
        self._duties: dict[str, Duty] = {}
        before = _read(self._path, _keeper)
        witnesses = before.witnesses if before is not None else None
        self._silent = {witness.name: witness.silent for witness in witnesses or () if witness.silent is not None}
        self._ledger: dict[str, Any] = {}
        if before is not None and witnesses is not None:  # what was published stays published
            self._ledger = {"size": before.size, "root": before.root, "witnesses": [asdict(one) for one in witnesses]}

    def done(self, duty: str, now: UtcNs) -> None:
        """The duty has just succeeded. Raises OSError where the file cannot be written."""
        self._duties[duty] = Duty(now)
        self._write(now)

    def failed(self, duty: str, now: UtcNs, failure: Exception) -> None:
        """The duty has just failed. Raises OSError where the file cannot be written."""
        known = self._duties.get(duty, Duty())
        self._duties[duty] = Duty(known.done, known.failing or now, Problem.of(failure))
        self._write(now)

    def published(self, size: int, root: bytes, witnesses: Sequence[WitnessStanding]) -> None:
        """What stands published; written with the next word of a duty."""
        silent: dict[str, UtcNs | None] = {}
        for witness in witnesses:
            since = witness.unwitnessed_since
            silent[witness.name] = None if since is None else min(since, self._silent.get(witness.name, since))
        self._silent = {name: since for name, since in silent.items() if since is not None}
        self._ledger = {
            "size": size,
            "root": root.hex(),
            "witnesses": [
                {"name": one.name, "size": one.size, "silent": silent[one.name], "problem": one.problem}
                for one in witnesses
            ],
        }

    def _write(self, now: UtcNs) -> None:
        duties = {name: asdict(duty) for name, duty in list(self._duties.items())}
        write_report(
            self._path, {"at": now, "started": self._started, "duties": duties, **self._ledger, **self._catalogue()}
        )


def write_report(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file at once: a reader sees the old or the new one. Raises OSError."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def write_previews(places: DataDirectory, now: UtcNs, statistics: PreviewStatistics) -> None:
    """What the preview process has done up to `now`. Raises OSError."""
    write_report(places.run / PREVIEWS_FILE, {"at": now, **asdict(statistics)})


def read_keeper(places: DataDirectory) -> KeeperSaid | None:
    """The keeper's last word, from whichever of its lives."""
    return _read(places.run / KEEPER_FILE, _keeper)


def read_catalogue(places: DataDirectory) -> CatalogueSaid:
    """As the keeper last said; complete where it never said anything."""
    return _read(places.run / KEEPER_FILE, _catalogue) or CatalogueSaid(rebuilding=False)


def read_away(places: DataDirectory) -> frozenset[str]:
    """Ids of the registered volumes that the keeper could not use at its last look."""
    return _read(places.run / KEEPER_FILE, _away) or frozenset()


def read_previews(places: DataDirectory) -> PreviewsSaid | None:
    """The preview process's last word."""
    return _read(places.run / PREVIEWS_FILE, _previews)


def _read(path: Path, parse: Callable[[Mapping[str, Any]], Said]) -> Said | None:
    try:
        with path.open("rb") as file:
            return parse(json.loads(file.read(REPORT_BYTES_MAX)))
    except (OSError, *MALFORMED):
        return None


def _keeper(content: Mapping[str, Any]) -> KeeperSaid:
    witnesses = content.get("witnesses")
    return KeeperSaid(
        at=UtcNs(int(content["at"])),
        started=UtcNs(int(content["started"])),
        duties={str(name): _duty(duty) for name, duty in content["duties"].items()},
        size=content.get("size"),
        root=str(content.get("root", "")),
        witnesses=None if witnesses is None else [WitnessSaid(**witness) for witness in witnesses],
    )


def _catalogue(content: Mapping[str, Any]) -> CatalogueSaid:
    found = content["catalogue"]
    return CatalogueSaid(bool(found["rebuilding"]), [str(name) for name in found["set_aside"]])


def _away(content: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(volume["id"]) for volume in content["volumes"])


def _duty(content: Mapping[str, Any]) -> Duty:
    problem = content["problem"]
    return Duty(content["done"], content["failing"], None if problem is None else Problem(**problem))


def _previews(content: Mapping[str, Any]) -> PreviewsSaid:
    figures = {name: float(content[name]) for name in PREVIEW_FIGURES}
    return PreviewsSaid(UtcNs(int(content["at"])), figures, content["shedding"])
