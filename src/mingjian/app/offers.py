"""What may be done next with an object, as the procedure's table has it, and why not where it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from mingjian.governance.authority import Act
from mingjian.governance.reasons import Reason
from mingjian.kernel.errors import MingjianError, Missing, Refused


@dataclass(frozen=True, slots=True)
class Offer:
    """One lawful step: open to the asker, or closed to him for a reason."""

    step: str
    act: Act
    refused: Reason | None = None


def offered(
    rows: Iterable[tuple[str, Act]], permit: Callable[[Act], object], *, held: Mapping[str, Reason] | None = None
) -> tuple[Offer, ...]:
    """The steps of `rows` in their order. `permit` decides an act as the act itself will, and raises as it would.

    `held` says what stands in the way of a step beside the asker's rights (a paper that lacks, a day not reached);
    a missing right is told first.
    """
    return tuple(Offer(step, act, _refusal(permit, act) or (held or {}).get(step)) for step, act in rows)


def _refusal(permit: Callable[[Act], object], act: Act) -> Reason | None:
    try:
        permit(act)
    except (Refused, Missing) as why:
        return _reason(why)
    return None


def _reason(why: MingjianError) -> Reason:
    return Reason(why.code, why.text, why.text_en, why.remedy, why.remedy_en, why.article)
