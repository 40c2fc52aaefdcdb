"""How every `mingjian` process ends on a failure we name: in both languages, with code, field and article; status 1."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from mingjian.kernel.errors import MingjianError
from mingjian.law.citation import is_citation


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> None:
    """Run a command line (that of the process where none is given)."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except MingjianError as error:
        article = error.article if is_citation(error.article) else ""
        about = " ".join(word for word in (error.code, error.field, article) if word)
        for line in dict.fromkeys((error.text, error.text_en, error.remedy, error.remedy_en, f"[{about}]")):
            if line:
                typer.echo(line, err=True)
        sys.exit(1)
