"""The record's form: what was typed as an Evening, and back. Nothing is lost on an error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.gather.models import Slot
from baodao.kernel.errors import Invalid
from baodao.kernel.typed import day_typed, hour_typed, whole_number
from baodao.orgs import selectors as orgs
from baodao.people.selectors import tokens_for

from . import selectors, sides
from .evening import Evening, Line, asks_all
from .told import DOMAIN

#: What the form says of members on the roll who were not asked to a committee's meeting.
SPARED = "spared"
#: An evening as most are held; the secretary changes it where hers differs.
BEGINS, LASTS = time(19, 30), timedelta(minutes=90)


class Typed(Struct):
    """The form as it stands: texts by field, ticks by list, a member's state and reason by token."""

    texts: dict[str, str]
    kinds: list[str]
    items: list[str]
    meets: list[str]
    with_orgs: list[str]
    status: dict[str, str]
    reason: dict[str, str]
    kept: list[str]

    def get(self, name: str, default: str = "") -> str:
        """A text."""
        return self.texts.get(name, default)


FIELDS = ("day", "starts", "ends", "where", "heads", "minutes", "inner", "decisions", "agenda", "why", "slot")


def read(request: HttpRequest) -> Typed:
    """What came with the form."""
    post = request.POST
    texts = {name: str(post.get(name, ""))[:25_000] for name in FIELDS}

    def ticked(name: str) -> list[str]:
        return [value[:120] for value in post.getlist(name)[:100]]

    def by_token(prefix: str) -> dict[str, str]:
        found = {k[len(prefix) :]: str(v)[:200] for k, v in post.items() if k.startswith(prefix)}
        return dict(list(found.items())[:2000])

    return Typed(
        texts,
        ticked("kinds"),
        ticked("items"),
        ticked("meets"),
        ticked("with_orgs"),
        by_token("s-"),
        by_token("r-"),
        [],
    )


def fresh(org: str, now: datetime, *, plan: bool = False) -> Typed:
    """A new form: the usual hours of today, or what has just ended before them; the place of the last evening."""
    local = timezone.localtime(now).replace(tzinfo=None)
    usual = datetime.combine(local.date(), BEGINS)
    ends = usual + LASTS
    if not plan and local < ends:
        ends = local.replace(minute=local.minute // 5 * 5, second=0, microsecond=0)
        if ends - LASTS < datetime.combine(local.date(), time()):
            ends = usual - timedelta(days=1) + LASTS
    starts = ends - LASTS
    texts = dict.fromkeys(FIELDS, "") | {
        "day": starts.date().isoformat(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}",
        "where": selectors.last_place(org), "heads": "0",
    }  # fmt: skip
    return Typed(texts, [], [], [], [], {}, {}, [])


def spare(org: str, typed: Typed, roll: Iterable[str], day: date) -> None:
    """Of a meeting that does not ask the whole roll, whoever holds no post of the branch was not asked, unless something is told of her.
    Three statements for such a meeting, else none."""
    if asks_all(selectors.kinds_at(org, day), typed.kinds):
        return
    persons = {post.person for post in orgs.holders([org], day) if post.person}
    asked = set(tokens_for(sorted(persons), DOMAIN).values())
    if asked:
        typed.status |= {token: SPARED for token in roll if token not in asked and token not in typed.status}


def from_slot(slot: Slot) -> Typed:
    """From a planned evening: all that was announced stands there already, and who said that it holds it too."""
    starts, ends = timezone.localtime(slot.starts), timezone.localtime(slot.ends)
    traits = [one for one in slot.traits.split(",") if one]
    kinds = [slot.kind, *(t[5:] for t in traits if t.startswith("kind:") and t[5:] != slot.kind)]
    texts = dict.fromkeys(FIELDS, "") | {
        "day": starts.date().isoformat(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "where": slot.where,
        "heads": "0", "agenda": slot.notes, "slot": slot.code,
    }  # fmt: skip
    return Typed(
        texts,
        kinds,
        [t[5:] for t in traits if t.startswith("item:")],
        [],
        sides.joined(slot.code),
        {},
        {},
        [],
    )


def from_told(one: selectors.Told, presence: Mapping[str, tuple[str, bool]], why: Mapping[str, str]) -> Typed:
    """From a record that is to be corrected."""
    starts, ends = timezone.localtime(one.starts), timezone.localtime(one.ends)
    texts = dict.fromkeys(FIELDS, "") | {
        "day": starts.date().isoformat(), "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}", "where": one.where,
        "heads": str(one.heads), "minutes": one.minutes, "inner": one.inner, "decisions": "\n".join(one.decisions),
        "slot": one.code,
    }  # fmt: skip
    status = {token: told for token, (told, _disputed) in presence.items()}
    return Typed(
        texts,
        list(one.kinds),
        list(one.items),
        list(one.meets),
        list(one.with_orgs),
        status,
        dict(why),
        list(one.papers),
    )


def evening(org: str, typed: Typed, roll: list[str]) -> Evening:
    """The form as the verb wants it. Raises Invalid for a day, an hour or a number that is none."""
    starts, ends = span(typed)
    known = selectors.kinds_at(org, timezone.localdate(starts))
    kinds = tuple(name for name in known if name in typed.kinds)
    return Evening(
        org=org, kinds=kinds or tuple(typed.kinds), starts=starts, ends=ends,
        items=tuple(item for item in typed.items if item.partition(".")[0] in typed.kinds),
        where=typed.get("where").strip(), heads=_number(typed.get("heads")),
        lines=tuple(
            Line(t, status, typed.reason.get(t, "").strip()) for t in roll if (status := typed.status.get(t, "present")) != SPARED
        ),
        spared=tuple(t for t in roll if typed.status.get(t) == SPARED),
        minutes=typed.get("minutes").strip(), inner=typed.get("inner").strip(),
        decisions=tuple(line.strip() for line in typed.get("decisions").splitlines() if line.strip()),
        meets=tuple(typed.meets), with_orgs=tuple(typed.with_orgs), papers=tuple(typed.kept), slot=typed.get("slot")[:40],
    )  # fmt: skip


def span(typed: Typed) -> tuple[datetime, datetime]:
    """Beginning and end, UTC; past midnight when the end comes before the beginning. Raises Invalid."""
    day = day_typed(typed.get("day"), "day")
    starts, ends = hour_typed(typed.get("starts"), "starts"), hour_typed(typed.get("ends"), "ends")
    zone = timezone.get_current_timezone()
    first, last = datetime.combine(day, starts, zone), datetime.combine(day, ends, zone)
    if last <= first:
        last += timedelta(days=1)
    return first.astimezone(UTC), last.astimezone(UTC)


def _number(text: str) -> int:
    if (number := whole_number(text.strip() or "0")) is None:
        raise Invalid.of("heads", _("人数不对"), _("请填 0 或更大的整数"))
    return number
