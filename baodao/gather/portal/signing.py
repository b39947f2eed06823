"""Portal: I am here. The address that the QR code on the screen opens; a slow phone, or one that must sign in first, keeps a
ticket of the moment when its page was opened."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from baodao.gather import codes, selectors, services
from baodao.gather.desk.common import line_of
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render, who_of
from baodao.people.door import clock

from .one import act_of, slot_here


@page("portal", "gather/<str:code>/in/", name="gathering-in", public=True)
def signing(request: HttpRequest, code: str) -> HttpResponse:
    """GET with the code of the screen; a POST signs in."""
    who, now = who_of(request), clock()
    here = reverse("portal:gathering-in", kwargs={"code": code})
    typed, ticket = request.GET.get("c", "")[:12], request.GET.get("t", "")[:60]
    good = codes.is_code(code, typed, now) or codes.is_ticket(code, ticket, now)
    if not who.signed_in:
        # The code will have changed until she is back from signing in.
        back = f"{here}?t={codes.ticket(code, now)}" if good else here
        return HttpResponseRedirect(f"{reverse('portal:sign-in')}?next={quote(back)}")
    problem: Problem | None = None
    if request.method == "POST":
        typed = request.POST.get("code", "").replace(" ", "")[:12]
        ticket = request.POST.get("ticket", "")[:60]
        try:
            services.sign_in(act_of(request), slot=code[:40], code=typed, ticket=ticket)
            return HttpResponseRedirect(f"{here}?done=1", status=303)
        except Problem as caught:
            problem = caught
    row, kind, tokens = slot_here(request, code)
    seat = selectors.seat_of(row, tokens)
    return render(
        request,
        "gather/portal/signing.html",
        status=problem.status if problem else 200,
        **line_of(row),
        seat=seat,
        done=seat is not None and seat.status in kind.counts,
        credits=kind.credits,
        ticket=codes.ticket(code, now, who.person) if good else ticket if problem else "",
        typed=typed,
        problem=problem,
        command=new_key("here"),
    )
