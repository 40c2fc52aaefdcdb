"""`python -m mingjian` is the `mingjian` command."""

from mingjian.cli.main import main

main()
