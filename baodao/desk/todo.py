"""The one to-do list: open legs in an order that an index gives; filters, columns, saved views, paging; and the week."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from baodao.dues.desk.common import stand_row
from baodao.dues.selectors import todo as dues_todo
from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.errors import Problem
from baodao.kernel.jinja import day
from baodao.kernel.pages import page, render, who_of
from baodao.matters import listing
from baodao.matters.declare import Procedure
from baodao.matters.listing import Item, Wish
from baodao.matters.policies import READ
from baodao.matters.project import PAUSED
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import forest, name_of, pack_of, today
from baodao.people.door import act_from

from . import services
from .columns import COLUMNS, Asked, asked_of
from .rows import Printer
from .selectors import View, may_share, views_of
from .week import beside

PAGE, WEEK = 100, 300


@page("desk", "", name="home", nav=(0, gettext_lazy("待办")), methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this post, the nearest due first."""
    return _list(request, act_from(request, command=new_key()), None)


def _list(request: HttpRequest, by: Act, problem: Problem | None) -> HttpResponse:
    given = QueryDict(request.POST.get("query", "")[:600]) if request.method == "POST" else request.GET
    now, asked, after = by.noted, asked_of(given), given.get("after", "")[:60]
    wish = asked.wish
    rows = listing.behind(listing.stakes(by, wish, now), after, wish.sort)
    found = listing.items(by, rows[: PAGE + 1], wish.sort)
    items = found[:PAGE]
    counts = listing.count(by, now) if not after else None
    return render(
        request,
        "desk/todo.html",
        status=problem.status if problem is not None else 200,
        problem=problem,
        left=request.GET.get("left", "")[:40],
        now=now,
        rows=Printer(now, _own(request), asked.columns, picks=True).rows(items),
        shown=len(items),
        asked=asked,
        wish=wish,
        counts=_counts(counts),
        dues=_dues(by) if not after and wish.view == "all" else [],
        capped=counts is not None and counts.capped,
        procedures=_procedures(request, by),
        states=_states(request, by),
        offices=_offices(by),
        boards=[(name, words) for name, (words, _kinds) in listing.boards_of(by).items()],
        columns=[(one.name, one.title, one in asked.columns) for one in COLUMNS.values()],
        filtered=bool(wish.procedure or wish.state or wish.org or wish.board),
        query=asked.query,
        next_href=f"?{asked.query}&after={items[-1].mark}" if len(found) > PAGE else "",
        first_href=f"?{asked.query}" if after else "",
        command=new_key("todo"),
        **_views(by, asked),
    )


def _dues(by: Act) -> list[dict[str, Any]]:
    """What the own organization has to do soon, or can still make up: few lines before the matters."""
    day_ = today()
    return [stand_row(line.rule, line.stand, day_) for line in dues_todo(by, day_)[:12]]


def _own(request: HttpRequest) -> str:
    post = who_of(request).post
    return post.org if post is not None else ""


def _counts(counts: listing.Counts | None) -> list[tuple[str, str, int, str]]:
    if counts is None or not counts.total:
        return []
    return [
        ("late", _("逾期"), counts.late, "late"),
        ("today", _("今天到期"), counts.today, "soon"),
        ("soon", _("三个工作日内"), counts.soon, ""),
        ("paused", _("暂停，等别人"), counts.paused, ""),
    ]


# ── views and filters ───────────────────────────────────────────────────────────────────────────────────


def _views(by: Act, asked: Asked) -> dict[str, Any]:
    """The tabs: those of every post, her own, those of her office; and which saved one this is."""
    words = {"all": _("全部"), "mine": _("我手上的"), "asks": _("等我们裁定的"), "new": _("还没收到的")}
    plain = Asked(Wish(view=asked.wish.view))
    tabs = [(f"?view={view}", title, asked.query == plain.query and asked.wish.view == view, False)
            for view, title in words.items()]  # fmt: skip
    saved = views_of(by)
    tabs += [(f"?{one.query}", one.name, one.query == asked.query, one.shared) for one in saved]
    here: View | None = next((one for one in saved if one.query == asked.query and one.mine), None)
    return {"views": tabs, "saved_here": here, "may_share": may_share(by)}


