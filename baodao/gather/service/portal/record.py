"""My record of service: each time with both words, an objection, a sheet, points where they are switched on, a certificate."""

from __future__ import annotations

import io
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather.keys import signing_keys
from baodao.gather.service import selectors
from baodao.gather.service.asking import kind_words, own_points
from baodao.gather.service.certificate import Claims, public_of, published, sign
from baodao.gather.service.classes import classes
from baodao.gather.service.halves import half_of
from baodao.gather.service.pages import plain, self_act, typed_of
from baodao.gather.service.words import CUTS, STATES, half_words
from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.jinja import day as day_words
from baodao.kernel.pages import page, render
from baodao.kernel.tables.web import workbook
from baodao.kernel.tables.write import write_xlsx
from baodao.kernel.typed import day_typed
from baodao.matters.services import Draft, open_
from baodao.orgs import selectors as orgs
from baodao.people.selectors import own_name

ON = ("record", "rating", "points", "list")
SINCE = date(2000, 1, 1)
CHECKER = Path(__file__).parents[2] / "templates" / "gather" / "service" / "check_certificate.txt"


@page("portal", "me/service/record/", name="my-service-record")
def record(request: HttpRequest) -> HttpResponse:
    """Each time with what I said and what the community said; a POST is an objection, which goes to the district's arbiter."""
    by, day = self_act(request), orgs.today()
    problem: Problem | None = None
    typed = typed_of(request)
    token, member = selectors.own(by.person)
    if request.method == "POST":
        try:
            number = _object(
                by, typed, [*member.places_now, *member.units_now, *(r.org for r in member.records.values())]
            )
            return HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)
        except Problem as caught:
            problem = plain(caught)
    rows = selectors.records(token, SINCE, day + timedelta(days=1)) if token else []
    kinds = {org: kind_words(org, day) for org in {str(one.row.org_id) for one in rows}}
    return render(
        request,
        "gather/service/record.html",
        status=problem.status if problem else 200,
        rows=[
            (one, orgs.name_of(str(one.row.org_id)), kinds[str(one.row.org_id)].get(one.row.kind, one.row.kind), STATES[one.row.state])
            for one in rows
        ],
        minutes=sum(one.row.minutes for one in rows),
        about=[(code, words) for code, words in zip(ON, (_("服务记录"), _("对服务的评价"), _("积分"), _("名单")), strict=True)],
        classes=classes(by.person, token, member, day),
        points=own_points(token, member, day) if token else None,
        cuts=CUTS,
        half=half_words,
        able=bool(member.units_now or rows),
        typed=typed,
        problem=problem,
        command=new_key("record"),
    )  # fmt: skip


def _object(by: Act, typed: dict[str, str], mine: list[str]) -> str:
    """Opens the objection at the district, outside the community or unit that it is about. Gives its number."""
    about, reason = typed.get("on", ""), typed.get("reason", "").strip()
    if about not in ON:
        raise Invalid.of("on", _("请选对什么有异议"))
    if not 2 <= len(reason) <= 2000:
        raise Invalid.of("reason", _("请写理由"), _("2 到 2000 个字"))
    row = next(
        (row for row in selectors.own(by.person)[1].records.values() if row.slot == typed.get("slot")), None
    )
    org = row.org if row is not None else next(iter(mine), "")
    chain = orgs.forest().chain(org, orgs.today()) if org else ()
    if not chain:
        raise Invalid.of("on", _("您还没有报到，也不在名单上"), _("请先报到"))
    # The district's arbiter rules: neither the community nor the unit nor those who rank them.
    above = next((code for code in chain if orgs.forest().nodes[code].level == "district"), chain[-1])
    fields: dict[str, Any] = {"on": about, "reason": reason}
    if row is not None:
        fields["slot"] = _which(by, row.slot)
    draft = Draft(procedure="service_objection", org=above, fields=fields)
    return open_(by, matters=[draft]).numbers[0]


def _which(by: Act, slot: str) -> str:
    """Which time she means, as the arbiter reads it: what and when."""
    token, _member = selectors.own(by.person)
    rows = selectors.records(token, SINCE, orgs.today() + timedelta(days=1))
    return next(
        (f"{one.title} {day_words(one.row.day)}".strip() for one in rows if one.row.slot == slot), slot
    )


