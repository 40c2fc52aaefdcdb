"""The certificate a TLS server shows, put so that a person can decide about it, and the failure of one not trusted."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509

from mingjian.kernel.clock import UtcNs, from_datetime
from mingjian.kernel.errors import RemoteError

MAX_NAME_CHARACTERS = 200
"""Of a name that the other side chose and a person reads."""

Part = TypeVar("Part")

_REASONS = {
    9: ("尚未生效", "it is not valid yet"),
    10: ("已过期", "it has expired"),
    18: ("是自签名证书", "it is self-signed"),
    19: ("由不受信任的机构签发", "its authority is not trusted"),
    20: ("由不受信任的机构签发", "its authority is not trusted"),
    21: ("由不受信任的机构签发", "its authority is not trusted"),
    62: ("不是发给这个主机名的", "it was issued for another host name"),
    64: ("不是发给这个 IP 地址的", "it was issued for another IP address"),
}
"""By OpenSSL's X509_V_ERR number (x509_vfy.h)."""
_OTHER_REASON = ("无法验证", "it cannot be verified")


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a certificate says of itself; only `sha256` is certain. A part that cannot be read is empty or None."""

    subject: str
    issuer: str
    not_before: UtcNs | None
    not_after: UtcNs | None
    sha256: str
    """Hex SHA-256 of the certificate (DER): what a camera's record keeps."""

    @classmethod
    def read(cls, der: bytes) -> PeerCertificate:
        """Never raises: cameras show certificates that no rule book allows."""
        sha256 = hashlib.sha256(der).hexdigest()
        try:
            found = x509.load_der_x509_certificate(der)
        except Exception:  # noqa: BLE001 - of hostile bytes the library raises a dozen kinds, and none is ours to know
            return cls("", "", None, None, sha256)
        return cls(
            _tried(lambda: _shown(found.subject)) or "",
            _tried(lambda: _shown(found.issuer)) or "",
            _tried(lambda: from_datetime(found.not_valid_before_utc)),
            _tried(lambda: from_datetime(found.not_valid_after_utc)),
            sha256,
        )


class CertificateRefused(RemoteError):
    """`net.tls-untrusted` or `net.pin-mismatch`: the server is not believed, and nothing was sent to it."""

    def __init__(self, code: str, text: str, certificate: PeerCertificate | None, **words: str) -> None:
        """`certificate` is what it showed, where that could be read: a person may decide to trust exactly this one."""
        super().__init__(code, text, field="tls_sha256", **words)
        self.certificate = certificate


def unvouched(where: str, failure: ssl.SSLCertVerificationError, der: bytes) -> CertificateRefused:
    """Nobody vouches for the certificate of `where`; `der` is empty where it could not be read a second time."""
    why, why_en = _REASONS.get(failure.verify_code, _OTHER_REASON)
    return CertificateRefused(
        "net.tls-untrusted",
        f"{where} 的证书{why}，没有可信机构为它担保",
        PeerCertificate.read(der) if der else None,
        remedy="测试码流，与摄像机上显示的指纹核对后，把这一张证书登记为可信",
        text_en=f"Nobody vouches for the certificate of {where}: {why_en}",
        remedy_en="Test the stream, compare the fingerprint with the camera's own, then trust exactly this certificate",
    )


def exchanged(where: str, der: bytes) -> CertificateRefused:
    """`where` shows another certificate than the one on record."""
    found = PeerCertificate.read(der)
    return CertificateRefused(
        "net.pin-mismatch",
        f"{where} 的证书与登记的不符，连接已拒绝；现为 SHA-256 {found.sha256}",
        found,
        remedy="查明摄像机是否被更换、重置或冒充；确属更换的，在登记中测试码流，重新信任这张证书",
        text_en=f"The certificate of {where} is not the one on record; refused; it is SHA-256 {found.sha256}",
        remedy_en="Find out whether the camera was replaced, reset or impersonated; "
        "if rightly so, test the stream in its record and trust the new certificate",
    )


def _shown(name: x509.Name) -> str:
    return "".join(character for character in name.rfc4514_string() if character.isprintable())[:MAX_NAME_CHARACTERS]


def _tried(read: Callable[[], Part]) -> Part | None:
    try:
        return read()
    except Exception:  # noqa: BLE001 - as in `PeerCertificate.read`
        return None
