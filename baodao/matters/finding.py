"""Search among matters: by number up to level 2, by words at level 0 and 1, for whoever may read them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import QuerySet
from django.db.models.functions import Substr
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.typed import digits_of, whole_number
from baodao.ledger.models import SearchDoc
from baodao.ledger.search import FEW, find
from baodao.orgs.policies import Columns, few, reach_of, where

from .models import Leg, Matter
from .policies import READ
from .project import PART_LEVEL
from .selectors import visible_to

#: Search rows by the very rule of `policies.COLUMNS`; a leg is looked up for each row that its holder's office does not open.
_COLUMNS = Columns(
    org="scope", level="level", persons=(), key="number", legs=(Leg, "matter", "org", "seat"), singly=True,
    place=(Matter, "number", "place"),
)  # fmt: skip


class Hit(Struct, frozen=True):
    """A found matter: number, what was found, whether it has ended, when it was opened."""

    number: str
    text: str
    ended: bool
    opened: datetime

    @property
    def mark(self) -> str:
        """Where the next page goes on."""
        return f"{int(self.opened.timestamp())}~{self.number}"


def search(by: Act, query: str, before: str = "", most: int = 50, *, running: bool = False) -> list[Hit]:
    """Matters that hold all words of the query and that this actor may read, the newest first, ``most`` and one more
    where there are; a number is found up to level 2. ``running``: open ones only. `before` is the mark of the last hit
    seen; many may be of one second (imports of day precision). Raises Invalid for a query of signs only. Two
    statements at the most, one more when it may be a number."""
    found_by_words = find(
        query,
        "matter",
        _visible(by),
        orgs=few(reach_of(by, READ), FEW),
        state="open" if running else "",
        before=_mark(before),
        most=most,
    )
    found = [
        Hit(doc.subject[7:], doc.shown, doc.state == "ended", datetime.fromtimestamp(doc.sort, tz=UTC))
        for doc in found_by_words
    ]
    direct = None if before else _numbered(by, query)
    if direct is not None and all(hit.number != direct.number for hit in found):
        found.insert(0, direct)
    return found


def _visible(by: Act) -> QuerySet[SearchDoc]:
    rows = SearchDoc.objects.annotate(number=Substr("subject", 8))
    return rows.filter(where(reach_of(by, READ), _COLUMNS))


def _mark(before: str) -> tuple[int, str] | None:
    second, _tilde, last = before.partition("~")
    at = whole_number(second)
    return (at, f"matter:{last}") if at is not None else None


def _numbered(by: Act, query: str) -> Hit | None:
    # Every number has figures; most searches have none, and the question is a statement of its own.
    number = query.strip().upper()
    if len(number) > 24 or not digits_of(number):
        return None
    # What only named persons know is no search hit for anybody.
    row = visible_to(by).filter(number=number, level__lte=PART_LEVEL).first()
    return Hit(row.number, "", row.ended is not None, row.opened) if row is not None else None
