"""What the machine knows for each cell of a form: measures and dues by the questions that their pages ask, registries by the day.
Every value keeps the way back to its rows."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _

from baodao.dues import selectors as dues
from baodao.dues.periods import period as dues_period
from baodao.kernel.act import Act
from baodao.kernel.tables.forms import Place, SheetForm, read_sheet
from baodao.measures import words
from baodao.measures.declare import Measure
from baodao.measures.period import Period
from baodao.measures.results import Figure, Question, empty
from baodao.measures.selectors import answer, declared
from baodao.orgs import selectors as orgs

from .counts import counted
from .declare import Cell, ReturnForm, Rows
from .fits import line_places, word_key


class Value(msgspec.Struct, frozen=True, omit_defaults=True):
    """One filled cell. ``text`` "" : the machine has none, ``why`` says why. ``key`` as facts name the cell, ``at`` as people do."""

    key: str
    at: str
    text: str = ""
    title: str = ""
    way: str = ""
    name: str = ""
    show: str = ""
    org: str = ""
    first: str = ""
    last: str = ""
    why: str = ""
    line: str = ""
    """The organization whose line it stands in; "" for a cell of the form itself."""


def period_of(every: str, day: date) -> Period:
    """The period of a form around a day, by its usual name."""
    first, last = dues_period(every or "month", day)
    return named(first, last)


def named(first: date, last: date) -> Period:
    """A period as measures name it: 2026-10, 2026-Q3, or its days."""
    whole = first.day == 1 and last == _end(last)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if whole and months == 1:
        return Period(f"{first:%Y-%m}", first, last)
    if whole and months == 3 and first.month % 3 == 1:
        return Period(f"{first:%Y}-Q{first.month // 3 + 1}", first, last)
    return Period(f"{first.isoformat()}..{last.isoformat()}", first, last)


def _end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def shifted(period: Period, how: str) -> Period:
    """The period that a cell asks for: this, the one before, the year so far, the same a year ago."""
    first, last = period.first, period.last
    if how == "year":
        return named(first.replace(month=1, day=1), last)
    if how == "last_year":
        return named(_year_ago(first), _year_ago(last))
    if how == "before":
        until = first - timedelta(days=1)
        if first.day == 1 and last == _end(last):
            months = (last.year - first.year) * 12 + last.month - first.month + 1
            total = first.year * 12 + first.month - 1 - months
            return named(date(total // 12, total % 12 + 1, 1), until)
        return named(until - (last - first), until)
    return period


def _year_ago(day: date) -> date:
    return _end(day.replace(year=day.year - 1, day=1)) if day == _end(day) else day.replace(year=day.year - 1)


class Filling:
    """One form for one organization and period at one position. Each measure, due and registry is asked once for a period."""

    def __init__(
        self, by: Act, form: ReturnForm, org: str, period: Period, *, origin: str, position: int
    ) -> None:
        self.by, self.form, self.org, self.period, self.origin, self.position = (
            by,
            form,
            org,
            period,
            origin,
            position,
        )
        self._figures: dict[tuple[str, Period], dict[str, Figure]] = {}
        self._covers: dict[tuple[str, date], Mapping[str, dues.Cover]] = {}

    def values(self, raw: bytes) -> list[Value]:
        """All cells that the mapping names, in its order. Raises as the questions do."""
        sheet = None if self.form.word else read_sheet(raw)
        found = [
            self._one(cell, _key(sheet, cell.at), _at(sheet, cell.at), sheet) for cell in self.form.cells
        ]
        for rows in self.form.rows:
            found += self._lines(rows, sheet)
        return found

    def _lines(self, rows: Rows, sheet: SheetForm | None) -> Iterator[Value]:
        trees, day = orgs.forest(), self.period.last
        codes = [code for code in sorted(trees.below(self.org, day)) if trees.nodes[code].level == rows.each]
        for line, code in enumerate(codes[: rows.most]):
            for cell in rows.cells:
                if sheet is None:
                    yield self._one(
                        cell, word_key(cell.at, code), f"{cell.at} · {orgs.name_of(code)}", None, line=code
                    )
                    continue
                place = list(line_places(sheet, rows, cell))[line]
                yield self._one(cell, place.key, sheet.words(place), sheet, line=code, place=place)
        if len(codes) > rows.most:
            left = _("表里只有 %(room)d 行，还有 %(n)d 个单位放不下") % {
                "room": rows.most,
                "n": len(codes) - rows.most,
            }
            yield Value(f"rows:{rows.each}", _("第 %(n)d 行起") % {"n": rows.row}, why=left)

    def _one(
        self,
        cell: Cell,
        key: str,
        at: str,
        sheet: SheetForm | None,
        *,
        line: str = "",
        place: Place | None = None,
    ) -> Value:
        org, period = cell.org or line or self.org, shifted(self.period, cell.period)
        title = cell.title or cell.hand
        if sheet is not None and not title:
            place = place or sheet.place(cell.at)
            title = sheet.label(place) if place else ""
        plain = Value(
            key,
            at,
            title=title,
            org=org,
            first=period.first.isoformat(),
            last=period.last.isoformat(),
            line=line,
        )
        if cell.hand:
            return msgspec.structs.replace(plain, way="hand", why=_("要手填"))
        if cell.say:
            return msgspec.structs.replace(plain, way="say", name=cell.say, text=self._say(cell.say, org))
        ask = self._measure if cell.measure else self._due if cell.due else self._count
        text, why = ask(cell, org, period)
        return msgspec.structs.replace(
            plain,
            way="measure" if cell.measure else "due" if cell.due else "count",
            name=cell.measure or cell.due or cell.count,
            show=cell.show,
            text=text,
            why=why,
        )

    def _say(self, what: str, org: str) -> str:
        told = {"org": orgs.name_of(org), "period": self.period.name, "position": f"#{self.position}"}
        return told.get(what) or orgs.today().isoformat()

    def _measure(self, cell: Cell, org: str, period: Period) -> tuple[str, str]:
        held = declared(self.org, cell.measure, self.by.lang)
        root = self.org if org in orgs.forest().below(self.org, orgs.today()) else org
        asked = (f"{cell.measure} {root}", period)
        if asked not in self._figures:
            told = answer(self.by, Question(cell.measure, root, period, self.origin, self.position))
            self._figures[asked] = {figure.org: figure for figure in told.figures}
        figure = self._figures[asked].get(org) or empty(held, org)
        return _shown(held, figure, cell)

    def _due(self, cell: Cell, org: str, period: Period) -> tuple[str, str]:
        day = min(period.last, orgs.today())
        if (org, day) not in self._covers:
            self._covers[org, day] = {one.requirement: one for one in dues.coverage(self.by, day, org)}
        found = self._covers[org, day].get(cell.due)
        if found is None:
            return "", _("这一期没有谁该做这一项，或不在您能看的范围")
        if cell.show == "value":
            base = found.owed - found.excused
            return (_number(100 * found.done / base, cell.digits), "") if base else ("", _("没有该做的"))
        told = {"owed": found.owed, "met": found.done, "excused": found.excused, "numerator": found.done}
        return str(told.get(cell.show, found.owed)), ""

    def _count(self, cell: Cell, org: str, period: Period) -> tuple[str, str]:
        return str(len(counted(cell.count, org, min(period.last, orgs.today())))), ""


def _shown(held: Measure, figure: Figure, cell: Cell) -> tuple[str, str]:
    if cell.show in ("numerator", "denominator", "excluded"):
        number = getattr(figure, cell.show)
        return ("", words.standing_words(held, figure)) if number is None else (str(number), "")
    if figure.value is None:
        return "", words.standing_words(held, figure)
    return _number(100 * figure.value if held.kind == "share" else figure.value, cell.digits), ""


def _number(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _key(sheet: SheetForm | None, at: str) -> str:
    if sheet is None:
        return word_key(at)
    place = sheet.place(at)
    return place.key if place else at


def _at(sheet: SheetForm | None, at: str) -> str:
    place = sheet.place(at) if sheet else None
    return sheet.words(place) if sheet and place else at


def why_href(value: Value, source: str, position: int, number: str) -> str:
    """Where the number behind a cell is explained: the measure's own page at the position, else the return's."""
    if value.way == "measure":
        period = named(date.fromisoformat(value.first), date.fromisoformat(value.last))
        asked = {"org": value.org, "period": period.name, "origin": source, "position": str(position)}
        return f"/desk/measures/{value.name}/?{urlencode(asked)}"
    if value.way in ("due", "count"):
        return f"/desk/returns/{number}/why/?{urlencode({'key': value.key})}"
    return ""
