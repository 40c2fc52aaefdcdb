"""A time-stamping authority over HTTP (RFC 3161 §3.4): `processing.package.TimeStamps`.

The answer is checked before it goes into a package: over these bytes, for this question, by the authority whose
certificate the trust anchors carry. No certificates are asked for: the anchors have them, and authorities that send a
chain often send it in an order that strict DER forbids.
"""

from __future__ import annotations

from collections.abc import Sequence

import httpx
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from mingjian.kernel.clock import SECOND_NS, Clock
from mingjian.kernel.errors import RemoteError

TIMEOUT_S = 5.0
"""For each step of the exchange: an authority answers in milliseconds."""
WHOLE_NS = 15 * SECOND_NS
"""For the whole exchange, so that one that answers byte by byte holds up no export."""
MAX_ANSWER_BYTES = 64 * 1024
"""A token takes a few kilobytes; the verifier reads no more."""
QUERY_TYPE = "application/timestamp-query"


def certificates_in(pem: str) -> list[x509.Certificate]:
    """The certificates in `pem`. ValueError where there are none, or none that may stamp time."""
    found = x509.load_pem_x509_certificates(pem.encode())
    if not any(map(_stamps, found)):
        raise ValueError("no certificate with the extended key usage timeStamping")
    return found


class HttpTimeStamps:
    """One authority. Redirects are not followed, nothing of the environment is used."""

    def __init__(
        self, url: str, certificates: Sequence[x509.Certificate], clock: Clock, client: httpx.Client | None = None
    ) -> None:
        """`certificates`: the authority's own, and those it was issued under."""
        self._url, self._clock = url, clock
        self._certificates = tuple(certificates)
        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)

    def token(self, data: bytes) -> bytes:
        """The authority's answer over the SHA-256 of `data`, in DER. RemoteError `timestamp.*` without a good one."""
        asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).cert_request().build()
        answer = self._ask(asked.as_bytes())
        try:
            response = decode_timestamp_response(answer)
        except ValueError as error:
            raise RemoteError(
                "timestamp.unreadable",
                f"时间戳服务的回答无法读取：{error}",
                remedy="让时间戳服务只附自己的证书，或不附证书",
                text_en=f"The authority's answer cannot be read: {error}",
                remedy_en="Let it send its own certificate alone, or none",
            ) from error
        try:
            leaf = next(filter(_stamps, self._certificates))
            builder = VerifierBuilder.from_request(asked).tsa_certificate(leaf)
            for certificate in self._certificates:
                builder = builder.add_root_certificate(certificate)
            builder.build().verify_message(response, data)
        except (VerificationError, ValueError) as error:
            raise RemoteError(
                "timestamp.untrusted",
                f"时间戳不可信：{error}",
                remedy="核对设置 timestamp_certificates 是否为该机构的证书",
                text_en=f"The time stamp is not to be trusted: {error}",
                remedy_en="Check that timestamp_certificates holds this authority's certificate",
            ) from error
        return answer

    def _ask(self, query: bytes) -> bytes:
        until_ns = self._clock.monotonic_ns() + WHOLE_NS
        answer = b""
        try:
            with self._client.stream(
                "POST", self._url, content=query, headers={"content-type": QUERY_TYPE}
            ) as response:
                if response.status_code != httpx.codes.OK:
                    raise RemoteError(
                        "timestamp.refused",
                        f"时间戳服务回答 {response.status_code}",
                        text_en=f"The time-stamping authority answered {response.status_code}",
                    )
                for part in response.iter_bytes():
                    answer += part
                    if len(answer) > MAX_ANSWER_BYTES or self._clock.monotonic_ns() > until_ns:
                        raise RemoteError(
                            "timestamp.unreadable",
                            "时间戳服务的回答过长或过慢",
                            text_en="The authority's answer is too long or too slow",
                        )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RemoteError(
                "timestamp.unreachable",
                f"时间戳服务无法连接（{type(error).__name__}）",
                remedy="检查设置 timestamp_url 与网络",
                text_en=f"The time-stamping authority cannot be reached ({type(error).__name__})",
                remedy_en="Check timestamp_url and the network",
            ) from error
        return answer


def _stamps(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return ExtendedKeyUsageOID.TIME_STAMPING in usage
