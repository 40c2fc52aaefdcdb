"""C16: what a header says of the asker counts only as far as our own proxies wrote it."""

from __future__ import annotations

import pytest

from mingjian.web.proxies import HOPS_MOST, client_address, networks

TRUSTED = networks("10.0.0.5, 10.1.0.0/24,2001:db8::5")


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("192.0.2.7", ["198.51.100.1"], "192.0.2.7"),  # no proxy of ours: anyone may write the header
        ("10.0.0.5", ["192.0.2.7"], "192.0.2.7"),
        ("10.0.0.5", ["198.51.100.1, 192.0.2.7"], "192.0.2.7"),  # the left one was written by the asker
        ("10.0.0.5", ["198.51.100.1, 192.0.2.7, 10.1.0.9"], "192.0.2.7"),  # two proxies in a row
        ("10.0.0.5", ["198.51.100.1", "192.0.2.7"], "192.0.2.7"),  # several lines are one list
        ("10.0.0.5", ["192.0.2.7, 10.0.0.5, 198.51.100.1"], "198.51.100.1"),  # our own address, forged
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["unknown"], "10.0.0.5"),
        ("10.0.0.5", ["192.0.2.7, _hidden, 10.1.0.9"], "10.1.0.9"),
        ("10.0.0.5", ["192.0.2.7\r\n, "], "10.0.0.5"),
        ("2001:db8::5", ["2001:DB8:0::0007"], "2001:db8::7"),  # one address has one spelling
        ("::ffff:10.0.0.5", ["::ffff:192.0.2.7"], "192.0.2.7"),
        ("unknown", ["192.0.2.7"], "unknown"),
    ],
)
def test_C16_the_asker_is_whom_the_nearest_trusted_proxy_saw(peer: str, forwarded: list[str], found: str) -> None:
    assert client_address(peer, forwarded, TRUSTED) == found


def test_C16_nobody_is_trusted_by_default() -> None:
    assert client_address("10.0.0.5", ["192.0.2.7"], networks("")) == "10.0.0.5"


def test_a_list_longer_than_any_row_of_proxies_is_not_searched() -> None:
    forged = ", ".join(["192.0.2.7", *["10.0.0.5"] * HOPS_MOST])
    assert client_address("10.0.0.5", [forged], TRUSTED) == "10.0.0.5"


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/33", "10.0.0.1/24", "10.0.0.1 10.0.0.2"])
def test_what_is_no_address_is_no_setting(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        networks(text)
