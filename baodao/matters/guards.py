"""The two closed lists that say no: selectors (``who``) and guards (``when``). Each is one small named
function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.errors import Fault

from . import clocks
from .clocks import Calendar
from .declare import Action, Guard, Procedure, many
from .forms import Filled
from .state import SHARED_LEVEL, Leg, State


def nothing(_what: str) -> bool:
    """No right, nobody below."""
    return False


class Actor(Struct, frozen=True):
    """Who wants to act. ``token``: the person in the domain of matters; ``post`` and its organization
    ``org``.

    ``may(right)``: what the policy says of this matter; ``above(org)``: whether the post's organization
    stands above.
    """

    kind: Literal["person", "anonymous", "system"] = "person"
    token: str = ""
    post: str = ""
    org: str = ""
    may: Callable[[str], bool] = nothing
    above: Callable[[str], bool] = nothing
    after: Callable[[str], bool] = nothing
    """Whether that organization is no more, and the post's came after it."""
    apart: Callable[[str], bool] = nothing
    """Whether the post's organization is not that one, not below it, and not above it in the chain ranked with it."""
    helps: Callable[[str], bool] = nothing
    """Whether the post's organization helps that one, or one above it, through a pairing."""


SYSTEM = Actor(kind="system")


class Ask(Struct, frozen=True):
    """One question: may this actor take this action, on this leg or on the matter, at this moment?"""

    procedure: Procedure
    state: State
    action: Action
    actor: Actor
    at: datetime
    calendar: Calendar
    leg: Leg | None = None
    filled: Filled | None = None

    @property
    def about(self) -> str:
        return self.leg.about if self.leg is not None else ""

    @property
    def legs(self) -> list[Leg]:
        """The legs that a selector speaks of: this one, or for an action on the matter all of the round."""
        return [self.leg] if self.leg is not None else self.state.legs_of_round()


# --- who
# ------------------------------------------------------------------------------------------------------------


def reporter(ask: Ask) -> bool:
    """The one whose matter it is (also through a paper slip's code, which stands for the same token)."""
    return ask.actor.token != "" and ask.actor.token in ask.state.reporters


def caller(ask: Ask) -> bool:
    """The organization that called the leg, or opened the matter."""
    called = {leg.caller for leg in ask.legs} if ask.leg is not None else {ask.state.caller}
    return ask.actor.org != "" and any(ask.actor.org == org or ask.actor.after(org) for org in called)


def _holds(ask: Ask, leg: Leg) -> bool:
    return ask.actor.post != "" and ask.actor.post == (leg.holder or leg.post)


def _called(ask: Ask, leg: Leg) -> bool:
    """Of the organization called; while one post is meant, only that post."""
    if ask.actor.org == "" or ask.actor.org != leg.org:
        return False
    return leg.post in ("", ask.actor.post) or leg.holder == ask.actor.post


def holder(ask: Ask) -> bool:
    """The post that reported in (before that: the post that was called)."""
    return any(_holds(ask, leg) for leg in ask.legs)


def leg(ask: Ask) -> bool:
    """Anybody of the organization called, unless one post was called."""
    return any(_called(ask, leg) for leg in ask.legs)


def lead(ask: Ask) -> bool:
    """As ``leg``, of the lead leg of the round."""
    return ask.state.lead is not None and _called(ask, ask.state.lead)


def participant(ask: Ask) -> bool:
    """Whoever takes part: the reporter, the caller, and all who were called in this round."""
    return reporter(ask) or caller(ask) or any(_called(ask, leg) for leg in ask.state.legs_of_round())


def superior_of_holder(ask: Ask) -> bool:
    """A post of an organization above the one called."""
    return any(ask.actor.above(leg.org) for leg in ask.legs)


def ruler(ask: Ask) -> bool:
    """Who has the right ``<procedure>.rule`` on this matter."""
    return ask.actor.may(f"{ask.state.procedure}.rule")


def named(ask: Ask) -> bool:
    """A post that the matter names as its reader."""
    return ask.actor.post != "" and ask.actor.post in ask.state.named


def outsider(ask: Ask) -> bool:
    """A post outside the unit that the matter speaks of, and outside the chain that is ranked with it."""
    units = [ask.state.unit] if ask.state.unit else [leg.org for leg in ask.state.legs.values()]
    return ask.actor.org != "" and all(ask.actor.apart(unit) for unit in units)


#: Selector of what is taken up by itself.
HELPER = "helper"


def helper(ask: Ask) -> bool:
    """A post of an organization that helps, through a pairing, the one that looks after the matter."""
    return ask.actor.org != "" and ask.actor.helps(ask.state.org)


def system(ask: Ask) -> bool:
    """The clock."""
    return ask.actor.kind == "system"


