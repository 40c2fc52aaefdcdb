"""Rules of names, passwords, one-time codes and delays: pure functions over values."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import pyotp

from mingjian.app.ports import Random
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid

TOTP_STEP_S = 30
"""RFC 6238 §5.2; ASVS 6.5.5 asks for at most 30 s."""
TOTP_DRIFT_STEPS = 1
"""A telephone's clock may be half a minute off on either side."""
TOTP_SECRET_BYTES = 20
"""RFC 4226 §4 R6 recommends 160 bits."""
TOKEN_BYTES = 32
CODE_BYTES = 10
"""80 bits behind a growing delay; sixteen letters that can be typed."""
FREE_FAILURES = 3
"""Typing mistakes cost nothing."""
LONGEST_DELAY_S = 300
"""A guesser gets 288 tries a day; the owner, from another address, is not delayed at all."""
IDLE_S = 12 * 3600
"""One long shift without a touch."""
LEVEL_3_IDLE_S = 30 * 60
"""GB/T 22239 level 3 (8.1.4.1 b) ends an idle session and names no figure; assessors ask for thirty minutes at most."""
LEVEL_3_KINDS = 3
"""Of upper case, lower case, digits and other characters: what assessors call complex (8.1.4.1 a)."""
REMEMBERED = 5
"""Former pass-phrases that may not come back at once. More would keep hashes without purpose, and each costs one slow
hash at a change."""
NAME = re.compile(r"[\w][\w.@-]{1,63}")
"""Sign-in names: 2 to 64 letters (Chinese too), digits and `_.@-`."""


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Length, neither composition nor rotation (ASVS 6.2.5, 6.2.10). An object: an assessor may ask for others."""

    rules: Literal["asvs", "level-3"] = "asvs"
    shortest: int = 12
    longest: int = 256
    """Bounds the work of the hash."""
    kinds: int = 0
    """So many of upper case, lower case, digits and other characters."""
    remembered: int = 0
    """So many former pass-phrases are refused."""
    lasts_days: int = 0
    """After so many days a new one is asked for at sign-in; 0: never."""
    idle_s: int = IDLE_S
    """A session that nobody touches ends after so long."""

    def check(self, password: str, *, name: str) -> None:
        """Raises Invalid with what to change."""
        if len(password) < self.shortest:
            raise Invalid(
                "password.short",
                f"口令至少 {self.shortest} 个字符",
                text_en=f"A password has at least {self.shortest} characters",
                remedy="可用几个不相关的词组成一句话",
                remedy_en="A phrase of several unrelated words is good",
                field="password",
            )
        if len(password) > self.longest:
            raise Invalid(
                "password.long",
                f"口令最多 {self.longest} 个字符",
                text_en=f"A password has at most {self.longest} characters",
                field="password",
            )
        if len(set(password)) < 5 or name.casefold() in password.casefold():
            raise Invalid(
                "password.guessable",
                "口令不能只由几个字符重复组成，也不能包含登录名",
                text_en="A password may not repeat a few characters, nor contain the sign-in name",
                field="password",
            )
        if kinds_of(password) < self.kinds:
            raise Invalid(
                "password.kinds",
                f"口令须含大写字母、小写字母、数字、其他字符中的至少 {self.kinds} 种",
                text_en=f"A password has at least {self.kinds} of upper case, lower case, digits and other characters",
                remedy="本系统按网络安全等级保护第三级设定口令规则",
                remedy_en="This installation follows the rules of network security protection level 3",
                field="password",
            )

    def expired(self, set_at: UtcNs, now: UtcNs) -> bool:
        """Whether a pass-phrase set then is too old at `now`; one whose age nobody knows (0) is."""
        return self.lasts_days > 0 and now - set_at >= self.lasts_days * DAY_NS


def policy_of(rules: Literal["asvs", "level-3"], days: int) -> PasswordPolicy:
    """The default, or what assessors of 等保三级 (GB/T 22239 level 3) ask for, with a change after `days` days."""
    if rules == "asvs":
        return PasswordPolicy()
    return PasswordPolicy(rules, kinds=LEVEL_3_KINDS, remembered=REMEMBERED, lasts_days=days, idle_s=LEVEL_3_IDLE_S)


def kinds_of(password: str) -> int:
    """How many of upper case, lower case, digits and other characters there are; a Chinese character is another."""
    tests = (str.isupper, str.islower, str.isdecimal)
    found = {next((at for at, test in enumerate(tests) if test(letter)), len(tests)) for letter in password}
    return len(found)


def sign_in_name(text: str) -> str:
    """The one form of a name: NFKC, folded case, so that look-alikes in width and case are one. Raises Invalid."""
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not NAME.fullmatch(name):
        raise Invalid(
            "name.form",
            "登录名为 2 至 64 个汉字、字母、数字或者 _.@-，以汉字、字母或者数字开头",
            text_en="A sign-in name has 2 to 64 letters, digits or _.@-, and begins with a letter or digit",
            field="name",
        )
    return name


def fingerprint(secret: str) -> str:
    """SHA-256 of a random token or code: what is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fits(secret: str, stored: str) -> bool:
    """Whether `stored` is the fingerprint of `secret`, in constant time; an empty one fits nothing."""
    return hmac.compare_digest(fingerprint(secret), stored) if stored else False


def session_token(random: Random) -> str:
    """256 random bits as text for a cookie."""
    return base64.urlsafe_b64encode(random(TOKEN_BYTES)).rstrip(b"=").decode()


def one_time_code(random: Random) -> str:
    """Sixteen letters in groups of four, to be typed once."""
    letters = base64.b32encode(random(CODE_BYTES)).decode()
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def typed_code(text: str) -> str:
    """A one-time code as typed, brought to the form it was given in."""
    letters = re.sub(r"[^A-Z2-7]", "", text.upper())[:16]
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def totp_secret(random: Random) -> str:
    """A new seed, base32."""
    return base64.b32encode(random(TOTP_SECRET_BYTES)).decode()


def totp_uri(secret: str, *, name: str, issuer: str) -> str:
    """What an authenticator application scans (`otpauth://`)."""
    return pyotp.TOTP(secret, interval=TOTP_STEP_S).provisioning_uri(name=name, issuer_name=issuer)


def totp_code(secret: str, now: UtcNs) -> str:
    """The code shown at `now`."""
    return pyotp.TOTP(secret, interval=TOTP_STEP_S).at(now // SECOND_NS)


def totp_step(secret: str, code: str, now: UtcNs, *, after: int) -> int | None:
    """The unspent time step that `code` belongs to, or None. Steps up to `after` are spent."""
    present = now // SECOND_NS // TOTP_STEP_S
    totp = pyotp.TOTP(secret, interval=TOTP_STEP_S)
    matching = [
        step
        for step in range(present - TOTP_DRIFT_STEPS, present + TOTP_DRIFT_STEPS + 1)
        if hmac.compare_digest(totp.at(step * TOTP_STEP_S).encode(), code.encode())
    ]
    return next((step for step in matching if step > after), None)


def delay_s(failures: int) -> int:
    """How long after the last of `failures` failures in a row the next try is looked at."""
    return 0 if failures < FREE_FAILURES else min(2 ** min(failures - FREE_FAILURES, 20), LONGEST_DELAY_S)
