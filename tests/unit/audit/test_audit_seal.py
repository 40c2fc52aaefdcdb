"""Sealed packages: a share alone says nothing, both open it; whatever was changed is told and opens nothing."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mingjian.adapters.sealer import FolderSealer
from mingjian.audit import seal, unseal
from mingjian.audit.seal import CHUNK_BYTES, HEADER_BYTES, RANDOM_BYTES, TAG_BYTES, Seal, Shares, share_words, split
from mingjian.audit.unseal import Sealed, Unopened, read_share
from mingjian.processing.package_verify import verifier_source
from vectors import sealed as sealed_vector

SIZES = (1, 15, 17, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 5)
SHARES, SALT = split(bytes(range(RANDOM_BYTES)))
OTHER, _ = split(bytes(reversed(range(RANDOM_BYTES))))


@dataclass(frozen=True)
class Made:
    """A plain package, and the same one sealed."""

    plain: bytes
    path: Path


def made(folder: Path, plain: bytes, shares: Shares = SHARES, name: str = "s") -> Made:
    (folder / "job.zip").write_bytes(plain)
    FolderSealer(folder).seal("job", name, shares, SALT)
    return Made(plain, folder / f"{name}.sealed")


def plain_of(size: int) -> bytes:
    return (b"mingjian!" * (size // 9 + 1))[:size]


@pytest.fixture(scope="module")
def three_chunks(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("sealed"), plain_of(2 * CHUNK_BYTES + 1000))


def opened(data: bytes, out: Path, words: tuple[str, ...] = SHARES.words()) -> bytes:
    Sealed(io.BytesIO(data), words).open_to(str(out))
    return out.read_bytes()


def refused(data: bytes, out: Path, words: tuple[str, ...] = SHARES.words()) -> Unopened:
    """Why it was not opened; and nothing was left behind."""
    with pytest.raises(Unopened) as caught:
        opened(data, out, words)
    assert not out.exists()
    assert caught.value.zh and caught.value.en
    return caught.value


@pytest.mark.parametrize("size", SIZES)
def test_both_shares_open_what_was_sealed_at_each_border_of_a_chunk(tmp_path: Path, size: int) -> None:
    one = made(tmp_path, plain_of(size))
    sealed = one.path.read_bytes()
    assert len(sealed) == Seal(SHARES, SALT, size).sealed_length
    assert one.plain[:9] not in sealed or size < 9
    assert opened(sealed, tmp_path / "out") == one.plain


@settings(max_examples=50, deadline=None)
@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES), st.binary(min_size=32, max_size=32))
def test_a_share_alone_fits_every_key(random: bytes, another_key: bytes) -> None:
    """Whatever one share is, each key has exactly one other share to it: so the one says nothing of the key."""
    shares, _ = split(random)
    assert shares.key == random[:32]
    for mine in (shares.a, shares.b):
        other = bytes(x ^ y for x, y in zip(mine, another_key, strict=True))
        assert Shares(mine, other).key == another_key


def test_a_share_is_uniform_whatever_the_key_is() -> None:
    """Over all values of the random byte behind it each value of a share's byte comes exactly once, for each key."""
    for key in (b"\0" * 32, b"\xff" * 32):
        for which in ("a", "b"):
            seen = Counter(getattr(split(key + bytes([value]) * 32 + b"\0" * 8)[0], which)[0] for value in range(256))
            assert set(seen.values()) == {1} and len(seen) == 256


@given(st.binary(min_size=32, max_size=32), st.sampled_from("AB"))
def test_a_share_is_read_as_it_was_written_however_it_is_typed(share: bytes, letter: str) -> None:
    words = share_words(letter, share)
    for typed in (words, words.lower(), words.replace("-", ""), f"  {words} ".replace("-", " - ")):
        assert read_share(typed) == (letter, share)


