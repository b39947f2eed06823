"""The unit's list of members at work from a sheet. There is a column for name, telephone and day, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.tables import Bad, Cell, Column
from baodao.kernel.tables.columns import as_day
from baodao.kernel.tables.template import Given, Template, Verdicts, register_template
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people import normalise
from baodao.people.selectors import holders_of, tokens_for

from .models import ServiceMember
from .selectors import DOMAIN, LIST, listed, names
from .services import Listing, list_members


def _field(field: str) -> Any:
    def convert(cell: Cell) -> str:
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
        try:
            return normalise.normal(field, text)
        except Invalid as wrong:
            raise Bad(wrong.faults[0].reason, wrong.faults[0].remedy) from None

    return convert


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring."""
    return (
        Column("name", _("姓名"), _field("name"), required=True, example=_("张三")),
        Column("phone", _("手机号"), _field("phone"), required=True, example="13800000000",
               hint=_("本人用它登录；没有登录以前只是名单上的一行")),
        Column("since", _("哪天起"), as_day(), example=date(2026, 1, 1)),
    )  # fmt: skip


def _home(by: Act) -> str:
    """The unit whose list this post keeps."""
    return next((grant.org for grant in by.grants if grant.post == by.post and grant.right == LIST), "")


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Who is on the list already is known; the same telephone twice is a fault. Three statements per 1,000 rows."""
    unit, seen = _home(by), set[str]()
    uids = holders_of([row.text("phone") for row in rows])
    tokens = tokens_for(uids.values(), DOMAIN)
    held = set(ServiceMember.objects.filter(org=unit, until__isnull=True).values_list("token", flat=True))
    for row in rows:
        phone = row.text("phone")
        if phone in seen:
            verdicts.wrong(row.row, "phone", phone, _("这个手机号在表里写了两次"), _("每人一行"))
        elif tokens.get(uids.get(phone, ""), "") in held:
            verdicts.known(row.row)
        else:
            since = row.values.get("since") or orgs.today()
            verdicts.good(row.row, Listing(unit, row.text("name"), phone, since))
        seen.add(phone)


def load(by: Act, items: list[Listing]) -> object:
    """One command."""
    return list_members(by, members_=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """The unit's own list, with names, for a purpose; each is logged. Telephones stay in the vault."""
    unit = _home(by)
    found = list(listed(by).filter(org=unit, until__isnull=True).order_by("token"))
    known = names(by, unit, [row.token for row in found]) if found else {}
    for row in found:
        yield {"name": known.get(row.token, ""), "since": row.since}


register_template(
    Template(
        name="service_members",
        title=gettext_lazy("在职党员名单"),
        about=gettext_lazy("一行一名在职党员：只有姓名、手机号、哪天起；没有别的栏，也不读别的栏"),
        order=95,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, LIST)),
        may_see=lambda by: bool(reach_of(by, LIST)),
        count=lambda by: listed(by).filter(until__isnull=True).count(),
        personal=True,
    )
)
