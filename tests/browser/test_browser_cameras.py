"""A camera with its own certificate goes on record: tested, looked at, trusted, recorded, and tested again as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from browser_town import Town
from playwright.sync_api import Page, expect

from certificates import self_signed
from gst_process import gst_camera
from mingjian.cli.selftest_client import free_port

pytestmark = [pytest.mark.browser, pytest.mark.foreign, pytest.mark.timeout(240)]
PASSWORD = "p@ss:w/rd"
NAME = "加密的后门"
RECORDED_S = 60


def test_a_certificate_is_looked_at_and_trusted(town: Town, visit: Callable[..., Page], tmp_path: Path) -> None:
    first, second = tmp_path / "first.pem", tmp_path / "second.pem"
    pins = [colons(self_signed(first, "camera 1")), colons(self_signed(second, "camera 2"))]
    port = free_port()
    guarded = ("--digest", "md5", "--password", PASSWORD, "--port", str(port))
    page = visit("manager", "/cameras")
    with gst_camera("--tls", str(first), *guarded):
        page.get_by_role("button", name="登记摄像机").click()
        form = page.get_by_role("dialog")
        form.get_by_label("名称").fill(NAME)
        form.get_by_label("场所与部位").fill("一楼后门")
        expect(form.get_by_label("信任的证书")).to_have_count(0)
        form.get_by_label("主码流地址").fill(f"rtsps://127.0.0.1:{port}/live")
        form.get_by_label("摄像机用户名").fill("camera")
        form.get_by_label("摄像机密码").fill(PASSWORD)
        form.get_by_role("button", name="测试码流").click()
        shown = form.get_by_role("region", name="摄像机出示的证书")
        expect(shown).to_contain_text("CN=camera 1")
        expect(shown).to_contain_text(pins[0])
        shown.get_by_role("button", name="信任这张证书").click()
        expect(form.get_by_text("实测结果")).to_be_visible()
        expect(shown).to_have_count(0)
        expect(form.get_by_label("信任的证书")).to_have_value(re.compile("^[0-9a-f]{64}$"))
        form.get_by_role("button", name="登记", exact=True).click()
        expect(form).to_be_hidden()
        town.run.wait("footage", RECORDED_S, lambda: town.camera(NAME)["recorded_until_ms"])

    identifier = town.camera(NAME)["id"]
    try:
        page.goto(f"/cameras/{identifier}")
        with gst_camera("--tls", str(second), *guarded):
            town.run.wait("the refusal", RECORDED_S, lambda: town.camera(NAME)["cause"] == "certificate-refused")
            expect(page.get_by_role("alert").filter(has_text="先查明是否被更换")).to_be_visible()
            page.get_by_role("button", name="修改登记").click()
            form.get_by_role("button", name="测试码流").click()
            changed = form.get_by_role("region", name="摄像机出示的证书")
            for text in ("与登记的不同", "CN=camera 2", *pins):
                expect(changed).to_contain_text(text)
            changed.get_by_role("button", name="信任这张证书").click()
            # no password was typed: the stored one opened the stream
            expect(form.get_by_text("实测结果")).to_be_visible()
            form.get_by_role("button", name="保存修改").click()
            expect(form).to_be_hidden()
            town.run.wait("recording again", RECORDED_S, lambda: town.camera(NAME)["state"] == "recording")
    finally:
        town.run.user("manager").call("POST", f"/api/cameras/{identifier}/retire", reason="测试结束")


def colons(sha256: str) -> str:
    return ":".join(re.findall("..", sha256.upper()))
