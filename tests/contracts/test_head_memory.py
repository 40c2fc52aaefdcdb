"""What a memory of heads promises; the file that recorders use and the one in the tests' memory keep it alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mingjian.adapters.head_files import FileHeads
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.storage.ports import Head, HeadMemory
from storage_world import FakeHeads

CAMERA, OTHER = StreamId("cam-1"), StreamId("cam-2")
HEAD = Head(3, (2, 40), "ab" * 32, UtcNs(1_767_225_600_000_000_001), clean=False)
Open = Callable[[int], HeadMemory]
"""The memory as the recorder of that number opens it, after whatever was written before."""


@pytest.fixture(params=["file", "fake"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    if request.param == "file":
        return lambda number: FileHeads(tmp_path, number)
    made = FakeHeads()
    return lambda number: made


def test_what_was_remembered_comes_back_whole_in_another_life(opened: Open) -> None:
    assert opened(0).recall() == {}
    never_written = Head(0, None, "0" * 64, UtcNs(5), clean=True)
    opened(0).remember({CAMERA: HEAD, OTHER: never_written})
    opened(0).remember({CAMERA: replace(HEAD, last=(3, 0), clean=True)})
    assert opened(0).recall() == {CAMERA: replace(HEAD, last=(3, 0), clean=True), OTHER: never_written}


def test_an_older_head_does_not_replace_a_newer_one(opened: Open) -> None:
    opened(0).remember({CAMERA: HEAD})
    opened(0).remember({CAMERA: replace(HEAD, epoch=2)})
    opened(0).remember({CAMERA: replace(HEAD, last=(2, 39))})
    assert opened(0).recall()[CAMERA] == HEAD


def test_two_lives_of_one_recorder_lose_nothing_of_each_other(opened: Open) -> None:
    before, after, later = opened(0), opened(0), replace(HEAD, epoch=4, last=(4, 2))
    before.remember({CAMERA: HEAD})
    after.remember({CAMERA: later})
    before.remember({OTHER: HEAD, CAMERA: HEAD})
    assert opened(0).recall() == {CAMERA: later, OTHER: HEAD}
    after.forget()
    before.remember({OTHER: HEAD})
    assert opened(0).recall() == {OTHER: HEAD}


def test_a_stream_that_changes_its_recorder_is_recalled_by_its_newest_head(opened: Open) -> None:
    opened(0).remember({CAMERA: HEAD})
    assert opened(1).recall()[CAMERA] == HEAD
    later = replace(HEAD, epoch=4, last=(4, 2))
    opened(1).remember({CAMERA: later})
    assert opened(0).recall()[CAMERA] == later


def test_forgetting_leaves_nothing_to_any_recorder(opened: Open) -> None:
    opened(0).remember({CAMERA: HEAD})
    opened(1).forget()
    assert opened(0).recall() == {}


@pytest.mark.parametrize("garbage", [b"", b"[]", b'{"cam-1": {"epoch": 1}}', b"\xff\xfe", b'{"cam-1": 7}'])
def test_a_damaged_file_says_nothing_and_is_replaced(tmp_path: Path, garbage: bytes) -> None:
    memory = FileHeads(tmp_path, 0)
    (tmp_path / "heads-0.json").write_bytes(garbage)
    assert memory.recall() == {}
    memory.remember({OTHER: HEAD})
    assert FileHeads(tmp_path, 0).recall()[OTHER] == HEAD


def test_what_cannot_be_kept_up_to_date_is_forgotten(tmp_path: Path) -> None:
    memory = FileHeads(tmp_path, 0)
    memory.remember({CAMERA: HEAD})
    (tmp_path / "heads-0.json.new").mkdir()
    with pytest.raises(OSError, match="heads-0"):
        memory.remember({CAMERA: replace(HEAD, epoch=9)})
    assert FileHeads(tmp_path, 0).recall() == {}, "an old head would send the next start into a wrong epoch"
