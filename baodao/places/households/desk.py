"""Desk pages of households: the list and one, whose contents open for a purpose; registering, writing, striking, the slip;
counts for those above."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed, whole_number
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.people.declare import choices
from baodao.people.door import act_from
from baodao.places import selectors as places
from baodao.places.buildings.selectors import building as building_of
from baodao.places.catalogue import desk as shared

from . import selectors, services, slips
from .declare import lists_of, titled
from .models import Household
from .policies import COUNT, READ, of
from .ruling import NewHousehold, NewLine, struck_of
from .selectors import Said, Wish
from .words import FIELDS, said_words, why_words, writers

PAGE = 50
VIEWS = ("", "soon", "closed")


def _act(request: HttpRequest) -> Act:
    return act_from(
        request,
        command=request.POST.get("command", "")[:200] or new_key("household"),
        purpose=request.POST.get("purpose", "")[:40],
    )


def _purposes(request: HttpRequest) -> list[tuple[str, str]]:
    return choices(("household", "handle", "safety", "correct"), who_of(request).lang)


@page("desk", "households/", name="households", nav=(76, gettext_lazy("家庭登记")), right=READ)
def households(request: HttpRequest) -> HttpResponse:
    """Households of one's community. What is written opens for a purpose, by a POST, and is logged."""
    by, day = _act(request), orgs.today()
    asked = {name: request.GET.get(name, "").strip()[:40] for name in Wish.__struct_fields__}
    wish = Wish(**asked | {"view": asked["view"] if asked["view"] in VIEWS else ""})
    rows = selectors.listed(by, wish, day, request.GET.get("after", "")[:16], PAGE + 1)
    shown, problem, opened = rows[:PAGE], None, {}
    if request.method == "POST":
        try:
            opened = selectors.opened(by, [row.code for row in shown])
        except Problem as caught:
            problem = caught
    query, home = shared.asked(wish), shared.home_of(request)
    return render(
        request,
        "places/households/list.html",
        status=problem.status if problem else 200,
        rows=[(row, _grid(row.grid), _building(row.building), _first(opened, row.code)) for row in shown],
        opened=bool(opened),
        wish=wish,
        grids=[(grid.code, grid.name) for grid in places.grids_of(home)] if home else [],
        fields=list(FIELDS.items()),
        views=[("", _("现有的")), ("soon", _("快到期的")), ("closed", _("已停止的"))],
        registering=allowed(by, "household.register", of("", home)),
        purposes=_purposes(request),
        query=query,
        next_href=f"?{query}&after={shown[-1].code}" if len(rows) > PAGE else "",
        first_href=f"?{query}" if request.GET.get("after") else "",
        problem=problem,
        command=new_key("household"),
    )


def _grid(code: str) -> str:
    grid = places.grid(code)
    return grid.name if grid else ""


def _building(code: str) -> str:
    found = building_of(code) if code else None
    return found.name if found else ""


def _first(opened: dict[str, dict[int, Said]], code: str) -> str:
    """The address, when it was opened."""
    lines = opened.get(code, {})
    return lines[min(lines)].text if lines else ""


@page(
    "desk",
    "households/counts/",
    name="household-counts",
    nav=(77, gettext_lazy("家庭登记数")),
    right=COUNT,
    methods=("GET", "HEAD"),
)
def counts(request: HttpRequest) -> HttpResponse:
    """How many households each community has written; never which."""
    by = _act(request)
    if not reach_of(by, COUNT):
        raise Refused.of("", _("您的岗位不看这个数"), _("请换岗位"))
    rows = [(orgs.name_of(org), n) for org, n in selectors.counts(by)]
    return render(request, "places/households/counts.html", rows=rows)


