"""The table of areas is a cache of its facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from baodao.kernel.verbs import Tx
from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.services import on_void

from .fold import fold
from .models import PostArea
from .services import _told, put_back

_FIELDS = ("post", "name", "places", "since", "until", "origin")


def truth() -> Iterator[dict[str, Any]]:
    """Rows as the ledger has them."""
    subjects = Fact.objects.filter(kind="area.given").values_list("subject", flat=True)
    for subject in sorted(set(subjects)):
        post = subject.partition(":")[2]
        yield from fold(post, _told(post))


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty table from the facts."""
    PostArea.objects.bulk_create([PostArea(**row) for row in truth()], batch_size=500)


def check() -> Iterator[str]:
    """`baodao doctor`: areas that are not what their facts say."""
    stored = sorted(PostArea.objects.values_list(*_FIELDS), key=str)
    if stored != sorted((tuple(row[name] for name in _FIELDS) for row in truth()), key=str):
        yield "areas of posts do not follow from their facts; run `baodao rebuild`"


@on_void
def _after_void(tx: Tx, subjects: list[str]) -> None:
    gone = frozenset(pending.voids for pending in tx.facts if pending.voids is not None)
    for subject in subjects:
        if subject.startswith("area:"):
            put_back(tx, subject.partition(":")[2], gone)


register_cache("areas", [Table(PostArea, ("post", "since"), exclude=("id",))], rebuild)
register_checker("areas", check)
