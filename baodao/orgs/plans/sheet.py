"""The sheet of changes: the empty workbook with its lists and notes, and what a filled one asks for. Persons are found by
their phone or by the post that they hold now; no name is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.tables import Column, as_text
from baodao.kernel.tables.template import Given, Template, Verdicts, choice
from baodao.orgs import selectors
from baodao.orgs.models import Post
from baodao.people import normalise
from baodao.people.selectors import holder_of

from .lines import SHORT, Asked, Scene, expand
from .models import OrgPlan
from .selectors import held_at, lines_of

#: Faults of `expand` name these fields; the sheet has the person in two columns.
_FIELDS = {"person": "phone"}


def columns(by: Act) -> Sequence[Column]:
    """What a sheet may bring, in the order of the empty workbook."""
    day = selectors.today()
    kinds = selectors.post_kinds(selectors.home_pack(day))
    levels = selectors.levels(selectors.home_pack(day))
    english = by.lang.startswith("en")
    titles = {code: (kind.title_en if english else "") or kind.title for code, kind in kinds.items()}
    ranks = {code: (level.title_en if english else "") or level.title for code, level in levels.items()}
    return (
        choice(
            "kind",
            _("调整"),
            {k: str(w) for k, w in SHORT.items() if k != "split"},
            required=True,
            example="replace",
        ),
        Column("org", _("单位代码"), as_text(32), example="500102001001", hint=_("新设的单位写它的新代码")),
        choice("post_kind", _("岗位类别"), titles, hint=_("接任、任命要写")),
        Column(
            "phone", _("接任人的手机号"), as_text(20), hint=_("本人登记时的手机号"), example="13800005566"
        ),
        Column("now", _("接任人现在的岗位代码"), as_text(48), hint=_("没有手机号时写这一列")),
        Column("post", _("免去的岗位代码"), as_text(48), hint=_("免职要写；接任会自动免去原任")),
        Column(
            "other", _("上级或接手单位的代码"), as_text(32), hint=_("移到、并入、新设要写；撤销写接手的单位")
        ),
        Column("name", _("名称"), as_text(120), hint=_("新单位的名称；任命可写职务名称")),
        choice("level", _("层级"), ranks, hint=_("新设要写")),
        Column("org_kind", _("单位类别"), as_text(32), hint=_("新设要写，例如 community")),
        Column("note", _("依据文号"), as_text(120), example="涪委〔2026〕12号"),  # data
    )


def template_for(plan: OrgPlan) -> Template:
    """The sheet of one plan: judged against its day and what is in it already."""

    def judge(by: Act, rows: Sequence[Given], verdicts: Verdicts) -> None:
        _judge(plan, rows, verdicts)

    return Template(
        name="changes",
        title=gettext_lazy("调整"),
        about=gettext_lazy("一行一项调整，都在计划的那一天生效"),
        order=0,
        columns=columns,
        judge=judge,
        load=lambda by, items: None,
        rows=lambda by: (),
        may_load=lambda by: True,
        may_see=lambda by: True,
        count=lambda by: 0,
    )


def _judge(plan: OrgPlan, rows: Sequence[Given], verdicts: Verdicts) -> None:
    trees = selectors.forest()
    fresh = {line.org for _n, line in lines_of(plan.code) if line.kind == "found"}
    fresh |= {row.text("org") for row in rows if row.text("kind") == "found"}
    scene = Scene(trees, plan.day, lambda orgs: _held(orgs, plan.day), frozenset(fresh))
    now = _now([row.text("now") for row in rows if row.text("now")])
    for row in rows:
        try:
            asked = _asked(row, now)
            expand([asked], scene)
        except Problem as problem:
            for fault in problem.faults:
                field = fault.field.rpartition(".")[2]
                field = _FIELDS.get(field, field)
                verdicts.wrong(row.row, field, row.values.get(field, ""), fault.reason, fault.remedy)
        else:
            verdicts.good(row.row, asked)


def _held(orgs: Sequence[str], day: date) -> Any:
    return held_at(orgs, day)


def _now(codes: Sequence[str]) -> Mapping[str, str]:
    """Post → uid of who holds it. One statement."""
    return dict(Post.objects.filter(code__in=list(codes)).values_list("code", "person"))


def _asked(row: Given, now: Mapping[str, str]) -> Asked:
    """A row as it is asked for. Raises Invalid for a person who is not found."""
    fields = ("kind", "org", "post_kind", "post", "other", "name", "level", "org_kind", "note")
    values = {name: row.text(name) for name in fields}
    person = person_of(row.text("phone"), row.text("now"), now)
    return msgspec.convert({**values, "person": person}, Asked)


def person_of(phone: str, post: str, now: Mapping[str, str] | None = None) -> str:
    """Uid of who signs in by a phone or holds a post; "" when neither is written. Raises Invalid."""
    if phone.strip():
        number = normalise.normal("phone", phone)
        uid = holder_of(normalise.Contact("phone", number))[0]
        if not uid:
            raise Invalid.of("phone", _("没有登记这个手机号"), _("先在人员里登记，再任命"))
        return uid
    if post.strip():
        found = (now if now is not None else _now([post.strip()])).get(post.strip(), "")
        if not found:
            raise Invalid.of("now", _("没有这个岗位，或它没有人"), _("请核对岗位代码"))
        return found
    return ""
