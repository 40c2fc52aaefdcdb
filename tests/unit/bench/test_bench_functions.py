"""The dearest of our functions are told by their own time, waiting left out, each by where it stands."""

from __future__ import annotations

from typing import Any

from bench.functions import OWN, SHOWN, dearest, table

RECEIVE, PARSE = (f"{OWN}wire/rtsp.py", 10, "receive_data"), (f"{OWN}wire/rtsp.py", 90, "_parse")


def spent(own_s: float, **by: float) -> tuple[int, int, float, float, dict[tuple[str, int, str], Any]]:
    callers = {{"receive": RECEIVE, "parse": PARSE}[name]: (1, 1, inside_s, inside_s) for name, inside_s in by.items()}
    return 1, 1, own_s, own_s * 2, callers


def test_a_function_has_the_time_of_its_builtins_and_waiting_is_nobodys() -> None:
    stats = {
        RECEIVE: spent(2),
        PARSE: spent(1),
        ("~", 0, "<method 'join' of 'bytes' objects>"): spent(5, receive=4, parse=1),
        ("~", 0, "<built-in method time.sleep>"): spent(90, receive=90),
        ("/usr/lib/python3.11/selectors.py", 5, "select"): spent(7),
        (f"{OWN}wire/rtsp.py", 1, "<module>"): spent(7),
    }
    assert dearest(stats) == [("wire/rtsp.py receive_data", 0.75), ("wire/rtsp.py _parse", 0.25)]
    assert dearest({}) == []


def test_only_the_dearest_are_shown() -> None:
    stats = {(f"{OWN}a.py", number, f"f{number}"): spent(number) for number in range(1, SHOWN + 5)}
    found = dearest(stats)
    assert len(found) == SHOWN
    assert found[0][0] == f"a.py f{SHOWN + 4}"


def test_a_turn_that_was_left_out_leaves_no_table() -> None:
    assert table([]) == ""
    assert "| `a.py f` | 12.5% |" in table([("a.py f", 0.125)])
