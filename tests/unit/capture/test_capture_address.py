"""Addresses: what is refused says which field and why; credentials show nowhere; redirects stay at home."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mingjian.capture.address import CameraAddress, Secret
from mingjian.kernel.errors import Invalid, Refused

GOOD = "rtsp://192.0.2.10:8554/Streaming/Channels/101?a=1"


@pytest.mark.parametrize(
    ("url", "host", "port", "secure"),
    [
        (GOOD, "192.0.2.10", 8554, False),
        ("rtsp://camera-1.example/", "camera-1.example", 554, False),
        ("rtsps://[2001:db8::1]/x", "2001:db8::1", 322, True),
        (" rtsp://h ", "h", 554, False),
    ],
)
def test_good_addresses(url: str, host: str, port: int, secure: bool) -> None:
    address = CameraAddress.parse(url)
    assert (address.host, address.port, address.secure) == (host, port, secure)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "camera.url-empty"),
        ("rtsp://h/" + "a" * 3000, "camera.url-too-long"),
        ("rtsp://h/a b", "camera.url-characters"),
        ("rtsp://h/\r\nEvil: 1", "camera.url-characters"),
        ("rtsp://摄像机/1", "camera.url-characters"),
        ("192.0.2.10:554/1", "camera.url-scheme"),
        ("http://h/", "camera.url-scheme"),
        ("file:///etc/passwd", "camera.url-scheme"),
        ("-rtsp://h/", "camera.url-scheme"),
        ("rtsp://admin:secret@h/", "camera.url-credentials"),
        ("rtsp://h@evil/", "camera.url-credentials"),
        ("rtsp://h/user=admin&password=secret&channel=1", "camera.url-credentials"),
        ("rtsp:///x", "camera.url-host"),
        ("rtsp://2130706433/", "camera.url-host"),
        ("rtsp://0x7f000001/", "camera.url-host"),
        ("rtsp://127.1/", "camera.url-host"),
        ("rtsp://a_b..c/", "camera.url-host"),
        ("rtsp://h:0/", "camera.url-port"),
        ("rtsp://h:/", "camera.url-port"),
        ("rtsp://h:99999/", "camera.url-malformed"),
        ("rtsp://h:abc/", "camera.url-malformed"),
        ("rtsp://[::1/", "camera.url-malformed"),
    ],
)
def test_bad_addresses_name_the_field_and_repeat_nothing(url: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        CameraAddress.parse(url)
    assert (caught.value.code, caught.value.field) == (code, "url")
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"transport": "http"}, "transport"),
        ({"engine": "vlc"}, "engine"),
        ({"user": "a:b"}, "user"),
        ({"user": "a\r\n"}, "user"),
        ({"password": "x" * 257}, "password"),
        ({"tls_sha256": "abc"}, "tls_sha256"),
        ({"tls_sha256": "ab" * 32}, "tls_sha256"),
        ({"url": "rtsps://h/", "transport": "udp"}, "transport"),
        ({"allowed_hosts": ["rtsp://h/"]}, "redirect_hosts"),
        ({"allowed_hosts": ["h:554"]}, "redirect_hosts"),
        ({"allowed_hosts": ["10.1"]}, "redirect_hosts"),
        ({"allowed_hosts": ["a b"]}, "redirect_hosts"),
        ({"allowed_hosts": ["169.254.169.254"]}, "redirect_hosts"),
        ({"allowed_hosts": ["0.0.0.0"]}, "redirect_hosts"),
    ],
)
def test_other_fields(change: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        CameraAddress.parse(**{"url": GOOD, **change})  # type: ignore[arg-type]  # a table of single fields
    assert caught.value.field == field
    assert caught.value.remedy
    assert caught.value.text_en
    assert caught.value.remedy_en


def test_a_fingerprint_is_read_however_it_was_copied() -> None:
    colons = ":".join(["AB"] * 32)
    for text in (colons, f" {colons.lower()} ", "ab" * 32, "AB " * 32):
        assert CameraAddress.parse("RTSPS://h/", tls_sha256=text).tls_sha256 == "ab" * 32


def test_nobody_sees_a_password() -> None:
    address = CameraAddress.parse(GOOD, user="admin", password="hunter2")
    for shown in (repr(address), str(address), repr(address.password), f"{address.password}"):
        assert "hunter2" not in shown
    assert address.password.reveal() == "hunter2"
    assert address.password == Secret("hunter2")
    assert address.password != Secret("other")


def test_redirects_go_only_where_the_record_allows() -> None:
    address = CameraAddress.parse("rtsps://nvr/1", user="u", password="p", allowed_hosts=["192.0.2.7"])
    there = address.redirected("rtsps://192.0.2.7:9000/2")
    assert (there.host, there.port, there.user) == ("192.0.2.7", 9000, "u")
    assert address.redirected("rtsps://nvr/3").url == "rtsps://nvr/3"
    hosts = ["[2001:DB8::1]", " NVR-2 ", ""]
    assert CameraAddress.parse("rtsp://nvr/1", allowed_hosts=hosts).allowed_hosts == {"2001:db8::1", "nvr-2"}
    for location in ("rtsps://10.0.0.1/", "rtsp://nvr/1", "http://nvr/", "", "rtsps://u:p@nvr/"):
        with pytest.raises(Refused) as caught:
            address.redirected(location)
        assert caught.value.code == "capture.redirect-refused"


def test_a_redirect_does_not_send_the_video_beside_the_encryption() -> None:
    with pytest.raises(Refused, match=r"capture\.redirect-refused"):
        CameraAddress.parse("rtsp://nvr/1", transport="udp").redirected("rtsps://nvr/1")


@pytest.mark.parametrize(
    "ip", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "fe80::1%eth0", "0.0.0.0", "::", "224.0.0.1"]
)
def test_a_name_may_not_point_at_this_machine_or_nowhere(ip: str) -> None:
    with pytest.raises(Refused) as caught:
        CameraAddress.parse("rtsp://camera.example/").permit(ip)
    assert caught.value.code == "capture.address-refused"


def test_loopback_is_allowed_where_it_is_written_out() -> None:
    CameraAddress.parse("rtsp://127.0.0.1:8554/a").permit("127.0.0.1")
    CameraAddress.parse("rtsp://localhost/a").permit("::1")
    CameraAddress.parse("rtsp://192.0.2.10/a").permit("192.0.2.10")


@given(st.text(max_size=80) | st.text(alphabet="rtsp:/@[]%?#.0123456789xh", max_size=40).map(lambda t: "rtsp://" + t))
def test_any_text_is_an_address_or_invalid(text: str) -> None:
    try:
        address = CameraAddress.parse(text)
    except Invalid:
        return
    assert address.host
    assert 0 < address.port < 65_536
