"""Desk pages of people: what the posts of my office opened, records that may be one somebody. (A person's own pages are
registered in `portal.mine`.)"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import whole_number

from . import likeness, ports, selectors
from .declare import OF_ROSTERS, choices
from .door import act_from
from .portal import mine
from .services.likeness import RIGHT as MERGE
from .services.likeness import Decision, keep_apart, merge, undecide
from .words import FIELD_WORDS, LIKENESS_WORDS

RIGHT = "people.access_log"


@page("desk", "looks/", name="people-looks")
def looks(request: HttpRequest) -> HttpResponse:
    """Personal data opened by the posts that I answer for: post, time, purpose, over which matter; never
    whose data."""
    by = act_from(request, command=new_key())
    orgs = ports.reach(by, RIGHT)
    if not orgs:
        raise Refused.of("", _("这一页只对负责核查的岗位开放"), _("请由单位负责人查看"))
    before = request.GET.get("before", "")
    rows = selectors.looks_by(orgs, whole_number(before) or 0, mine.PAGE + 1)
    lines = mine.look_lines(request, rows[: mine.PAGE])
    return render(request, "people/looks.html", looks=lines, more=mine.next_of(rows))


@page("desk", "likeness/", name="likeness")
def alike(request: HttpRequest) -> HttpResponse:
    """Records that may be one somebody. Nobody is named until a purpose is said; a person decides, and may undo it."""
    by = act_from(
        request,
        command=request.POST.get("command", "")[:100] or new_key("likeness"),
        purpose=request.POST.get("purpose", ""),
    )
    if not ports.reach(by, MERGE):
        raise Refused.of("", _("这一页只对判定重复记录的岗位开放"), _("请由系统管理员办"))
    problem: Problem | None = None
    if request.POST.get("do") in _DECIDE:
        try:
            return _decide(request, by)
        except Problem as caught:
            problem = caught
    state = request.GET.get("state", "open")
    state = state if state in likeness.STATES else "open"
    after = request.GET.get("after", "")
    found = likeness.pairs(by, state, whole_number(after) or 0, likeness.PAGE + 1)
    shown, names = found[: likeness.PAGE], {}
    if request.POST.get("do") == "open":
        try:
            names = likeness.opened(by, shown)
        except Problem as caught:
            problem = caught
    lang = get_language() or "zh-hans"
    return render(
        request,
        "people/likeness.html",
        status=problem.status if problem else 200,
        pairs=shown,
        offices=ports.office_names({side.office for pair in shown for side in pair.sides}),
        names=names,
        state=state,
        problem=problem,
        more=shown[-1].id if len(found) > likeness.PAGE else 0,
        whys=LIKENESS_WORDS,
        words=FIELD_WORDS,
        purposes=choices(OF_ROSTERS, lang),
        command=new_key("likeness"),
    )


_DECIDE: dict[str, Any] = {"same": merge, "different": keep_apart, "undo": undecide}


def _decide(request: HttpRequest, by: Act) -> HttpResponse:
    number = whole_number(request.POST.get("pair", ""))
    pair = likeness.one_of(by, number) if number is not None else None
    if pair is None:
        raise Missing.of("pair", _("没有这一对"), _("请从名单里选"))
    do = request.POST["do"]
    lead = request.POST.get("lead", "") or pair.uids[0]
    if lead not in pair.uids:
        raise Invalid.of("lead", _("没有说以哪一份为主"), _("请选一份"))
    other = pair.uids[1] if lead == pair.uids[0] else pair.uids[0]
    _DECIDE[do](by, decisions=[Decision(lead, other)])
    there = {"same": "same", "different": "different", "undo": "open"}[do]
    return HttpResponseRedirect(f"{reverse('desk:likeness')}?state={there}", status=303)
