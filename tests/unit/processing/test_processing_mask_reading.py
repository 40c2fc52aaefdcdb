"""What is read off pictures inside a mask and outside; a mask in the picture is told from a picture without."""

from __future__ import annotations

from PIL import Image, ImageDraw

from mingjian.kernel.clock import UtcNs
from mingjian.processing.mask_reading import readings

AREA = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def scene(number: int, *, masked: bool) -> Image.Image:
    """Stripes that walk; a black rectangle over the middle where the camera masks it."""
    picture = Image.new("RGB", (320, 240))
    draw = ImageDraw.Draw(picture)
    for left in range(-40 + number * 7 % 40, 320, 40):
        draw.rectangle((left, 0, left + 19, 240), fill=(220, 220, 220))
    if masked:
        draw.rectangle((80, 60, 240, 180), fill=(16, 16, 16))
    return picture


def walk(*, masked: bool) -> list[tuple[UtcNs, Image.Image]]:
    return [(UtcNs(number), scene(number, masked=masked)) for number in range(4)]


def test_a_masked_area_reads_as_one_colour_that_does_not_change() -> None:
    (rows,) = readings(walk(masked=True), [AREA])
    assert all(row.spread < 0.5 and row.change < 0.5 for row in rows)
    assert all(row.change_outside > 20 for row in rows[1:])
    assert [row.at for row in rows] == [0, 1, 2, 3]


def test_what_is_seen_there_shows_as_spread_and_change() -> None:
    (rows,) = readings(walk(masked=False), [AREA])
    assert all(row.spread > 50 for row in rows)
    assert all(row.change > 20 for row in rows[1:])


def test_each_area_is_read_apart_and_the_outside_is_outside_of_all() -> None:
    other = ((0.0, 0.0), (0.2, 0.0), (0.2, 1.0), (0.0, 1.0))
    masked, bare = readings(walk(masked=True), [AREA, other])
    assert masked[0].spread < 0.5
    assert bare[0].spread > 50
    (alone,) = readings(
        [(UtcNs(at), Image.new("L", (64, 64), 10 * at)) for at in range(3)], [((0, 0), (1, 0), (1, 1), (0, 1))]
    )
    assert [row.change_outside for row in alone] == [0, 0, 0], "a mask over all leaves no outside"


def test_an_area_without_an_inside_counts_as_visible() -> None:
    (rows,) = readings(walk(masked=True), [((0.5, 0.5), (0.51, 0.5), (0.51, 0.51))])
    assert all(row.spread == 255 for row in rows)
    assert readings([], [AREA]) == [[]]
