"""GStreamer's server as an RTSPS camera with its own certificate: tested, trusted, recorded; with another, refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from certificates import self_signed
from gst_process import gst_camera
from mingjian.cli.selftest_client import free_port
from mingjian.kernel.media import GapCause
from recording_world import recording_world

pytestmark = pytest.mark.foreign

PASSWORD = "p@ss:w/rd"


async def test_a_camera_with_its_own_certificate_is_recorded_once_somebody_trusts_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first.pem", tmp_path / "second.pem"
    pins = [self_signed(first, "camera 1"), self_signed(second, "camera 2")]
    port = free_port()
    guarded = ("--digest", "md5", "--password", PASSWORD, "--port", str(port))
    form = {"url": f"rtsps://127.0.0.1:{port}/live", "user": "camera", "password": PASSWORD}
    async with recording_world(tmp_path) as world:
        with gst_camera("--tls", str(first), *guarded):
            tested = await world.manager.post("/api/cameras/probe", json=form)
            refusal = tested.json()["error"]
            assert (tested.status_code, refusal["code"], refusal["field"]) == (502, "net.tls-untrusted", "tls_sha256")
            assert (refusal["certificate"]["subject"], refusal["certificate"]["sha256"]) == ("CN=camera 1", pins[0])
            assert refusal["certificate"]["not_before_ms"] == 1_577_836_800_000
            trusted = {**form, "tls_sha256": pins[0]}
            tested = await world.manager.post("/api/cameras/probe", json=trusted)
            assert (tested.status_code, tested.json().get("codec")) == (200, "H.264"), tested.text
            camera = await world.add("后门", **trusted)
            (fragment, *_) = await world.recorded(camera)
        with world.container(fragment) as container:
            assert sum(1 for _ in container.decode(video=0)) >= fragment.integer("frames")
        with gst_camera("--tls", str(second), *guarded):
            cause = GapCause.CERTIFICATE_REFUSED
            (gap,) = await world.until(
                "a gap for the certificate", lambda: [gap for gap in world.gaps(camera) if gap.cause == cause]
            )
            assert pins[1] in gap.evidence, "the evidence names what was shown instead"
            since = world.fragments(camera)[-1].seq
            tested = await world.manager.post(f"/api/cameras/{camera}/probe", json={})
            refusal = tested.json()["error"]
            assert (refusal["code"], refusal["certificate"]["sha256"]) == ("net.pin-mismatch", pins[1])
            assert world.fragments(camera)[-1].seq == since, "nothing of a stranger is recorded"
            await world.call("PATCH", f"/api/cameras/{camera}", tls_sha256=pins[1])
            await world.recorded(camera)
