"""Fifty cameras for twenty minutes with faults at random: what a process takes must not grow with time.

    python tests/soak/soak.py [--minutes N] [--cameras N] [--seed N]

A whole installation runs (`mingjian serve`, two recorders, simulated cameras). Every few seconds something is killed,
reset, silenced or watched. Memory (PSS), descriptors and threads of each process, and the size of all logs, are read
all the while; the slope of each is that of least squares within the lives of its processes, their first minute left
out. Exit status 1 where a slope is beyond its bound, or recording is not what it should be at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from slopes import HOUR_S, Samples

from installation import RECORDERS, Installation, running
from mingjian.audit.chain import coverage
from mingjian.cli.selftest_client import is_open
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.errors import MingjianError
from mingjian.simulator.faults import Fault

SAMPLE_S = 2.0
FAULT_S = 6.0
SILENCE_S = 13.0
"""Beyond the ten seconds after which a camera counts as gone."""
WARM_S = 60.0
"""After its start a process fills caches and pools."""
SETTLED_S = 90.0
"""After the last fault every camera is recorded again within this, back-off included."""
LAST_S = 15.0
"""At the end nothing more goes wrong, so that the last look finds everything there."""
VOLUME_BYTES = 16 << 30
KB, MB = 1024, 1024 * 1024
ROLES = (("recorder", "0"), ("recorder", "1"), ("keeper",), ("previews",), ("web",), ("supervisor",))
CAUSES = frozenset({"network", "camera-timeout", "camera-closed", "recorder-crash", "no-video"})
"""What the faults of this run may cost, and nothing else."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The greatest slope an hour, with the reason of the figure; growth of up to `grain` in the run is none."""

    unit: str
    per: int
    an_hour: float
    grain: float
    why: str


BOUNDS = {
    "pss": Bound("MB", MB, 30.0, 4.0, "72 h of it would be 2 GB: what leaks per frame, camera or viewer is far beyond"),
    "fds": Bound("", 1, 12.0, 4.0, "one descriptor in five minutes: every reset camera that leaks one is beyond"),
    "threads": Bound("", 1, 6.0, 6.0, "a pool of six threads fills once and stays"),
    "log": Bound("MB", MB, 40.0, 1.0, "one fault in six seconds speaks; rotation holds each process to 32 MiB"),
}


@dataclass
class Soak:
    installation: Installation
    rng: random.Random
    samples: Samples = field(default_factory=lambda: Samples(WARM_S))
    done: dict[str, int] = field(default_factory=dict)
    healed: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def now_s(self) -> float:
        return self.installation.run.clock.monotonic_ns() / SECOND_NS

    def sample(self) -> None:
        at = self.now_s()
        for role in ROLES:
            name = " ".join(role)
            for pid in self.pids(role):
                with contextlib.suppress(OSError):  # it died meanwhile
                    for kind, value in measured(pid).items():
                        self.samples.add(kind, name, pid, at, value)
        logs = sum(path.stat().st_size for path in (self.installation.root / "logs").iterdir())
        self.samples.add("log", "all", 0, at, logs)

    def pids(self, role: tuple[str, ...]) -> list[int]:
        if role == ("supervisor",):
            assert self.installation.supervisor is not None
            return [self.installation.supervisor.pid]
        return self.installation.pids(*role)

    def fault(self) -> None:
        """One thing goes wrong, or one person looks."""
        what = self.rng.choices(
            ["reset", "silence", "time-back", "watch", "recorder", "keeper", "web", "previews"],
            [8, 3, 2, 6, 1, 1, 1, 1],
        )[0]
        self.done[what] = self.done.get(what, 0) + 1
        camera = self.rng.randrange(len(self.installation.sites.park.cameras))
        if what == "watch":
            self.watch()
        elif what in ("reset", "time-back"):
            self.installation.sites.set_fault(camera, Fault(what))
        elif what == "silence":
            self.installation.sites.set_fault(camera, Fault.SILENCE)
            self.healed.append(
                (self.now_s() + SILENCE_S, lambda: self.installation.sites.clear_fault(camera, Fault.SILENCE))
            )
        else:
            role = (what, str(self.rng.randrange(RECORDERS))) if what == "recorder" else (what,)
            if self.pids(role):
                self.installation.kill(*role)

    def watch(self) -> None:
        """A second of live pictures; the web process may be away just now."""
        with contextlib.suppress(MingjianError, OSError, RuntimeError):
            camera = self.rng.choice(self.installation.cameras())["id"]
            _, media = self.installation.watch("duty", camera, 25)
            media.close()

    def heal(self, *, all_of_it: bool = False) -> None:
        due = [one for one in self.healed if all_of_it or one[0] <= self.now_s()]
        self.healed = [one for one in self.healed if one not in due]
        for _, mend in due:
            mend()

    def run(self, minutes: float) -> None:
        end = self.now_s() + minutes * 60
        next_fault = self.now_s() + WARM_S / 2
        while self.now_s() < end:
            self.sample()
            self.heal()
            if next_fault <= self.now_s() < end - LAST_S:
                self.fault()
                next_fault = self.now_s() + self.rng.uniform(0.5, 1.5) * FAULT_S
            threading.Event().wait(SAMPLE_S)
        self.heal(all_of_it=True)


