"""Packages: resumed after a kill, refused while the ledger lags, honest about what is missing, released verified."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mingjian.adapters.evidence import trust_anchors
from mingjian.adapters.signers import Sm2OpensslSigner
from mingjian.audit.chain import parse
from mingjian.audit.note import VerifierKey
from mingjian.kernel.clock import SECOND_NS, ManualClock, UtcNs, utc_day
from mingjian.kernel.errors import LocalError, Refused
from mingjian.kernel.ids import StreamId
from mingjian.kernel.period import Period
from mingjian.processing.package import NotYet
from mingjian.processing.package_manifest import excerpt
from mingjian.processing.package_progress import Progress
from vectors import build_vectors as vectors
from vectors.build_vectors import Book, BookLedger, BookRef, Books


class Killed(BaseException):
    """The process is gone."""


class DyingBooks(Books):
    """Footage whose reader is killed at the `deadline`-th fragment."""

    deadline = 10**9

    def read(self, ref: BookRef) -> bytes:
        if self.reads == self.deadline:
            raise Killed
        return super().read(ref)


def dying(deadline: int) -> DyingBooks:
    books = DyingBooks(vectors.two_cameras(gap=False).books)
    books.deadline = deadline
    return books


def test_a_package_says_what_was_asked_and_delivered(tmp_path: Path) -> None:
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=True))
    outcome = build.run()
    assert outcome.verdict == "VERIFIED WITH GAPS"
    assert outcome.asked_s == {"cam-a": 38.0, "cam-b": 38.0}
    assert outcome.missing_s == {"cam-a": 10.0, "cam-b": 0.0}
    assert outcome.size_bytes == (tmp_path / "p.zip").stat().st_size
    assert (outcome.witnesses, outcome.timestamp) == (1, "")
    assert [path.name for path in tmp_path.iterdir()] == ["p.zip"]
    assert build.run() == outcome


def test_members_read_back_as_the_recorder_wrote_them(tmp_path: Path) -> None:
    books = vectors.two_cameras(gap=False)
    vectors.package(tmp_path / "p.zip", books).run()
    members = vectors.unpacked(tmp_path / "p.zip")
    for stream, book in books.books.items():
        for _, _, ref in book.refs:
            name = f"media/{stream}/{ref.epoch:06d}-{ref.seq:09d}.m4s"
            assert members.get(name, ref.data) == ref.data
    manifest = json.loads(members["manifest.json"])
    assert [row["name"] for row in manifest["derived"]] == [
        "derived/cam-a-001.mp4",
        "derived/cam-a-002.mp4",
        "derived/cam-b-001.mp4",
    ]
    assert members["verify.py"].startswith(b"#!/usr/bin/env python3")


def test_a_build_killed_at_any_fragment_goes_on_without_reading_twice(tmp_path: Path) -> None:
    whole = dying(10**9)
    vectors.package(tmp_path / "whole.zip", whole).run()
    expected = (tmp_path / "whole.zip").read_bytes()
    for deadline in range(0, whole.reads, 3):
        out = tmp_path / f"{deadline}.zip"
        books = dying(deadline)
        with pytest.raises(Killed):
            vectors.package(out, books).run()
        assert not out.exists()
        books.deadline = -1
        books.reads = 0
        vectors.package(out, books).run()
        assert books.reads == whole.reads - deadline
        assert out.read_bytes() == expected


@pytest.mark.parametrize("at", [40, 700, 5000])
def test_a_damaged_unfinished_build_is_repaired_from_the_first_wrong_byte(tmp_path: Path, at: int) -> None:
    books = dying(15)
    build = vectors.package(tmp_path / "p.zip", books)
    with pytest.raises(Killed):
        build.run()
    archive = build.folder / "package.zip"
    archive.write_bytes(vectors.flipped(archive.read_bytes(), at))
    with (build.folder / "members.jsonl").open("a") as journal:
        journal.write('{"torn')
    books.deadline = -1
    assert build.run().verdict == "VERIFIED"


def test_cancelling_stops_and_discarding_leaves_nothing(tmp_path: Path) -> None:
    answers = iter([False] * 5 + [True])
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), cancelled=lambda: next(answers))
    with pytest.raises(Refused, match=r"package\.cancelled"):
        build.run()
    assert build.folder.exists()
    build.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("copies", [True, False])
def test_the_bar_tells_every_kind_of_work_and_reaches_its_end_with_the_last(tmp_path: Path, copies: bool) -> None:
    """Reading, pictures, verifying and hashing each take their part, so none of them happens at 100 %."""
    clock = ManualClock()
    steps: list[tuple[Progress, int]] = []
    book = vectors.Book(StreamId("cam-a"), size=1 << 20)
    book.open()
    book.record(12)

    def progress(now: Progress) -> None:
        steps.append((now, clock.monotonic_ns()))
        clock.advance(0.1)

    build = vectors.package(
        tmp_path / "p.zip", Books({"cam-a": book}), clock=clock, progress=progress,
        copies=vectors.PlainCopies() if copies else None,
    )  # fmt: skip
    build.run()
    shares = [now.share for now, _ in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares[-2] < 1
    last = steps[-1][0]
    assert last.left_ns == 0
    assert last.spent_ns == pytest.approx(steps[-1][1] - steps[0][1], rel=0.05), "what each kind cost was measured"
    assert (max(b - a for a, b in pairwise(shares)) < 0.5) or copies
    assert len(shares) > 20


def test_the_bar_has_hardly_moved_when_the_pictures_begin(tmp_path: Path) -> None:
    """A copy costs hundreds of times what reading costs."""
    clock, told, seen = ManualClock(), [0.0], []

    class Watching(vectors.PlainCopies):
        def make(self, *arguments: Any, **more: Any) -> int:
            seen.append(told[-1])
            return super().make(*arguments, **more)

    def progress(now: Progress) -> None:
        told.append(now.share)
        clock.advance(0.001)

    books = vectors.two_cameras(gap=False)
    vectors.package(tmp_path / "p.zip", books, clock=clock, copies=Watching(), progress=progress).run()
    assert len(seen) == 3
    assert 0 < seen[0] < 0.05


def test_each_file_has_both_hashes_where_the_machine_has_them(tmp_path: Path) -> None:
    vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False)).run()
    members = vectors.unpacked(tmp_path / "p.zip")
    manifest = json.loads(members["manifest.json"])
    assert manifest["hashes"] == ["sha256", "sm3"]
    assert len(manifest["files"]) > 30
    for row in manifest["files"]:
        assert row["sha256"] == hashlib.sha256(members[row["name"]]).hexdigest()
        assert row["sm3"] == hashlib.new("sm3", members[row["name"]]).hexdigest()
    vectors.package(tmp_path / "q.zip", vectors.two_cameras(gap=False), sm3=False).run()
    bare = json.loads(vectors.unpacked(tmp_path / "q.zip")["manifest.json"])
    assert bare["hashes"] == ["sha256"]
    assert not any("sm3" in row for row in bare["files"])


def test_a_copy_carries_its_mark_and_names_its_originals(tmp_path: Path) -> None:
    copies = vectors.PlainCopies()
    books = vectors.two_cameras(gap=False)
    vectors.package(tmp_path / "p.zip", books, copies=copies).run()
    members = vectors.unpacked(tmp_path / "p.zip")
    rows = json.loads(members["manifest.json"])["derived"]
    for row, job in zip(rows, copies.jobs, strict=True):
        assert job.mark.lines(vectors.START) == (
            f"{row['name'][8:13]} 摄像机　录像时间 2026-01-01 08:00:00 UTC+8",
            "复制件　调取〔2026〕1号　登记第 5 号　制作 2026-01-01 08:00 UTC+8",
            "交付 县公安局 民警甲、民警乙",
        )
        assert row["mark"] == "调取〔2026〕1号"
        assert (row["frames"], row["recorded"]) == (100 * (len(row["from"]) - 1),) * 2
        assert set(row["from"]) <= members.keys()
        assert job.pieces[0][0].t0 >= vectors.START


def test_a_copy_that_cannot_be_made_is_said_and_holds_up_nothing(tmp_path: Path) -> None:
    class Broken(vectors.PlainCopies):
        def make(self, *arguments: Any, **told: Any) -> int:
            raise LocalError("copy.undecodable", "无法解码", text_en="It cannot be decoded")

    outcome = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), copies=Broken()).run()
    assert outcome.verdict == "VERIFIED"
    manifest = json.loads(vectors.unpacked(tmp_path / "p.zip")["manifest.json"])
    assert manifest["derived"] == []
    assert [row["problem"] for row in manifest["derived_failed"]] == ["copy.undecodable"] * 3


def test_above_the_bound_there_are_no_copies(tmp_path: Path) -> None:
    copies = vectors.PlainCopies()
    books = vectors.two_cameras(gap=False)
    vectors.package(tmp_path / "p.zip", books, copies=copies, copies_up_to_bytes=1000).run()
    assert copies.jobs == []


def test_a_build_killed_between_its_copies_keeps_the_finished_ones(tmp_path: Path) -> None:
    class Dying(vectors.PlainCopies):
        deadline = 1

        def make(self, *arguments: Any, **told: Any) -> int:
            if len(self.jobs) == self.deadline:
                raise Killed
            return super().make(*arguments, **told)

    copies = Dying()
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), copies=copies)
    with pytest.raises(Killed):
        build.run()
    copies.deadline = -1
    assert build.run().verdict == "VERIFIED"
    assert len(copies.jobs) == 3
    rows = json.loads(vectors.unpacked(tmp_path / "p.zip")["manifest.json"])["derived"]
    assert all(row["frames"] == row["recorded"] for row in rows)


def test_the_manifest_is_time_stamped_or_says_why_not(tmp_path: Path) -> None:
    outcome = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), timestamps=vectors.AUTHORITY).run()
    members = vectors.unpacked(tmp_path / "p.zip")
    assert json.loads(members["manifest.json"])["timestamp"] == {"file": "manifest.tsr"}
    assert outcome.verdict == "VERIFIED"
    assert outcome.timestamp.endswith("Z")
    outcome = vectors.package(
        tmp_path / "q.zip", vectors.two_cameras(gap=False), timestamps=vectors.SilentAuthority()
    ).run()
    members = vectors.unpacked(tmp_path / "q.zip")
    assert json.loads(members["manifest.json"])["timestamp"] == {"problem": "timestamp.unreachable"}
    assert "manifest.tsr" not in members
    assert (outcome.verdict, outcome.timestamp) == ("VERIFIED", "timestamp.unreachable")


def test_without_its_witness_a_package_is_released_only_when_asked_and_says_so(tmp_path: Path) -> None:
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False))
    assert isinstance(build.ledger, BookLedger)
    build.ledger.note = build.ledger.alone
    with pytest.raises(LocalError, match=r"package\.not-verified.*见证签名 0 个，应有 1 个"):
        build.run()
    build.unwitnessed = True
    outcome = build.run()
    assert (outcome.verdict, outcome.witnesses) == ("CANNOT DECIDE", 0)


def test_it_waits_for_the_ledger(tmp_path: Path) -> None:
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False))
    assert isinstance(build.ledger, BookLedger)
    build.ledger.published = False
    with pytest.raises(NotYet):
        build.run()
    build.ledger.published = True
    build.run()
    with pytest.raises(NotYet, match="链头"):
        vectors.package(tmp_path / "q.zip", vectors.two_cameras(gap=False), seconds=(6, 4000)).run()


def test_fragments_no_longer_held_are_missing_seconds_with_their_cause(tmp_path: Path) -> None:
    books = vectors.two_cameras(gap=False)
    books.lost = {(1, 3)}
    outcome = vectors.package(tmp_path / "p.zip", books).run()
    assert outcome.verdict == "VERIFIED WITH GAPS"
    assert outcome.missing_s == {"cam-a": 4.0, "cam-b": 4.0}
    assert {gap["cause"] for gap in outcome.gaps} == {"container-gone"}


def test_footage_asked_from_before_the_first_recording_is_a_gap(tmp_path: Path) -> None:
    outcome = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), seconds=(-20, 30)).run()
    assert outcome.missing_s == {"cam-a": 20.0, "cam-b": 20.0}
    assert outcome.gaps[0]["cause"] == "before-first-recording"


def test_what_does_not_verify_is_not_released(tmp_path: Path) -> None:
    build = vectors.package(tmp_path / "p.zip", vectors.two_cameras(gap=False), signers=[vectors.STRANGER])
    with pytest.raises(LocalError, match=r"package\.not-verified.*manifest\.sig"):
        build.run()
    assert not (tmp_path / "p.zip").exists()


def test_a_second_signature_by_sm2_is_checked_and_cannot_be_stripped(tmp_path: Path) -> None:
    from mingjian.audit import verify

    sm2 = Sm2OpensslSigner.create(tmp_path / "sm2.key", "mingjian.test/package")
    anchors = trust_anchors(
        origin=vectors.ORIGIN,
        log=[VerifierKey.of(vectors.LOG)],
        package=[VerifierKey.of(vectors.PACKAGE), VerifierKey.of(sm2)],
        witnesses=[],
        quorum=0,
    )
    (tmp_path / "anchors.json").write_bytes(anchors)
    books = vectors.two_cameras(gap=False)
    outcome = vectors.package(tmp_path / "p.zip", books, signers=[vectors.PACKAGE, sm2], anchors=anchors).run()
    assert outcome.verdict == "VERIFIED"
    members = vectors.unpacked(tmp_path / "p.zip")

    def first_failure(data: bytes) -> tuple[str, str]:
        (tmp_path / "x.zip").write_bytes(data)
        failure: dict[str, Any] = verify.verify(str(tmp_path / "x.zip"), str(tmp_path / "anchors.json"))["failures"][0]
        return failure["file"], failure["check"]

    broken = {**members, "manifest.sm2.sig": vectors.flipped(members["manifest.sm2.sig"], 20)}
    assert first_failure(vectors.packed(broken)) == ("manifest.sm2.sig", "signature")
    del members["manifest.sm2.sig"]
    assert first_failure(vectors.packed(members)) == ("manifest.sm2.sig", "present")


def test_an_excerpt_leaves_out_what_a_crash_left_unacknowledged(tmp_path: Path) -> None:
    book = Book(StreamId("cam-a"))
    book.open()
    book.record(5)
    acknowledged = book.state
    book.record(2)
    abandoned = book.lines[-2:]
    book.state = acknowledged
    book.new_epoch()
    book.record(10)
    run = excerpt(book.lines, vectors.package(tmp_path / "p.zip", Books({"cam-a": book})).streams[0].period, head(book))
    assert not set(abandoned) & {entry.line for entry in run.entries}
    outcome = vectors.package(tmp_path / "p.zip", Books({"cam-a": book})).run()
    assert outcome.verdict == "VERIFIED"


def head(book: Book) -> str:
    return book.state.prev


def test_a_fragment_without_key_frame_brings_all_from_its_key_frame_on(tmp_path: Path) -> None:
    book = Book(StreamId("cam-a"))
    book.open()
    book.record(1)
    book.record(2, key=1)
    book.record(10)
    vectors.package(tmp_path / "p.zip", Books({"cam-a": book}), seconds=(9, 30)).run()
    members = vectors.unpacked(tmp_path / "p.zip")
    assert {f"media/cam-a/000001-00000000{seq}.m4s" for seq in (1, 2, 3)} < members.keys()


@pytest.mark.parametrize(
    "change",
    [{"offset": 0.0}, {"size": -1}, {"crc": 1 << 40}, {"name": 5}, {"more": 1}, {"size": "9"}],
    ids=str,
)
def test_a_journal_that_no_build_wrote_is_not_gone_by(tmp_path: Path, change: dict[str, Any]) -> None:
    books = dying(15)
    build = vectors.package(tmp_path / "p.zip", books)
    with pytest.raises(Killed):
        build.run()
    journal = build.folder / "members.jsonl"
    plan, first, *others = journal.read_text().splitlines()
    journal.write_text("\n".join([plan, json.dumps(json.loads(first) | change), *others, ""]))
    books.deadline = -1
    assert build.run().verdict == "VERIFIED"


def test_an_excerpt_that_does_not_reach_back_to_the_period_is_refused() -> None:
    book = vectors.two_cameras(gap=False).books["cam-a"]
    t0 = book.refs[2][0]
    period = Period(UtcNs(t0), UtcNs(t0 + SECOND_NS))
    assert excerpt(book.lines, period, head(book)).entries
    later = [line for line in book.lines if json.loads(line)["t0"] > t0]
    with pytest.raises(LocalError, match=r"package\.chain-short"):
        excerpt(later, period, head(book))


class DailyBooks(Books):
    """Chain lines as a volume gives them: those of the days that the period touches."""

    def chain_lines(self, stream: StreamId, period: Period) -> Iterable[tuple[str, bytes]]:
        first, last = utc_day(period.start), utc_day(UtcNs(period.end - 1))
        lines = super().chain_lines(stream, period)
        return [(path, line) for path, line in lines if first <= utc_day(parse(line).t0) <= last]


@pytest.mark.parametrize("days", [9, 40])
def test_a_period_that_begins_inside_an_outage_of_days_has_its_package(tmp_path: Path, days: int) -> None:
    day_s = 24 * 3600
    book = Book(StreamId("cam-a"))
    book.open()
    book.record(2)
    book.miss(days * day_s)
    book.record(12)
    start = days * day_s - 10
    outcome = vectors.package(tmp_path / "p.zip", DailyBooks({"cam-a": book}), seconds=(start, start + 60)).run()
    assert outcome.verdict == "VERIFIED WITH GAPS"
