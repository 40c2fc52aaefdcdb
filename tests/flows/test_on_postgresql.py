"""The flows that lean most on the database, once more over PostgreSQL: the same tests with another `world`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from test_attacks_words import test_c7_sql_in_any_text_of_a_list_or_a_form_is_that_text_and_nothing_else
from test_filing_removal import (
    test_A15_a_notice_nine_days_ahead_is_received_marked_and_found,
    test_A16_3_a_change_needs_a_recorded_decision_and_N14_a_filing_of_it,
)
from test_map import test_A4_another_organ_sees_the_number_of_a_camera_on_record_without_its_name_and_a_stranger_nothing
from test_web_workbench import (
    test_a_request_waits_for_the_approver_and_is_the_officers_own,
    test_what_is_overdue_stands_first_and_longest_first_and_no_term_last,
)

from filing_world import Hotel
from postgres import Cluster, cluster
from web_world import World

__all__ = [
    "test_A4_another_organ_sees_the_number_of_a_camera_on_record_without_its_name_and_a_stranger_nothing",
    "test_A15_a_notice_nine_days_ahead_is_received_marked_and_found",
    "test_A16_3_a_change_needs_a_recorded_decision_and_N14_a_filing_of_it",
    "test_a_request_waits_for_the_approver_and_is_the_officers_own",
    "test_c7_sql_in_any_text_of_a_list_or_a_form_is_that_text_and_nothing_else",
    "test_what_is_overdue_stands_first_and_longest_first_and_no_term_last",
]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, postgresql: Cluster) -> Iterator[World]:
    with postgresql.database() as url:
        world = World(tmp_path, county=True, database=url)
        yield world
        world.close()


@pytest.fixture
def make(tmp_path: Path, postgresql: Cluster) -> Iterator[Callable[..., Hotel]]:
    with ExitStack() as used:

        def one(*instruments: str) -> Hotel:
            url = used.enter_context(postgresql.database())
            hotel = Hotel.built(tmp_path / url.rpartition("?")[0][-9:].replace("/", "-"), *instruments, database=url)
            used.callback(hotel.world.close)
            return hotel

        yield one
