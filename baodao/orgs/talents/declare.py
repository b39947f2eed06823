"""What a pack says about talents: trades, and kinds of steps.

In TOML::

    [talent.farming]
    title = "种养能手"
    title_en = "Growing and raising"

    [talent_step.training]
    title = "参加培训"
    title_en = "Training"
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from django.utils import translation

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import Source

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Trade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[talent.<code>]`: what somebody is good at."""

    title: Title
    title_en: str = ""
    source: Source = ""


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[talent_step.<code>]`: a kind of step in somebody's growth; something done, never a judgement."""

    title: Title
    title_en: str = ""
    source: Source = ""


register_section("talent", Trade)
register_section("talent_step", Step)


def lists_of(org: str, day: date) -> tuple[Mapping[str, Trade], Mapping[str, Step]]:
    """Trades and steps that the pack of an organization declares, in its order. No statement."""
    try:
        found = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return {}, {}
    return found.many(Trade), found.many(Step)


def titled(one: Trade | Step | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title
