"""The `mingjian` command: every failure we name is told in both languages, with its field, article and code."""

from __future__ import annotations

import typer

from mingjian.cli.demo import demo
from mingjian.cli.dev import dev
from mingjian.cli.fsck import fsck
from mingjian.cli.law import law
from mingjian.cli.ledger import ledger
from mingjian.cli.openapi import openapi
from mingjian.cli.selftest import selftest
from mingjian.cli.serve import internal, serve
from mingjian.cli.simulate import simulate
from mingjian.cli.told import run
from mingjian.cli.trace import trace
from mingjian.cli.verify import verify
from mingjian.cli.volume import volume
from mingjian.cli.witness import witness

app = typer.Typer(
    name="mingjian",
    help="明鉴: a public-safety video system that records provably.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.command()(simulate)
app.command()(fsck)
app.command()(selftest)
app.command()(dev)
app.command()(openapi)
app.add_typer(demo, name="demo")
app.command()(witness)
app.command()(verify)
app.command()(trace)
app.add_typer(ledger, name="ledger")
app.add_typer(law, name="law")
app.add_typer(volume, name="volume")
app.add_typer(internal, name="internal")


def main() -> None:
    """Run the command line; exit 1 with text, remedy, code, field and article on a failure we name."""
    run(app)
