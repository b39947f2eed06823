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
    words = _("%(office)s：%(state)s") % {"office": name_of(caller), "state": titles}
    return [_line(words, by.office == caller), *(_dated(one) for one in whole)]


def _waits(seen: Seen, by: Act, card: SimpleNamespace) -> SimpleNamespace:
    leg, state = seen.state.legs[card.n], seen.state
    turn = turn_of(seen.procedure, leg.state)
    who = leg.org if turn == "leg" else (leg.caller or state.caller) if turn == "caller" else ""
    # While others have to end first, or the clock stands, there is no date.
    words = _("%(office)s：%(state)s") % {
        "office": card.office,
        "state": card.waits or card.cause or card.state,
    }
    mine = bool(who) and who == by.office
    if not card.due or not card.left or card.waits:
        return _line(words, mine)
    return _line(
        f"{words}{_('，')}{card.clock}", mine, card.due, card.left, card.near, provisional=card.provisional
    )


def _dated(whole: story.Promise) -> SimpleNamespace:
    """The clock of the whole, in its own words."""
    return _line(whole.words, False, whole.at, whole.left, whole.tone, provisional=whole.provisional)


def _line(
    words: str,
    mine: bool = False,
    due: Any = None,
    left: str = "",
    near: str = "",
    *,
    provisional: bool = False,
) -> SimpleNamespace:
    return SimpleNamespace(words=words, mine=mine, due=due, left=left, near=near, provisional=provisional)
