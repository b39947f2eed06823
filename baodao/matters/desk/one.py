"""One matter on the desk: whose clock runs and why, what happened, what I can do and exactly what the resident reads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Conflict, Missing, Problem
from baodao.kernel.evidence import ref_of, response
from baodao.kernel.pages import page, render
from baodao.kernel.tables.web import workbook
from baodao.kernel.tables.word import WORD
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.matters import story
from baodao.matters.beside import ways_of
from baodao.matters.blocks import blocks_of
from baodao.matters.engine import OPEN
from baodao.matters.facts import Step
from baodao.matters.figures import figures_of
from baodao.matters.ledger import ledger_of, write_ledger
from baodao.matters.likes import mergeable
from baodao.matters.links import ties_of
from baodao.matters.offers import offers_of
from baodao.matters.papers import filled, paper_of, papers_of, write_paper
from baodao.matters.policies import contact_right, subject_of
from baodao.matters.references import groups_of
from baodao.matters.selectors import Seen, follower_count, see, together
from baodao.matters.services import act
from baodao.matters.services.sealing import unsealed
from baodao.matters.suggest.card import card as suggestions
from baodao.orgs.selectors import name_of
from baodao.people.declare import OF_MATTERS, choices
from baodao.people.door import act_from
from baodao.people.services.reading import read_identity
from baodao.places.selectors import grid

from .acting import Able, able_of, buttons, form_of, given
from .boxes import box_of
from .fields import typed_fields
from .legs import cards
from .next import what_now
from .start import begins, may_gather, own_org

SHOWN = ("name", "phone", "contact_phone", "email", "address", "contact_note")


@page("desk", "matters/<str:number>/", name="matter")
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """The page; `?do=<action>&leg=<n>` opens that action's form, a POST takes it."""
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _act(request, number)
        except Problem as caught:
            problem = caught
    by = act_from(request, command=new_key())
    try:
        seen = see(by, number)
    except Missing:
        if problem is None and request.GET.get("done"):
            # Handed on to somebody else by the act just taken: nothing is left to see, which is no "not found".
            return HttpResponseRedirect(f"{reverse('desk:home')}?{urlencode({'left': number})}")
        raise
    return _page(request, by, seen, problem)


def _act(request: HttpRequest, number: str) -> HttpResponse:
    typed = request.POST
    by = act_from(request, command=typed.get("_command", "")[:200] or new_key())
    seen = see(by, number)
    action = seen.procedure.action(typed.get("_do", ""))
    if action is None:
        raise Missing.of("action", _("没有这个动作"), _("请刷新页面"))
    act(
        by,
        number=number,
        action=action.name,
        fields=typed_fields(action, typed.dict(), request.FILES, by, places=seen.procedure.places_only),
        leg=whole_number(typed.get("_leg", "")),
        seen=whole_number(typed.get("_seen", "")),
    )
    there = reverse("desk:matter", kwargs={"number": number})
    return HttpResponseRedirect(f"{there}?done={action.name}", status=303)


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def _page(request: HttpRequest, by: Act, seen: Seen, problem: Problem | None, **shown: Any) -> HttpResponse:
    """``contact`` and ``opened``: what was asked for with a purpose, shown this once."""
    asked = request.POST if request.method == "POST" else request.GET
    number, state = seen.row.number, seen.state
    at = reverse("desk:matter", kwargs={"number": number})
    able = able_of(by, seen, asked)
    tips, tied = _suggestions(by, seen, able), _beside(request, by, seen)
    likely = [*(tips["card"].twins if tips["card"] else ()), *(tied["ledger"].rows if tied["ledger"] else ())]
    done = seen.procedure.action(request.GET.get("done", "")) if problem is None else None
    legs = cards(seen, by, able, at)
    place = grid(state.place) if state.place else None
    return render(
        request,
        "matters/desk/matter.html",
        status=problem.status if problem is not None else 200,
        it=seen,
        at=at,
        title=story.title_of(seen),
        kind=next((k.title for k in seen.procedure.kinds if k.name == state.kind), seen.procedure.title),
        groups=groups_of(seen.procedure, state.kind),
        stage=seen.procedure.word(f"stage.{state.stage}"),
        tone=story.stage_tone(seen.procedure, state),
        place=" ".join(filter(None, (name_of(state.org), place.name if place is not None else ""))),
        legs=legs,
        box=box_of(request, by, seen, shown.get("opened")),
        rows=story.story(seen, staff=True, picture=lambda fact, n: f"{at}files/{fact.id}-{n}/"),
        only=request.GET.get("only") == "resident",
        told=story.story(seen) if request.GET.get("only") == "resident" else (),
        offers=buttons(able, at),
        idle=not able.offered,
        form=_form(by, seen, able, asked, problem=problem, likely=likely),
        problem=problem,
        meanwhile=_meanwhile(seen, problem),
        said=_("“%(action)s”办好了。") % {"action": done.title} if done is not None else "",
        after=what_now(seen, by, legs) if done is not None else [],
        begun=done is not None and done.name == OPEN,
        may_contact=bool(state.reporters) and allowed(by, contact_right(state), subject_of(state)),
        purposes=choices(OF_MATTERS, by.lang),
        contact=shown.get("contact"),
        followers=follower_count(state),
        simulated=seen.row.origin == "simulated",
        together=together(number),
        **tied,
        **tips,
    )


