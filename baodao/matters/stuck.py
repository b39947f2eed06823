"""What is stuck and between whom: overdue legs, disputes, legs that wait for legs. The
longest first, a page at a time; every condition is a range of an index, so that a page costs the same in a large district."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

import msgspec
from msgspec import Struct

from baodao.kernel.raw import fetch, marks, moment_of
from baodao.kernel.typed import FAR, whole_number
from baodao.ledger.models import Fact
from baodao.orgs.rights import matches
from baodao.orgs.selectors import forest, grants_of, holders, today

from .declare import Procedure
from .models import Leg
from .project import PAUSED, SHARED_LEVEL
from .tallies.selectors import GROUPS
from .versions import version, words_of

Why = Literal["unreported", "late", "caller", "disputed", "waiting"]
WHYS: tuple[Why, ...] = ("unreported", "late", "caller", "disputed", "waiting")
#: Pairs of units are counted over so many of the longest stuck legs; "1000+" is honest, an endless count is not.
CAP = 1000
_HELD = ("waiting", *GROUPS["disputed"])
_QUIET = (PAUSED, "waiting")


class Asked(Struct, frozen=True):
    """What a reader wants to see of an organization and those below ("" = any): why it is stuck, whose leg, who called."""

    org: str
    why: str = ""
    unit: str = ""
    caller: str = ""


class Stuck(Struct, frozen=True):
    """One stuck leg. ``since``: its due that has passed, of a waiting leg the last move of its matter; ``late``: that
    is past; ``on``: organizations for which it waits (the callers, the units before it); ``rulers``: who may rule."""

    number: str
    leg: int
    since: datetime
    why: Why
    state: str
    org: str
    caller: str
    called: datetime
    origin: str
    procedure: str
    kind: str
    words: str
    home: str
    version: tuple[str, str, str]
    late: bool
    on: tuple[str, ...] = ()
    rulers: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Where this row stands in the order: `after` of the next page."""
        return f"{int(self.since.timestamp())}.{self.number}.{self.leg}"


def why_of(state: str) -> Why:
    """Why a leg in this state stands still."""
    if state == "called":
        return "unreported"
    for group in ("disputed", "waiting", "caller"):
        if state in GROUPS[group]:
            return group
    return "late"


# ── which rows ──────────────────────────────────────────────────────────────────────────────────────────


