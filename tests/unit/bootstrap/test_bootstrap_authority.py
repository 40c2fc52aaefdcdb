"""HTTPS in closed networks: a client that trusts the installation's authority trusts this host, and nobody else."""

from __future__ import annotations

import socket
import ssl
import stat
import subprocess
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.local_authority import SERVER_DAYS, server_certificate
from mingjian.kernel.clock import ManualClock, UtcNs, to_datetime

DAY_S = 86_400


@pytest.fixture
def clock() -> ManualClock:
    """From the machine's present, since openssl and ssl judge by it."""
    clock = ManualClock()
    clock.wall = UtcNs(SystemClock().now())
    return clock


def openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip() if done.returncode else f"OK {done.stdout}"


def test_openssl_follows_the_chain_for_every_name_of_the_host(tmp_path: Path, clock: ManualClock) -> None:
    certificate, _ = server_certificate(tmp_path, clock)
    strictly = ("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(tmp_path / "authority.crt"))
    for name in (socket.gethostname(), "localhost"):
        assert openssl(*strictly, "-verify_hostname", name, str(certificate)).startswith("OK")
    assert openssl(*strictly, "-verify_ip", "127.0.0.1", str(certificate)).startswith("OK")
    assert "hostname mismatch" in openssl(*strictly, "-verify_hostname", "other.example", str(certificate)).lower()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    server_certificate(elsewhere, clock)
    assert not openssl("verify", "-CAfile", str(elsewhere / "authority.crt"), str(certificate)).startswith("OK")


def test_a_browser_like_client_connects_with_the_authority_alone(tmp_path: Path, clock: ManualClock) -> None:
    certificate, key = server_certificate(tmp_path, clock)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    client = ssl.create_default_context(cafile=str(tmp_path / "authority.crt"))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with server.wrap_socket(listener.accept()[0], server_side=True) as accepted:
                accepted.sendall(b"here")

        serving = threading.Thread(target=answer)
        serving.start()
        with client.wrap_socket(socket.create_connection(listener.getsockname()), server_hostname="localhost") as own:
            assert own.recv(4) == b"here"
        serving.join()


def test_keys_are_for_their_owner_alone_and_times_are_what_browsers_accept(tmp_path: Path, clock: ManualClock) -> None:
    certificate, key = server_certificate(tmp_path, clock)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (key, tmp_path / "authority.pem")} == {0o600}
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    now = to_datetime(clock.now())
    assert timedelta(days=SERVER_DAYS) >= found.not_valid_after_utc - now > timedelta(days=SERVER_DAYS - 1)
    assert found.not_valid_after_utc - found.not_valid_before_utc < timedelta(days=398)
    assert found.not_valid_before_utc < now


def test_it_is_renewed_in_the_second_half_of_its_time_under_the_same_authority(
    tmp_path: Path, clock: ManualClock
) -> None:
    certificate, _ = server_certificate(tmp_path, clock)
    first, authority = certificate.read_bytes(), (tmp_path / "authority.crt").read_bytes()
    clock.advance(SERVER_DAYS * DAY_S // 2 - DAY_S)
    server_certificate(tmp_path, clock)
    assert certificate.read_bytes() == first
    clock.advance(2 * DAY_S)
    server_certificate(tmp_path, clock)
    renewed = x509.load_pem_x509_certificate(certificate.read_bytes())
    assert renewed.not_valid_after_utc - to_datetime(clock.now()) > timedelta(days=SERVER_DAYS - 1)
    assert (tmp_path / "authority.crt").read_bytes() == authority
    assert stat.S_IMODE((tmp_path / "server.pem").stat().st_mode) == 0o600


def test_a_host_that_was_renamed_gets_a_certificate_of_its_new_name(tmp_path: Path, clock: ManualClock) -> None:
    certificate, _ = server_certificate(tmp_path, clock, host="localhost")
    before = certificate.read_bytes()
    server_certificate(tmp_path, clock, host="localhost")
    assert certificate.read_bytes() == before
    server_certificate(tmp_path, clock)
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert x509.DNSName(socket.gethostname()) in names


def test_a_crash_between_key_and_certificate_is_mended_at_the_next_start(tmp_path: Path, clock: ManualClock) -> None:
    certificate, key = server_certificate(tmp_path, clock)
    old = certificate.read_bytes()
    certificate.unlink()
    server_certificate(tmp_path, clock)
    certificate.write_bytes(old)  # the key is the new one, the certificate still the old one
    server_certificate(tmp_path, clock)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
