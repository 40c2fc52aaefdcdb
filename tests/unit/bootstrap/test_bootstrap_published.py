"""The trust anchors say what the installation's packages must bear; settings that cannot mean anything are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mingjian.adapters.signers import Ed25519FileSigner
from mingjian.audit import verify
from mingjian.audit.note import Algorithm, VerifierKey
from mingjian.bootstrap.export import configured_time_stamps
from mingjian.bootstrap.opened import open_installation
from mingjian.bootstrap.published import trust_anchors
from mingjian.bootstrap.settings import Settings, load
from mingjian.kernel.clock import ManualClock
from mingjian.kernel.errors import Invalid
from vectors.build_vectors import AUTHORITY, anchors


def published(folder: Path, **settings: str) -> verify.Anchors:
    """The anchors as the stand-alone verifier reads them."""
    (folder / "anchors.json").write_bytes(trust_anchors(open_installation(folder / "data", Settings(**settings))))
    return verify.load_anchors(str(folder / "anchors.json"))


def test_a_witness_that_is_asked_must_have_cosigned(tmp_path: Path) -> None:
    signer = Ed25519FileSigner.create(tmp_path / "w.key", "witness.test", algorithm=Algorithm.COSIGNATURE)
    key = VerifierKey.of(signer).line()
    found = published(tmp_path, witness_url="http://127.0.0.1:1", witness_key=key)
    assert (found.quorum, [witness.name for witness in found.witnesses]) == (1, ["witness.test"])
    assert published(tmp_path, witness_key=key).quorum == 0, "nobody asks it"
    assert published(tmp_path).quorum == 0


def test_the_authority_of_the_settings_is_among_the_anchors_and_is_asked(tmp_path: Path) -> None:
    assert published(tmp_path, timestamp_certificates=AUTHORITY.certificate).tsa == AUTHORITY.certificate
    assert published(tmp_path).tsa == ""
    both = Settings(timestamp_url="http://127.0.0.1:1/tsa", timestamp_certificates=AUTHORITY.certificate)
    assert configured_time_stamps(both, ManualClock()) is not None
    for lacking in ({"timestamp_url": ""}, {"timestamp_certificates": ""}):
        assert configured_time_stamps(both.model_copy(update=lacking), ManualClock()) is None


def test_certificates_that_cannot_judge_a_time_stamp_stop_the_start_and_are_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="timestamp_certificates"):
        load(tmp_path, {"MINGJIAN_TIMESTAMP_CERTIFICATES": "no certificate"})


def test_anchors_from_before_there_were_authorities_are_read(tmp_path: Path) -> None:
    old = json.loads(anchors())
    for name in ("tsa", "witnesses", "quorum"):
        del old[name]
    (tmp_path / "old.json").write_text(json.dumps(old))
    found = verify.load_anchors(str(tmp_path / "old.json"))
    assert (found.tsa, found.witnesses, found.quorum) == ("", [], 0)
