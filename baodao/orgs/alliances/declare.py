"""What a pack says about alliances: its kinds.

In TOML::

    [alliance.consortium]
    title = "城市基层党建共同体"
    title_en = "Consortium of neighbouring units"
    shape = "consortium"           # consortium, council or pairing
    at = ["district", "street"]    # levels of the organization that convenes; empty: any
    source = "public"
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section
from baodao.orgs.declare import Code, Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Shape = Literal["consortium", "council", "pairing"]
#: What a member may be in an alliance of each shape; the first is what a plain list of names means.
ROLES: dict[str, tuple[str, ...]] = {
    "consortium": ("member", "convener"),
    "council": ("member", "convener"),
    "pairing": ("helped", "helper", "member", "convener"),
}


class AllianceKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of alliance: its words, its shape, the levels at which it is convened."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    shape: Shape
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    at: tuple[Code, ...] = ()
    boards: tuple[Code, ...] = ()
    """Measures that its members show one another side by side; whoever joins agrees to that."""
    body: bool = False
    """The seat and its members are one body in the two trees: a unit and its Party organization. What asks nothing of one asks nothing
    of the other; each member stands in the other tree than the seat."""
    freely: bool = False
    """Nobody is asked: an organization that the founder does not reach joins by itself, so that no refusal is ever stored."""
    map: Code = ""
    """The procedure whose matters stand beside those who are helped, on the district's map."""
    posts: tuple[Code, ...] = ()
    """Kinds of post counted beside it on that map (first secretaries from firms)."""
    source: Source = ""


def _check_kinds(pack: Pack, report: Report) -> None:
    """Levels that a kind names exist; one body has no side that helps and nobody who joins by itself."""
    levels = set(pack.names("level"))
    for code, kind in pack.many(AllianceKind).items():
        if kind.body and (kind.shape == "pairing" or kind.freely):
            report.add(
                ("alliance", code, "body"),
                _("一个单位和它的党组织不分帮扶方、受帮方，也不能谁想加入就加入"),
                _('写 shape = "consortium"，去掉 freely。'),
            )
        for level in kind.at:
            if level not in levels:
                report.unknown(("alliance", code, "at"), _("层级"), level, levels)


register_section("alliance", AllianceKind, check=_check_kinds)
