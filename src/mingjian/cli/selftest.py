"""`mingjian selftest`: the whole main job on a throw-away directory, each step seen to hold, in about a minute.

Real processes, real sockets, real files: the installation runs as `mingjian serve` would, users come over HTTP and
WebSocket, and the package is judged by the stand-alone verifier in a Python of its own.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.demo import prepare_demo, witness_arguments
from mingjian.cli.selftest_cameras import STOP_S, simulated, specs
from mingjian.cli.selftest_client import Account, free_port
from mingjian.cli.selftest_steps import STEPS, Selftest
from mingjian.cli.serve import UNTIL_INPUT_ENDS
from mingjian.kernel.clock import SECOND_NS


def selftest(
    keep: bool = typer.Option(False, help="Keep the directory and print its path."),
) -> None:
    """Run every step; exit status 0 only when all hold. The last line says `selftest: N of N`."""
    clock = SystemClock()
    started = clock.monotonic_ns()
    held = 0
    with (
        directory(keep=keep) as name,
        simulated(specs(), Path(name) / "loops") as sites,
    ):
        root = Path(name) / "data"
        port, witness_port = free_port(), free_port()
        printed = prepare_demo(root, port=port, witness_port=witness_port, cameras=sites.on_record())
        accounts = {a.name: Account(a.name, a.password, a.totp_uri) for a in printed}
        with (
            process("serve", "--data", str(root)),
            process(*witness_arguments(root, witness_port)),
        ):
            run = Selftest(f"http://127.0.0.1:{port}", root, accounts, clock)
            for number, step in enumerate(STEPS, 1):
                try:
                    figure = step(run)
                except Exception as failure:  # noqa: BLE001 - whatever goes wrong is this step's failure, and is told
                    typer.echo(f"{number:>2} ✗ {summary(step)}: {failure!r}")
                    if keep:
                        typer.echo(f"   {root}")
                    break
                held += 1
                typer.echo(f"{number:>2} ✓ {summary(step)}: {figure}")
            run.close()
    seconds = (clock.monotonic_ns() - started) / SECOND_NS
    typer.echo(f"   {seconds:.0f} s")
    typer.echo(f"selftest: {held} of {len(STEPS)}")
    if held != len(STEPS):
        raise typer.Exit(1)


@contextlib.contextmanager
def directory(*, keep: bool) -> Iterator[str]:
    """A fresh directory, deleted at the end unless it is to be looked at."""
    name = tempfile.mkdtemp(prefix="mingjian-selftest-")
    try:
        yield name
    finally:
        if not keep:
            shutil.rmtree(name, ignore_errors=True)


def summary(step: object) -> str:
    """The first line of a step's docstring: what it shows."""
    return (step.__doc__ or "").strip().splitlines()[0].rstrip(".")


@contextlib.contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `mingjian` process that ends with the block, and with this process if that is killed."""
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        [sys.executable, "-m", "mingjian", *arguments, UNTIL_INPUT_ENDS],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as running:
        try:
            yield running
        finally:
            running.terminate()
            try:
                running.wait(STOP_S)
            except subprocess.TimeoutExpired:
                running.kill()
