"""What the ledger erases: contents of the subjects, and their search rows."""

from baodao.kernel.jobs import forget_jobs

from .erasure import register_eraser
from .models import Content, Fact, SearchDoc


def _contents(person: str, subjects: list[str]) -> int:
    ids = Fact.objects.filter(subject__in=subjects).exclude(commitments="").values("id")
    count, _each = Content.objects.filter(fact__in=ids).delete()
    return count


def _search(person: str, subjects: list[str]) -> int:
    count, _each = SearchDoc.objects.filter(subject__in=subjects).delete()
    return count


def _jobs(person: str, subjects: list[str]) -> int:
    return forget_jobs(owner=person)


register_eraser("jobs", _jobs)
register_eraser("content", _contents, order=20)
register_eraser("search", _search, order=20)
