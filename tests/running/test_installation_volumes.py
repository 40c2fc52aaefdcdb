"""Volumes that are gone, strange or full: nothing is written where it must not be, nothing recorded is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from installation import RECORDERS, Installation, mingjian
from mingjian.audit.chain import EntryKind, Gap, parse
from mingjian.bootstrap.volumes import THROW_AWAY_BYTES
from mingjian.kernel.clock import SECOND_NS
from mingjian.kernel.ids import CameraId, main_stream

RETRY_NS = 12 * SECOND_NS
"""A volume that is back is found within 5 s; then comes a new connection and its first key frame."""


@dataclass(frozen=True)
class Strange:
    """Something else in the volume's place."""

    place: Path
    away: Path

    def files(self) -> list[Path]:
        return sorted(path.relative_to(self.place) for path in self.place.rglob("*"))

    def restore(self) -> None:
        """The volume is back; done once."""
        if self.away.exists():
            if self.place.exists():
                shutil.rmtree(self.place)
            self.away.rename(self.place)


@pytest.fixture
def cameras(installation: Installation) -> list[str]:
    return [camera["id"] for camera in installation.cameras()]


@pytest.fixture
def strange(installation: Installation) -> Iterator[Strange]:
    """Nothing is in the volume's place, until the test puts something there; the volume is back at the end."""
    found = Strange(installation.volume, installation.volume.with_name("volume-away"))
    found.place.rename(found.away)
    try:
        yield found
    finally:
        found.restore()


def refusals(installation: Installation) -> list[int]:
    """How often each recorder said that it has no volume to record on."""
    logs = [installation.root / "logs" / f"recorder-{number}.log" for number in range(RECORDERS)]
    return [log.read_text(encoding="utf-8").count("no volume to record on") for log in logs]


def wait_offline(installation: Installation, cameras: list[str], cause: str) -> None:
    def shown() -> bool:
        states = [installation.state(camera) for camera in cameras]
        return all((state["state"], state["cause"]) == ("offline", cause) for state in states)

    installation.wait(f"all cameras offline: {cause}", 40, shown)


def test_a_strange_directory_is_never_written_and_the_screen_says_why(
    installation: Installation, cameras: list[str], strange: Strange, tmp_path: Path
) -> None:
    died = installation.now()
    installation.again(installation.kill("recorder"), "recorder")
    wait_offline(installation, cameras, "disk-error")

    def look_again() -> None:
        before, said = strange.files(), refusals(installation)

        def looked() -> bool:
            return all(now > then for now, then in zip(refusals(installation), said, strict=True))

        installation.wait("another look of each recorder", 20, looked)
        assert strange.files() == before, "what is not ours is not written to"
        status, words = mingjian("volume", "list", "--data", str(installation.root))
        assert (status, "✗" in words) == (0, True), words

    assert not strange.place.exists(), "nothing is made where nothing is mounted"
    strange.place.mkdir()
    look_again()
    other = str(tmp_path / "other")
    status, words = mingjian("volume", "create", str(strange.place), "--data", other, "--throw-away")
    assert status == 0, words
    look_again()
    strange.restore()
    returned = installation.now()
    for camera in cameras:

        def ended(camera: str = camera) -> list[Gap]:
            found = installation.gaps(camera, died)
            return found if found and installation.recorded_until(camera) > found[-1].period.end else []

        crash, away = installation.wait("gaps and footage after them", 30, ended)
        assert (crash.cause, away.cause) == ("recorder-crash", "disk-error"), "why nothing was recorded when"
        assert away.evidence.startswith("volume.foreign"), "as last seen"
        assert crash.period.end == away.period.start
        assert away.period.end <= returned + RETRY_NS
    assert "0 个问题" in installation.fsck()


def is_full(installation: Installation, camera: str, since: int) -> bool:
    """Whether the chain says that nothing fits any more."""
    gaps = installation.gaps(camera, since)
    return bool(gaps) and gaps[-1].cause == "disk-full"


