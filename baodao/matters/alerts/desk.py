"""Desk pages of alerts: what waits to be verified, one device with its rate of false alarms and its silence, where rules hold."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.evidence import ref_of, response
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_in
from baodao.kernel.verbs import allowed
from baodao.ledger.canonical import stamp
from baodao.matters.beside import Way, register_ways
from baodao.matters.models import Leg
from baodao.matters.selectors import Seen, legs_of, offers, see
from baodao.matters.services import act
from baodao.matters.state import SHARED_LEVEL
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of
from baodao.places import selectors as places
from baodao.places.catalogue.desk import act_of, home_of, keeper_words
from baodao.places.devices import selectors as devices
from baodao.places.devices.beside import register_beside

from . import selectors, services
from .declare import PROCEDURE, titled
from .words import REACH_TONES, REACH_WORDS

PAGE = 50
#: What verifies, in the order of the buttons.
#: First somebody says that she goes, then what it was.
GOES, VERDICTS = "report_in", ("real", "false_alarm", "drill")


@page(
    "desk",
    "alerts/",
    name="alerts",
    nav=(74, gettext_lazy("设备告警")),
    methods=("GET", "HEAD"),
    right=devices.READ,
)
def alerts(request: HttpRequest) -> HttpResponse:
    """Alerts that the reader may see, the newest first, with what is silent now."""
    by, day = act_of(request, "alert"), orgs.today()
    view = request.GET.get("view", "waiting")
    view = view if view in selectors.VIEWS else "waiting"
    lists = selectors.lists_of(home_of(request), day, by.lang)
    rule = request.GET.get("rule", "")
    rule = rule if rule in lists.rules else ""
    rows = selectors.listed(by, view, rule=rule, after=request.GET.get("after", "")[:60], limit=PAGE + 1)
    last = rows[PAGE - 1].alert if len(rows) > PAGE else None
    query = urlencode({"view": view, "rule": rule})
    seen = devices.visible(by)
    silent = selectors.all_mutes(seen, day)
    return render(
        request,
        "matters/alerts/list.html",
        rows=_lines(by, rows[:PAGE], lists),
        view=view,
        views=[("waiting", _("等核实")), ("handling", _("在处置")), ("all", _("全部"))],
        rule=rule,
        rules=[(code, one.title) for code, one in lists.rules.items()],
        silent=_silent(silent, seen, lists),
        next_href=f"?{query}&after={stamp(last.first)}~{last.matter}" if last is not None else "",
        first_href=f"?{query}" if request.GET.get("after") else "",
    )


def _lines(by: Act, rows: list[selectors.Line], lists: selectors.Lists) -> list[dict[str, Any]]:
    codes = {row.alert.device for row in rows}
    known = selectors.names_of(codes)
    posts = orgs.post_words({row.holder for row in rows})
    # An alert has one leg.
    legs = {n: held[-1] for n, held in legs_of([row.alert.matter for row in rows]).items() if held}
    found = []
    for row in rows:
        post, rule = posts.get(row.holder), row.alert.rule
        waits = row.state in {"called", "reported"}
        mine = waits and row.alert.matter in legs and _may_verify(by, row, legs[row.alert.matter])
        place = places.grid(row.alert.place) if row.alert.place else None
        found.append(
            {
                "row": row.alert,
                "device": known.get(row.alert.device, row.alert.device),
                "says": lists.rules[rule].says if rule in lists.rules else rule,
                "rule": titled(lists.rules, rule),
                "place": place.name if place is not None else orgs.name_of(row.alert.org),
                "who": f"{post.office} {post.title}" if post else orgs.name_of(row.holder),
                "due": row.due,
                "state": lists.words.get(f"value.{row.verdict}" if row.verdict else f"state.{row.state}", ""),
                "tone": _TONES.get(row.verdict or row.state, ""),
                "verify": mine,
            }
        )
    return found


_TONES = {"called": "soon", "reported": "way", "real": "late", "false_alarm": "done", "drill": "done"}


def _may_verify(by: Act, row: selectors.Line, leg: Leg) -> bool:
    subject = Subject(
        ref=f"matter:{row.alert.matter}",
        org=row.alert.org,
        level=SHARED_LEVEL,
        legs=((leg.org, leg.seat),),
        place=row.alert.place,
    )
    return allowed(by, f"{PROCEDURE}.real", subject)


def _silent(rows: list[Any], seen: Any, lists: selectors.Lists) -> list[dict[str, Any]]:
    names = (
        dict(seen.filter(code__in={row.device for row in rows}).values_list("code", "name")) if rows else {}
    )
    return [
        {
            "code": row.device,
            "name": names.get(row.device, row.device),
            "rule": titled(lists.rules, row.rule) if row.rule else _("全部告警"),
            "code_rule": row.rule,
            "reason": titled(lists.reasons, row.reason),
            "until": row.until,
            "post": keeper_words(row.post),
        }
        for row in rows
    ]


# ── one device ──────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "devices/<str:code>/alerts/", name="device-alerts")
def device_alerts(request: HttpRequest, code: str) -> HttpResponse:
    """One device: how often it was wrong by rule, its alerts, its silence; a POST mutes it or ends that."""
    by, day, problem = act_of(request, "mute"), orgs.today(), None
    row = devices.device(by, code)
    if row is None:
        raise Missing.of("code", _("没有这个设备，或者不对您开放"), _("请从列表里选"))
    if request.method == "POST":
        try:
            _mute(request, by, code)
            return HttpResponseRedirect(reverse("desk:device-alerts", kwargs={"code": code}), status=303)
        except Problem as caught:
            problem = caught
    lists = selectors.lists_of(str(row.org_id), day, by.lang)
    own = {rule: one for rule, one in lists.rules.items() if row.purpose in one.purposes}
    found = selectors.rates(lists.rules, device=code)
    typed = request.POST if problem else {"until": (day + timedelta(days=7)).isoformat()}
    silent = list(selectors.mutes([code], day).values())
    return render(
        request,
        "matters/alerts/device.html",
        status=problem.status if problem else 200,
        row=row,
        rates=[
            (one.title, found.get((code, rule), selectors.Rate(least=one.least)), one)
            for rule, one in own.items()
        ],
        silent=_silent(silent, devices.visible(by), lists),
        unheard=[
            (titled(lists.rules, one.rule), titled(lists.reasons, one.reason), one)
            for one in selectors.unheard(code)
        ],
        rows=_lines(by, selectors.listed(by, "all", device=code, limit=20), lists),
        may=allowed(by, "device_alert.mute", services.of_device(row)),
        rules=[("", _("全部告警")), *((rule, one.title) for rule, one in own.items())],
        reasons=[(reason, one.title) for reason, one in lists.reasons.items()],
        longest=services.LONGEST_MUTE,
        last=(day + timedelta(days=services.LONGEST_MUTE)).isoformat(),
        typed=typed,
        problem=problem,
        command=by.command,
    )


def _mute(request: HttpRequest, by: Act, code: str) -> None:
    rule = request.POST.get("rule", "")[:30]
    if request.POST.get("do") == "unmute":
        services.unmute(by, device=code, rule=rule)
        return
    until = day_in(request.POST.get("until", ""))
    if until is None:
        raise Invalid.of("until", _("静音要有到期的日子"), _("请选一天"))
    services.mute(by, device=code, rule=rule, reason=request.POST.get("reason", "")[:30], until=until)


# ── a still ─────────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "alerts/<str:number>/still/", name="alert-still")
def still(request: HttpRequest, number: str) -> HttpResponse:
    """The blurred still of an alert that the reader may see; a POST lets the matter keep it."""
    by = act_of(request, "keep")
    line = selectors.one(by, number)
    if line is None or not line.alert.still:
        raise Missing.of("file", _("没有画面，或已经删除"))
    if request.method == "POST":
        act(by, number=number, action="keep", fields={"photo": [line.alert.still]})
        return HttpResponseRedirect(
            reverse("desk:matter", kwargs={"number": number}) + "?done=keep", status=303
        )
    return cast(HttpResponse, response(ref_of(line.alert.still), name=number))


@page("desk", "alerts/<str:number>/", name="alert", methods=("GET", "HEAD"))
def alert(request: HttpRequest, number: str) -> HttpResponse:
    """One alert: what came, how often, the still, the three answers."""
    by, day = act_of(request, "alert"), orgs.today()
    line = selectors.one(by, number)
    if line is None:
        raise Missing.of("number", _("没有这件告警，或者不对您开放"), _("请从列表里选"))
    seen = see(by, number)
    lists = selectors.lists_of(line.alert.org, day, by.lang)
    shown = _lines(by, [line], lists)[0]
    found = selectors.rates(lists.rules, device=line.alert.device, rule=line.alert.rule)
    rate = found.get((line.alert.device, line.alert.rule), selectors.Rate())
    offered = {offer.action.name: offer.action.title for offer in _offers(by, seen)}
    return render(
        request,
        "matters/alerts/one.html",
        it=shown,
        line=line,
        rate=rate,
        still=_still_left(line.alert.still),
        catalogued=devices.device(by, line.alert.device) is not None,
        buttons=[(name, offered[name]) for name in (GOES, *VERDICTS) if name in offered],
        may_keep="keep" in offered,
        command=by.command,
        seen=seen.position,
    )


def _offers(by: Act, seen: Seen) -> list[Any]:
    return [offer for offer in offers(by, seen) if not offer.hindrances]


def _still_left(digest: str) -> bool:
    if not digest:
        return False
    try:
        ref_of(digest)
    except Missing:
        return False
    return True


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────


@page("desk", "alert-rules/", name="alert-rules")
def rules(request: HttpRequest) -> HttpResponse:
    """Where each rule is tried or spread, with its rate; a POST changes it. What senders were refused stands below."""
    by, day, problem = act_of(request, "rule"), orgs.today(), None
    home = home_of(request)
    if request.method == "POST":
        try:
            _reach(request, by)
            return HttpResponseRedirect(reverse("desk:alert-rules"), status=303)
        except Problem as caught:
            problem = caught
    lists = selectors.lists_of(home, day, by.lang)
    held: dict[str, list[Any]] = {}
    for row in selectors.reaches(set(lists.rules)):
        rate = selectors.rate_within(row.rule, lists.rules[row.rule], row.org, day)
        held.setdefault(row.rule, []).append(
            (orgs.name_of(row.org), REACH_WORDS[row.state], REACH_TONES[row.state], rate)
        )
    may = bool(reach_of(by, "device_alert.spread"))
    counts = selectors.senders()
    posts = orgs.post_words({row.sender for row in counts})
    return render(
        request,
        "matters/alerts/rules.html",
        status=problem.status if problem else 200,
        rules=[(code, one.title, one, held.get(code, [])) for code, one in lists.rules.items()],
        may=may,
        units=_units(home, day) if may else [],
        states=list(REACH_WORDS.items()),
        senders=[
            (
                posts[one.sender].office if one.sender in posts else one.sender,
                titled(lists.refused, one.list),
                one.n,
                one.last,
            )
            for one in counts
        ],
        typed=request.POST if problem else {},
        problem=problem,
        command=by.command,
    )


# ── beside devices and matters ──────────────────────────────────────────────────────────────────────────


def _beside_device(by: Act, code: str) -> list[tuple[str, str]]:
    return [(_("告警、误报率和静音"), reverse("desk:device-alerts", kwargs={"code": code}))]


def _beside_matter(by: Act, seen: Seen) -> list[Way]:
    number = seen.row.number
    return [Way(_("看告警：来了几次、画面、误报率"), reverse("desk:alert", kwargs={"number": number}))]


register_beside("alerts", _beside_device)
register_ways(PROCEDURE, _beside_matter)


def _reach(request: HttpRequest, by: Act) -> None:
    typed = request.POST
    org = typed.get("org", "").split()[-1] if typed.get("org", "").strip() else ""
    services.reach(by, rule=typed.get("rule", "")[:30], org=org, state=typed.get("state", "")[:6])


def _units(home: str, day: date) -> list[str]:
    return [f"{orgs.name_of(code)} {code}" for code in orgs.forest().below(home, day)[:300]]
