"""Naming the next reader of sealed cards whose named readers have all left: number and day alone, two persons, a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem, Refused
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.matters import story
from baodao.matters.selectors import named_before
from baodao.matters.services.renewing import RENEW, approved_by, left_alone, renew
from baodao.matters.services.sealing import nameable
from baodao.orgs.policies import reach_of
from baodao.orgs.selectors import name_of, today
from baodao.people.door import act_from


@page("desk", "cards/renew/", name="cards-renew", nav=(85, gettext_lazy("卡片换人")), right=RENEW)
def cards_renew(request: HttpRequest) -> HttpResponse:
    """What nobody can open any more, without title, stage or count by unit; a POST names one post and waits for the second person."""
    typed = request.POST
    by = act_from(request, command=typed.get("command", "")[:200] or new_key("renew"))
    if not reach_of(by, RENEW):
        raise Refused.of("", _("您的岗位不能给卡片换人"), _("请由批准的岗位办"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            number = typed.get("number", "").strip().upper()[:24]
            renew(by, number=number, reader=typed.get("reader", "")[:48], reason=typed.get("reason", ""))
        except Problem as caught:
            problem = caught
    rows = [row for row in left_alone(today()) if allowed(by, RENEW, approved_by(row))]
    waits = problem if problem is not None and problem.status == 202 else None
    return render(
        request,
        "matters/desk/cards_renew.html",
        status=problem.status if problem else 200,
        problem=problem if waits is None else None,
        waits=waits,
        rows=[(row, [story.post_title(code) for code in named_before(row.number)]) for row in rows],
        numbers=[(row.number, row.number) for row in rows],
        readers=[
            (post.code, f"{name_of(str(post.org_id))} · {post.title}")
            for post in nameable(today())
            if post.person != by.person
        ],
        typed=typed if problem is not None and waits is None else {},
        command=new_key("renew"),
    )
