"""Measures over HTTP: the same questions and figures as the pages."""

from __future__ import annotations

from typing import Annotated

import msgspec
from django.utils.translation import gettext_lazy

from baodao.kernel.http import Call, Paged, Word, endpoint
from baodao.ledger.canonical import stamp
from baodao.orgs.selectors import name_of

from .asking import before_of, question_of
from .declare import Measure
from .results import Answer, Beside, Cut, Figure
from .selectors import answer, board, declared, facts_behind

Digits = Annotated[str, msgspec.Meta(max_length=18, pattern=r"^[0-9]*$")]


class MeasureQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose, when, from where. ``period``: 2026-10, 2026-Q3 or 2026-10-01..2026-10-15; ``position``: a ledger position."""

    org: Word = ""
    period: Word = ""
    origin: Word = ""
    position: Digits = ""


class OneQuery(MeasureQuery, frozen=True, forbid_unknown_fields=True):
    """``group``: stage, role, month, holder or procedure, as the measure allows."""

    group: Word = ""


class RowsQuery(MeasureQuery, frozen=True, forbid_unknown_fields=True):
    """``which``: den, num, missed, exc or beside.<name>; ``before`` continues a page."""

    which: Word = "den"
    before: Digits = ""


class FigureView(msgspec.Struct, frozen=True):
    """One number with all that explains it; ``value`` is null unless ``standing`` is "measured"."""

    org: str
    org_name: str
    group: str
    standing: str
    value: float | None
    low: float | None
    high: float | None
    numerator: int | None
    denominator: int | None
    sample: int | None
    excluded: int
    coarse: int
    restricted: int
    cuts: list[Cut]
    beside: list[Beside]
    place: int | None
    tied: bool
    peers: int


class AnswerView(msgspec.Struct, frozen=True):
    """A measure's figures: the organization's first, then those below. ``watermark``: simulated, say so wherever it is
    shown."""

    name: str
    title: str
    kind: str
    unit: str
    fact: str
    by: str
    direction: str
    ranked: bool
    volume: bool
    least: int
    says: list[str]
    formula: str
    position: int
    period: str
    first: str
    last: str
    origin: str
    watermark: bool
    figures: list[FigureView]


class BoardView(msgspec.Struct, frozen=True):
    """All measures of one organization; of each the figures."""

    measures: list[AnswerView]


class LineView(msgspec.Struct, frozen=True):
    """One fact behind a number; ``open``: its matter may be opened by this reader."""

    fact: int
    matter: str
    open: bool
    org: str
    happened: str
    about: str
    outcome: str
    numerator: bool
    denominator: bool
    excluded: bool
    value: int | None


@endpoint(
    "GET",
    "measures/",
    name="measure.read",
    summary=gettext_lazy("看一个单位的全部指标"),
    query=MeasureQuery,
    result=BoardView,
    errors=(403, 404),
)
def read_all(call: Call, query: MeasureQuery) -> BoardView:
    """Every measure of an organization and of those below it."""
    question = question_of(call.by, msgspec.to_builtins(query))
    return BoardView([_view(name, measure, found) for name, measure, found in board(call.by, question)])


@endpoint(
    "GET",
    "measures/<str:name>/",
    name="measure.one",
    summary=gettext_lazy("看一个指标"),
    query=OneQuery,
    result=AnswerView,
    errors=(403, 404),
)
def read_one(call: Call, query: OneQuery, name: str) -> AnswerView:
    """One measure by organization, or divided by a group."""
    question = question_of(call.by, msgspec.to_builtins(query), name)
    found = answer(call.by, question)
    return _view(name, declared(question.org, name, call.by.lang), found)


@endpoint(
    "GET",
    "measures/<str:name>/facts/",
    name="measure.facts",
    summary=gettext_lazy("看一个数字背后的事实"),
    query=RowsQuery,
    result=Paged[LineView],
    errors=(403, 404),
)
def read_facts(call: Call, query: RowsQuery, name: str) -> Paged[LineView]:
    """The facts that a number was made of, newest first, as far as the reader's level reaches."""
    asked = msgspec.to_builtins(query)
    question = question_of(call.by, asked, name)
    rows = facts_behind(call.by, question, query.which, before_of(asked), 101)
    made = [
        LineView(
            row.id, row.number, row.open, row.org, stamp(row.happened), row.about, row.outcome, row.numerator,
            row.denominator, row.excluded, row.value,
        )
        for row in rows[:100]
    ]  # fmt: skip
    return Paged(made, str(made[-1].fact) if len(rows) > 100 else "")


def _view(name: str, measure: Measure, found: Answer) -> AnswerView:
    question = found.question
    parts = [measure.numerator, measure.denominator] if measure.numerator else [measure.denominator]
    return AnswerView(
        name=name,
        title=measure.title,
        kind=measure.kind,
        unit=measure.unit,
        fact=measure.fact,
        by=measure.by,
        direction=measure.direction,
        ranked=measure.ranked,
        volume=measure.volume,
        least=measure.least,
        says=[part.says for part in parts],
        formula=found.formula,
        position=found.position,
        period=question.period.name,
        first=question.period.first.isoformat(),
        last=question.period.last.isoformat(),
        origin=question.origin,
        watermark=question.origin == "simulated",
        figures=[_figure(figure) for figure in found.figures],
    )


def _figure(figure: Figure) -> FigureView:
    plain = msgspec.structs.asdict(figure)
    plain |= {"org_name": name_of(figure.org), "cuts": list(figure.cuts), "beside": list(figure.beside)}
    return FigureView(**plain)