@given(st.integers(0, 55), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_letter_of_a_share_is_told(place: int, letter: str) -> None:
    words = SHARES.words()[0]
    letters = [at for at, sign in enumerate(words) if sign != "-" and at > 0]
    typed = words[: letters[place]] + letter + words[letters[place] + 1 :]
    if typed == words:
        return
    with pytest.raises(Unopened) as caught:
        read_share(typed)
    assert "抄写" in caught.value.zh and not caught.value.damaged


def test_a_share_may_be_kept_in_a_file(tmp_path: Path) -> None:
    paper = tmp_path / "share.txt"
    paper.write_text(f"密钥份额\n\n{SHARES.words()[1]}\n请勿转交他人\n", encoding="utf-8")
    assert read_share(str(paper)) == ("B", SHARES.b)


def test_a_missing_a_foreign_and_a_repeated_share_each_say_so(tmp_path: Path, three_chunks: Made) -> None:
    data, (a, b) = three_chunks.path.read_bytes(), SHARES.words()
    for words, told in (
        ((), "两份"), ((a,), "两份"), ((a, a), "两次"), ((a, b, b), "两次"),
        ((a, OTHER.words()[1]), "份额 B 不是这一次封装的"), ((OTHER.words()[0], b), "份额 A 不是这一次封装的"),
        ((a, share_words("B", SHARES.a)), "份额 B 不是这一次封装的"), ((a, "B-????"), "写法不对"),
    ):  # fmt: skip
        why = refused(data, tmp_path / "out", words)
        assert told in why.zh and not why.damaged
        assert why.report()["verdict"] == "CANNOT DECIDE"


def spots(made: Made) -> list[int]:
    """A place in each field of header and chunks, and at each border."""
    chunk = CHUNK_BYTES + TAG_BYTES
    borders = (HEADER_BYTES, HEADER_BYTES + CHUNK_BYTES, HEADER_BYTES + chunk, HEADER_BYTES + 2 * chunk)
    fields = {0, 7, 8, 15, 16, 23, 24, 55, 56, 87, 88, 119}
    return sorted({*fields, *borders, *(at - 1 for at in borders), made.path.stat().st_size - 1})


def test_each_changed_byte_is_seen_and_nothing_is_opened(tmp_path: Path, three_chunks: Made) -> None:
    data = three_chunks.path.read_bytes()
    for at in spots(three_chunks):
        for bit in (0, 7):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            refused(bytes(changed), tmp_path / "out")


def test_truncation_extension_reordering_and_swapping_are_seen(tmp_path: Path, three_chunks: Made) -> None:
    data, chunk = three_chunks.path.read_bytes(), CHUNK_BYTES + TAG_BYTES
    first, second, rest = (data[HEADER_BYTES + at * chunk :][:chunk] for at in range(3))
    head = data[:HEADER_BYTES]
    foreign = made(tmp_path, three_chunks.plain, OTHER, "foreign").path.read_bytes()
    twin_shares, _ = split(bytes(range(32)) + bytes(RANDOM_BYTES - 32))  # the same key, split anew
    twin = made(tmp_path, three_chunks.plain, twin_shares, "twin").path.read_bytes()
    for changed in (
        b"", data[:7], data[:HEADER_BYTES], data[:-1], data[: -len(rest)], data + b"\0", data + rest,
        head + second + first + rest, head + first + first + rest, head + rest + first + second,
        head + first + foreign[HEADER_BYTES + chunk :][:chunk] + rest, foreign[:HEADER_BYTES] + data[HEADER_BYTES:],
        head + twin[HEADER_BYTES:], twin[:HEADER_BYTES] + data[HEADER_BYTES:],
    ):  # fmt: skip
        why = refused(changed, tmp_path / "out")
        assert why.damaged or "不是这一次封装的" in why.zh


def test_a_shorter_length_with_a_tag_of_the_holders_own_is_still_a_truncation(tmp_path: Path) -> None:
    """Who has both shares can make a header for the first chunk alone; its tag says that it was not the last."""
    data = made(tmp_path, plain_of(CHUNK_BYTES + 5)).path.read_bytes()
    shorter = Seal(SHARES, SALT, CHUNK_BYTES).header() + data[HEADER_BYTES : HEADER_BYTES + CHUNK_BYTES + TAG_BYTES]
    assert refused(shorter, tmp_path / "out").damaged


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_garbage_is_refused_in_words(data: bytes) -> None:
    for start in (b"", seal.MAGIC, Seal(SHARES, SALT, 40).header()):
        with pytest.raises(Unopened):
            for _ in Sealed(io.BytesIO(start + data), SHARES.words()).encrypted():
                pass


def test_the_key_is_in_no_argument_of_a_program() -> None:
    tree = ast.parse(Path(unseal.__file__).read_text())
    (call,) = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "attr", "") == "Popen"]
    assert "self" not in ast.unparse(call)


def test_the_file_that_is_handed_out_opens_and_judges_in_one_go(tmp_path: Path, three_chunks: Made) -> None:
    """One file, the standard library alone, Python 3.8 by its grammar; what is inside is judged as ever."""
    source = verifier_source().decode()
    tree = ast.parse(source, feature_version=(3, 8))
    names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)
    (tmp_path / "verify.py").write_text(source, encoding="utf-8")
    (tmp_path / "a.txt").write_text(SHARES.words()[0])

    def run(*words: str, **environment: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "verify.py", str(three_chunks.path), *words],
            cwd=tmp_path, env=os.environ | environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    status, words = run("--share", "a.txt", "--share", SHARES.words()[1], "--out", "opened.zip")
    assert (tmp_path / "opened.zip").read_bytes() == three_chunks.plain
    assert status == 1 and "[zip]" in words  # opened, and what this test put into it is no package
    status, words = run("--share", "a.txt", "--share", "a.txt")
    assert status == 3 and "两次" in words and "twice" in words
    assert run()[0] == 3
    status, words = run("--share", "a.txt", "--share", SHARES.words()[1], PATH=str(tmp_path))
    assert status == 3 and "没有 openssl" in words


def test_the_bytes_of_the_format_are_those_that_the_screens_open(tmp_path: Path) -> None:
    """`ui/tests/sealed.test.ts` opens the same file: a change of the format is a new format."""
    assert sealed_vector.vector(made(tmp_path, sealed_vector.PLAIN).path.read_bytes()) == sealed_vector.kept()
