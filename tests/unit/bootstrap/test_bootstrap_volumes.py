"""Each registered volume is judged for itself; what is wrong with one is said with its place, and said once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import structlog
from structlog.testing import capture_logs

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.volumes import VolumeLook, create_volume, find_registered, registered
from mingjian.kernel.errors import LocalError, Refused
from mingjian.storage.volume import IDENTITY_FILE

SETTINGS = Settings(installation="demonstration")
NAMES = ("good", "missing", "unmarked", "exchanged", "foreign", "garbage")


@pytest.fixture
def places(tmp_path: Path) -> DataDirectory:
    """Six registered volumes, of which one is as it should be."""
    made = DataDirectory(tmp_path / "data")
    other = DataDirectory(tmp_path / "other")
    for one in (made, other):
        one.create()
    for name in NAMES:
        create_volume(tmp_path / name, places=made, settings=SETTINGS, clock=SystemClock(), throw_away=True)
    create_volume(tmp_path / "theirs", places=other, settings=SETTINGS, clock=SystemClock(), throw_away=True)
    shutil.rmtree(tmp_path / "missing")
    (tmp_path / "unmarked" / IDENTITY_FILE).unlink()
    shutil.copy(tmp_path / "good" / IDENTITY_FILE, tmp_path / "exchanged" / IDENTITY_FILE)
    shutil.copy(tmp_path / "theirs" / IDENTITY_FILE, tmp_path / "foreign" / IDENTITY_FILE)
    (tmp_path / "garbage" / IDENTITY_FILE).write_bytes(b"\xff")
    return made


def test_one_good_volume_is_found_among_five_that_are_not(places: DataDirectory, tmp_path: Path) -> None:
    found = find_registered(places, SETTINGS)
    assert [volume.root for volume in found.volumes] == [str(tmp_path / "good")]
    assert {Path(one.root).name: one.error.code for one in found.unusable} == {
        "missing": "volume.unmarked",
        "unmarked": "volume.unmarked",
        "exchanged": "volume.wrong-id",
        "foreign": "volume.foreign",
        "garbage": "volume.identity-unreadable",
    }
    for one in found.unusable:
        assert one.id == registered(places)[one.root]
        assert one.error.remedy
        assert one.error.text_en
        assert one.error.remedy_en
    assert found.or_refuse() == found.volumes


def test_where_none_is_good_the_first_reason_is_raised(places: DataDirectory, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="unmarked"):
        find_registered(places, SETTINGS, [str(tmp_path / "missing"), str(tmp_path / "foreign")]).or_refuse()


def test_a_change_is_logged_once(places: DataDirectory, tmp_path: Path) -> None:
    look = VolumeLook(places, SETTINGS, structlog.get_logger("test"))
    with capture_logs() as told:
        look()
        look()
        (tmp_path / "missing").mkdir()
        look()
    assert sorted(Path(line["root"]).name for line in told) == sorted(set(NAMES) - {"good"})
    with capture_logs() as told:
        shutil.rmtree(tmp_path / "good")
        look()
        look()
    assert [(line["event"], line["root"]) for line in told] == [("volume cannot be used", str(tmp_path / "good"))]


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff"])
def test_an_unreadable_register_is_named(places: DataDirectory, content: bytes) -> None:
    before = places.volumes.read_bytes()
    places.volumes.write_bytes(content)
    with pytest.raises(LocalError) as error:
        find_registered(places, SETTINGS)
    assert (error.value.code, error.value.field) == ("volume.registry", "volumes.json")
    assert error.value.remedy
    places.volumes.write_bytes(before)
    assert len(json.loads(before)) == len(find_registered(places, SETTINGS).unusable) + 1
