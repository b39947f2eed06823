"""The one view of those who owe training: how many hold the posts, how many came, how many are still to come, by organization; no name. Whoever
is still to come is reminded in one press."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.dues.selectors import dues_rules
from baodao.gather.courses.desk.common import act_of, home_of, org_name, plain
from baodao.gather.courses.programmes.declare import plans_of, titled
from baodao.gather.courses.programmes.reached import Part, Reach, reached
from baodao.gather.courses.programmes.reminding import RIGHT, remind
from baodao.gather.courses.programmes.selectors import of_class
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONVENING = ("class.open", "training.plan")


@page("desk", "training-reach/", name="training-reach")
def training_reach(request: HttpRequest) -> HttpResponse:
    """Every plan that somebody owes, by the organizations below; `?all=yes` below all of one's posts, in both trees; `?as=xlsx`. Seven statements."""
    by, home, day = act_of(request), home_of(request), orgs.today()
    if not any(allowed(by, right, of_class(home)) for right in CONVENING):
        raise Refused.of("", _("您的岗位不办培训"), _("自己还缺什么，在“培训”页看"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _remind(by, home, request.POST.get("plan", "")[:40])
        except Problem as caught:
            problem = plain(caught)
    tops = _tops(request, by)
    both = request.GET.get("all") == "yes" and len(tops) > 1
    found = reached(plans_of(home, day), tops if both else [home], day)
    if request.GET.get("as") == "xlsx":
        return _sheet(found)
    limits = dues_rules(home, day)
    return render(
        request,
        "gather/courses/reach.html",
        status=problem.status if problem else 200,
        plans=[
            (titled(one.plan, one.name), one, [(_name(part), part) for part in (*one.parts, one.total)])
            for one in found
        ],
        org=_("、").join(org_name(top) for top in tops) if both else org_name(home),
        both=both,
        more=len(tops) > 1,
        reminding=not both and allowed(by, RIGHT, of_class(home)),
        times=limits.reminders,
        days=limits.within_days,
        told=_told(request),
        year=day.year,
        problem=problem,
        command=new_key("training"),
    )


def _tops(request: HttpRequest, by: Act) -> list[str]:
    """The organizations of all one's posts for which one convenes, without those below another of them; the chosen one's first."""
    posts, day, trees = who_of(request).posts, orgs.today(), orgs.forest()
    every = replace(by, grants=(*by.grants, *orgs.all_grants(posts, day)))
    home = home_of(request)
    codes = dict.fromkeys([home, *(post.org for post in posts if not post.deputy)])
    mine = [code for code in codes if any(allowed(every, right, of_class(code)) for right in CONVENING)]
    return [code for code in mine if not set(trees.chain(code, day)[1:]) & set(mine)]


def _remind(by: Act, home: str, plan: str) -> HttpResponse:
    """One press; the page then says how many had it, how many not, and why."""
    done = remind(by, org=home, plan=plan)
    query = urlencode({"told": done.told, "once": done.once, "lately": done.lately})
    return HttpResponseRedirect(f"{reverse('desk:training-reach')}?{query}", status=303)


def _told(request: HttpRequest) -> str:
    """What the last press did, in words; "" without one."""
    told, once, lately = (whole_number(request.GET.get(name, "")[:6]) for name in ("told", "once", "lately"))
    if told is None or once is None or lately is None:
        return ""
    words = _("提醒了 %(n)s 人。") % {"n": told}
    if int(once):
        words += _("%(n)s 人这个月已经提醒过，没有再发。") % {"n": once}
    if int(lately):
        words += _("%(n)s 人近期收到的各种提醒已经够了，没有再发。") % {"n": lately}
    return words


def _sheet(found: list[Reach]) -> HttpResponse:
    rows = [(titled(one.plan, one.name), *_cells(part)) for one in found for part in (*one.parts, one.total)]
    out = io.BytesIO()
    head = (
        _("计划"),
        _("单位"),
        _("在岗"),
        _("空岗的单位"),
        _("今年来过"),
        _("该上的都上了"),
        _("还没来齐"),
        _("人均学时"),
    )
    write_xlsx(out, _("谁还没来"), head, rows)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="training-reach.xlsx"'
    return response


def _name(part: Part) -> str:
    names = [org_name(code) for code in (part.org, *part.halves)]
    return " · ".join(names) if part.org else _("合计")


def _cells(part: Part) -> tuple[Any, ...]:
    few = part.whole is None
    told = ("", "", "", "") if few else (part.some, part.whole, part.left, round(part.hours or 0, 1))
    return _name(part), part.holders, part.vacant, *told
