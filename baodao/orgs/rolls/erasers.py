"""Erasing a person takes her off all rolls; facts keep a token that leads to nobody."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import Membership, RollShown


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    return sum(
        model._default_manager.filter(token__in=tokens).delete()[0] for model in (Membership, RollShown)
    )


register_eraser("rolls", _erase)
