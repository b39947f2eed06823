"""What a pack says about training: plans with their courses and, for on-line lessons, questions of knowledge.

In TOML::

    [course_plan.community_basics]
    title = "社区工作者基础课"
    title_en = "Basics for community workers"
    gathering = "training"
    owed_by = ["grid_worker"]          # kinds of post whose holders see what is still missing
    norm = "study_hours"               # the due whose minutes count for the yearly norm

    [[course_plan.community_basics.course]]
    name = "requests"
    title = "诉求怎么办"
    minutes = 90

    [[course_plan.community_basics.course.question]]
    text = "答复居民的时限从哪天算？"
    choices = ["收到的当天", "第二天"]
    right = 2
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from baodao.dues.declare import DueRule
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.declare.sections import register_section
from baodao.orgs import selectors as orgs
from baodao.orgs.declare import Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question of knowledge; ``right`` is the number of the right choice, from 1. There is none about opinions: a question without a
    right answer cannot be written."""

    text: Title
    choices: tuple[Title, ...]
    right: Annotated[int, msgspec.Meta(ge=1, le=8)]
    text_en: str = ""
    choices_en: tuple[str, ...] = ()


class Course(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A set course of a plan; with questions it can be taken on line. ``pass_at``: per cent of right answers that pass."""

    name: Name
    title: Title
    minutes: Annotated[int, msgspec.Meta(ge=10, le=4800)]
    title_en: str = ""
    required: bool = True
    question: tuple[Question, ...] = ()
    pass_at: Annotated[int, msgspec.Meta(ge=1, le=100)] = 60


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[course_plan.<name>]`: set courses, who owes them, which yearly norm their hours count towards."""

    title: Title
    gathering: Name
    title_en: str = ""
    hint: str = ""
    hint_en: str = ""
    owed_by: tuple[Name, ...] = ()
    norm: Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=32)] = ""
    course: tuple[Course, ...] = ()
    source: Source = ""

    def find(self, name: str) -> Course | None:
        """A course by name."""
        return next((one for one in self.course if one.name == name), None)


def _check(pack: Pack, report: Report) -> None:
    """Gatherings and dues that a plan names exist; a right answer is one of the choices."""
    kinds, dues = set(pack.names("gathering")), set(pack.names("due"))
    for name, plan in pack.many(Plan).items():
        here = ("course_plan", name)
        if plan.gathering not in kinds:
            report.unknown((*here, "gathering"), _("活动"), plan.gathering, kinds)
        if plan.norm and plan.norm not in dues:
            report.unknown((*here, "norm"), _("要求"), plan.norm, dues)
        for course in plan.course:
            for at, question in enumerate(course.question):
                if question.right > len(question.choices) or len(question.choices) < 2:
                    report.add(
                        (*here, "course", course.name, "question", at),
                        _("第 %(n)d 个选项不在里面") % {"n": question.right},
                        _("right 从 1 数起，至少两个选项"),
                    )


register_section("course_plan", Plan, check=_check)


def plans_of(org: str, day: date) -> Mapping[str, Plan]:
    """Plans that rule an organization. No statement."""
    try:
        return get_pack(orgs.pack_of(org, day)).many(Plan)
    except BadPack:
        return {}


def norm_of(org: str, plan: Plan, day: date) -> int:
    """The minutes of a year that a plan counts towards; 0: none."""
    if not plan.norm:
        return 0
    try:
        rule = get_pack(orgs.pack_of(org, day)).many(DueRule).get(plan.norm)
    except BadPack:
        return 0
    return rule.amount if rule is not None and rule.unit == "minutes" else 0


def titled(one: Plan | Course | None, code: str) -> str:
    """Its title in the reader's language; the code where the pack no longer knows it."""
    if one is None:
        return code
    return (one.title_en if (translation.get_language() or "").startswith("en") else "") or one.title
