"""A hidden mark in derived pictures: which register entry they were handed over under, read again from a leak.

A lattice of `ROWS` cells over the picture's height, each a little lighter or darker than the camera saw it. A third of
the cells are the pilot, which says where the lattice lies; the others carry the entry's index, all of them together.
Lattice, pilot and code come from a key of the installation: without it nobody reads, removes with certainty or forges a
mark. What it survives, what it does not, and the figures: `docs/design/0010-leaks.md`, `docs/ref/benchmarks.md`.

The code is random and linear over the index's bits, so that one Walsh-Hadamard transform compares a picture with every
entry at once. A name is given only where chance would give one as strong with a probability below `FALSE_NAME`; this
bound (Hoeffding's, over the key's random signs) holds for any picture whatsoever, see `chance`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ROWS = 64
"""Cells over the height: at 360 lines 5.6 pixels each, so that a cell outlives halving and the second encoding, and yet
there are seven thousand of them."""
COLUMNS = 160
"""The widest picture is two and a half times as wide as high; what is wider keeps the mark in its left part."""
PILOT_SHARE = 0.35
INDEX_BITS = 40
"""Register entries for a century of any installation."""
STRENGTH_FLAT, STRENGTH_MOST = 2.6, 7.0
"""Grey levels, in an even wall and in the liveliest texture: with 2.0 and 6.0 every second picture of the
simulated gate was lost after halving and the second encoding."""
STRENGTH_BY_ACTIVITY = 0.35
"""Grey levels more for each grey level of local deviation."""
LOOK_AGAIN_FRAMES = 5
"""How often the strength follows the picture: five times a second."""
SHARPNESS = 1.5
"""How fast one cell turns into the next: 1 is a straight ramp; steeper costs the encoder more."""

SAMPLES = 3
"""Per cell while reading."""
SHARES = tuple(1.1 * 0.988**step for step in range(109))
"""Which share of the first height a leak may show, from a margin around it down to three tenths."""
NEAREST = 10
"""Places of the lattice that are tried for a name, the pilot's best."""
PER_SHARE = 3
LINES_MOST = 1080
"""A larger picture is reduced before it is read."""
FRAMES_MOST = 12
"""Of a clip: more adds little and reading stays below a minute."""
EDGE = 3.0
"""Grey levels: what differs by more from its surroundings counts as if it differed by this."""
FALSE_NAME = 1e-9
"""For one picture or clip without a mark."""
BLOCK_BITS = 20
"""Entries compared at once: a million."""
_STEP_BITS = 5
"""Of a transform done as one product of matrices."""

Luma = NDArray[np.uint8]
Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """A mark that was read: the entry, the id of the key, and with which probability chance gives as much."""

    entry: int
    key: int
    score: float
    chance: float


class Pattern:
    """What one key makes of the lattice. Two keys share nothing."""

    def __init__(self, key: bytes) -> None:
        cells = ROWS * COLUMNS
        kind = np.frombuffer(_stream(key, b"kind", 2 * cells), np.uint16).reshape(ROWS, COLUMNS)
        self.is_pilot = kind < PILOT_SHARE * (1 << 16)
        self._pilot = _signs(_stream(key, b"pilot", cells))
        self.flips = _signs(_stream(key, b"flip", cells))
        words = np.frombuffer(_stream(key, b"code", 8 * cells), np.uint64).reshape(ROWS, COLUMNS)
        self.masks = words & np.uint64((1 << INDEX_BITS) - 1)

    def pilot(self) -> Field:
        """The pilot alone, zero where the index is carried."""
        return np.where(self.is_pilot, self._pilot, np.float32(0))

    def cells(self, index: int) -> Field:
        """+1 or -1 for each cell."""
        carried = self.flips * parity_signs(self.masks, index)
        return np.where(self.is_pilot, self._pilot, carried)


