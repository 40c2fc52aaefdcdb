"""Volumes that are gone, strange or full: nothing is written where it must not be, nothing recorded is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from installation import RECORDERS, Installation, mingjian
from mingjian.bootstrap.volumes import THROW_AWAY_BYTES
from mingjian.kernel.clock import SECOND_NS

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
        gap = installation.gap(camera, died, "recorder-crash")
        assert gap.period.end <= returned + RETRY_NS
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


def test_a_standard_installation_refuses_a_throw_away_volume(installation: Installation, tmp_path: Path) -> None:
    status, words = mingjian("volume", "list", "--data", str(installation.root), MINGJIAN_INSTALLATION="standard")
    assert (status, "✗" in words) == (0, True), words
    (tmp_path / "volume").mkdir()
    (tmp_path / "mingjian.toml").write_text('installation = "standard"\n', encoding="utf-8")
    status, words = mingjian("volume", "create", str(tmp_path / "volume"), "--data", str(tmp_path), "--throw-away")
    assert status == 1
    assert "volume.throw-away" in words
    assert list((tmp_path / "volume").iterdir()) == []