@page("portal", "me/service/record.xlsx", name="my-service-sheet", methods=("GET", "HEAD"))
def sheet(request: HttpRequest) -> HttpResponse:
    """The same as a workbook: my own times of service, without points."""
    by, day = self_act(request), orgs.today()
    token, _member = selectors.own(by.person)
    rows = selectors.records(token, SINCE, day + timedelta(days=1)) if token else []
    header = (
        _("日期"),
        _("社区"),
        _("做什么"),
        _("我说的分钟"),
        _("确认的分钟"),
        _("到哪一步"),
        _("我写的"),
        _("社区的答复"),
    )
    lines = (
        (
            one.row.day, orgs.name_of(str(one.row.org_id)), one.title, one.row.told, one.row.minutes,
            str(STATES[one.row.state]), one.text, one.reply,
        )
        for one in rows
    )  # fmt: skip
    out = io.BytesIO()
    write_xlsx(out, _("服务记录"), header, lines)
    return workbook(out.getvalue(), "service")


@page("portal", "me/service/certificate/", name="my-service-certificate")
def certificate(request: HttpRequest) -> HttpResponse:
    """Choose what it says; it is made here and kept nowhere."""
    by, day = self_act(request), orgs.today()
    problem: Problem | None = None
    half = half_of(day)
    typed = {"since": half.first.isoformat(), "until": day.isoformat()} | typed_of(request)
    token, member = selectors.own(by.person)
    text = qr = ""
    if request.method == "POST":
        try:
            since, until = day_typed(typed["since"], "since"), day_typed(typed["until"], "until")
            text = _signed(by, typed, token, since=since, until=until)
            qr = segno.make(text, error="l").svg_inline(scale=2, border=3, omitsize=True)
        except Problem as caught:
            problem = plain(caught)
    return render(
        request,
        "gather/service/certificate.html",
        status=problem.status if problem else 200,
        text=text,
        qr=qr,
        units=[orgs.name_of(code) for code in member.units_now],
        typed=typed,
        problem=problem,
        command=new_key("certificate"),
    )


def _signed(by: Act, typed: dict[str, str], token: str, *, since: date, until: date) -> str:
    """Hours confirmed in [since, until], by kind only where she wants it. Raises Invalid."""
    if since > until:
        raise Invalid.of("until", _("结束的日子在开始以前"), _("请把两个日子换过来"))
    _token, member = selectors.own(by.person)
    by_kind = selectors.hours_of(token, since, until + timedelta(days=1)) if token else {}
    if not sum(by_kind.values()):
        raise Invalid.of("since", _("这段时间没有确认过的服务"), _("请换日期，或等社区确认"))
    home = next(iter([*member.units_now, *member.places_now, *(r.org for r in member.records.values())]), "")
    words = kind_words(home, orgs.today())
    kinds = tuple((words.get(kind, kind), minutes) for kind, minutes in by_kind.items())
    name = own_name(by.person) if typed.get("name") else ""
    key = signing_keys()[-1]
    claims = Claims(
        issuer=_issuer(home), since=since, until=until, issued=orgs.today(), number=secrets.token_hex(4), name=name,
        kinds=kinds if typed.get("kinds") else ((_("服务"), sum(by_kind.values())),),
        unit=orgs.name_of(member.units_now[0]) if typed.get("unit") and member.units_now else "",
    )  # fmt: skip
    try:
        return sign(claims, key.id, key.secret)
    except ValueError:
        raise Invalid.of(
            "kinds", _("写的太多，一个二维码放不下"), _("请把日子选短一些，或不写种类")
        ) from None


def _issuer(home: str) -> str:
    pack = get_pack(orgs.pack_of(home, orgs.today()))
    return pack.one(District).name if pack.has(District) else orgs.name_of(home)


@page("portal", "service/keys/", name="service-keys", public=True, methods=("GET", "HEAD"))
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys of this installation, for the checker: one a line."""
    rows = [(key.id, key.made, public_of(key.secret)) for key in signing_keys()]
    return HttpResponse(published(rows), content_type="text/plain; charset=utf-8")


@page("portal", "service/check/", name="service-check", public=True, methods=("GET", "HEAD"))
def checker(request: HttpRequest) -> HttpResponse:
    """The script by which anybody checks a certificate off line, to be saved and read: thirty lines, the same as docs/check_certificate.py."""
    answer = HttpResponse(CHECKER.read_text("utf-8"), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="check_certificate.py"'
    return answer


__all__ = ["certificate", "checker", "keys", "record", "sheet"]
