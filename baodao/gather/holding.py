"""What was: presence with its minutes, and the one fact that dues and measures read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django.utils import timezone

from baodao.dues import services as dues
from baodao.dues.ports import Met, register_source
from baodao.kernel.verbs import Pending
from baodao.ledger.models import Fact
from baodao.ledger.selectors import Recorded
from baodao.people.selectors import same_person

from . import facts
from .credits import Time, day_of
from .credits import minutes as minutes_of
from .fold import STATUSES, moment, span_of
from .models import Seat

if TYPE_CHECKING:
    from .working import Working

#: Of dues in facts.Held: the requirement alone, or with whose it is.
MARK = "/"


def close(
    work: Working,
    statuses: Mapping[str, str],
    how: str,
    *,
    given: Mapping[str, int],
    meets: tuple[str, ...],
    same: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Tell the presence of rows that are there; those told just so before are left out."""
    kind = work.kind
    rows = work.seats(statuses)
    fresh = {
        t: s for t, s in statuses.items()
        if (rows[t].status, rows[t].how) != (s, how) or t in given or rows[t].disputed
    }  # fmt: skip
    elsewhere = _credited(work, list(fresh), same) if kind.credits or given or meets else {}
    day = day_of(work.it.starts)
    earlier = told_before(work.code, [t for t in fresh if rows[t].status])
    for token, status in fresh.items():
        row = rows[token]
        counts = status in kind.counts
        most = minutes_of((row.starts, row.ends), elsewhere.get(token, ()), kind.longest) if counts else 0
        value = min(most, given[token]) if token in given else most
        value = value if kind.credits or meets else 0
        data = facts.Attended(
            status=status, how=how, meets=meets, day=day.isoformat() if meets else ""  # type: ignore[arg-type]
        )  # fmt: skip
        work.tell(data, person=token, value=value, supersedes=earlier.get(token))
        mets = _of_person(meets, token, day, work.code, value)
        if token in earlier:
            dues.renote(work.tx, f"gather:{work.code}/{token}", mets)
        else:
            dues.note(work.tx, mets)


def told_before(code: str, tokens: Iterable[str]) -> dict[str, int]:
    """token → id of the fact that tells her presence so far. One statement."""
    wanted = list(tokens)
    if not wanted:
        return {}
    rows = Fact.objects.filter(subject=f"gather:{code}", kind="gather.attended", person__in=wanted)
    return dict(rows.order_by("id").values_list("person", "id"))


def _credited(
    work: Working, tokens: list[str], same: Mapping[str, Sequence[str]] | None
) -> dict[str, list[tuple[Time, int]]]:
    """token → times of hers near this slot with the minutes credited for them, in both domains. At most two statements."""
    if not tokens:
        return {}
    persons = same or same_person(tokens)
    day = timezone.localtime(work.it.starts).replace(hour=0, minute=0, second=0)
    rows = Seat.objects.filter(
        token__in={t for found in persons.values() for t in found}, minutes__gt=0, ends__gt=day, starts__lt=work.it.ends
    ).exclude(slot=work.code)  # fmt: skip
    held: dict[str, list[tuple[Time, int]]] = {}
    for token, starts, ends, minutes in rows.values_list("token", "starts", "ends", "minutes"):
        held.setdefault(token, []).append(((starts, ends), minutes))
    return {token: [one for t in persons[token] for one in held.get(t, ())] for token in tokens}


def held(
    work: Working,
    *,
    heads: int,
    traits: tuple[str, ...],
    meets: tuple[str, ...],
    exact: bool = False,
    but: Collection[str] = (),
    **more: Any,
) -> Pending:
    """Tell that it took place, with counts from the rows, and note the dues that it meets."""
    if work.it.state == "called_off":
        work.must_be_open()
    kind, it = work.kind, work.it
    rows_ = [row for token, row in work.all().items() if row.state == "seat" and token not in but]
    counted = Counter(row.status for row in rows_ if row.status)
    before = None
    if it.state == "held":
        rows = Fact.objects.filter(subject=f"gather:{work.code}", kind="gather.held")
        before = rows.order_by("-id").values_list("id", flat=True).first()
    texts = more.pop("texts")
    data = facts.Held(
        kind=it.kind, form=it.form, span=span_of(it.starts, it.ends), heads=heads, meets=meets,
        traits=tuple(sorted(set(traits) if exact else {*traits, *kind.traits, *it.traits})),
        **cast(Any, {status: counted[status] for status in STATUSES}), **more,
    )  # fmt: skip
    value = heads + sum(counted[status] for status in kind.counts)
    pending = work.tell(data, value=value, texts=texts, supersedes=before)
    mets = mets_of(data, it.org, work.code)
    if before is None:
        dues.note(work.tx, mets)
    else:
        dues.renote(work.tx, f"gather:{work.code}", mets)
    return pending


def mets_of(data: facts.Held, org: str, code: str) -> list[Met]:
    """The dues that one evening met."""
    day = day_of(moment(data.span.starts))
    found = []
    for one in data.meets:
        requirement, _mark, subject = one.partition(MARK)
        found.append(
            Met(requirement, subject or f"org:{org}", day, f"gather:{code}", made_up=one in data.late)
        )
    return found


def _of_person(meets: tuple[str, ...], token: str, day: date, code: str, minutes: int) -> list[Met]:
    ref = f"gather:{code}/{token}"
    return [Met(one, f"member:{token}", day, ref, amount=minutes) for one in meets if minutes > 0]


def _read_held(fact: Recorded) -> list[Met]:
    return mets_of(fact.data, fact.org, fact.subject.partition(":")[2])


def _read_attended(fact: Recorded) -> list[Met]:
    code, data = fact.subject.partition(":")[2], fact.data
    return (
        _of_person(data.meets, fact.person, date.fromisoformat(data.day), code, fact.value or 0)
        if data.meets
        else []
    )


register_source("gather.held", _read_held)
register_source("gather.attended", _read_attended)
