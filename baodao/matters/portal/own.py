"""One request, as its resident reads it: what happened, who has it, what is next, what she can do."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Fault, Missing, Problem
from baodao.kernel.evidence import ref_of, response, store
from baodao.kernel.pages import page, render
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Choice, Happening
from baodao.kernel.typed import whole_number
from baodao.ledger.selectors import Recorded
from baodao.matters import present, story
from baodao.matters.blocks import blocks_of
from baodao.matters.clocks import limit_of
from baodao.matters.desk.fields import fields_of, ground_of, typed_fields
from baodao.matters.engine import Offer
from baodao.matters.facts import LegAnswered, Step
from baodao.matters.offers import offers_of
from baodao.matters.present import awaits_reporter, is_joint
from baodao.matters.selectors import Seen, offers, see
from baodao.matters.services import act
from baodao.orgs.selectors import name_of, today

from .beside import shares, together
from .standing import held, standing_for

#: What a resident can do here, each with its own form.
ACTIONS = ("confirm", "rate", "add", "reopen", "withdraw", "split")
DONE = {
    "confirm": gettext_lazy("说了，承办单位能看到"),
    "rate": gettext_lazy("谢谢您打分"),
    "add": gettext_lazy("补充了，承办单位能看到"),
    "reopen": gettext_lazy("重新办理了，还是这个编号"),
    "withdraw": gettext_lazy("撤回了"),
    "said": gettext_lazy("记下了，承办单位能看到"),
    "split": gettext_lazy("从现在起单独办，还是这个编号"),
}


@page("portal", "requests/<str:number>/", name="own", public=True)
def own(request: HttpRequest, number: str) -> HttpResponse:
    """The page, and its forms."""
    number = number.upper()
    problem: Problem | None = None
    if request.method == "POST":
        try:
            return _act(request, number)
        except Problem as caught:
            problem = caught
    by = standing_for(request, number)
    try:
        seen = see(by, number)
    except Missing:
        if request.method == "GET" and not by.person:
            # Not told apart: there is no such number, or one's code is asked for first.
            return HttpResponseRedirect(f"{reverse('portal:look')}?number={number}")
        raise
    return _page(request, by, seen, problem)


def _act(request: HttpRequest, number: str) -> HttpResponse:
    action = request.POST.get("action", "")
    by = standing_for(request, number, request.POST.get("command", "")[:200])
    if action not in ACTIONS:
        return _act_declared(request, by, number, action)
    fields: dict[str, Any] = {
        name: request.POST[name].strip()
        for name in ("answer", "text", "stars", "reason")
        if request.POST.get(name)
    }
    files = request.FILES.getlist("photo")
    if files:
        see(by, number)  # whoever may not read it stores nothing either
        fields["photo"] = [_stored(upload, by) for upload in files[:9]]
    seen = request.POST.get("seen", "")
    act(by, number=number, action=action, fields=fields, seen=whole_number(seen))
    there = reverse("portal:own", kwargs={"number": number})
    return HttpResponseRedirect(f"{there}?done={action}", status=303)


def _act_declared(request: HttpRequest, by: Act, number: str, name: str) -> HttpResponse:
    """An act that the procedure declares for whoever began it on the portal; its form is that of the declaration."""
    seen = see(by, number)
    leg = request.POST.get("leg", "")
    offer = next((o for o in _declared(by, seen) if (o.action.name, str(o.leg or "")) == (name, leg)), None)
    if offer is None:
        raise Missing.of("action", _("没有这个动作"), _("请刷新页面"))
    fields = typed_fields(offer.action, request.POST, request.FILES, by)
    act(by, number=number, action=name, fields=fields, leg=offer.leg)
    return HttpResponseRedirect(f"{reverse('portal:own', kwargs={'number': number})}?done=said", status=303)


def _declared(by: Act, seen: Seen) -> list[Offer]:
    """What its owner may do now beside the acts that every page of one's own knows."""
    if not seen.procedure.portal:
        return []
    return [
        offer
        for offer in offers(by, seen)
        if "reporter" in offer.action.who and offer.action.name not in ACTIONS and not offer.hindrances
    ]