def test_a_full_volume_says_so_and_keeps_what_it_has(installation: Installation, cameras: list[str]) -> None:
    asked_at = installation.now()
    kept = {camera: installation.fragments(camera, asked_at) for camera in cameras}
    ballast = installation.volume / "quarantine" / "ballast"
    ballast.parent.mkdir(exist_ok=True)
    with ballast.open("wb") as out:
        out.truncate(THROW_AWAY_BYTES)  # sparse: it counts against the volume's bound, not against the disk
    try:
        installation.again(installation.kill("recorder"), "recorder")
        wait_offline(installation, cameras, "disk-full")
        for camera in cameras:
            installation.wait("the gap", 30, partial(is_full, installation, camera, asked_at))
            assert kept[camera] <= installation.fragments(camera, installation.now())
    finally:
        ballast.unlink()
    freed = installation.now()
    installation.again(installation.kill("recorder"), "recorder")
    for camera in cameras:
        installation.wait_recorded(camera, freed)
        assert kept[camera] <= installation.fragments(camera, installation.now())
        assert "disk-full" in {gap.cause for gap in installation.gaps(camera, asked_at)}
    assert "0 个问题" in installation.fsck()


def problems(installation: Installation) -> dict[str, str]:
    """What the storage page says is wrong: where, by what."""
    found = installation.user("manager").call("GET", "/api/storage")["problems"]
    assert all(problem["remedy"] and problem["remedy_en"] for problem in found), found
    return {problem["code"]: problem["subject"] for problem in found}


def test_a_standard_installation_refuses_a_throw_away_volume(installation: Installation, tmp_path: Path) -> None:
    status, words = mingjian("volume", "list", "--data", str(installation.root), MINGJIAN_INSTALLATION="standard")
    assert (status, "✗" in words) == (0, True), words
    (tmp_path / "volume").mkdir()
    (tmp_path / "mingjian.toml").write_text('installation = "standard"\n', encoding="utf-8")
    status, words = mingjian("volume", "create", str(tmp_path / "volume"), "--data", str(tmp_path), "--throw-away")
    assert status == 1
    assert "volume.throw-away" in words
    assert list((tmp_path / "volume").iterdir()) == []


def test_with_a_second_volume_no_camera_loses_a_second_when_one_goes_and_comes(
    installation: Installation, cameras: list[str]
) -> None:
    """The last one here: the installation has a spill volume from now on."""
    home, spill = installation.volume, installation.root / "spill"
    status, words = mingjian("volume", "create", str(spill), "--data", str(installation.root), "--throw-away")
    assert status == 0, words
    locked = [spill / main_stream(CameraId(camera)) / "writer.lock" for camera in cameras]
    installation.wait("the new volume in use without a restart", 30, lambda: all(lock.exists() for lock in locked))
    since = {camera: installation.recorded_until(camera) for camera in cameras}

    away = home.with_name("home-away")
    home.rename(away)
    home.mkdir()
    try:
        left = installation.now()
        for camera in cameras:
            installation.wait_recorded(camera, left + 5 * SECOND_NS)
        assert problems(installation) == {"volume.unmarked": str(home)}
        assert {installation.state(camera)["state"] for camera in cameras} == {"recording"}

        killed = installation.kill("recorder")
        died = installation.now()
        installation.again(killed, "recorder")
        for camera in cameras:
            gap = installation.gap(camera, died, "recorder-crash")
            assert gap.period.end - died <= RETRY_NS, "the volume that is there is enough"
        assert list(home.iterdir()) == [], "an empty mount point is not written to"
    finally:
        home.rmdir()
        away.rename(home)
    back = installation.now()
    installation.wait("all told", 20, lambda: problems(installation) == {})
    for camera in cameras:
        chain = home / main_stream(CameraId(camera)) / "chain"

        def gone_home(chain: Path = chain) -> bool:
            lines = [line for file in chain.glob("*.jsonl") for line in file.read_bytes().splitlines()[:-1]]
            return any(entry.kind is EntryKind.FRAG and entry.t1 > back for entry in map(parse, lines))

        installation.wait("footage at home again", 30, gone_home)
        assert [gap.cause for gap in installation.gaps(camera, since[camera])] == ["recorder-crash"], (
            "and nothing else is missing"
        )
    assert "0 个问题" in installation.fsck()
