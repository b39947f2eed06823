"""What a reader may do on a matter's page: the buttons, in order, and the form of the one chosen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Problem
from baodao.kernel.selectors import current_calendar
from baodao.matters import story
from baodao.matters.engine import Offer, decide, fits
from baodao.matters.guards import since_of
from baodao.matters.policies import actor_of, subject_of
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import Seen, offers
from baodao.matters.state import State
from baodao.matters.turns import turn_of
from baodao.orgs.selectors import name_of

from .fields import Ground, fields_of, ground_of, sample

#: What moves a leg on is offered first; what waits for the caller before all.
FIRST = ("leg_ruled", "leg_reported", "leg_answered", "resumed")


class Able(Struct):
    """Everything that may be done: ``offered`` in order, ``chosen`` the one whose form is open; ``parted``: several legs
    go on, so that each has its own buttons."""

    offered: list[Offer]
    chosen: Offer | None
    parted: bool


def able_of(by: Act, seen: Seen, asked: Any) -> Able:
    """What this reader may do, and what she asked for (``do``, ``leg``)."""
    own = by.office
    offered = sorted(
        (offer for offer in offers(by, seen) if makes_sense(seen, offer)),
        key=lambda offer: _rank(seen, offer, own),
    )
    name, leg = asked.get("_do") or asked.get("do", ""), asked.get("_leg") or asked.get("leg", "")
    parted = len(seen.state.legs_of_round()) > 1
    return Able(offered, _chosen(seen, offered, name, leg), parted)


def makes_sense(seen: Seen, offer: Offer) -> bool:
    """A clock that runs is not resumed, one that stands is not paused again; what is nobody else's is not shown to
    others, what was not shown is not hidden, and to what has not come yet nobody objects."""
    leg = seen.state.legs.get(offer.leg) if offer.leg is not None else None
    about = leg.about if leg is not None else ""
    limits = (guard for guard in offer.action.when if guard.within is not None)
    if any(since_of(seen.state, about, guard.since) is None for guard in limits):
        return False
    if offer.action.releases:
        if "title" in offer.action.fields:
            return seen.procedure.is_public(seen.state.kind) and seen.state.level <= SHARED_LEVEL
        return bool(seen.row.shown)
    return fits(offer, leg)


def _rank(seen: Seen, offer: Offer, own: str) -> tuple[bool, bool, int]:
    fact = offer.action.fact
    place = FIRST.index(fact) if fact in FIRST else len(FIRST)
    return bool(offer.hindrances), not _waits_for(seen, offer, own), place


def _waits_for(seen: Seen, offer: Offer, own: str) -> bool:
    """Whether the leg waits for this reader's office as the one that called, and this moves it on."""
    leg = seen.state.legs.get(offer.leg) if offer.leg is not None else None
    called = leg is not None and leg.caller == own and "caller" in offer.action.who
    return called and leg is not None and turn_of(seen.procedure, leg.state) == "caller"


def _chosen(seen: Seen, offered: list[Offer], name: str, leg: str) -> Offer | None:
    """The action asked for, if it can be taken; else the one that comes first, when it moves the leg on."""
    able = [offer for offer in offered if not offer.hindrances]
    for offer in able:
        if offer.action.name == name and leg in {"", str(offer.leg or "")}:
            return offer
    return able[0] if not name and able and able[0].action.fact in FIRST else None


def buttons(able: Able, at: str, leg: int | None = None) -> list[SimpleNamespace]:
    """The buttons of a leg, or of the whole matter (with those of its only leg)."""
    return [
        _button(offer, at, able.chosen)
        for offer in able.offered
        if offer.leg == leg or (leg is None and not able.parted)
    ]


def _button(offer: Offer, at: str, chosen: Offer | None) -> SimpleNamespace:
    query = f"?do={offer.action.name}" + (f"&leg={offer.leg}" if offer.leg is not None else "")
    return SimpleNamespace(
        title=offer.action.title,
        href=f"{at}{query}#do",
        here=offer is chosen,
        hindrances=offer.hindrances,
        main=offer.action.fact in FIRST,
    )


def given(chosen: Offer, asked: Any) -> dict[str, str]:
    """Answers that a link brings along (`?do=merge&into=…`)."""
    return {name: asked[name] for name in chosen.action.fields if name in asked}


def form_of(
    seen: Seen, offer: Offer, by: Act, typed: Any, numbers: tuple[tuple[str, str], ...] = ()
) -> SimpleNamespace:
    """The form of an act: its fields, whom it concerns, and exactly what the resident will read. ``numbers``: matters
    that a field of this type probably means."""
    action = offer.action
    ground = ground_of(seen, by, offer.leg, numbers)
    after = _after(seen, offer, by, ground)
    leg = after.legs.get(offer.leg) if offer.leg is not None else None
    # The slots of the form stay open, so that the sentence fills while it is typed; what is known is filled in.
    slots = {name: "{" + name + "}" for name in action.fields}
    told = "reporter" in action.tells and bool(seen.state.reporters)
    return SimpleNamespace(
        action=action,
        leg=offer.leg,
        office=name_of(leg.org) if leg is not None and len(seen.state.legs) > 1 else "",
        fields=fields_of(ground, action),
        reads=story.sentence(seen.procedure, action, after, slots, leg) if told else "",
        empty=story.sentence(seen.procedure, action, after, dict.fromkeys(slots, "……"), leg) if told else "",
        quiet=_quiet(seen, told),
        typed=typed,
        command=typed.get("_command") or new_key("act"),
        position=seen.position,
    )


def _quiet(seen: Seen, told: bool) -> str:
    if told:
        return ""
    if seen.state.reporters:
        return _("居民不会收到这一步的通知。")
    # Where nobody is ever told an answer there is nobody to miss.
    answers = any("reporter" in action.tells for action in seen.procedure.actions)
    return _("没有居民在等这件事的答复。") if answers else ""


def _after(seen: Seen, offer: Offer, by: Act, ground: Ground) -> State:
    """Where the matter would stand after the act: its sentence speaks of the dates that hold then. Tried with made-up
    answers; where those do not do, as it stands now."""
    subject = subject_of(seen.state)
    try:
        return decide(
            seen.procedure,
            seen.state,
            offer.action.name,
            actor_of(by, "", subject),
            fields=sample(ground, offer.action),
            happened=max(by.noted, seen.state.last),
            calendar=current_calendar(),
            leg=offer.leg,
        ).state
    except Problem:
        return seen.state
