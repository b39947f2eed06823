"""Desk pages of the catalogue of devices: the list and its sheet, one with its history, registering, changing, its state."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.orgs.policies import reach_of
from baodao.places import selectors as places
from baodao.places.catalogue import desk as shared

from . import facts, selectors, services
from .beside import beside
from .models import Device
from .selectors import VIEWS, Wish, titled
from .services import Mark, NewDevice, of_org
from .sheets import cells
from .words import SIGNS, STATES, TONES

PAGE, COUNTED, EXPORTED = 50, 2000, 20_000
TEXTS = ("kind", "purpose", "name", "address", "sign", "basis", "keeper")


def wish_of(request: HttpRequest) -> Wish:
    """What the list is narrowed to; a view or state that nobody knows is left out."""
    given = {name: request.GET.get(name, "").strip()[:48] for name in Wish.__struct_fields__}
    given["view"] = given["view"] if given["view"] in VIEWS else ""
    given["state"] = given["state"] if given["state"] in STATES else ""
    return Wish(**given)


@page(
    "desk",
    "devices/",
    name="devices",
    nav=(75, gettext_lazy("监控和感知设备")),
    methods=("GET", "HEAD"),
    right=selectors.READ,
)
def devices(request: HttpRequest) -> HttpResponse:
    """All devices that the reader may see, with counts by kind and state."""
    by, day, wish = shared.act_of(request, "device"), orgs.today(), wish_of(request)
    behind = request.GET.get("after", "")[:48]
    rows = selectors.listed(by, wish, day, behind, PAGE + 1)
    tally = selectors.tally(by, wish, day)
    total, query = sum(n for _kind, _state, n in tally), shared.asked(wish)
    kinds, purposes = selectors.kinds_of(shared.home_of(request), day)
    return render(
        request,
        "places/devices/list.html",
        rows=[_line(row, day) for row in rows[:PAGE]],
        wish=wish,
        counts=_counts(tally, kinds),
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        purposes=[(code, titled(one, code)) for code, one in purposes.items()],
        states=[(code, word) for code, word in STATES.items() if code != "removed"],
        views=[("", _("现有的")), ("unsigned", _("没有提示标识")), ("removed", _("已拆除"))],
        total=total,
        query=query,
        org_name=orgs.name_of(wish.org) if wish.org else "",
        narrowed=bool(wish.q or wish.kind or wish.purpose or wish.state or wish.org),
        registering=bool(reach_of(by, "device.register")),
        next_href=f"?{query}&after={rows[PAGE - 1].code}" if len(rows) > PAGE else "",
        first_href=f"?{query}" if behind else "",
    )


def _counts(tally: list[tuple[str, str, int]], kinds: Any) -> list[tuple[str, int, list[tuple[Any, int]]]]:
    """(kind in words, all, (state in words, n)…)."""
    found: dict[str, list[tuple[Any, int]]] = {}
    for kind, state, n in tally:
        found.setdefault(titled(kinds.get(kind), kind), []).append((STATES[state], n))
    return [(kind, sum(n for _state, n in parts), parts) for kind, parts in found.items()]


def _line(row: Device, day: date) -> dict[str, Any]:
    kinds, purposes = selectors.kinds_of(str(row.org_id), day)
    grid = places.grid(row.grid)
    return {
        "row": row,
        "kind": titled(kinds.get(row.kind), row.kind),
        "purpose": titled(purposes.get(row.purpose), row.purpose),
        "org": orgs.name_of(str(row.org_id)),
        "grid": grid.name if grid else "",
        "state": STATES[row.state],
        "tone": TONES[row.state],
        "sign": SIGNS[row.sign],
    }


@page("desk", "devices/devices.xlsx", name="devices-export", methods=("GET", "HEAD"), right=selectors.READ)
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed, in the columns that the import reads."""
    by, day = shared.act_of(request, "device"), orgs.today()
    rows = selectors.listed(by, wish_of(request), day, limit=EXPORTED)
    return shared.sheet_of("devices", by, rows, cells, f"devices-{day}")


