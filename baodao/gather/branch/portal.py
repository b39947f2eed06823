"""Portal page: my own presence in my branch's life, with an objection; nobody else reads it here."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from msgspec.structs import replace

from baodao.gather.words import PRESENCE
from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import selectors, services


@page("portal", "me/evenings/", name="my-evenings")
def my_evenings(request: HttpRequest) -> HttpResponse:
    """Evenings with what is told of me; a POST says that it is told wrongly."""
    command = request.POST.get("command", "")[:200] or new_key("evening")
    by = replace(act_from(request, command=command), post="", grants=())
    problem: Problem | None = None
    if request.method == "POST":
        try:
            services.object_to(
                by, code=request.POST.get("code", "")[:40], status=request.POST.get("status", "present")[:10],
                reply=request.POST.get("reply", "")[:400],
            )  # fmt: skip
            return HttpResponseRedirect(reverse("portal:my-evenings"), status=303)
        except Problem as caught:
            problem = caught
    token = selectors.own_token(by)
    rows = selectors.own_evenings(token) if token else []
    return render(
        request,
        "gather/branch/mine.html",
        status=problem.status if problem else 200,
        rows=[
            (s, orgs.name_of(str(s.org_id)), PRESENCE[status], told, minutes)
            for s, status, told, minutes in rows
        ],
        coming=_coming(token, by.noted) if token else [],
        states=list(PRESENCE.items()),
        problem=problem,
        command=new_key("evening"),
    )


def _coming(token: str, now: datetime) -> list[dict[str, object]]:
    """Announced evenings, each in the name of the member's own branch; ``host``: another branch that convenes it."""
    return [
        {
            "slot": one.slot, "org": orgs.name_of(one.org), "note": one.note,
            "host": "" if one.org == str(one.slot.org_id) else orgs.name_of(str(one.slot.org_id)),
        }
        for one in selectors.coming(token, now)
    ]  # fmt: skip