def _forms(seen: Seen, by: Act, typed: Any) -> list[SimpleNamespace]:
    """Those acts with their forms, each for its unit; ``waits``: the unit's part ends with her word, which comes first."""
    found = []
    for offer in _declared(by, seen):
        leg = seen.state.legs.get(offer.leg) if offer.leg is not None else None
        name, n = offer.action.name, str(offer.leg or "")
        mine = typed if (typed.get("action"), typed.get("leg", "")) == (name, n) else {}
        found.append(
            SimpleNamespace(
                name=name,
                leg=n,
                title=offer.action.title,
                waits=offer.action.to in seen.procedure.legs_end,
                office=name_of(leg.org) if leg is not None else "",
                fields=fields_of(ground_of(seen, by, offer.leg), offer.action),
                typed=mine,
                command=mine.get("command") or new_key(name),
            )
        )
    return sorted(found, key=lambda one: not one.waits)


def _stored(upload: Any, by: Act) -> str:
    try:
        return store(upload, upload.name or "", now=by.noted).hash
    except Problem as caught:
        raise type(caught)(
            *(Fault("photo", fault.reason, fault.remedy) for fault in caught.faults)
        ) from caught


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────


def _page(request: HttpRequest, by: Act, seen: Seen, problem: Problem | None) -> HttpResponse:
    at = reverse("portal:own", kwargs={"number": seen.row.number})
    may = {offer.action.name: offer for offer in offers(by, seen) if not offer.hindrances}
    if seen.state.round in seen.state.rated:
        may.pop("rate", None)
    typed = request.POST if problem is not None else {}
    confirm = seen.procedure.action("confirm")
    declared = confirm.fields.get("answer", "code:") if confirm is not None else "code:"
    context = {
        "it": _it(seen, by, may, at),
        "can": SimpleNamespace(**{name: name in may for name in ACTIONS}),
        "keys": {
            name: typed.get("command") if typed.get("action") == name else new_key(name) for name in ACTIONS
        },
        "blocks": blocks_of(seen, today(), story.is_for_resident) if seen.procedure.portal else [],
        "matches": offers_of(seen, by.lang),
        "titles": {one.name: one.title for one in seen.procedure.actions},
        "text": seen.procedure.word("field.text"),
        "forms": _forms(seen, by, typed),
        "values": SimpleNamespace(answer=typed.get("answer", ""), text=typed.get("text", "")),
        "answers": [
            Choice(code, seen.procedure.word(f"value.{code}"))
            for code in declared.partition(":")[2].split("|")
            if code
        ],
        "star_words": [_("很不满意"), _("不满意"), _("一般"), _("满意"), _("很满意")],
        "opened": typed.get("action", "") + typed.get("leg", ""),
        "problem": problem,
        "said": DONE[request.GET["done"]] if request.GET.get("done") in DONE else "",
        "at": at,
        "slip": reverse("portal:receipt", kwargs={"number": seen.row.number}),
        "by_slip": seen.row.number in held(request),
    }
    return render(request, "matters/portal/own.html", status=problem.status if problem else 200, **context)


def _it(seen: Seen, by: Act, may: dict[str, Any], at: str) -> SimpleNamespace:
    state, procedure, now = seen.state, seen.procedure, by.noted
    dates = story.next_dates(procedure, state, now)
    told = story.story(seen, picture=lambda fact, n: f"{at}files/{fact.id}-{n}/")
    rows = told + [Happening(one.words, one.at, "next", beside=one.left) for one in dates]
    lead = state.lead
    return SimpleNamespace(
        number=seen.row.number,
        kind=next((kind.title for kind in procedure.kinds if kind.name == state.kind), procedure.title),
        title=story.title_of(seen),
        stage=procedure.word(f"stage.{state.stage}"),
        tone=story.stage_tone(procedure, state),
        level=state.level,
        round=state.round,
        into=state.merged_into,
        position=seen.position,
        now=story.now_words(procedure, state, now),
        claim=_claim(seen),
        anonymous=state.anonymous,
        unnamed=procedure.unnamed is not None,
        shares=shares(seen, told, by),
        together=together(seen, by),
        ended=state.ended is not None,
        holder=name_of(lead.org) if _has_one_holder(seen) and lead is not None else "",
        next=dates[0] if dates else None,
        rows=rows,
        refusal=_refusal(seen, now),
        unsolved=state.answer in {"not", "partly"},
        reopen_until=_reopen_until(seen) if "reopen" in may else None,
        seen_by=_seen_by(seen),
    )


