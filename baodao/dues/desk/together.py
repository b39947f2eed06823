"""Who lacks what in both trees, in one list, and one reminder to those chosen: for somebody who answers for a Party committee and for a street."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.dues import reminding, services, together
from baodao.dues.board import Line
from baodao.dues.policies import READ, REMIND, above
from baodao.dues.services import Reminding
from baodao.dues.together import Body
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem, Refused
from baodao.kernel.pages import further, page, render, who_of
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import reach_of

from .common import act, has_room, line_row, plain, reading, told, tops

#: Bodies of a page; what is chosen of them at once.
PAGE, CHOSEN = 50, 400


@page("desk", "dues/together/", name="dues-together")
def both(request: HttpRequest) -> HttpResponse:
    """By body and key, over all of one's own posts. Organizations by name; members nowhere."""
    own, day = act(request), orgs.today()
    by, problem = reading(request, own), None
    if not any(top >= 1 for _org, top in reach_of(by, READ).below):
        raise Refused.of("", _("这张表给上级看"), _("本单位的请看“本月该做什么”"))
    if request.method == "POST":
        try:
            return _remind(request, own)
        except Problem as caught:
            problem = plain(caught)
    after = request.GET.get("after", "")[:32]
    found = together.lacking(by, day, after=after, limit=PAGE + 1)
    had = reminding.had({line.org for one in found[:PAGE] for line in one.lines}, (), day)
    rows = [_row(one, by, had, day) for one in found[:PAGE]]
    return render(
        request,
        "dues/together.html",
        status=problem.status if problem else 200,
        problem=problem,
        told=told(request, _("提醒了 %(n)s 项；选了 %(of)s 项，其余近期提醒过或已经做了")),
        rows=rows,
        reminding=any(line["room"] for row in rows for line in row["lines"]),
        chosen=request.POST.getlist("line"),
        tops=[orgs.name_of(code) for code in tops(request, by)],
        day=day,
        next_href=further(found, PAGE, lambda one: one.codes[0]),
        first_href="?" if after else "",
        command=new_key("due"),
    )


def _row(one: Body, by: Act, had: reminding.Had, day: date) -> dict[str, Any]:
    lines = [line_row(line, day) | {"room": _room(line, by, had, day)} for line in one.lines]
    return {
        "names": [(code, orgs.name_of(code)) for code in one.codes],
        "lines": lines,
        "two": len({line["code"] for line in lines}) > 1,
    }


def _room(line: Line, by: Act, had: reminding.Had, day: date) -> bool:
    return line.rule.remind and allowed(by, REMIND, above(line.org, day)) and has_room(line, had, day)


def _acts(request: HttpRequest, by: Act) -> Iterator[Act]:
    """The act of the chosen post (as a deputy, too), then one for each other post of one's own, each with a command of its own."""
    day = orgs.today()
    yield by
    for post in who_of(request).posts:
        if post.code != by.post and not post.deputy:
            grants = orgs.grants_of(post.code, post.org, post.kind, day)
            command = f"{by.command[:130]}.{post.code}"[:200]
            yield replace(by, post=post.code, deputy="", grants=grants, command=command)


def _remind(request: HttpRequest, by: Act) -> HttpResponse:
    """One reminder to each that was ticked, by the post that may; the page then says how many had it. Raises what services.remind_in_posts does."""
    asked = [tuple(one[:120].split("|", 1)) for one in request.POST.getlist("line")[:CHOSEN]]
    chosen = [Reminding(one[0], one[1]) for one in asked if len(one) == 2]
    if not chosen:
        raise Invalid.of("line", _("一家也没有选"), _("请在要提醒的前面打勾"))
    sent = services.remind_in_posts(_acts(request, by), chosen)
    query = urlencode({"after": request.GET.get("after", "")[:32], "told": sent, "of": len(asked)})
    return HttpResponseRedirect(f"{reverse('desk:dues-together')}?{query}", status=303)
