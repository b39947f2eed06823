"""Keeping what somebody made of a suggestion on a matter's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from baodao.kernel.act import new_key
from baodao.kernel.pages import page
from baodao.matters.suggest.services import choose
from baodao.people.door import act_from


@page("desk", "matters/<str:number>/suggestion/", name="matter-suggestion", methods=("POST",))
def suggestion(request: HttpRequest, number: str) -> HttpResponse:
    """One of the offered codes, or none of them; back to the matter."""
    typed = request.POST
    by = act_from(request, command=typed.get("_command", "")[:200] or new_key("choose"))
    choose(
        by,
        number=number,
        what=typed.get("what", ""),
        offered=typed.getlist("offered"),
        chosen=typed.get("chosen", ""),
        model=typed.get("model", ""),
    )
    there = reverse("desk:matter", kwargs={"number": number})
    return HttpResponseRedirect(f"{there}#suggestions", status=303)
