"""Bits of a raw byte sequence payload, read with every bound checked (ITU-T H.264 §7.2, §9.1; H.265 the same)."""

from __future__ import annotations

from mingjian.kernel.errors import Invalid

MAX_PARAMETER_SET_BYTES = 65_535
"""avcC and hvcC store a parameter set behind a 16-bit length."""
MAX_PARSED_BYTES = 4096
"""What we read of a parameter set stands at its head; a longer one is extensions we do not need."""
MAX_EXP_GOLOMB_ZEROS = 32
"""ue(v) never needs more leading zeros than 32 (H.264 §9.1)."""


def unescaped(nal: bytes) -> bytes:
    """`nal` without its emulation prevention bytes: each `00 00 03` becomes `00 00` (H.264 §7.3.1)."""
    at = nal.find(b"\0\0\3")
    if at < 0:
        return nal
    parts = []
    start = 0
    while at >= 0:
        parts.append(nal[start : at + 2])
        start = at + 3
        at = nal.find(b"\0\0\3", start)
    parts.append(nal[start:])
    return b"".join(parts)


def escaped(payload: bytes) -> bytes:
    """The inverse of `unescaped`: no start code appears inside the result. `payload` ends in its stop bit."""
    out = bytearray()
    zeros = 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


class BitReader:
    """Reads big-endian bit fields; raises Invalid(code `nal.short`) past the end, never anything else."""

    def __init__(self, payload: bytes) -> None:
        self._value = int.from_bytes(payload[:MAX_PARSED_BYTES], "big")
        self._left = 8 * min(len(payload), MAX_PARSED_BYTES)

    def bits(self, count: int) -> int:
        """The next `count` bits as an unsigned number."""
        if count > self._left:
            raise Invalid(
                "nal.short", "参数集不完整", text_en="the parameter set ends too early", field="parameter_sets"
            )
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return self.bits(1) == 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.flag():
            zeros += 1
            if zeros > MAX_EXP_GOLOMB_ZEROS:
                raise Invalid(
                    "nal.golomb",
                    "参数集中的数值超长",
                    text_en="a number in the parameter set is too long",
                    field="parameter_sets",
                )
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)
