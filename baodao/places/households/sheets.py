"""Households from a sheet and back: where and how many, with reason and last day. Needs and contacts are never in a sheet:
they are written one by one, by the household's own word."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.tables.columns import Column, as_code, as_day, as_integer, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, choice, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.orgs.ruling import Faults
from baodao.places.catalogue.sheets import faults_by_row, org_code

from .declare import Reason, titled
from .fold import local
from .models import Household
from .policies import READ, of, visible
from .ruling import MOST_PEOPLE, NewHousehold, examine_households
from .selectors import opened, wholes
from .services import register_households
from .services.writing import known_marks, mark_of

_STEP = 200


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring. Reasons are those of the installation's district."""
    try:
        reasons = {c: titled(r, c) for c, r in get_pack(orgs.home_pack()).many(Reason).items()}
    except BadPack:
        reasons = {}
    return (
        Column("org", _("社区代码"), org_code, required=True, hint=_("组织页上的代码")),
        Column("grid", _("网格代码"), as_code()),
        Column("building", _("楼栋代码"), as_code()),
        Column("address", _("住址"), as_text(120), required=True, hint=_("到门牌号，不写姓名和电话")),
        Column("people", _("几口人"), as_integer(1, MOST_PEOPLE)),
        choice("why", _("为什么登记"), reasons, required=True, hint=_("这一户会看到这句话")),
        Column("until", _("留到哪一天"), as_day(), required=True, hint=_("到这一天自动删掉")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """A home that is written already is the same; its lines are changed on its page."""
    items = [(row.row, NewHousehold(**row.values)) for row in rows]
    faults = Faults("rows")
    examine_households(faults, [one for _row, one in items], local(by.noted))
    wrong = faults_by_row(faults)
    marks = {
        place: mark_of(one.org, one.address) for place, (_row, one) in enumerate(items) if place not in wrong
    }
    held, seen = known_marks(list(marks.values())), set[bytes]()
    for place, (row, one) in enumerate(items):
        if not allowed(by, "household.register", of("", one.org)):
            verdicts.wrong(row, "org", one.org, _("这个单位不归您登记"), _("请由本社区联系各家的岗位导入"))
        elif place in wrong:
            for field, reason, remedy in wrong[place]:
                verdicts.wrong(row, field, getattr(one, field, ""), reason, remedy)
        elif marks[place] in seen:
            verdicts.wrong(row, "address", one.address, _("这个地址在表里写了两次"))
        elif marks[place] in held:
            verdicts.known(row)
        else:
            verdicts.good(row, one)
        seen.add(marks.get(place, b""))


def load(by: Act, items: list[NewHousehold]) -> object:
    """One command."""
    return register_households(by, households=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """All open ones that the actor works with, opened for ``by.purpose`` and logged."""
    found = list(visible(by).filter(until__isnull=True).order_by("code"))
    for start in range(0, len(found), _STEP):
        part = found[start : start + _STEP]
        codes = [row.code for row in part]
        said, held = opened(by, codes), wholes(codes)
        yield from (line for row in part if (line := _cells(row, said[row.code], held[row.code])))


def _cells(row: Household, said: Mapping[int, Any], whole: Any) -> dict[str, Any] | None:
    lines = {line.field: line for line in whole.lines.values()}
    where = lines.get("address")
    if where is None:
        return None
    people = lines.get("people")
    return {
        "org": str(row.org_id), "grid": row.grid, "building": row.building, "address": said[where.n].text,
        "people": int(said[people.n].text) if people else "", "why": where.why, "until": where.until,
    }  # fmt: skip


register_template(
    Template(
        name="households",
        title=gettext_lazy("家庭登记"),
        about=gettext_lazy(
            "一行一户：住在哪、几口人、为什么登记、留到哪天；需要和联系人要本人说了才写，不在表里"
        ),
        order=70,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "household.register")),
        may_see=lambda by: bool(reach_of(by, READ)),
        count=lambda by: visible(by).filter(until__isnull=True).count(),
        personal=True,
    )
)
