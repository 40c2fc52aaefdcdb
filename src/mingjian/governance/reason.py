"""One reason of a refusal: what the rows of `reasons` are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of a refusal; screens show `text`, `article`, `remedy` in this order."""

    code: str
    text: str
    text_en: str
    remedy: str = ""
    remedy_en: str = ""
    article: str = ""
    """A citation, or one of `matters`: the law in force where it is shown has the citation."""
