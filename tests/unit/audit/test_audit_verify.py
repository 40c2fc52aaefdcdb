"""The stand-alone verifier: passes what is whole, names what is not, and trusts nothing but the anchors."""

from __future__ import annotations

import ast
import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.audit import verify
from mingjian.kernel.clock import UtcNs
from mingjian.kernel.ids import StreamId
from mingjian.processing import package_zip
from vectors import build_vectors as vectors

SOURCE = Path(verify.__file__)
FLIPS_A_MEMBER = 12


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("vectors")
    return folder, vectors.write(folder)


def judge(folder: Path, data: bytes, trust: str | None = "anchors.json") -> dict[str, Any]:
    path = folder / "judged.zip"
    path.write_bytes(data)
    return verify.verify(str(path), str(folder / trust) if trust else None)


def test_it_imports_the_standard_library_only_and_parses_as_python_3_8() -> None:
    tree = ast.parse(SOURCE.read_text(), feature_version=(3, 8))
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"removeprefix", "removesuffix", "bit_count", "is_relative_to"}


def test_each_vector_gets_the_verdict_file_and_check_expected(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, expected = made
    found = {}
    for name, wanted in expected.items():
        report = verify.verify(str(folder / name), str(folder / "anchors.json"))
        found[name] = {"verdict": report["verdict"]}
        if "file" in wanted:
            found[name] |= {key: report["failures"][0][key] for key in ("file", "check")}
        if any(wanted.get("says", "never") in remark["en"] for remark in report["remarks"]):
            found[name]["says"] = wanted["says"]
    here = {name: {key: row[key] for key in row if key != "browser"} for name, row in expected.items()}
    assert found == here


def test_g2_what_is_signed_anew_with_a_foreign_key_is_not_the_installations(
    made: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    folder, _ = made
    for name, file in (("foreign-key", "manifest.sig"), ("resigned-foreign-ledger", "checkpoint.note")):
        report = verify.verify(str(folder / f"{name}.zip"), str(folder / "anchors.json"))
        assert report["verdict"] == "NOT VERIFIED", name
        assert (report["failures"][0]["file"], report["failures"][0]["check"]) == (file, "signature"), name


def test_d8_g3_removed_replaced_spliced_and_rolled_back_is_named_also_where_the_installation_signed_it(
    made: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    folder, _ = made
    for name in (
        "cut-tail", "cut-entry", "cut-start", "rechained", "removed-fragment", "extra-media", "swapped-order",
        "other-camera", "hidden-camera", "other-head", "other-ledger", "forged-checkpoint",
    ):  # fmt: skip
        report = verify.verify(str(folder / f"resigned-{name}.zip"), str(folder / "anchors.json"))
        assert report["verdict"] == "NOT VERIFIED", name
        assert report["failures"], name


def test_the_exit_status_and_the_last_line_tell_the_verdict(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made

    def run(*arguments: str) -> tuple[int, str]:
        program = [sys.executable, "-I", str(SOURCE), *arguments]
        done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
        assert done.stderr == ""
        return done.returncode, done.stdout.splitlines()[-1]

    trust = ("--trust", "anchors.json")
    assert run("good.zip", *trust) == (0, "核验通过 VERIFIED")
    assert run("gap.zip", *trust) == (2, "核验通过，但录像有缺口 VERIFIED WITH GAPS (1)")
    code, line = run("flipped-fragment.zip", *trust)
    assert (code, line) == (1, "核验不通过 NOT VERIFIED (media/cam-a/000001-000000003.m4s, sha256)")
    assert run("good.zip") == (3, "无法判定 CANNOT DECIDE")
    assert run("good.zip", "--trust", "absent.json") == (3, "无法判定 CANNOT DECIDE")
    assert run("good.zip", "--trust", "good.zip") == (3, "无法判定 CANNOT DECIDE")
    assert run("absent.zip", *trust) == (3, "无法判定 CANNOT DECIDE")
    assert run("garbage.zip", *trust) == (1, "核验不通过 NOT VERIFIED (package, zip)")


def test_without_anchors_damage_is_still_named(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, expected = made
    for name in expected:
        report = verify.verify(str(folder / name), None)
        assert report["verdict"] in ("NOT VERIFIED", "CANNOT DECIDE")
    assert verify.verify(str(folder / "flipped-fragment.zip"), None)["verdict"] == "NOT VERIFIED"
    assert verify.verify(str(folder / "foreign-key.zip"), None)["verdict"] == "NOT VERIFIED"


def test_A18_2_g1_one_bit_changed_anywhere_is_seen(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    """Some places in each member's bytes and header, and every byte of directory and end."""
    folder, _ = made
    data = (folder / "good.zip").read_bytes()
    chance = random.Random(1)
    with (folder / "good.zip").open("rb") as file:
        members = list(verify.Archive(file).members.values())
    places: set[int] = set()
    for member in members:
        start = member.offset
        places.update(range(start, start + 30 + len(member.name), 7))
        places.update(chance.sample(range(member.size), min(FLIPS_A_MEMBER, member.size)))
        places.update(start + 30 + len(member.name) + chance.randrange(member.size) for _ in range(FLIPS_A_MEMBER // 3))
    end = members[-1].offset + 30 + len(members[-1].name) + members[-1].size
    places.update(range(end, len(data), 5))
    places.update(range(len(data) - 22, len(data)))
    passed = [
        place
        for place in chance.sample(sorted(places), 400)
        if judge(folder, vectors.flipped(data, place))["verdict"] != "NOT VERIFIED"
    ]
    assert passed == []


def test_a_quorum_of_witnesses_is_demanded(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    """Their silence is no forgery, but nothing is verified without them; damage is named all the same."""
    folder, _ = made
    (folder / "two.json").write_bytes(vectors.anchors(quorum=2))
    report = judge(folder, (folder / "good.zip").read_bytes(), "two.json")
    assert (report["verdict"], report["reason"]["code"]) == ("CANNOT DECIDE", "witness")
    assert "1 of 2 witnesses" in report["reason"]["en"]
    damaged = judge(folder, (folder / "resigned-other-head.zip").read_bytes(), "two.json")
    assert (damaged["verdict"], damaged["failures"][0]["check"]) == ("NOT VERIFIED", "head")


def test_where_there_is_no_sm3_it_is_said_and_not_passed_over(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made
    anchors = str(folder / "anchors.json")
    for name in ("good.zip", "resigned-other-sm3.zip"):
        report = verify.verify(str(folder / name), anchors, sm3=lambda: None)
        assert report["verdict"] == "VERIFIED"
        assert "SM3 not checked: this machine lacks it" in [remark["en"] for remark in report["remarks"]]
    with_it = verify.verify(str(folder / "good.zip"), anchors)
    assert not any("SM3" in remark["en"] for remark in with_it["remarks"])


def test_sm3_is_the_one_of_the_standard() -> None:
    """GB/T 32905-2016, example 1."""
    digest = verify.new_sm3()
    digest.update(b"abc")
    assert digest.hexdigest() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_a_time_stamp_tells_when_and_needs_the_authority_among_the_anchors(
    made: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    folder, _ = made
    stamped = (folder / "stamped.zip").read_bytes()
    report = judge(folder, stamped)
    shown = (folder / "stamped.zip").stat().st_mtime
    assert abs(report["timestamp"]["at"] - shown) < 3600, "the authority's clock is this machine's"
    without = json.loads(vectors.anchors())
    del without["tsa"]  # as anchors were before there were authorities
    (folder / "old.json").write_text(json.dumps(without))
    report = judge(folder, stamped, "old.json")
    assert (report["verdict"], report["timestamp"]) == ("VERIFIED", {"problem": "unchecked"})
    assert "time stamp not checked: no anchor" in [remark["en"] for remark in report["remarks"]]
    plain = judge(folder, (folder / "good.zip").read_bytes())
    assert "no time stamp" in [remark["en"] for remark in plain["remarks"]]


def test_a_machine_without_openssl_says_that_it_did_not_check_the_time_stamp(
    made: tuple[Path, dict[str, dict[str, Any]]],
) -> None:
    folder, _ = made
    done = subprocess.run(
        [sys.executable, "-I", str(SOURCE), "foreign-stamp.zip", "--trust", "anchors.json"],
        cwd=folder, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "time stamp not checked: openssl lacks it" in done.stdout


def test_progress_is_told_while_it_reads(tmp_path: Path) -> None:
    book = vectors.Book(StreamId("cam-a"), size=1 << 20)
    book.open()
    book.record(12)
    vectors.package(tmp_path / "big.zip", vectors.Books({"cam-a": book})).run()
    (tmp_path / "anchors.json").write_bytes(vectors.anchors())
    told: list[tuple[int, int]] = []
    report = verify.verify(
        str(tmp_path / "big.zip"), str(tmp_path / "anchors.json"), tell=lambda done, total: told.append((done, total))
    )
    assert report["verdict"] == "VERIFIED"
    assert len(told) >= 2
    assert told == sorted(told)
    assert {total for _, total in told} == {(tmp_path / "big.zip").stat().st_size}
    assert told[-1][0] < told[-1][1]


def test_names_that_leave_the_folder_or_collide_are_refused(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")
    for name in (
        "../evil",
        "/etc/passwd",
        "media/../../evil",
        "MANIFEST.json",
        "a\\b",
        "nul\x00",
        "a" * 200,
        ".hidden",
    ):
        report = judge(folder, vectors.packed({**good, name: b"x"}))
        assert (report["failures"][0]["file"], report["failures"][0]["check"]) == ("package", "zip")


def test_archives_of_another_form_are_refused(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    """Compression, links, comments, gaps: whatever two extractors might read differently."""
    import io
    import zipfile

    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")

    def zipped(compression: int, link: bool, comment: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", compression) as archive:
            archive.comment = comment
            for name, data in good.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.external_attr = (0o120777 if link else 0o100644) << 16
                archive.writestr(info, data, compression)
        return buffer.getvalue()

    for form in (
        (zipfile.ZIP_DEFLATED, False, b""),
        (zipfile.ZIP_STORED, True, b""),
        (zipfile.ZIP_STORED, False, b"c"),
    ):
        report = judge(folder, zipped(*form))
        assert report["verdict"] == "NOT VERIFIED"
        assert report["failures"][0]["check"] == "zip"


@given(data=st.binary(max_size=400), tail=st.booleans())
@settings(max_examples=150, deadline=None)
def test_g4_garbage_never_passes_and_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, tail: bool
) -> None:
    folder = tmp_path_factory.mktemp("g")
    (folder / "anchors.json").write_bytes(vectors.anchors())
    archive = vectors.packed({"manifest.json": data}) if tail else data
    assert judge(folder, archive)["verdict"] == "NOT VERIFIED"


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":2}',
        "[" * 100_000,
        '{"format":"mingjian.package","v":1.0}',
        '{"format":"mingjian.package","v":1}',
        "{}",
    ],
)
def test_a_hostile_manifest_is_not_verified(made: tuple[Path, dict[str, dict[str, Any]]], text: str) -> None:
    folder, _ = made
    assert judge(folder, vectors.packed({"manifest.json": text.encode()}))["verdict"] == "NOT VERIFIED"


def test_the_form_of_large_archives_is_the_same_on_both_sides() -> None:
    """Beyond 4 GiB and 65 535 members the directory needs ZIP64; no test writes such a file, so the records compare."""
    near, far = 1 << 20, (1 << 32) + 12_345
    for offset in (0, near, 0xFFFFFFFF, far):
        ours = package_zip.Stored("media/a.m4s", 77, 5, "", offset)
        theirs = verify.Member("media/a.m4s", 5, 77, offset)
        assert ours.local_header() == theirs.local_header()
        assert ours.directory_entry() == theirs.directory_entry()
        for count in (1, 70_000):
            entries = [package_zip.Stored(f"{n}", 0, 0, "", 0) for n in range(count)]
            body = b"".join(entry.directory_entry() for entry in entries)
            assert package_zip.directory(entries, offset) == body + verify.directory_end(count, len(body), offset)


def test_ed25519_agrees_with_the_library_and_refuses_what_is_malleable() -> None:
    for number in range(8):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([number])).digest())
        public, message = key.public_key().public_bytes_raw(), bytes([number]) * number
        signature = key.sign(message)
        assert verify.ed25519_valid(public, message, signature)
        assert not verify.ed25519_valid(public, message + b"x", signature)
        s = int.from_bytes(signature[32:], "little") + verify.L
        assert not verify.ed25519_valid(public, message, signature[:32] + s.to_bytes(32, "little"))
        assert not verify.ed25519_valid(public, message, signature[:63])
    # RFC 8032 §7.1, test 2
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.ed25519_valid(public, b"\x72", signature)
    neutral = (1).to_bytes(32, "little")
    assert not verify.ed25519_valid(neutral, b"anything", neutral + bytes(32))


def test_what_a_package_says_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    manifest = {"format": "mingjian.package", "v": 1, "signatures": [], "keys": [], "streams": []}
    manifest["files"] = [{"name": "\x1b[2Jx", "bytes": 1, "sha256": ""}]
    (tmp_path / "anchors.json").write_bytes(vectors.anchors())
    text = json.dumps(manifest).encode()
    verify.show(judge(tmp_path, vectors.packed({"manifest.json": text, "manifest.sig": b"x"})))
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert printed.splitlines()[-1].startswith("核验不通过 NOT VERIFIED")


def test_naming_only_a_signature_that_nobody_trusts_does_not_pass(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")
    changed = json.loads(good["manifest.json"]) | {"signatures": ["sm2-sm3"]}
    del good["manifest.sig"]
    members = {
        **good,
        "manifest.json": json.dumps(changed).encode(),
        "manifest.sm2.sig": b"\x30\x06\x02\x01\x01\x02\x01\x01",
    }
    report = judge(folder, vectors.packed(members))
    assert [(f["file"], f["check"]) for f in report["failures"]] == [("manifest.json", "signature")]


def test_a_manifest_that_lists_a_file_twice_is_refused(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")
    report = judge(folder, vectors.resigned(good, edit=lambda m: m["files"].append(m["files"][0])))
    assert ("manifest.json", "files") in [(f["file"], f["check"]) for f in report["failures"]]


SECOND, BEYOND = 10**9, 1 << 100


@pytest.mark.parametrize(
    "edit",
    [
        lambda manifest: manifest["streams"][0].update(t0=-BEYOND),
        lambda manifest: manifest["streams"][0].update(t1=BEYOND),
        lambda manifest: manifest["streams"][0].update(t0="0", t1=True),
        lambda manifest: manifest.update(signatures=["ed25519"] * 1000),
    ],
    ids=["before all time", "after all time", "no numbers", "one signature a thousand times"],
)
def test_figures_beyond_all_reason_are_not_verified(
    made: tuple[Path, dict[str, dict[str, Any]]], edit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed by the package key itself: what no calendar holds is said to be wrong, not stumbled over."""
    folder, _ = made
    report = judge(folder, vectors.resigned(vectors.unpacked(folder / "good.zip"), edit=edit))
    assert report["verdict"] == "NOT VERIFIED"
    verify.show(report)
    assert capsys.readouterr().out.splitlines()[-1].startswith("核验不通过 NOT VERIFIED")


def test_a_chain_entry_after_all_time_is_not_verified(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")
    *lines, last, _ = good["chain/cam-a.jsonl"].split(b"\n")
    late = json.dumps(json.loads(last) | {"t1": BEYOND}, sort_keys=True, separators=(",", ":")).encode()
    report = judge(folder, vectors.resigned({**good, "chain/cam-a.jsonl": b"\n".join([*lines, late, b""])}))
    assert ("chain/cam-a.jsonl", "format") in [(f["file"], f["check"]) for f in report["failures"]]


def test_a_cosignature_from_after_all_time_is_no_cosignature(made: tuple[Path, dict[str, dict[str, Any]]]) -> None:
    from mingjian.audit import checkpoint

    folder, _ = made
    good = vectors.unpacked(folder / "good.zip")
    signed = checkpoint.parse(good["checkpoint.note"])[1]
    late = signed.with_signatures([checkpoint.cosign(signed, vectors.WITNESS, UtcNs((1 << 62) * SECOND))])
    report = judge(folder, vectors.resigned({**good, "checkpoint.note": late.encode()}))
    assert ("checkpoint.note", "witness") in [(f["file"], f["check"]) for f in report["failures"]]


spans = st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=6), st.lists(st.tuples(spans, st.sampled_from("abc")), max_size=8))
def test_each_missing_moment_has_the_cause_of_the_earliest_span_over_it(
    recorded: list[tuple[int, int]], explained: list[tuple[tuple[int, int], str]]
) -> None:
    absent = verify.without((0, 50), recorded)
    found = verify.causes(absent, explained)
    by_moment = {moment: cause for low, high, cause in found for moment in range(low, high)}
    assert sum(high - low for low, high, _ in found) == len(by_moment)
    for moment in range(50):
        over = [cause for (start, end), cause in sorted(explained) if start <= moment < end]
        gone = any(start <= moment < end for start, end in absent)
        assert (moment in by_moment) == (gone and bool(over))
        assert moment not in by_moment or by_moment[moment] in over
