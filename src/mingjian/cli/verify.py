"""`mingjian verify`: runs exactly the stand-alone verifier, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer


def verify(
    package: Annotated[Path, typer.Argument(help="证据包 / evidence package (zip)")],
    trust: Annotated[Path | None, typer.Option(help="信任锚文件，取自包外 / trust anchors from outside")] = None,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / print the report as JSON")] = False,
) -> None:
    """Verify an evidence package. Exit status 0 VERIFIED, 1 NOT VERIFIED, 2 VERIFIED WITH GAPS, 3 CANNOT DECIDE."""
    arguments = [str(package.absolute())]
    if trust is not None:
        arguments += ["--trust", str(trust.absolute())]
    if json:
        arguments.append("--json")
    with resources.as_file(resources.files("mingjian.audit") / "verify.py") as program:
        done = subprocess.run([sys.executable, "-I", str(program), *arguments], check=False)  # noqa: S603 - our own file
    raise typer.Exit(done.returncode)
