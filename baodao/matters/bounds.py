"""What one field of a form may be beside another, or beside the day on which it is filled: `bounds` of an action. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.errors import Fault
from baodao.kernel.jinja import day as in_words

from . import rows
from .declare import Action, Procedure
from .lawful import Workdays, last_day
from .terms import TODAY, Bound


def kind_at(procedure: Procedure, action: Action, ref: str) -> str:
    """The type of a field (``by``) or of a column of a field that holds rows (``found.amount``); "" where there is none."""
    name, _dot, column = ref.partition(".")
    declared = action.fields.get(name, "")
    if not column:
        return rows.kind_of(declared)[0]
    if rows.kind_of(declared)[0] not in (rows.TABLE, rows.PLAN):
        return ""
    return next((one.kind for one in rows.table_of(procedure, declared).columns if one.name == column), "")


def edge(limit: str, day: date, workdays: Workdays) -> date:
    """The day that a limit means, counted from the day of the act."""
    return day if limit == TODAY else last_day(limit, day, workdays)


def hint(action: Action, name: str, day: date, workdays: Workdays) -> str:
    """The first and last day of a date field, in words; "" where none is declared."""
    told = []
    for bound in action.bounds:
        if name == bound.field.partition(".")[0] and bound.earliest:
            told.append(_("最早 %(day)s") % {"day": in_words(edge(bound.earliest, day, workdays))})
        if name == bound.field.partition(".")[0] and bound.latest:
            told.append(_("最晚 %(day)s") % {"day": in_words(edge(bound.latest, day, workdays))})
    return "，".join(told)


def faults(
    procedure: Procedure, action: Action, codes: Mapping[str, Any], day: date, workdays: Workdays
) -> Iterator[Fault]:
    """Each bound that the filled fields break, under the name of the bound's field."""
    for bound in action.bounds:
        given = [value for ref in (bound.field, *bound.plus) for value in _given(codes, ref)]
        beside = _given(codes, bound.beside)
        if given and (bound.earliest or bound.latest):
            broken = _by_day(bound, given, day, workdays)
        elif given and not bound.beside:
            broken = _by_number(bound, sum(given), kind_at(procedure, action, bound.field))
        else:
            broken = _by_field(procedure, action, bound, given, beside) if given and beside else None
        if broken is not None:
            words = "＋".join(_title(procedure, action, ref) for ref in (bound.field, *bound.plus))
            yield Fault(bound.field.partition(".")[0], f"“{words}”{broken[0]}", broken[1])


def _given(codes: Mapping[str, Any], ref: str) -> list[Any]:
    name, _dot, column = ref.partition(".")
    keys = [f"{name}.{n}.{column}" for n in rows.numbers(name, codes, {})] if column else [name]
    return [codes[key] for key in keys if key in codes]


def _by_day(bound: Bound, given: list[Any], day: date, workdays: Workdays) -> tuple[str, str] | None:
    last = edge(bound.latest or bound.earliest or TODAY, day, workdays)
    told = {"day": in_words(last)}
    if bound.latest and max(given) > last.isoformat():
        return _("最晚是 %(day)s") % told, _("请改成那天或更早")
    if bound.earliest and min(given) < last.isoformat():
        return _("最早是 %(day)s") % told, _("请改成那天或更晚")
    return None


def _by_number(bound: Bound, given: int, kind: str) -> tuple[str, str] | None:
    if isinstance(bound.most, int) and given > bound.most:
        return _("最多是 %(n)s") % {"n": _words(kind, bound.most)}, _("请改小")
    if isinstance(bound.least, int) and given < bound.least:
        return _("最少是 %(n)s") % {"n": _words(kind, bound.least)}, _("请改大")
    return None


def _by_field(
    procedure: Procedure, action: Action, bound: Bound, given: list[Any], beside: list[Any]
) -> tuple[str, str] | None:
    kind = kind_at(procedure, action, bound.field)
    dates = kind == "date"
    least, most = (min(given), max(given)) if dates else (sum(given), sum(given))
    other = beside[0] if dates else sum(beside)
    told = {
        "is": _words(kind, most if bound.most else least),
        "other": _title(procedure, action, bound.beside),
        "that": _words(kind, other),
    }
    if bound.most and most > other:
        return _("是 %(is)s，超过了“%(other)s” %(that)s") % told, _("请改小它，或改大“%(other)s”") % told
    if bound.least and least < other:
        return _("是 %(is)s，不到“%(other)s” %(that)s") % told, _("请改大它，或改小“%(other)s”") % told
    return None


def _words(kind: str, value: Any) -> str:
    if kind == "date":
        return in_words(date.fromisoformat(value))
    return f"{value / 100:,.2f}" if kind == "money" else str(value)


def _title(procedure: Procedure, action: Action, ref: str) -> str:
    name, _dot, column = ref.partition(".")
    word = procedure.label(action.name, name)
    found = rows.table_of(procedure, action.fields[name]).columns if column else ()
    return next((f"{word} · {one.title}" for one in found if one.name == column), word)
