"""Lists from a sheet and back: one row is one item of one kind of place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.tables.columns import Bad, Column, as_code, as_text
from baodao.kernel.tables.read import Cell
from baodao.kernel.tables.template import Given, Template, Verdicts, choice, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.orgs.ruling import Faults
from baodao.places.catalogue.sheets import faults_by_row

from .models import ChecklistItem
from .ruling import NewItem, examine, takers
from .services import RIGHT, owner, register_items

FIELDS = ("org", "procedure", "list", "title", "trade", "grade", "unit", "item")


def org_cell(cell: Cell) -> str:
    """An organization by its code, or by its full name where only one is called so."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    try:
        return org_named(text, orgs.today(), "org")
    except Invalid as wrong:
        raise Bad(wrong.faults[0].reason, wrong.faults[0].remedy) from None


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring; the closed lists are those of the reader's district."""
    own = by.office
    takes = takers(orgs.pack_of(own) if own else orgs.home_pack())
    kinds = {code: word for one in takes.values() for code, word in one.kinds.items()}
    trades = {code: word for one in takes.values() for code, word in one.trades.items()}
    grades = {code: word for one in takes.values() for code, word in one.grades.items()}
    names = {name: one.title for name, one in takes.items()}
    return (
        choice("procedure", _("用在哪种检查"), names, required=True, example=next(iter(names), "")),
        choice("list", _("地方的种类"), kinds, required=True, example=next(iter(kinds), "")),
        Column(
            "title",
            _("看什么"),
            as_text(80),
            required=True,
            hint=_("一项一行，只写地方和设施"),
            example=_("垃圾桶没有满溢"),
        ),
        choice(
            "trade",
            _("不合格算哪一类"),
            trades,
            hint=_("有类别的检查都要选"),
            example=next(iter(trades), ""),
        ),
        choice("grade", _("等级"), grades, example=next(iter(grades), "")),
        Column("unit", _("责任单位"), org_cell, hint=_("代码或全称；空着就由检查的人当场选")),
        Column("item", _("编号"), as_code(), hint=_("小写字母、数字和 _；不写就自动编")),
        Column("org", _("用在哪里"), org_cell, hint=_("单位的代码或全称，它和下级都用；空着就是本单位")),
    )


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """New items are good, those that are there just so the same, all others faults."""
    own = by.office
    items = [NewItem(**{"org": own} | row.values) for row in rows]
    faults = Faults("rows")
    examine(faults, items)
    wrong = faults_by_row(faults)
    held = _held({one.org for one in items})
    for at, (row, one) in enumerate(zip(rows, items, strict=True)):
        there = held.get((one.org, one.procedure, one.list, one.code))
        if at in wrong:
            for field, reason, remedy in wrong[at]:
                verdicts.wrong(row.row, field, getattr(one, field, ""), reason, remedy)
        elif not allowed(by, RIGHT, owner(one.org)):
            verdicts.wrong(row.row, "org", one.org, _("这个单位的清单不归您维护"), _("请由它或它的上级导入"))
        elif there is None:
            verdicts.good(row.row, one)
        elif all(getattr(there, name) == getattr(one, name) for name in ("title", "trade", "grade", "unit")):
            verdicts.known(row.row)
        else:
            verdicts.wrong(
                row.row,
                "title",
                one.title,
                _("清单里已经有了，内容不同"),
                _("请先在“检查清单”页上撤下这份清单，再导入"),
            )


def _held(owners: Iterable[str]) -> dict[tuple[str, str, str, str], ChecklistItem]:
    rows = ChecklistItem.objects.filter(org__in=sorted(set(owners)))
    return {(row.org, row.procedure, row.list, row.item): row for row in rows}


def load(by: Act, items: list[NewItem]) -> object:
    """One command."""
    return register_items(by, items=items)


def _mine(by: Act) -> list[ChecklistItem]:
    rows = ChecklistItem.objects.order_by("org", "procedure", "list", "rank")
    may: dict[str, bool] = {}
    return [row for row in rows if may.setdefault(row.org, allowed(by, RIGHT, owner(row.org)))]


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """All items whose lists this one keeps."""
    return ({name: getattr(row, name) for name in FIELDS} for row in _mine(by))


register_template(
    Template(
        name="checklists",
        title=gettext_lazy("检查清单"),
        about=gettext_lazy("一行一项：去哪种地方、看什么、不合格算哪一类、由哪个单位改。只看地方，不看人"),
        order=95,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: by.kind == "system" or bool(reach_of(by, RIGHT)),
        may_see=lambda by: by.kind == "system" or bool(reach_of(by, RIGHT)),
        count=lambda by: len(_mine(by)),
    )
)
