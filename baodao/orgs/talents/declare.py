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
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

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


class TalentPay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[talent_pay]`: what a talent is paid by rule, in fen: ``year`` for a whole year, ``steps`` for each step of a kind, ``most`` in all."""

    year: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
    most: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
    basis: Annotated[str, msgspec.Meta(min_length=2, max_length=200)]
    steps: dict[str, Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]] = {}
    basis_en: str = ""
    source: Source = ""


def _check_pay(pack: Pack, report: Report) -> None:
    """Steps that are paid are declared."""
    known = set(pack.names("talent_step"))
    if pack.has(TalentPay):
        for step in pack.one(TalentPay).steps:
            if step not in known:
                report.unknown(("talent_pay", "steps", step), _("成长的步子"), step, known)


register_section("talent_pay", TalentPay, many=False, check=_check_pay)
register_section("talent", Trade)
register_section("talent_step", Step)


def pay_rule(org: str, day: date) -> TalentPay | None:
    """The rule of pay that the pack of an organization declares. No statement."""
    try:
        found = get_pack(orgs.pack_of(org, day))
    except BadPack:
        return None
    return found.one(TalentPay) if found.has(TalentPay) else None


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
