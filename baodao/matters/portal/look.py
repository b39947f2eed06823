"""Look up by number and code; the list of one's own."""

import unicodedata
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.matters import selectors, story
from baodao.matters.versions import version, words_of
from baodao.orgs.selectors import home_pack, name_of, today

from .standing import as_resident, ask_slip, keep_slip

PAGE = 30


@page("portal", "look/", name="look", public=True)
def look(request: HttpRequest) -> HttpResponse:
    """Ask number and code. A wrong pair says only that the two do not belong together."""
    typed = request.POST if request.method == "POST" else request.GET
    number = unicodedata.normalize("NFKC", typed.get("number", "")).strip().upper()[:24]
    problem: Problem | None = None
    if request.method == "POST":
        try:
            if ask_slip(request, number, request.POST.get("code", "")[:24], as_resident(request).noted):
                found = HttpResponseRedirect(reverse("portal:own", kwargs={"number": number}), status=303)
                keep_slip(request, found, number)
                return found
            problem = Invalid.of(
                "code", _("编号和查询码对不上"), _("请照着回执再输一遍；丢了可以到受理窗口换")
            )
        except Problem as caught:
            problem = caught
    values = SimpleNamespace(number=number, code="")
    status = problem.status if problem is not None else 200
    context: dict[str, Any] = {"values": values, "problem": problem, "example": _example()}
    response = render(request, "matters/portal/look.html", status=status, **context)
    if problem is not None and "retry_after" in problem.extra:
        response["Retry-After"] = str(problem.extra["retry_after"])
    return response


def _example() -> str:
    pack = get_pack(home_pack())
    return pack.one(District).number.format(year=today().year, n=123) if pack.has(District) else ""


@page("portal", "mine/", name="mine", nav=(20, gettext_lazy("我的事")), methods=("GET", "HEAD"))
def mine(request: HttpRequest) -> HttpResponse:
    """The requests that I opened myself, the newest first."""
    by = as_resident(request)
    after = request.GET.get("after", "")
    found = selectors.mine_page(by, after, PAGE + 1)
    rows = [_row(by, matter) for matter in found[:PAGE]]
    further = f"?after={found[PAGE - 1].number}" if len(found) > PAGE else ""
    return render(request, "matters/portal/mine.html", rows=rows, next_href=further)


def _row(by: Any, matter: Any) -> SimpleNamespace:
    procedure = words_of(matter.pack, matter.procedure, version(matter.digest), by.lang)
    seen = selectors.see(by, matter.number)
    dates = story.next_dates(procedure, seen.state, by.noted)
    first = dates[0] if dates else None
    lead = seen.state.lead
    return SimpleNamespace(
        number=matter.number,
        kind=next((kind.title for kind in procedure.kinds if kind.name == matter.kind), procedure.title),
        title=story.title_of(seen),
        stage=procedure.word(f"stage.{seen.state.stage}"),
        tone=story.stage_tone(procedure, seen.state),
        opened=matter.opened,
        holder=name_of(lead.org) if lead is not None and seen.state.ended is None else "",
        due=first.at if first else None,
        due_words=first.words if first else "",
        due_tone=first.tone if first else "",
        left=first.left if first else "",
    )
