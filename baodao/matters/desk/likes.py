"""Likes of a drive on one page: groups that the words make, ticked by a person, brought together by one tap."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from baodao.kernel.act import new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.matters.likes import likes_of
from baodao.matters.selectors import see
from baodao.matters.services import Likes, merge
from baodao.people.door import act_from


@page("desk", "matters/<str:number>/likes/", name="matter-likes")
def likes(request: HttpRequest, number: str) -> HttpResponse:
    """The groups; a POST brings those together that were ticked (``group``: numbers with dots between, the first stays)."""
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("likes"))
    seen, done = see(by, number.upper()[:24]), None
    problem: Problem | None = None
    if request.method == "POST":
        try:
            ticked = [value.split(".") for value in request.POST.getlist("group")]
            if not ticked:
                raise Invalid.of("group", _("没有选一组"), _("请勾上确实是同一件事的"))
            done = merge(by, groups=[Likes(first, tuple(rest)) for first, *rest in ticked])
        except Problem as caught:
            problem = caught
    return render(
        request,
        "matters/desk/likes.html",
        status=problem.status if problem is not None else 200,
        number=seen.row.number,
        groups=likes_of(by, seen),
        done=done,
        problem=problem,
        command=new_key("likes"),
    )
