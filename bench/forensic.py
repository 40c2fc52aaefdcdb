"""Whether a leak leads to its register entry: how many are found, no false name, what it costs in the picture."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from bench import gates
from bench.gates import Gate
from bench.leak_scenes import APART, NAMES, Luma, scene
from bench.leaking import COPY, LEAKS, REQUIRED, STREAM, Leak, encoded, leaked
from bench.report import machine
from bench.section import Section
from mingjian.processing.forensic import FALSE_NAME, Embedder, read

NAME = "forensic"
TITLE = "Leaks"
FOUND_PERCENT = 95.0
ENTRIES = 1 << 20
"""Of the register in which a name is looked for."""
SIZES = {360: (640, STREAM, 25), 1080: (1920, COPY, 50)}
"""Delivered: a stream to outsiders, a playable copy; width, encoder and key frames as the product has them."""
FRAMES = 8
CLIP = 6
WORKERS = 2
CHUNK = 25


@dataclass
class Tally:
    """Of one leak at one size."""

    tried: int = 0
    found: int = 0
    wrong: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, name: str, entry: int, got: int | None) -> None:
        self.tried += 1
        self.found += got == entry
        self.wrong += got not in (entry, None)
        if got != entry:
            self.missed.append(name)

    @property
    def percent(self) -> float:
        return 100 * self.found / self.tried if self.tried else 0.0


@dataclass
class Part:
    """What the scenes of one name at one size gave."""

    height: int
    name: str
    tallies: dict[str, Tally] = field(default_factory=dict)
    clip: Tally = field(default_factory=Tally)
    likeness: list[tuple[float, float]] = field(default_factory=list)


def run(quick: bool) -> Section:
    seeds, whole, clean = (1, 0, 40) if quick else (4, 1, 1000)
    with ProcessPoolExecutor(WORKERS) as pool:
        parts = [pool.submit(found, height, name, seeds, whole) for height in SIZES for name in NAMES]
        false = [pool.submit(false_names, first, min(CHUNK, clean - first)) for first in range(0, clean, CHUNK)]
        return told([part.result() for part in parts], [one.result() for one in false], seeds)


def told(parts: Sequence[Part], false: Sequence[tuple[int, int, int]], seeds: int) -> Section:
    """The section of these results."""
    tallies = {
        (height, leak.name): _sum(
            [p.tallies[leak.name] for p in parts if p.height == height and leak.name in p.tallies]
        )
        for height in SIZES
        for leak in LEAKS
    }
    clips = {height: _sum([part.clip for part in parts if part.height == height]) for height in SIZES}
    by_scene = {name: _sum([part.tallies[REQUIRED.name] for part in parts if part.name == name]) for name in NAMES}
    likeness = {height: [pair for part in parts if part.height == height for pair in part.likeness] for height in SIZES}
    tried, clean, other = (sum(one[at] for one in false) for at in range(3))
    costs = {height: _cost_ms(height) for height in SIZES}
    required = [tallies[height, REQUIRED.name] for height in SIZES]
    every = [*tallies.values(), *clips.values()]
    lines = [
        *(
            Gate(f"found, one picture of {height} lines: {REQUIRED.name}", tally.percent, FOUND_PERCENT, "%", True,
                 f"{tally.found} of {tally.tried}; not: {_missed(tally)}")
            for height, tally in zip(SIZES, required, strict=True)
        ),
        Gate("false names in pictures without mark", clean, 0, "", False, f"{tried} pictures"),
        Gate("false names in pictures with another mark", other + sum(tally.wrong for tally in every), 0, "", False,
             f"{tried} pictures under another key, {sum(tally.tried for tally in every)} under this one"),
        Gate("marking 360 lines at 25 a second", costs[360] * 2.5, 10, "% of a core", False,
             f"{costs[360]:.2f} ms a picture; 1080 lines: {costs[1080]:.1f} ms"),
    ]  # fmt: skip
    text = f"""
{gates.table(lines)}
| leak, one picture | {" | ".join(f"{height} lines" for height in SIZES)} |
|---|{"---:|" * len(SIZES)}
{_rows(tallies)}
| {REQUIRED.name}; {CLIP} pictures read as one | {" | ".join(_share(clips[height]) for height in SIZES)} |

By scene, both sizes, "{REQUIRED.name}", one picture: {_scenes(by_scene)}.

| against the same picture without mark | {" | ".join(f"{height} lines" for height in SIZES)} |
|---|{"---:|" * len(SIZES)}
| PSNR of the luma, median and least, dB | {" | ".join(_two(likeness[height], 0) for height in SIZES)} |
| SSIM of the luma, median and least | {" | ".join(_two(likeness[height], 1) for height in SIZES)} |

Machine: {machine()}.

