"""What residents keep asking: kinds of matters by how many were begun in a span of days, beside the span before. Counts alone, none under ten,
and nothing of what few may know."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import sqrt

from django.db.models import Case, IntegerField, Sum, Value, When
from django.utils.timezone import localdate
from msgspec import Struct

from baodao.kernel.declare import get_pack

from .declare import Procedure
from .models import Matter
from .tallies.models import Asked

DAYS, MOST, LEAST = 90, 10, 10
#: A difference of two counts that chance alone brings about less than once in twenty times is this many of its standard deviations.
BEYOND = 1.96


class Often(Struct, frozen=True):
    """One kind: words, how many in the last `DAYS`, how many in the same time before; ``change`` -1, 0, 1: fewer, no more than chance, more;
    None where nothing was kept yet during all of the time before."""

    words: str
    n: int
    before: int
    change: int | None


def beyond_chance(n: int, before: int) -> int:
    """Whether two counts of the same length of time differ by more than chance would (Poisson, the sum as its variance): -1, 0, 1."""
    apart = n - before
    return 0 if abs(apart) <= BEYOND * sqrt(n + before) else 1 if apart > 0 else -1


def asked_often(org: str, now: datetime, lang: str) -> list[Often]:
    """The `MOST` kinds that residents of an organization and below asked for most, with `LEAST` or more: these `DAYS` days, today the last
    of them, beside as many before. Two statements: the organization's counts by day (`tallies.asked`), at most a row for each kind and
    day whatever the number of matters; and the very first matter."""
    day = localdate(now)
    since = day - timedelta(days=DAYS - 1)
    rows = Asked.objects.filter(scope=org, day__gte=since - timedelta(days=DAYS), day__lte=day)
    span = Case(When(day__gte=since, then=Value(0)), default=Value(1), output_field=IntegerField())
    found: dict[str, list[int]] = {}
    for pack, procedure, kind, when, n in (
        rows.annotate(span=span).values_list("pack", "procedure", "kind", "span").annotate(Sum("n"))
    ):
        found.setdefault(_words(pack, procedure, kind, lang), [0, 0])[when] += n
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))[:MOST]
    # Numbers are given in order: what came first tells from when on there is anything to compare with.
    first = Matter.objects.order_by("number").values_list("opened", flat=True).first()
    kept = first is not None and localdate(first) <= since - timedelta(days=DAYS)
    return [Often(words, n, b, beyond_chance(n, b) if kept else None) for words, (n, b) in most if n >= LEAST]


def _words(pack: str, name: str, kind: str, lang: str) -> str:
    """A kind as the pack calls it today, else its procedure."""
    procedure = get_pack(pack).many(Procedure, lang).get(name)
    if procedure is None:
        return kind or name
    return next((one.title for one in procedure.kinds if one.name == kind), procedure.title)
