"""An installation's own certificate authority: HTTPS in closed networks, where no public one can vouch for a host."""

from __future__ import annotations

import ipaddress
import os
import socket
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mingjian.kernel.clock import Clock, to_datetime

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Browsers accept no longer ones; the web process renews at each start once half is over."""
BACKDATED = timedelta(hours=1)
"""Clients whose clocks are a little behind accept it at once."""


def server_certificate(keys: Path, clock: Clock) -> tuple[Path, Path]:
    """Certificate (with the authority's behind it) and key of this host; users import `authority.crt` once."""
    authority_path, authority_key = keys / "authority.crt", keys / "authority.pem"
    if not authority_path.exists():
        _make_authority(authority_path, authority_key, clock)
    certificate, key = keys / "server.crt", keys / "server.pem"
    if not certificate.exists() or _half_over(certificate, clock):
        _make_server(certificate, key, authority_path, authority_key, clock)
    return certificate, key


def _half_over(path: Path, clock: Clock) -> bool:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_after_utc - to_datetime(clock.now()) < timedelta(days=SERVER_DAYS / 2)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _make_authority(path: Path, key_path: Path, clock: Clock) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now = to_datetime(clock.now())
    name = _name(f"Mingjian local authority {socket.gethostname()}"[:64])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write_private(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_bytes(certificate.public_bytes(Encoding.PEM))


def _make_server(path: Path, key_path: Path, authority_path: Path, authority_key: Path, clock: Clock) -> None:
    authority = x509.load_pem_x509_certificate(authority_path.read_bytes())
    signing = load_pem_private_key(authority_key.read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = to_datetime(clock.now())
    host = socket.gethostname()
    names: list[x509.GeneralName] = [x509.DNSName(host), x509.DNSName("localhost")]
    addresses = {found[4][0] for found in socket.getaddrinfo(host, None)} | {"127.0.0.1"}
    names += [
        x509.IPAddress(ipaddress.ip_address(str(address).partition("%")[0])) for address in sorted(addresses, key=str)
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(host[:64]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(signing, hashes.SHA256())
    )
    _write_private(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM))


def _write_private(path: Path, pem: bytes) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(pem)
    fresh.replace(path)
