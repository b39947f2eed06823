"""What a pack says about households: the closed lists of reasons and needs. Nobody types a word of his own.

In TOML::

    [household_reason.service]
    title = "上门服务、有事联系"
    title_en = "Service at the door, reaching you"
    days = 365                     # the longest that a line may stand

    [household_need.meals]
    title = "送餐"
    title_en = "Meals brought"
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


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[household_reason.<code>]`: why a line is written; the household reads it."""

    title: Title
    title_en: str = ""
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 365
    """The longest that a line for this reason may stand; then it is erased or asked for anew."""
    source: Source = ""


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[household_need.<code>]`: what a household may ask to have noted; a service, never a judgement."""

    title: Title
    title_en: str = ""
    source: Source = ""


register_section("household_reason", Reason)
register_section("household_need", Need)


def lists_of(org: str, day: date) -> tuple[Mapping[str, Reason], Mapping[str, Need]]:
    """Reasons and needs that the pack of an organization declares, in its order. No statement."""
    try:
        found = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return {}, {}
    return found.many(Reason), found.many(Need)


def titled(one: Reason | Need | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title
