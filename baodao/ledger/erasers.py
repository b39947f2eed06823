"""What the ledger erases: contents of the subjects, and their search rows."""

from .erasure import register_eraser
from .models import Content, Fact, SearchDoc


def _contents(person: str, subjects: list[str]) -> int:
    ids = Fact.objects.filter(subject__in=subjects).exclude(commitments="").values("id")
    count, _each = Content.objects.filter(fact__in=ids).delete()
    return count


def _search(person: str, subjects: list[str]) -> int:
    count, _each = SearchDoc.objects.filter(subject__in=subjects).delete()
    return count


register_eraser("content", _contents, order=20)
register_eraser("search", _search, order=20)