def measured(pid: int) -> dict[str, float]:
    """PSS in bytes, descriptors and threads of one process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    threads = next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
    return {"pss": pss * KB, "fds": len(os.listdir(f"/proc/{pid}/fd")), "threads": threads}  # noqa: PTH208 - names suffice


def wrong_at_the_end(soak: Soak, began: int) -> Iterator[str]:
    """What a person would find afterwards: a camera that is not recorded, a gap of another cause, an unclean fsck."""
    installation = soak.installation
    installation.wait("the web process again", SETTLED_S, lambda: is_open(installation.run.url))
    quiet = installation.now()
    for camera in installation.cameras():
        try:
            installation.wait_recorded(camera["id"], quiet, SETTLED_S)
        except MingjianError as error:
            yield f"{camera['id']} is not recorded again: {error}"
        _, gaps = coverage(installation.entries(camera["id"]))
        for gap in gaps:
            if gap.period.start > began and gap.cause not in CAUSES:
                yield f"{camera['id']}: a gap of cause {gap.cause}, {gap.evidence}"
    words = installation.fsck()
    if "0 个问题" not in words:
        yield words


def report(soak: Soak) -> int:
    """The table; how many slopes are beyond their bounds."""
    beyond = 0
    print(f"{'':10}{'process':14}{'lives':>6}{'first':>10}{'last':>10}{'most':>10}{'slope/h':>12}{'bound':>8}")
    for kind, bound in BOUNDS.items():
        for name in soak.samples.names(kind):
            line = soak.samples.line(kind, name)
            slope = line.slope_an_hour / bound.per
            bad = line.judged and slope > bound.an_hour and slope * line.warm_s / HOUR_S > bound.grain
            beyond += bad
            first, last, most = (value / bound.per for value in (line.first, line.last, line.most))
            mark = " BEYOND" if bad else "" if line.judged else " (too short to judge)"
            print(
                f"{kind:10}{name:14}{line.lives:6}{first:10.1f}{last:10.1f}{most:10.1f}"
                f"{slope:12.2f}{bound.an_hour:8.0f} {bound.unit}{mark}"
            )
    return beyond


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--cameras", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingjian-soak-") as folder:
        base = Path(folder)
        with running(base, cameras=given.cameras, loops=base / "loops", volume_bytes=VOLUME_BYTES) as installation:
            soak = Soak(installation, random.Random(given.seed))
            began = installation.now()
            soak.run(given.minutes)
            print(f"{given.cameras} cameras, {given.minutes:g} minutes, seed {given.seed}; faults: {soak.done}")
            beyond = report(soak)
            wrong = list(wrong_at_the_end(soak, began))
    for text in wrong:
        print(f"WRONG: {text}")
    print("no slope beyond its bound" if not beyond else f"{beyond} slopes beyond their bounds")
    return 1 if beyond or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