def only_called(ask: Ask) -> bool:
    """Whether an action on the whole matter, or on the leg of another, is asked by a unit that is there for its own leg alone, or by one above
    it: what is to be said of all units together is said by who looks after the matter or called them. Nor does a unit
    move the leg of another by what it may do with its own."""
    actor, state = ask.actor, ask.state
    if actor.org in {"", state.org, state.caller} or actor.above(state.org):
        return False
    if ask.leg is not None and (actor.org == ask.leg.org or actor.above(ask.leg.org)):
        return False
    return any(actor.org == leg.org or actor.above(leg.org) for leg in state.legs_of_round())


SELECTORS: Mapping[str, Callable[[Ask], bool]] = {
    "reporter": reporter,
    "caller": caller,
    "holder": holder,
    "lead": lead,
    "leg": leg,
    "participant": participant,
    "superior_of_holder": superior_of_holder,
    "ruler": ruler,
    "named": named,
    "outsider": outsider,
    HELPER: helper,
    "system": system,
}


def selected(ask: Ask, selector: str) -> bool:
    """Whether the actor is one of ``selector``; ``right(x)`` asks the policy. The system is nobody but
    ``system``."""
    if ask.actor.kind == "system":
        return selector == "system"
    if selector.startswith("right("):
        return ask.actor.may(selector[6:-1]) and not only_called(ask)
    return SELECTORS[selector](ask)


def permitted(ask: Ask) -> bool:
    """Whether any selector of the action takes this actor in; an action without ``who`` is nobody's."""
    return any(selected(ask, selector) for selector in ask.action.who)


# --- when
# -----------------------------------------------------------------------------------------------------------


def legs_ruled(ask: Ask, guard: Guard) -> str:
    over = all(leg.ended is not None for leg in ask.state.legs_of_round())
    if over == guard.legs_ruled:
        return ""
    return _("还有单位没有办结") if guard.legs_ruled else _("各单位都已办结")


def leg_state(ask: Ask, guard: Guard) -> str:
    target = ask.leg if ask.leg is not None else ask.state.lead
    if target is not None and target.state in many(guard.leg_state or ()):
        return ""
    return _("承办情况还不到这一步")


def overdue(ask: Ask, guard: Guard) -> str:
    for place in (ask.about, f"stage:{ask.state.visit}", f"round:{ask.state.round}", ""):
        run = ask.state.runs.get((place, guard.overdue or ""))
        if run is not None:
            return "" if clocks.is_overdue(run, ask.at) else _("时限还没有过")
    return _("时限还没有开始")


def since_of(state: State, about: str, reference: str | None) -> datetime | None:
    """When what a guard counts from happened last, of this leg or of the whole; None before it did."""
    mark = state.latest.get((about, reference or "")) or state.latest.get(("", reference or ""))
    return mark.happened if mark is not None else None


def within(ask: Ask, guard: Guard) -> str:
    since = since_of(ask.state, ask.about, guard.since)
    if since is None:
        return _("还不到这一步")
    due = ask.calendar.due(since, clocks.limit_of(guard.within or ""))
    return (
        ""
        if ask.at <= due.at
        else _("已经过了 %(limit)s的期限") % {"limit": clocks.limit_of(guard.within or "").words()}
    )


def evidence(ask: Ask, guard: Guard) -> str:
    least = guard.evidence or 0
    given = len(ask.filled.files) if ask.filled is not None else least
    given += sum(leg.evidence for leg in ask.legs)
    return "" if given >= least else _("至少要有 %(least)d 个附件") % {"least": least}


def field_is(ask: Ask, guard: Guard) -> str:
    if ask.filled is None or ask.filled.codes.get(guard.field_is or "") == guard.value:
        return ""
    ticks = {"True": _("是"), "False": _("否")}
    value = ticks.get(str(guard.value)) or ask.procedure.word(f"value.{guard.value}")
    words = {"field": ask.procedure.word(f"field.{guard.field_is}"), "value": value}
    return _("“%(field)s”要是“%(value)s”，才能这样办") % words


def other_person_than(ask: Ask, guard: Guard) -> str:
    reference = guard.other_person_than or ""
    # On a part, what only the whole matter can tell ("opened") is asked of the matter.
    told = any(one.on == "leg" and reference in (one.fact, one.reference) for one in ask.procedure.actions)
    about = ask.about if told or reference.startswith("leg_") else ""
    mark = ask.state.latest.get((about, reference))
    same = mark is not None and mark.person != "" and mark.person == ask.actor.token
    # Told by the person, not by the post: who holds two posts is still one.
    return _("前一步是您自己办的，换一个岗位也一样，要由另一个人来办") if same else ""


