"""Names, passwords, codes and delays."""

from __future__ import annotations

import pytest

from mingjian.app.credentials import (
    FREE_FAILURES,
    LONGEST_DELAY_S,
    PasswordPolicy,
    delay_s,
    fingerprint,
    fits,
    kinds_of,
    one_time_code,
    policy_of,
    sign_in_name,
    totp_code,
    totp_secret,
    totp_step,
    totp_uri,
    typed_code,
)
from mingjian.kernel.clock import DAY_NS, SECOND_NS, UtcNs
from mingjian.kernel.errors import Invalid

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_codes_are_those_of_rfc_6238() -> None:
    assert totp_code(RFC_SECRET, UtcNs(59 * SECOND_NS)) == "287082"
    assert totp_code(RFC_SECRET, UtcNs(1_111_111_109 * SECOND_NS)) == "081804"


@pytest.mark.parametrize("drift_s", [-30, 0, 30])
def test_a_code_of_a_neighbouring_step_is_taken(drift_s: int) -> None:
    now = UtcNs(90_000 * SECOND_NS)
    code = totp_code(RFC_SECRET, UtcNs(now + drift_s * SECOND_NS))
    assert totp_step(RFC_SECRET, code, now, after=0) == 3000 + drift_s // 30


@pytest.mark.parametrize("drift_s", [-60, 60])
def test_a_code_further_away_is_not(drift_s: int) -> None:
    now = UtcNs(90_000 * SECOND_NS)
    assert totp_step(RFC_SECRET, totp_code(RFC_SECRET, UtcNs(now + drift_s * SECOND_NS)), now, after=0) is None


def test_a_spent_step_and_every_earlier_one_is_refused() -> None:
    now = UtcNs(90_000 * SECOND_NS)
    assert totp_step(RFC_SECRET, totp_code(RFC_SECRET, now), now, after=3000) is None
    earlier = totp_code(RFC_SECRET, UtcNs(now - 30 * SECOND_NS))
    assert totp_step(RFC_SECRET, earlier, now, after=3000) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "２８７０８２", "0" * 500, "\x00"])
def test_a_malformed_code_is_just_wrong(code: str) -> None:
    assert totp_step(RFC_SECRET, code, UtcNs(59 * SECOND_NS), after=0) is None


def test_the_delay_grows_is_bounded_and_spares_typing_mistakes() -> None:
    delays = [delay_s(failures) for failures in range(40)]
    assert delays[:FREE_FAILURES] == [0] * FREE_FAILURES
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY_S == delay_s(10**9)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password.short"),
        ("x" * 257, "password.long"),
        ("aaaaaaaaaaaaaaaa", "password.guessable"),
        ("duty-officer-2026", "password.guessable"),
    ],
)
def test_a_poor_password_is_refused_with_its_reason(password: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        PasswordPolicy().check(password, name="duty")
    assert caught.value.code == code
    assert caught.value.text_en


LEVEL_3 = policy_of("level-3", 90)


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("only lower case", 2), ("onlylowercase", 1), ("Abc123def456", 3), ("一句足够长的口令而已啊", 1), ("Ａa1-", 4)],
)
def test_kinds_of_characters_are_counted_in_every_script(password: str, kinds: int) -> None:
    assert kinds_of(password) == kinds


def test_level_3_asks_for_kinds_of_characters_and_says_under_which_rules() -> None:
    LEVEL_3.check("Correct Horse 42 battery", name="duty")
    with pytest.raises(Invalid) as caught:
        LEVEL_3.check("correct horse battery", name="duty")
    assert (caught.value.code, "等级保护" in caught.value.remedy) == ("password.kinds", True)
    PasswordPolicy().check("correct horse battery", name="duty")


def test_a_pass_phrase_ages_under_level_3_alone_and_one_of_unknown_age_is_old() -> None:
    began, now = UtcNs(1_000 * DAY_NS), UtcNs(1_090 * DAY_NS)
    assert LEVEL_3.expired(began, now)
    assert not LEVEL_3.expired(UtcNs(began + 1), now)
    assert LEVEL_3.expired(UtcNs(0), now)
    assert not PasswordPolicy().expired(UtcNs(0), now)


def test_a_long_phrase_needs_no_special_characters() -> None:
    PasswordPolicy().check("一句足够长而且容易记住的话", name="duty")


def test_names_that_look_alike_in_width_and_case_are_one() -> None:
    assert sign_in_name("Ｄuty01") == sign_in_name(" duty01 ") == "duty01"
    assert sign_in_name("值班员一") == "值班员一"


@pytest.mark.parametrize("name", ["", "a", "a b", "x" * 65, "a\x00b", "../etc", "-rf", "<b>", "a\u202eb"])
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        sign_in_name(name)


def test_a_one_time_code_is_read_as_people_type_it() -> None:
    code = one_time_code(lambda count: bytes(range(count)))
    assert len(code) == 19
    assert typed_code(code.lower().replace("-", " ")) == code
    assert fits(typed_code(code), fingerprint(code))
    assert not fits("", "")
    assert not fits(code, "")


def test_an_authenticator_reads_the_uri() -> None:
    secret = totp_secret(lambda count: bytes(count))
    uri = totp_uri(secret, name="duty", issuer="明鉴")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={secret}" in uri
