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

from datetime import date
from typing import Annotated, Literal

import msgspec

from baodao.kernel.declare.sections import register_section

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


register_section("due", DueRule)
register_section("dues", DuesRules, many=False)
