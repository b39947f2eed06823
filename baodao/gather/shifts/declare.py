"""What a pack says about call-outs: kinds with their turns, and skills.

In TOML::

    [callout.flood]
    title = "防汛值守"
    title_en = "Flood watch"
    shift = "watch"                       # a gathering kind of the form "shift": rest, hours a week, insurance
    turns = ["08:00-14:00", "14:00-20:00", "20:00-08:00"]
    skills = ["boat", "first_aid"]
    hours = 60                            # the most for one person in half a year
    reach = 8000                          # metres from where she usually is

    [skill.boat]
    title = "驾船、水上救护"
    title_en = "Boats and rescue on water"
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

import msgspec
from django.utils import translation

from baodao.gather.declare import Name, Source, Text
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs

Turn = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[callout.<code>]`: a kind of emergency. A turn that ends before it begins ends on the next day."""

    title: Text
    shift: Name
    turns: Annotated[tuple[Turn, ...], msgspec.Meta(min_length=1, max_length=12)]
    title_en: str = ""
    skills: tuple[Name, ...] = ()
    hours: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 60
    reach: Annotated[int, msgspec.Meta(ge=100, le=200_000)] = 10_000
    source: Source = ""


class Skill(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[skill.<code>]`: something that one can do; told by herself, never judged."""

    title: Text
    title_en: str = ""
    source: Source = ""


register_section("callout", Kind)
register_section("skill", Skill)


def kinds_at(org: str, day: date | None = None) -> Mapping[str, Kind]:
    """Kinds of call-out that the pack of an organization declares. No statement."""
    try:
        return get_pack(orgs.pack_of(org, day)).many(Kind)
    except BadPack:
        return {}


def skills_at(org: str = "", day: date | None = None) -> Mapping[str, Skill]:
    """Skills that the pack of an organization (of the installation, for "") declares. No statement."""
    try:
        return get_pack(orgs.pack_of(org, day) if org else orgs.home_pack(day)).many(Skill)
    except BadPack:
        return {}


def titled(one: Kind | Skill | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title