class Embedder:
    """Marks pictures of one size with one index. Not for two threads at once."""

    def __init__(self, key: bytes, index: int, height: int, width: int) -> None:
        if not 0 <= index < 1 << INDEX_BITS:
            raise ValueError(f"no register entry: {index}")
        signs = Pattern(key).cells(index)
        self._field = _ramps(height, height, ROWS) @ signs @ _ramps(width, height, COLUMNS).T
        self._side = max(2, round(height / ROWS * 1.5))
        self._seen = 0
        self._up = self._down = self._most = np.zeros((0, 0), np.uint8)

    def mark(self, luma: Luma) -> Luma:
        """`luma` with the mark; the picture given is left as it is."""
        if self._seen % LOOK_AGAIN_FRAMES == 0:
            change = np.rint(self._field * _strength(luma, self._side)).astype(np.int8)
            self._up = np.maximum(change, 0).astype(np.uint8)
            self._down = np.maximum(-change, 0).astype(np.uint8)
            self._most = 255 - self._up
        self._seen += 1
        raised = np.minimum(luma, self._most)
        raised += self._up
        np.maximum(raised, self._down, out=raised)
        raised -= self._down
        return raised


def read(
    frames: Sequence[Luma],
    keys: Mapping[int, bytes],
    entries: int,
    *,
    did: Callable[[float], None] = lambda share: None,
) -> Found | None:
    """The entry whose mark the pictures bear, or None. `frames` are of one clip and size; several are read as one.

    `entries` is how many there are: an index beyond them is never given. None where the strongest reading could be
    chance with a probability above `FALSE_NAME`, all places, keys and entries that were compared counted in. `did`
    is told which share of the work is done.
    """
    if not frames or not keys or entries < 1:
        return None
    pictures = [_reduced(frame) for frame in frames[:FRAMES_MOST]]
    tried = NEAREST * len(keys) * _rounded_up(entries)
    best: Found | None = None
    views: dict[float, Field] = {}
    for number, share in enumerate(SHARES):
        if (seen := _seen(pictures, share)) is not None:
            views[share] = seen
        did(0.5 * number / len(SHARES))
    for number, (name, key) in enumerate(keys.items()):
        did(0.5 + 0.5 * number / len(keys))
        pattern = Pattern(key)
        for place in _places(pattern, views):
            values, cells = _values(views[place.share], place)
            for index, score in _names(pattern, values, cells, entries):
                if best is None or score > best.score:
                    best = Found(index, name, score, chance(score, tried))
            if best is not None and best.chance <= FALSE_NAME:
                return best
    return None


def chance(score: float, tried: int) -> float:
    """An upper bound of the probability that one of `tried` readings of an unmarked picture scores so high.

    A score is the sum of the picture's values, each times a sign, divided by the root of the sum of their squares. The
    signs of any index are independent and even over the keys, so each has probability at most exp(-score²/2)
    (Hoeffding 1963, theorem 2); all together at most `tried` times that.
    """
    return min(1.0, exp(min(0.0, log(tried) - score * score / 2))) if score > 0 else 1.0


def parity_signs(masks: NDArray[np.uint64], index: int) -> Field:
    """+1 where `index` has an even number of the mask's bits, else -1."""
    odd = np.bitwise_count(masks & np.uint64(index)) & 1
    return np.where(odd == 1, np.float32(-1), np.float32(1))


def walsh_hadamard(values: Field) -> Field:
    """For each index, the sum of `values` times the parity sign of place and index. A power of two of them."""
    made, left = values, values.size.bit_length() - 1
    while left:
        bits = min(left, _STEP_BITS)
        # the lowest bits are transformed and go to the front: after all steps each bit is where it was
        made = np.ascontiguousarray((made.reshape(-1, 1 << bits) @ _hadamard(bits)).T).reshape(-1)
        left -= bits
    return made


