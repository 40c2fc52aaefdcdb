"""What input and output models share: unknown fields are refused, times are UTC milliseconds."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mingjian.kernel.clock import UtcNs
from mingjian.kernel.errors import Invalid
from mingjian.kernel.period import Period

MS_NS = 1_000_000
LATEST_MS = 4_102_444_800_000
"""The year 2100: a larger number is a mistaken unit."""

INDEX_MAX = 2**53 - 1
"""The largest integer that a browser's Number holds exactly; a database holds more, and no ledger reaches it."""

Milliseconds = Annotated[int, Field(ge=0, le=LATEST_MS)]
Index = Annotated[int, Field(ge=0, le=INDEX_MAX)]
Text = Annotated[str, Field(max_length=20_000)]
"""Bounded here only against floods; the acts say how long each text may be."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(text: object) -> date:
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("a day is written YYYY-MM-DD, a number is none")
    return date.fromisoformat(text)


Day = Annotated[date, BeforeValidator(_day), Field(ge=date(1949, 10, 1), le=date(2100, 1, 1))]
"""A legal day as `2026-11-25`; a year outside is a slip of the key."""
Secret = Annotated[str, Field(max_length=512)]


class Form(BaseModel):
    """Input of a route. A field nobody asked for is refused, so that none can be smuggled into a record."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def instant(ms: int) -> UtcNs:
    """UTC milliseconds as an instant."""
    return UtcNs(ms * MS_NS)


def instant_or_none(ms: int | None) -> UtcNs | None:
    """As `instant`, for a bound that may be left out."""
    return instant(ms) if ms is not None else None


def milliseconds(at: UtcNs | None) -> int | None:
    """An instant as UTC milliseconds."""
    return at // MS_NS if at is not None else None


class WithinPeriod(Form):
    """A form that may name a period inside a larger one: both ends, or neither for the whole."""

    start_ms: Milliseconds | None = None
    end_ms: Milliseconds | None = None

    def footage(self) -> Period | None:
        """The period named; None for the whole. Raises Invalid for one end alone: it is never taken as the whole."""
        if self.start_ms is None and self.end_ms is None:
            return None
        if self.start_ms is None or self.end_ms is None:
            raise Invalid(
                "period.one-end",
                "时间段只写了开始、结束中的一项",
                text_en="The period has only one of its two ends",
                remedy="开始和结束都写；不限定时间段的，两项都不写",
                remedy_en="Give both the start and the end, or neither for the whole period",
                field="start_ms" if self.start_ms is None else "end_ms",
            )
        return period(self.start_ms, self.end_ms)


def period(start_ms: int, end_ms: int) -> Period:
    """A period of footage. Raises Invalid when it ends before it starts."""
    if end_ms <= start_ms:
        raise Invalid(
            "period.order",
            "结束时间须晚于开始时间",
            text_en="The end must be after the start",
            field="end_ms",
        )
    return Period(instant(start_ms), instant(end_ms))
