"""Previews: found again whatever a crash left, never more CPU than allowed, gone when the footage is gone."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from PIL import Image

from footage import Clip
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs
from mingjian.kernel.ids import CameraId
from mingjian.kernel.media import AccessUnit
from mingjian.processing.preview_budget import CpuBudget
from mingjian.processing.preview_files import Preview, PreviewFiles
from mingjian.processing.previews import SIZE, PreviewMaker

GATE = CameraId("gate")
T0 = UtcNs(1_767_225_600 * SECOND_NS)  # on the hour


def at(seconds: float) -> UtcNs:
    return UtcNs(T0 + round(seconds * SECOND_NS))


def jpeg(text: str) -> bytes:
    return b"\xff\xd8" + text.encode() * 20


def hour_file(directory: Path) -> Path:
    (path,) = directory.glob("gate/*.mjp")
    return path


def test_the_nearest_picture_is_found_also_over_the_hour(tmp_path: Path) -> None:
    files = PreviewFiles(tmp_path)
    for second in (3590, 3598, 3603, 3610):
        assert files.append(GATE, Preview(at(second), jpeg(str(second))))
    assert len(list(tmp_path.glob("gate/*.mjp"))) == 2
    for asked, found in ((3590, 3590), (3593.9, 3590), (3599, 3598), (3602, 3603), (3601, 3603), (3630, 3610)):
        assert files.nearest(GATE, at(asked)) == Preview(at(found), jpeg(str(found)))
    assert files.nearest(GATE, at(3700)) is None
    assert files.nearest(CameraId("other"), at(3598)) is None


def test_another_process_sees_what_was_appended_since_it_looked(tmp_path: Path) -> None:
    writer, reader = PreviewFiles(tmp_path), PreviewFiles(tmp_path)
    writer.append(GATE, Preview(at(1), jpeg("1")))
    assert reader.nearest(GATE, at(5)) == Preview(at(1), jpeg("1"))
    writer.append(GATE, Preview(at(5), jpeg("5")))
    assert reader.nearest(GATE, at(5)) == Preview(at(5), jpeg("5"))


@pytest.mark.parametrize("kept", [1, 11, 12, 13, 20, 33])
def test_a_torn_tail_is_ignored_and_the_next_writer_goes_on_before_it(tmp_path: Path, kept: int) -> None:
    PreviewFiles(tmp_path).append(GATE, Preview(at(1), jpeg("1")))
    whole = hour_file(tmp_path).stat().st_size
    PreviewFiles(tmp_path).append(GATE, Preview(at(2), jpeg("2")))
    with hour_file(tmp_path).open("r+b") as file:
        file.truncate(whole + kept)
    assert PreviewFiles(tmp_path).nearest(GATE, at(2)) == Preview(at(1), jpeg("1"))
    after = PreviewFiles(tmp_path)
    after.append(GATE, Preview(at(3), jpeg("3")))
    for files in (after, PreviewFiles(tmp_path)):
        assert files.nearest(GATE, at(1)) == Preview(at(1), jpeg("1"))
        assert files.nearest(GATE, at(3)) == Preview(at(3), jpeg("3"))


def test_a_reader_that_saw_a_longer_file_starts_again_when_it_was_cut(tmp_path: Path) -> None:
    files = PreviewFiles(tmp_path)
    files.append(GATE, Preview(at(1), jpeg("1")))
    first = hour_file(tmp_path).stat().st_size
    files.append(GATE, Preview(at(2), jpeg("2")))
    files.nearest(GATE, at(2))
    with hour_file(tmp_path).open("r+b") as file:
        file.truncate(first)
    assert files.nearest(GATE, at(2)) == Preview(at(1), jpeg("1"))


def test_a_clock_stepped_back_loses_pictures_but_never_the_order(tmp_path: Path) -> None:
    files = PreviewFiles(tmp_path)
    for second in (10, 20, 5, 30):
        files.append(GATE, Preview(at(second), jpeg(str(second))))
    assert files.nearest(GATE, at(6)) == Preview(at(10), jpeg("10"))
    assert files.nearest(GATE, at(29)) == Preview(at(30), jpeg("30"))


def test_files_are_the_owners_alone_and_a_camera_id_cannot_leave_the_directory(tmp_path: Path) -> None:
    files = PreviewFiles(tmp_path)
    files.append(GATE, Preview(at(1), jpeg("1")))
    assert stat.S_IMODE(hour_file(tmp_path).stat().st_mode) == 0o600
    for name in ("../gate", "", ".hidden", "a/b"):
        with pytest.raises(ValueError, match="plain name"):
            files.append(CameraId(name), Preview(at(1), jpeg("1")))


def test_expiry_deletes_hours_that_ended_and_no_other(tmp_path: Path) -> None:
    files = PreviewFiles(tmp_path)
    for hour in range(4):
        files.append(GATE, Preview(at(hour * 3600 + 10), jpeg(str(hour))))
    (tmp_path / "gate" / "notes.mjp").write_bytes(b"not ours")
    assert files.expire(at(2 * 3600)) == 2
    assert files.nearest(GATE, at(10)) is None
    assert files.nearest(GATE, at(2 * 3600 + 10)) is not None
    assert (tmp_path / "gate" / "notes.mjp").exists()


def test_the_bucket_earns_its_share_and_saves_only_a_burst() -> None:
    clock = ManualClock()
    budget = CpuBudget(0.25, clock.monotonic_ns())
    assert budget.allows(clock.monotonic_ns())
    budget.spend(SECOND_NS)
    assert not budget.allows(clock.monotonic_ns())
    clock.advance(1.9)
    assert not budget.allows(clock.monotonic_ns())
    clock.advance(0.2)
    assert budget.allows(clock.monotonic_ns())
    clock.advance(3600)
    budget.allows(clock.monotonic_ns())
    budget.spend(SECOND_NS // 2)
    assert not budget.allows(clock.monotonic_ns())


def keys(clip: Clip, count: int) -> list[AccessUnit]:
    return [unit for unit in clip.repeated(count, T0) if unit.key][:count]


def test_each_key_frame_becomes_a_small_picture(tmp_path: Path, h264_clip: Clip, h265_clip: Clip) -> None:
    for clip, camera in ((h264_clip, GATE), (h265_clip, CameraId("hall"))):
        files = PreviewFiles(tmp_path)
        maker = PreviewMaker(files, ManualClock(), 1.0, cpu_time_ns=lambda: 0)
        for unit in keys(clip, 5):
            maker.take(camera, clip.config.video, unit)
        assert maker.statistics().made == 5
        found = files.nearest(camera, at(2.2))
        assert found is not None
        assert found.at == at(2)
        picture = Image.open(io.BytesIO(found.jpeg))
        assert picture.size == SIZE
        assert picture.getpixel((5, 5))[0] > picture.getpixel((5, 5))[2]


def test_above_the_cap_previews_are_shed_and_counted(tmp_path: Path, h264_clip: Clip) -> None:
    clock, cpu = ManualClock(), [0]
    maker = PreviewMaker(PreviewFiles(tmp_path), clock, 0.1, cpu_time_ns=lambda: cpu[0])
    for unit in keys(h264_clip, 20):
        before = maker.statistics().made
        maker.take(GATE, h264_clip.config.video, unit)
        cpu[0] += (maker.statistics().made - before) * SECOND_NS // 5  # one picture costs two seconds of the cap
        clock.advance(1)
    statistics = maker.statistics()
    assert statistics.made + statistics.shed == 20
    assert 9 <= statistics.made <= 13
    assert statistics.cpu_share == pytest.approx(statistics.made / 100, abs=0.0001)


def test_shedding_is_told_with_its_beginning_until_a_minute_has_passed_without(tmp_path: Path, h264_clip: Clip) -> None:
    clock, cpu = ManualClock(), [0]
    maker = PreviewMaker(PreviewFiles(tmp_path), clock, 0.1, cpu_time_ns=lambda: cpu[0])
    first, *rest = keys(h264_clip, 4)
    maker.take(GATE, h264_clip.config.video, first)
    assert maker.statistics().shedding is None
    cpu[0] += SECOND_NS  # ten seconds of the cap
    clock.advance(1)
    since = clock.now()
    for unit in rest:
        maker.take(GATE, h264_clip.config.video, unit)
        clock.advance(1)
    said = maker.statistics()
    assert (said.made, said.shed, said.shedding, said.shedding_count) == (1, 3, since, 3)
    assert said.cpu_share == pytest.approx(1 / 4)
    clock.advance(59)
    assert maker.statistics().shedding == since
    clock.advance(1)
    assert maker.statistics().shedding is None
    calm = maker.statistics()
    assert (calm.shed, calm.shedding_count) == (3, 0)
    clock.advance(61)
    assert maker.statistics().cpu_share == pytest.approx(0, abs=0.01)  # of the last minute, not of the whole run


def test_a_key_frame_that_does_not_decode_is_counted_and_the_next_one_is_fine(tmp_path: Path, h264_clip: Clip) -> None:
    maker = PreviewMaker(PreviewFiles(tmp_path), ManualClock(), 1.0, cpu_time_ns=lambda: 0)
    good = keys(h264_clip, 2)
    broken = AccessUnit(0, True, b"\0\0\0\x04\x65\xff\xff\xff", at(-5))
    maker.take(GATE, h264_clip.config.video, broken)
    for unit in good:
        maker.take(GATE, h264_clip.config.video, unit)
    statistics = maker.statistics()
    assert (statistics.made, statistics.failed) == (2, 1)
