"""A filled sheet of every form: each field holds its own name, so that a test can ask where it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from mingjian.governance import forms
from mingjian.governance.documents import Document, Language, Picture
from mingjian.kernel.clock import SECOND_NS, UtcNs

ISSUED = UtcNs(1_767_225_600 * SECOND_NS)
PICTURE = "a" * 64
LINES: dict[str, Any] = {
    "CameraCount": forms.CameraCount,
    "PartyLine": forms.PartyLine,
    "PaperLine": forms.PaperLine,
    "CheckLine": forms.CheckLine,
    "MemberLine": forms.MemberLine,
    "OfficerLine": forms.OfficerLine,
    "ChangeLine": forms.ChangeLine,
    "RemovedCamera": forms.RemovedCamera,
    "PresentOfficer": forms.PresentOfficer,
    "ShownPaper": forms.ShownPaper,
    "SeenCamera": forms.SeenCamera,
    "CarrierLine": forms.CarrierLine,
    "Picture": Picture,
}
FORMS: dict[str, tuple[Any, Callable[[Any, Language], Document]]] = {
    "filing": (forms.FilingSheet, forms.filing_form),
    "receipt": (forms.ReceiptSheet, forms.receipt),
    "acceptance": (forms.AcceptanceSheet, forms.acceptance_sheet),
    "site-visit": (forms.SiteVisitSheet, forms.visit_record),
    "change-filing": (forms.ChangeSheet, forms.change_form),
    "removal-notice": (forms.RemovalSheet, forms.removal_notice),
    "register": (forms.RegisterSheet, forms.register_form),
}


def word(*names: str) -> str:
    """The value of a field: Chinese and without spaces, as a form's values are, and like no other field's."""
    return "值" + "".join(name.replace("_", "") for name in names)


def filled(sheet: Any) -> Any:
    """A sheet with every field filled, each list with two lines."""
    values: dict[str, Any] = {}
    for field in fields(sheet):
        line = next((kind for name, kind in LINES.items() if f"[{name}," in str(field.type)), None)
        if field.name == "issued":
            values[field.name] = ISSUED
        elif line is Picture:
            values[field.name] = (Picture(PICTURE, word("caption"), word("alt")),)
        elif line is not None:
            values[field.name] = tuple(
                line(**{part.name: word(field.name, part.name, str(number)) for part in fields(line)})
                for number in (1, 2)
            )
        else:
            values[field.name] = word(field.name)
    return sheet(**values)


def words(sheet: Any) -> set[str]:
    """Everything that was filled in and has to stand on the paper."""
    found: set[str] = set()
    for field in fields(sheet):
        value = getattr(sheet, field.name)
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, tuple):
            found |= {
                getattr(line, part.name)
                for line in value
                for part in fields(line)
                if part.name not in ("attachment", "alt")
            }
    return found
