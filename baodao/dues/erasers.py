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
    codes = list(Contact.objects.filter(token__in=tokens).values_list("code", flat=True))
    count += Met.objects.filter(subject__in=[f"contact:{code}" for code in codes]).delete()[0]
    return count + Contact.objects.filter(token__in=tokens).delete()[0]


def _subjects(person: str) -> list[str]:
    """Contacts that name her: the words of her needs go with them."""
    rows = Contact.objects.filter(token__in=list(tokens_of(person).values()))
    return [f"contact:{code}" for code in rows.values_list("code", flat=True)]


register_eraser("dues", _erase, subjects=_subjects)
