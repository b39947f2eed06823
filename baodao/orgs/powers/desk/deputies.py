"""Deputies on the desk: who acts for whom until when; name one, end one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import new_key
from baodao.kernel.errors import Problem
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.orgs import selectors
from baodao.orgs.models import Post
from baodao.orgs.powers.deputies import NewDeputy, begin, delegable, end, visible
from baodao.orgs.words import right_words
from baodao.people.door import act_from

OFFERED = 300


@page("desk", "deputies/", name="deputies", nav=(81, gettext_lazy("代理")))
def deputies(request: HttpRequest) -> HttpResponse:
    """Deputyships of mine and of those that I appoint; a form for the post that I act in."""
    who, day = who_of(request), selectors.today()
    by = act_from(request, command=request.POST.get("command", "")[:200] or new_key("deputy"))
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if code := request.POST.get("end", "")[:16]:
                end(by, code=code)
            else:
                begin(by, deputies=[_typed(request, by.post, day)])
            return HttpResponseRedirect(reverse("desk:deputies"), status=303)
        except Problem as caught:
            problem = caught
    post = selectors.post(by.post)
    rows = list(visible(by, day))
    titles = selectors.post_words({code for row in rows for code in (row.post, row.deputy)})
    words = right_words(selectors.pack_of(who.post.org if who.post else ""))
    english = who.lang.startswith("en")
    rights = delegable(post, day) if post is not None and not by.deputy else []
    return render(
        request,
        "orgs/powers/deputies.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=[
            (row, _title(titles.get(row.post)), _title(titles.get(row.deputy)), row.deputy == by.post)
            for row in rows
        ],
        rights=[
            (code, (words[code].en if english else words[code].zh) if code in words else code)
            for code in rights
        ],
        chosen=request.POST.getlist("rights") if problem else rights,
        near=_near(post, day) if post is not None else [],
        levels=[(1, _("管得着的工作人员看的")), (2, _("经办的人看的"))],
        typed=request.POST
        if problem
        else {"since": day.isoformat(), "until": (day + timedelta(days=7)).isoformat()},
        own=_title(selectors.post_words([by.post]).get(by.post)),
        acting=bool(by.deputy),
        command=new_key("deputy"),
    )


def _title(words: Any) -> str:
    return f"{words.office} · {words.title}" if words is not None else _("（岗位已不在）")


def _typed(request: HttpRequest, post: str, day: date) -> NewDeputy:
    typed = request.POST
    level = typed.get("level", "")
    return NewDeputy(
        post=post,
        deputy=typed.get("deputy", "")[:48],
        since=day_typed(typed.get("since", ""), "since"),
        until=day_typed(typed.get("until", ""), "until"),
        rights=tuple(dict.fromkeys(typed.getlist("rights"))),
        level=int(level) if level in {"0", "1", "2"} else 2,
    )


def _near(post: Post, day: date) -> list[tuple[str, str]]:
    """Posts that may act for this one: of the same organization, above and below, other people; never quiet ones."""
    trees, org = selectors.forest(), str(post.org_id)
    near = [*trees.chain(org, day), *sorted(trees.below(org, day))][:OFFERED]
    held = [one for one in selectors.holders(near, day) if one.person and one.person != post.person]
    kinds = {
        code: selectors.post_kinds(selectors.pack_of(code, day)) for code in {str(one.org_id) for one in held}
    }
    shown = [
        one for one in held if (kind := kinds[str(one.org_id)].get(one.kind)) is not None and not kind.quiet
    ]
    return [
        (one.code, f"{selectors.name_of(str(one.org_id))} · {one.title}（{one.code}）")
        for one in shown[:OFFERED]
    ]
