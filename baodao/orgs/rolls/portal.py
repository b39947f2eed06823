"""Portal page: my own membership. Where I am on a roll, asking to join a project branch, where I am seen."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.desk.common import org_named
from baodao.people.door import act_from

from . import selectors, services
from .services import Show
from .words import KINDS


@page("portal", "me/branch/", name="my-branch")
def my_branch(request: HttpRequest) -> HttpResponse:
    """My rows; each choice is mine."""
    command = request.POST.get("command", "")[:200] or new_key("branch")
    by = replace(act_from(request, command=command), post="", grants=())
    problem: Problem | None = None
    if request.method == "POST":
        try:
            do, day = request.POST.get("do", ""), orgs.today()
            if do == "ask":
                services.ask_project(by, branch=request.POST.get("branch", "")[:32], since=day)
            elif do.startswith("quit-"):
                services.quit_project(by, branch=do[5:37], until=day)
            elif do == "show":
                place = org_named(request.POST.get("place", "")[:200], day, "place")
                services.show_member(by, shows=[Show(place, True)])
            elif do.startswith("hide-"):
                services.show_member(by, shows=[Show(do[5:37], False)])
            else:
                raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
            return HttpResponseRedirect(reverse("portal:my-branch"), status=303)
        except Problem as caught:
            problem = caught
    _token, member = selectors.own(by.person)
    live = [row for row in member.rows if row.until is None]
    taken = {row.org for row in live}
    return render(
        request,
        "orgs/rolls/mine.html",
        status=problem.status if problem else 200,
        rows=[(row, orgs.name_of(row.org), KINDS[row.kind]) for row in live],
        past=[(row, orgs.name_of(row.org)) for row in member.rows if row.until is not None],
        branches=[(c, n) for c, n in selectors.project_branches(orgs.today()) if c not in taken],
        asking=member.home is not None,
        shown=[(code, orgs.name_of(code)) for code in sorted(member.shown)],
        problem=problem,
        typed={name: str(value)[:200] for name, value in request.POST.items()},
        command=new_key("branch"),
    )