class _Sql:
    """A condition with its values, put together piece by piece."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.values: list[Any] = []

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values.extend(values)

    def among(self, column: str, members: Collection[str], *, but: bool = False) -> None:
        self.add(f"{column} {'NOT IN' if but else 'IN'} ({marks(members)})", *members)


def _branches(asked: Asked, now: datetime) -> list[_Sql]:
    """One condition for each index range that may hold stuck legs."""
    late = _Sql()
    late.add("s.next_at < %s", now)
    match asked.why:
        case "unreported":
            late.add("s.state = %s", "called")
        case "late":
            others = (*_QUIET, "called", *GROUPS["caller"], *GROUPS["disputed"])
            late.among("s.state", others, but=True)
        case "caller":
            late.among("s.state", GROUPS["caller"])
        case _:
            late.among("s.state", _QUIET, but=True)
    held = {"waiting": ("waiting",), "disputed": GROUPS["disputed"], "": _HELD}.get(asked.why, ())
    found = [] if asked.why in ("waiting", "disputed") else [late]
    for state in held:
        one = _Sql()
        one.add("s.state = %s", state)
        found.append(one)
    return found


def _rows(asked: Asked, now: datetime, after: str, limit: int) -> tuple[str, list[Any]]:
    """SQL of (next_at, matter, leg, state) in order."""
    pieces, values = [], []
    day = today()
    # A unit's own rows are fewer than all of the district's.
    inside = asked.unit and asked.org in forest().chain(asked.unit, day)
    scope = asked.unit if inside else asked.org
    for branch in _branches(asked, now):
        branch.add(f"s.scope = %s AND s.level <= {SHARED_LEVEL}", scope)
        if inside:
            branch.add("s.depth = 0")
        elif asked.unit:
            branch.add(_LEG.format("l.org = %s"), asked.unit)
        if asked.caller:
            branch.add(_LEG.format("l.caller = %s"), asked.caller)
        _behind(branch, after)
        pieces.append(
            "SELECT * FROM (SELECT s.next_at, s.matter, s.leg, s.state FROM matters_stake s WHERE "
            f"{' AND '.join(branch.parts)} ORDER BY s.next_at, s.matter, s.leg LIMIT {limit}) one"
        )
        values += branch.values
    # UNION, not UNION ALL: a dispute that is late as well is found twice.
    return f"{' UNION '.join(pieces)} ORDER BY 1, 2, 3 LIMIT {limit}", values


_LEG = "EXISTS (SELECT 1 FROM matters_leg l WHERE l.matter = s.matter AND l.n = s.leg AND {})"


def _behind(branch: _Sql, mark: str) -> None:
    """Rows after a mark; an unreadable mark begins anew."""
    stamp, _dot, rest = mark.partition(".")
    number, _dot, leg = rest.rpartition(".")
    second, n = whole_number(stamp), whole_number(leg)
    if second is not None and n is not None and number and second < FAR and n < 100_000:
        at = datetime.fromtimestamp(second, tz=UTC)
        branch.add(
            "s.next_at >= %s AND (s.next_at > %s OR s.matter > %s OR (s.matter = %s AND s.leg > %s))",
            at, at, number, number, n,
        )  # fmt: skip


_COLUMNS = (
    "r.next_at, r.matter, r.leg, r.state, l.org, l.caller, l.called, m.origin, m.procedure, m.digest, m.pack, m.kind, "
    "m.org, d.shown"
)
_JOINS = (
    "JOIN matters_leg l ON l.matter = r.matter AND l.n = r.leg JOIN matters_matter m ON m.number = r.matter "
    "LEFT JOIN ledger_searchdoc d ON d.subject = 'matter:' || r.matter"
)


def stuck(asked: Asked, now: datetime, lang: str, after: str = "", limit: int = 50) -> list[Stuck]:
    """Stuck legs of level ≤ 1, the longest first. One statement, and one each where something waits for legs or for a
    ruling. The reader was asked for (`tallies.selectors.readable`)."""
    sub, values = _rows(asked, now, after, limit)
    sql = f"SELECT {_COLUMNS} FROM ({sub}) r {_JOINS} ORDER BY r.next_at, r.matter, r.leg"
    return _with_others([_stuck(row, now, lang) for row in fetch(sql, values)])


def called_elsewhere(org: str, now: datetime, lang: str, after: str = "", limit: int = 50) -> list[Stuck]:
    """Overdue legs that an organization called and that lie outside it: the same shape and order. One statement."""
    branch = _Sql()
    branch.add("s.next_at < %s", now)
    _behind(branch, after)
    sub = (
        "SELECT * FROM (SELECT due AS next_at, matter, n AS leg, CASE WHEN cause <> '' THEN %s ELSE state END AS state "
        "FROM matters_leg WHERE caller = %s AND caller > '' AND ended IS NULL AND org <> %s) s WHERE s.state <> %s AND "
        f"{' AND '.join(branch.parts)} AND EXISTS (SELECT 1 FROM matters_matter v WHERE v.number = s.matter "
        f"AND v.org = %s AND v.level <= {SHARED_LEVEL}) ORDER BY s.next_at, s.matter, s.leg LIMIT {limit}"
    )
    sql = f"SELECT {_COLUMNS} FROM ({sub}) r {_JOINS} ORDER BY r.next_at, r.matter, r.leg"
    rows = fetch(sql, [PAUSED, org, org, PAUSED, *branch.values, org])
    return _with_others([_stuck(row, now, lang) for row in rows])


def _stuck(row: Sequence[Any], now: datetime, lang: str) -> Stuck:
    since, number, leg, state, org, caller, called, origin, name, digest, pack, kind, home, shown = row
    title, kinds = spoken(digest, pack, name, lang)
    lines: list[str] = shown.split("\n", 3) if shown else []
    why, at = why_of(state), moment_of(since)
    return Stuck(
        number=number,
        leg=leg,
        since=at,
        why=why,
        state=state,
        org=org,
        caller=caller,
        called=moment_of(called),
        origin=origin,
        procedure=title,
        kind=kinds.get(kind, title),
        words=lines[2] if len(lines) > 2 else "",
        home=home,
        version=(digest, pack, name),
        late=at < now and why != "waiting",
        on=(caller,) if why == "caller" and caller else (),
    )


@lru_cache(maxsize=512)
def spoken(digest: str, pack: str, name: str, lang: str) -> tuple[str, dict[str, str]]:
    """Title of a procedure version, titles of its kinds."""
    procedure: Procedure = words_of(pack, name, version(digest), lang)
    return procedure.title, {kind.name: kind.title for kind in procedure.kinds}


# ── for whom ────────────────────────────────────────────────────────────────────────────────────────────


def _with_others(rows: list[Stuck]) -> list[Stuck]:
    """The same with the units that a waiting leg waits for, and those who may rule on a dispute."""
    before = _before([row for row in rows if row.why == "waiting"])
    rulers = _rulers([row for row in rows if row.why == "disputed"])
    return [
        msgspec.structs.replace(
            row,
            on=before.get((row.number, row.leg), row.on),
            rulers=rulers.get((row.home, row.version, row.state), ()),
        )
        for row in rows
    ]


def _before(rows: Iterable[Stuck]) -> dict[tuple[str, int], tuple[str, ...]]:
    """(matter, leg) → organizations of the legs that must end first and have not. Two statements, none for nothing."""
    wanted = {row.number for row in rows}
    if not wanted:
        return {}
    subjects = [f"matter:{number}" for number in wanted]
    named = Fact.objects.filter(subject__in=subjects, kind="matter.leg_called").values_list(
        "subject", "about", "data"
    )
    open_ = {
        (matter, n): org
        for matter, n, org in Leg.objects.filter(matter__in=wanted, ended__isnull=True).values_list(
            "matter", "n", "org"
        )
    }
    found = {}
    for subject, about, data in named:
        number, leg = subject.partition(":")[2], int(about.rpartition(":")[2] or 0)
        after = msgspec.json.decode(data).get("after", ()) if data else ()
        found[number, leg] = tuple(dict.fromkeys(open_[number, n] for n in after if (number, n) in open_))
    return found


Disputed = tuple[str, tuple[str, str, str], str]


def _rulers(rows: Iterable[Stuck]) -> dict[Disputed, tuple[str, ...]]:
    """(home, version, state) → titles of the nearest posts that may rule there now. One statement, none for nothing."""
    wanted = {(row.home, row.version, row.state) for row in rows}
    if not wanted:
        return {}
    trees, day = forest(), today()
    chains = {home: trees.chain(home, day) for home, _version, _state in wanted}
    held: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for post in holders(sorted({org for chain in chains.values() for org in chain}), day):
        rights = tuple(grant.right for grant in grants_of(post.code, post.org_id, post.kind, day))
        held.setdefault(post.org_id, []).append((post.title, rights))
    found = {}
    for home, held_version, state in wanted:
        names = version(held_version[0]).rights_from(state)
        nearest = (
            [
                title
                for title, rights in held.get(org, ())
                if any(matches(r, name) for r in rights for name in names)
            ]
            for org in chains[home]
        )
        found[home, held_version, state] = tuple(dict.fromkeys(next((one for one in nearest if one), [])))
    return found


# ── between whom ──────────────────────────────────────────────────────────────────────────


class Pair(Struct, frozen=True):
    """Two units between which legs are stuck: how many, and since when the longest."""

    unit: str
    caller: str
    n: int
    since: datetime


def pairs(asked: Asked, now: datetime, most: int = 12) -> tuple[list[Pair], bool]:
    """The pairs with the most stuck legs among the longest stuck, and whether there are more than were counted. One
    statement."""
    sub, values = _rows(msgspec.structs.replace(asked, unit="", caller=""), now, "", CAP + 1)
    sql = (
        f"SELECT l.org, l.caller, count(*), min(r.next_at) FROM ({sub}) r "
        "JOIN matters_leg l ON l.matter = r.matter AND l.n = r.leg GROUP BY l.org, l.caller ORDER BY 3 DESC, 4, 1, 2"
    )
    found = [Pair(unit, caller, n, moment_of(since)) for unit, caller, n, since in fetch(sql, values)]
    return found[:most], sum(pair.n for pair in found) > CAP
