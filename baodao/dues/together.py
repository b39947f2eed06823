"""Who lacks what, over the organizations of both trees that one person answers for: an organization and its Party organization are one body, in one
row. Organizations alone; of members those above have shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from baodao.kernel.act import Act
from baodao.orgs.alliances.selectors import bodies

from . import board
from .board import Line
from .selectors import is_open, order, reached

_STEP = 3000


class Body(msgspec.Struct, frozen=True):
    """Organizations that are one body, by code (most often one), with what they lack."""

    codes: tuple[str, ...]
    lines: tuple[Line, ...]


def grouped(codes: Iterable[str], day: date) -> list[tuple[str, ...]]:
    """These organizations by body, each once, by the first code of each. One statement, none where no pack has bodies."""
    asked = sorted(set(codes))
    found: dict[str, set[str]] = {code: {code} for code in asked}
    for code, halves in bodies(asked, day).items():
        for half in halves:
            if half in found and found[half] is not found[code]:
                found[code] |= found[half]
                for one in found[half]:
                    found[one] = found[code]
    return sorted({tuple(sorted(held)) for held in found.values()})


def lacking(by: Act, day: date, *, after: str = "", limit: int = 51) -> list[Body]:
    """Bodies that lack something of the period around the day, or of the one before and can still make it up: by code behind ``after``, all that this
    post, or all of somebody's posts (`orgs.all_grants`), reads. At most eight statements."""
    rows = [codes for codes in grouped(reached(by, day), day) if codes[0] > after]
    found: list[Body] = []
    for part in _steps(rows):
        lines: dict[str, list[Line]] = {}
        for line in board.lines([code for codes in part for code in codes], day):
            if is_open(line, day):
                lines.setdefault(line.org, []).append(line)
        for codes in part:
            ours = [line for code in codes for line in lines.get(code, ())]
            if ours:
                found.append(Body(codes, tuple(sorted(ours, key=order))))
        if len(found) >= limit:
            break
    return found[:limit]


def _steps(rows: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    # As in `selectors.lacking`: a page is filled from as few organizations as it takes.
    yield from (rows[start : start + _STEP] for start in range(0, len(rows), _STEP))