def _beside(request: HttpRequest, by: Act, seen: Seen) -> dict[str, Any]:
    """What stands above and below the story: what it was opened with, papers, blocks, and what it is tied to."""
    org = own_org(request)
    return {
        "details": [*story.opened_with(seen), *figures_of(seen, by.office)],
        "dates": story.whole_dates(seen.procedure, seen.state, by.noted),
        "papers": papers_of(seen),
        "blocks": blocks_of(seen, localdate(by.noted)),
        "matches": offers_of(seen, by.lang),
        "ties": ties_of(by, seen),
        "ways": ways_of(by, seen),
        "likes": bool(mergeable(seen)),
        "unnamed": seen.procedure.unnamed is not None,
        "ledger": ledger_of(by, seen, after=request.GET.get("after", "")[:40]),
        "begins": begins(by, org, seen),
        "starts": not seen.procedure.sealed and may_gather(by, org),
    }


def _form(
    by: Act, seen: Seen, able: Able, asked: Any, *, problem: Problem | None, likely: Sequence[Any]
) -> SimpleNamespace | None:
    """The form of the act chosen: with what was typed when it was refused, else with what the link brought along. ``likely``:
    matters that a field may mean."""
    if able.chosen is None:
        return None
    numbers = tuple((one.number, f"{one.number} {one.title or one.kind}") for one in likely)
    typed = asked if problem is not None else given(able.chosen, asked)
    return form_of(seen, able.chosen, by, typed, numbers)


def _suggestions(by: Act, seen: Seen, able: Able) -> dict[str, Any]:
    """The card, whether this reader may keep a choice, and whether she may merge."""
    found = suggestions(by, seen)
    if found is None or found.empty:
        return {"card": None}
    may = allowed(by, "suggestion.choose", subject_of(seen.state))
    address = reverse("desk:matter-suggestion", kwargs={"number": seen.row.number})
    merge = any(offer.action.name == "merge" and not offer.hindrances for offer in able.offered)
    keep = SimpleNamespace(address=address, command=new_key("choose")) if may else None
    taken = any(leg.reported is not None for leg in seen.state.legs_of_round())
    return {"card": found, "keep": keep, "merge": merge, "taken": taken}


def _meanwhile(seen: Seen, problem: Problem | None) -> list[str]:
    """What happened since the page was read, in words, when that is why an act was refused."""
    if not isinstance(problem, Conflict):
        return []
    lines = problem.extra.get("meanwhile", ())
    wanted = {(line["fact"], line["action"]) for line in lines}
    rows = {row.fact: row for row in story.story(seen, staff=True)}
    found = []
    for fact in seen.facts:
        if isinstance(fact.data, Step) and fact.id in rows and any(fact.data.action == a for _f, a in wanted):
            found.append(rows[fact.id].words)
    return found[-len(wanted) :] if wanted else []


# ── contact and files ───────────────────────────────────────────────────────────────────────────────────


@page("desk", "matters/<str:number>/contact/", name="matter-contact", methods=("POST",))
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """How to reach the one whose matter it is: with a purpose, shown once, written down for her to see."""
    purpose = request.POST.get("purpose", "")
    by = act_from(request, command=new_key("contact"), purpose=purpose)
    seen = see(by, number)
    try:
        right = contact_right(seen.state)
        opened = read_identity(by, seen.state.reporters, SHOWN, subject_of(seen.state), right=right)
    except Problem as caught:
        return _page(request, by, seen, caught)
    words = dict(
        zip(SHOWN, (_("称呼"), _("电话"), _("另一个电话"), _("邮箱"), _("住址"), _("怎么联系")), strict=True)
    )
    found = [
        (words[name], value)
        for token in seen.state.reporters
        for name, value in opened.of.get(token, {}).items()
        if value
    ]
    return _page(request, by, seen, None, contact=found or [(_("联系方式"), _("没有留"))])


@page("desk", "matters/<str:number>/unseal/", name="matter-unseal", methods=("POST",))
def unseal(request: HttpRequest, number: str) -> HttpResponse:
    """What lies in the box of a sealed matter: for a named reader, with a purpose, shown once and written down."""
    by = act_from(request, command=new_key("unseal"), purpose=request.POST.get("purpose", ""))
    seen = see(by, number)
    try:
        opened = unsealed(by, seen.state, seen.facts)
    except Problem as caught:
        return _page(request, by, seen, caught)
    return _page(request, by, seen, None, opened=opened)


@page("desk", "matters/<str:number>/ledger/", name="matter-ledger", methods=("GET",))
def ledger(request: HttpRequest, number: str) -> HttpResponse:
    """The ledger of a campaign as a workbook."""
    by, out = act_from(request, command=new_key()), io.BytesIO()
    write_ledger(out, by, see(by, number))
    return workbook(out.getvalue(), f"{number}-ledger")


@page("desk", "matters/<str:number>/paper/<str:name>/", name="matter-paper", methods=("GET", "HEAD"))
def paper(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """A paper of this matter, to print; ``?as=word``: as a Word document."""
    seen = see(act_from(request, command=new_key()), number)
    found, at = paper_of(seen, name), reverse("desk:matter", kwargs={"number": number})
    if request.GET.get("as") == "word":
        out = io.BytesIO()
        write_paper(out, seen, found)
        answer = HttpResponse(out.getvalue(), content_type=WORD)
        answer["Content-Disposition"] = f'attachment; filename="{number}-{name}.docx"'
        return answer
    return render(
        request, "matters/desk/paper.html", paper=found, lines=filled(seen, found), number=number, at=at
    )


@page("desk", "matters/<str:number>/files/<int:fact>-<int:n>/", name="matter-file", methods=("GET", "HEAD"))
def file(request: HttpRequest, number: str, fact: int, n: int) -> HttpResponse:
    """A file of this matter, for whoever may read it."""
    seen = see(act_from(request, command=new_key()), number)
    held = next((f.data.files for f in seen.facts if f.id == fact and isinstance(f.data, Step)), ())
    if n >= len(held):
        raise Missing.of("file", _("没有这个文件，或已经删除"))
    return cast(HttpResponse, response(ref_of(held[n]), name=f"{number}-{n + 1}"))