@page("desk", "views/", name="views", methods=("POST",))
def views(request: HttpRequest) -> HttpResponse:
    """Keep or drop a view; a refusal is told on the list itself."""
    by = act_from(request, command=request.POST.get("command", "")[:100] or new_key("view"))
    query = asked_of(QueryDict(request.POST.get("query", "")[:600])).query
    try:
        if request.POST.get("do") == "drop":
            services.drop(by, code=request.POST.get("code", "")[:32])
        else:
            name, shared = request.POST.get("name", "")[:60], request.POST.get("shared") == "yes"
            services.keep(by, name=name, query=query, shared=shared)
    except Problem as caught:
        return _list(request, by, caught)
    return HttpResponseRedirect(f"{reverse('desk:home')}?{query}", status=303)


def _procedures(request: HttpRequest, by: Act) -> list[tuple[str, str]]:
    declared = get_pack(pack_of(_own(request))).many(Procedure, by.lang)
    return [(name, procedure.title) for name, procedure in declared.items()]


def _states(request: HttpRequest, by: Act) -> list[tuple[str, str]]:
    return _states_of(get_pack(pack_of(_own(request))), by.lang)


@lru_cache(maxsize=64)
def _states_of(pack: Pack, lang: str) -> list[tuple[str, str]]:
    names: dict[str, str] = {}
    for procedure in pack.many(Procedure, lang).values():
        for action in procedure.actions:
            for state in action.froms() if action.on == "leg" else ():
                if state not in procedure.legs_end:
                    names.setdefault(state, procedure.word(f"state.{state}"))
    together = [(f"{listing.GROUP}way", _("所有在办的")), (f"{listing.GROUP}caller", _("等派出的单位"))]
    return [*names.items(), (PAUSED, _("暂停")), *together]


def _offices(by: Act) -> list[tuple[str, str]]:
    """The organizations right below those whose work this post may list."""
    trees, day_ = forest(), today()
    codes = [child for org, _top in reach_of(by, READ).below for child in (org, *trees.children(org, day_))]
    return [(code, name_of(code)) for code in dict.fromkeys(codes)]


# ── the week ────────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "week/", name="week", nav=(5, gettext_lazy("本周")), methods=("GET", "HEAD"))
def week(request: HttpRequest) -> HttpResponse:
    """What is late and what falls due until Sunday, by day: to be printed on Monday; from Saturday on, the week to
    come."""
    by = act_from(request, command=new_key())
    now, local = by.noted, timezone.localtime(by.noted)
    monday = local + timedelta(days=(7 if local.weekday() > 4 else 0) - local.weekday())
    sunday = (monday + timedelta(days=6)).replace(hour=23, minute=59, second=59, microsecond=0)
    rows = listing.stakes(by, Wish(), now).filter(next_at__lte=sunday).exclude(state=PAUSED)
    found = listing.items(by, rows[: WEEK + 1])
    return render(
        request,
        "desk/week.html",
        groups=_groups(found[:WEEK], Printer(now, _own(request))),
        monday=monday,
        sunday=sunday,
        more=len(found) > WEEK,
        shown=WEEK,
        **beside(request, by, monday, sunday),
    )


def _groups(items: list[Item], printer: Printer) -> list[tuple[str, str, int, Markup]]:
    groups: dict[tuple[str, str], list[Item]] = {}
    here = timezone.localdate(printer.now)
    for item in items:
        if printer.told(item.due).late:
            key = (_("逾期"), "late")
        elif timezone.localdate(item.due) == here:
            key = (_("今天"), "soon")
        else:
            key = (day(item.due), "way")
        groups.setdefault(key, []).append(item)
    return [(words, colour, len(held), printer.rows(held)) for (words, colour), held in groups.items()]
