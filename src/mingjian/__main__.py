"""`python -m mingjian` is the `mingjian` command."""

from mingjian.cli.main import app

app()
