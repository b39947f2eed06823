"""Reads of measures. Every one asks `measure.read` on the organization first; one or two statements a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Missing, Refused, TooLarge
from baodao.ledger.selectors import fact_rows, position
from baodao.matters.selectors import visible_to
from baodao.orgs.selectors import forest, pack_of, today

from . import compile as compiler
from .compile import Query, Slice
from .declare import Measure
from .dialect import dialect
from .lawful import CONFIDENTIAL
from .policies import ask, may_read, top_level
from .results import Answer, Figure, Question, empty, figures, ranked

LAST = 2**62
EXPORTED = 100_000


def measures(org: str, lang: str = "zh-hans") -> Mapping[str, Measure]:
    """What the pack of an organization declares, in its order, in the reader's language."""
    return get_pack(pack_of(org)).many(Measure, lang)


def declared(org: str, name: str, lang: str = "zh-hans") -> Measure:
    """One of them. Raises Missing."""
    measure = measures(org, lang).get(name)
    if measure is None:
        raise Missing.of("name", _("没有这个指标"), _("请从指标表里选"))
    return measure


def answer(by: Act, question: Question) -> Answer:
    """The figures of one question. Two statements, one when the position is given."""
    ask(by, question.org)
    measure = declared(question.org, question.name, by.lang)
    _sound(measure, question)
    return _answer(by, measure, question, position() if question.position is None else question.position)


def board(by: Act, question: Question, names: Iterable[str] = ()) -> list[tuple[str, Measure, Answer]]:
    """All measures (or those named) for one organization, in the pack's order: a statement each and one for the
    position. What cannot be asked so (another origin, not a whole month) stands there as not measured."""
    ask(by, question.org)
    at = position() if question.position is None else question.position
    wanted = set(names)
    found = []
    for name, measure in measures(question.org, by.lang).items():
        if wanted and name not in wanted:
            continue
        asked = msgspec.structs.replace(question, name=name, group="")
        try:
            _sound(measure, asked)
            told = _answer(by, measure, asked, at)
        except Invalid:
            told = _unanswered(measure, asked, at)
        found.append((name, measure, told))
    return found


def beside(by: Act, question: Question, names: Iterable[str], org: str) -> list[tuple[str, Measure, Answer]]:
    """Figures of one member of an alliance for whoever sees that alliance: the caller has asked that its kind shows them. A statement
    each; measures that the member's district does not declare stand there as not measured."""
    at = position() if question.position is None else question.position
    declared_, found = measures(question.org, by.lang), []
    for name in names:
        if name in declared_:
            asked = msgspec.structs.replace(question, name=name, org=org, group="")
            found.append((name, declared_[name], _answer(by, declared_[name], asked, at, opened=True)))
    return found


def _sound(measure: Measure, question: Question) -> None:
    if question.origin not in measure.origins:
        raise Invalid.of("origin", _("这个指标不用这种来源的数据"), _("请换一种来源"))
    if question.group and question.group not in measure.groups:
        raise Invalid.of("group", _("这个指标不能这样分组"), _("请从列出的分组里选"))
    if measure.fact in CONFIDENTIAL and (question.position is not None or not question.period.month):
        raise Invalid.of(
            "period",
            _("打星只按已经过完的整月看，也不能指定账本位置：不然能推出一个人打了几颗星"),
            _("请选一个整月，例如 2026-10"),
        )


def _answer(by: Act, measure: Measure, question: Question, at: int, *, opened: bool = False) -> Answer:
    """``opened``: the organization itself is shown by another rule than `measure.read`; nothing below it is."""
    if measure.fact in CONFIDENTIAL and question.period.end > by.noted:
        return _unanswered(measure, question, at)
    query = compiler.counts(measure, _slice(question, at), dialect(connection.vendor, measure.fact))
    trees, day = forest(), today()
    rows = _run(query)
    order = sorted({str(row[0]) for row in rows}, key=lambda code: (-len(trees.chain(code, day)), code))
    made = figures(measure, question, rows, lambda code: trees.children(code, day), order)
    made = ranked(measure, made, lambda code: trees.nodes[code].level if code in trees.nodes else "")
    # What is listed is what could be asked for singly.
    allowed = {
        code: (opened and code == question.org) or may_read(by, code)
        for code in {figure.org for figure in made}
    }
    made = [figure for figure in made if allowed[figure.org]]
    made.sort(key=lambda figure: (figure.org != question.org, figure.org, figure.group))
    if not question.group and not any(figure.org == question.org for figure in made):
        made.insert(0, empty(measure, question.org))
    return Answer(question, measure.formula(), at, measure.fact in CONFIDENTIAL, tuple(made))


def _unanswered(measure: Measure, question: Question, at: int) -> Answer:
    blank = Figure(
        question.org,
        "",
        standing="hidden",
        sample=None,
        numerator=None,
        denominator=None,
        excluded=0,
        coarse=0,
    )
    return Answer(question, measure.formula(), at, measure.fact in CONFIDENTIAL, (blank,))


