"""The lines that a figure must reach, and how the report tells whether it does. A miss is never hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gate:
    """One line and what was measured; `measured` is None where that was not possible, and `detail` says why."""

    name: str
    measured: float | None
    limit: float
    unit: str = ""
    at_least: bool = False
    detail: str = ""

    @property
    def met(self) -> bool:
        """Not measured is not met."""
        if self.measured is None:
            return False
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def table(gates: Sequence[Gate]) -> str:
    """Markdown: how many are met, then each."""
    rows = "\n".join(
        f"| {gate.name} | {_figure(gate.measured, gate.unit)} | {'≥' if gate.at_least else '≤'} "
        f"{_figure(gate.limit, gate.unit)} | {'met' if gate.met else 'MISSED'} | {gate.detail} |"
        for gate in gates
    )
    return f"""**{sum(gate.met for gate in gates)} of {len(gates)} gates met.**

| gate | measured | line | | |
|---|---:|---:|---|---|
{rows}
"""


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "not measured"
    digits = f"{value:.0f}" if value == round(value) else f"{value:.3g}"
    return f"{digits}{'' if unit in ('', '%') else ' '}{unit}"
