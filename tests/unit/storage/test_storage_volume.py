"""Only a marked, trusted, expected volume is ever written (S11)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mingjian.adapters.identity_keys import Ed25519Identity, Ed25519Verifier
from mingjian.kernel.errors import Invalid, Refused
from mingjian.storage.volume import (
    IDENTITY_FILE,
    Volume,
    VolumeKind,
    create,
    encode_identity,
    open_volume,
    parse_identity,
)
from storage_world import SIGNER, FakeDisk, identity

VERIFIER = Ed25519Verifier()
TRUSTED = [SIGNER.public_key]


def opened(disk: FakeDisk, **more: object) -> Volume:
    expected = more.get("expected_id")
    return open_volume(
        disk,
        "/v1/",
        VERIFIER,
        TRUSTED,
        expected_id=expected if isinstance(expected, str) else None,
        throw_away_allowed=bool(more.get("allowed", True)),
    )


def test_what_was_marked_opens() -> None:
    disk = FakeDisk()
    made = create(disk, "/v1", identity(), SIGNER)
    assert opened(disk, expected_id="v1") == made


def test_an_unmarked_directory_is_refused() -> None:
    disk = FakeDisk()
    disk.make_directory("/v1")
    with pytest.raises(Refused, match="unmarked"):
        opened(disk)


def test_another_volume_in_this_place_is_refused() -> None:
    disk = FakeDisk()
    create(disk, "/v1", identity("other"), SIGNER)
    with pytest.raises(Refused, match="wrong-id"):
        opened(disk, expected_id="v1")


def test_a_real_house_refuses_a_throw_away_volume() -> None:
    disk = FakeDisk()
    create(disk, "/v1", identity(), SIGNER)
    with pytest.raises(Refused, match="throw-away"):
        opened(disk, allowed=False)


def test_a_foreign_key_and_a_changed_body_are_refused() -> None:
    disk = FakeDisk()
    create(disk, "/v1", identity(), Ed25519Identity(bytes(32)))
    with pytest.raises(Refused, match="foreign"):
        opened(disk)
    document = json.loads(encode_identity(identity(), SIGNER))
    document["body"] = document["body"].replace('"floor_s":600', '"floor_s":1')
    disk.files[f"/v1/{IDENTITY_FILE}"].data = bytearray(json.dumps(document).encode())
    with pytest.raises(Refused, match="bad-signature"):
        opened(disk)


@pytest.mark.parametrize("garbage", [b"", b"{}", b"[" * 9000, b"\xff\xfe", b'{"body":1,"key":"zz","signature":""}'])
def test_garbage_is_refused(garbage: bytes) -> None:
    disk = FakeDisk()
    create(disk, "/v1", identity(), SIGNER)
    disk.files[f"/v1/{IDENTITY_FILE}"].data = bytearray(garbage)
    with pytest.raises(Refused, match="unreadable"):
        opened(disk)


def test_a_body_that_no_signature_covers_is_refused() -> None:
    """Half a letter in a text field: no file holds it, so nobody can have signed it."""
    body = json.loads(encode_identity(identity(), SIGNER))["body"].replace('"test"', '"\ud800"')
    document = {"body": body, "key": SIGNER.public_key.hex(), "signature": "00"}
    with pytest.raises(Refused, match="unreadable"):
        parse_identity(json.dumps(document).encode(), VERIFIER, TRUSTED)


def test_a_directory_in_use_is_not_marked() -> None:
    disk = FakeDisk()
    disk.make_directory("/v1")
    disk.close(disk.create_exclusive("/v1/holiday.jpg"))
    with pytest.raises(Refused, match="not-empty"):
        create(disk, "/v1", identity(), SIGNER)


def test_terms_must_make_sense() -> None:
    with pytest.raises(Invalid, match="terms"):
        replace(identity(), floor_s=10, ceiling_s=5)
    with pytest.raises(Invalid, match="unbounded"):
        replace(identity(), max_bytes=0)
    assert replace(identity(), kind=VolumeKind.STANDARD, max_bytes=0).floor_ns == 600 * 10**9


def test_no_path_leads_outside() -> None:
    volume = Volume("/v1", identity())
    for path in ("../x", "/etc/passwd", "a/../../x", "a\0b"):
        with pytest.raises(Invalid, match="path-outside"):
            volume.path(path)
