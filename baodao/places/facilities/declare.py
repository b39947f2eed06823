"""What a pack says about facilities: the closed lists of their kinds and of what one can do there.

In TOML::

    [function.water]
    title = "喝水、热饭"
    title_en = "Water, a microwave"

    [facility.rest_station]
    title = "劳动者驿站"
    title_en = "Rest station"
    functions = ["water", "charging", "rest"]    # offered first in the form; any function may be chosen
    alone = true                                 # a room: given to one gathering at a time
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import Code, Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class Function(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[function.<code>]`: one thing that one can do, or get, at a facility."""

    title: Title
    title_en: str = ""
    source: Source = ""


class FacilityKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[facility.<code>]`: a kind of facility, with what is usual there."""

    title: Title
    title_en: str = ""
    functions: tuple[Code, ...] = ()
    alone: bool = False
    """Given to one gathering at a time: a room, not a square."""
    source: Source = ""


def _check_kinds(pack: Pack, report: Report) -> None:
    """Functions that a kind names exist."""
    known = set(pack.names("function"))
    for code, kind in pack.many(FacilityKind).items():
        for name in kind.functions:
            if name not in known:
                report.unknown(("facility", code, "functions"), _("功能"), name, known)


register_section("function", Function)
register_section("facility", FacilityKind, check=_check_kinds)
