"""The port through which papers and signs come out as files."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from mingjian.governance.documents import Attachments, Document, Paper, Sign


class SignFormat(StrEnum):
    """How a sign is handed out: for paper, or for a sign maker."""

    PDF = "pdf"
    SVG = "svg"


class Printer(Protocol):
    """Prints. Bounded in text, pictures, pages, memory and time."""

    def pdf(self, document: Document, attachments: Attachments = ..., /) -> bytes:
        """A tagged PDF for keeping (PDF/A-2b, PDF/UA-1), A4, each page with its number and that of the paper.

        Equal documents give equal bytes. Raises Invalid `print.glyph` naming character and field where no font on this
        machine has it, Invalid `print.*` for what is too large or a picture that cannot be read, and LocalError where
        printing itself fails.
        """
        ...

    def sign(self, sign: Sign, paper: Paper, form: SignFormat, /) -> bytes:
        """One sheet with the QR code at least 30 mm wide. In SVG every letter is an outline: it needs no font."""
        ...