def _slice(question: Question, at: int, alone: bool = False) -> Slice:
    """``alone``: no organizations below, no groups. Never for figures: what may be told of the restricted depends on
    those below."""
    return Slice(
        org=question.org,
        start=question.period.start.astimezone(UTC),
        end=question.period.end.astimezone(UTC),
        origin=question.origin,
        position=at,
        today=today(),
        zone=settings.TIME_ZONE,
        group="" if alone else question.group,
        alone=alone or bool(question.group),
    )


def _run(query: Query) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query.sql, query.params)
        return list(cursor.fetchall())


# ── the way back to the facts ───────────────────────────────────────────────────────────────────────────


class Line(msgspec.Struct, frozen=True):
    """One fact behind a number. ``open``: the reader may open its matter. ``value``: what is averaged or ranged."""

    id: int
    number: str
    open: bool
    org: str
    happened: datetime
    about: str
    outcome: str
    procedure: str
    numerator: bool
    denominator: bool
    excluded: bool
    value: int | None


def facts_behind(
    by: Act, question: Question, which: str = "den", before: int = LAST, limit: int = 50
) -> list[Line]:
    """Facts of a number under an organization, newest first, from before an id (keyset); up to level 1 and to the
    reader's. Four statements, and one for the reader's
    own tokens as long as she has none."""
    ask(by, question.org)
    measure = declared(question.org, question.name, by.lang)
    _sound(measure, question)
    _rows_told(measure)
    if which not in ("den", "num", "missed", "exc", *(f"beside.{name}" for name in measure.beside)):
        raise Invalid.of("which", _("没有这一部分"), _("写 den、num、missed、exc，或 beside. 加名字"))
    at = position() if question.position is None else question.position
    part = _slice(question, at, alone=True)
    level = top_level(by, question.org)
    rows = _run(
        compiler.lines(
            measure,
            part,
            dialect(connection.vendor, measure.fact),
            level=level,
            which=which,
            before=before,
            limit=limit,
        )
    )
    facts = {fact.id: fact for fact in fact_rows(row[0] for row in rows)}
    numbers = {str(row[1]).removeprefix("matter:") for row in rows}
    seen = set(visible_to(by).filter(number__in=numbers).values_list("number", flat=True))
    return [_line(row, facts[row[0]], seen) for row in rows]


def _rows_told(measure: Measure) -> None:
    if measure.fact in CONFIDENTIAL:
        raise Refused.of("", _("打星只有合计，没有明细，也不能导出"), _("请看够十个人的整月合计"))


def _line(row: Sequence[Any], fact: Any, seen: set[str]) -> Line:
    number = str(row[1]).removeprefix("matter:")
    return Line(
        id=row[0],
        number=number,
        open=number in seen,
        org=row[2],
        happened=_moment(row[3]),
        about=fact.about,
        outcome=str(getattr(fact.data, "outcome", "")),
        procedure=str(getattr(fact.data, "procedure", "")),
        numerator=bool(row[4]),
        denominator=bool(row[5]),
        excluded=bool(row[6]),
        value=row[7],
    )


def _moment(value: Any) -> datetime:
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


class Taken(msgspec.Struct, frozen=True):
    """What a number was made of, to be taken away: rows (id, number, org, happened, num, den, exc, v), those that may
    not be listed without their first four."""

    measure: Measure
    answer: Answer
    rows: list[tuple[Any, ...]]


def taken(by: Act, question: Question) -> Taken:
    """The number of one organization and every row that it was made of. Raises TooLarge above 100,000."""
    measure = declared(question.org, question.name, by.lang)
    _rows_told(measure)
    # The rows of the restricted are counted only where the whole table says so.
    told = answer(by, msgspec.structs.replace(question, group=""))
    figure = next(one for one in told.figures if one.org == question.org)
    query = compiler.export(
        measure,
        _slice(question, told.position, alone=True),
        dialect(connection.vendor, measure.fact),
        level=top_level(by, question.org),
        limit=EXPORTED + 1,
    )
    found = _run(query)
    if len(found) > EXPORTED:
        raise TooLarge.of("rows", _("超过 10 万行"), _("请选下级单位，或缩短时间段"))
    rows = [row for row in found if not row[8] or figure.restricted]
    return Taken(measure, msgspec.structs.replace(told, figures=(figure,)), [_taken(row) for row in rows])


def _taken(row: Sequence[Any]) -> tuple[Any, ...]:
    number = str(row[1]).removeprefix("matter:") if row[1] else None
    happened = _moment(row[3]).strftime("%Y-%m-%dT%H:%M:%SZ") if row[3] else None
    return (row[0], number, row[2], happened, *(int(one) for one in row[4:7]), row[7])
