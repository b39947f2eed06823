"""Promises to residents whose day has passed: the oldest first, a page at a time, from an index of open promises alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from msgspec import Struct

from baodao.kernel.raw import fetch, moment_of
from baodao.orgs.selectors import today, under

from .project import SHARED_LEVEL
from .stuck import spoken


class Promise(Struct, frozen=True):
    """A promise to a resident whose day has passed while the matter is open and not answered. ``day``: what was
    promised; ``moved``: when something last happened."""

    number: str
    promised: str
    day: date
    org: str
    moved: datetime
    origin: str
    kind: str
    words: str

    @property
    def mark(self) -> str:
        """`after` of the next page."""
        return f"{self.promised}~{self.number}"


def late_promises(org: str, now: datetime, lang: str, after: str = "", limit: int = 50) -> list[Promise]:
    """Promises of level ≤ 1 that passed, the oldest first. One statement."""
    day = today()
    stamp, _tilde, last = after[:60].partition("~")
    below, params = under([org], day).query.sql_with_params()
    where = (
        "m.ended IS NULL AND m.promise > '' AND m.claim = '' AND m.promise < %s "
        f"AND NOT (length(m.promise) = 10 AND m.promise >= %s) AND m.level <= {SHARED_LEVEL} AND m.org IN ({below})"
    )
    values: list[Any] = [now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), day.isoformat(), *params]
    if last:
        where, values = (
            f"{where} AND m.promise >= %s AND (m.promise > %s OR m.number > %s)",
            [*values, stamp, stamp, last],
        )
    sql = (
        "SELECT m.number, m.promise, m.org, m.moved, m.origin, m.kind, m.digest, m.pack, m.procedure, d.shown FROM "
        f"(SELECT * FROM matters_matter m WHERE {where} ORDER BY m.promise, m.number LIMIT {limit}) m "
        "LEFT JOIN ledger_searchdoc d ON d.subject = 'matter:' || m.number ORDER BY m.promise, m.number"
    )
    return [_promise(row, lang) for row in fetch(sql, values)]


def _promise(row: Sequence[Any], lang: str) -> Promise:
    number, promised, org, moved, origin, kind, digest, pack, name, shown = row
    title, kinds = spoken(digest, pack, name, lang)
    lines: list[str] = shown.split("\n", 3) if shown else []
    if len(promised) == 10:
        day = date.fromisoformat(promised)
    else:
        day = timezone.localdate(datetime.fromisoformat(promised.replace("Z", "+00:00")))
    return Promise(
        number,
        promised,
        day,
        org,
        moment_of(moved),
        origin,
        kinds.get(kind, title),
        lines[2] if len(lines) > 2 else "",
    )
