"""One running installation for all these tests: each judges only what happened after it began."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from installation import Installation, running

CAMERAS = 5
"""One for each camera fault, and one without."""


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Recording, on two recorders."""
    with running(tmp_path_factory.mktemp("installation"), cameras=CAMERAS, factory=tmp_path_factory) as found:
        yield found
