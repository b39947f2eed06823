"""What notify erases: a person's notices with the files of the file adapter, and her preferences."""

from baodao.ledger.erasure import register_eraser

from .adapters.files import folder
from .models import Notice, Preference
from .sender import key_of


def _erase(person: str, subjects: list[str]) -> int:
    rows = Notice.objects.filter(person=person)
    for number in rows.values_list("id", flat=True):
        (folder() / f"{key_of(number)}.json").unlink(missing_ok=True)
    count = rows.delete()[0]
    return count + Preference.objects.filter(person=person).delete()[0]


register_eraser("notices", _erase, order=40)