def _has_one_holder(seen: Seen) -> bool:
    """Whether one unit has it now; several are listed each with its share."""
    lead = seen.state.lead
    open_ = seen.state.ended is None and lead is not None and lead.ended is None
    return open_ and not is_joint(seen.procedure)


def _claim(seen: Seen) -> str:
    """How far those who answer say they came, once they have answered; "" before, and where they gave no class."""
    state, procedure = seen.state, seen.procedure
    answered = state.ended is not None or awaits_reporter(procedure, state)
    return procedure.words.get(f"value.{state.claim}", "") if answered and state.claim else ""


def _refusal(seen: Seen, now: datetime) -> SimpleNamespace | None:
    """The latest answer "cannot, because" of this round, with its verified next step and the last day of it."""
    found: Recorded | None = None
    for fact in seen.facts if not is_joint(seen.procedure) else ():  # one unit's "cannot" is not the answer
        if isinstance(fact.data, LegAnswered) and fact.data.round == seen.state.round:
            found = fact if fact.data.claim == "cannot" else None
    if found is None:
        return None
    fields = found.data.fields
    step = next((row for row in seen.procedure.next_steps if row.name == fields.get("next_step")), None)
    calendar, until = current_calendar(), None
    if fields.get("next_step_until"):
        until = calendar.day_end(datetime.fromisoformat(str(fields["next_step_until"])).date())
    return SimpleNamespace(
        reason=seen.texts.get(found.id, {}).get("reason", ""),
        title=step.title if step is not None else "",
        where=step.where if step is not None else "",
        basis=step.basis if step is not None else "",
        verified=step.verified if step is not None else "",
        until=until,
        left=calendar.left_words(until, now) if until is not None else "",
        tone=story.tone_of(until, now) if until is not None else "",
    )


def _reopen_until(seen: Seen) -> datetime | None:
    """The last moment of the declared limit for reopening."""
    action = seen.procedure.action("reopen")
    for guard in action.when if action is not None else ():
        if guard.within is not None and guard.since is not None:
            name, _sep, taken = guard.since.partition(".")
            latest = seen.state.latest.get(("", guard.since)) or seen.state.latest.get((name, taken))
            asked = latest.happened if latest is not None else seen.state.asked
            if asked is not None:
                return current_calendar().due(asked, limit_of(guard.within)).at
    return None


def _seen_by(seen: Seen) -> str:
    orgs = dict.fromkeys(leg.org for leg in present.shares(seen.state)) or {seen.state.org: None}
    office = _("、").join(name_of(org) for org in orgs)
    if seen.state.anonymous:
        return _(
            "承办单位（%(office)s）、它的上级能看到内容和照片，看不到您是谁、怎么联系您；只有区级督办员说明用途后能看，看了您知道。"
        ) % {"office": office}
    if seen.state.level >= 2:
        return _("只有经办的人（%(office)s）能看到内容和照片。它的上级和受理窗口看不到。") % {
            "office": office
        }
    return _("承办单位（%(office)s）、它的上级和受理窗口能看到内容和照片。别的居民看不到。") % {
        "office": office
    }


@page(
    "portal",
    "requests/<str:number>/files/<int:fact>-<int:n>/",
    name="own-file",
    public=True,
    methods=("GET", "HEAD"),
)
def file(request: HttpRequest, number: str, fact: int, n: int) -> HttpResponse:
    """A file of this request, for whoever may read it. It has no other address."""
    seen = see(standing_for(request, number), number)
    held_files = next(
        (one.data.files for one in seen.facts if one.id == fact and isinstance(one.data, Step)), ()
    )
    if n >= len(held_files):
        raise Missing.of("file", _("没有这个文件，或已经删除"))
    return cast(HttpResponse, response(ref_of(held_files[n]), name=f"{number}-{n + 1}"))
