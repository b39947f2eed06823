"""Desk page of leg sync: the organization's own systems, what waits for them and what was parked."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.orgs.selectors import name_of
from baodao.people.door import act_from

from . import selectors, services
from .address import judge
from .selectors import Standing

SHOWN, OFFERED = 50, 300
ERRORS = {
    "unreachable": gettext_lazy("连不上对方的服务器"),
    "shut": gettext_lazy("地址指向内部网络，不发"),
    "no_answer": gettext_lazy("对方没有在几秒内回应"),
}


@page("desk", "partners/", name="partners", nav=(91, gettext_lazy("系统对接")), right="partner.register")
def partners(request: HttpRequest) -> HttpResponse:
    """Register (the secret is shown once), stop, renew the key, send again. Three statements and those of the page."""
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("partner"))
    offices = selectors.offices(by)
    if not offices:
        raise Refused.of("", _("这一页由单位负责人和系统管理员用"), _("请换岗位，或请单位负责人登记"))
    made, problem = "", None
    if request.method == "POST":
        try:
            made = _do(request, by)
            if not made:
                return HttpResponseRedirect(reverse("desk:partners"), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "api/partners.html",
        status=problem.status if problem is not None else 200,
        made=made,
        problem=problem,
        typed=request.POST if problem is not None else {},
        offices=[(code, name_of(code)) for code in offices[:OFFERED]],
        rows=_rows(by),
        command=new_key("partner"),
    )


def _do(request: HttpRequest, by: Act) -> str:
    """Take one of the page's actions; gives the new secret where there is one."""
    typed = request.POST
    code, wish = typed.get("partner", "")[:20], typed.get("do", "register")
    if wish == "stop":
        services.stop(by, code=code)
    elif wish == "resend":
        services.resend(by, code=code)
    elif wish == "renew":
        secret = secrets.token_urlsafe(32)
        services.renew_key(by, code=code, secret=secret)
        return secret
    else:
        url, secret = typed.get("url", "").strip(), secrets.token_urlsafe(32)
        # A name is looked up here, before any transaction: it may take seconds.
        judge(url)
        services.register(
            by,
            code=f"p{secrets.token_hex(6)}",
            org=typed.get("org", ""),
            title=typed.get("title", ""),
            url=url,
            secret=secret,
        )
        return secret
    return ""


def _rows(by: Act) -> list[dict[str, Any]]:
    held = list(selectors.visible_to(by)[:SHOWN])
    codes = [row.code for row in held]
    standings = selectors.standings(codes)
    aside: dict[str, list[dict[str, Any]]] = {}
    for one in selectors.parked(codes, SHOWN):
        line = {
            "fact": one.fact,
            "error": plain_error(one.error),
            "attempts": one.attempts,
            "created": one.created,
        }
        aside.setdefault(one.partner, []).append(line)
    return [
        {
            "it": row,
            "office": name_of(row.org),
            "standing": standings.get(row.code, Standing()),
            "parked": aside.get(row.code, []),
        }
        for row in held
    ]


def plain_error(error: str) -> str:
    """Why it did not get through, in words."""
    if error.startswith("status_"):
        return _("对方回应 %(status)s") % {"status": error.removeprefix("status_")}
    return str(ERRORS.get(error) or _("没有写成消息（%(error)s）") % {"error": error})
