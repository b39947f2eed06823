"""Search over `search_doc`: one index of bigram tokens on each database, hits re-checked by substring.

The newest come first, whatever number of texts has the word: the index also holds the day of each text, its sixteen days and its 256 days,
so that one statement asks it for the last days first and for what lies before them only while a page is not full. Whoever sees few
organizations has their marks asked together with the words. What may be seen is decided by the caller's condition (`visible_to`), in the
same statement. The shells only ask here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.text import contains, fold, fts5_query, query_terms, tsquery

from .models import SearchDoc

LONGEST_QUERY = 80
#: More organizations than these are not asked for by their marks: the condition of the caller sorts them out. Each mark is a list of its own
#: that the index opens anew for every stretch of time; among open ones, of which there are few, sorting out costs less than a dozen lists.
FEW, FEW_OPEN = 64, 8
#: Tokens that cannot be typed: the tokenizers of both databases keep signs for private use, `kernel.text` never makes any. `naming` has a fifth.
_ORG, _DASH, _STATE, _TIME = "\ue000", "\ue001", "\ue002", "\ue003"
#: Seconds of a day, days of a block, and how many of the largest blocks are asked one after the other.
_DAY, _BLOCK, _BLOCKS = 86_400, 16, 8
_ODD = re.compile(r"[^0-9a-z]")
#: What PostgreSQL's index holds; migration 0003 says the same.
VECTOR = "array_to_tsvector(string_to_array(btrim(words || ' ' || scopes), ' '))"
_ALL = 1_000_000_000


class Doc(NamedTuple):
    """A found row: subject, the text that was searched, "open" or "ended", its place in the order (seconds since 1970)."""

    subject: str
    shown: str
    state: str
    sort: int


def marks(orgs: Iterable[str], state: str, sort: int) -> str:
    """What `search_doc.scopes` holds: the state, the time, and the organizations that have to do with the subject."""
    day = sort // _DAY
    times = [_time("d", day), _time("c", day // _BLOCK), _time("b", day // _BLOCK**2)]
    return " ".join([_STATE + state, *times, *(_mark(org) for org in sorted(set(orgs)))])


def _time(kind: str, n: int) -> str:
    return f"{_TIME}{kind}{n}".replace("-", "m")  # a sign for the day before 1970


def _mark(org: str) -> str:
    return _ORG + _ODD.sub(_DASH, org.lower())


def find(
    query: str,
    kind: str,
    visible: QuerySet[SearchDoc],
    *,
    orgs: Collection[str] | None = None,
    state: str = "",
    before: tuple[int, str] | None = None,
    most: int = 50,
) -> list[Doc]:
    """The newest rows of a kind that hold all words of the query: `most` and one more where there are. ``visible``: the
    rows that the reader may see; ``orgs``: the only organizations whose rows these can be, None for many; ``before``:
    (sort, subject) of the last one seen. Invalid for a query of signs only or one longer than 80 characters. Two
    statements; further ones only where tokens propose what is no hit."""
    check_query(query)
    among = {"kind": kind, "state": state} if state else {"kind": kind}
    also = [[_STATE + state]] if state else []
    if orgs is not None and len(orgs) <= (FEW_OPEN if state == "open" else FEW):
        also.append([_mark(org) for org in sorted(orgs)])
    first, last = _span(among)
    found: list[Doc] = []
    if first is None or last is None or not all(also):
        return found
    top = last if before is None else before[0]
    for size in (most + 1, 8 * most, 64 * most):
        rows = visible.filter(**among)
        if before is not None:
            rows = rows.filter(Q(sort__lte=before[0]) & (Q(sort__lt=before[0]) | Q(subject__gt=before[1])))
        windows = _windows(top, first, few=state == "open")
        proposed = _asked(rows, [(query, [*also, *window], older) for window, older in windows], size)
        found += [doc for doc in proposed if contains(doc.shown, query)]
        if len(found) > most or len(proposed) < size:
            break
        before = (proposed[-1].sort, proposed[-1].subject)
        top = before[0]
    return found[: most + 1]


def check_query(query: str) -> None:
    """Raises Invalid for a query of signs only or one longer than 80 characters."""
    if len(query.strip()) > LONGEST_QUERY:
        raise Invalid.of("q", _("搜索的内容太长"), _("请写 80 个字以内的关键词"))
    if not query_terms(query):
        raise Invalid.of("q", _("没有可以搜索的字"), _("请写汉字、字母或数字"))


def _span(among: dict[str, str]) -> tuple[int | None, int | None]:
    """The order's two ends: where there is nothing older, nothing older is asked for."""
    where = " AND ".join(f"{name} = %s" for name in among)
    ends = [
        f"(SELECT sort FROM ledger_searchdoc WHERE {where} ORDER BY sort{way} LIMIT 1)"
        for way in ("", " DESC")
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(ends)}", [*among.values(), *among.values()])
        first, last = cursor.fetchone()
    return first, last


