"""The keeper's catalogue: one missing volume or a damaged file stops neither it nor what others read from it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pytest

from mingjian.adapters import migrations
from mingjian.adapters.disk import OsDisk
from mingjian.bootstrap.opened import Opened, open_installation
from mingjian.bootstrap.places import DataDirectory
from mingjian.bootstrap.recordings import InstallationRecordings
from mingjian.bootstrap.reports import KEEPER_FILE, write_report
from mingjian.bootstrap.settings import Settings
from mingjian.bootstrap.tailing import MOST_SET_ASIDE, Tailing
from mingjian.bootstrap.volume_probes import Probes
from mingjian.bootstrap.volumes import create_volume
from mingjian.bootstrap.web import InstallationFragments
from mingjian.display.playback import PlaybackGap, PlaybackMedia, PlaybackSession
from mingjian.governance.health import Part
from mingjian.governance.readings import Problem
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import LocalError, Refused
from mingjian.kernel.grant import Grant, MediaAct
from mingjian.kernel.ids import CameraId, PersonId, UnitId, main_stream
from mingjian.kernel.media import AccessUnit
from mingjian.kernel.period import Period
from mingjian.storage.commit import Committer
from mingjian.storage.lane import NO_ANSWER_SAID
from mingjian.storage.ports import CatalogueAway, CatalogueDamaged
from mingjian.storage.recorder import StreamRecorder
from mingjian.storage.volume_faults import Fault, told
from storage_world import CONFIG, FRAME_90K, frame_bytes

CAMERA = CameraId("cam-1")
SETTINGS = Settings(installation="demonstration")


@dataclass
class Keeping:
    """An installation with two volumes and ten recorded seconds, as its keeper and as another process see it."""

    root: Path
    keeper: Opened = field(init=False)
    other: Opened = field(init=False)
    tailing: Tailing = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = open_installation(self.root / "data", SETTINGS, keeps_catalogue=True)
        self.other = open_installation(self.root / "data", SETTINGS)
        migrations.upgrade(self.keeper.engine)
        for name in ("home", "spill"):
            create_volume(
                self.root / name, places=self.places, settings=SETTINGS, clock=self.keeper.clock, throw_away=True
            )
        self.tailing = Tailing(self.keeper)
        self.record()

    @property
    def places(self) -> DataDirectory:
        return self.keeper.places

    def record(self) -> None:
        committer = Committer(OsDisk(), self.keeper.volumes(), self.keeper.clock)
        recorder = StreamRecorder.open(CAMERA, committer, self.keeper.clock)
        recorder.on_config(CONFIG)
        for number in range(250):
            recorder.on_access_unit(
                AccessUnit(number * FRAME_90K, number % 25 == 0, frame_bytes(number), self.keeper.clock.now())
            )
        recorder.close()

    def tail(self) -> None:
        """As the keeper does: the duty, then how it stands."""
        try:
            self.tailing.once()
        finally:
            write_report(self.places.run / KEEPER_FILE, self.tailing.standing())

    def days(self) -> int:
        now = self.other.clock.now()
        recordings = InstallationRecordings(self.other)
        return len(recordings.timeline(CAMERA, Period(UtcNs(now - DAY_NS), UtcNs(now + DAY_NS)), 1000))

    def problems(self) -> dict[str, str]:
        """What the storage page says: subject by code."""
        found = InstallationRecordings(self.other).storage().problems
        assert all(one.text and one.text_en and one.remedy and one.remedy_en for one in found), found
        return {one.code: one.subject for one in found}


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Keeping]:
    made = Keeping(tmp_path)
    yield made
    for opened in (made.keeper, made.other):
        opened.engine.dispose()
        opened.catalogue.close()


def test_a_damaged_catalogue_is_set_aside_and_made_anew_while_others_wait_and_go_on(keeping: Keeping) -> None:
    keeping.tail()
    assert (keeping.days() > 0, keeping.problems()) == (True, {})
    (before,) = keeping.keeper.catalogue.tails()
    for opened in (keeping.keeper, keeping.other):
        opened.catalogue.close()
    keeping.places.catalogue.write_bytes(b"no database at all" * 500)

    keeping.record()
    keeping.tail()
    (kept,) = keeping.places.catalogue.parent.glob("catalogue.sqlite.damaged-*")
    assert kept.read_bytes().startswith(b"no database at all")
    assert keeping.problems() == {"catalogue.rebuilding": "catalogue.sqlite", "catalogue.set-aside": kept.name}
    recordings = InstallationRecordings(keeping.other)
    assert recordings.incomplete()
    assert list(recordings.status([CAMERA])) == [CAMERA], "cameras are shown all the same"
    with pytest.raises(CatalogueAway) as away:
        keeping.days()
    assert away.value.code == "catalogue.rebuilding"

    keeping.tail()
    assert keeping.days() > 0
    assert keeping.problems() == {"catalogue.set-aside": kept.name}
    assert not recordings.incomplete()
    assert max(row.epoch for row in keeping.keeper.catalogue.tails()) > before.epoch, "of the second life"


def test_what_only_another_process_meets_is_mended_too(keeping: Keeping) -> None:
    keeping.tail()
    assert keeping.days() > 0
    keeping.other.catalogue.file.damaged("a page that the keeper never reads")
    keeping.tail()
    keeping.tail()
    assert set(keeping.problems()) == {"catalogue.set-aside"}
    assert keeping.days() > 0


def test_a_catalogue_that_is_damaged_again_and_again_does_not_fill_the_disk(keeping: Keeping) -> None:
    for _ in range(MOST_SET_ASIDE):
        keeping.keeper.catalogue.close()
        keeping.places.catalogue.write_bytes(b"no database at all" * 500)
        keeping.tail()
    keeping.keeper.catalogue.close()
    keeping.places.catalogue.write_bytes(b"no database at all" * 500)
    with pytest.raises(CatalogueDamaged):
        keeping.tail()
    assert len(list(keeping.places.catalogue.parent.glob("*.damaged-*"))) == MOST_SET_ASIDE


def test_a_catalogue_that_was_exchanged_is_gone_on_with(keeping: Keeping) -> None:
    keeping.tail()
    keeping.places.catalogue.rename(keeping.root / "away")
    keeping.tail()
    keeping.tail()
    assert keeping.days() > 0, "made anew from the chains"


@pytest.mark.parametrize("away", ["home", "spill"])
def test_a_volume_that_is_away_is_told_and_the_others_are_read(keeping: Keeping, away: str) -> None:
    (keeping.root / away).rename(keeping.root / "elsewhere")
    (keeping.root / away).mkdir()
    keeping.tail()
    assert (keeping.days() > 0) == (away == "spill")
    assert keeping.problems() == {"volume.unmarked": str(keeping.root / away)}
    told = json.loads((keeping.places.run / KEEPER_FILE).read_text(encoding="utf-8"))["volumes"]
    assert [(one["root"], one["code"]) for one in told] == [(str(keeping.root / away), "volume.unmarked")]
    assert [volume.root for volume in keeping.other.volumes()] == [
        str(keeping.root / name) for name in ("home", "spill") if name != away
    ]
    (keeping.root / away).rmdir()
    (keeping.root / "elsewhere").rename(keeping.root / away)
    keeping.tail()
    assert keeping.days() > 0
    assert keeping.problems() == {}


def test_what_a_recorder_met_when_it_wrote_is_told_with_the_volume_and_what_to_do(keeping: Keeping) -> None:
    home = keeping.other.volumes()[0]
    words = told(Fault.READ_ONLY, home, "EROFS")
    fault = asdict(Problem.of(words))
    recordings = InstallationRecordings(keeping.other)
    recordings.hear({"cam": {"volume_faults": {home.root: fault, "/elsewhere": fault}}}, 0)
    found = {one.subject: one for one in recordings.storage().problems}
    assert set(found) == {home.root, "/elsewhere"}
    one = found[home.root]
    assert (one.code, one.text, one.text_en) == ("volume.read-only", words.text, words.text_en)
    assert (one.remedy, one.remedy_en) == (words.remedy, words.remedy_en)
    (health,) = [finding for finding in recordings.health() if finding.part is Part.VOLUMES]
    assert health.problem is not None
    assert health.problem.code == "volume.read-only"
    recordings.hear({"cam": {"volume_faults": {}}}, 0)
    assert recordings.storage().problems == []


class SilentDisk(OsDisk):
    """Chains, or what else has that suffix, below one root are not read until the gate opens."""

    def __init__(self, root: str, suffix: str = ".jsonl") -> None:
        super().__init__()
        self.root, self.suffix, self.gate, self.asked = root, suffix, threading.Event(), 0

    def read(self, path: str, offset: int, length: int) -> bytes:
        if path.startswith(self.root) and path.endswith(self.suffix):
            self.asked += 1
            self.gate.wait()
        return super().read(path, offset, length)


def test_a_volume_that_gives_no_answer_holds_up_one_pass_and_no_other_volume(keeping: Keeping) -> None:
    home, spill = keeping.other.volumes()
    disk = SilentDisk(home.root)
    tailing = Tailing(replace(keeping.keeper, disk=disk), hung_ns=0)
    with pytest.raises(LocalError, match="hung") as words:
        tailing.once()
    assert home.root in words.value.text
    committer = Committer(OsDisk(), [spill], keeping.keeper.clock)
    StreamRecorder.open("other", committer, keeping.keeper.clock).close()
    for _ in range(3):
        tailing.once()
    assert {row.stream for row in keeping.keeper.catalogue.tails()} == {"other"}, "what the other volume holds is read"
    (one,) = tailing.standing()["volumes"]
    hung = Problem.of(told(Fault.HUNG, home, NO_ANSWER_SAID))
    assert one == {"root": home.root, "id": home.id} | asdict(hung), "in both languages"
    assert disk.asked == 1, "no second thread waits for it"
    assert keeping.days() == 0
    disk.gate.set()
    for thread in threading.enumerate():
        if thread.name == "tailing":
            thread.join()
    assert keeping.days() == 0, "what came late is not written"
    tailing.once()
    assert keeping.days() > 0
    assert tailing.standing()["volumes"] == []


def test_a_playback_under_way_goes_round_a_volume_that_gives_no_answer(keeping: Keeping) -> None:
    keeping.tail()
    home, _ = keeping.other.volumes()
    disk = SilentDisk(home.root, ".mp4")
    fragments = InstallationFragments(replace(keeping.other, disk=disk), Probes(answer_s=0.01))
    now = keeping.other.clock.now()
    period = Period(UtcNs(now - 60 * SECOND_NS), UtcNs(now + 60 * SECOND_NS))
    unit, viewer = UnitId("u"), PersonId("v")
    grant = Grant("g", viewer, "", unit, "", MediaAct.PLAYBACK, frozenset({CAMERA}), period, period, 1)
    session = PlaybackSession(fragments, main_stream(CAMERA), grant)
    for number, cause in enumerate(("disk-error", "volume-away")):
        session.seek(number, period.start, key_frames=False, ahead_s=120)
        steps = list(iter(session.step, None))
        assert not [step for step in steps if isinstance(step, PlaybackMedia)]
        assert {step.cause for step in steps if isinstance(step, PlaybackGap)} >= {cause}
    assert disk.asked == 1, "no second thread waits for it"
    disk.gate.set()
    for thread in threading.enumerate():
        if thread.name == f"probe-{home.root}":
            thread.join()
    session.seek(3, period.start, key_frames=False, ahead_s=120)
    assert [step for step in iter(session.step, None) if isinstance(step, PlaybackMedia)]


def test_without_any_volume_the_reason_is_said(keeping: Keeping) -> None:
    for name in ("home", "spill"):
        (keeping.root / name).rename(keeping.root / f"{name} elsewhere")
    with pytest.raises(Refused) as refusal:
        keeping.tail()
    assert refusal.value.code == "volume.unmarked"
    assert len(keeping.problems()) == 1
