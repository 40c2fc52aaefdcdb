"""The history checker sees what it is there for, in stores that the product wrote and somebody changed afterwards."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import history
from history.acts import KINDS, History
from history.judge import judge, judge_ledger
from history.ledger import leaf_hash, root_of
from mingjian.audit import checkpoint, ledger
from mingjian.audit.chain import EntryKind
from mingjian.audit.merkle import root
from mingjian.kernel.media import AccessUnit
from mingjian.storage.notes import FactNote
from storage_world import CONFIG, STREAM, FakeDisk, House, frame_bytes

FRAME_S = 4


class Told:
    """A house whose cameras and recorder write a history."""

    def __init__(self, folder: Path) -> None:
        self.house = House(FakeDisk(), folder / "catalogue.sqlite")
        self.history = History()
        self.number = 0

    def tell(self, kind: str, **fields: object) -> None:
        self.history.add(kind, self.house.clock.monotonic, self.house.clock.wall, **fields)

    def live(self, frames: int, *, crash: bool = False, followed: bool = True) -> None:
        house = self.house
        self.tell("started")
        recorder = house.open()
        self.tell("opened", stream=STREAM)
        said = len(house.acknowledged)
        recorder.on_config(CONFIG)
        for _ in range(frames):
            data = frame_bytes(self.number)
            self.tell("sent", stream=STREAM, sha256=hashlib.sha256(data).hexdigest())
            recorder.on_access_unit(AccessUnit(self.number * FRAME_S * 90_000, True, data, house.clock.now()))
            self.number += 1
            for _ in range(FRAME_S):
                house.clock.advance(1)
                recorder.tick()
                house.committer.commit_once()
                said = self.hear(said)
        if crash:
            self.tell("crashed", power=False)
            house.clock.advance(30)
            house.restart()
        else:
            recorder.close()
            self.hear(said)
            self.tell("closed", stream=STREAM)
            self.tell("stopped")
            house.restart()
        if followed:
            house.tail()

    def hear(self, said: int) -> int:
        for stream, t1, seq in self.house.acknowledged[said:]:
            self.tell("acknowledged", stream=stream, t1=t1, seq=seq)
        return len(self.house.acknowledged)

    def files(self) -> dict[str, bytes]:
        return {name.removeprefix("/v1/"): bytes(file.data) for name, file in self.house.disk.files.items()}

    def found(self, files: dict[str, bytes] | None = None) -> set[str]:
        given = self.files() if files is None else files
        return {finding.invariant for finding in judge(self.history, [given], catalogue=self.house.catalogue_path)}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    made = Told(tmp_path)
    made.live(12, crash=True)
    made.live(12)
    yield made
    made.house.catalogue.close()


def name_of(files: dict[str, bytes], ending: str) -> str:
    return max(name for name in files if name.endswith(ending) and "quarantine" not in name)


def test_a_sound_house_has_no_finding(told: Told) -> None:
    assert judge(told.history, [told.files()], catalogue=told.house.catalogue_path) == []


def changed_media(files: dict[str, bytes]) -> None:
    name = name_of(files, ".mp4")
    files[name] = files[name][:-5] + b"x" + files[name][-4:]


def cut_media(files: dict[str, bytes]) -> None:
    name = name_of(files, ".mp4")
    files[name] = files[name][:-100]


def gone_media(files: dict[str, bytes]) -> None:
    del files[name_of(files, ".mp4")]


def cut_chain(files: dict[str, bytes]) -> None:
    name = name_of(files, ".jsonl")
    files[name] = b"\n".join(files[name].split(b"\n")[:-4]) + b"\n"


def torn_chain(files: dict[str, bytes]) -> None:
    files[name_of(files, ".jsonl")] += b'{"kind":"GA'


def entry_twice(files: dict[str, bytes]) -> None:
    name = name_of(files, ".jsonl")
    files[name] += files[name].split(b"\n")[-2] + b"\n"


def hole(files: dict[str, bytes]) -> None:
    name = name_of(files, ".jsonl")
    lines = files[name].split(b"\n")
    del lines[3]
    files[name] = b"\n".join(lines)


def stranger(files: dict[str, bytes]) -> None:
    name = name_of(files, ".mp4")
    files[name.replace("-000", "-900")] = b"whose is it?"


def nameless_gap(files: dict[str, bytes]) -> None:
    for name in files:
        files[name] = files[name].replace(b'"recorder-crash"', b'"nobody-knows"')


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (changed_media, "I1"),
        (cut_media, "I1"),
        (gone_media, "I1"),
        (cut_chain, "I1"),
        (torn_chain, "I4"),
        (entry_twice, "I8"),
        (hole, "I4"),
        (stranger, "I3"),
        (nameless_gap, "I4"),
    ],
)
def test_what_somebody_changed_is_found(told: Told, change: Callable[[dict[str, bytes]], None], broken: str) -> None:
    files = told.files()
    change(files)
    assert broken in told.found(files)


def test_a_catalogue_of_another_time_is_found(told: Told) -> None:
    told.live(2)
    behind = told.house.catalogue_path
    assert told.found() == set()
    told.live(200, followed=False)
    assert "I3" in {finding.invariant for finding in judge(told.history, [told.files()], catalogue=behind)}


def test_words_of_clients_count(told: Told) -> None:
    """What only the history knows: a sample nobody kept, bytes nobody gave, a step nobody wrote down."""
    wall = told.house.clock.wall - 60 * 10**9
    told.history.add("served", 0, 0, stream=STREAM, sha256="0" * 64)
    assert told.found() == {"I11"}
    told.history.add("acknowledged", 10**15, wall, stream=STREAM, t1=wall, seq=7)
    assert told.found() == {"I1", "I11"}


def test_a_sample_that_is_neither_kept_nor_in_a_gap_is_found(told: Told) -> None:
    middle = told.history.of("sent")[6]
    lost = History()
    for act in told.history:
        lost.add(act.kind, act.true_ns, act.wall_ns, **act.fields)
        if act.number == middle.number:
            lost.add("sent", act.true_ns, act.wall_ns, stream=STREAM, sha256="1" * 64)
    assert {f.invariant for f in judge(lost, [told.files()])} == {"I1"}


def test_an_early_deletion_is_found(told: Told) -> None:
    """The floor counts in the run's own time, whatever the entries say."""
    house = told.house
    told.tell("started")
    recorder = house.open()
    told.tell("opened", stream=STREAM)
    file = min(name for name in house.disk.files if name.endswith(".mp4"))
    fields = {"vol": "v1", "file": file.removeprefix("/v1/")}
    said = len(house.acknowledged)
    house.committer.write(STREAM, [FactNote(EntryKind.EXPIRE, house.clock.now(), house.clock.now(), fields)])
    told.hear(said)
    house.disk.unlink(file)
    recorder.close()
    told.hear(said + 1)
    told.tell("closed", stream=STREAM)
    assert "I2" in {finding.invariant for finding in judge(told.history, [told.files()])}


