"""Reads of the duty lists: what an organization has to do on a day, and for what it may be called.

``basic`` and ``cooperating`` items may be called; ``taken_back`` ones were taken back by the level above and
are what a refusal cites. All lists of a day are versions in force: ``since <= day < until``.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from baodao.kernel.text import fold
from baodao.ledger.selectors import effective_of, facts_of

from . import selectors
from .models import DutyChange, DutyItem, DutyList

BASIC, COOPERATING, TAKEN_BACK = "basic", "cooperating", "taken_back"
#: Class → words. An organization may be called for the first two.
KINDS = {BASIC: _("基本履职"), COOPERATING: _("配合履职"), TAKEN_BACK: _("上级收回")}
CALLABLE = (BASIC, COOPERATING)
#: Why a list should change → words.
REASONS = {
    "disputed": _("多次发生争议"),
    "law_changed": _("依据变了"),
    "moved": _("职责划转了"),
    "unclear": _("写得不清楚"),
}
OUTCOMES = {"accepted": _("采纳"), "declined": _("不采纳")}
#: Without "/": ``<org>/<code>`` names an item of another organization's list.
ITEM_CODE = re.compile(r"^[\w.\-]{1,24}\Z")


class NewDuty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item to be; ``keywords`` are words parted by blanks."""

    code: str
    title: str
    kind: str
    basis: str = ""
    keywords: str = ""


