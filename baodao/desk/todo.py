"""The one to-do list: open legs, the nearest due first; filters, saved views, paging, export; the week; search."""

import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.jinja import day
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.matters import listing
from baodao.matters.declare import Procedure
from baodao.matters.listing import Item, Wish
from baodao.matters.policies import READ
from baodao.matters.project import PAUSED
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import forest, name_of, pack_of, today
from baodao.people.door import act_from

from .rows import Printer

PAGE, WEEK, EXPORTED = 100, 300, 5000
VIEW_COOKIE, MOST_VIEWS = "views", 8


@page("desk", "", name="home", nav=(0, gettext_lazy("待办")), methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this post, the nearest due first."""
    by = act_from(request, command=new_key())
    now, wish, after = by.noted, _wish(request), request.GET.get("after", "")
    rows = listing.behind(listing.stakes(by, wish, now), after)
    found = listing.items(by, rows[: PAGE + 1])
    items = found[:PAGE]
    query = urlencode(_asked(wish))
    further = f"?{query}&after={items[-1].mark}" if len(found) > PAGE and items else ""
    counts = listing.count(by, now) if not after else None
    return render(
        request,
        "desk/todo.html",
        rows=Printer(now, _own(request)).rows(items),
        shown=len(items),
        wish=wish,
        counts=_counts(counts),
        capped=counts is not None and counts.capped,
        views=_views(request, wish),
        saved_here=next((name for name, held in _saved(request) if held == query), ""),
        procedures=_procedures(request, by),
        states=_states(request, by),
        offices=_offices(by),
        boards=[(name, words) for name, (words, _kinds) in listing.boards_of(by).items()],
        filtered=bool(wish.procedure or wish.state or wish.org or wish.board),
        query=query,
        next_href=further,
        first_href=f"?{query}" if after else "",
    )


def _own(request: HttpRequest) -> str:
    post = who_of(request).post
    return post.org if post is not None else ""


def _wish(request: HttpRequest) -> Wish:
    view = request.GET.get("view", "all")
    return Wish(
        view=view if view in listing.VIEWS else "all",
        procedure=request.GET.get("procedure", "")[:30],
        state=request.GET.get("state", "")[:30],
        org=request.GET.get("org", "")[:32],
        board=request.GET.get("board", "")[:30],
    )


def _asked(wish: Wish) -> dict[str, str]:
    """The query of a wish without what it leaves open."""
    return {name: value for name, value in msgspec.to_builtins(wish).items() if value}


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


def _views(request: HttpRequest, wish: Wish) -> list[tuple[str, str, bool]]:
    words = {"all": _("全部"), "mine": _("我手上的"), "asks": _("等我们裁定的"), "new": _("还没收到的")}
    found = [(f"?view={view}", title, wish == Wish(view=view)) for view, title in words.items()]  # type: ignore[arg-type]
    query = urlencode(_asked(wish))
    return found + [(f"?{held}", name, held == query) for name, held in _saved(request)]


def _saved(request: HttpRequest) -> list[tuple[str, str]]:
    """(name, query) of this browser's views; whatever else the cookie holds is left out."""
    try:
        held = json.loads(request.COOKIES.get(VIEW_COOKIE, "[]"))
        return [(str(n)[:12], urlencode(parse_qsl(str(q)[:200]))) for n, q in held][:MOST_VIEWS]
    except (ValueError, TypeError):
        return []


@page("desk", "views/", name="views", methods=("POST",))
def views(request: HttpRequest) -> HttpResponse:
    """Keep or drop a view of this browser."""
    query = urlencode(parse_qsl(request.POST.get("query", "")[:200]))
    name = request.POST.get("name", "").strip()[:12]
    held = [(n, q) for n, q in _saved(request) if q != query and n != name]
    if request.POST.get("do") == "keep" and name:
        held = [*held, (name, query)][-MOST_VIEWS:]
    response = HttpResponseRedirect(f"{reverse('desk:home')}?{query}", status=303)
    response.set_cookie(
        VIEW_COOKIE,
        json.dumps(held),
        max_age=31_536_000,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def _declared(request: HttpRequest, by: Act) -> dict[str, Procedure]:
    return dict(get_pack(pack_of(_own(request))).many(Procedure, by.lang))


def _procedures(request: HttpRequest, by: Act) -> list[tuple[str, str]]:
    return [(name, procedure.title) for name, procedure in _declared(request, by).items()]


def _states(request: HttpRequest, by: Act) -> list[tuple[str, str]]:
    names: dict[str, str] = {}
    for procedure in _declared(request, by).values():
        for action in procedure.actions:
            for state in action.froms() if action.on == "leg" else ():
                if state not in procedure.legs_end:
                    names.setdefault(state, procedure.word(f"state.{state}"))
    return [*names.items(), (PAUSED, _("暂停"))]


def _offices(by: Act) -> list[tuple[str, str]]:
    """The organizations right below those whose work this post may list."""
    trees, day_ = forest(), today()
    codes = [child for org, _top in reach_of(by, READ).below for child in (org, *trees.children(org, day_))]
    return [(code, name_of(code)) for code in dict.fromkeys(codes)]


# ── export ──────────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "todo.xlsx", name="todo-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, 5,000 rows at most: no names, no telephone numbers, no text of level 2."""
    by = act_from(request, command=new_key())
    items = listing.items(by, listing.stakes(by, _wish(request), by.noted)[:EXPORTED])
    mark = _("模拟数据") + " " if settings.DEMO or any(i.origin == "simulated" for i in items) else ""
    out = io.BytesIO()
    header = [
        _("编号"),
        _("事项"),
        _("种类"),
        _("内容"),
        _("要做的"),
        _("承办"),
        _("反映时间"),
        _("到期"),
        _("剩余"),
        _("知情范围"),
    ]
    printer = Printer(by.noted, "")
    title = f"{mark}{_('待办')} {timezone.localdate(by.noted)}"
    write_xlsx(out, title, header, (_cells(item, printer) for item in items))
    return workbook(out.getvalue(), f"todo-{timezone.localdate(by.noted)}")


def _cells(item: Item, printer: Printer) -> list[Any]:
    return [
        item.number, item.procedure, item.kind, item.words, item.do, name_of(item.org), item.opened, item.due,
        printer.left(item), item.level,
    ]  # fmt: skip


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
