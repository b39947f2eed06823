"""The menu from a sheet and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.tables.columns import Column, as_day, as_integer, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, choice, register_template
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.orgs.ruling import Faults
from baodao.places.catalogue.sheets import functions_typed, org_code

from . import selectors
from .declare import lists_of, titled
from .models import Offer
from .selectors import listed, of_org
from .services import NewOffer, judge_offer, make_offers, posts_there

_FIELD = re.compile(r"\[(\d+)\]\.(\w+)$")


def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Subjects and forms of the installation's district: code → words."""
    lists = lists_of(
        next((code for code, node in orgs.forest().nodes.items() if node.level == "district"), ""),
        orgs.today(),
    )
    subjects = {code: titled(one, code) for code, one in lists.subjects.items()}
    return subjects, {code: titled(one, code) for code, one in lists.forms.items()}  # fmt: skip


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring."""
    subjects, forms = _words()
    return (
        Column("org", _("所属单位代码"), org_code, required=True, hint=_("组织页上的代码")),
        Column("title", _("题目"), as_text(80), required=True, example=_("民法典里的相邻关系")),
        choice("subject", _("哪一类"), subjects, required=True, example=next(iter(subjects), "")),
        Column(
            "forms", _("形式"), as_text(400), required=True,
            hint=_("几种就用顿号隔开：%(known)s") % {"known": "、".join(forms.values())},
        ),
        Column("minutes", _("一次多少分钟"), as_integer(10, 480), example=60),
        Column("sessions", _("一共几次"), as_integer(1, 60), example=1),
        Column("about", _("讲些什么"), as_text(500)),
        Column("lecturers", _("讲师岗位代码"), as_text(400), hint=_("不写，就请全区说了讲这一类的讲师")),
        Column("since", _("哪天起可以点"), as_day(), required=True, example=date(2026, 1, 1)),
    )  # fmt: skip


def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
    """New ones are good; the same topic of the same unit is there already. Two statements."""
    _subjects, forms = _words()
    there = {
        (str(row.org_id), row.title): row
        for row in Offer.objects.filter(until__isnull=True, title__in=[row.text("title") for row in rows])
    }
    items: dict[int, NewOffer] = {}
    for row in rows:
        try:
            chosen = functions_typed(row.text("forms"), forms)
        except Invalid as wrong:
            first = wrong.faults[0]
            verdicts.wrong(row.row, "forms", row.text("forms"), first.reason, first.remedy)
            continue
        posts = tuple(row.text("lecturers").replace("、", " ").replace(",", " ").split())
        one = NewOffer(**row.values | {"forms": chosen, "lecturers": posts})
        held = there.get((one.org, one.title))
        if held is not None and (held.subject, listed(held.forms)) == (
            one.subject,
            tuple(sorted(one.forms)),
        ):
            verdicts.known(row.row)
        elif held is not None:
            verdicts.wrong(
                row.row, "title", one.title, _("这个题目已经在菜单上，内容不同"), _("请在页面上撤下旧的")
            )
        elif not allowed(by, "offer.make", of_org(one.org)):
            verdicts.wrong(
                row.row, "org", one.org, _("这个单位不归您登记"), _("请由它自己或有权限的岗位登记")
            )
        else:
            items[row.row] = one
    for number, found in _faults(items).items():
        for told in found:
            named = _FIELD.search(told.field)
            verdicts.wrong(number, named[2] if named else "", "", told.reason, told.remedy)
        items.pop(number)
    for number, item in items.items():
        verdicts.good(number, item)


def _faults(items: Mapping[int, NewOffer]) -> dict[int, list[Fault]]:
    """What the verb would say, by row."""
    faults, order = Faults("offers"), list(items)
    for place, number in enumerate(order):
        judge_offer(faults, place, items[number])
    posts_there(faults, {place: items[number].lecturers for place, number in enumerate(order)}, "lecturers")
    found: dict[int, list[Fault]] = {}
    for fault in faults.found:
        named = _FIELD.search(fault.field)
        if named is not None:
            found.setdefault(order[int(named[1])], []).append(fault)
    return found


def load(by: Act, items: list[NewOffer]) -> object:
    """One command."""
    return make_offers(by, offers=items)


def rows(by: Act) -> Iterable[Mapping[str, Any]]:
    """The menu in force, by code."""
    _subjects, forms = _words()
    for row in selectors.menu("", orgs.today(), limit=20_000):
        yield {
            "org": str(row.org_id), "title": row.title, "subject": row.subject, "minutes": row.minutes,
            "forms": "、".join(forms.get(code, code) for code in listed(row.forms)), "sessions": row.sessions,
            "about": row.about, "lecturers": "、".join(listed(row.lecturers)), "since": row.since,
        }  # fmt: skip


register_template(
    Template(
        name="offers",
        title=gettext_lazy("课程菜单"),
        about=gettext_lazy("一行一个题目：哪一类、用什么形式、谁来讲"),
        order=110,
        columns=columns,
        judge=judge,
        load=load,
        rows=rows,
        may_load=lambda by: bool(reach_of(by, "offer.make")),
        may_see=lambda by: bool(reach_of(by, "offer.make")),
        count=lambda by: len(selectors.menu("", orgs.today(), limit=20_000)),
    )
)

from .programmes import sheets as programmes  # noqa: E402, F401