class NewList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list of an organization from ``since`` on."""

    org: str
    since: date
    items: list[NewDuty]


class Duty(msgspec.Struct, frozen=True):
    """An item as it stood in a list that held in [since, until)."""

    org: str
    code: str
    title: str
    kind: str
    basis: str
    keywords: str
    since: date
    until: date | None
    place: int


class Version(msgspec.Struct, frozen=True):
    """One version of a list; ``items`` in all."""

    code: str
    org: str
    since: date
    until: date | None
    origin: str
    digest: str
    items: int


class Change(msgspec.Struct, frozen=True):
    """A proposal to change an item."""

    code: str
    org: str
    item: str
    reason: str
    wanted: str
    disputes: int
    state: str
    opened: date
    settled: date | None
    origin: str


_COLUMNS = (
    "list__org_id", "code", "title", "kind", "basis", "keywords", "list__since", "list__until", "place",
)  # fmt: skip
_CHANGE = (
    "code", "org_id", "item", "reason", "wanted", "disputes", "state", "opened", "settled", "origin",
)  # fmt: skip


def list_code(org: str, since: date) -> str:
    """Key of a version."""
    return f"{org}@{since.isoformat()}"


def digest_of(items: Sequence[NewDuty]) -> str:
    """SHA-256 of the items in their order, in hex."""
    return hashlib.sha256(msgspec.json.encode([msgspec.to_builtins(item) for item in items])).hexdigest()


def terms_of(item: NewDuty) -> str:
    """What the search looks through."""
    return fold(f"{item.code} {item.title} {item.keywords}")[:500]


def _in_force(day: date) -> Q:
    return Q(list__since__lte=day) & (Q(list__until__isnull=True) | Q(list__until__gt=day))


def _duties(rows: QuerySet[DutyItem]) -> list[Duty]:
    return [Duty(*row) for row in rows.values_list(*_COLUMNS)]


def _matching(rows: QuerySet[DutyItem], words: str) -> QuerySet[DutyItem]:
    for word in fold(words).split()[:8]:
        rows = rows.filter(terms__contains=word)
    return rows


def duties_of(
    org: str,
    day: date,
    *,
    kind: str = "",
    words: str = "",
    after: int = 0,
    limit: int | None = None,
) -> list[Duty]:
    """The items of an organization's list on a day, in the list's order; of one class, with all of these
    words, behind a place. One statement."""
    rows = _matching(DutyItem.objects.filter(_in_force(day), list__org=org, place__gt=after), words)
    found = (rows.filter(kind=kind) if kind else rows).order_by("place")
    return _duties(found[:limit] if limit is not None else found)


def find_duty(org: str, code: str, day: date) -> Duty | None:
    """One item of the list that held on the day. One statement."""
    return next(iter(_duties(DutyItem.objects.filter(_in_force(day), list__org=org, code=code))), None)


def find_many(wanted: Iterable[tuple[str, str]], day: date) -> dict[tuple[str, str], Duty]:
    """(organization, code) → the item of its own list that held on the day, those that there are. One statement."""
    asked = set(wanted)
    rows = DutyItem.objects.filter(
        _in_force(day), list__org__in={org for org, _code in asked}, code__in={code for _org, code in asked}
    )
    return {key: duty for duty in _duties(rows) if (key := (duty.org, duty.code)) in asked}


def was_taken_back(org: str) -> bool:
    """Whether a list of this organization was adopted and taken back since (`ledger.takeback`): its items are gone, and what cites one of them
    cites nothing. One statement."""
    told = facts_of(f"duty:{org}", effective=False)
    kept = {fact.id for fact in effective_of(told)}
    return any(fact.kind == "duty.adopted" and fact.id not in kept for fact in told)


def find_elsewhere(org: str, code: str, day: date) -> Duty | None:
    """An item with this code in another list of the same district; None when there is none. One statement."""
    others = selectors.under([district_of(org, day)], day)
    rows = DutyItem.objects.filter(_in_force(day), list__org__in=others, code=code).exclude(list__org=org)
    return next(iter(_duties(rows.order_by("list__org")[:1])), None)


def callable_orgs(day: date, within: Iterable[str]) -> dict[str, list[Duty]]:
    """Organizations in or under ``within``, by code, with the items they may be called for. One
    statement."""
    rows = DutyItem.objects.filter(
        _in_force(day), list__org__in=selectors.under(within, day), kind__in=CALLABLE
    )
    found: dict[str, list[Duty]] = {}
    for duty in _duties(rows.order_by("list__org", "place")):
        found.setdefault(duty.org, []).append(duty)
    return found


def search_duties(
    words: str, day: date, within: Iterable[str], *, kinds: Sequence[str] = CALLABLE, limit: int = 30
) -> list[Duty]:
    """Items in or under ``within`` whose code, title or keywords hold all of these words: basic ones first.
    Nothing for no word. One statement."""
    if not words.strip():
        return []
    rows = DutyItem.objects.filter(
        _in_force(day), list__org__in=selectors.under(within, day), kind__in=list(kinds)
    )
    return _duties(_matching(rows, words).order_by("kind", "list__org", "place")[:limit])


def counts_of(org: str, day: date) -> dict[str, int]:
    """Class → items of a list on a day. One statement."""
    rows = DutyItem.objects.filter(_in_force(day), list__org=org).values_list("kind")
    held = dict(rows.annotate(n=Count("id")).order_by())
    return {kind: held.get(kind, 0) for kind in KINDS}


def versions_of(orgs: Iterable[str]) -> list[Version]:
    """All versions of these organizations, the newest first. One statement."""
    rows = DutyList.objects.filter(org__in=list(orgs)).order_by("org", "-since")
    names = ("code", "org_id", "since", "until", "origin", "digest")
    return [Version(*row) for row in rows.annotate(n=Count("items")).values_list(*names, "n")]


def version_on(org: str, day: date) -> Version | None:
    """The version that held on a day. One statement."""
    return next(
        (v for v in versions_of([org]) if v.since <= day and (v.until is None or day < v.until)), None
    )


def latest(orgs: Iterable[str]) -> dict[str, date]:
    """Organization → day of its last version. One statement."""
    rows = DutyList.objects.filter(org__in=list(orgs)).values_list("org_id")
    return dict(rows.annotate(last=Max("since")).order_by())


def items_of(versions: Iterable[str]) -> dict[str, list[Duty]]:
    """Version → its items in order. One statement."""
    found: dict[str, list[Duty]] = {code: [] for code in versions}
    for duty in _duties(DutyItem.objects.filter(list__in=list(found)).order_by("list", "place")):
        found[list_code(duty.org, duty.since)].append(duty)
    return found


def lists_within(day: date, within: Iterable[str]) -> list[Version]:
    """The versions in force in or under ``within``, by organization. One statement."""
    rows = DutyList.objects.filter(selectors.in_force(day), org__in=selectors.under(within, day))
    names = ("code", "org_id", "since", "until", "origin", "digest")
    return [Version(*row) for row in rows.annotate(n=Count("items")).order_by("org").values_list(*names, "n")]


def changes_within(
    day: date, within: Iterable[str], *, state: str = "", org: str = "", after: str = "", limit: int = 50
) -> list[Change]:
    """Proposals about organizations in or under ``within``, open ones or all, the newest first. One
    statement."""
    rows = DutyChange.objects.filter(org__in=selectors.under(within, day))
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(org=org) if org else rows
    rows = rows.filter(code__lt=after) if after else rows
    return [Change(*row) for row in rows.order_by("-code").values_list(*_CHANGE)[:limit]]


def change(code: str) -> Change | None:
    """One proposal."""
    return next((Change(*row) for row in DutyChange.objects.filter(code=code).values_list(*_CHANGE)), None)


def titles_of(asked: Iterable[tuple[str, str, date]]) -> dict[tuple[str, str], str]:
    """(organization, item) → title in the newest version that began by the day given. One statement."""
    days = {(org, item): day for org, item, day in asked}
    rows = DutyItem.objects.filter(
        list__org__in={org for org, _item in days}, code__in={item for _org, item in days}
    ).order_by("list__since")
    found: dict[tuple[str, str], str] = {}
    for duty in _duties(rows):
        key = (duty.org, duty.code)
        if key in days and (duty.since <= days[key] or key not in found):
            found[key] = duty.title
    return found


def district_of(org: str, day: date) -> str:
    """The district in which an organization lies on a day: the nearest above it of that level, else its root;
    "" when it did not exist. No statement."""
    trees = selectors.forest()
    chain = trees.chain(org, day)
    return next((one for one in chain if trees.nodes[one].level == "district"), chain[-1] if chain else "")


def readable(reader: str, org: str, day: date) -> bool:
    """Whether staff of ``reader`` may read the list of ``org``: lists say who may be called, so everybody on
    staff reads those of the own district; above the districts, those of all below. No statement."""
    home = district_of(reader, day)
    return bool(home) and home in selectors.forest().chain(org, day)


class Difference(msgspec.Struct, frozen=True):
    """What a version changed: items that came and went, and (before, after) of those that changed."""

    added: list[Duty]
    removed: list[Duty]
    changed: list[tuple[Duty, Duty]]


def difference(before: Sequence[Duty], after: Sequence[Duty]) -> Difference:
    """Compare two versions by code; another order alone is no change. Pure."""
    old, new = {duty.code: duty for duty in before}, {duty.code: duty for duty in after}
    changed = [(old[code], duty) for code, duty in new.items() if code in old]
    return Difference(
        added=[duty for code, duty in new.items() if code not in old],
        removed=[duty for code, duty in old.items() if code not in new],
        changed=[(one, two) for one, two in changed if _said(one) != _said(two)],
    )


def _said(duty: Duty) -> tuple[str, ...]:
    return duty.title, duty.kind, duty.basis, duty.keywords
