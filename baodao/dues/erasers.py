"""Erasing a person takes away what met her dues, her excuses, and the contact that named her with the words of her needs; facts keep
a token that leads to nobody."""

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .contacts.models import Contact
from .models import Excuse, Met


def _erase(person: str, subjects: list[str]) -> int:
    tokens = list(tokens_of(person).values())
    members = [f"member:{token}" for token in tokens]
    count = sum(model._default_manager.filter(subject__in=members).delete()[0] for model in (Met, Excuse))
    return count + Contact.objects.filter(token__in=tokens).delete()[0]


register_eraser("dues", _erase)
