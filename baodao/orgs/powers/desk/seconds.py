"""What waits for a second person: agree, decline, take back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render, who_of
from baodao.orgs import selectors
from baodao.orgs.powers import seconds as rules
from baodao.orgs.words import right_words
from baodao.people.door import act_from


@page("desk", "seconds/", name="seconds", nav=(82, gettext_lazy("等人确认")))
def seconds(request: HttpRequest) -> HttpResponse:
    """Requests of mine and those that I may agree to."""
    who = who_of(request)
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("second"))
    problem: Problem | None = None
    if request.method == "POST":
        code = request.POST.get("code", "")[:16]
        try:
            if request.POST.get("do") == "agree":
                rules.agree(by, code)
            else:
                rules.decline(by, code=code)
            return HttpResponseRedirect(f"{reverse('desk:seconds')}?done=1", status=303)
        except Problem as caught:
            problem = caught
    rows = rules.listed(by, by.noted)
    titles = selectors.post_words({row.post for row in rows})
    words = right_words(selectors.pack_of(who.post.org if who.post else ""))
    english = who.lang.startswith("en")
    return render(
        request,
        "orgs/powers/seconds.html",
        status=problem.status if problem else 200,
        problem=problem,
        done=request.GET.get("done") == "1",
        rows=[
            (
                row,
                (words[row.right].en if english else words[row.right].zh)
                if row.right in words
                else row.right,
                f"{titles[row.post].office} · {titles[row.post].title}"
                if row.post in titles
                else _("（岗位已不在）"),
                row.subject.partition(":")[2],
                row.person == by.person,
            )
            for row in rows
        ],
        command=new_key("second"),
    )
