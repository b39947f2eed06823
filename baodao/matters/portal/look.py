"""Look up by number and code; the list of one's own."""

import unicodedata
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.matters import selectors, story
from baodao.matters.clocks import TICK
from baodao.matters.declare import Procedure
from baodao.matters.listing import words_about
from baodao.matters.models import Leg, Matter
from baodao.matters.present import asks_in, is_joint
from baodao.matters.versions import version, words_of
from baodao.orgs.selectors import home_pack, name_of, today

from .standing import as_resident, ask_slip, keep_slip
from .tips import door

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
    context["tips"] = door(as_resident(request).lang)
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
    rows = _rows(by, found[:PAGE])
    further = f"?after={found[PAGE - 1].number}" if len(found) > PAGE else ""
    return render(request, "matters/portal/mine.html", rows=rows, next_href=further)


def _rows(by: Act, matters: list[Matter]) -> list[SimpleNamespace]:
    """What a list of one's own shows; two statements. Of what few may know only the kind: phones are shared."""
    numbers = [matter.number for matter in matters]
    legs, words = selectors.legs_of(numbers), words_about(numbers)
    return [_row(by, matter, legs[matter.number], words.get(matter.number, "")) for matter in matters]


def _row(by: Act, matter: Matter, legs: list[Leg], words: str) -> SimpleNamespace:
    procedure = words_of(matter.pack, matter.procedure, version(matter.digest), by.lang)
    lead = next((leg for leg in reversed(legs) if leg.role == "lead" and leg.round == matter.round), None)
    joint = is_joint(procedure)
    due, due_words = _joint_due(procedure, matter, legs) if joint else _due(matter, lead)
    return SimpleNamespace(
        number=matter.number,
        kind=next((kind.title for kind in procedure.kinds if kind.name == matter.kind), procedure.title),
        title=words[:40],
        stage=procedure.word(f"stage.{matter.stage}"),
        tone=_joint_tone(procedure, matter, legs) if joint else _tone(matter, lead),
        opened=matter.opened,
        holder=_holder(matter, legs, lead, joint),
        due=due,
        due_words=due_words,
        due_tone=story.tone_of(due, by.noted) if due is not None else "",
        left=current_calendar().left_words(due, by.noted) if due is not None else "",
    )


def _holder(matter: Matter, legs: list[Leg], lead: Leg | None, joint: bool) -> str:
    """The unit that has it; of several how many are still at it."""
    if matter.ended is not None:
        return ""
    if not joint:
        return name_of(lead.org) if lead is not None else ""
    left = [leg for leg in legs if leg.ended is None]
    return _("%(n)d 个单位在办") % {"n": len(left)} if left else name_of(matter.caller or matter.org)


def _joint_tone(procedure: Procedure, matter: Matter, legs: list[Leg]) -> str:
    if matter.ended is not None:
        return "done"
    if asks_in(procedure, matter.stage):
        return "soon"
    return "way" if any(leg.reported for leg in legs if leg.round == matter.round) else ""


def _joint_due(procedure: Procedure, matter: Matter, legs: list[Leg]) -> tuple[datetime | None, str]:
    """Her own last day once it was answered; before that the next day that one of the units has."""
    if matter.ended is not None:
        return None, ""
    if asks_in(procedure, matter.stage):
        return (matter.next_at - TICK if matter.next_at is not None else None), _("请在这天前说说办得怎样")
    dues = [leg.due for leg in legs if leg.ended is None and leg.due is not None and not leg.cause]
    return min(dues, default=None), _("下一个日子")


def _tone(matter: Matter, lead: Leg | None) -> str:
    if matter.ended is not None:
        return "done"
    if lead is None or lead.ended is not None:
        return "soon"
    return "" if lead.reported is None else "way"


def _due(matter: Matter, lead: Leg | None) -> tuple[datetime | None, str]:
    """The day of the answer once somebody has taken it up; then the last day to say how it went."""
    if matter.ended is not None or lead is None:
        return None, ""
    if lead.ended is not None:
        # The timer looks a second after the clock has run out.
        return (matter.next_at - TICK if matter.next_at is not None else None), _("请在这天前说说办得怎样")
    return (lead.due, _("给您答复")) if lead.reported is not None and not lead.cause else (None, "")
