"""The databases that the contracts of the stores are held to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postgres import Cluster, cluster

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a migrated database; empty: an SQLite file of the test's own."""
    yield from _one(request, "migrated")


@pytest.fixture(params=DATABASES)
def empty_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """As `database`, without a table."""
    yield from _one(request, "empty")


def _one(request: pytest.FixtureRequest, what: str) -> Iterator[str]:
    if request.param == "sqlite":
        yield ""
        return
    running: Cluster = request.getfixturevalue("postgresql")
    with running.database(migrated=what == "migrated") as url:
        yield url
