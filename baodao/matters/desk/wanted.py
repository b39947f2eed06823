"""Open needs of those whom my organization helps: read, and one taken by a tap. Whoever takes none leaves no trace."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Missing, Problem
from baodao.kernel.pages import page, render
from baodao.matters.guards import HELPER
from baodao.matters.services import act
from baodao.matters.wanted import MOST, wanted
from baodao.orgs.alliances.beside import register_beside
from baodao.orgs.alliances.declare import AllianceKind
from baodao.orgs.alliances.models import Alliance
from baodao.orgs.selectors import name_of, pack_of, today
from baodao.people.door import act_from

from .fields import Ground, fields_of, typed_fields
from .start import own_org


@page("desk", "wanted/", name="wanted")
def listed(request: HttpRequest) -> HttpResponse:
    """All that is listed; ``?take=`` opens the form of one, a POST takes it."""
    typed, problem = request.POST.dict(), None
    by, org = act_from(request, command=typed.get("command", "")[:200] or new_key("take")), own_org(request)
    after = request.GET.get("after", "")[:24]
    rows = wanted(by, org, today(), after=after)
    chosen = (typed.get("number") or request.GET.get("take", ""))[:24]
    one = next(iter(wanted(by, org, today(), only=chosen)), None) if chosen else None
    if request.method == "POST":
        try:
            if one is None:
                raise Missing.of("number", _("这一条已经有单位接了，或不再列着"), _("请看别的"))
            fields = typed_fields(one.action, typed, MultiValueDict(), by)
            act(by, number=one.number, action=one.action.name, fields=fields)
            return HttpResponseRedirect(reverse("desk:matter", kwargs={"number": one.number}), status=303)
        except Problem as caught:
            problem = caught
    ground = (
        Ground(procedure=one.procedure, pack=pack_of(org), name=one.name, near=org, addressee=org, by=by)
        if one
        else None
    )
    return render(
        request,
        "matters/desk/wanted.html",
        status=problem.status if problem else 200,
        rows=rows[:MOST],
        next_href=f"?{urlencode({'after': rows[MOST - 1].number})}" if len(rows) > MOST else "",
        first_href=reverse("desk:wanted") if after else "",
        one=one,
        fields=fields_of(ground, one.action) if ground is not None and one is not None else [],
        typed=typed,
        problem=problem,
        office=name_of(org),
        command=typed.get("command") or new_key("take"),
    )


def _beside(by: Act, row: Alliance, kind: AllianceKind) -> list[tuple[str, str]]:
    return [(_("公开的需要"), reverse("desk:wanted"))] if kind.freely else []


register_beside(HELPER, _beside)
