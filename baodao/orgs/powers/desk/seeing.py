"""Who can see one object: the page that every room links to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from baodao.kernel.act import Act, new_key
from baodao.kernel.pages import page, render
from baodao.orgs.powers.seeing import Seen, seen, tables
from baodao.people.door import act_from


@page("desk", "seers/<str:family>/<str:code>/", name="seers", methods=("GET", "HEAD"))
def seers(request: HttpRequest, family: str, code: str) -> HttpResponse:
    """Who can see this now, and why: read from the policy itself, for whoever may read the object."""
    by = act_from(request, command=new_key())
    return shown(request, by, family, code, seen(by, family, code))


def shown(request: HttpRequest, by: Act, family: str, code: str, found: Seen) -> HttpResponse:
    """The same page for a room whose address of it is another one."""
    return render(request, "orgs/powers/seers.html", found=found, tables=tables(by, family, code, found))
