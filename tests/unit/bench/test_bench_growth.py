"""The table and the picture of growth tell every step, and a lost frame is shouted."""

from __future__ import annotations

from xml.etree import ElementTree

from bench.growth import picture, report
from bench.kept import Kept
from bench.plot import Chart, svg
from bench.processes import Load
from bench.turns import Run

SVG = "{http://www.w3.org/2000/svg}"


def runs(*, kept: int = 1000) -> list[Run]:
    return [
        Run(
            "mingjian",
            count,
            Load(0.001 * count, 40 + 2.0 * count, 3, 20 + 4 * count),
            Kept(kept, 1000, 1000 - kept, count),
            9,
            0,
        )
        for count in (1, 10, 100, 300)
    ]


def test_every_step_has_its_row() -> None:
    text = report(runs(), 40)
    assert "| 300 | 30.0% | 0.100% | 640 | 2.13 | 3 | 1220 | 9 | 0 of 1000 |" in text
    assert "**300 times the cameras take 300 times the CPU, 15.2 times the memory" in text
    assert "no frame was lost" in text
    assert "../pictures/growth.svg" in text


def test_lost_frames_are_shouted() -> None:
    assert "8 FRAMES WERE LOST" in report(runs(kept=998), 40)


def test_the_picture_shows_every_figure_at_every_step() -> None:
    drawing = ElementTree.fromstring(picture(runs()))
    words = [text.text for text in drawing.iter(f"{SVG}text")]
    assert len(list(drawing.iter(f"{SVG}circle"))) == 3 * 4
    assert {"CPU, % of one core", "memory, MiB", "open files", "30%", "640", "1220"} <= set(words)


def test_more_is_further_right_and_higher_and_all_is_inside() -> None:
    drawing = ElementTree.fromstring(svg([Chart("a < b", [(1, 0.2), (10, 3), (300, 90)])], "cameras"))
    places = [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in drawing.iter(f"{SVG}circle")]
    assert places == sorted(places)
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert all(0 <= x <= 260 and 0 <= y <= 220 for x, y in places)


def test_a_single_point_can_be_drawn() -> None:
    assert "<circle" in svg([Chart("one", [(1, 10)])], "cameras")
