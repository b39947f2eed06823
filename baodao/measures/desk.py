"""Desk pages: all measures of an organization, one measure by organization with its why, the facts behind, export."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Missing
from baodao.kernel.evidence.content import XLSX
from baodao.kernel.pages import page, render
from baodao.matters.declare import Procedure
from baodao.orgs.selectors import forest, levels, name_of, pack_of, today
from baodao.people.door import act_from

from . import export, words
from .asking import before_of, question_of
from .declare import ORIGINS, Measure
from .lawful import RATES, asked_of_others
from .period import recent
from .policies import READ, may_read, readable
from .results import Answer, Figure, Question
from .selectors import LAST, answer, board, declared, facts_behind, taken

ROWS, SHOWN = 50, 200
TYPES = {
    "xlsx": XLSX,
    "csv": "text/csv; charset=utf-8",
}


@page(
    "desk", "measures/", name="measures", nav=(60, gettext_lazy("指标")), methods=("GET", "HEAD"), right=READ
)
def measures(request: HttpRequest) -> HttpResponse:
    """Every measure of one organization in a period; volume apart from rates."""
    by = act_from(request, command=new_key())
    question = question_of(by, request.GET.dict())
    told = [card(name, measure, found) for name, measure, found in board(by, question)]
    trees, day = forest(), today()
    below = [code for code in trees.children(question.org, day) if may_read(by, code)]
    return render(
        request,
        "measures/list.html",
        rates=[card for card in told if not card["volume"]],
        volumes=[card for card in told if card["volume"]],
        below=[(code, name_of(code), _query(question, org=code)) for code in below],
        **_frame(by, question),
    )


@page("desk", "measures/<str:name>/", name="measure", methods=("GET", "HEAD"), right=READ)
def measure(request: HttpRequest, name: str) -> HttpResponse:
    """One measure: the number and why, by organization or group, what stands beside."""
    by = act_from(request, command=new_key())
    question = question_of(by, request.GET.dict(), name)
    held = declared(question.org, name, by.lang)
    found = answer(by, question)
    own = next((figure for figure in found.figures if figure.org == question.org and not figure.group), None)
    if question.group:
        plain = Question(name, question.org, question.period, question.origin, found.position)
        own = next((figure for figure in answer(by, plain).figures if figure.org == question.org), None)
    rows = _sorted(held, _filtered(request, question, found), request.GET.get("sort", ""))
    beside = [card(*one) for one in board(by, question, held.with_)] if held.with_ else []
    return render(
        request,
        "measures/one.html",
        held=held,
        name=name,
        figure=own,
        shown=_cells(held, question, own) if own else None,
        formula=words.formula_words(held),
        by_then=words.by_words(held),
        found=found,
        rows=[_cells(held, question, figure) for figure in rows[:SHOWN]],
        more=max(0, len(rows) - SHOWN),
        beside=beside,
        groups=[(group, words.group_words(group)) for group in held.groups],
        level=request.GET.get("level", ""),
        sort=request.GET.get("sort", ""),
        levels_=_levels(question, found),
        pinned=_query(question, position=str(found.position)),
        **_frame(by, question),
    )


@page("desk", "measures/<str:name>/board/", name="measure-board", methods=("GET", "HEAD"), right=READ)
def places(request: HttpRequest, name: str) -> HttpResponse:
    """Organizations of each level in their order, ties as ties; those not measured stand apart, never last."""
    by = act_from(request, command=new_key())
    question = question_of(by, request.GET.dict() | {"group": ""}, name)
    held = declared(question.org, name, by.lang)
    if not held.ranked:
        raise Missing.of("name", _("这个指标不排名"), _("请看它的数字"))
    found, nodes = answer(by, question), forest().nodes
    by_level: dict[str, Any] = {level: (title, []) for level, title in _levels(question, found)}
    for figure in sorted(found.figures, key=lambda one: (one.place or 0, name_of(one.org))):
        if figure.place is not None:
            by_level[nodes[figure.org].level][1].append(_cells(held, question, figure) | _bare(found, figure))
    apart = [
        _cells(held, question, one) for one in found.figures if one.place is None and one.org != question.org
    ]
    return render(
        request,
        "measures/board.html",
        held=held,
        name=name,
        asked=asked_of_others(held),
        formula=words.formula_words(held),
        boards=[(title, rows[:SHOWN]) for title, rows in by_level.values() if rows],
        apart=apart[:SHOWN],
        found=found,
        pinned=_query(question, position=str(found.position)),
        **_frame(by, question),
    )


def _bare(found: Answer, figure: Figure) -> dict[str, Any]:
    """The place as a number, and a bar on one scale for all organizations of the board."""
    most = max((one.value or 0 for one in found.figures if one.place is not None), default=0) or 1
    return {"n": figure.place, "tied": figure.tied, "thousandths": round(1000 * (figure.value or 0) / most)}


@page("desk", "measures/<str:name>/facts/", name="measure-facts", methods=("GET", "HEAD"), right=READ)
def facts(request: HttpRequest, name: str) -> HttpResponse:
    """The facts behind a number, newest first; each leads to its matter if the reader may open it."""
    by = act_from(request, command=new_key())
    question, which = question_of(by, request.GET.dict(), name), request.GET.get("which", "den")
    held, before = declared(question.org, name, by.lang), before_of(request.GET.dict())
    rows = facts_behind(by, question, which, before, ROWS + 1)
    kinds = get_pack(pack_of(question.org)).many(Procedure, by.lang)
    further = _query(question, which=which, before=str(rows[ROWS - 1].id)) if len(rows) > ROWS else ""
    return render(
        request,
        "measures/facts.html",
        held=held,
        name=name,
        which=which,
        parts_=_parts(held),
        rows=[
            (
                row,
                name_of(row.org),
                words.outcome_words(row.outcome, kinds.get(row.procedure)),
                words.row_words(held, row.value) if row.value is not None else "",
            )
            for row in rows[:ROWS]
        ],
        next_href=further,
        first_href=_query(question, which=which) if before < LAST else "",
        **_frame(by, question),
    )


@page("desk", "measures/<str:name>/export/", name="measure-export", methods=("GET", "HEAD"), right=READ)
def take(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of one number with a sheet that tells how to make it again (`?as=xlsx` or `csv`)."""
    by = act_from(request, command=new_key())
    ending = "csv" if request.GET.get("as") == "csv" else "xlsx"
    held = taken(by, question_of(by, request.GET.dict(), name))
    body = export.csv(held) if ending == "csv" else export.xlsx(held)
    answered = HttpResponse(body, content_type=TYPES[ending])
    answered["Content-Disposition"] = f'attachment; filename="{export.file_name(held, ending)}"'
    return answered


