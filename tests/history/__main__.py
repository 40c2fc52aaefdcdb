"""Judge what lies on a disk: see the package's own words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from history.acts import History
from history.judge import judge
from history.store import Folder


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m history", description=__doc__)
    parser.add_argument("--volume", type=Path, action="append", required=True, help="the root of a volume; repeat it")
    parser.add_argument("--ledger", type=Path, help="the directory of the published ledger")
    parser.add_argument("--catalogue", type=Path, help="the catalogue's file")
    parser.add_argument("--history", type=Path, help="one act a line, as `History(out)` writes it")
    parser.add_argument("--unsettled", action="store_true", help="a crash was the last thing that happened")
    asked = parser.parse_args()
    found = judge(
        History.load(asked.history) if asked.history else History(),
        [Folder(root) for root in asked.volume],
        ledger_files=Folder(asked.ledger) if asked.ledger else None,
        catalogue=asked.catalogue,
        settled=not asked.unsettled,
    )
    for finding in found:
        print(finding)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
