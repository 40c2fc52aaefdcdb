"""What the hidden mark is measured on: scenes that this project makes, none of them a photograph of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mingjian.simulator.places import Place
from mingjian.simulator.scene import Look, Scene, picture

Luma = NDArray[np.uint8]
LOOP = 250

PLACES = tuple(f"simulated {place.value}" for place in Place)
PATTERNS = {
    "test pattern": "testsrc2=s={w}x{h}:r=25",
    "colour bars": "smptehdbars=s={w}x{h}:r=25",
    "gradients": "gradients=s={w}x{h}:r=25:seed={seed}:n=6",
    "fractal": "mandelbrot=s={w}x{h}:r=25:start_scale={scale}",
    "moving rings": "zoneplate=s={w}x{h}:r=25:ku=60:kv=40:kt={seed}",
    "game of life": "life=s=160x90:r=25:ratio=.3:seed={seed},scale={w}:{h}",
}


def scene(name: str, seed: int, width: int, height: int, frames: int) -> Iterator[Luma]:
    """Pictures of a moving scene; the same for the same arguments."""
    random = np.random.default_rng([seed, *name.encode()])
    if name in PATTERNS:
        scale = 3 / 1.8 ** (seed % 12)
        return _filtered(PATTERNS[name].format(w=width, h=height, seed=seed + 1, scale=scale), seed % 40, frames)
    if name in PLACES:
        return _simulated(Place(name.removeprefix("simulated ")), seed, width, height, frames)
    return (np.clip(np.rint(one), 0, 255).astype(np.uint8) for one in DRAWN[name](random, width, height, frames))


def _filtered(source: str, skip: int, frames: int) -> Iterator[Luma]:
    with av.open(source, format="lavfi") as container:
        assert isinstance(container, av.container.InputContainer)
        for number, frame in enumerate(container.decode(video=0)):
            if number >= skip + frames:
                return
            if number >= skip:
                yield frame.reformat(format="gray").to_ndarray()


def _simulated(place: Place, seed: int, width: int, height: int, frames: int) -> Iterator[Luma]:
    look = (Look.NORMAL, Look.MOVED, Look.BLURRED)[seed % 3]
    shown = Scene(place, "东门 01", "East gate 01")
    for number in range(frames):
        made = picture(shown, look, width, height, (seed * 37 + number) % LOOP, 25, LOOP)
        yield np.asarray(made.convert("L"))


def _texture(random: np.random.Generator, width: int, height: int, fall: float) -> NDArray[np.float64]:
    """A field whose strength falls with frequency, as pictures of the world do: 1 foliage, 1.6 a room."""
    down, right = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None]
    frequency = np.hypot(down, right)
    frequency[0, 0] = 1
    waves = random.normal(size=frequency.shape) + 1j * random.normal(size=frequency.shape)
    field = np.fft.irfft2(waves / frequency**fall, (height, width))
    return np.asarray((field - field.mean()) / field.std())


def _panning(fall: float) -> Callable[..., Iterator[NDArray[np.float64]]]:
    def made(random: np.random.Generator, width: int, height: int, frames: int) -> Iterator[NDArray[np.float64]]:
        step = max(1, height // 360)
        world = _texture(random, width + 2 * step * frames, height + step * frames, fall) * 45 + 120
        for number in range(frames):
            down, right = number * step, number * 2 * step
            yield world[down : down + height, right : right + width]

    return made


def _night(random: np.random.Generator, width: int, height: int, frames: int) -> Iterator[NDArray[np.float64]]:
    world = np.clip(_texture(random, width, height, 1.4) * 9 + 26, 3, 255)
    for _ in range(8):
        row, column = random.integers(0, height), random.integers(0, width)
        far = np.hypot(np.arange(height)[:, None] - row, np.arange(width)[None] - column)
        world = world + 180 * np.exp(-far / (height / 25))
    for _ in range(frames):
        yield world + random.normal(size=world.shape) * 4


def _noise(random: np.random.Generator, width: int, height: int, frames: int) -> Iterator[NDArray[np.float64]]:
    for _ in range(frames):
        yield 128 + random.normal(size=(height, width)) * 25


def _objects(random: np.random.Generator, width: int, height: int, frames: int) -> Iterator[NDArray[np.float64]]:
    still = np.full((height, width), 120.0)
    for _ in range(250):
        top, left = random.integers(0, height), random.integers(0, width)
        down, right = random.integers(4, height // 4), random.integers(4, width // 5)
        still[top : top + down, left : left + right] = random.integers(20, 235)
    walkers = random.integers(0, [[width, height]] * 12)
    speeds = random.integers(-9, 10, 12) * height // 360
    for number in range(frames):
        shown = still.copy()
        for (left, top), speed in zip(walkers, speeds, strict=True):
            at = int(left + speed * number) % width
            shown[top : top + height // 6, at : at + height // 14] = 35 + top % 190
        yield shown


def _text(random: np.random.Generator, width: int, height: int, frames: int) -> Iterator[NDArray[np.float64]]:
    page = Image.new("L", (width, height * 2), 235)
    draw, size = ImageDraw.Draw(page), max(10, height // 24)
    font = ImageFont.load_default(size)
    for row in range(0, height * 2, round(size * 1.5)):
        line = "".join(chr(int(one)) for one in random.integers(33, 126, 160))
        draw.text((size, row), line, font=font, fill=30)
    whole = np.asarray(page, np.float64)
    for number in range(frames):
        yield whole[number * 2 : number * 2 + height]


DRAWN: dict[str, Callable[..., Iterator[NDArray[np.float64]]]] = {
    "foliage": _panning(1.0),
    "street": _panning(1.3),
    "room": _panning(1.6),
    "night": _night,
    "sensor noise": _noise,
    "people and edges": _objects,
    "page of text": _text,
}
APART = ("game of life",)
"""Full black and full white alone, as no camera gives it: half of each change is cut off, and no mark is found."""
NAMES = tuple(name for name in (*PLACES, *PATTERNS, *DRAWN) if name not in APART)