def consent_of(ask: Ask, guard: Guard) -> str:
    mark = ask.state.latest.get(("", "acted.consent"))
    if mark is not None and mark.person != "":
        asked = Ask(
            ask.procedure, ask.state, ask.action, Actor(token=mark.person), ask.at, ask.calendar, ask.leg
        )
        if selected(asked, guard.consent_of or ""):
            return ""
    return _("还没有得到同意")


def has_reporter(ask: Ask, guard: Guard) -> str:
    if bool(ask.state.reporters) == guard.has_reporter:
        return ""
    return _("没有人在等答复") if guard.has_reporter else _("提的人自己在等：先答复，不代本人说")


def gathered(ask: Ask, guard: Guard) -> str:
    """How many different values, or people, such facts have brought together so far, on this leg or on the matter."""
    reference, own = guard.gathered or "", ask.about
    lines = [
        line
        for line in ask.state.trail
        if reference in (line.fact, f"{line.fact}.{line.action}") and own in ("", line.about)
    ]
    found = {line.person if guard.by is None else line.fields.get(guard.by) for line in lines} - {None, ""}
    # Never none: an opening that said 0 would have asked for nobody.
    asked = max(1, int(ask.state.trail[0].fields.get(guard.of or "", 1))) if ask.state.trail else 1
    action = ask.procedure.action(reference.partition(".")[2])
    told = {"action": action.title if action is not None else reference}
    sides = _sides(action, guard)
    if guard.of is not None and asked <= len(sides):
        # Of two sides the first and the second are meant: a third one's word is none of theirs.
        left = [ask.procedure.word(f"value.{side}") for side in sides[:asked] if side not in found]
        return _("“%(action)s”还差：%(who)s") % {**told, "who": _("、").join(left)} if left else ""
    missing = (guard.least or asked) - len(found)
    return _("“%(action)s”还差 %(n)d 份") % {**told, "n": missing} if missing > 0 else ""


def _sides(action: Action | None, guard: Guard) -> list[str]:
    """The codes that the field ``by`` is chosen from, in their order; none for another type."""
    kind, _sep, codes = (
        action.fields.get(guard.by or "", "").rstrip("?").partition(":") if action else ("", "", "")
    )
    return codes.split("|") if kind == "code" else []


def about_ended(ask: Ask, guard: Guard) -> str:
    """Other matters are not the engine's to know: ``services.linking`` asks for them in the same command."""
    return ""


def scopes(ask: Ask, guard: Guard) -> str:
    return _gap(ask.procedure, guard, {leg.scope for leg in ask.state.legs_of_round()})


def _gap(procedure: Procedure, guard: Guard, there: set[str]) -> str:
    missing = [scope for scope in guard.scopes or () if scope not in there]
    words = "、".join(procedure.word(f"scope.{scope}") for scope in missing)
    return _("还缺：%(words)s") % {"words": words} if missing else ""


def missing_scopes(procedure: Procedure, there: set[str]) -> str:
    """Which links a procedure wants that nobody has yet, in words: what a list shows beside each matter."""
    wanted = (guard for action in procedure.actions for guard in action.when if guard.scopes)
    return next((gap for guard in wanted if (gap := _gap(procedure, guard, there))), "")


def restricted(ask: Ask, guard: Guard) -> str:
    if (ask.state.level > SHARED_LEVEL) == guard.restricted:
        return ""
    return _("这件事上级看得到，请上级决定") if guard.restricted else _("这件事上级看不到，请用“请裁定延期”")


CONDITIONS: Mapping[str, Callable[[Ask, Guard], str]] = {
    "legs_ruled": legs_ruled,
    "leg_state": leg_state,
    "overdue": overdue,
    "within": within,
    "evidence": evidence,
    "field_is": field_is,
    "other_person_than": other_person_than,
    "consent_of": consent_of,
    "has_reporter": has_reporter,
    "gathered": gathered,
    "about_ended": about_ended,
    "scopes": scopes,
    "restricted": restricted,
}


def typed_wrong(ask: Ask) -> list[Fault]:
    """Of those reasons, the ones that the form can mend: nothing has changed meanwhile, a field lacks something."""
    files = next((name for name, kind in ask.action.fields.items() if kind.startswith("file")), "")
    found = []
    for guard in ask.action.when:
        about = {"evidence": files, "field_is": guard.field_is or ""}.get(guard.head, "")
        if about and (reason := CONDITIONS[guard.head](ask, guard)):
            remedy = _("请加上照片或附件") if guard.head == "evidence" else _("改了再交，或另选一步")
            found.append(Fault(about, reason, remedy))
    return found


def hindrances(ask: Ask) -> list[str]:
    """Why the guards of the action do not hold, in words; empty when all do. Without a filled form the
    guards that look at the form are taken as met: a page asks before anything is typed."""
    reasons = (CONDITIONS[guard.head](ask, guard) for guard in ask.action.when)
    return [reason for reason in reasons if reason]
