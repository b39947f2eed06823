"""The tables of sheets are caches of their facts: dumped, rebuilt, checked."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone

from baodao.ledger.caches import Table, register_cache
from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Fact
from baodao.ledger.selectors import facts_of
from baodao.orgs.models import Post

from . import ports
from .fold import Sheet, fold
from .models import Handover, HandoverPart, HandoverSign
from .services import columns, sign_columns

_STEP = 500


def truth() -> Iterator[tuple[str, Sheet, str]]:
    """(code, sheet, origin) of every sheet that the ledger has."""
    subjects = list(
        Fact.objects.filter(kind="handover.opened").order_by("id").values_list("subject", flat=True)
    )
    for start in range(0, len(subjects), _STEP):
        held: dict[str, list[Any]] = {}
        for fact in facts_of(subjects[start : start + _STEP]):
            held.setdefault(fact.subject, []).append(fact)
        for subject, told in held.items():
            sheet = fold(told)
            if sheet is not None:
                yield subject.removeprefix("handover:"), sheet, told[0].origin


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables from the facts."""
    for done, (code, sheet, origin) in enumerate(truth(), 1):
        Handover.objects.create(**columns(code, sheet, origin))
        HandoverPart.objects.bulk_create(
            HandoverPart(sheet_id=code, item=item, heir=heir) for item, heir in sheet.parts.items()
        )
        HandoverSign.objects.bulk_create(
            HandoverSign(**sign_columns(code, party, sign)) for party, sign in sheet.signs.items()
        )
        progress(done, done)


def check() -> Iterator[str]:
    """`baodao doctor`: posts that have ended and still hold something open; sheets whose rows do not follow."""
    yield from left_open(timezone.localdate())
    stored = {row.code: row for row in Handover.objects.all()}
    for code, sheet, _origin in truth():
        row = stored.pop(code, None)
        if row is None or _of(row) != _of(sheet):
            yield f"hand-over {code}: does not follow from its facts; run `baodao rebuild`"
    for code in sorted(stored):
        yield f"hand-over {code}: no fact opened it; run `baodao rebuild`"


def _of(one: Handover | Sheet) -> tuple[Any, ...]:
    return one.state, one.heir, one.passed, one.dropped


def left_open(day: date) -> Iterator[str]:
    """A line for each appointment that has ended with something open."""
    ended = list(Post.objects.filter(until__lte=day).order_by("code").values_list("code", "until"))
    for start in range(0, len(ended), _STEP):
        part = dict(ended[start : start + _STEP])
        for code, n in sorted(ports.open_of(list(part)).items()):
            yield f"post {code} ended on {part[code]} and still holds {n} open items: make a hand-over sheet"


register_cache(
    "handover",
    [
        Table(HandoverPart, ("sheet_id", "item"), exclude=("id",)),
        Table(HandoverSign, ("sheet_id", "side", "party"), exclude=("id",)),
        Table(Handover, ("code",)),
    ],
    rebuild,
)
register_checker("handover", check)
