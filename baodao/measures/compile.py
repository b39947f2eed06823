"""A declaration as SQL: one statement that reads facts of one kind and gives counts, never a loop over facts.

    picked   the effective facts of this kind, origin and period at a position
    read     each with 0 or 1 for denominator, numerator, exclusion and what stands beside
    placed   each under every organization above it, by the dated closure

The statements take named parameters; names of fields come from the checked declaration only, words as parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from baodao.ledger.registry import kind_named

from .declare import Condition, Measure
from .dialect import Dialect, rounded
from .lawful import CONFIDENTIAL, RATES
from .shapes import shape

EXCLUDED = "matter.excluded"


class Query(msgspec.Struct):
    """Named parameters of one statement, and its text."""

    params: dict[str, Any] = {}
    sql: str = ""

    def bind(self, value: Any) -> str:
        """A place for a value."""
        name = f"v{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"


class Slice(msgspec.Struct, frozen=True):
    """What part of the ledger is read: [start, end), one origin, up to a position; organizations under `org`."""

    org: str
    start: datetime
    end: datetime
    origin: str
    position: int
    today: date
    zone: str
    group: str = ""
    alone: bool = False
    """Only `org` itself is a group, not those below it."""


def hours(measure: Measure) -> bool:
    """Whether seconds decide: facts that know only their day take no part."""
    where = [*measure.where, *measure.denominator.where]
    where += measure.numerator.where if measure.numerator else ()
    timed = any(condition.until for condition in where)
    return timed or (measure.kind == "percentile" and kind_named(measure.fact).unit == "second")


def counts(measure: Measure, part: Slice, words: Dialect) -> Query:
    """Rows (scope, restricted, group, value, n, num, den, exc, coarse, beside…): sums of equal ones."""
    query = _placed(measure, part, words)
    beside = "".join(f", SUM(b{n})" for n in range(len(measure.beside)))
    query.sql += (
        " SELECT scope, restricted, grp, v, COUNT(*), SUM(num), SUM(den), SUM(exc), SUM(coarse)"
        f"{beside} FROM placed GROUP BY scope, restricted, grp, v"
    )
    return query


def lines(
    measure: Measure, part: Slice, words: Dialect, *, level: int, which: str, before: int, limit: int
) -> Query:
    """Single facts under `part.org`, newest first: (id, subject, org, happened, num, den, exc, v). ``level``: the
    highest that is listed, of the fact and of its matter today; ``which``: den, num, missed, exc or a beside."""
    query = _placed(measure, part, words)
    chosen = {"den": "den = 1", "num": "num = 1", "missed": "den = 1 AND num = 0", "exc": "exc = 1"}
    for n, name in enumerate(measure.beside):
        chosen[f"beside.{name}"] = f"b{n} = 1"
    open_ = _open(query, level)
    query.sql += (
        f" SELECT p.id, p.subject, p.org, p.happened, p.num, p.den, p.exc, p.v FROM placed p WHERE {chosen[which]}"
        f" AND {open_} AND p.id < {query.bind(before)} ORDER BY p.id DESC LIMIT {query.bind(limit)}"
    )
    return query


def export(measure: Measure, part: Slice, words: Dialect, *, level: int, limit: int) -> Query:
    """What a number was made of: (id, subject, org, happened, num, den, exc, v), one row a fact; those that may not
    be listed come without the first four."""
    query = _placed(measure, part, words)
    open_ = _open(query, level)
    shown = ", ".join(
        f"CASE WHEN {open_} THEN {column} END" for column in ("p.id", "p.subject", "p.org", "p.happened")
    )
    query.sql += (
        f" SELECT {shown}, p.num, p.den, p.exc, p.v, p.restricted FROM placed p WHERE den = 1 OR exc = 1 OR num = 1"
        f" ORDER BY 1, p.num, p.den, p.exc, p.v LIMIT {query.bind(limit)}"
    )
    return query


def _open(query: Query, level: int) -> str:
    top = query.bind(level)
    return (
        f"(p.level <= {top} AND NOT EXISTS (SELECT 1 FROM matters_matter m "
        f"WHERE 'matter:' || m.number = p.subject AND m.level > {top}))"
    )


def _placed(measure: Measure, part: Slice, words: Dialect) -> Query:
    query = Query({"zone": part.zone, "pos": part.position})
    query.sql = (
        f"WITH {_voided()}, {_ruled(query, words)}, picked AS MATERIALIZED ({_picked(measure, part, words, query)}), "
        f"flags AS ({_flags(measure, part, words, query)}), "
        f"placed AS MATERIALIZED ({_under(measure, part, words, query)})"
    )
    return query


def _voided() -> str:
    # A voiding that was itself voided undoes nothing.
    return (
        "voided AS MATERIALIZED (SELECT h.voids AS id FROM ledger_fact h WHERE h.voids IS NOT NULL AND h.id <= %(pos)s "
        "AND NOT EXISTS (SELECT 1 FROM ledger_fact k WHERE k.voids = h.id AND k.id <= %(pos)s))"
    )


def _effective(row: str) -> str:
    # What was settled three times is superseded twice: the first is not taken up again, unless a correction was voided.
    return (
        f"{row}.id <= %(pos)s AND {row}.id NOT IN (SELECT id FROM voided) AND NOT EXISTS (SELECT 1 FROM ledger_fact g "
        f"WHERE g.supersedes = {row}.id AND g.id <= %(pos)s AND g.id NOT IN (SELECT id FROM voided))"
    )


def _ruled(query: Query, words: Dialect) -> str:
    """Rounds that were taken out by a ruling."""
    return (
        f"ruled AS MATERIALIZED (SELECT DISTINCT f.subject AS subject, {words.number('round')} AS round "
        f"FROM (SELECT f.subject, {words.json} AS j FROM ledger_fact f "
        f"WHERE f.kind = {query.bind(EXCLUDED)} AND {_effective('f')}) f)"
    )


def _picked(measure: Measure, part: Slice, words: Dialect, query: Query) -> str:
    return (
        f"SELECT f.id, f.subject, f.org, f.happened, f.precision, f.level, f.value, {words.json} AS j FROM ledger_fact f "
        f"WHERE f.kind = {query.bind(measure.fact)} AND f.origin = {query.bind(part.origin)} "
        f"AND f.happened >= {query.bind(_moment(part.start, words))} "
        f"AND f.happened < {query.bind(_moment(part.end, words))} AND {_effective('f')}{_named_only(measure)}"
    )


def _named_only(measure: Measure) -> str:
    """Facts of matters that only named readers know are an input of nothing, not even of a count."""
    return "" if measure.fact in CONFIDENTIAL else " AND f.level < 3"


def _moment(at: datetime, words: Dialect) -> Any:
    # SQLite keeps naive UTC as text.
    return at if words.json != "f.data" else at.replace(tzinfo=None).isoformat(sep=" ")


def _flags(measure: Measure, part: Slice, words: Dialect, query: Query) -> str:
    """Each fact with its flags. A share's numerator lies within its denominator; a ratio's stands by itself."""
    ruled = "0"
    if shape(measure.fact, "round") is not None and measure.fact != EXCLUDED and not measure.volume:
        ruled = (
            f"CASE WHEN EXISTS (SELECT 1 FROM ruled e WHERE e.subject = f.subject AND e.round = {words.number('round')}) "
            "THEN 1 ELSE 0 END"
        )
    coarse = "CASE WHEN f.precision = 'day' THEN 1 ELSE 0 END" if hours(measure) else "0"
    value, join = _value(measure, part, words)
    inner = [
        f"{ruled} AS out1",
        f"{coarse} AS day1",
        f"{_flag(measure.denominator.where, words, query, _summed(measure, words))} AS d",
    ]
    inner.append(f"{_flag(measure.numerator.where if measure.numerator else (), words, query)} AS n")
    inner += [f"{_flag(one.where, words, query)} AS b{n}" for n, one in enumerate(measure.beside.values())]
    source = (
        f"SELECT f.id, f.subject, {_whose(measure, words)} AS org, f.happened, f.level, f.value, f.j, {', '.join(inner)} FROM picked f "
        f"WHERE {_all(measure.where, words, query)}"
    )
    numerator = "0"
    if measure.kind in RATES:
        numerator = "f.n" if measure.kind == "ratio" else "f.n * f.d"
    counted = "(1 - f.out1) * (1 - f.day1)"
    flags = [f"f.d * {counted} AS den", f"{numerator} * {counted} AS num", "f.d * f.out1 AS exc"]
    flags += ["f.d * (1 - f.out1) * f.day1 AS coarse"]
    flags += [f"f.b{n} * (1 - f.out1) AS b{n}" for n in range(len(measure.beside))]
    return (
        f"SELECT f.id, f.subject, f.org, f.happened, f.level, CASE WHEN f.level >= 2 THEN 1 ELSE 0 END AS restricted, "
        f"{_group(part, words)} AS grp, {value} AS v, {', '.join(flags)} FROM ({source}) f {join}"
    )


def _value(measure: Measure, part: Slice, words: Dialect) -> tuple[str, str]:
    """(expression, join) of what is averaged or ranged. By holder: the seconds of each organization that had it."""
    if not measure.value:
        return "CAST(NULL AS bigint)", ""
    if part.group == "holder":
        seconds = "CAST(SUM(CAST(h.value AS bigint)) AS bigint)"
        share = f"SELECT f.id AS fact, COALESCE(p.org, h.key) AS holder, {rounded(seconds)} AS seconds FROM picked f "
        share += f"{words.entries('held')} LEFT JOIN orgs_post p ON p.code = h.key GROUP BY f.id, COALESCE(p.org, h.key)"
        return "q.seconds", f"JOIN ({share}) q ON q.fact = f.id"
    if measure.kind == "sum":
        return _number(measure, words), ""
    return words.number(measure.value), ""


def _number(measure: Measure, words: Dialect) -> str:
    """What a sum adds up; NULL in a row that has none."""
    return "f.value" if measure.value == "value" else words.whole(measure.value)


def _summed(measure: Measure, words: Dialect) -> str:
    return f" AND {_number(measure, words)} IS NOT NULL" if measure.kind == "sum" else ""


def _whose(measure: Measure, words: Dialect) -> str:
    return words.text("caller") if measure.of == "caller" else "f.org"


def _group(part: Slice, words: Dialect) -> str:
    if part.group == "holder":
        return "q.holder"
    if part.group == "month":
        return words.month("f.happened")
    return f"COALESCE({words.text(part.group)}, '')" if part.group else "''"


def _under(measure: Measure, part: Slice, words: Dialect, query: Query) -> str:
    """By `then` the trees of the fact's own local day rule, by `now` those of today."""
    day = words.day("r.happened") if measure.by == "then" else query.bind(part.today.isoformat())
    if measure.by == "now" and words.json != "f.data":
        day = f"{day}::date"
    root = query.bind(part.org)
    columns = "c.ancestor AS scope, r.*"
    above = f"JOIN orgs_orgclosure c ON c.descendant = r.org AND {_covers('c')}"
    rows = f"(SELECT r.*, {day} AS day FROM flags r)"
    if part.alone:
        return f"SELECT {columns} FROM {rows} r {above} AND c.ancestor = {root}"
    inside = f"JOIN orgs_orgclosure s ON s.descendant = c.ancestor AND s.ancestor = {root} AND {_covers('s')}"
    return f"SELECT {columns} FROM {rows} r {above} {inside}"


