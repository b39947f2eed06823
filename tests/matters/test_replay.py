"""Matters from elsewhere: the shipped procedure for them is one that nobody has to wait for."""

from __future__ import annotations

import tomllib

import msgspec

from baodao.matters.declare import Procedure

from .scene import PACKS

REPLAYED = msgspec.convert(
    tomllib.loads((PACKS / "base" / "replayed.toml").read_text(encoding="utf-8"))["procedure"]["replayed"],
    Procedure,
)


def test_nothing_of_it_lapses() -> None:
    assert [clock.lapse for clock in REPLAYED.clocks] == [None]
