"""The branch's members and what they still owe: for the branch alone. Names open for a purpose; an excuse has no cause."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.dues import selectors, services
from baodao.dues.policies import EXCUSE, MEMBERS, RECORD, of_members
from baodao.dues.selectors import MemberLine
from baodao.dues.services import Done, Excusing
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.people.declare import OF_MEMBERS, choices
from baodao.people.services.reading import read_identity

from .common import act, cause_words, home, plain, stand_row, typed_of

PAGE = 100


@page("desk", "dues/members/", name="dues-members")
def members(request: HttpRequest) -> HttpResponse:
    """By requirement, those who lack something first."""
    by, org, problem = act(request), home(request), None
    lines = selectors.members_of(by, org, orgs.today())
    names: Any = {}
    shown = sorted(lines, key=lambda one: (one.stand.state in {"met", "excused"}, one.requirement, one.token))
    after = request.GET.get("after", "")
    start = n if (n := whole_number(after) or 0) < 100_000 else 0
    part = shown[start : start + PAGE]
    if request.method == "POST":
        try:
            if request.POST.get("do") == "names":
                tokens = sorted({one.token for one in part})
                names = read_identity(by, tokens, ("name",), of_members(org), right=MEMBERS)
            else:
                _do(by, org, request)
                return HttpResponseRedirect(reverse("desk:dues-members"), status=303)
        except Problem as caught:
            problem = plain(caught)
    day = orgs.today()
    numbers = {token: n for n, token in enumerate(sorted({one.token for one in lines}), 1)}
    return render(
        request,
        "dues/members.html",
        status=problem.status if problem else 200,
        problem=problem,
        org=orgs.name_of(org),
        rows=[_row(one, names, day) | {"n": numbers[one.token]} for one in part],
        opened=bool(names),
        recording=allowed(by, RECORD, of_members(org)),
        excusing=allowed(by, EXCUSE, of_members(org)),
        purposes=choices(("roster", *OF_MEMBERS), who_of(request).lang),
        next_href=f"?after={start + PAGE}" if len(shown) > start + PAGE else "",
        today=day.isoformat(),
        typed=typed_of(request.POST),
        command=new_key("due"),
    )


def _row(one: MemberLine, names: Any, day: date) -> dict[str, Any]:
    return stand_row(one.rule, one.stand, day) | {
        "token": one.token, "requirement": one.requirement,
        "name": names.one(one.token, "name") if names else "", "cause": cause_words(one.cause),
    }  # fmt: skip


def _do(by: Act, org: str, request: HttpRequest) -> None:
    do, _colon, key = request.POST.get("do", "").partition(":")
    requirement, _bar, token = key[:80].partition("|")
    subject = f"member:{token}"
    if do == "excuse":
        services.excuse(by, excusing=[Excusing(org, requirement, subject, orgs.today())])
    elif do == "record":
        minutes = whole_number(request.POST.get(f"minutes-{token}", ""))
        if minutes is None or not 1 <= minutes <= 6000:
            raise Invalid.of("minutes", _("写多少分钟"), _("写 1 到 6000 的整数，一学时 45 分钟"))
        day = day_typed(request.POST.get(f"day-{token}", ""), "day")
        services.record(by, done=[Done(org, requirement, subject, day, minutes)])
    else:
        raise Invalid.of("do", _("没有这一步"), _("请刷新页面"))
