"""Units' lists of members at work from a sheet. There is a column for the unit, name, telephone and day, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.tables import Bad, Column, Given, Verdicts, as_text
from baodao.kernel.tables.template import Template, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.importing.phones import judged, numbers_of, person_columns
from baodao.orgs.policies import reach_of
from baodao.people.services.reading import read_identity

from .models import ServiceMember
from .selectors import DOMAIN, LIST, listed, of_unit
from .services.listing import Listing, examine, list_members


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring."""
    return (
        *person_columns(_("哪天起"), date(2026, 1, 1), needed=False),
        Column("unit", _("单位"), as_text(120), hint=_("单位的名称或代码；空着就是您的单位")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """Who is on the unit's list already is known; the same telephone twice for a unit is a fault."""

    def made(row: Given, unit: str) -> Listing:
        since = row.values.get("since") or orgs.today()
        return Listing(unit, row.text("name"), row.text("phone"), since, row.text("uid"))

    news = judged(
        by, rows, verdicts,
        column="unit", may=lambda unit: allowed(by, LIST, of_unit(unit)),
        refused=Bad(_("这个单位的名单不归您登记"), _("请由它自己导入")),
        made=made, examine=examine, domain=DOMAIN, each=True,
    )  # fmt: skip
    held = _held([token for _row, _one, token in news if token])
    for row, one, token in news:
        if (token, one.unit) in held:
            verdicts.known(row.row)
        else:
            verdicts.good(row.row, one)


def _held(tokens: Sequence[str]) -> set[tuple[str, str]]:
    """(token, unit) of the open rows. One statement per 500."""
    found: set[tuple[str, str]] = set()
    for start in range(0, len(tokens), 500):
        rows = ServiceMember.objects.filter(token__in=tokens[start : start + 500], until__isnull=True)
        found |= {(token, str(org)) for token, org in rows.values_list("token", "org_id")}
    return found


def load(by: Act, items: list[Listing]) -> object:
    """One command."""
    return list_members(by, members_=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """The lists that the actor keeps, with names and telephones opened for the act's purpose; each is logged. A member's stays in their
    order: two units may list her."""
    found: list[tuple[int, dict[str, Any]]] = []
    units: dict[str, list[ServiceMember]] = {}
    for row in listed(by).filter(until__isnull=True).order_by("org_id", "since", "token"):
        units.setdefault(str(row.org_id), []).append(row)
    for unit, held in units.items():
        tokens = [row.token for row in held]
        read = read_identity(by, tokens, ("name", "phone"), of_unit(unit), right=LIST)
        numbers = numbers_of(by, tokens)
        for row in held:
            name, phone = read.one(row.token, "name"), read.one(row.token, "phone")
            uid = numbers.get(row.token, "")
            line = {"name": name, "phone": phone, "since": row.since, "uid": uid, "unit": unit}
            found.append((row.n, line))
    return [line for _n, line in sorted(found, key=lambda one: one[0])]


register_template(
    Template(
        name="service_members",
        title=gettext_lazy("在职党员名单"),
        about=gettext_lazy("一行一名在职党员：哪个单位的、姓名、手机号、哪天起；没有别的栏，也不读别的栏"),
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
