"""The ledger of a matter: all matters that are about it, one row each, counted by how they stand. Nothing is stored: a
campaign's ledger is what its problems are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Tone
from baodao.kernel.tables import write_xlsx
from baodao.orgs.selectors import name_of

from .declare import Procedure
from .figures import figures_of
from .guards import missing_scopes
from .listing import words_about
from .models import Matter
from .present import tone_of
from .selectors import Seen, legs_of, see_many, visible_to
from .versions import version, words_of

#: Rows on a page; a sheet takes MOST.
SHOWN, MOST = 100, 5000


class Row(Struct, frozen=True):
    """One matter of the ledger, as this reader may know it."""

    number: str
    kind: str
    title: str
    office: str
    state: str
    due: datetime | None
    left: str
    near: Tone
    opened: datetime
    ended: datetime | None
    figures: tuple[tuple[str, str], ...] = ()
    """(title, words), never what one person gave."""


class Ledger(Struct, frozen=True):
    """``rows``: those shown, open ones first by their due; ``counts``: (how they stand, how many) over all."""

    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]
    total: int
    over: int
    start: int = 0
    """How many stand before those shown."""

    @property
    def next(self) -> str:
        """The number after which the next page begins; "" on the last."""
        return self.rows[-1].number if self.rows and self.start + len(self.rows) < self.total else ""


def keeps(seen: Seen) -> bool:
    """Whether matters of this procedure have a ledger: some procedure of its pack is always about it."""
    return any(seen.row.procedure in one.about for one in get_pack(seen.row.pack).many(Procedure).values())


def ledger_of(by: Act, seen: Seen, most: int = SHOWN, after: str = "") -> Ledger | None:
    """All that are about this one and that this reader may read, a page of them from behind the number ``after``; None where
    there is no ledger. Four statements, one for each procedure version, three more where some have figures."""
    if not keeps(seen):
        return None
    found = list(visible_to(by).filter(about=seen.row.number).order_by("number")[:MOST])
    legs = legs_of([row.number for row in found])
    stand = {row.number: _standing(row, legs[row.number], by.lang) for row in found}
    counts = Counter(one.state for one in stand.values())
    order = sorted(
        found, key=lambda row: (row.ended is not None, stand[row.number].due or row.opened, row.number)
    )
    start = next((place for place, row in enumerate(order, 1) if row.number == after), 0)
    shown = order[start : start + most]
    titles = words_about([row.number for row in shown])
    told = see_many(by, [row.number for row in shown if version(row.digest).figures])
    rows = tuple(
        _row(by, row, stand[row.number], titles.get(row.number, ""), told.get(row.number)) for row in shown
    )
    return Ledger(
        rows, tuple(counts.most_common()), len(found), sum(row.ended is not None for row in found), start
    )


class _Stand(Struct, frozen=True):
    """What a matter is and how it stands, in words; the organization that leads it ("" : nobody); its next due while it is open."""

    kind: str
    state: str
    lead: str
    due: datetime | None


def _standing(row: Matter, legs: list[Any], lang: str) -> _Stand:
    """How it stands: its stage once over, else where its lead leg is; where nobody leads and they differ, its stage."""
    spoken = words_of(row.pack, row.procedure, version(row.digest), lang)
    kind = next((one.title for one in spoken.kinds if one.name == row.kind), spoken.title)
    lead = next((leg for leg in legs if leg.role == "lead"), None)
    led = lead.org if lead else ""
    if row.ended is not None:
        over = spoken.words.get(f"value.{row.outcome}") or spoken.word(f"stage.{row.stage}")
        return _Stand(kind, over, led, None)
    if gap := missing_scopes(spoken, {leg.scope for leg in legs}):
        return _Stand(kind, gap, led, _due(legs))
    states = {leg.state for leg in ([lead] if lead else legs)}
    where = spoken.word(f"state.{states.pop()}" if len(states) == 1 else f"stage.{row.stage}")
    return _Stand(kind, where, led, _due(legs))


def _due(legs: list[Any]) -> datetime | None:
    return min((leg.due for leg in legs if leg.due is not None and leg.ended is None), default=None)


def _row(by: Act, row: Matter, stand: _Stand, title: str, told: Seen | None) -> Row:
    due = stand.due
    # Judges are no unit that answers for a plan: whose it is stands in its opening.
    unit = told.state.trail[0].fields.get("unit") if told is not None else None
    return Row(
        number=row.number,
        kind=stand.kind,
        title=title,
        office=name_of(stand.lead or str(unit or row.org)),
        state=stand.state,
        due=due,
        left=current_calendar().left_words(due, by.noted) if due is not None else "",
        near=tone_of(due, by.noted) if due is not None else "done" if row.ended is not None else "",
        opened=row.opened,
        ended=row.ended,
        figures=tuple(figures_of(told, by.office)) if told is not None else (),
    )


def write_ledger(out: BinaryIO, by: Act, seen: Seen) -> int:
    """The ledger as a workbook; gives the number of rows."""
    found = ledger_of(by, seen, MOST)
    rows = found.rows if found else ()
    titles = list(dict.fromkeys(title for row in rows for title, _words in row.figures))
    header = [
        _("编号"),
        _("类别"),
        _("什么事"),
        _("责任单位"),
        _("状态"),
        _("期限"),
        _("登记时间"),
        _("结束时间"),
        *titles,
    ]
    return write_xlsx(out, f"{_('台账')} {seen.row.number}", header, _cells(rows, titles))


def _cells(rows: tuple[Row, ...], titles: list[str]) -> Iterator[list[Any]]:
    for one in rows:
        told = [dict(one.figures).get(title, "") for title in titles]
        yield [one.number, one.kind, one.title, one.office, one.state, one.due, one.opened, one.ended, *told]
