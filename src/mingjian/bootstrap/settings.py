"""One `mingjian.toml` in the data directory, overridden by `MINGJIAN_*`. What users change lives in the database."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mingjian.kernel.errors import Invalid

PREFIX = "MINGJIAN_"
FILE = "mingjian.toml"


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
    retention_floor_days: float = Field(30, gt=0)
    """Reading of article 17; later read from the instrument in force."""
    preview_cpu_share: float = Field(0.25, gt=0, le=1)
    """Share of one core that scrub previews may take before they are shed."""
    transcode_cap: int = Field(2, ge=0, le=16)
    """Simultaneous H.265 to H.264 conversions; shown to users when reached."""
    reload: bool = False
    """For development: the web process ends when a source file changes, and is started again."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


def load(data: Path, environment: dict[str, str]) -> Settings:
    """Read the settings of a data directory. Raises Invalid naming the setting and the file or variable."""
    values: dict[str, object] = {}
    path = data / FILE
    if path.exists():
        try:
            values.update(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as error:
            raise Invalid("settings.unreadable", f"{path}: {error}", remedy="改正该行后重新启动", field=FILE) from error
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
            f"设置 {name}：{first['msg']}（{path} 或环境变量 {PREFIX}{name.upper()}）",
            remedy="见 docs/ref/settings.md",
            field=name,
        ) from error
