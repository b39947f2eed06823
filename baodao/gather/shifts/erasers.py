"""Erasing a person takes her offer, her places on rosters and what she asked a stand-in for; her seats are gather's."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import Roster, StandIn, Willing


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    return sum(model.objects.filter(token__in=tokens).delete()[0] for model in (Willing, Roster, StandIn))


register_eraser("callouts", _erase, order=30)
