"""Erasing a person: her matters' texts and search rows go (the ledger's erasers, by subject); the token stays
in the rows and says nothing any more, since the vault forgets whose it was."""

from __future__ import annotations

from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .selectors import subjects_of
from .services import tokens


def _subjects(person: str) -> list[str]:
    return subjects_of(list(tokens_of(person).values()))


def _forget(person: str, subjects: list[str]) -> int:
    tokens.forget(person)
    return 0


register_eraser("matters", _forget, subjects=_subjects)
