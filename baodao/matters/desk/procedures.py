"""How each kind of matter goes in this district: a list with search, and a page with the drawing, the words, the sources and what is
only an example yet. Declarations are no secret: every post reads them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from markupsafe import Markup

from baodao.kernel.act import new_key
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.matters.chart import as_text, chart_of, selector_word
from baodao.matters.declare import Action, Clock, Procedure, digest
from baodao.matters.draw import svg
from baodao.matters.packs import words
from baodao.matters.story import level_words
from baodao.orgs.declare import PERSON, SYSTEM, PostKind
from baodao.orgs.rights import ceiling, matches
from baodao.orgs.selectors import name_of, pack_of
from baodao.orgs.words import reach_words
from baodao.people.door import act_from

from .start import own_org, words_in

ASSUMED = "assumed"


def source_words(source: str) -> tuple[str, str]:
    """(words, tone) of where an entry is from."""
    known = {"district": _("本区定的"), "public": _("公开文件"), ASSUMED: _("示例，待核定")}
    return known.get(source, _("没有写明")), "soon" if source == ASSUMED else ""


def _pack(request: HttpRequest) -> tuple[Pack, str, str]:
    org, lang = own_org(request), act_from(request, command=new_key()).lang
    name = pack_of(org) if org else ""
    if not name:
        raise Missing.of("pack", _("本单位还没有套用哪个区的规定"), _("请系统管理员先套用"))
    return get_pack(name), org, lang


@page("desk", "procedures/", name="procedures", methods=("GET", "HEAD"))
def procedures(request: HttpRequest) -> HttpResponse:
    """All procedures of this pack; ``?q=`` looks in titles, summaries, buttons and kinds."""
    pack, org, lang = _pack(request)
    wanted = request.GET.get("q", "").strip()[:40]
    examples = [row.key for row in pack.assumed()]
    rows = [
        SimpleNamespace(
            name=name,
            title=procedure.title,
            summary=procedure.summary,
            clocks=len(procedure.clocks),
            steps=len(procedure.actions),
            examples=sum(
                key == f"procedure.{name}" or key.startswith(f"procedure.{name}.") for key in examples
            ),
        )
        for name, procedure in pack.many(Procedure, lang).items()
        if not wanted or wanted.lower() in words_in(name, procedure)
    ]
    return render(
        request,
        "matters/desk/procedures.html",
        rows=rows,
        q=wanted,
        total=len(pack.many(Procedure)),
        office=name_of(org),
    )


@page("desk", "procedures/<str:name>/", name="procedure", methods=("GET", "HEAD"))
def procedure(request: HttpRequest, name: str) -> HttpResponse:
    """One procedure: drawing, stages, buttons with who may, clocks with their limits and sources, papers, rights."""
    pack, org, lang = _pack(request)
    found = pack.many(Procedure, lang).get(name)
    if found is None:
        raise Missing.of("procedure", _("没有叫 %(name)s 的程序") % {"name": name}, _("请从列表里选"))
    chart = chart_of(pack, name, lang)
    others = pack.many(Procedure, lang)
    return render(
        request,
        "matters/desk/procedure.html",
        it=found,
        name=name,
        office=name_of(org),
        drawing=Markup(svg(chart)),  # noqa: S704 (every text in it is escaped where it is drawn)
        lines=as_text(chart),
        level=level_words(found.level),
        source=source_words(pack.source("procedure", name)),
        version=digest(pack.many(Procedure)[name])[:12],
        about=[others[one].title for one in found.about if one in others],
        stages=[
            SimpleNamespace(
                word=found.word(f"stage.{one}"),
                plain=found.words.get(f"plain.{one}", ""),
                end=one in found.last,
            )
            for one in found.stages
        ],
        clocks=[_clock(pack, name, found, one) for one in found.clocks],
        actions=[_action(pack, name, found, one, lang) for one in found.actions],
        lists=_lists(pack, name, found),
        rights=_rights(pack, name, found, lang),
    )


def _clock(pack: Pack, name: str, procedure: Procedure, clock: Clock) -> SimpleNamespace:
    lapse = procedure.action(clock.lapse) if clock.lapse else None
    every = {"leg": _("每个承办单位"), "stage": _("每个阶段"), "round": _("每一轮"), "matter": _("整件事")}
    return SimpleNamespace(
        title=clock.title or clock.name,
        limit=words.limit_words(clock.limit),
        on=every[clock.on],
        starts=_("、").join(words.fact_words(procedure, one) for one in clock.starts()),
        stops=_("、").join(words.fact_words(procedure, one) for one in clock.stops()),
        lapse=lapse.title if lapse is not None else "",
        pausable=clock.pausable,
        source=source_words(pack.source("procedure", name, "clock", clock.name)),
    )


def _action(pack: Pack, name: str, procedure: Procedure, action: Action, lang: str) -> SimpleNamespace:
    who = dict.fromkeys(selector_word(pack, name, action, one, lang) for one in action.who)
    return SimpleNamespace(
        title=action.title or action.name,
        system=set(action.who) == {SYSTEM},
        who=list(who),
        from_=words.from_words(procedure, action) if action.name != "open" else "",
        fields=[
            (procedure.label(action.name, field), words.field_words(declared), declared.endswith("?"))
            for field, declared in action.fields.items()
        ],
        when=[words.guard_words(procedure, guard) for guard in action.when],
        then=[words.effect_words(pack, procedure, effect, lang) for effect in action.then],
        tells=[words.audience_words(one) for one in action.tells],
        reads=action.reads,
        blind=action.blind,
        forgets=action.forgets,
    )


def _parts(procedure: Procedure) -> list[tuple[str, str, Any, Any]]:
    """(heading, section, its rows, what is said beside a row's title)."""
    joined = _("、").join
    return [
        (_("类别"), "kind", procedure.kinds, lambda row: row.hint),
        (
            _("可以暂停的原因"),
            "pause",
            procedure.pauses,
            lambda row: (
                _("最长 %(limit)s") % {"limit": words.limit_words(row.longest)} if row.longest else ""
            ),
        ),
        (
            _("办不了时的下一步"),
            "next_step",
            procedure.next_steps,
            lambda row: f"{row.where} {row.basis}".strip(),
        ),
        (_("文书"), "paper", procedure.papers, lambda row: row.text),
        (_("合成的数"), "figure", procedure.figures, lambda row: _("至少 %(n)d 人才显示") % {"n": row.least}),
        (
            _("表格"),
            "table",
            procedure.tables,
            lambda row: joined(column.title for column in row.columns),
        ),
        (
            _("评分表"),
            "score_sheet",
            procedure.score_sheets,
            lambda row: joined(f"{item.title} {item.most}" for item in row.items),
        ),
        (
            _("检查清单"),
            "checklist",
            procedure.checklists,
            lambda row: joined(item.title for item in row.items),
        ),
    ]


def _lists(
    pack: Pack, name: str, procedure: Procedure
) -> list[tuple[str, list[tuple[str, str, tuple[str, str]]]]]:
    """(heading, rows of title, what is said beside it, source) of all lists that the procedure has."""
    kinds = {row.name: row.title for row in procedure.kinds}
    return [
        (
            head,
            [
                (
                    getattr(row, "title", "") or kinds.get(row.name, row.name),
                    say(row),
                    source_words(pack.source("procedure", name, key, row.name)),
                )
                for row in rows
            ],
        )
        for head, key, rows, say in _parts(procedure)
        if rows
    ]


def _rights(pack: Pack, name: str, procedure: Procedure, lang: str) -> list[SimpleNamespace]:
    """Post × buttons × reach: what the matrix says of this procedure."""
    found = []
    for code, kind in pack.many(PostKind).items():
        groups: dict[tuple[str, int], list[str]] = {}
        for action in procedure.actions:
            for line in kind.rights:
                if matches(line.right, f"{name}.{action.name}") and (
                    code != SYSTEM or set(action.who) == {SYSTEM}
                ):
                    top = ceiling(f"{name}.{action.name}", line.reach, line.level, code)
                    groups.setdefault((line.reach, top), []).append(action.title or action.name)
        title = kind.title_en if lang.startswith("en") and kind.title_en else kind.title
        for (reach, top), titles in groups.items():
            told = reach_words(reach)
            found.append(
                SimpleNamespace(
                    post=title,
                    free=code in (PERSON, SYSTEM),
                    may=list(dict.fromkeys(titles)),
                    reach=told.en if lang.startswith("en") else told.zh,
                    level=level_words(max(top, 0)),
                )
            )
    return found
