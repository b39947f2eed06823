"""What the desk erases: a person's saved views, also those that her office shares, and all lists that wait to be saved."""

from baodao.kernel.exports import clear
from baodao.ledger.erasure import register_eraser

from .models import SavedView


def _views(person: str, subjects: list[str]) -> int:
    return SavedView.objects.filter(owner=person).delete()[0]


def _exports(person: str, subjects: list[str]) -> int:
    """Every list may hold anybody's words: all of them go."""
    return clear()


register_eraser("views", _views)
register_eraser("exports", _exports)
