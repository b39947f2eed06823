"""The rows behind a due or a count of a registry."""

from __future__ import annotations

from datetime import date

from baodao.dues import board
from baodao.dues import selectors as dues
from baodao.dues.words import STATES
from baodao.kernel.act import Act
from baodao.measures.returns.counts import counted
from baodao.measures.returns.filling import Value
from baodao.orgs.selectors import name_of, today

MOST = 500


def rows_behind(by: Act, value: Value, last: date) -> list[tuple[str, str, str]]:
    """(code, words, organization or state) as far as this reader sees them, at most 500. Members stand as counts only."""
    day = min(last, today())
    if value.way == "count":
        return [
            (one.code, one.words, name_of(one.org) if one.org else "")
            for one in counted(value.name, value.org, day)
        ][:MOST]
    lines = board.lines(dues.reached(by, day, value.org), day, [value.name], back=0)
    rows = [
        (line.subject, name_of(line.org), str(STATES.get(line.stand.state, line.stand.state)))
        for line in lines
    ]
    return sorted(rows)[:MOST]