def _covers(row: str) -> str:
    return f"{row}.since <= r.day AND ({row}.until IS NULL OR {row}.until > r.day)"


def _flag(where: Iterable[Condition], words: Dialect, query: Query, more: str = "") -> str:
    return f"CASE WHEN {_all(where, words, query)}{more} THEN 1 ELSE 0 END"


def _all(where: Iterable[Condition], words: Dialect, query: Query) -> str:
    told = [one for condition in where for one in _conditions(condition, words, query)]
    return " AND ".join(told) or "1 = 1"


def _conditions(condition: Condition, words: Dialect, query: Query) -> list[str]:
    path, told = condition.field, []
    text = words.text(path)
    if condition.is_:
        told.append(f"{text} IN ({', '.join(query.bind(word) for word in condition.is_)})")
    if condition.not_:
        told.append(f"COALESCE({text}, '') NOT IN ({', '.join(query.bind(word) for word in condition.not_)})")
    if condition.yes is not None:
        told.append(f"{words.truth(path)} = {int(condition.yes)}")
    if condition.given is not None:
        told.append(f"{text} IS {'NOT ' if condition.given else ''}NULL")
    if condition.least is not None:
        told.append(f"{words.number(path)} >= {query.bind(condition.least)}")
    if condition.most is not None:
        told.append(f"{words.number(path)} <= {query.bind(condition.most)}")
    if condition.until:
        told.append(f"{words.number(path)} <= {words.epoch(condition.until)} - {words.began()}")
    return told
