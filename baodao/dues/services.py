"""Every write to dues. Facts first; rows are their caches. Nobody writes that something is due or missing: that follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.ledger.services import on_void

from . import facts, selectors
from .declare import DueRule
from .models import Begun as BegunRow
from .models import Excuse
from .models import Met as MetRow
from .policies import EXCUSE, RECORD, REMIND, above, of_members, of_org
from .ports import Begun, Met
from .reminding import Nudge, nudge
from .ruling import pending, window_of


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that was done and stands on paper: entered afterwards."""

    org: str
    requirement: str
    subject: str
    day: date
    amount: int = 1
    made_up: bool = False


class Excusing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``subject`` is not to owe ``requirement`` for the period around ``day``. ``cause``: one of the pack's; of members none."""

    org: str
    requirement: str
    subject: str
    day: date
    cause: str = ""


class Reminding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization is reminded of what it lacks."""

    org: str
    requirement: str


# ── for the apps above ──────────────────────────────────────────────────────────────────────────────────


def note(tx: Tx, mets: Sequence[Met]) -> None:
    """What the command that is being written meets: called inside the verb of the app whose fact it is."""
    for met in mets:
        tx.upsert(MetRow, ("requirement", "subject", "ref"), **columns(met))


def unnote(tx: Tx, ref: str) -> None:
    """A record meets nothing any more (corrected, taken back). For one that meets something else from now on: `renote`."""
    tx.delete(MetRow, ref=ref)


def renote(tx: Tx, ref: str, mets: Sequence[Met]) -> None:
    """A record was corrected: it meets just these. One statement; each row is touched once."""
    keep = {(met.requirement, met.subject) for met in mets}
    for requirement, subject in MetRow.objects.filter(ref=ref).values_list("requirement", "subject"):
        if (requirement, subject) not in keep:
            tx.delete(MetRow, requirement=requirement, subject=subject, ref=ref)
    note(tx, mets)


def begin(tx: Tx, begun: Sequence[Begun]) -> None:
    """Events after which something is due, inside the verb of the app whose facts they are."""
    for one in begun:
        tx.upsert(BegunRow, ("kind", "subject", "ref"), **msgspec.structs.asdict(one))


def unbegin(tx: Tx, ref: str) -> None:
    """The event was taken back."""
    tx.delete(BegunRow, ref=ref)


def columns(met: Met) -> dict[str, object]:
    """A `Met` as model columns."""
    return msgspec.structs.asdict(met)


# ── verbs ───────────────────────────────────────────────────────────────────────────────────────────────


@verb("due.record")
def record(tx: Tx, by: Act, *, done: list[Done]) -> list[str]:
    """What stands on paper; gives the refs. For what a gathering records there is no need of it. Invalid names the line."""
    for org, member in sorted({(one.org, one.subject.startswith("member:")) for one in done}):
        tx.ask(RECORD, of_members(org) if member else of_org(org))
    today, owed = timezone.localdate(by.noted), pending(done)
    for place, one in enumerate(done):
        if one.day > today:
            raise Invalid.of(f"done[{place}].day", _("这一天还没到"), _("做了以后再记"))
        owed.ask(place, one.org, one.requirement, one.subject, one.day)
    first = tx.number("due", len(done))
    refs = [f"due:{first + n:09}" for n in range(len(done))]
    for ref, one in zip(refs, done, strict=True):
        data = facts.Recorded(
            requirement=one.requirement, subject=one.subject, day=one.day.isoformat(), made_up=one.made_up
        )
        _tell(tx, ref, data, one.org, one.subject, value=one.amount)
    note(tx, [_met(ref, one) for ref, one in zip(refs, done, strict=True)])
    return refs


@verb("due.strike")
def strike(tx: Tx, by: Act, *, org: str, refs: list[str]) -> list[str]:
    """Entries of `due.record` that were wrong. Conflict when there is none of this organization."""
    held = {fact.subject: fact for fact in selectors.recorded(refs)}
    members = any(fact.person for fact in held.values())
    tx.ask(RECORD, of_members(org) if members else of_org(org))
    for ref in refs:
        fact = held.get(ref)
        if fact is None or fact.org != org:
            raise Conflict.of("refs", _("没有这一条，或者已经划掉了"), _("请刷新页面"))
        tx.fact(facts.Struck(), subject=ref, org=org, person=fact.person, level=fact.level, voids=fact.id)
        unnote(tx, ref)
    return refs


@verb("due.excuse")
def excuse(tx: Tx, by: Act, *, excusing: list[Excusing]) -> list[str]:
    """Not owed for a period. A branch excuses its members without a cause; an organization is excused by those above it, for a
    cause that the pack names. Gives the refs; Conflict for one that is excused already."""
    day = timezone.localdate(by.noted)
    for one in excusing:
        member = one.subject.startswith("member:")
        tx.ask(EXCUSE, of_members(one.org) if member else above(one.org, day))
    owed, refs = pending(excusing), []
    first = tx.number("due", len(excusing)) if excusing else 0
    taken = selectors.excused_now([(one.requirement, one.subject) for one in excusing])
    for place, one in enumerate(excusing):
        rule = owed.ask(place, one.org, one.requirement, one.subject, one.day)
        period = window_of(rule, one.subject, one.day).first
        if (one.requirement, one.subject, period) in taken:
            raise Conflict.of(f"excusing[{place}]", _("这一期已经免了"), _("请刷新页面"))
        cause = _cause(rule, one, place)
        refs.append(f"due:{first + place:09}")
        data = facts.Excused(
            requirement=one.requirement, subject=one.subject, period=period.isoformat(), cause=cause
        )
        _tell(tx, refs[-1], data, one.org, one.subject)
        tx.insert(
            Excuse, requirement=one.requirement, subject=one.subject, period=period, cause=cause, ref=refs[-1]
        )
    return refs


@verb("due.unexcuse")
def unexcuse(tx: Tx, by: Act, *, org: str, ref: str) -> str:
    """Owed after all."""
    found = selectors.excusing(ref)
    member = found is not None and found.person != ""
    tx.ask(EXCUSE, of_members(org) if member else above(org, timezone.localdate(by.noted)))
    if found is None or found.org != org:
        raise Conflict.of("ref", _("没有这一条，或者已经收回了"), _("请刷新页面"))
    tx.fact(facts.Unexcused(), subject=ref, org=org, person=found.person, level=found.level, voids=found.id)
    tx.delete(Excuse, ref=ref)
    return ref


@verb("due.remind")
def remind(tx: Tx, by: Act, *, reminding: list[Reminding]) -> list[str]:
    """Organizations are told of what they lack; gives those that were. Once a period for a requirement, and not more often than the
    pack allows over all requirements together: whoever has had enough is passed over (all of them: Conflict)."""
    day = timezone.localdate(by.noted)
    for org in sorted({one.org for one in reminding}):
        tx.ask(REMIND, above(org, day))
    lacking = selectors.lacking_now(
        {one.org for one in reminding}, {one.requirement for one in reminding}, day
    )
    asked = [
        Nudge(f"org:{one.org}", one.org, one.requirement, line.stand.window.first)
        for one in sorted(set(reminding), key=lambda r: (r.org, r.requirement))
        if (line := lacking.get((one.requirement, one.org))) is not None
    ]
    told = [one.org for one, why in zip(asked, nudge(tx, asked, day), strict=True) if why is None]
    if not told:
        raise Conflict.of(
            "reminding",
            _("都不用再提醒：已经做了、免了，或者近期提醒过"),
            _("提醒按单位合计限次，不分哪一项"),
        )
    return told


def remind_in_posts(acts: Iterable[Act], reminding: Sequence[Reminding]) -> int:
    """`remind` for somebody with several posts; gives how many were told. Whatever is done is done in one post: each is told by the first of
    these acts that may, in a command of its own. Raises Refused before anybody is told when there is one that no post may remind, Conflict
    when nobody is to be reminded any more."""
    parts, left = list[tuple[Act, list[Reminding]]](), list(reminding)
    for by in acts:
        day = timezone.localdate(by.noted)
        ours = [one for one in left if allowed(by, REMIND, above(one.org, day))]
        left = [one for one in left if one not in ours]
        parts += [(by, ours)] if ours else []
    if left:
        raise Refused.of("", _("有的单位不归您提醒"), _("请刷新页面，重新选"))
    sent, nobody = 0, list[Conflict]()
    for by, ours in parts:
        try:
            sent += len(remind(by, reminding=ours))
        except Conflict as refused:
            nobody.append(refused)
    if nobody and not sent:
        raise nobody[-1]
    return sent


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _met(ref: str, one: Done) -> Met:
    return Met(one.requirement, one.subject, one.day, ref, one.amount, one.made_up)


def _tell(
    tx: Tx, ref: str, data: msgspec.Struct, org: str, subject: str, *, value: int | None = None
) -> None:
    sort, _colon, name = subject.partition(":")
    member = sort == "member"
    tx.fact(data, subject=ref, org=org, person=name if member else "", level=2 if member else 1, value=value)


def _cause(rule: DueRule, one: Excusing, place: int) -> str:
    if one.subject.startswith("member:"):
        # Why a member is excused is nobody's to write down.
        return "excused"
    if one.cause not in rule.excused:
        raise Invalid.of(f"excusing[{place}].cause", _("请选一个原因"), _("原因由本区的规定列出"))
    return one.cause


def _after_void(tx: Tx, subjects: Iterable[str]) -> None:
    """An import was taken back."""
    for ref in subjects:
        if ref.startswith("due:"):
            unnote(tx, ref)
            tx.delete(Excuse, ref=ref)


on_void(_after_void)