@page("desk", "households/new/", name="household-new")
def new(request: HttpRequest) -> HttpResponse:
    """Register one, at the door or at the counter."""
    by, home, day = _act(request), shared.home_of(request), orgs.today()
    if not allowed(by, "household.register", of("", home)):
        raise Refused.of("", _("家庭登记由社区联系各家的岗位办"), _("请换岗位"))
    typed, problem = (
        {"until": (day + timedelta(days=180)).isoformat(), "grid": request.GET.get("grid", "")},
        None,
    )
    if request.method == "POST":
        typed = shared.typed_of(request, 200)
        try:
            one = NewHousehold(
                org=home, address=typed.get("address", "").strip(), why=typed.get("why", ""),
                until=day_typed(typed.get("until", ""), "until", day), grid=typed.get("grid", ""),
                building=typed.get("building", "").strip(), people=_whole(typed.get("people", "")),
            )  # fmt: skip
            code = services.register_households(by, households=[one])[0]
            return HttpResponseRedirect(reverse("desk:household-slip", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
    return render(
        request,
        "places/households/new.html",
        status=problem.status if problem else 200,
        typed=typed,
        grids=[(grid.code, grid.name) for grid in places.grids_of(home)],
        reasons=_reasons(home, day),
        problem=problem,
        command=new_key("household"),
    )


def _whole(typed: str) -> int:
    number = whole_number(typed) if typed.strip() else 0
    if number is None:
        raise Invalid.of("people", _("人数要写数字"), _("不知道就空着"))
    return number


def _reasons(org: str, day: date) -> list[tuple[str, str]]:
    reasons, _needs = lists_of(org, day)
    return [
        (code, _("%(title)s（最多留 %(days)d 天）") % {"title": titled(one, code), "days": one.days})
        for code, one in reasons.items()
    ]


def _one(by: Act, code: str) -> Household:
    row = selectors.household(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一户，或者不归您的岗位联系"), _("请从名单里选"))
    return row


@page("desk", "households/<str:code>/", name="household")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One household: who wrote what kind of line, why, until when. A POST opens the contents for a purpose, strikes a
    line, or closes the household."""
    by, day = _act(request), orgs.today()
    row = _one(by, code)
    problem: Problem | None = None
    said: dict[int, Said] = {}
    if request.method == "POST":
        try:
            do = request.POST.get("do", "")
            if do == "open":
                said = selectors.opened(by, [code])[code]
            elif struck := struck_of(do, code):
                services.strike_lines(by, lines=[struck])
            elif do == "close":
                services.close_households(by, households=[code])
            if do != "open":
                return HttpResponseRedirect(reverse("desk:household", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    org = str(row.org_id)
    lines = selectors.lines_of(code)
    by_post = writers({line.post for line in lines if line.post})
    return render(
        request,
        "places/households/one.html",
        status=problem.status if problem else 200,
        row=row,
        org=orgs.name_of(org),
        grid=_grid(row.grid),
        building=_building(row.building),
        lines=[
            (line, FIELDS[line.field], said_words(line.field, said.get(line.n), org, day),
             why_words(line.why, org, day), by_post.get(line.post, _("系统")))
            for line in lines
        ],
        opened=bool(said),
        may_write=row.until is None and allowed(by, "household.write", of(code, org)),
        may_strike=allowed(by, "household.strike", of(code, org)),
        may_close=row.until is None and allowed(by, "household.close", of(code, org)),
        purposes=_purposes(request),
        problem=problem,
        command=new_key("household"),
    )  # fmt: skip


@page("desk", "households/<str:code>/write/", name="household-write")
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write a line: a number of people, a need by the household's own word, a contact with consent."""
    by, day = _act(request), orgs.today()
    row = _one(by, code)
    org = str(row.org_id)
    if row.until is not None or not allowed(by, "household.write", of(code, org)):
        raise Refused.of("", _("这一户已经停止登记，或者不归您的岗位写"), _("请换岗位"))
    typed, problem = {"field": "need", "until": (day + timedelta(days=180)).isoformat()}, None
    if request.method == "POST":
        typed = shared.typed_of(request, 200)
        try:
            services.write_lines(by, lines=[_line(typed, code, day)])
            return HttpResponseRedirect(reverse("desk:household", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
    _reasons_of, needs = lists_of(org, day)
    return render(
        request,
        "places/households/write.html",
        status=problem.status if problem else 200,
        row=row,
        typed=typed,
        fields=list(FIELDS.items()),
        needs=[(need, titled(one_need, need)) for need, one_need in needs.items()],
        reasons=_reasons(org, day),
        problem=problem,
        command=new_key("household"),
    )


def _line(typed: dict[str, str], code: str, day: date) -> NewLine:
    field = typed.get("field", "")
    if field not in FIELDS:
        raise Invalid.of("field", _("请选写什么"))
    text = {
        "need": typed.get("need", ""),
        "people": typed.get("people", ""),
        "address": typed.get("address", ""),
    }
    return NewLine(
        household=code, field=field, why=typed.get("why", ""),  # type: ignore[arg-type]
        until=day_typed(typed.get("until", ""), "until", day), text=text.get(field, "").strip(),
        name=typed.get("name", "").strip() if field == "contact" else "",
        phone=typed.get("phone", "").strip() if field == "contact" else "", word=bool(typed.get("word")),
    )  # fmt: skip


@page("desk", "households/<str:code>/slip/", name="household-slip", methods=("GET", "HEAD"))
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """The paper that stays with the household: number, code, what it can do with them."""
    by = _act(request)
    row = _one(by, code)
    if not allowed(by, "household.write", of(code, str(row.org_id))):
        raise Refused.of("", _("纸条由联系这一户的岗位打印"), _("请换岗位"))
    link = request.build_absolute_uri(reverse("portal:home-lines"))
    return render(request, "places/households/slip.html", row=row, secret=slips.code_of(code), link=link)