def _frame(by: Act, question: Question) -> dict[str, Any]:
    """What all pages of measures show: whose, when, from where; simulated figures carry the watermark."""
    return {
        "question": question,
        "org_name": name_of(question.org),
        "orgs": [(code, name_of(code)) for code in dict.fromkeys((*readable(by)[:SHOWN], question.org))],
        "periods": recent(today()),
        "origins": [(origin, words.origin_words(origin)) for origin in ORIGINS],
        "origin_name": words.origin_words(question.origin),
        "query": _query(question),
        "simulated": question.origin == "simulated",
    }


def _query(question: Question, **other: str) -> str:
    asked = {"org": question.org, "period": question.period.name, "origin": question.origin}
    asked |= {"position": str(question.position)} if question.position is not None else {}
    asked |= {"group": question.group} if question.group else {}
    return "?" + urlencode(asked | other)


def card(name: str, measure: Measure, found: Answer) -> dict[str, Any]:
    """The organization's own figure of one measure as pages show it."""
    figure = found.figures[0]
    return {
        "name": name,
        "title": measure.title,
        "volume": measure.volume,
        "formula": words.formula_words(measure),
    } | _cells(measure, found.question, figure)


def _cells(measure: Measure, question: Question, figure: Figure) -> dict[str, Any]:
    """A figure as a row of a table reads."""
    measured = figure.value is not None
    return {
        "org": figure.org,
        "org_name": name_of(figure.org),
        "group": _member(question, figure.group),
        "value": words.value_words(measure, figure.value) if figure.value is not None else "",
        "standing": "" if measured else words.standing_words(measure, figure),
        "why": words.why_words(measure, figure),
        "part": f"{figure.numerator}/{figure.denominator}" if measure.kind in RATES else "",
        "sample": figure.sample,
        "excluded": figure.excluded,
        "coarse": figure.coarse,
        "interval": words.interval_words(measure, figure),
        "bar": _bar(measure, figure),
        "cuts": [(cut.percent, words.value_words(measure, cut.value)) for cut in figure.cuts],
        "beside": figure.beside,
        "place": words.place_words(figure),
        "href": _query(question, org=figure.org, group=""),
    }


