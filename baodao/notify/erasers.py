"""What notify erases: a person's notices with the files of the file adapter, and her preferences."""

from django.db.models import QuerySet

from baodao.ledger.erasure import register_eraser, register_forgetter

from .adapters.files import folder
from .models import Notice, Preference
from .sender import key_of


def _take(rows: QuerySet[Notice]) -> int:
    for number in rows.values_list("id", flat=True):
        (folder() / f"{key_of(number)}.json").unlink(missing_ok=True)
    return rows.delete()[0]


def _erase(person: str, subjects: list[str]) -> int:
    count = _take(Notice.objects.filter(person=person))
    return count + Preference.objects.filter(person=person).delete()[0]


def _forget(subjects: list[str]) -> int:
    """What anybody was told about these."""
    numbers = [subject.partition(":")[2] for subject in subjects]
    return _take(Notice.objects.filter(number__in=numbers))


register_forgetter("notices", _forget)
register_eraser("notices", _erase, order=40)
