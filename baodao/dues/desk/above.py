"""Coverage for those above a branch: shares by requirement, who has not yet (organizations, never members), one reminder, Excel."""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.dues import reminding, selectors, services
from baodao.dues.policies import READ, REMIND, above
from baodao.dues.selectors import Cover, title_of
from baodao.dues.services import Reminding
from baodao.dues.words import period_words
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import further, page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from .common import act, asked_day, has_room, home, line_row, months, plain, reading, told, tops

PAGE = 50
LEAST = 10


def _asked(request: HttpRequest, by: Act) -> tuple[str, date]:
    """The organization below which one looks ("": below all of one's posts, in both trees) and the day. Raises Missing, Refused."""
    root = request.GET.get("org", "")[:32] or home(request)
    reach = reach_of(by, READ)
    if request.GET.get("all") == "yes" and any(top >= 1 for _org, top in reach.below):
        return "", asked_day(request.GET.get("month", ""))
    if root not in orgs.forest():
        raise Missing.of("org", _("没有这个单位"))
    if not any(root in orgs.forest().below(org, reach.day) for org, top in reach.below if top >= 1):
        raise Refused.of("", _("这张表给上级看"), _("本单位的请看“本月该做什么”"))
    return root, asked_day(request.GET.get("month", ""))


@page("desk", "dues/coverage/", name="dues-coverage", methods=("GET", "HEAD"))
def coverage(request: HttpRequest) -> HttpResponse:
    """Each requirement over all below: how many have done it, of how many; and the organizations right below, to look further."""
    by = reading(request, act(request))
    root, day = _asked(request, by)
    before, after = months(day)
    mine = tops(request, by)
    return render(
        request,
        "dues/coverage.html",
        rows=[_row(one, day) for one in selectors.coverage(by, day, root)],
        org=orgs.name_of(root) if root else _("、").join(orgs.name_of(code) for code in mine),
        query=_query(root),
        more=len(mine) > 1,
        children=[
            (code, orgs.name_of(code)) for code in (orgs.forest().children(root, day) if root else mine)
        ][:100],
        day=day,
        month=_("%(year)d年%(month)d月") % {"year": day.year, "month": day.month},
        month_code=f"{day:%Y-%m}",
        before=before,
        after=after,
    )


def _query(root: str) -> str:
    return urlencode({"org": root} if root else {"all": "yes"})


def _row(one: Cover, day: date) -> dict[str, Any]:
    return {
        "name": one.requirement,
        "title": title_of(one.rule),
        "basis": one.rule.basis,
        "every": period_words(one.rule.every, day) if not one.rule.every else _PER[one.rule.every],
        "members": one.sort == "member",
        "small": one.sort == "member" and one.base < LEAST,
        "done": one.done,
        "base": one.base,
        "made_up": one.made_up,
        "excused": one.excused,
        "missing": one.missing,
        "due": one.due,
    }


_PER = {
    "week": gettext_lazy("每周"),
    "month": gettext_lazy("每月"),
    "quarter": gettext_lazy("每季度"),
    "half_year": gettext_lazy("每半年"),
    "year": gettext_lazy("每年"),
}


@page("desk", "dues/coverage.xlsx", name="dues-coverage-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The same as a workbook, with a second sheet of the organizations that lack something."""
    by = reading(request, act(request))
    root, day = _asked(request, by)
    covers = selectors.coverage(by, day, root)
    header = [
        _("要求"),
        _("多久一次"),
        _("应做"),
        _("免"),
        _("做了"),
        _("其中补做"),
        _("没做"),
        _("还有时间"),
        _("依据"),
    ]
    rows = [_cells(_row(one, day)) for one in covers]
    lacking = selectors.lacking_lines(by, day, root)
    told = [line_row(line, day) for line in lacking]
    sheet = [
        [row["org"], row["title"], row["period"], row["words"], row["when"], row["make_up"]] for row in told
    ]
    head = [_("单位"), _("要求"), _("哪一期"), _("状态"), _("到哪天"), _("补做")]
    out = io.BytesIO()
    top = root or tops(request, by)[0]
    mark = _("模拟数据") if orgs.forest().nodes[top].origin == "simulated" else ""
    title = f"{mark} {_('覆盖情况')} {day.isoformat()}".strip()
    write_xlsx(out, title, header, rows, more=[(_("还没做的"), head, sheet)])
    return workbook(out.getvalue(), f"dues-{root or 'all'}-{day:%Y-%m}")


def _cells(row: dict[str, Any]) -> list[Any]:
    if row["small"]:
        few = _("少于 10 人")
        return [row["title"], str(row["every"]), few, "", "", "", "", "", row["basis"]]
    return [row["title"], str(row["every"]), row["base"], row["excused"], row["done"], row["made_up"], row["missing"],
            row["due"], row["basis"]]  # fmt: skip


@page("desk", "dues/lacking/<str:requirement>/", name="dues-lacking")
def lacking(request: HttpRequest, requirement: str) -> HttpResponse:
    """Who has not yet, by key; one reminder, limited over all requirements together."""
    by, problem = act(request), None
    wide = reading(request, by)
    root, day = _asked(request, wide)
    rule = selectors.rules_of(root or tops(request, wide)[0], day).get(requirement)
    if rule is None or rule.subjects.of == "member":
        raise Missing.of("requirement", _("没有这一项"), _("党员个人的要求只有本支部看得到"))
    if request.method == "POST":
        codes = request.POST.getlist("org")[:PAGE]
        try:
            return _remind(by, requirement, root, codes)
        except Problem as caught:
            problem = plain(caught)
    after = request.GET.get("after", "")[:140]
    lines = selectors.lacking(wide, day, requirement, root=root, after=after, limit=PAGE + 1)
    had = reminding.had({line.org for line in lines}, (), day)
    rows = [
        line_row(line, day)
        | {"room": rule.remind and allowed(by, REMIND, above(line.org, day)) and has_room(line, had, day)}
        for line in lines[:PAGE]
    ]
    limits = selectors.dues_rules(home(request), day)
    return render(
        request,
        "dues/lacking.html",
        status=problem.status if problem else 200,
        problem=problem,
        told=told(request, _("提醒了 %(n)s 家；选了 %(of)s 家，其余近期提醒过或已经做了")),
        rows=rows,
        title=title_of(rule),
        org=orgs.name_of(root) if root else _("、").join(orgs.name_of(code) for code in tops(request, wide)),
        query=_query(root),
        reminding=rule.remind and any(row["room"] for row in rows),
        times=limits.reminders,
        days=limits.within_days,
        next_href=further(lines, PAGE, selectors.mark_of, **({"org": root} if root else {"all": "yes"})),
        first_href=f"?{_query(root)}" if after else "",
        command=new_key("due"),
    )


def _remind(by: Act, requirement: str, root: str, codes: list[str]) -> HttpResponse:
    """One reminder to each; the page then says how many had it."""
    sent = services.remind(by, reminding=[Reminding(code[:32], requirement) for code in codes])
    query = f"{_query(root)}&{urlencode({'told': len(sent), 'of': len(codes)})}"
    return HttpResponseRedirect(f"{reverse('desk:dues-lacking', args=[requirement])}?{query}", status=303)