def _member(question: Question, member: str) -> str:
    """A member of a group in words: the pack's for stages and procedures, the name of a holding organization."""
    procedures = get_pack(pack_of(question.org)).many(Procedure, translation.get_language() or "zh-hans")
    if question.group == "stage":
        # Procedures may say it in words of their own: a table over several takes the one that most of them use.
        told = (one.words.get(f"stage.{member}") for one in procedures.values() if member in one.stages)
        return next((word for word, _n in Counter(filter(None, told)).most_common(1)), member)
    if question.group == "procedure":
        return procedures[member].title if member in procedures else member
    known = question.group == "holder" and member in forest().nodes
    return words.member_words(question.group, member, name_of(member) if known else "")


def _bar(measure: Measure, figure: Figure) -> tuple[int, int, int] | None:
    """(value, low, high) in thousandths of the same scale for all shares."""
    if measure.kind != "share" or figure.value is None or figure.low is None or figure.high is None:
        return None
    return round(1000 * figure.value), round(1000 * figure.low), round(1000 * figure.high)


def _filtered(request: HttpRequest, question: Question, found: Answer) -> list[Figure]:
    """Groups of the organization; else itself and those right below it, unless a level (or ``all``) is asked for."""
    if question.group:
        return [figure for figure in found.figures if figure.org == question.org]
    trees, level = forest(), request.GET.get("level", "")
    if level == "all":
        return list(found.figures)
    near = {question.org, *trees.children(question.org, today())}
    return [f for f in found.figures if (trees.nodes[f.org].level == level if level else f.org in near)]


def _levels(question: Question, found: Answer) -> list[tuple[str, str]]:
    nodes, declared_levels = forest().nodes, levels(pack_of(question.org))
    held = dict.fromkeys(nodes[figure.org].level for figure in found.figures)
    return [(level, declared_levels[level].title) for level in held if level in declared_levels]


def _sorted(measure: Measure, rows: list[Figure], sort: str) -> list[Figure]:
    """By name, sample or value; what was not measured comes last, never as the worst."""
    if sort == "name":
        return sorted(rows, key=lambda figure: name_of(figure.org))
    if sort == "sample":
        return sorted(rows, key=lambda figure: -(figure.sample or 0))
    if sort in ("value", "-value"):
        sign = -1 if sort == "-value" else 1
        return sorted(rows, key=lambda f: (f.value is None, sign * (f.value or 0)))
    return rows


def _parts(measure: Measure) -> list[tuple[str, str]]:
    told = [("den", _("分母")), ("num", _("分子")), ("missed", _("分母里没有做到的"))]
    told = told if measure.numerator is not None else [("den", _("计入的"))]
    return [
        *told,
        ("exc", _("裁定不计入的")),
        *((f"beside.{name}", part.says) for name, part in measure.beside.items()),
    ]


from .returns import desk as _returns  # noqa: E402, F401 (pages of the forms that measures fill)
