"""Alliances that ask nobody: what is open to my organization, and joining by itself. Who does not join leaves no trace."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import selectors
from baodao.orgs.alliances.policies import of_org
from baodao.orgs.alliances.ruling import Join
from baodao.orgs.alliances.services import join_alliances

from .common import act_of, typed_of


@page("desk", "alliances-free/", name="alliances-free")
def free(request: HttpRequest) -> HttpResponse:
    """What my organization may join by itself; a POST joins one."""
    by, day, problem = act_of(request), orgs.today(), None
    post = who_of(request).post
    home, typed = post.org if post is not None else "", typed_of(request, 60)
    if request.method == "POST":
        try:
            since = day_typed(typed.get("day", ""), "day", day)
            join_alliances(by, joins=[Join(typed.get("alliance", ""), home, since)])
            return HttpResponseRedirect(
                reverse("desk:alliance", kwargs={"code": typed["alliance"]}), status=303
            )
        except Problem as caught:
            problem = caught
    return render(
        request,
        "orgs/alliances/free.html",
        status=problem.status if problem else 200,
        rows=selectors.free_for(home, day),
        may=allowed(by, "alliance.join", of_org("", home)),
        day=day,
        problem=problem,
        command=by.command,
    )
