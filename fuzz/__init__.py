"""Coverage-guided fuzzing of every parser of outside bytes.

`python -m fuzz` runs the harnesses of `fuzz.table` in turn. A harness states its parser's promise as a property: only
the documented error family escapes, the work stays bounded, and what can be written again reads the same.
"""

import sys
from pathlib import Path

# Seeds are made by the same small worlds that the tests use: clips, evidence packages.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
