"""Staff lists follow the trees of the day: rows of `stake` for the organizations above a leg are drawn anew when an
organization moved, began or ended, at once or on the day for which that was planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from msgspec import Struct

from baodao.kernel import epochs
from baodao.kernel.act import Act, Subject, system_act
from baodao.kernel.beats import register_beat
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import newer_than, position
from baodao.matters.models import Matter, Stake, TreeMark
from baodao.matters.project import spread
from baodao.matters.tallies.caches import count as count_place
from baodao.matters.tallies.caches import every_day, place_of
from baodao.orgs.selectors import forest
from baodao.orgs.tree import Forest

#: Facts after which a place in the trees may be another one today.
KINDS = ("org.created", "org.moved", "org.ended", "ledger.voided")
#: Legs of one command.
STEP = 300
#: The mark is moved on over so many facts that do not matter here, so that an idle look stays short.
FAR = 2000
_COLUMNS = (
    "scope", "depth", "holder", "seat", "matter", "leg", "kind", "state", "next_at", "level", "caller",
)  # fmt: skip
Row = Mapping[str, Any]


def redrawn(rows: Sequence[Row], trees: Forest, day: date) -> list[dict[str, Any]]:
    """What `stake_rows` would say of one open leg by these trees, drawn from the rows that are there."""
    base = next((dict(row) for row in rows if row["depth"] == 0), None)
    asks = next((dict(row) for row in rows if row["caller"] and row["depth"] > 0), None)
    chain = trees.over(base["scope"], day) if base is not None else ()
    return spread(base, asks, chain, lambda org: trees.heir(org, day))


class Redrawn(Struct, frozen=True):
    """What a command did: how many legs changed, the places whose counts may have, where to go on ("" : done)."""

    legs: int
    places: list[str]
    after: str


@verb("matter.restake")
def restake(tx: Tx, by: Act, *, org: str, after: str = "") -> Redrawn:
    """Draw the rows of the next open legs that an organization has or waits for anew. Asks `matter.restake`, the system's right. Writes no
    fact: where something lies follows from the trees."""
    tx.ask("matter.restake", Subject(ref=f"org:{org}", org=org))
    keys = _keys(org, after)
    numbers = sorted({number for number, _leg in keys})
    places = _locked(numbers)
    held: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in Stake.objects.filter(matter__in=numbers).values(*_COLUMNS):
        held.setdefault((row["matter"], row["leg"]), []).append(row)
    trees, day = forest(), timezone.localdate(by.noted)
    changed = set()
    for number, leg in keys:
        rows = held.get((number, leg), [])
        if not any(row["scope"] == org and (row["depth"] == 0 or row["caller"]) for row in rows):
            continue  # it went elsewhere meanwhile
        if _draw(tx, rows, redrawn(rows, trees, day)):
            changed.add((number, leg))
    last = f"{keys[-1][0]}/{keys[-1][1]}" if len(keys) == STEP else ""
    # Counted again even where nothing changed: a process that died between writing and counting comes here once more.
    return Redrawn(len(changed), sorted(set(places.values())), last)


def _keys(org: str, after: str) -> list[tuple[str, int]]:
    number, _slash, leg = after.rpartition("/")
    mine = Stake.objects.filter(Q(depth=0) | Q(caller=True), scope=org)
    rows = mine.order_by("matter", "leg").values_list("matter", "leg")
    if not number:
        return list(rows[:STEP])
    same = rows.filter(matter=number, leg__gt=int(leg))
    return [*same[:STEP], *rows.filter(matter__gt=number)[:STEP]][:STEP]


def _locked(numbers: Sequence[str]) -> dict[str, str]:
    """Number → the place where it is counted; nobody moves these matters until commit."""
    rows = Matter.objects.filter(number__in=numbers).order_by("number")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update()
    return {number: place_of(place, org) for number, place, org in rows.values_list("number", "place", "org")}


def _draw(tx: Tx, before: Sequence[Row], after: Sequence[Row]) -> bool:
    had = {row["scope"]: row for row in before}
    now = {row["scope"]: row for row in after}
    gone = sorted(set(had) - set(now))
    fresh = [row for scope, row in now.items() if had.get(scope) != row]
    if gone:
        tx.delete(Stake, matter=before[0]["matter"], leg=before[0]["leg"], scope=gone)
    for row in fresh:
        tx.upsert(Stake, ("matter", "leg", "scope"), **row)
    return bool(gone or fresh)


# ── when ────────────────────────────────────────────────────────────────────────────────────────────────


def run(now: datetime) -> int:
    """The worker's beat: after a change of the trees, and when a day has come for which one was planned, draw anew what it
    touches. Idle it costs two statements. Safe to kill: the mark moves on last."""
    at, day = now.replace(microsecond=0), timezone.localdate(now)
    mark = TreeMark.objects.filter(name="stake").first()
    seen, end = (mark.position, mark.day) if mark else (0, day), position()
    if mark is not None and end == mark.position and mark.day >= day:
        return 0
    told = newer_than(seen[0], KINDS, limit=5000)
    codes = {fact.org for fact in told if fact.subject.startswith("org:")}
    until = told[-1].id if len(told) == 5000 else end
    done = 0
    if codes or seen[1] < day:
        epochs.refresh(0)
        trees = forest()
        touched = {below for code in codes for below in (code, *trees.below(code, day))}
        touched |= trees.turning(seen[1], day)
        done = sum(_redraw(org, at, until, day) for org in _with_work(touched))
        if Matter.objects.filter(org__in=touched).exclude(reporter="").exists():
            with transaction.atomic():
                every_day()
    if mark is None or codes or seen[1] < day or until > seen[0] + FAR:
        _note(until, day)
    return done


def _with_work(codes: set[str]) -> list[str]:
    """Of these organizations those that have an open leg or wait for one."""
    found, wanted = [], sorted(codes)
    for start in range(0, len(wanted), 500):
        rows = Stake.objects.filter(Q(depth=0) | Q(caller=True), scope__in=wanted[start : start + 500])
        found += list(rows.order_by("scope").values_list("scope", flat=True).distinct())
    return found


def _redraw(org: str, at: datetime, until: int, day: date) -> int:
    after, legs = "", 0
    while True:
        key = f"restake-{org}-{day}-{until}-{after}"
        done = restake(system_act(at, key), org=org, after=after)
        for place in done.places:
            with transaction.atomic():
                count_place(place)
        legs, after = legs + done.legs, done.after
        if not after:
            return legs


def _note(until: int, day: date) -> None:
    TreeMark.objects.update_or_create(name="stake", defaults={"position": until, "day": day})


register_beat("matters.trees", run, every=5.0)
