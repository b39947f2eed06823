"""Portal page: who keeps in touch with me. I see all of it, say it otherwise, and leave; nobody is told."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.dues.desk.common import plain, typed_of
from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.typed import day_typed, whole_number
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

from . import selectors, services


@page("portal", "me/contact/", name="my-contact")
def my_contact(request: HttpRequest) -> HttpResponse:
    """Each time, in the words that stand there; correct and leave."""
    command = request.POST.get("command", "")[:200] or new_key("contact")
    by = replace(act_from(request, command=command), post="", grants=())
    problem: Problem | None = None
    if request.method == "POST":
        try:
            do, code = request.POST.get("do", ""), request.POST.get("code", "")[:16]
            if do == "leave":
                services.leave(by, code=code)
            elif do.startswith("correct-") and (n := whole_number(do[8:])) is not None:
                day = day_typed(request.POST.get("day", ""), "day")
                services.correct(by, code=code, n=n, day=day, need=request.POST.get("need", "")[:1000])
            else:
                raise Invalid.of("", _("没有这一步"), _("请刷新页面"))
            return HttpResponseRedirect(reverse("portal:my-contact"), status=303)
        except Problem as caught:
            problem = plain(caught)
    rows = selectors.own(by.person)
    words = orgs.post_words([row.state.post for row in rows]) if rows else {}
    return render(
        request,
        "dues/mine.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=[(row, words.get(row.state.post)) for row in rows],
        today=orgs.today().isoformat(),
        typed=typed_of(request.POST),
        command=new_key("contact"),
    )
