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
from .words import formula_words

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


def xlsx(taken: Taken) -> bytes:
    """A workbook: the rows, and the sheet `meta`."""
    out = io.BytesIO()
    mark = _("模拟数据") + " " if taken.answer.question.origin == "simulated" else ""
    more = [("meta", ("key", "value"), [(key, value) for key, value in meta(taken)])]
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
