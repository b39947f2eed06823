"""Erasing a person: texts and search rows of her matters go by the ledger's erasers, her files and released titles here.
The token stays in rows and facts and says nothing any more, since the vault forgets whose it was: what she followed
counts her no longer."""

from __future__ import annotations

from django.db import transaction

from baodao.kernel.evidence import delete, held_by
from baodao.kernel.tables.store import clear
from baodao.ledger.erasure import register_eraser
from baodao.people.selectors import tokens_of

from .models import Matter, MatterFile
from .selectors import subjects_of
from .services import tokens


def _subjects(person: str) -> list[str]:
    return subjects_of(list(tokens_of(person).values()))


def _files(person: str, subjects: list[str]) -> int:
    tokens.forget(person)
    numbers = [name.partition(":")[2] for name in subjects if name.startswith("matter:")]
    rows = MatterFile.objects.filter(matter__in=numbers)
    digests = set(rows.values_list("digest", flat=True))
    rows.delete()
    loose = sorted(digests - held_by(digests))
    if loose:
        # Files cannot be rolled back: only once the rest is written.
        transaction.on_commit(lambda: delete(loose))
    return len(loose)


register_eraser("matters", _files, subjects=_subjects, order=30)


def _titles(person: str, subjects: list[str]) -> int:
    """A title that staff released for one of her matters was made of her words: it is shown no longer."""
    numbers = [name.partition(":")[2] for name in subjects if name.startswith("matter:")]
    return Matter.objects.filter(number__in=numbers).exclude(shown="").update(shown="")


register_eraser("released_titles", _titles)


def _import_files(person: str, subjects: list[str]) -> int:
    """Every uploaded sheet may hold anybody's words: all of them go."""
    return clear()


register_eraser("import_files", _import_files)
