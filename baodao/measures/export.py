"""A number taken away: every row that it was made of, and a sheet that tells how to make it again.

The columns have English codes in every language, so that the script in docs/measures.md reads any export.
"""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.tables import write_csv, write_xlsx
from baodao.orgs.selectors import name_of

from .results import Figure
from .selectors import Taken
from .words import (
    by_words,
    formula_words,
    interval_words,
    origin_words,
    standing_words,
    value_words,
    why_words,
)

HEADER = ("fact", "matter", "org", "happened", "numerator", "denominator", "excluded", "value")
META = "#"


def meta(taken: Taken) -> list[tuple[str, Any]]:
    """(key, value): what the numbers are, what they come to, and how they are to be read."""
    figure, question, measure = taken.answer.figures[0], taken.answer.question, taken.measure
    told: list[tuple[str, Any]] = [
        ("measure", question.name),
        ("title", measure.title),
        ("says", formula_words(measure)),
        ("kind", measure.kind),
        ("per", measure.per),
        ("scale", measure.scale),
        ("percent", " ".join(str(p) for p in measure.percent)),
        ("least", measure.least),
        ("formula", taken.answer.formula),
        ("org", question.org),
        ("org_name", name_of(question.org)),
        ("by", measure.by),
        ("period", question.period.name),
        ("first", question.period.first.isoformat()),
        ("last", question.period.last.isoformat()),
        ("origin", question.origin),
        ("position", taken.answer.position),
    ]
    told += _figures(figure)
    if question.origin == "simulated":
        told.insert(0, ("watermark", _("模拟数据")))
    return told


def _figures(figure: Figure) -> list[tuple[str, Any]]:
    told: list[tuple[str, Any]] = [
        ("standing", figure.standing),
        ("sample", figure.sample),
        ("numerator", figure.numerator),
        ("denominator", figure.denominator),
        ("excluded", figure.excluded),
        ("coarse", figure.coarse),
        ("restricted", figure.restricted),
        ("value", None if figure.value is None else f"{figure.value:.6f}"),
        ("values", " ".join(str(cut.value) for cut in figure.cuts)),
        ("low", None if figure.low is None else f"{figure.low:.6f}"),
        ("high", None if figure.high is None else f"{figure.high:.6f}"),
    ]
    return told + [(f"beside.{one.name}", one.count) for one in figure.beside]


def legend(taken: Taken) -> list[tuple[str, Any]]:
    """(what, value) in words, for whoever opens the workbook and runs no script."""
    figure, question, measure = taken.answer.figures[0], taken.answer.question, taken.measure
    shown = standing_words(measure, figure) if figure.value is None else value_words(measure, figure.value)
    told: list[tuple[str, Any]] = [
        (measure.title, shown),
        (_("为什么"), why_words(measure, figure)),
        (_("公式"), formula_words(measure)),
        (_("单位"), name_of(question.org)),
        (_("时间段"), f"{question.period.first} – {question.period.last}"),
        (_("来源"), origin_words(question.origin)),
        (_("口径"), by_words(measure)),
        (measure.denominator.says, figure.denominator),
    ]
    if measure.numerator is not None:
        told.append((measure.numerator.says, figure.numerator))
    told += [(one.says, one.count) for one in figure.beside]
    told += [
        (_("裁定不计入的"), figure.excluded),
        (_("95 % 的区间"), interval_words(measure, figure)),
        (_("账本位置"), taken.answer.position),
    ]
    return [(what, value) for what, value in told if value not in (None, "")] + _columns()


def _columns() -> list[tuple[str, Any]]:
    """What the columns of the rows are, under their codes."""
    said = (
        _("事实的编号"),
        _("事项"),
        _("单位代码"),
        _("发生的时间"),
        _("计入分子（1 是）"),
        _("计入分母（1 是）"),
        _("裁定不计入（1 是）"),
        _("数值"),
    )
    return list(zip(HEADER, said, strict=True))


def xlsx(taken: Taken) -> bytes:
    """A workbook: the rows, the sheet `meta` with codes, and the same in words."""
    out = io.BytesIO()
    mark = _("模拟数据") + " " if taken.answer.question.origin == "simulated" else ""
    more = [
        ("meta", ("key", "value"), [(key, value) for key, value in meta(taken)]),
        (_("说明"), (_("是什么"), _("多少")), legend(taken)),
    ]
    write_xlsx(out, f"{mark}{taken.measure.title}", HEADER, taken.rows, more=more)
    return out.getvalue()


def csv(taken: Taken) -> bytes:
    """The same in one text: lines of meta begin with `#`."""
    out = io.BytesIO()
    head = [(META, key, value) for key, value in meta(taken)]
    write_csv(out, HEADER, [*head, *taken.rows])
    return out.getvalue()


def file_name(taken: Taken, ending: str) -> str:
    """report_in-500102001-2026-10.xlsx; simulated figures say so in the name too."""
    question = taken.answer.question
    mark = "simulated-" if question.origin == "simulated" else ""
    period = question.period.name.replace("..", "_")
    return f"{mark}{question.name}-{question.org}-{period}.{ending}"


__all__ = ["HEADER", "csv", "file_name", "meta", "xlsx"]
