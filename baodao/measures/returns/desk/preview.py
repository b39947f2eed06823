"""A filled form as a page shows it: the sheet with its merged cells, or the sentences of a document; and its cells as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.tables.forms import Place, SheetForm, word_lines
from baodao.measures.declare import Measure
from baodao.measures.returns.filling import Value, why_href
from baodao.measures.returns.fold import State
from baodao.measures.returns.selectors import Found, Typed, rendered

ROWS, COLUMNS = 80, 30


class Box(msgspec.Struct, frozen=True):
    """One cell of the page: what it says, how wide and high it is, where from ("" the form, machine, hand, formula)."""

    text: str
    kind: str = ""
    wide: int = 1
    high: int = 1
    href: str = ""


def grids(
    sheet: SheetForm, said: Mapping[str, str], hands: Mapping[str, Any], ways: Mapping[str, str]
) -> list[tuple[str, list[list[Box]]]]:
    """(title, rows of boxes) of each sheet, at most 80 rows and 30 columns. ``ways``: key → where a number is explained."""
    return [(title, list(_rows(sheet, n, said, (hands, ways)))) for n, title in enumerate(sheet.titles, 1)]


def _rows(
    sheet: SheetForm, n: int, said: Mapping[str, str], told: tuple[Mapping[str, Any], Mapping[str, str]]
) -> Iterator[list[Box]]:
    hands, ways = told
    spans = {(a, b): (c - a + 1, d - b + 1) for at, (a, b, c, d) in sheet.merged if at == n}
    drawn = [place for place in sheet.cells if place.sheet == n]
    last = min(max((place.row for place in drawn), default=0), ROWS)
    width = min(max((place.column for place in drawn), default=0), COLUMNS)
    for row in range(1, last + 1):
        line = []
        for column in range(1, width + 1):
            place = Place(n, row, column)
            if sheet.anchor(place) != place:
                continue
            high, wide = spans.get((row, column), (1, 1))
            text, kind = sheet.cells.get(place, ""), ""
            if place.key in said:
                text, kind = said[place.key], "hand" if place.key in hands else "machine"
            elif place in sheet.formulas:
                text, kind = "＝", "formula"
            href = ways.get(place.key, "") if kind == "machine" and text else ""
            line.append(Box(text, kind, min(wide, width - column + 1), high, href))
        if any(one.text for one in line):
            yield line


def sentences(found: Found, said: Mapping[str, str], source: str) -> list[str]:
    """What a filled document says."""
    return word_lines(rendered(found, said, source))


def cells(
    values: list[Value],
    typed: Mapping[str, Typed],
    said_before: Mapping[str, str],
    *,
    state: State,
    number: str,
    measures: Mapping[str, Measure],
    posts: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Rows: where, what, the machine's number and why, a hand's beside it, the period before and the difference."""
    rows, seen = [], set()
    for value in values:
        seen.add(value.key)
        hand = typed.get(value.key)
        rows.append(
            _cell(value, hand, said_before.get(value.key, ""), posts)
            | {
                "href": why_href(value, state.source, state.position, number),
                "where": _source(value, measures),
            }
        )
    for key, hand in typed.items():
        if key not in seen:
            rows.append(_cell(Value(key, key.partition(":")[2]), hand, said_before.get(key, ""), posts))
    return rows


def _cell(value: Value, hand: Typed | None, before: str, posts: Mapping[str, str]) -> dict[str, Any]:
    now = hand.text if hand else value.text
    return {
        "key": value.key, "at": value.at, "title": value.title, "text": value.text, "why": value.why, "hand": hand,
        "by": posts.get(hand.hand.post, hand.hand.post) if hand else "", "before": before, "change": _change(now, before),
        "href": "", "where": _("手填") if hand and not value.way else "", "fillable": not value.key.startswith("rows:"),
        "line": bool(value.line),
    }  # fmt: skip


def _change(now: str, before: str) -> str:
    try:
        told = Decimal(now) - Decimal(before)
    except (InvalidOperation, ValueError):
        return ""
    return f"{told:+f}" if told else "0"


def _source(value: Value, measures: Mapping[str, Measure]) -> str:
    words = {"say": _("表头"), "hand": _("手填"), "due": _("该做的"), "count": _("登记簿")}
    if value.way != "measure":
        return words.get(value.way, "")
    held = measures.get(value.name)
    shows = {"numerator": _("分子"), "denominator": _("分母"), "excluded": _("不计入")}
    title = held.title if held else value.name
    return f"{title} · {shows[value.show]}" if value.show in shows else title
