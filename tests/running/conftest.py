"""One running installation for all these tests: each judges only what happened after it began."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from authority_server import served
from installation import Installation, running
from vectors.build_vectors import AUTHORITY

CAMERAS = 5
"""One for each camera fault, and one without."""


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Recording, on two recorders, with a time-stamping authority."""
    with served(lambda query: (200, AUTHORITY.answer(query))) as address:
        more = f'timestamp_url = "{address}"\ntimestamp_certificates = """\n{AUTHORITY.certificate}"""\n'
        base, loops = tmp_path_factory.mktemp("installation"), tmp_path_factory.getbasetemp() / "loops"
        with running(base, cameras=CAMERAS, loops=loops, more=more) as found:
            yield found
