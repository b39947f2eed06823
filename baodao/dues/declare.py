"""What a pack says about dues. In TOML::

[due.theme_day]
title = "主题党日"
title_en = "Theme day"
subjects = { of = "org", levels = ["party_community"], kinds = ["branch"] }
met_by = "gather.held"
counts_if = ["theme_day"]          # traits of the record; "a|b": one of them
every = "month"
day = 10                           # the fixed day; without: any day of the period
rest = "next"                      # on a rest day: the next workday (before, same)
after_days = 5                     # still in time until the 15th
make_up = "15 days"
newcomers = "middle"
since = 2019-01-01
basis = "…"
source = "public"

[dues]
reminders = 2                      # to one subject, over all requirements,
within_days = 30                   # in so many days
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=32)]
#: A trait of a record ("theme_day", "kind:members_meeting"), or several of which one is enough ("lecture|study").
Trait = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_:]*(\|[a-z][a-z0-9_:]*)*$", max_length=120)]
Span = Annotated[str, msgspec.Meta(pattern=r"^([1-9][0-9]{0,2} (day|workday)s?)?$")]
Every = Literal["", "week", "month", "quarter", "half_year", "year"]
Of = Literal["org", "post", "member", "alliance", "household", "contact"]
Source = Literal["", "district", "public", "assumed"]


class Subjects(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who owes it. ``org``: organizations of these ``levels`` and ``kinds`` (none named: any; ``kinds`` of the tree's own words), or
    those that are in an alliance of these ``alliances`` in one of the ``roles``. ``post``: appointments of these ``kinds``.
    ``member``: who is on the home roll of a branch of these levels and kinds. ``alliance``: alliances of these ``kinds`` or of a
    ``shape``. ``household``, ``contact``: those of a ``plan``, as the app that keeps it says."""

    of: Of
    levels: tuple[Name, ...] = ()
    kinds: tuple[Name, ...] = ()
    alliances: tuple[Name, ...] = ()
    roles: tuple[Name, ...] = ()
    shape: Literal["", "consortium", "council", "pairing"] = ""
    plan: Annotated[str, msgspec.Meta(pattern=r"^([a-z][a-z0-9_]*)?$", max_length=32)] = ""


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may change on a day: a field left out stays as it was before."""

    since: date
    counts_if: tuple[Trait, ...] | None = None
    every: Every | None = None
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    rest: Literal["same", "next", "before"] | None = None
    before_days: Annotated[int, msgspec.Meta(ge=0, le=10)] | None = None
    after_days: Annotated[int, msgspec.Meta(ge=0, le=15)] | None = None
    amount: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    make_up: Span | None = None


class DueRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement. Without ``day`` any day of the period counts. ``every = ""``: once after each fact ``after``, within
    ``limit``. ``newcomers``: a subject that began in mid-period owes when it began by the ``middle``, only from its first ``whole``
    period, in ``any`` case, or ``prorated`` by days; one that ended before the window closed owes nothing. ``excused`` are the
    causes that a branch may name; of a member only that she is excused is kept. ``until`` is the first day without it."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    subjects: Subjects
    since: date
    title_en: str = ""
    met_by: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+\.[a-z_]+$")] = "gather.held"
    counts_if: tuple[Trait, ...] = ()
    every: Every = "month"
    day: Annotated[int, msgspec.Meta(ge=0, le=31)] = 0
    """Fixed day of the month (of the last month of a longer period); of a week 1 (Monday) to 7; 0: none."""
    within: Annotated[int, msgspec.Meta(ge=0, le=92)] = 0
    """Only the first so many days of the period count (a report on the period before); 0: without a ``day``, all of them."""
    rest: Literal["same", "next", "before"] = "same"
    """A fixed day that is a rest day: it stays, or goes to the next workday or the one before."""
    before_days: Annotated[int, msgspec.Meta(ge=0, le=10)] = 0
    after_days: Annotated[int, msgspec.Meta(ge=0, le=15)] = 0
    after: Annotated[str, msgspec.Meta(pattern=r"^([a-z_]+\.[a-z_]+)?$")] = ""
    limit: Span = ""
    amount: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    unit: Literal["times", "minutes"] = "times"
    make_up: Span = ""
    newcomers: Literal["middle", "whole", "any", "prorated"] = "middle"
    excused: tuple[Name, ...] = ()
    excused_by: tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z_]+\.[a-z_]+$")], ...] = ()
    """Facts by which nobody is asked (``service.enough``): while such a word holds, nothing is owed, without anybody's step."""
    until: date | None = None
    changes: tuple[Terms, ...] = ()
    """Later terms, each from the first day of a period on; periods before keep theirs."""
    level: Annotated[int, msgspec.Meta(ge=0, le=2)] = 1
    remind: bool = True
    hint: str = ""
    basis: str = ""
    source: Source = ""


class DuesRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[dues]`: one limit for reminders over all requirements together, and how many contacts a year a named person has at most."""

    reminders: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    within_days: Annotated[int, msgspec.Meta(ge=1, le=92)] = 30
    contacts_a_quarter: Annotated[int, msgspec.Meta(ge=1, le=20)] = 2
    source: Source = "assumed"


#: The shortest such period, in days: making up has to end before the next period does.
_SHORTEST = {"week": 7, "month": 28, "quarter": 90, "half_year": 181, "year": 365}


def _check(pack: Pack, report: Report) -> None:
    """What two keys of a requirement say together, and the names that it uses."""
    for name, rule in pack.many(DueRule).items():
        where = ("due", name)
        _check_subjects(pack, report, name, rule)
        _check_rests(report, name, rule)
        if bool(rule.every) == bool(rule.after):
            report.add(
                (*where, "every"),
                _("every 和 after 要写一个、只写一个"),
                _("按期做的写 every，某件事以后做的写 after 和 limit。"),
            )
        if rule.after and not rule.limit:
            report.add((*where, "limit"), _("没有写多久以内"), _('例如 limit = "5 workdays"'))
        if rule.every == "week" and rule.day > 7:
            report.add((*where, "day"), _("一周只有七天"), _("1 是星期一，7 是星期日。"))
        if rule.within and (rule.day or not rule.every or rule.within > _SHORTEST[rule.every]):
            reason = _("within 和 day 只写一个，也不能比一期长")
            report.add((*where, "within"), reason, _("一期开头的几天写 within，固定的一天写 day。"))
        if rule.before_days + rule.after_days > 15:
            report.add(
                (*where, "after_days"), _("前后一共超过 15 天"), _("再宽就不是固定的一天了：去掉 day。")
            )
        if rule.unit == "minutes" and rule.subjects.of != "member":
            report.add((*where, "unit"), _("只有党员本人的学时按分钟算"), _('写 times，或 of = "member"。'))
        _check_make_up(report, name, rule)
        _check_changes(report, name, rule)


def _check_rests(report: Report, name: str, rule: DueRule) -> None:
    from .ports import rests

    for kind in rule.excused_by:
        if kind not in rests():
            report.unknown(("due", name, "excused_by"), _("免做的依据"), kind, set(rests()))


def _check_subjects(pack: Pack, report: Report, name: str, rule: DueRule) -> None:
    held, where = rule.subjects, ("due", name, "subjects")
    levels = set(pack.names("level"))
    for level in held.levels:
        if level not in levels:
            report.unknown((*where, "levels"), _("层级"), level, levels)
    if held.alliances or held.of == "alliance":
        known = set(pack.names("alliance"))
        for kind in (*held.alliances, *(held.kinds if held.of == "alliance" else ())):
            if kind not in known:
                report.unknown((*where, "alliances"), _("共建组织的类别"), kind, known)
    if held.of == "post":
        posts = set(pack.names("post"))
        for kind in held.kinds:
            if kind not in posts:
                report.unknown((*where, "kinds"), _("岗位"), kind, posts)
    if held.of == "household" and rule.met_by.startswith("gather."):
        # limits.md, Y03 and N01: hearing a talk is nobody's debt.
        report.add(
            ("due", name, "met_by"), _("听讲、参加活动不能摊派到户"), _("去掉这一项，或者写上门服务的事。")
        )
    if held.of == "member" and rule.level < 2:
        report.add(
            ("due", name, "level"), _("党员本人的要求是第 2 级"), _("写 level = 2：只有支部看得到人。")
        )


def _check_make_up(report: Report, name: str, rule: DueRule) -> None:
    for span, every in (
        (rule.make_up, rule.every),
        *((c.make_up or "", c.every or rule.every) for c in rule.changes),
    ):
        count, _space, unit = span.partition(" ")
        days = int(count or 0) * (7 if unit.startswith("workday") else 5) // 5
        if every and days >= _SHORTEST[every]:
            report.add(
                ("due", name, "make_up"), _("补做的期限要比一期短"), _("不然一次补做不知道补的是哪一期。")
            )


def _check_changes(report: Report, name: str, rule: DueRule) -> None:
    from .periods import period, terms

    for place, change in enumerate(rule.changes):
        before = terms(rule, change.since - timedelta(days=1)).every
        after = terms(rule, change.since).every
        for every in {before, after} - {""}:
            if period(every, change.since)[0] != change.since:
                report.add(
                    ("due", name, "changes", place, "since"),
                    _("改动要从一期的第一天开始"),
                    _("已经开始的一期按原来的规定。"),
                )
                break


register_section("due", DueRule, check=_check)
register_section("dues", DuesRules, many=False)