def ledger_of(leaves: list[bytes]) -> dict[str, bytes]:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    head = checkpoint.Checkpoint("log.test", len(leaves), root(hashes))
    files = {"checkpoint": f"{head.text()}\n\u2014 log.test AAAA\n".encode()}
    for tile in ledger.bundles(len(leaves)):
        part = leaves[tile.index * 256 :][: tile.width]
        files[tile.path()] = ledger.encode_bundle(part)
        files[ledger.Tile(0, tile.index, tile.width).path()] = b"".join(map(leaf_hash, part))
    if len(leaves) >= 256:
        full = len(leaves) // 256
        tops = [root(hashes[number * 256 :][:256]) for number in range(full)]
        files[ledger.Tile(1, 0, full).path()] = b"".join(tops)
    return files


def leaves_of(count: int) -> list[bytes]:
    return [f"entry {number} of cam-1".encode() for number in range(count)]


def ledger_history(leaves: list[bytes], *published: int) -> History:
    told = History()
    for index, leaf in enumerate(leaves):
        told.add("committed", index, 0, index=index, sha256=hashlib.sha256(leaf).hexdigest())
    for size in published:
        told.add("published", 10**6, 0, size=size, root=root_of(map(leaf_hash, leaves[:size])).hex())
    return told


@pytest.mark.parametrize("count", [1, 7, 256, 600])
def test_a_sound_ledger_has_no_finding(count: int) -> None:
    leaves = leaves_of(count)
    assert judge_ledger(ledger_history(leaves, 1, count), ledger_of(leaves)) == []


def test_a_ledger_that_contradicts_itself_is_found() -> None:
    leaves = leaves_of(300)
    told = ledger_history(leaves, 5, 300)
    other = [*leaves[:3], b"another", *leaves[4:]]
    assert {f.invariant for f in judge_ledger(told, ledger_of(other))} == {"I6"}
    assert {f.invariant for f in judge_ledger(told, ledger_of(leaves[:200]))} == {"I6"}
    for name, data in ledger_of(leaves).items():
        files = ledger_of(leaves) | {name: data[: len(data) // 2]}
        assert {f.invariant for f in judge_ledger(told, files)} == {"I6"}, name
    assert judge_ledger(told, {}) != []


def test_bytes_that_leave_before_their_entry_are_found() -> None:
    leaves = leaves_of(3)
    told = ledger_history(leaves, 3)
    told.add("left", 10**6, 0, stream="cam-1", index=2)
    assert judge_ledger(told, ledger_of(leaves)) == []
    told.add("left", 10**6, 0, stream="cam-2", index=2)
    told.add("left", 10**6, 0, stream="cam-1", index=3)
    assert {f.invariant for f in judge_ledger(told, ledger_of(leaves))} == {"I5"}


def test_a_history_in_a_file_survives_a_kill(tmp_path: Path) -> None:
    with (tmp_path / "h.jsonl").open("w") as out:
        told = History(out)
        told.add("started", 1, 2)
        told.add("acknowledged", 3, 4, stream="s", t1=5, seq=6)
        out.write('{"act":"ackno')
    assert [act.line() for act in History.load(tmp_path / "h.jsonl")] == [act.line() for act in told]
    assert set(KINDS) > {act.kind for act in told}


def test_it_judges_a_directory_as_a_command(told: Told, tmp_path: Path) -> None:
    for name, data in told.files().items():
        (tmp_path / "v1" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "v1" / name).write_bytes(data)
    (tmp_path / "h.jsonl").write_text("".join(act.line() + "\n" for act in told.history))
    command = [
        sys.executable,
        "-m",
        "history",
        "--volume",
        str(tmp_path / "v1"),
        "--history",
        str(tmp_path / "h.jsonl"),
    ]
    tests = Path(history.__file__).parents[1]
    done = subprocess.run(command, cwd=tests, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    next((tmp_path / "v1").rglob("*.mp4")).unlink()
    done = subprocess.run(command, cwd=tests, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "I1: " in done.stdout


def test_it_knows_nothing_of_the_product() -> None:
    """Standard library and itself: an error of the product's readers must not be the judge's error too."""
    allowed = set(sys.stdlib_module_names) | {"history"}
    for path in Path(history.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, path
