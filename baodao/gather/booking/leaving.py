"""A place does not go from under those who have it: a command that ends it, lends it from a later day, makes it a kind that is not lent or
takes its registration back is refused while bookings stand for days on which it could not be had any more. They are called off
first (desk.clear), by whoever may, with a reason that those who booked are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.gather.models import Slot
from baodao.gather.policies import at_org
from baodao.gather.times import said
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault
from baodao.kernel.jinja import day as day_words
from baodao.kernel.verbs import Tx, allowed, register_closing
from baodao.places.facilities.models import Facility
from baodao.places.facilities.taken import Taken, register_taken

from .selectors import is_lent, opened, standing, ways

#: So many bookings are named in a refusal; so many places are read at once.
SHOWN, ONCE = 3, 500


def _told(tx: Tx) -> dict[str, Facility | None]:
    """Each place that a command writes as it leaves it, by code; None for one whose registration it takes back."""
    found: dict[str, Facility | None] = {}
    for row in tx.rows:
        if row.model is Facility:
            code = str(row.columns["code"])
            found[code] = None if row.op == "delete" else Facility(**row.columns)
    return found


def _closing(tx: Tx) -> None:
    """At most two statements for each 500 places, none for a command that writes no place."""
    told, today = _told(tx), timezone.localdate(tx.by.noted)
    codes, faults = sorted(told), list[Fault]()
    for start in range(0, len(codes), ONCE):
        # Whoever books one of them meanwhile waits for this command, or this command for her.
        rows = Facility.objects.select_for_update(no_key=True).filter(code__in=codes[start : start + ONCE])
        going = {row.code: row for row in rows.order_by("code") if _goes(row, told[row.code], today)}
        left: dict[str, list[Slot]] = {}
        for one in standing(going, tx.by.noted) if going else ():
            if not is_lent(told[one.place], timezone.localdate(one.starts)):
                left.setdefault(one.place, []).append(one)
        faults += [_fault(going[code], told[code], slots, today) for code, slots in left.items()]
    if faults:
        raise Conflict(*faults[:200])


def _goes(before: Facility, after: Facility | None, today: date) -> bool:
    """Whether a place that was lent cannot be had on every day to come."""
    return bool(ways(before, today)) and not (after and after.until is None and is_lent(after, today))


def _fault(before: Facility, after: Facility | None, slots: list[Slot], today: date) -> Fault:
    times = _("、").join(said(one.starts, one.ends) for one in slots[:SHOWN])
    words = {"name": before.name, "n": len(slots), "times": times}
    return Fault(
        _field(after, today),
        _("%(name)s还有 %(n)s 个预约在不能再用的日子：%(times)s") % words
        if len(slots) <= SHOWN
        else _("%(name)s还有 %(n)s 个预约在不能再用的日子：%(times)s等") % words,
        _(
            "请管理这里的单位先在“场地和参观”里点“腾出”，把它们一起取消，约的人马上知道；或者从 %(day)s 起再这样改"
        )
        % {"day": day_words(_free(slots))},
    )


def _free(slots: Iterable[Slot]) -> date:
    """The first day on which none of them has the place."""
    return max(timezone.localdate(one.ends - timedelta(seconds=1)) for one in slots) + timedelta(days=1)


def ask(by: Act, row: Facility) -> Taken | None:
    """Who ends a place reads how long it is taken; who may call all of that off finds the form. One statement, two for her."""
    rows = standing([row.code], by.noted)
    if not rows:
        return None
    org = str(row.org_id)
    may = allowed(by, "gather.call_off", at_org(org)) and len(opened(by, rows)) == len(rows)
    href = reverse("desk:booking-clear", kwargs={"code": row.code}) if may else ""
    return Taken(len(rows), _free(rows), href)


def _field(after: Facility | None, today: date) -> str:
    """What of the form stands against them."""
    if after is None:
        return "batch"
    if after.until is not None:
        return "until"
    return "since" if ways(after, today) else "kind"


register_closing(_closing)
register_taken("booking", ask)
