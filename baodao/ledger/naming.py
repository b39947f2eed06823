"""Things found by what they are called (buildings): rows of `search_doc` beside matters.

Their words stand in lists of the index that are their own (each has a sign in front that cannot be typed), so that a search among a million
matters reads none of them, and the other way round. A row proposes: what a thing was ever called is in it, and whoever asks
reads how the thing stands today and decides. So a change that is dated ahead needs no writing on its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, TypeVar

from django.db import connection

from baodao.kernel.raw import fetch
from baodao.kernel.text import index_words, query_terms

from .search import VECTOR, check_query

R = TypeVar("R")
#: Before each word of a name; `search` keeps the four signs before it for marks.
_NAME = "\ue004"
#: Rows that one question proposes beyond those wanted; where most of them are gone each further one proposes eight times as many, so often.
SPARE, LARGE = 20, 2


def columns(kind: str, code: str, told: Iterable[str], *, org: str = "", level: int = 0) -> dict[str, Any]:
    """All columns of a thing's row. ``told``: its name, then all else it is or was known by; the shortest name comes first."""
    lines = list(dict.fromkeys(line for line in told if line))
    words = index_words("\n".join([*lines, code])).split(" ")
    return {
        "subject": f"{kind}:{code}", "kind": kind, "level": level, "scope": org, "state": "",
        "sort": len(lines[0]) if lines else 0, "words": " ".join(_NAME + word for word in words),
        "scopes": "", "shown": "\n".join([*lines, code]),
    }  # fmt: skip


def find_named(query: str, kind: str, most: int, standing: Callable[[list[str]], Mapping[str, R]]) -> list[R]:
    """Things of a kind whose names hold the words, the shortest name first, ``most`` at the most. ``standing(codes)`` gives those that
    are there today and hold the words as they are called today. Raises Invalid as `search.find` does. One statement besides, for
    each round of ``standing``; a second round only where most that was proposed is gone."""
    check_query(query)
    found: list[R] = []
    last: tuple[int, str] | None = None
    for n in count():
        size = (most + SPARE) * 8 ** min(n, LARGE)
        proposed = _proposed(query, kind, last, size)
        codes = [subject.partition(":")[2] for _sort, subject in proposed]
        held = standing(codes) if codes else {}
        found += [held[code] for code in codes if code in held]
        if len(found) >= most or len(proposed) < size:
            break
        last = proposed[-1]
    return found[:most]


def _proposed(query: str, kind: str, last: tuple[int, str] | None, size: int) -> list[tuple[int, str]]:
    terms = query_terms(query)
    if connection.vendor == "postgresql":
        subject, where = 'subject COLLATE "C"', f"{VECTOR} @@ %s::tsquery"
        match = " & ".join(f"'{_NAME}{term}'" + (":*" if term.prefix else "") for term in terms)
    else:
        subject = "subject"
        where = "id IN (SELECT rowid FROM ledger_search_fts WHERE ledger_search_fts MATCH %s)"
        match = " AND ".join(f'"{_NAME}{term}"' + ("*" if term.prefix else "") for term in terms)
    values: list[Any] = [match, kind]
    # Concatenated and summed, so that no database walks the kind's rows in their order and takes each one's words apart.
    where += " AND kind || '' = %s"
    if last is not None:
        where += f" AND (sort + 0 > %s OR (sort + 0 = %s AND {subject} > %s))"
        values += [last[0], last[0], last[1]]
    rows = fetch(
        f"SELECT sort, subject FROM ledger_searchdoc WHERE {where} ORDER BY sort + 0, {subject} LIMIT %s",
        [*values, size],
    )
    return [(row[0], row[1]) for row in rows]
