"""Erasing a person takes her off the roster, and the words of her growth."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import Talent


def _subjects(person: str) -> list[str]:
    rows = Talent.objects.filter(token__in=list(tokens_of(person).values()))
    return [f"talent:{code}" for code in rows.values_list("code", flat=True)]


def _erase(person: str, subjects: list[str]) -> int:
    return Talent.objects.filter(token__in=list(tokens_of(person).values())).delete()[0]


register_eraser("talents", _erase, subjects=_subjects, order=30)
