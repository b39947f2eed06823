"""Desk: the screen with the code that changes, and the sheet to sign on paper."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.gather import codes, selectors
from baodao.gather.credits import day_of
from baodao.gather.kinds import kind_of
from baodao.gather.models import Slot
from baodao.gather.policies import people_of
from baodao.kernel.act import Act
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed

from .common import act_of, line_of

#: Lines on a sheet that nobody signed up for.
BLANK = 12


def _slot(by: Act, code: str) -> Slot:
    row = selectors.slot(by, code)
    if row is None:
        raise Missing.of("code", _("没有这一场，或者不对您开放"), _("请从列表里选"))
    if kind_of(str(row.org_id), row.kind, day_of(row.starts)).people == "count" or not allowed(
        by, "gather.attend", people_of(row)
    ):
        raise Refused.of("", _("这一场的名单不归您的岗位记"), _("请换岗位，或告诉组织的单位"))
    return row


@page("desk", "gather/<str:code>/screen/", name="gathering-screen", methods=("GET", "HEAD"))
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The code of these 45 seconds, large; the page renews itself without scripts."""
    by = act_of(request)
    row = _slot(by, code)
    shown = codes.code_at(code, by.noted)
    where = reverse("portal:gathering-in", kwargs={"code": code})
    counts = selectors.counts_of([code])[code]
    return render(
        request,
        "gather/screen.html",
        **line_of(row),
        digits=f"{shown[:3]} {shown[3:]}",
        qr=qr_of(f"{settings.BASE_URL.rstrip('/')}{where}?c={shown}"),
        where=f"{settings.BASE_URL.rstrip('/')}{where}".partition("//")[2],
        left=codes.left(by.noted),
        came=counts["present"],
        expected=sum(counts.values()),
    )


def qr_of(text: str) -> str:
    """A QR code as an SVG element."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, border=1, omitsize=True)
    return out.getvalue().decode()


@page("desk", "gather/<str:code>/sheet/", name="gathering-sheet")
def sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet to sign: empty lines; a POST, with its purpose logged, prints the names of those who signed up."""
    by = act_of(request)
    row = _slot(by, code)
    seats = [seat for seat in selectors.seats_of(row) if seat.state == "seat"]
    names = selectors.names(by, row, [seat.token for seat in seats]) if request.method == "POST" else {}
    lines = [names.get(seat.token, "") for seat in seats] if names else []
    return render(
        request,
        "gather/sheet.html",
        **line_of(row),
        lines=lines + [""] * BLANK,
        opened=bool(names),
        n=len(seats),
    )
