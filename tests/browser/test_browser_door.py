"""Who comes in, and what each is shown: sign-in, first setup, roles."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyotp
import pytest
from browser_county import served
from browser_town import Town
from playwright.sync_api import Page, expect

import openid_provider
from mingjian.adapters.oidc import HttpProvider
from mingjian.adapters.system_clock import SystemClock
from mingjian.bootstrap.settings import FILE
from mingjian.cli.selftest_client import Account, free_port, is_open
from mingjian.kernel.clock import SECOND_NS
from web_world import World

pytestmark = pytest.mark.browser
STOP_S = 15
ONE_TIME_CODE = re.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3,}")
PASSWORD = "kestrel-orbit-72-lamp"


def test_a_wrong_code_is_refused_in_three_lines_and_the_right_one_opens_the_workbench(town: Town) -> None:
    page = town.page()
    page.goto("/")
    town.fill_sign_in(page, "approver", code="000000")
    page.get_by_role("button", name="登录", exact=True).click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_be_visible()
    what, *rest = [line for line in refusal.inner_text().splitlines() if line.strip()]
    assert what
    assert len(rest) == 2, rest
    assert re.fullmatch(r"代码 [a-z.-]+", rest[-1])

    town.fill_sign_in(page, "approver")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    expect(page.get_by_text("演示数据：可丢弃卷")).to_be_visible()
    town.states["approver"] = page.context.storage_state()


def test_the_keyboard_alone_signs_in(town: Town) -> None:
    page = town.page()
    page.goto("/")
    account = town.run.accounts["admin"]
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(account.password)
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.autocomplete") == "one-time-code":
            break
    page.keyboard.type(account.code(town.run.clock))
    page.keyboard.press("Tab")
    button = page.get_by_role("button", name="登录", exact=True)
    expect(button).to_be_focused()
    ring = button.evaluate(
        "e => { const s = getComputedStyle(e); return [s.outlineStyle, parseFloat(s.outlineWidth)] }"
    )
    assert ring[0] != "none"
    assert ring[1] >= 1
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    town.states["admin"] = page.context.storage_state()


def test_an_administrator_finds_no_video_by_menu_or_address(town: Town, visit: Callable[..., Page]) -> None:
    page = visit("admin")
    navigation = page.get_by_role("navigation", name="主导航")
    expect(navigation.get_by_role("link", name="人员")).to_be_visible()
    for name in ("实时", "回放"):
        expect(navigation.get_by_role("link", name=name, exact=True)).to_have_count(0)
    for path in ("/live", "/playback"):
        page.goto(path)
        expect(page.get_by_text("您的角色不使用此页面")).to_be_visible()
        expect(page.locator("video")).to_have_count(0)
    asked = {"act": "live", "cameras": [town.camera(name)["id"] for name in ("学校大门",)]}
    status, code = page.evaluate(
        """async (asked) => {
            const answer = await fetch('/api/views', {method: 'POST', body: JSON.stringify(asked),
                headers: {'Content-Type': 'application/json'}})
            return [answer.status, (await answer.json()).error.code]
        }""",
        asked,
    )
    assert (status, bool(code)) == (403, True)


def plug_in_a_key(page: Page) -> None:
    """Chromium's virtual authenticator: a USB key whose holder touches it and shows a finger."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**key, "automaticPresenceSimulation": True}})


