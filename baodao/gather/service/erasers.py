"""Erasing a person takes her off lists and records, her words with them; a standing post that she held is vacant."""

from baodao.ledger.erasure import register_eraser
from baodao.ledger.models import Content, Fact
from baodao.people.selectors import tokens_of

from .models import (
    ServiceMember,
    ServiceOut,
    ServicePlace,
    ServiceRecord,
    ServiceShown,
    ServiceSuggested,
    Stand,
)


def _tokens(person: str) -> list[str]:
    return list(tokens_of(person).values())


def _subjects(person: str) -> list[str]:
    return [f"service:{token}" for token in _tokens(person)]


def _erase(person: str, subjects: list[str]) -> int:
    tokens = _tokens(person)
    tables = (ServiceMember, ServicePlace, ServiceShown, ServiceOut, ServiceRecord, ServiceSuggested)
    gone = sum(model._default_manager.filter(token__in=tokens).delete()[0] for model in tables)
    words = Fact.objects.filter(kind__startswith="stand.", person__in=tokens).values_list("id", flat=True)
    gone += Content.objects.filter(fact__in=list(words)).delete()[0]
    held = Stand.objects.filter(token__in=tokens)
    return gone + held.update(token="", named=False, held=None, last=None)


register_eraser("service", _erase, subjects=_subjects, order=30)
