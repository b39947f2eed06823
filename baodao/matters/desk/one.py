"""One matter on the desk: whose clock runs and why, what happened, what I can do and exactly what the resident reads."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.calendar import Limit
from baodao.kernel.errors import Conflict, Missing, Problem
from baodao.kernel.evidence import ref_of, response
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import ClockBar, Span, clock_bar
from baodao.kernel.verbs import allowed
from baodao.matters import story
from baodao.matters.clocks import PAUSE_CLOCK
from baodao.matters.engine import Offer, decide
from baodao.matters.facts import Step
from baodao.matters.policies import actor_of, contact_right, subject_of
from baodao.matters.references import groups_of
from baodao.matters.selectors import Seen, follower_count, offers, see, together
from baodao.matters.services import act
from baodao.matters.state import Leg, State
from baodao.matters.suggest.card import card as suggestions
from baodao.orgs.selectors import name_of
from baodao.people.declare import purposes
from baodao.people.door import act_from
from baodao.people.services.reading import read_identity
from baodao.places.selectors import grid

from .fields import fields_of, sample, typed_fields

#: What moves a leg on is offered first.
FIRST = ("leg_reported", "leg_answered", "leg_ruled", "resumed")
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
    seen = see(by, number)
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
        fields=typed_fields(seen, action, typed.dict(), request.FILES, by),
        leg=_whole(typed.get("_leg", "")),
        seen=_whole(typed.get("_seen", "")),
    )
    there = reverse("desk:matter", kwargs={"number": number})
    return HttpResponseRedirect(f"{there}?done={action.name}", status=303)


def _whole(text: str) -> int | None:
    return int(text) if text.isdigit() else None


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def _page(
    request: HttpRequest, by: Act, seen: Seen, problem: Problem | None, contact: Any = None
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    number, state = seen.row.number, seen.state
    at = reverse("desk:matter", kwargs={"number": number})
    offered = sorted((offer for offer in offers(by, seen) if _makes_sense(seen, offer)), key=_rank)
    chosen = _chosen(
        offered, asked.get("_do") or asked.get("do", ""), asked.get("_leg") or asked.get("leg", "")
    )
    done = seen.procedure.action(request.GET.get("done", ""))
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
        legs=[_leg(seen, leg, by) for leg in reversed(state.legs.values())],
        rows=story.story(seen, staff=True, picture=lambda fact, n: f"{at}files/{fact.id}-{n}/"),
        only=request.GET.get("only") == "resident",
        told=story.story(seen) if request.GET.get("only") == "resident" else (),
        offers=[_offer(offer, at, chosen) for offer in offered],
        form=_form(seen, chosen, by, asked if problem is not None else _given(chosen, asked))
        if chosen is not None
        else None,
        problem=problem,
        meanwhile=_meanwhile(seen, problem),
        said=_("“%(action)s”办好了。") % {"action": done.title}
        if done is not None and problem is None
        else "",
        may_contact=bool(state.reporters) and allowed(by, contact_right(state), subject_of(state)),
        purposes=[(code, row.title_en if by.lang == "en" else row.title) for code, row in purposes().items()],
        contact=contact,
        followers=follower_count(state),
        simulated=seen.row.origin == "simulated",
        together=together(number),
        **_suggestions(by, seen, offered),
    )


def _suggestions(by: Act, seen: Seen, offered: list[Offer]) -> dict[str, Any]:
    """The card, whether this reader may keep a choice, and whether she may merge."""
    found = suggestions(by, seen)
    if found is None or found.empty:
        return {"card": None}
    may = allowed(by, "suggestion.choose", subject_of(seen.state))
    address = reverse("desk:matter-suggestion", kwargs={"number": seen.row.number})
    merge = any(offer.action.name == "merge" and not offer.hindrances for offer in offered)
    keep = SimpleNamespace(address=address, command=new_key("choose")) if may else None
    return {"card": found, "keep": keep, "merge": merge}


def _given(chosen: Offer | None, asked: Any) -> dict[str, str]:
    """Answers that a link brings along (`?do=merge&into=…`)."""
    return {name: asked[name] for name in chosen.action.fields if name in asked} if chosen is not None else {}


def _makes_sense(seen: Seen, offer: Offer) -> bool:
    """A clock that runs is not resumed, one that stands is not paused again."""
    leg = seen.state.legs.get(offer.leg) if offer.leg is not None else None
    if leg is None:
        return True
    return not (offer.action.fact == "resumed" and not leg.cause) and not (
        offer.action.fact == "paused" and leg.cause
    )


def _rank(offer: Offer) -> tuple[bool, int]:
    fact = offer.action.fact
    return bool(offer.hindrances), FIRST.index(fact) if fact in FIRST else len(FIRST)


def _chosen(offered: list[Offer], name: str, leg: str) -> Offer | None:
    """The action asked for, if it can be taken; else the one that comes first, when it moves the leg on."""
    able = [offer for offer in offered if not offer.hindrances]
    for offer in able:
        if offer.action.name == name and leg in {"", str(offer.leg or "")}:
            return offer
    return able[0] if not name and able and able[0].action.fact in FIRST else None


def _offer(offer: Offer, at: str, chosen: Offer | None) -> SimpleNamespace:
    query = f"?do={offer.action.name}" + (f"&leg={offer.leg}" if offer.leg is not None else "")
    return SimpleNamespace(
        title=offer.action.title,
        href=f"{at}{query}#do",
        here=offer is chosen,
        hindrances=offer.hindrances,
        main=offer.action.fact in FIRST,
    )


def _form(seen: Seen, offer: Offer, by: Act, typed: Any) -> SimpleNamespace:
    action = offer.action
    after = _after(seen, offer, by)
    leg = after.legs.get(offer.leg) if offer.leg is not None else None
    # The slots of the form stay open, so that the sentence fills while it is typed; what is known is filled in.
    slots = {name: "{" + name + "}" for name in action.fields}
    told = "reporter" in action.tells
    return SimpleNamespace(
        action=action,
        leg=offer.leg,
        fields=fields_of(seen, action, by.lang),
        reads=story.sentence(seen.procedure, action, after, slots, leg) if told else "",
        empty=story.sentence(seen.procedure, action, after, dict.fromkeys(slots, "……"), leg) if told else "",
        quiet=not told,
        typed=typed,
        command=typed.get("_command") or new_key("act"),
        position=seen.position,
    )


def _after(seen: Seen, offer: Offer, by: Act) -> State:
    """Where the matter would stand after the act: its sentence speaks of the dates that hold then. Tried with made-up
    answers; where those do not do, as it stands now."""
    subject = subject_of(seen.state)
    try:
        return decide(
            seen.procedure,
            seen.state,
            offer.action.name,
            actor_of(by, "", subject),
            fields=sample(seen, offer.action),
            happened=max(by.noted, seen.state.last),
            calendar=current_calendar(),
            leg=offer.leg,
        ).state
    except Problem:
        return seen.state


def _leg(seen: Seen, leg: Leg, by: Act) -> SimpleNamespace:
    calendar, now = current_calendar(), by.noted
    run = max(
        (r for r in seen.state.runs_of(leg.about) if r.clock != PAUSE_CLOCK),
        key=lambda r: r.due,
        default=None,
    )
    clock = seen.procedure.clock(run.clock) if run is not None else None
    running = run is not None and run.stopped is None and run.paused is None
    due = run.due if run is not None else None
    return SimpleNamespace(
        office=name_of(leg.org),
        holder=story.post_title(leg.holder) if leg.holder else "",
        lead=leg.role == "lead",
        round=leg.round,
        state=seen.procedure.word(f"state.{leg.state}"),
        cause=next((p.title for p in seen.procedure.pauses if p.name == leg.cause), leg.cause),
        clock=clock.title if clock is not None else "",
        due=due,
        left=calendar.left_words(due, now) if running and due is not None else "",
        tone=story.tone_of(due, now) if running and due is not None else "",
        provisional=run.provisional if run is not None else False,
        bar=_bar(seen, leg, by, due),
    )


def _bar(seen: Seen, leg: Leg, by: Act, due: Any) -> ClockBar:
    calendar, spans = current_calendar(), []
    for span in leg.spans:
        end = span.end or by.noted
        days = calendar.count_workdays(calendar.local_date(span.start), calendar.local_date(end))
        cause = next((p.title for p in seen.procedure.pauses if p.name == span.cause), span.cause)
        taken = leg.reported is not None and span.start >= leg.reported
        who = _holder(span.holder) if taken else _("%(office)s还没收到") % {"office": name_of(leg.org)}
        words = f"{_('暂停：')}{cause}" if cause else who
        words += f" {Limit(days, 'workday').words()}" if days else ""
        spans.append(Span(span.start, span.end, "paused" if cause else "held" if taken else "open", words))
    words = _("%(office)s的时限") % {"office": name_of(leg.org)}
    return clock_bar(spans, leg.ended or by.noted, due, words)


def _holder(label: str) -> str:
    title = story.post_title(label)
    return name_of(label) if title == label else title


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
    return _page(request, by, seen, None, found or [(_("联系方式"), _("没有留"))])


@page("desk", "matters/<str:number>/files/<int:fact>-<int:n>/", name="matter-file", methods=("GET", "HEAD"))
def file(request: HttpRequest, number: str, fact: int, n: int) -> HttpResponse:
    """A file of this matter, for whoever may read it."""
    seen = see(act_from(request, command=new_key()), number)
    held = next((f.data.files for f in seen.facts if f.id == fact and isinstance(f.data, Step)), ())
    if n >= len(held):
        raise Missing.of("file", _("没有这个文件，或已经删除"))
    return cast(HttpResponse, response(ref_of(held[n]), name=f"{number}-{n + 1}"))
