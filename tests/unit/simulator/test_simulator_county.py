"""The cameras of a bench."""

from __future__ import annotations

from mingjian.kernel.clock import SECOND_NS
from mingjian.simulator.county import BENCH_PHASES, bench


def test_the_cameras_of_a_bench_begin_their_groups_of_pictures_one_after_the_other() -> None:
    specs = bench(100)
    gop_ns = specs[0].main.gop * SECOND_NS // specs[0].main.fps
    keys_ns = sorted({spec.phase_ns % gop_ns for spec in specs})
    assert len(keys_ns) == BENCH_PHASES
    apart = [after - before for before, after in zip(keys_ns, [*keys_ns[1:], keys_ns[0] + gop_ns], strict=True)]
    assert max(apart) < 2 * gop_ns // BENCH_PHASES
