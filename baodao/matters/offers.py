"""What a matter may be matched with, by the codes of its opening: a table of the pack, declared, dated, with its source. In TOML::

    [offer.renewal]
    procedure = "financing"
    title = "无还本续贷"
    giver = "某某银行"
    since = "2026-01-01"

    [[offer.renewal.need]]
    field = "amount"                # of the opening; "kind" is the matter's
    most = 300_000_000              # fen
    says = "不超过 300 万元"

Only codes and numbers of the opening are compared: nobody is named by it, and nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from msgspec import Meta, Struct, field

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section

from .declare import Procedure
from .facts import Opened
from .terms import Name, Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

    from .selectors import Seen

Text = Annotated[str, Meta(min_length=1, max_length=80)]
Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class Need(Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    """One condition: the field is one of these codes, or a number between these. ``says``: why, as people read it."""

    field: Name
    says: Text
    says_en: str = ""
    is_: tuple[Name, ...] = ()
    least: int | None = None
    most: int | None = None

    def met(self, value: Any) -> bool:
        """Whether a value of the opening meets it; one that was not given does not."""
        if self.is_:
            return str(value) in self.is_
        if not isinstance(value, int):
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


class Offer(Struct, frozen=True, forbid_unknown_fields=True):
    """`[offer.<code>]`: a product or service that a matter of ``procedure`` may qualify for, in [since, until). Its first need says what
    it is for: a matter that does not meet that one is not shown it at all."""

    procedure: Name
    title: Text
    giver: Text
    since: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    title_en: str = ""
    giver_en: str = ""
    until: Day = ""
    needs: tuple[Need, ...] = field(name="need", default=())
    source: Source = "assumed"


class Match(Struct, frozen=True):
    """An offer beside a matter: what it meets and what is missing, in words."""

    title: str
    giver: str
    why: tuple[str, ...]
    missing: tuple[str, ...]
    assumed: bool


def _check(pack: Pack, report: Report) -> None:
    """Procedures, fields and codes that an offer names exist."""
    procedures = pack.many(Procedure)
    for code, offer in pack.many(Offer).items():
        procedure = procedures.get(offer.procedure)
        if procedure is None:
            report.unknown(("offer", code, "procedure"), _("程序"), offer.procedure, set(procedures))
            continue
        opening = procedure.action("open")
        fields = dict(opening.fields) if opening is not None else {}
        for place, need in enumerate(offer.needs):
            where = ("offer", code, "need", place)
            if need.field not in fields:
                report.unknown((*where, "field"), _("字段"), need.field, set(fields))
                continue
            known = _codes(procedure, fields[need.field])
            for one in set(need.is_) - known if known else ():
                report.unknown((*where, "is"), _("取值"), one, known)


def _codes(procedure: Procedure, declared: str) -> set[str]:
    kind, _colon, options = declared.rstrip("?").partition(":")
    return {row.name for row in procedure.kinds} if kind == "kind" else set(options.split("|")) - {""}


register_section("offer", Offer, check=_check)


def offers_of(seen: Seen, lang: str) -> list[Match]:
    """Offers in force on the day of the opening: those that it qualifies for, then those of which one condition is missing."""
    first = seen.facts[0] if seen.facts else None
    if first is None or not isinstance(first.data, Opened) or seen.state.ended is not None:
        return []
    try:
        declared = get_pack(seen.row.pack).many(Offer)
    except BadPack:
        return []
    day, values = localdate(first.happened).isoformat(), {**first.data.fields, "kind": seen.state.kind}
    found = [
        _match(offer, values, lang)
        for offer in declared.values()
        if offer.procedure == seen.row.procedure
        and offer.since <= day
        and (not offer.until or day < offer.until)
    ]
    close = [one for one in found if one is not None and len(one.missing) <= 1]
    return sorted(close, key=lambda one: len(one.missing))


def _match(offer: Offer, values: Mapping[str, Any], lang: str) -> Match | None:
    if offer.needs and not offer.needs[0].met(values.get(offer.needs[0].field)):
        return None
    english = lang.startswith("en")
    met: dict[bool, list[str]] = {True: [], False: []}
    for need in offer.needs:
        met[need.met(values.get(need.field))].append((english and need.says_en) or need.says)
    title, giver = (english and offer.title_en) or offer.title, (english and offer.giver_en) or offer.giver
    return Match(title, giver, tuple(met[True]), tuple(met[False]), offer.source == "assumed")
