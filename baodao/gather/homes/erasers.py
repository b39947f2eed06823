"""Erasing a person takes her out of homes, and her list of trust with her."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import HomeMember, Trust


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    members, _each = HomeMember.objects.filter(token__in=tokens).delete()
    lists, _all = Trust.objects.filter(token__in=tokens).delete()
    return members + lists


register_eraser("homes", _erase, order=30)
