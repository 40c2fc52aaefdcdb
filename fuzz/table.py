"""The one list of harnesses: every parser of outside bytes is in it, or named here with the reason why not."""

from __future__ import annotations

from fuzz import (
    evidence,
    files,
    inside,
    law,
    leaked,
    packages,
    packets,
    pictures,
    rtsp_text,
    sealed_packages,
    sheets,
    signed_in,
    simulated,
    volumes,
)
from fuzz.harness import Harness

FAMILIES = (
    rtsp_text,
    packets,
    pictures,
    evidence,
    packages,
    sealed_packages,
    volumes,
    inside,
    files,
    law,
    leaked,
    sheets,
    signed_in,
    simulated,
)
"""A fuzzing process imports its own family alone: instrumenting takes longer than importing."""
HARNESSES: tuple[Harness, ...] = tuple(row for family in FAMILIES for row in family.HARNESSES)

ONLY_WRITE = {
    "mingjian.wire.fmp4": "writes; its readers are those of fmp4_parse, given under a second name",
    "mingjian.wire.packetize": "makes RTP of our own units",
    "mingjian.wire.sample_entries": "writes what parse_init reads",
}
"""Modules of `wire` that take no outside bytes, each with the reason."""
