"""Erasing a person takes the words in which her branch wrote why she was excused."""

from __future__ import annotations

from baodao.ledger.erasure import register_eraser
from baodao.ledger.models import Content, Fact
from baodao.people.selectors import tokens_of


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    facts = Fact.objects.filter(kind="gather.attended", person__in=tokens).values("id")
    texts, _each = Content.objects.filter(fact__in=facts).delete()
    return texts


register_eraser("meetings", _erase, order=30)
