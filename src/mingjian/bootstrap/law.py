"""The instruments that ship with this installation, read once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from mingjian.law.calendar import china
from mingjian.law.instrument import Instrument, parse
from mingjian.law.rulebook import Rulebook

PACKAGED = ("anhui-2017", "cn-799-2025")
"""The province's text first: it is the one whose words an installation there cites."""


def packaged(name: str) -> Instrument:
    """One instrument of the package. Raises Invalid where its file and its text do not fit."""
    return read(files("mingjian.law"), name)


def read(folder: Traversable, name: str) -> Instrument:
    """`instruments/NAME.toml` of a folder, with the one file of its `texts/` that carries the same name."""
    toml = folder.joinpath("instruments", f"{name}.toml").read_bytes()
    texts = [text for text in folder.joinpath("texts").iterdir() if text.name.rpartition(".")[0] == name]
    return parse(toml, texts[0].read_bytes() if texts else b"")


@lru_cache
def rulebook() -> Rulebook:
    """The law of this installation. Every process reads it once; it does not change while it runs."""
    return Rulebook((packaged(name) for name in PACKAGED), china())