Method: {len(NAMES)} kinds of scenes that the project makes (`bench/leak_scenes.py`), {seeds} of each, {FRAMES}
pictures; marked, encoded as the product delivers (stream: {STREAM}; copy: {COPY}), then leaked (`bench/leaking.py`;
CRF by x264 "medium") and read with a register of {ENTRIES:,} entries. A name is given where chance gives one with a
probability below {FALSE_NAME:g}.
Apart, because no camera gives full black and full white alone: {", ".join(APART)}, of which none was found.
"""
    return Section(text, all(gate.met for gate in lines))


def found(height: int, name: str, seeds: int, whole: int) -> Part:
    """The scenes of one name: the required leak of each, all leaks of the first `whole`."""
    part = Part(height, name)
    for seed in range(seeds):
        plain, marked, key, entry = delivered(name, seed, height)
        part.likeness.append((_psnr(plain[-1], marked[-1]), _ssim(plain[-1], marked[-1])))
        received = encoded(marked, SIZES[height][1], SIZES[height][2])
        for leak in LEAKS if seed < whole else (REQUIRED,):
            spread = leaked(received, leak, np.random.default_rng(seed))
            got = _name([spread[(seed * 3 + 5) % len(spread)]], key)
            part.tallies.setdefault(leak.name, Tally()).add(name, entry, got)
            if leak is REQUIRED and seed < whole:
                part.clip.add(name, entry, _name(spread[:CLIP], key))
    return part


def delivered(name: str, seed: int, height: int, frames: int = FRAMES) -> tuple[list[Luma], list[Luma], bytes, int]:
    """A scene, the same marked, the key and the entry."""
    random = np.random.default_rng([seed, height, *name.encode()])
    key, entry = random.bytes(32), int(random.integers(0, ENTRIES))
    plain = list(scene(name, seed, SIZES[height][0], height, frames))
    embedder = Embedder(key, entry, height, SIZES[height][0])
    return plain, [embedder.mark(luma) for luma in plain], key, entry


def false_names(first: int, count: int) -> tuple[int, int, int]:
    """Pictures tried, names given without a mark, names given under another key than that of the mark."""
    named = [0, 0]
    for number in range(first, first + count):
        random = np.random.default_rng([7, number])
        plain, marked, _, _ = delivered(NAMES[number % len(NAMES)], 1000 + number // len(NAMES), 360, 2)
        mine = random.bytes(32)
        for at, frames in enumerate((plain, marked)):
            spread = leaked(encoded(frames, STREAM, 25), REQUIRED, random)
            named[at] += _name(spread[-1:], mine) is not None
    return count, named[0], named[1]


def _sum(tallies: Sequence[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.tried += tally.tried
        total.found += tally.found
        total.wrong += tally.wrong
        total.missed += tally.missed
    return total


def _name(pictures: Sequence[Luma], key: bytes) -> int | None:
    found = read(pictures, {1: key}, ENTRIES)
    return None if found is None else found.entry


def _cost_ms(height: int) -> float:
    """The median of marking one picture after another."""
    width = SIZES[height][0]
    frames = list(scene("street", 1, width, height, 2))
    embedder, took = Embedder(b"key", 1, height, width), []
    for turn in range(60):
        began = time.process_time()
        embedder.mark(frames[turn % 2])
        took.append(time.process_time() - began)
    return float(np.mean(took[5:])) * 1000


def _psnr(plain: Luma, marked: Luma) -> float:
    error = np.square(plain.astype(float) - marked).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def _ssim(plain: Luma, marked: Luma) -> float:
    """Structural similarity (Wang et al. 2004) in blocks of 8."""
    height, width = (side // 8 * 8 for side in plain.shape)
    left, right = (
        one[:height, :width].astype(float).reshape(height // 8, 8, width // 8, 8).transpose(0, 2, 1, 3).reshape(-1, 64)
        for one in (plain, marked)
    )
    means, spread = (left.mean(1), right.mean(1)), (left.var(1), right.var(1))
    both = ((left - means[0][:, None]) * (right - means[1][:, None])).mean(1)
    light, contrast = 6.5025, 58.5225
    found = (2 * means[0] * means[1] + light) * (2 * both + contrast)
    return float((found / ((means[0] ** 2 + means[1] ** 2 + light) * (spread[0] + spread[1] + contrast))).mean())


def _rows(tallies: dict[tuple[int, str], Tally]) -> str:
    return "\n".join(_row(leak, tallies) for leak in LEAKS)


def _scenes(tallies: dict[str, Tally]) -> str:
    return "; ".join(f"{name} {_share(tally)}" for name, tally in tallies.items())


def _row(leak: Leak, tallies: dict[tuple[int, str], Tally]) -> str:
    return f"| {leak.name} | {' | '.join(_share(tallies[height, leak.name]) for height in SIZES)} |"


def _share(tally: Tally) -> str:
    return f"{tally.found}/{tally.tried}"


def _two(values: list[tuple[float, float]], at: int) -> str:
    ordered = sorted(value[at] for value in values)
    return f"{ordered[len(ordered) // 2]:.3g} / {ordered[0]:.3g}"


def _missed(tally: Tally) -> str:
    return ", ".join(f"{name} {tally.missed.count(name)}" for name in dict.fromkeys(tally.missed)) or "none"