@lru_cache(maxsize=8)
def _hadamard(bits: int) -> Field:
    places = np.arange(1 << bits, dtype=np.uint64)
    odd = np.bitwise_count(places[:, None] & places) & 1
    return np.where(odd == 1, np.float32(-1), np.float32(1))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the lattice may lie: which share of it the picture shows, and its offset in samples."""

    share: float
    down: int
    right: int


def _places(pattern: Pattern, views: Mapping[float, Field]) -> list[_Place]:
    """The pilot's best places, best first."""
    pilot = np.kron(pattern.pilot(), np.ones((SAMPLES, SAMPLES), np.float32))
    found: list[tuple[float, _Place]] = []
    spectra: dict[tuple[int, int], NDArray[np.complex128]] = {}
    for share, seen in views.items():
        size = _power(max(seen.shape[0], pilot.shape[0]) + 1), _power(max(seen.shape[1], pilot.shape[1]) + 1)
        if size not in spectra:
            spectra[size] = np.conj(np.fft.rfft2(pilot, size))
        likeness = np.fft.irfft2(np.fft.rfft2(seen, size) * spectra[size], size) / (np.linalg.norm(seen) + 1e-9)
        for _ in range(PER_SHARE):
            down, right = (int(at) for at in np.unravel_index(int(np.argmax(likeness)), size))
            found.append((float(likeness[down, right]), _Place(share, _signed(down, size[0]), _signed(right, size[1]))))
            near = np.ix_(*(np.arange(at - 2, at + 3) % most for at, most in zip((down, right), size, strict=True)))
            likeness[near] = -np.inf
    found.sort(key=lambda one: -one[0])
    return [place for _, place in found[:NEAREST]]


