"""The template of local talents: a village brings in whom it asked, and takes its own roster out. Steps of growth are written one by
one, where they happen."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_text, choice
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.importing.phones import judged, numbers_of, person_columns
from baodao.orgs.policies import reach_of
from baodao.people.services.reading import read_identity

from .declare import lists_of, titled
from .models import Talent
from .selectors import DOMAIN, READ, of_village, visible
from .services import NewTalent, examine, name_talents

RIGHT = "talent.name"


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring; trades are those of the actor's pack."""
    trades = lists_of(by.office, orgs.today())[0]
    words = {code: titled(one, code) for code, one in trades.items()}
    person = person_columns(_("入册日"), date(2026, 1, 1))
    return (
        Column("org", _("村（社区）"), as_text(120), aliases=("村", "社区"),  # data
               hint=_("名称或代码；空着就是您的村")),
        choice("trade", _("专长"), words, required=True, example=next(iter(words), "")),
        *person[:-1],
        choice("word", _("本人同意"), {"yes": _("同意")}, required=True, example="yes",
               hint=_("讲清楚留什么、谁看得到，本人同意才能进名册")),
        person[-1],
    )  # fmt: skip


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """On this village's roster with this trade: known. On another's, or for another trade: a person decides on the page."""

    def made(row: Given, org: str) -> NewTalent:
        since = row.values["since"]
        return NewTalent(
            org, row.text("trade"), row.text("name"), row.text("phone"), since, True, row.text("uid")
        )

    news = judged(
        by, rows, verdicts,
        column="org", may=lambda org: allowed(by, RIGHT, of_village(org)),
        refused=Bad(_("这个村的名册不归您登记"), _("请由它自己导入")),
        made=made, examine=examine, domain=DOMAIN,
    )  # fmt: skip
    tokens = [token for _row, _one, token in news if token]
    held = {row.token: row for row in Talent.objects.filter(token__in=tokens, until__isnull=True)}
    for row, one, token in news:
        there = held.get(token)
        if there is None:
            verdicts.good(row.row, one)
        elif (str(there.org_id), there.trade) == (one.org, one.trade):
            verdicts.known(row.row)
        elif str(there.org_id) == one.org:
            verdicts.wrong(row.row, "trade", one.trade, _("已经在名册上，专长不一样"), _("请在名册页上核对"))
        else:
            verdicts.wrong(row.row, "phone", one.phone, _("这个人已经在一个村的名册上"))


def load(by: Act, items: list[NewTalent]) -> object:
    """One command."""
    return name_talents(by, talents=items)


def _own(by: Act) -> list[Talent]:
    """Of what the actor may see, what is her own village's: those above read names on the page, for a purpose, and take no
    telephones along."""
    held = list(visible(by).filter(until__isnull=True).order_by("org_id", "code"))
    mine = {org: allowed(by, RIGHT, of_village(org)) for org in {str(row.org_id) for row in held}}
    return [row for row in held if mine[str(row.org_id)]]


def rows(by: Act) -> Iterator[dict[str, Any]]:
    """Talents of the villages that the actor names for, with names and telephones opened for the act's purpose and logged."""
    by_village: dict[str, list[Talent]] = {}
    for row in _own(by):
        by_village.setdefault(str(row.org_id), []).append(row)
    for org, held in by_village.items():
        tokens = [row.token for row in held]
        read = read_identity(by, tokens, ("name", "phone"), of_village(org), right=READ)
        numbers = numbers_of(by, tokens)
        for row in held:
            yield {
                "org": org, "trade": row.trade, "name": read.one(row.token, "name"),
                "phone": read.one(row.token, "phone"), "since": row.since, "word": "yes",
                "uid": numbers.get(row.token, ""),
            }  # fmt: skip


def may_load(by: Act) -> bool:
    """Whether the actor names talents anywhere."""
    return bool(reach_of(by, RIGHT))


def count(by: Act) -> int:
    """How many talents the actor would export. One statement."""
    return len(_own(by))
