"""Whether what somebody wants to write about a due makes sense: the requirement is there, the subject can owe it and stands on this
organization's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.kernel.selectors import current_calendar
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances.models import Alliance
from baodao.orgs.models import Post
from baodao.orgs.rolls.models import Membership

from .board import rules_of
from .declare import DueRule
from .models import Begun
from .periods import Window, after_event, windows


def rule_of(org: str, requirement: str, day: date, field: str = "requirement") -> DueRule:
    """The requirement as the pack of an organization declares it. Raises Invalid."""
    known = rules_of(orgs.pack_of(org, day))
    if requirement not in known:
        raise Invalid.of(field, _("本区没有这一项要求"), _("请从清单里选"))
    return known[requirement]


def window_of(rule: DueRule, subject: str, day: date) -> Window:
    """The window of the period around a day, or that of the latest event before it. Raises Invalid when there is none."""
    if rule.every:
        spans = windows(rule, day, day, current_calendar())
        if spans:
            return spans[-1]
    else:
        rows = Begun.objects.filter(kind=rule.after, subject=subject, day__lte=day)
        begun = rows.order_by("-day").values_list("day", flat=True).first()
        if begun is not None:
            return after_event(rule, begun, current_calendar())
    raise Invalid.of("day", _("这一天还没有这一项要求"), _("请看这一项从哪天起"))


class Pending:
    """Checks the lines of one command; who holds what is read for all of them at once."""

    def __init__(self, field: str, owners: dict[str, set[str]]) -> None:
        self.field, self.owners = field, owners

    def ask(self, place: int, org: str, requirement: str, subject: str, day: date) -> DueRule:
        """The rule of one line. Raises Invalid naming the line."""
        where = f"{self.field}[{place}]"
        rule = rule_of(org, requirement, day, f"{where}.requirement")
        sort, _colon, name = subject.partition(":")
        if sort != rule.subjects.of:
            raise Invalid.of(f"{where}.subject", _("这一项不是对它的要求"), _("请看这一项要求谁"))
        owned = name == org if sort == "org" else org in self.owners.get(subject, ())
        if not owned and sort not in {"household", "contact"}:
            raise Invalid.of(f"{where}.subject", _("它不在本单位的清单上"), _("请由它所在的单位记"))
        return rule


def pending(lines: Sequence[Any]) -> Pending:
    """Checks for these lines (each with ``subject``). A statement for each sort that is no organization."""
    names: dict[str, set[str]] = {}
    for one in lines:
        sort, _colon, name = one.subject.partition(":")
        names.setdefault(sort, set()).add(name)
    owners: dict[str, set[str]] = {}

    def own(sort: str, rows: Any) -> None:
        for name, org in rows:
            owners.setdefault(f"{sort}:{name}", set()).add(str(org))

    if "post" in names:
        own("post", Post.objects.filter(code__in=names["post"]).values_list("code", "org_id"))
    if "alliance" in names:
        own("alliance", Alliance.objects.filter(code__in=names["alliance"]).values_list("code", "seat_id"))
    if "member" in names:
        rows = Membership.objects.filter(
            token__in=names["member"], kind="home", state="in", until__isnull=True
        )
        own("member", rows.values_list("token", "org_id"))
    return Pending("lines" if not lines else _field(lines[0]), owners)


def _field(line: Any) -> str:
    return "done" if type(line).__name__ == "Done" else "excusing"