def _values(seen: Field, place: _Place) -> tuple[Field, tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """What the picture says in each cell it shows, and which cells those are."""
    means = _box(seen, SAMPLES)
    rows = np.arange(ROWS) * SAMPLES + SAMPLES // 2 + place.down
    columns = np.arange(COLUMNS) * SAMPLES + SAMPLES // 2 + place.right
    shown_rows = np.flatnonzero((rows >= 0) & (rows < seen.shape[0]))
    shown_columns = np.flatnonzero((columns >= 0) & (columns < seen.shape[1]))
    return means[np.ix_(rows[shown_rows], columns[shown_columns])], (shown_rows, shown_columns)


def _names(
    pattern: Pattern, values: Field, cells: tuple[NDArray[np.intp], NDArray[np.intp]], entries: int
) -> Iterator[tuple[int, float]]:
    """The best entry of each million, with its score."""
    where = np.ix_(*cells)
    carries = ~pattern.is_pilot[where]
    said = (values * pattern.flips[where])[carries]
    masks = pattern.masks[where][carries]
    norm = sqrt(float((said * said).sum()))
    if norm == 0:
        return
    bits = min(BLOCK_BITS, max(1, (entries - 1).bit_length()))
    places = (masks & np.uint64((1 << bits) - 1)).astype(np.intp)
    for block in range(ceil(entries / (1 << bits))):
        signed = said * parity_signs(masks, block << bits)
        sums = walsh_hadamard(np.bincount(places, weights=signed, minlength=1 << bits).astype(np.float32))
        sums = sums[: entries - (block << bits)]
        at = int(np.argmax(sums))
        yield (block << bits) + at, float(sums[at]) / norm


def _seen(pictures: Sequence[Field], share: float) -> Field | None:
    """The pictures as the lattice would show in them if they were `share` of its height, their own content taken out.

    None where the picture is wider than any lattice.
    """
    height, width = pictures[0].shape
    scale = ROWS * share * SAMPLES / height
    high, wide = round(height * scale), round(width * scale)
    if not (high > 4 * SAMPLES and 4 * SAMPLES < wide <= round(COLUMNS * SAMPLES * 1.3)):
        return None
    total = np.zeros((high, wide), np.float32)
    for picture in pictures:
        small = Image.fromarray(picture).resize((wide, high), Image.Resampling.BILINEAR)
        total += _without_content(np.asarray(small, np.float32))
    return total


def _without_content(picture: Field) -> Field:
    """How each sample differs from those around it, edges held down and every part of the picture as loud as another.

    A ring of eight at nearly a cell's distance: large differences are objects, small ones noise and mark.
    """
    far = round(0.9 * SAMPLES)
    slant = round(0.9 * SAMPLES * 0.7)
    ring = [(0, far), (0, -far), (far, 0), (-far, 0)] + [(y, x) for y in (slant, -slant) for x in (slant, -slant)]
    high, wide = picture.shape
    around = np.pad(picture, far, mode="reflect")
    total = np.zeros_like(picture)
    for down, right in ring:
        other = around[far + down : far + down + high, far + right : far + right + wide]
        total += np.clip(picture - other, -EDGE, EDGE)
    loud = np.sqrt(np.maximum(0, _box(total * total, 4 * SAMPLES + 1)))
    return np.asarray(total / (loud + 0.3 * loud.mean() + 1e-3), np.float32)


def _strength(luma: Luma, side: int) -> Field:
    """How much of the mark each pixel takes: by the deviation in blocks of `side`, told from every second pixel."""
    height, width = luma.shape
    down, right = ceil(height / side), ceil(width / side)
    step = 2 if side >= 4 else 1
    padded = np.pad(luma, ((0, down * side - height), (0, right * side - width)), mode="edge")
    offsets = np.arange(0, side, step)
    blocks = padded.reshape(down, side, right, side)[:, offsets][:, :, :, offsets].astype(np.float32)
    mean = blocks.mean(axis=(1, 3))
    deviation = np.sqrt(np.maximum(0, (blocks * blocks).mean(axis=(1, 3)) - mean * mean))
    strength = _box(np.clip(STRENGTH_FLAT + STRENGTH_BY_ACTIVITY * deviation, STRENGTH_FLAT, STRENGTH_MOST), 3)
    return np.repeat(np.repeat(strength, side, axis=0), side, axis=1)[:height, :width]


def _ramps(pixels: int, height: int, cells: int) -> Field:
    """How much of each cell a row or column of pixels shows: itself, or a ramp to the next."""
    at = (np.arange(pixels) + 0.5) * ROWS / height - 0.5
    left = np.floor(at).astype(np.intp)
    share = np.clip((at - left - 0.5) * SHARPNESS + 0.5, 0, 1)
    share = share * share * (3 - 2 * share)
    made = np.zeros((pixels, cells), np.float32)
    for cell, part in ((left, 1 - share), (left + 1, share)):
        inside = cell < cells
        np.add.at(made, (np.flatnonzero(inside), np.maximum(cell[inside], 0)), part[inside].astype(np.float32))
    return made


def _box(values: Field, side: int) -> Field:
    """The mean around each value, `side` wide and high; the edge goes on."""
    before, after = side // 2, side - 1 - side // 2
    sums = np.pad(values, ((before + 1, after), (before + 1, after)), mode="edge").astype(np.float64)
    sums[0], sums[:, 0] = 0, 0
    sums = sums.cumsum(axis=0).cumsum(axis=1)
    inner = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return (inner / (side * side)).astype(np.float32)


def _reduced(frame: Luma) -> Field:
    picture = Image.fromarray(frame)
    height, width = frame.shape
    if height > LINES_MOST:
        picture = picture.resize((max(1, round(width * LINES_MOST / height)), LINES_MOST), Image.Resampling.BOX)
    return np.asarray(picture, np.float32)


def _rounded_up(entries: int) -> int:
    return 1 << (entries - 1).bit_length()


def _power(least: int) -> int:
    return 1 << (least - 1).bit_length()


def _signed(at: int, most: int) -> int:
    return at if at < most // 2 else at - most


def _signs(data: bytes) -> Field:
    return (np.frombuffer(data, np.uint8).reshape(ROWS, COLUMNS) & 1).astype(np.float32) * 2 - 1


@lru_cache(maxsize=32)
def _stream(key: bytes, about: bytes, size: int) -> bytes:
    """`size` bytes that nobody without the key can tell from chance (SHAKE256)."""
    return hashlib.shake_256(len(key).to_bytes(2, "big") + key + b"mingjian forensic 1 " + about).digest(size)