@contextlib.contextmanager
def empty_installation(data: Path) -> Iterator[tuple[str, str]]:
    """Address and one-time code of an installation that nobody has an account of."""
    data.mkdir()
    port = free_port()
    (data / FILE).write_text(f'host = "127.0.0.1"\ntls = false\nport = {port}\n', encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "mingjian", "serve", "--data", str(data)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            code = next(line.strip() for line in running.stdout if re.fullmatch(ONE_TIME_CODE, line.strip().lower()))
            yield f"http://localhost:{port}", code  # keys know host names, no addresses
        finally:
            running.terminate()
            running.wait(STOP_S)


def test_the_first_administrator_registers_a_key_before_anything_else(town: Town, tmp_path: Path) -> None:
    clock = SystemClock()
    with empty_installation(tmp_path / "new") as (url, code):
        town.run.wait("the new installation", 40, lambda: is_open(url))
        page = town.page(url=url)
        plug_in_a_key(page)
        page.goto("/")
        expect(page.get_by_role("heading", name="首次设置")).to_be_visible()
        page.get_by_label("一次性代码").fill(code)
        page.get_by_label("本单位名称").fill("某县公安局")
        page.get_by_label("用户名").fill("first")
        page.get_by_label("姓名").fill("首任管理员")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_label("再次输入密码").fill(PASSWORD)
        page.get_by_role("button", name="建立管理员").click()
        secret = page.locator(".totp code").inner_text().strip()
        assert page.get_by_alt_text("动态口令二维码").is_visible()
        page.get_by_role("button", name="已绑定，去登录").click()
        telephone = Account("first", PASSWORD, pyotp.TOTP(secret).provisioning_uri(name="first"))
        page.get_by_label("用户名").fill("first")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("动态口令").fill(telephone.code(clock))
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", name="会话与密钥")).to_be_visible()
        page.goto("/people")
        expect(page.get_by_role("heading", name="会话与密钥")).to_be_visible()
        page.get_by_role("button", name="登记安全密钥").click()
        page.get_by_label("密钥名称").fill("办公室的密钥")
        page.get_by_role("dialog").get_by_role("button").last.click()
        expect(page.get_by_text("办公室的密钥", exact=True)).to_be_visible()
        page.goto("/people")
        expect(page.get_by_text("还没有安全管理员、审计管理员")).to_be_visible()
        page.context.clear_cookies()
        page.goto("/")
        page.get_by_label("用户名").fill("first")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="用密码和安全密钥登录").click()
        expect(page.get_by_role("heading", name="工作台")).to_be_visible()
        expect(page.get_by_text("某县公安局").first).to_be_visible()
        expect(page.get_by_text("演示数据")).to_have_count(0)
        page.context.close()


def test_a_linked_person_comes_by_the_identity_provider_and_shows_the_own_code(town: Town, tmp_path: Path) -> None:
    with openid_provider.served() as there:
        there.issuer = there.issuer.replace("127.0.0.1", "localhost")  # another site, as a real one is

        def made(world: World) -> HttpProvider:
            there.now = lambda: world.clock.now() / SECOND_NS
            return HttpProvider(there.issuer, openid_provider.CLIENT, openid_provider.SECRET, world.clock)

        with served(tmp_path, provider=made) as county:
            security = county.page(town, "security", f"/people/{county.world.accounts['duty'].person}")
            panel = security.locator("section", has=security.get_by_role("heading", name="统一身份"))
            panel.get_by_role("button", name="关联", exact=True).click()
            security.get_by_label("标识（sub）").fill("zhang")
            security.get_by_role("dialog").get_by_role("button").last.click()
            expect(panel.get_by_text("待本人确认")).to_be_visible()

            page = town.page(url=county.url)
            page.goto("/uses")
            for who, shown in (
                ("stranger", page.get_by_text("“stranger”没有关联")),
                ("zhang", page.get_by_role("heading", name="验证本人")),
            ):
                page.get_by_role("button", name="用县统一身份认证登录").click()
                page.get_by_label("工号").fill(who)
                page.get_by_role("button", name="确认").click()
                expect(shown).to_be_visible()
                assert page.url == f"{county.url}/uses", "nothing of the answer stays in the address"
            page.get_by_label("动态口令").fill(county.world.code("duty"))
            page.get_by_role("button", name="登录", exact=True).click()
            expect(page.get_by_role("navigation", name="主导航")).to_be_visible()

            panel.get_by_role("button", name="解除关联").click()
            security.locator(".ant-popover").get_by_role("button", name="解除关联").click()
            expect(panel.get_by_role("button", name="关联", exact=True)).to_be_visible()
            page.reload()
            expect(page.get_by_role("heading", name="登录")).to_be_visible()
            for context in (page.context, security.context):
                context.close()
        assert {url.partition("?")[0] for url in town.strangers} == {f"{there.issuer}/authorize"}
        town.strangers.clear()
