"""One `mingjian.toml` in the data directory, overridden by `MINGJIAN_*`. What users change lives in the database."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from mingjian.adapters.oidc import origin_of
from mingjian.adapters.time_stamps import certificates_in
from mingjian.bootstrap.law import PACKAGED, rulebook
from mingjian.governance.places import Datum
from mingjian.kernel.errors import Invalid
from mingjian.law.calendar import parse_days
from mingjian.law.rulebook import Rulebook
from mingjian.web.proxies import networks

PREFIX = "MINGJIAN_"
FILE = "mingjian.toml"
DEMONSTRATION = "demonstration"
STORAGE_TERM = rulebook().storage_rule()
"""The row of the instruments that ship below which no real installation stores."""
KIND_VARIABLE = f"{PREFIX}INSTALLATION"


class Settings(BaseModel):
    """What the installer decides once. Unknown names are refused, so that a typing mistake is not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    installation: Literal["standard", "demonstration"] = "standard"
    """A demonstration may use throw-away volumes and prints its accounts; a standard one refuses both."""
    host: str = "0.0.0.0"  # noqa: S104 - a county's users come from its network; the demo binds to loopback
    port: int = Field(8443, ge=0, le=65_535)
    tls: bool = True
    database_url: str = ""
    """Empty: SQLite under the data directory."""
    recorders: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)
    witness_url: str = ""
    witness_key: str = ""
    """The witness's verifier key line; without it the witness's answers prove nothing and are not asked for."""
    timestamp_url: str = ""
    timestamp_certificates: str = ""
    """PEM of the time-stamping authority's certificate and those it was issued under; without them its word proves
    nothing and is not asked for."""
    copies_up_to_mib: int = Field(200, ge=0, le=100_000)
    """Playable, marked copies are made for packages of at most so much footage."""
    retention_floor_days: float = Field(STORAGE_TERM.days, gt=0, allow_inf_nan=False)
    """Nobody deletes younger footage. Longer where another law says so; shorter in a demonstration only."""
    instruments: str = ", ".join(PACKAGED)
    """The texts of law in force here, the province's first: names that ship, or TOML files with their official text."""
    rest_days: str = ""
    """Holidays of years that the State Council announced after this version was made; see `law.calendar`."""
    work_days: str = ""
    """Saturdays and Sundays of those years that are worked."""
    preview_cpu_share: float = Field(0.25, gt=0, le=1)
    """Share of one core that scrub previews may take before they are shed."""
    transcode_cap: int = Field(2, ge=0, le=16)
    """Simultaneous conversions to H.264; shown to users when reached."""
    transcode_cap_large: int = Field(1, ge=0, le=16)
    """Of all conversions at most so many in 1080p."""
    transcode_cap_marked: int = Field(6, ge=1, le=64)
    """Simultaneous pictures for people outside, beside those conversions; shown to them when reached."""
    forensic_key: int = Field(1, ge=1, le=1000)
    """The number of the key of hidden marks: one more makes a new key, and what older ones marked is still read."""
    reload: bool = False
    """For development: the web process ends when a source file changes, and is started again."""
    public_url: str = Field("", pattern=r"^(https?://[^/\s?#]+)?$")
    """Where citizens reach the page of a sign; its QR code leads there."""
    trusted_proxies: str = ""
    """Addresses or networks of own reverse proxies, by commas: only their `X-Forwarded-For` says who asks."""
    complaint_contact_days: int = Field(180, ge=1, le=3650)
    """How long the contact of an answered complaint is kept: within six months of an answer one may go to court
    against it (Administrative Litigation Law, article 46), and the organ may have to ask again; after that it has no
    purpose (Personal Information Protection Law, article 19)."""
    basemap: str = ""
    """Raster tiles below the map's marks: a folder `z/x/y` or an `.mbtiles` file; relative to the data directory."""
    basemap_datum: Datum = Datum.CGCS2000
    """Whose coordinates the tiles follow: they lie only under what is on record in these."""
    basemap_attribution: str = Field("", max_length=200)
    """What must stand on the map: its approval number (审图号) and its source."""
    administrators_need_key: bool | None = None
    """Whether the three administrators must use a security key; unset: in a standard installation."""
    sign_in_rules: Literal["asvs", "level-3"] = "asvs"
    """`level-3`: what assessors of 等保三级 ask for (complexity, rotation, history, idle time), against the default."""
    password_days: int = Field(90, ge=30, le=365)
    """With `level-3` a pass-phrase lasts so long. The standard says "periodically"; assessors ask for three months."""
    oidc_issuer: str = ""
    """The identity provider through which linked people may sign in; empty: none."""
    oidc_client_id: str = Field("", max_length=200)
    oidc_client_secret: str = Field("", max_length=500, repr=False)
    """Best as the variable, which no file keeps; empty: a public client, which PKCE alone protects."""
    oidc_label: str = Field("统一身份认证", min_length=1, max_length=30)
    oidc_label_en: str = Field("the identity provider", min_length=1, max_length=60)
    oidc_second_factor: bool = True
    """Whether the own second factor is asked after the provider; of the three administrators it always is."""
    oidc_factor_words: str = Field("", max_length=300)
    """Values of `amr` or `acr`, by commas, that stand for the second factor where the provider asserts one."""
    oidc_sign_out: bool = False
    """Who came by the provider and signs out of here is led to its own sign-out."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("timestamp_certificates")
    @classmethod
    def _usable(cls, pem: str) -> str:
        if pem:
            certificates_in(pem)
        return pem

    @field_validator("oidc_issuer")
    @classmethod
    def _provider(cls, issuer: str) -> str:
        if issuer and ("?" in issuer or not origin_of(issuer)[1]):
            raise ValueError("an issuer has no query")
        return issuer

    def law(self) -> Rulebook:
        """The law of this installation. Raises Invalid for an instrument that cannot be read or misquotes its text."""
        return rulebook(self.instruments, self.rest_days, self.work_days)

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, text: str) -> str:
        networks(text)
        return text

    @field_validator("rest_days", "work_days")
    @classmethod
    def _days(cls, text: str, info: ValidationInfo) -> str:
        parse_days(text, info.field_name or "")
        return text

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        """Raises Invalid where a setting would break the law or send passwords in the clear."""
        term = self.law().storage_rule()
        if self.installation != DEMONSTRATION and self.retention_floor_days < term.days:
            raise Invalid(
                "settings.retention-floor",
                f"retention_floor_days 为 {self.retention_floor_days:g} 天，正式系统的有效存储期限不得少于 "
                f"{term.days} 天",
                text_en=f"retention_floor_days is {self.retention_floor_days:g}; a real installation stores "
                f"{term.days} days or more",
                remedy="删去该设置，或改为不少于法定天数",
                remedy_en="remove the setting, or set it to the legal number of days or more",
                field="retention_floor_days",
                article=term.article,
            )
        if not self.tls and not _loopback(self.host):
            raise Invalid(
                "settings.tls",
                f"tls = false 只可用于本机地址，而 host 为 {self.host}：口令和画面会明文经过网络",
                text_en=f"tls = false is for loopback only, and host is {self.host}: "
                "passwords and pictures would cross the network in the clear",
                remedy='删去 tls = false，或设 host = "127.0.0.1"',
                remedy_en='remove tls = false, or set host = "127.0.0.1"',
                field="tls",
            )
        if self.oidc_issuer and not self.oidc_client_id:
            raise Invalid(
                "settings.oidc",
                "设置了 oidc_issuer，没有设置 oidc_client_id",
                text_en="oidc_issuer is set and oidc_client_id is not",
                remedy="填写在身份提供者处为本系统登记的客户端编号",
                remedy_en="give the client id under which this system is registered at the provider",
                field="oidc_client_id",
            )
        return self


def load(data: Path, environment: dict[str, str]) -> Settings:
    """Read the settings of a data directory. Raises Invalid naming the setting and the file or variable.

    What makes a directory a demonstration stands in its own file: no variable can turn a real one into one.
    """
    values: dict[str, object] = {}
    path = data / FILE
    if path.exists():
        try:
            values.update(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Invalid(
                "settings.unreadable",
                f"无法读取 {path}：{error}",
                text_en=f"{path} cannot be read: {error}",
                remedy="改正该行后重新启动",
                remedy_en="correct the line and start again",
                field=FILE,
            ) from error
    if environment.get(KIND_VARIABLE) == DEMONSTRATION != values.get("installation"):
        raise Invalid(
            "settings.kind",
            f"{KIND_VARIABLE} 不能把正式系统变为演示系统",
            text_en=f"{KIND_VARIABLE} cannot turn a real installation into a demonstration",
            remedy=f"演示系统须在 {path} 中写明 installation",
            remedy_en=f"a demonstration says so itself: set installation in {path}",
            field="installation",
        )
    for name in Settings.model_fields:
        if (override := environment.get(PREFIX + name.upper())) is not None:
            values[name] = override
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "settings.invalid",
            f"设置 {name} 不合要求（{path} 或环境变量 {PREFIX}{name.upper()}）：{first['msg']}",
            text_en=f"setting {name} ({path} or variable {PREFIX}{name.upper()}): {first['msg']}",
            remedy="见 docs/ref/settings.md",
            remedy_en="see docs/ref/settings.md",
            field=name,
        ) from error


def _loopback(host: str) -> bool:
    """Whether only this machine reaches `host`; another name than localhost may lead anywhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
