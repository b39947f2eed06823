"""Desk pages of facilities: the list and its sheet, one with its history, registering, changing, giving up."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.people.door import clock
from baodao.places import selectors as places
from baodao.places.catalogue import desk as shared
from baodao.places.catalogue.ruling import End

from . import facts, hours, selectors, services
from .models import Facility
from .selectors import VIEWS, Wish, titled
from .services import NewFacility, of_org
from .sheets import cells
from .taken import taken

PAGE, COUNTED, EXPORTED = 50, 500, 5000


def wish_of(request: HttpRequest) -> Wish:
    """What the list is narrowed to; a view that nobody knows is left out."""
    given = {name: request.GET.get(name, "").strip()[:48] for name in Wish.__struct_fields__}
    return Wish(**given | {"view": given["view"] if given["view"] in VIEWS else ""})


@page("desk", "facilities/", name="facilities", nav=(74, gettext_lazy("阵地和设施")), methods=("GET", "HEAD"))
def facilities(request: HttpRequest) -> HttpResponse:
    """All facilities; those of one's own organization and below to begin with."""
    by, day, home = shared.act_of(request, "facility"), orgs.today(), shared.home_of(request)
    wish = wish_of(request)
    if "org" not in request.GET:
        wish = replace(wish, org=home)
    behind = request.GET.get("after", "")[:48]
    rows = selectors.listed(by, wish, day, behind, PAGE + 1)
    total, query = selectors.count(by, wish, day, COUNTED), f"org={wish.org}&" + shared.asked(wish)
    kinds, functions = selectors.kinds_of(home, day)
    posts = orgs.post_words({row.keeper for row in rows if row.keeper})
    return render(
        request,
        "places/facilities/list.html",
        rows=[_line(row, posts, day) for row in rows[:PAGE]],
        wish=wish,
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        functions=[(code, titled(one, code)) for code, one in functions.items()],
        views=[
            ("", _("现用的")), ("vacant", _("没有负责岗位")), ("nohours", _("没写开放时间")),
            ("nopoint", _("没有坐标")), ("ended", _("已撤销")),
        ],
        total=min(total, COUNTED),
        capped=total > COUNTED,
        query=query,
        home=home,
        org_name=orgs.name_of(wish.org) if wish.org else "",
        registering=bool(reach_of(by, "facility.register")),
        next_href=f"?{query}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        first_href=f"?{query}" if behind else "",
    )  # fmt: skip


def _line(row: Facility, posts: Any, day: date) -> dict[str, Any]:
    kinds, _functions = selectors.kinds_of(str(row.org_id), day)
    post = posts.get(row.keeper)
    return {
        "row": row,
        "kind": titled(kinds.get(row.kind), row.kind),
        "org": orgs.name_of(str(row.org_id)),
        "keeper": f"{post.office} · {post.title}" if post else "",
        "near": selectors.standing(row, clock()),
    }