@page("desk", "devices/new/", name="device-new")
def new(request: HttpRequest) -> HttpResponse:
    """Register one."""
    by = shared.act_of(request, "device")
    if not reach_of(by, "device.register"):
        raise Refused.of("", _("登记设备由权属单位有权限的岗位办"), _("请换岗位，或告诉他们"))
    home, day = shared.home_of(request), orgs.today()
    typed = {"org": f"{orgs.name_of(home)} {home}", "since": day.isoformat(), "sign": "posted"}
    problem: Problem | None = None
    if request.method == "POST":
        typed = shared.typed_of(request)
        try:
            made = services.register_devices(by, devices=[_typed(typed, "", "working")])
            return HttpResponseRedirect(reverse("desk:device", kwargs={"code": made[0]}), status=303)
        except Problem as caught:
            problem = shared.plain(caught)
    return _form(request, typed, problem, None)


def _typed(typed: dict[str, str], code: str, state: str) -> NewDevice:
    day = orgs.today()
    lon, lat = shared.point_typed(typed)
    return NewDevice(
        org=org_named(typed.get("org", ""), day, "org"),
        since=day_typed(typed.get("since", ""), "since", day),
        code=code or typed.get("code", "").strip().lower(),
        state=state,
        lon=lon,
        lat=lat,
        **{name: typed.get(name, "").strip() for name in TEXTS},
    )


def _form(
    request: HttpRequest, typed: dict[str, str], problem: Problem | None, row: Device | None
) -> HttpResponse:
    home, day = shared.home_of(request), orgs.today()
    org = str(row.org_id) if row is not None else home
    kinds, purposes = selectors.kinds_of(org, day)
    return render(
        request,
        "places/devices/form.html",
        status=problem.status if problem else 200,
        row=row,
        typed=typed,
        kinds=[(code, titled(kind, code)) for code, kind in kinds.items()],
        purposes=[(code, titled(one, code)) for code, one in purposes.items()],
        signs=list(SIGNS.items()),
        posts=shared.posts_offered(org, day),
        units=shared.orgs_offered(home, day),
        problem=problem,
        command=new_key("device"),
    )


def _one(by: Act, code: str) -> Device:
    row = selectors.device(by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设备，或者不对您开放"), _("请从列表里选"))
    return row


@page("desk", "devices/<str:code>/", name="device")
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One device as it is today, and what happened; a POST marks its state."""
    by = shared.act_of(request, "device")
    row, day = _one(by, code), orgs.today()
    subject, problem = of_org(code, str(row.org_id)), None
    if request.method == "POST":
        try:
            state = request.POST.get("state", "")
            if state not in STATES:
                raise Invalid.of("state", _("没有这个状态"), _("请从列出来的里面选"))
            services.mark_devices(by, marks=[Mark(code, state)])  # type: ignore[arg-type]
            return HttpResponseRedirect(reverse("desk:device", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "places/devices/one.html",
        status=problem.status if problem else 200,
        it=_line(row, day),
        row=row,
        keeper=shared.keeper_words(row.keeper),
        states=[(state, word) for state, word in STATES.items() if state != row.state],
        may_change=allowed(by, "device.change", subject),
        may_mark=allowed(by, "device.mark", subject),
        history=shared.history(f"device:{code}", _sentence),
        beside=beside(by, code),
        problem=problem,
        command=new_key("device"),
    )


def _sentence(fact: Recorded) -> str:
    state = STATES.get(getattr(fact.data, "state", ""), "")
    if isinstance(fact.data, facts.Registered):
        return _("登记：%(org)s，%(state)s") % {"org": orgs.name_of(fact.data.org), "state": state}
    if isinstance(fact.data, facts.Changed):
        return _("改了登记的内容")
    return _("状态改为：%(state)s") % {"state": state}


@page("desk", "devices/<str:code>/edit/", name="device-edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Tell it anew."""
    by = shared.act_of(request, "device")
    row = _one(by, code)
    if not allowed(by, "device.change", of_org(code, str(row.org_id))):
        raise Refused.of("", _("这个设备不归您的岗位改"), _("请换岗位，或告诉它的权属单位"))
    if request.method == "POST":
        typed = shared.typed_of(request)
        try:
            services.change_devices(by, devices=[_typed(typed, code, row.state)])
            return HttpResponseRedirect(reverse("desk:device", kwargs={"code": code}), status=303)
        except Problem as caught:
            return _form(request, typed, shared.plain(caught), row)
    typed = {name: str(getattr(row, name)) for name in TEXTS}
    typed |= {"lon": "" if row.lon is None else str(row.lon), "lat": "" if row.lat is None else str(row.lat)}
    typed |= {"org": f"{orgs.name_of(str(row.org_id))} {row.org_id}", "since": row.since.isoformat()}
    return _form(request, typed, None, row)
