"""Reads of notify. A person's inbox is asked with her own uid only."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from django.db.models import Count, Q, QuerySet

from baodao.people import selectors as people
from baodao.people.models import Account

from .declare import day_bounds
from .models import Notice, Preference

NOBODY = Preference(person="")


def ways_of(persons: Iterable[str]) -> dict[str, frozenset[str]]:
    """Which channels each person (uid) wants. With an account: the inbox, and what she agreed to. Without
    one: the contact that she left is there to be answered by, and there is no inbox. Three statements."""
    wanted = list(dict.fromkeys(persons))
    accounts = set(
        Account.objects.filter(person_id__in=wanted, active=True).values_list("person_id", flat=True)
    )
    sms, email = people.consented(wanted, "notice_sms"), people.consented(wanted, "notice_email")
    found: dict[str, frozenset[str]] = {}
    for person in wanted:
        if person in accounts:
            ways = (
                {"inbox"} | ({"sms"} if person in sms else set()) | ({"email"} if person in email else set())
            )
        else:
            ways = {"sms", "email"}
        found[person] = frozenset(ways)
    return found


def preference_of(person: str) -> Preference:
    """What the person set, or the defaults."""
    return Preference.objects.filter(person=person).first() or NOBODY


def free(now: datetime) -> QuerySet[Notice, Notice]:
    """Notices that may be tried now and that no process has in hand."""
    held = Q(lease="") | Q(lease_until__lt=now)
    return Notice.objects.filter(held, state="waiting", next_try__lte=now)


def due(now: datetime, limit: int) -> list[int]:
    """Ids of notices that may be tried now, urgent first."""
    return list(
        free(now)
        .exclude(channel="inbox")
        .order_by("-urgent", "next_try", "id")
        .values_list("id", flat=True)[:limit]
    )


def told_today(person: str, now: datetime) -> int:
    """Messages that left, or are just leaving, for this person in the local day around `now`, over all ways
    out."""
    since, until = day_bounds(now)
    rows = Notice.objects.filter(person=person).exclude(channel="inbox")
    sent = rows.filter(state="sent", sent_at__gte=since, sent_at__lt=until).count()
    return sent + rows.filter(Q(state="sending") | Q(state="waiting", lease_until__gte=now)).count()


def folded(notice: Notice) -> int:
    """How many notices a digest stands for."""
    same = Notice.objects.filter(person=notice.person, channel=notice.channel, state="folded")
    return same.filter(folded_on=notice.digest_on).count()


def inbox(person: str, before: int = 0, limit: int = 50) -> list[Notice]:
    """A person's own inbox, newest first, keyset by id. One statement."""
    rows = Notice.objects.filter(person=person, channel="inbox")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def unseen(person: str) -> int:
    """How many of them are new; counted to 100."""
    rows = Notice.objects.filter(person=person, channel="inbox", seen_at__isnull=True)
    return rows[:100].count()


class Standing(msgspec.Struct, frozen=True):
    """How many notices stand in a state, per channel."""

    channel: str
    state: str
    count: int


def standing() -> list[Standing]:
    """Counts per channel and state, for the administrators' page. No person, no matter."""
    rows = Notice.objects.exclude(channel="inbox").values_list("channel", "state").annotate(n=Count("id"))
    return [Standing(*row) for row in rows.order_by("channel", "state")]


def parked(before: int = 0, limit: int = 50) -> Sequence[Notice]:
    """Parked notices, newest first, keyset by id."""
    rows = Notice.objects.filter(state="parked")
    if before:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])
