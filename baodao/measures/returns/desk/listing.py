"""What is to be handed in, and what there is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.jinja import span_words
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_or_none
from baodao.measures.period import parse, recent
from baodao.measures.returns import selectors, services
from baodao.measures.returns.filling import named
from baodao.measures.returns.policies import FILL, FORM, READ, may, readable
from baodao.orgs.selectors import name_of, today
from baodao.people.door import act_from

SHOWN = 50


def act(request: HttpRequest) -> Act:
    """The act of a page."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("return"))


def source() -> str:
    """Of which origin figures are: simulated ones in a demonstration."""
    return "simulated" if settings.DEMO else "live"


def own_org(by: Act, asked: str) -> str:
    """The organization asked about, else one's own. Raises Refused for who reads none."""
    held = readable(by)
    if not held:
        raise Refused.of("", _("您的岗位不管上级的报表"), _("请由督办员或单位负责人打开"))
    own = next((grant.org for grant in by.grants if grant.post == by.post and grant.org in held), "")
    return asked if asked in held else own or held[0]


@page("desk", "returns/", name="returns", nav=(61, gettext_lazy("上级报表")), right=READ)
def returns(request: HttpRequest) -> HttpResponse:
    """Forms that are due with their days; all returns of the organization; the forms that it has."""
    by, problem = act(request), None
    given = request.POST if request.method == "POST" else request.GET
    org = own_org(by, given.get("org", "")[:32])
    if request.method == "POST":
        try:
            number = _begin(by, org, request)
            return HttpResponseRedirect(reverse("desk:return", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = caught
    day, before = today(), request.GET.get("before", "")[:60]
    rows = selectors.listed(by, org, before, SHOWN + 1)
    forms = selectors.forms_of(org, by.lang)
    return render(
        request,
        "measures/returns/list.html",
        status=problem.status if problem else 200,
        problem=problem,
        org=org,
        org_name=name_of(org),
        orgs=[(code, name_of(code)) for code in dict.fromkeys((org, *readable(by)[:200]))],
        dues=[_due(one, day) for one in selectors.dues_of(by, org, source(), day, by.lang)],
        rows=[_row(row, forms) for row in rows[:SHOWN]],
        forms=[(code, form, code.startswith("bf-")) for code, form in forms.items()],
        next_href=f"?org={org}&before={rows[SHOWN - 1].last}|{rows[SHOWN - 1].number}"
        if len(rows) > SHOWN
        else "",
        first_href=f"?org={org}" if before else "",
        periods=[(one, span_words(one)) for one in recent(day)],
        fills=may(by, FILL, org),
        gives=may(by, FORM, org),
        typed=request.POST,
        simulated=source() == "simulated",
        command=new_key("return"),
    )


def _begin(by: Act, org: str, request: HttpRequest) -> str:
    typed = request.POST
    days = [typed.get(name, "").strip()[:10] for name in ("first", "last")]
    if any(days) and not all(days):
        raise Invalid.of("last" if days[0] else "first", _("别的日子，两头都要写"), _("要么从上面选一期"))
    period = parse("..".join(days) if all(days) else typed.get("period", "")[:30], today())
    if may(by, FILL, org) and typed.get("form", "") not in selectors.forms_of(org):
        raise Invalid.of("form", _("没有这张表，或它不归这个单位报"), _("请从列表里选"))
    return services.fill(
        by,
        wish=services.Wish(
            org,
            typed.get("form", "")[:40],
            period.first,
            period.last,
            source(),
            day_or_none(typed.get("due", ""), "due"),
        ),
    )


def _due(one: selectors.Due, day: date) -> dict[str, Any]:
    left = (one.due - day).days
    late = one.state != "frozen" and left < 0
    words = (
        _("过了 %(n)d 天") % {"n": -left} if late else _("还有 %(n)d 天") % {"n": left} if left >= 0 else ""
    )
    return {
        "code": one.code, "title": one.title, "asks": one.asks, "period": named(one.first, one.last).name, "due": one.due,
        "left": "" if one.state == "frozen" else words, "tone": "done" if one.state == "frozen" else "late" if late else "soon" if left <= 3 else "",
        "number": one.number, "state": one.state, "version": one.version,
    }  # fmt: skip


def _row(row: Any, forms: Any) -> dict[str, Any]:
    form = forms.get(row.form)
    return {
        "number": row.number, "title": form.title if form else row.form, "period": named(row.first, row.last).name,
        "state": row.state, "version": row.version, "position": row.position, "simulated": row.source == "simulated",
    }  # fmt: skip
