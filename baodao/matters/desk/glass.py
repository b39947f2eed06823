"""Break-glass on the desk: ask to see one restricted matter, what is open to me now; and who can see a matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.matters.policies import READ, subject_of
from baodao.matters.selectors import see
from baodao.matters.services.glass import OPEN, close_glass, open_glass
from baodao.orgs.policies import reach_of
from baodao.orgs.powers.watchers import held, openings, watchers
from baodao.orgs.selectors import name_of, post_words, today
from baodao.orgs.words import reach_words
from baodao.people.declare import purposes
from baodao.people.door import act_from


@page("desk", "glass/", name="glass", nav=(83, gettext_lazy("紧急查看")), right=OPEN)
def glass(request: HttpRequest) -> HttpResponse:
    """The form; a request waits for the second person. Below: what is open to this post."""
    typed = request.POST
    by = act_from(
        request,
        command=typed.get("command", "")[:200] or new_key("glass"),
        purpose=typed.get("purpose", "")[:40],
    )
    if not reach_of(by, OPEN):
        raise Refused.of("", _("您的岗位不能紧急查看受限的事"), _("请由督办员、审计督查员或知情范围裁定人办"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if code := typed.get("close", "")[:16]:
                close_glass(by, code=code)
            else:
                hours = typed.get("hours", "")
                number = typed.get("number", "").strip().upper()[:24]
                open_glass(
                    by,
                    number=number,
                    reason=typed.get("reason", ""),
                    hours=int(hours) if hours.isdigit() else 0,
                )
            return HttpResponseRedirect(reverse("desk:glass"), status=303)
        except Problem as caught:
            problem = caught
    return render(
        request,
        "matters/desk/glass.html",
        status=problem.status if problem else 200,
        problem=problem if problem is not None and problem.status != 202 else None,
        waits=problem if problem is not None and problem.status == 202 else None,
        rows=[(row, row.subject.partition(":")[2]) for row in held(by.person, by.post, by.noted)],
        purposes=[(code, row.title_en if by.lang == "en" else row.title) for code, row in purposes().items()],
        typed=typed if problem is not None and problem.status != 202 else {},
        command=new_key("glass"),
    )


@page("desk", "matters/<str:number>/seers/", name="matter-seers", methods=("GET", "HEAD"))
def seers(request: HttpRequest, number: str) -> HttpResponse:
    """Who can see this matter now, and why: read from the policy itself."""
    by = act_from(request, command=new_key())
    seen = see(by, number)
    found = watchers(READ, subject_of(seen.state), today())
    opened = openings(f"matter:{number}", by.noted)
    titles = post_words({row.post for row in opened})
    return render(
        request,
        "matters/desk/seers.html",
        number=number,
        level=seen.state.level,
        reporter=bool(seen.state.reporters),
        rows=[(one, name_of(one.org), reach_words(one.reach)) for one in found],
        english=by.lang.startswith("en"),
        opened=[
            (row, f"{titles[row.post].office} · {titles[row.post].title}" if row.post in titles else row.post)
            for row in opened
        ],
    )
