"""Who is on shift now, for rooms below: posts and organizations only, found from the seats of shifts under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from baodao.gather.models import Seat
from baodao.matters.alerts.ports import OnShift, register_on_shift
from baodao.orgs import selectors as orgs
from baodao.people.selectors import persons_of


def on_shift(areas: Sequence[str], now: datetime) -> list[OnShift]:
    """Those who hold a seat of a shift of these organizations at this moment, by organization and order of coming; for each her post in
    one of them, or in none (a volunteer). Three statements, one where nobody is."""
    rows = Seat.objects.filter(slot__form="shift", slot__state="open", slot__org__in=list(areas))
    rows = rows.filter(state="seat", holds=True, starts__lte=now, ends__gt=now).order_by("slot__org_id", "n")
    held = list(rows.values_list("slot__org_id", "token")[:200])
    if not held:
        return []
    persons = persons_of({token for _org, token in held}, "notify")
    posts: dict[str, tuple[str, str]] = {}
    for post in orgs.holders(areas, orgs.today()):
        posts.setdefault(post.person, (str(post.org_id), post.code))
    found = []
    for org, token in held:
        home, post_code = posts.get(persons.get(token, ""), ("", ""))
        found.append(OnShift(str(org), home, post_code))
    return sorted(found, key=lambda one: (areas.index(one.at), not one.post))


register_on_shift("shifts", on_shift)
