"""The organization's legs: the open ones by keyset, and those that facts after a position are about. Fact ids are in the order of
commits, so "newer than N" leaves nothing out and gives nothing twice but on purpose."""

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Refused
from baodao.kernel.typed import whole_number
from baodao.kernel.verbs import allowed
from baodao.ledger.models import Fact
from baodao.matters.models import Leg, Matter, Stake
from baodao.matters.policies import READ
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import rows_of, stakes_of

from .readers import KINDS

#: Facts looked at for one leg of a page: most facts are other organizations'.
SCAN = 10


class Page(msgspec.Struct):
    """Legs with the matters that they belong to; `next` continues a list, `end` is the position up to which a feed has looked."""

    legs: list[Leg]
    matters: dict[str, Matter]
    next: str = ""
    end: int = 0


def mark(text: str) -> tuple[str, int]:
    """Where a list goes on: "FL-2026-000123~2"."""
    number, _tilde, n = text.partition("~")
    after = whole_number(n)
    if text and after is None:
        raise Invalid.of("after", _("这个续页标记不对"), _("请用上一页给出的 next"))
    return number, after or 0


def _ask(by: Act, org: str) -> None:
    # Whoever takes part in an unclaimed leg of it, works there, or stands above it.
    subject = Subject(ref=f"org:{org}", org=org, level=SHARED_LEVEL, legs=((org, ""),))
    if not org or not allowed(by, READ, subject):
        raise Refused.of("org", _("这个单位的承办件不对您开放"), _("请用本单位岗位签发的令牌"))


def open_legs(by: Act, org: str, after: tuple[str, int], limit: int) -> Page:
    """Open legs of an organization, by number and leg. Three statements."""
    _ask(by, org)
    number, n = after
    rows = Stake.objects.filter(scope=org, depth=0, level__lte=SHARED_LEVEL)
    if number:
        rows = rows.filter(Q(matter__gt=number) | Q(matter=number, leg__gt=n))
    keys = list(rows.order_by("matter", "leg").values_list("matter", "leg")[: limit + 1])
    page = _page(keys[:limit])
    if len(keys) > limit:
        page.next = f"{keys[limit - 1][0]}~{keys[limit - 1][1]}"
    return page


def changed(by: Act, org: str, newer: int, at: int, limit: int) -> Page:
    """Legs of an organization that facts in (newer, at] are about; those that were handed over to others as ended. Three statements."""
    _ask(by, org)
    facts = list(
        Fact.objects.filter(id__gt=newer, id__lte=at, kind__in=KINDS)
        .order_by("id")
        .values_list("id", "kind", "subject", "about", "org", "happened")[: limit * SCAN]
    )
    numbers = sorted({row[2].partition(":")[2] for row in facts})
    gone = {
        (row[2].partition(":")[2], row[3]): row[5]
        for row in facts
        if row[1] == "matter.handed_over" and row[4] == org
    }
    legs = []
    for leg in Leg.objects.filter(matter__in=numbers).order_by("matter", "n"):
        left = gone.get((leg.matter, f"leg:{leg.n}"))
        if leg.org != org and left is not None:
            leg.org, leg.state, leg.due, leg.ended = org, "handed_over", None, left
        if leg.org == org:
            legs.append(leg)
    page = _with_matters(legs)
    page.end = facts[-1][0] if len(facts) == limit * SCAN else max(at, newer)
    return page


def restricted(by: Act, org: str) -> int:
    """Open legs of the organization that this actor takes part in and that only the desk shows. One statement."""
    return stakes_of(by).filter(scope=org, depth=0, level__gt=SHARED_LEVEL).count()


def _page(keys: list[tuple[str, int]]) -> Page:
    wanted = set(keys)
    rows = Leg.objects.filter(matter__in={number for number, _n in keys}).order_by("matter", "n")
    return _with_matters([leg for leg in rows if (leg.matter, leg.n) in wanted])


def _with_matters(legs: list[Leg]) -> Page:
    """Without those whose matter only those who take part may know."""
    matters = rows_of(sorted({leg.matter for leg in legs}))
    kept = {number: row for number, row in matters.items() if row.level <= SHARED_LEVEL}
    return Page([leg for leg in legs if leg.matter in kept], kept)
