"""Portal page: the place rates a visit by the code on its paper; no account, no name."""

from django.http import HttpRequest, HttpResponse
from msgspec.structs import replace

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render
from baodao.people.door import act_from

from . import checks


@page("portal", "rate-visit/", name="rate-visit", public=True)
def rate_visit(request: HttpRequest) -> HttpResponse:
    """Code and stars; whoever is signed in rates as nobody all the same."""
    command = request.POST.get("command", "")[:200] or new_key("rate")
    by = replace(act_from(request, command=command), kind="anonymous", person="", post="", grants=())
    problem, done = None, False
    if request.method == "POST":
        stars = request.POST.get("stars", "")
        try:
            checks.rate_check(
                by,
                code=request.POST.get("code", "")[:20],
                stars=int(stars) if stars in "12345" and stars else 0,
            )
            done = True
        except Problem as caught:
            problem = caught
    return render(
        request,
        "gather/patrols/rate.html",
        status=problem.status if problem else 200,
        done=done,
        typed={name: str(value)[:20] for name, value in request.POST.items()},
        problem=problem,
        command=new_key("rate"),
    )
