"""Matters that were lived elsewhere and come here ended, by an import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid

from .clocks import Calendar
from .declare import Action, Procedure
from .engine import DEFAULT_OPENING, Decision, Opening, open_matter
from .facts import LegAnswered
from .forms import Filled
from .move import Called, Move
from .moves import call, finish

#: How a matter that was lived elsewhere ends here: nobody was asked, so nothing is said of an answer.
REPLAYED = "replayed"


def replay(
    procedure: Procedure,
    opening: Opening,
    calendar: Calendar,
    *,
    answered: datetime,
    claim: str,
    texts: Mapping[str, str],
) -> Decision:
    """A matter that was opened and answered elsewhere, with its true times: opened, called, answered,
    closed, settled.

    Nothing is asked of the resident and nothing lapses: satisfaction stays *not measured*, lateness is
    against the present rule. Raises Invalid when the answer lies before the opening.
    """
    if answered < opening.happened:
        raise Invalid.of("answered", _("答复早于提交"), _("请核对两个时间"))
    begun = open_matter(procedure, opening, calendar)
    state = begun.state
    if state.lead is None:
        first = Move(
            procedure, state, DEFAULT_OPENING, opening.actor, Filled(), opening.happened, opening.precision, calendar, None, [],
        )  # fmt: skip
        call(first, Called(opening.org))
        begun = Decision((*begun.emits, *first.emits), state)
    leg = state.lead
    assert leg is not None
    done = Action(name="answer", on="leg")
    move = Move(
        procedure, state, done, opening.actor, Filled(), answered, opening.precision, calendar, leg, []
    )
    data = LegAnswered(
        action="answer", round=1, stage=procedure.last[0], state=procedure.legs_end[0], claim=claim
    )
    move.put(move.emit(data, about=leg.about, org=leg.org, texts=dict(texts)))
    finish(move, REPLAYED)
    return Decision((*begun.emits, *move.emits), state)
