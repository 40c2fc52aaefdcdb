"""What `fsck` finds at which depth: at structure the box headers of every fragment, without reading its samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.period import Period
from mingjian.storage import box_headers
from mingjian.storage.box_headers import FRAGMENT, INIT
from mingjian.storage.fsck import DENSE_BYTES, PIECE_BYTES, Depth, Tally, check
from mingjian.storage.reader import FragmentRef
from mingjian.wire.fmp4_boxes import box
from storage_world import STREAM, FakeDisk, House

DENSE, LARGE = 200, 3000
"""Bytes a frame: of fragments that are read together, and of fragments of which only the head is read."""


@dataclass
class LookedAt(FakeDisk):
    """A disk that knows how much was read of its containers, and how much at once."""

    lengths: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def read(self, path: str, offset: int, length: int) -> bytes:
        data = super().read(path, offset, length)
        if path.endswith(".mp4"):
            self.lengths.append(len(data))
        return data


@pytest.fixture(params=[DENSE, LARGE], ids=["dense", "large"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    made = House(LookedAt(), tmp_path / "catalogue.sqlite")
    recorder = made.open()
    made.feed(recorder, 30, size=request.param)
    recorder.close()
    made.tail()
    yield made
    made.catalogue.close()


def fragments(house: House) -> list[FragmentRef]:
    found = house.reader().fragments(STREAM, Period(UtcNs(0), house.clock.now()))
    return [ref for ref in found if isinstance(ref, FragmentRef)]


def problems(house: House, depth: Depth = Depth.STRUCTURE) -> list[str]:
    return [str(found) for found in check(house.disk, house.volumes, depth, Tally()) if found.severe]


def test_what_was_written_is_well_at_both_depths(house: House) -> None:
    assert problems(house, Depth.STRUCTURE) == problems(house, Depth.HASH) == []


def test_a_changed_box_header_is_found_at_structure_depth(house: House) -> None:
    for ref in (fragments(house)[0], fragments(house)[-1]):
        data = house.disk.files[f"/v1/{ref.path}"].data
        size = int.from_bytes(data[ref.offset : ref.offset + 4], "big")
        moof = ref.offset + size
        for at in (ref.offset + 2, moof + 1, moof + 5):
            data[at] ^= 1
            (said,) = problems(house)
            assert "box" in said
            assert f"FRAG {ref.epoch}/{ref.seq}" in said
            data[at] ^= 1
    assert problems(house) == []


def test_a_changed_header_of_the_init_segment_is_found(house: House) -> None:
    data = house.disk.files[f"/v1/{fragments(house)[0].path}"].data
    data[5] ^= 1
    (said,) = problems(house)
    assert "ftyp" in said


def test_a_changed_sample_is_found_by_its_hash_alone(house: House) -> None:
    ref = fragments(house)[1]
    house.disk.files[f"/v1/{ref.path}"].data[ref.offset + ref.length - 1] ^= 1
    assert problems(house) == []
    (said,) = problems(house, Depth.HASH)
    assert "SHA-256" in said


def test_structure_reads_the_heads_of_large_fragments_alone_and_no_read_is_longer_than_a_piece(house: House) -> None:
    disk, refs = house.disk, fragments(house)
    assert isinstance(disk, LookedAt)
    disk.lengths.clear()
    assert problems(house) == []
    read, held = sum(disk.lengths), sum(ref.length for ref in refs)
    assert read < held / 4 if refs[0].length > DENSE_BYTES else len(disk.lengths) < len(refs)
    assert problems(house, Depth.HASH) == []
    assert max(disk.lengths) <= PIECE_BYTES


@pytest.mark.parametrize(
    ("data", "wanted", "said"),
    [
        (box(b"ftyp", b"iso6") + box(b"moov"), INIT, ""),
        (box(b"free", b"x") + box(b"prft") + box(b"moof", b"xx") + box(b"emsg") + box(b"mdat", b"yyy"), FRAGMENT, ""),
        (b"\0\0\0\1ftyp" + (20).to_bytes(8, "big") + b"iso6" + box(b"moov"), INIT, ""),
        (box(b"moof") + box(b"mdat"), FRAGMENT, "prft"),
        (box(b"prft") + box(b"mdat") + box(b"moof"), FRAGMENT, "mdat"),
        (box(b"prft") + box(b"moof"), FRAGMENT, "mdat"),
        (b"", INIT, "ftyp"),
        (box(b"ftyp") + box(b"moov")[:6], INIT, "at 8"),
        (box(b"ftyp") + b"\0\0\0\7moov", INIT, "at 8"),
        (box(b"ftyp") + b"\0\0\0\0moov", INIT, "at 8"),
        (box(b"ftyp") + b"\0\0\0\1moov" + bytes(8), INIT, "at 8"),
        (box(b"ftyp") + b"\xff\xff\xff\xffmoov", INIT, "at 8"),
        (box(b"free") * 1000, INIT, "more than"),
    ],
)
def test_boxes_end_where_they_should_and_are_the_wanted_ones_in_order(
    data: bytes, wanted: tuple[bytes, ...], said: str
) -> None:
    found = box_headers.fault(lambda at: data[at : at + 16], 0, len(data), wanted)
    assert said in found
    assert bool(found) == bool(said)