@page("desk", "facilities/facilities.xlsx", name="facilities-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, in the columns that the import reads."""
    by, day = shared.act_of(request, "facility"), orgs.today()
    rows = selectors.listed(by, wish_of(request), day, limit=EXPORTED)
    return shared.sheet_of("facilities", by, rows, cells, f"facilities-{day}")


@page("desk", "facilities/new/", name="facility-new")
def new(request: HttpRequest) -> HttpResponse:
    """Register one."""
    by = shared.act_of(request, "facility")
    if not reach_of(by, "facility.register"):
        raise Refused.of("", _("登记阵地和设施由社区、街道和站所有权限的岗位办"), _("请换岗位，或告诉他们"))
    home, day = shared.home_of(request), orgs.today()
    typed, problem = {"org": f"{orgs.name_of(home)} {home}", "since": day.isoformat()}, None
    if request.method == "POST":
        typed = shared.typed_of(request)
        try:
            made = services.register_facilities(by, facilities=[_typed(request, typed, "")])
            return HttpResponseRedirect(reverse("desk:facility", kwargs={"code": made[0]}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
    return _form(request, typed, set(request.POST.getlist("functions")), problem, None)


def _typed(request: HttpRequest, typed: dict[str, str], code: str) -> NewFacility:
    day = orgs.today()
    lon, lat = shared.point_typed(typed)
    texts = {
        name: typed.get(name, "").strip()
        for name in ("kind", "name", "name_en", "address", "hours", "phone", "keeper")
    }
    return NewFacility(
        org=org_named(typed.get("org", ""), day, "org"),
        since=day_typed(typed.get("since", ""), "since", day),
        code=code or typed.get("code", "").strip().lower(),
        functions=tuple(request.POST.getlist("functions"))[:40],
        lon=lon,
        lat=lat,
        **texts,
    )


def _form(
    request: HttpRequest,
    typed: dict[str, str],
    chosen: set[str],
    problem: Problem | None,
    row: Facility | None,
) -> HttpResponse:
    home, day = shared.home_of(request), orgs.today()
    org = str(row.org_id) if row is not None else home
    kinds, functions = selectors.kinds_of(org, day)
    return render(
        request,
        "places/facilities/form.html",
        status=problem.status if problem else 200,
        row=row,
        typed=typed,
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        functions=[(code, titled(one, code), code in chosen) for code, one in functions.items()],
        posts=shared.posts_offered(org, day),
        units=shared.orgs_offered(home, day),
        problem=problem,
        command=new_key("facility"),
    )


def _one(by: Act, code: str) -> Facility:
    row = selectors.facility(by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设施"), _("请从列表里选"))
    return row


@page("desk", "facilities/<str:code>/", name="facility", methods=("GET", "HEAD"))
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One facility as it is today, and what happened."""
    by = shared.act_of(request, "facility")
    row, day = _one(by, code), orgs.today()
    kinds, functions = selectors.kinds_of(str(row.org_id), day)
    grid = places.grid(row.grid)
    subject = of_org(code, str(row.org_id))
    may_end = row.until is None and allowed(by, "facility.end", subject)
    return render(
        request,
        "places/facilities/one.html",
        row=row,
        kind=titled(kinds.get(row.kind), row.kind),
        functions=[titled(functions.get(name), name) for name in row.functions.split(",") if name],
        org=orgs.name_of(str(row.org_id)),
        grid=grid.name if grid else "",
        keeper=shared.keeper_words(row.keeper),
        hours=hours.words(hours.parse(row.hours)),
        near=selectors.standing(row, clock()),
        over=row.until is not None and row.until <= day,
        may_change=row.until is None and allowed(by, "facility.change", subject),
        may_end=may_end,
        taken=taken(by, row) if may_end else None,
        history=shared.history(f"facility:{code}", _sentence),
    )


def _sentence(fact: Recorded) -> str:
    if isinstance(fact.data, facts.Registered):
        return _("登记，自 %(since)s 起启用") % {"since": fact.data.since}
    if isinstance(fact.data, facts.Changed):
        return _("改了登记的内容")
    return _("撤销，%(until)s 起不再使用") % {"until": getattr(fact.data, "until", "")}


@page("desk", "facilities/<str:code>/edit/", name="facility-edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Tell it anew."""
    by = shared.act_of(request, "facility")
    row = _one(by, code)
    if row.until is not None or not allowed(by, "facility.change", of_org(code, str(row.org_id))):
        raise Refused.of("", _("这个设施不归您的岗位改，或者已经撤销"), _("请换岗位，或告诉它的负责岗位"))
    problem: Problem | None = None
    if request.method == "POST":
        typed = shared.typed_of(request)
        try:
            services.change_facilities(by, facilities=[_typed(request, typed, code)])
            return HttpResponseRedirect(reverse("desk:facility", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
        return _form(request, typed, set(request.POST.getlist("functions")), problem, row)
    texts = ("kind", "name", "name_en", "address", "hours", "phone", "keeper", "lon", "lat")
    typed = {name: str(value) if (value := getattr(row, name)) is not None else "" for name in texts}
    typed |= {"org": f"{orgs.name_of(str(row.org_id))} {row.org_id}", "since": row.since.isoformat()}
    return _form(request, typed, set(row.functions.split(",")), None, row)


@page("desk", "facilities/<str:code>/end/", name="facility-end")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Give it up from a day on; asked once more before it is done."""
    by = shared.act_of(request, "facility")
    row, problem = _one(by, code), None
    if row.until is not None or not allowed(by, "facility.end", of_org(code, str(row.org_id))):
        raise Refused.of("", _("这个设施不归您的岗位撤销，或者已经撤销"), _("请换岗位，或告诉它的负责岗位"))
    held = taken(by, row)
    first = max(orgs.today(), row.since, held.free if held is not None else row.since)
    typed = {"until": first.isoformat()} | shared.typed_of(request)
    if request.method == "POST":
        try:
            until = day_typed(typed["until"], "until", orgs.today())
            services.end_facilities(by, ends=[End(code, until)])
            return HttpResponseRedirect(reverse("desk:facility", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
    return render(
        request,
        "places/facilities/end.html",
        status=problem.status if problem else 200,
        row=row,
        org=orgs.name_of(str(row.org_id)),
        taken=held,
        typed=typed,
        problem=problem,
        command=new_key("facility"),
    )
