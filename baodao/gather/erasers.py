"""Erasing a person takes her seats and what she wrote about them; the slots still count her."""

from baodao.ledger.erasure import register_eraser
from baodao.ledger.models import Content, Fact
from baodao.people.selectors import tokens_of

from .models import Feed, Seat


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    facts = Fact.objects.filter(kind="gather.disputed", person__in=tokens).values("id")
    texts, _each = Content.objects.filter(fact__in=facts).delete()
    seats, _all = Seat.objects.filter(token__in=tokens).delete()
    feeds, _own = Feed.objects.filter(owner=f"person:{person}").delete()
    return texts + seats + feeds


register_eraser("gatherings", _erase, order=30)
