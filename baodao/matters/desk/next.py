"""What follows once an act is done: who has to move now, with what, and until when."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.matters import story
from baodao.matters.selectors import Seen
from baodao.matters.turns import concluders, concluding, turn_of
from baodao.orgs.selectors import name_of


def what_now(seen: Seen, by: Act, legs: list[SimpleNamespace]) -> list[SimpleNamespace]:
    """One line for each leg that goes on, with its next date; else who has to conclude, and that nobody is waited for once
    it has ended. ``legs``: the cards of the page. No statement."""
    state = seen.state
    if state.ended is not None:
        return [_line(_("这件事到此结束，没有人再要办。"))]
    open_ = [card for card in legs if card.round == state.round and state.legs[card.n].ended is None]
    if open_:
        return [_waits(seen, by, card) for card in open_]
    if not concluding(seen.procedure, state):
        return []
    caller = state.caller or state.org
    titles = _("、").join(action.title for action in concluders(seen.procedure, state.stage))
    # Its clock, where the whole has one.
    whole = story.whole_dates(seen.procedure, state, by.noted)
    words = _("%(office)s收尾：%(acts)s") % {"office": name_of(caller), "acts": titles}
    return [_line(words, by.office == caller), *(_line(one.words, due=one) for one in whole)]


def _waits(seen: Seen, by: Act, card: SimpleNamespace) -> SimpleNamespace:
    leg, state = seen.state.legs[card.n], seen.state
    turn = turn_of(seen.procedure, leg.state)
    who = leg.org if turn == "leg" else (leg.caller or state.caller) if turn == "caller" else ""
    # While others have to end first, or the clock stands, there is no date.
    words = _("%(office)s：%(state)s") % {
        "office": card.office,
        "state": card.waits or card.cause or card.state,
    }
    found = _line(words, bool(who) and who == by.office)
    if card.due and card.left and not card.waits:
        found.words = f"{found.words}{_('，')}{card.clock}"
        found.due, found.left, found.near, found.provisional = (
            card.due,
            card.left,
            card.near,
            card.provisional,
        )
    return found


def _line(words: str, mine: bool = False, *, due: Any = None) -> SimpleNamespace:
    dated = {"due": due.at, "left": due.left, "near": due.tone} if due is not None else {"due": None}
    return SimpleNamespace(words=words, mine=mine, provisional=due is not None and due.provisional, **dated)
