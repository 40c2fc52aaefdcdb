"""The bar tells the truth within 5 %, whatever the machine and whatever the package is made of."""

from __future__ import annotations

from itertools import pairwise

import pytest

from mingjian.kernel.clock import SECOND_NS
from mingjian.processing.package_progress import PackageProgress, Progress, Work

MIB = 1 << 20
TICK_NS = SECOND_NS // 4
MEDIA = {Work.COPY: 4096 * MIB, Work.VERIFY: 4096 * MIB, Work.HASH: 4096 * MIB}
PICTURES = {Work.PICTURES: 40_000 * 1920 * 1080}


def run(expected: dict[Work, int], cost: dict[Work, float]) -> list[tuple[float, Progress]]:
    """The true share of the time and what was told, each quarter of a second on a machine of these costs."""
    progress, now = PackageProgress(dict(expected), 0), 0
    whole = sum(units * cost[work] for work, units in expected.items())
    told = [(0.0, progress.now())]
    for work in Work:
        left = expected.get(work, 0)
        while left:
            units = min(left, max(1, round(TICK_NS / cost[work])))
            now += round(units * cost[work])
            left -= units
            told.append((now / whole, progress.did(work, units, now)))
    return told


def machine(slower: float, pictures: float = 1.0) -> dict[Work, float]:
    return {work: work.value * slower * (pictures if work is Work.PICTURES else 1) for work in Work}


@pytest.mark.parametrize("expected", [MEDIA, MEDIA | PICTURES], ids=["no copies", "copies"])
@pytest.mark.parametrize("slower", [0.3, 1.0, 5.0])
def test_it_is_true_on_slow_and_fast_machines(expected: dict[Work, int], slower: float) -> None:
    told = run(expected, machine(slower))
    assert all(abs(now.share - true) <= 0.05 for true, now in told)
    assert [now.share for _, now in told] == sorted(now.share for _, now in told)
    assert told[-1][1].share == 1


@pytest.mark.parametrize("pictures", [0.7, 1.4])
def test_it_corrects_itself_where_pictures_are_dearer_or_cheaper_than_usual(pictures: float) -> None:
    told = run(MEDIA | PICTURES, machine(1.0, pictures))
    assert all(abs(now.share - true) <= 0.05 for true, now in told)


def test_the_rest_of_the_time_is_true_once_a_kind_was_measured() -> None:
    told = run(MEDIA, machine(5.0))
    whole_ns = sum(units * work.value * 5 for work, units in MEDIA.items())
    for true, now in told[5:]:
        assert now.left_ns == pytest.approx(whole_ns * (1 - true), abs=0.05 * whole_ns)


def test_the_bar_moves_on_though_the_work_proves_longer_than_it_seemed() -> None:
    """A machine that becomes three times as slow half way: each quarter of a second shows, and the end is the end."""
    progress, now, shares = PackageProgress(dict(MEDIA), 0), 0, [0.0]
    for work in (Work.COPY, Work.VERIFY, Work.HASH):
        slower = 1 if work is Work.COPY else 3
        for _ in range(64):
            units = MEDIA[work] // 64
            now += round(units * work.value * slower)
            shares.append(progress.did(work, units, now).share)
    assert all(before < after for before, after in pairwise(shares))
    assert shares[-1] == 1


def test_what_an_earlier_build_did_is_done_and_costs_no_time_now() -> None:
    progress = PackageProgress(dict(MEDIA), 0)
    progress.kept(Work.COPY, MEDIA[Work.COPY])
    usual = [MEDIA[work] * work.value for work in (Work.COPY, Work.VERIFY, Work.HASH)]
    assert progress.now().share == pytest.approx(usual[0] / sum(usual), abs=0.01)
    half = progress.did(Work.VERIFY, MEDIA[Work.VERIFY] // 2, round(usual[1] / 2))
    assert half.left_ns == pytest.approx(usual[1] / 2 + usual[2], rel=0.01)
