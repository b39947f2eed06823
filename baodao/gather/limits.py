"""What a kind allows one person: so many minutes a week, so long a rest between two. A step for the verbs that give a seat."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict
from baodao.people.selectors import same_person

from .models import Seat
from .times import said
from .working import Working

WEEK = timedelta(days=7)


def must_fit(work: Working, token: str, span: tuple[datetime, datetime] | None = None) -> None:
    """Raises Conflict when the week would be too full or the rest too short. Two statements, none where the kind sets nothing."""
    kind = work.kind
    if not kind.week and not kind.rest:
        return
    starts, ends = span or (work.it.starts, work.it.ends)
    tokens = same_person([token])[token]
    near = Q(starts__lt=ends + WEEK, ends__gt=starts - WEEK, slot__form=work.it.form)
    rows = Seat.objects.filter(near, token__in=tokens, state="seat", slot__state="open").exclude(
        slot=work.code
    )
    held = sorted(rows.values_list("starts", "ends"))
    rest = timedelta(minutes=kind.rest)
    for since, until in held:
        if since < ends and until > starts:
            raise Conflict.of(
                "slot",
                _("您已经答应了 %(time)s 那一场，两场时间撞了") % {"time": said(since, until)},
                _("请换一场，或者先退出那一场"),
            )
        if since < ends + rest and until > starts - rest:
            raise Conflict.of(
                "slot",
                _("与 %(time)s 那一场之间休息不够 %(n)s 分钟") % {"time": said(since, until), "n": kind.rest},
                _("请换一场，让自己歇够"),
            )
    most = timedelta(minutes=kind.week)
    if kind.week and _fullest(held, (starts, ends)) > most:
        raise Conflict.of(
            "slot",
            _("七天里最多 %(n)s 小时，加上这一场就超过了") % {"n": round(kind.week / 60, 1)},
            _("请把名额留给别人，或换一周"),
        )


def _left(work: Working, tokens: tuple[str, ...]) -> bool:
    """Whether this command gave her seat there up."""
    rows = (work.it.rows.get(token) for token in tokens)
    return any(row is not None and row.state == "left" for row in rows)


def _fullest(held: list[tuple[datetime, datetime]], new: tuple[datetime, datetime]) -> timedelta:
    """The fullest seven days that contain the new time."""
    times = [*held, new]
    best = timedelta()
    for begin, _ends in times:
        window = begin, begin + WEEK
        if window[0] <= new[0] < window[1]:
            inside = [e - s for s, e in times if window[0] <= s < window[1]]
            best = max(best, sum(inside, timedelta()))
    return best