def _windows(top: int, first: int, *, few: bool = False) -> Iterator[tuple[list[list[str]], int | None]]:
    """(marks of which one must be there, second before which it must lie) of each stretch of time from ``top`` down to
    ``first``, the newest first; every moment is in one of them, none in two. Where there are ``few`` rows, all that lies
    before the last days is one stretch."""
    day, oldest = top // _DAY, first // _DAY
    if few:
        start = (day - 2) // _BLOCK * _BLOCK
        yield from (([marks_], None) for newest, marks_ in _doubling("d", day, start, 1) if newest >= oldest)
        yield [], start * _DAY
        return
    for newest, marks_ in _stretches(day):
        if newest < oldest:
            return
        yield [marks_], None
    large = _larger(day)
    for one in range(large, large - _BLOCKS, -1):
        if one < oldest // _BLOCK**2:
            return
        yield [[_time("b", one)]], None
    yield [], (large - _BLOCKS + 1) * _BLOCK**2 * _DAY


def _larger(day: int) -> int:
    """The newest block of 256 days that no stretch of days or sixteen days touches."""
    start = (day - 2) // _BLOCK * _BLOCK
    return (start // _BLOCK - 1) // _BLOCK - 1


def _stretches(day: int) -> Iterator[tuple[int, list[str]]]:
    """(its newest day, its marks): two days, one by one, and twice as many each time, down to where their sixteen begin; then the
    sixteens before it in the same way, down to where their 256 days begin. Where a page is full after a day, no week is read for it."""
    start = (day - 2) // _BLOCK * _BLOCK
    yield from _doubling("d", day, start, 1)
    block = start // _BLOCK - 1
    yield from _doubling("c", block, block // _BLOCK * _BLOCK, _BLOCK)


def _doubling(kind: str, newest: int, oldest: int, days: int) -> Iterator[tuple[int, list[str]]]:
    """Marks of a kind from the newest down to the oldest: one, one, two, four, eight; ``days`` of each."""
    size, top = 1, newest
    while top >= oldest:
        low = max(oldest, top - size + 1)
        yield top * days + days - 1, [_time(kind, n) for n in range(low, top + 1)]
        size, top = (1 if top == newest else 2 * size), low - 1


Window = tuple[str, list[list[str]], "int | None"]


def _asked(rows: QuerySet[SearchDoc], windows: Iterable[Window], size: int) -> list[Doc]:
    """The first rows that the index proposes, window after window: a union of ordered parts is read no further than it
    takes, as long as it is read by one process (`kernel.environment`)."""
    wanted: Any = rows.order_by().values_list("subject", "shown", "state", "sort")[:size]
    try:
        outer, params = wanted.query.sql_with_params()
    except EmptyResultSet:
        return []
    parts, bound = [], list[Any]()
    for window in windows:
        where, values = _matching(*window)
        # Without a limit an embedded database takes the order of a part for idle.
        parts.append(
            f"SELECT * FROM (SELECT * FROM ledger_searchdoc WHERE {where} ORDER BY sort + 0 DESC, subject LIMIT {_ALL}) part"
        )
        bound += values
    head, table, tail = outer.partition(' FROM "ledger_searchdoc" WHERE ')
    assert table
    with connection.cursor() as cursor:
        union = " UNION ALL ".join(parts)
        cursor.execute(f'{head} FROM ({union}) "ledger_searchdoc" WHERE {tail}', [*bound, *params])
        return [Doc(*row) for row in cursor.fetchall()]


def _matching(query: str, also: Sequence[Sequence[str]], older: int | None) -> tuple[str, list[Any]]:
    """The condition of rows whose tokens hold all of the query's and one of each of these marks."""
    if connection.vendor == "postgresql":
        more = ("(" + " | ".join(f"'{mark}'" for mark in part) + ")" for part in also)
        where, values = f"{VECTOR} @@ %s::tsquery", [" & ".join([tsquery(query), *more])]
    else:
        more = ("(" + " OR ".join(f'"{mark}"' for mark in part) + ")" for part in also)
        where = "id IN (SELECT rowid FROM ledger_search_fts WHERE ledger_search_fts MATCH %s)"
        values = [" AND ".join([fts5_query(query), *more])]
    # A sum has no index: else PostgreSQL might walk all rows in their order and take each one's tokens apart.
    return (where, values) if older is None else (f"{where} AND sort + 0 < %s", [*values, older])


def pieces(text: str, query: str) -> list[tuple[str, bool]]:
    """A text in pieces that are words of the query or not; letter case and width apart, like the search itself."""
    words = [re.escape(word) for word in query.split()]
    if not words or len(fold(text)) != len(text):
        # A sign that folding makes longer would shift all that follows: shown without marks.
        return [(text, False)] if text else []
    found, last = [], 0
    for hit in re.finditer("|".join(fold(word) for word in words), fold(text)):
        found += [(text[last : hit.start()], False), (text[hit.start() : hit.end()], True)]
        last = hit.end()
    return [(part, on) for part, on in [*found, (text[last:], False)] if part]
