"""An installation's own certificate authority: HTTPS in closed networks, where no public one can vouch for a host."""

from __future__ import annotations

import contextlib
import ipaddress
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

from mingjian.adapters import whole_file
from mingjian.kernel.clock import Clock, to_datetime

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Browsers accept no longer ones; the web process renews at each start once half is over."""
_SIGNS = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
"""An authority that does not say so, or has no key identifier, is refused by strict clients (RFC 5280 §4.2.1)."""
BACKDATED = timedelta(hours=1)
"""Clients whose clocks are a little behind accept it at once."""


def server_certificate(keys: Path, clock: Clock, host: str = "") -> tuple[Path, Path]:
    """Certificate (with the authority's behind it) and key of `host`, else this one; users import `authority.crt` once.

    Made on first use, and anew at a start where half its time is over or a name or address of the host is not in it.
    Keys are 0600. Raises OSError where `keys` cannot be written.
    """
    authority_path, authority_key = keys / "authority.crt", keys / "authority.pem"
    if not authority_path.exists():
        _make_authority(authority_path, authority_key, clock)
    certificate, key = keys / "server.crt", keys / "server.pem"
    host = host or socket.gethostname()
    names = _names(host)
    if not (certificate.exists() and key.exists()) or not _serves(certificate, key, names, clock):
        _make_server(certificate, key, authority_path, authority_key, host, names, clock)
    return certificate, key


def _serves(path: Path, key_path: Path, names: list[x509.GeneralName], clock: Clock) -> bool:
    """Whether a certificate is good for its key, for all of `names` and for more than half of its time."""
    found = x509.load_pem_x509_certificate(path.read_bytes())
    if load_pem_private_key(key_path.read_bytes(), None).public_key() != found.public_key():
        return False  # a crash came between the two files
    held = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    young = found.not_valid_after_utc - to_datetime(clock.now()) >= timedelta(days=SERVER_DAYS / 2)
    return young and set(names) <= set(held)


def _names(host: str) -> list[x509.GeneralName]:
    """What users may write for this host: its name, localhost, and every address its name leads to."""
    addresses = {"127.0.0.1"}
    with contextlib.suppress(socket.gaierror):  # a host whose own name nobody resolves is reached by localhost
        addresses |= {str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(host, None)}
    return [
        x509.DNSName(host),
        x509.DNSName("localhost"),
        *(x509.IPAddress(ipaddress.ip_address(address)) for address in sorted(addresses)),
    ]


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
        .add_extension(_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    whole_file.put(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_bytes(certificate.public_bytes(Encoding.PEM))


def _make_server(
    path: Path,
    key_path: Path,
    authority_path: Path,
    authority_key: Path,
    host: str,
    names: list[x509.GeneralName],
    clock: Clock,
) -> None:
    authority = x509.load_pem_x509_certificate(authority_path.read_bytes())
    signing = load_pem_private_key(authority_key.read_bytes(), None)
    assert isinstance(signing, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    now = to_datetime(clock.now())
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
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    whole_file.put(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM))
