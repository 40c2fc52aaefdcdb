"""`mingjian verify`: runs exactly the stand-alone verifier, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mingjian.processing.package_verify import verifier_program


def verify(
    package: Annotated[Path, typer.Argument(help="证据包或者封装包 / evidence package, plain or sealed")],
    trust: Annotated[Path | None, typer.Option(help="信任锚文件，取自包外 / trust anchors from outside")] = None,
    share: Annotated[list[str] | None, typer.Option(help="密钥份额或者存有份额的文件，给两次 / a share, twice")] = None,
    out: Annotated[Path | None, typer.Option(help="打开后的证据包存到此处 / keep the opened package here")] = None,
    json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 / print the report as JSON")] = False,
) -> None:
    """Verify an evidence package. Exit status 0 VERIFIED, 1 NOT VERIFIED, 2 VERIFIED WITH GAPS, 3 CANNOT DECIDE."""
    arguments = [str(package.absolute())]
    if trust is not None:
        arguments += ["--trust", str(trust.absolute())]
    for one in share or ():
        arguments += ["--share", str(Path(one).absolute()) if Path(one).is_file() else one]
    if out is not None:
        arguments += ["--out", str(out.absolute())]
    if json:
        arguments.append("--json")
    with verifier_program() as program:
        done = subprocess.run([sys.executable, "-I", str(program), *arguments], check=False)  # noqa: S603 - our own file
    raise typer.Exit(done.returncode)
