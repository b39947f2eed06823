"""What follows once an act is done: who has to move now, with what, and until when."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.matters import story
from baodao.matters.selectors import Seen
from baodao.matters.turns import concluders, concluding, turn_of
from baodao.orgs.selectors import name_of


class Line(Struct, frozen=True):
    """Who has to move with what, whether that is the reader's own unit, and the clock as pages show it: its end, what is left
    of it in words, its tone, and whether the calendar of that day is still to come."""

    words: str
    mine: bool = False
    due: datetime | None = None
    left: str = ""
    near: str = ""
    provisional: bool = False


def what_now(seen: Seen, by: Act, legs: list[SimpleNamespace]) -> list[Line]:
    """One line for each leg that goes on, with its next date; else who has to conclude, and that nobody is waited for once
    it has ended. ``legs``: the cards of the page. No statement."""
    state = seen.state
    if state.ended is not None:
        return [Line(_("这件事到此结束，没有人再要办。"))]
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
    return [Line(words, mine=by.office == caller), *(_dated(one) for one in whole)]


def _waits(seen: Seen, by: Act, card: SimpleNamespace) -> Line:
    leg, state = seen.state.legs[card.n], seen.state
    if state.merged_into and leg is state.lead:
        # Whatever is done with the other is done with it too: nobody's turn here.
        told = {"office": card.office, "number": state.merged_into}
        return Line(_("%(office)s：随 %(number)s 办") % told)
    turn = turn_of(seen.procedure, leg.state)
    who = leg.org if turn == "leg" else (leg.caller or state.caller) if turn == "caller" else ""
    # While others have to end first, or the clock stands, there is no date.
    words = _("%(office)s：%(state)s") % {
        "office": card.office,
        "state": card.waits or card.cause or card.state,
    }
    mine = bool(who) and who == by.office
    if not card.due or not card.left or card.waits:
        return Line(words, mine)
    return Line(
        f"{words}{_('，')}{card.clock}",
        mine,
        due=card.due,
        left=card.left,
        near=card.near,
        provisional=card.provisional,
    )


def _dated(whole: story.Promise) -> Line:
    """The clock of the whole, in its own words."""
    return Line(whole.words, due=whole.at, left=whole.left, near=whole.tone, provisional=whole.provisional)
