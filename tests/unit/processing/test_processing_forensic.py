"""The hidden mark: read after scaling and cutting, never read without the key, and never a name by chance."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from PIL import Image

from mingjian.processing import forensic
from mingjian.processing.forensic import FALSE_NAME, Embedder, Luma, Pattern, chance, read, walsh_hadamard

KEY = b"the key of this installation"
ENTRIES = 1 << 16


def wall(height: int = 360, width: int = 640) -> Luma:
    """A scene with even parts, edges and texture."""
    random = np.random.default_rng(1)
    picture = np.tile(np.linspace(70, 180, width), (height, 1))
    for _ in range(40):
        top, left = random.integers(0, height), random.integers(0, width)
        picture[top : top + 60, left : left + 90] = random.integers(20, 235)
    picture[:, : width // 4] += random.normal(0, 12, (height, width // 4))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def leaked(picture: Luma) -> Luma:
    """Half the size, a tenth cut away."""
    height, width = picture.shape
    small = np.asarray(Image.fromarray(picture).resize((width // 2, height // 2), Image.Resampling.BILINEAR))
    return small[9 : 9 + height * 45 // 100, 21 : 21 + width * 45 // 100]


@pytest.mark.parametrize("entry", [0, ENTRIES - 1])
def test_A19_a_small_cut_picture_tells_the_entry_it_was_handed_over_under(entry: int) -> None:
    found = read([leaked(Embedder(KEY, entry, 360, 640).mark(wall()))], {1: KEY}, ENTRIES)
    assert found is not None
    assert (found.entry, found.key) == (entry, 1)
    assert found.chance <= FALSE_NAME


def test_no_picture_without_mark_and_none_under_another_key_has_a_name() -> None:
    assert read([leaked(wall())], {1: KEY}, ENTRIES) is None
    assert read([leaked(Embedder(b"another key", 7, 360, 640).mark(wall()))], {1: KEY}, ENTRIES) is None
    assert read([], {1: KEY}, ENTRIES) is None
    assert read([wall()], {}, ENTRIES) is None


def test_an_entry_that_does_not_exist_is_never_named() -> None:
    marked = Embedder(KEY, 900, 360, 640).mark(wall())
    assert read([marked], {1: KEY}, 900) is None
    found = read([marked], {1: KEY}, 901)
    assert found is not None
    assert found.entry == 900


def test_entries_beyond_the_first_million_are_read_too() -> None:
    entry = (3 << forensic.BLOCK_BITS) + 5
    found = read([Embedder(KEY, entry, 360, 640).mark(wall())], {1: KEY}, entry + 1)
    assert found is not None
    assert found.entry == entry


def test_the_mark_stays_small_and_the_picture_given_stays_as_it_is() -> None:
    plain = wall()
    before = plain.copy()
    marked = Embedder(KEY, 3, 360, 640).mark(plain)
    assert (plain == before).all()
    change = np.abs(marked.astype(int) - plain)
    assert change.max() <= forensic.STRENGTH_MOST
    assert 1 < np.sqrt((change**2).mean()) < 4
    for extreme in (0, 255):
        dark = Embedder(KEY, 3, 90, 160).mark(np.full((90, 160), extreme, np.uint8))
        assert np.abs(dark.astype(int) - extreme).max() <= forensic.STRENGTH_MOST, "no value wraps around"


def test_the_strength_follows_the_picture_within_a_fifth_of_a_second() -> None:
    embedder, even = Embedder(KEY, 3, 90, 160), np.full((90, 160), 128, np.uint8)
    lively = (128 + 60 * (np.indices((90, 160)).sum(axis=0) % 2)).astype(np.uint8)
    embedder.mark(even)
    for _ in range(forensic.LOOK_AGAIN_FRAMES):
        marked = embedder.mark(lively)
    assert np.abs(marked.astype(int) - lively).max() > forensic.STRENGTH_FLAT


def test_any_size_is_marked_and_an_index_beyond_forty_bits_is_refused() -> None:
    for height, width in ((2, 2), (33, 17), (360, 1200), (1081, 607)):
        assert Embedder(KEY, 1, height, width).mark(np.full((height, width), 90, np.uint8)).shape == (height, width)
    for index in (-1, 1 << forensic.INDEX_BITS):
        with pytest.raises(ValueError, match="no register entry"):
            Embedder(KEY, index, 90, 160)


def test_two_keys_and_two_entries_share_nothing() -> None:
    first, other = Pattern(KEY), Pattern(b"another")
    assert abs((first.cells(1) * other.cells(1)).mean()) < 0.05
    carries = ~first.is_pilot
    assert abs((first.cells(1) * first.cells(2))[carries].mean()) < 0.05
    assert (first.cells(1) == first.cells(2))[first.is_pilot].all()


def test_one_transform_compares_with_every_entry() -> None:
    values = np.random.default_rng(5).normal(size=64).astype(np.float32)
    signs = [[1 - 2 * ((place & index).bit_count() & 1) for place in range(64)] for index in range(64)]
    assert np.allclose(walsh_hadamard(values), np.array(signs) @ values, atol=1e-4)


def test_a_name_by_chance_is_as_rare_as_is_said() -> None:
    """What `chance` bounds, drawn: even signs over any values, here some much larger than the others."""
    random = np.random.default_rng(11)
    values = random.pareto(1.5, 400) * random.choice([-1, 1], 400)
    scores = random.choice([-1.0, 1.0], (20_000, 400)) @ values / np.linalg.norm(values)
    for score in (1.0, 2.0, 3.0):
        assert (scores >= score).mean() <= chance(score, 1)
        assert chance(score, 1) == pytest.approx(exp(-score * score / 2))
    assert chance(9.0, 1000) == pytest.approx(1000 * chance(9.0, 1))
    assert chance(0.0, 1) == chance(-4.0, 1) == chance(1.0, 10) == 1
