"""Every write to alliances. Verbs take lists; facts first, the rows are what `fold` makes of them.

A member that the actor's own right `alliance.join` reaches takes part at once; any other is invited, and waits
until a post of its own accepts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.verbs import Tx, allowed, lock, verb
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import on_void
from baodao.orgs import selectors as orgs

from . import facts, ruling
from .declare import ROLES
from .fold import Tie, Whole, after, fold, new
from .models import Alliance, AllianceMember
from .policies import of_org
from .ruling import Decline, EndAlliance, Invite, Join, Leave, NewAlliance
from .selectors import kinds_of, wholes

_LOCK = 0x414C4C49  # "ALLI"


class Come(msgspec.Struct):
    """What became of those named, as (alliance, organization): members at once, or asked."""

    joined: list[tuple[str, str]]
    invited: list[tuple[str, str]]
    codes: list[str] = []


@verb("alliance.found")
def found_alliances(tx: Tx, by: Act, *, alliances: list[NewAlliance]) -> Come:
    """Found alliances; the seat is a member from the first day (as convener, unless it is named in another role).

    :raises Invalid: faults by place (``alliances[0].members[3]``); nothing is written.
    """
    for one in alliances:
        tx.ask("alliance.found", of_org(one.code, one.seat))
    lock(_LOCK)
    named = [one.code for one in alliances if one.code]
    taken = set(Alliance.objects.filter(code__in=named).values_list("code", flat=True)) if named else set()
    ruling.check_new(alliances, orgs.forest(), taken, kinds_of)
    done = Come([], [])
    for one in alliances:
        code = one.code or f"al-{tx.number('alliance'):06}"
        shape = kinds_of(one.seat, one.since)[one.kind].shape
        until = one.until.isoformat() if one.until else None
        data = facts.Founded(
            kind=one.kind, shape=shape, seat=one.seat, since=one.since.isoformat(), until=until
        )
        texts = {"name": one.name.strip()} | ({"name_en": one.name_en.strip()} if one.name_en.strip() else {})
        tx.fact(data, subject=f"alliance:{code}", org=one.seat, level=1, texts=texts)
        now = {code: new(data)}
        roles = {member.org: member.role or ROLES[shape][0] for member in one.members}
        for org, role in ({one.seat: "convener"} | roles).items():
            _come(tx, now, Invite(code, org, one.since, role), done)
        tx.insert(Alliance, **alliance_columns(code, now[code], texts, by.origin))
        for tie in now[code].ties:
            tx.insert(AllianceMember, **tie_columns(code, tie))
        done.codes.append(code)
    return done


@verb("alliance.invite")
def invite_members(tx: Tx, by: Act, *, invites: list[Invite]) -> Come:
    """Add members: those within the actor's own reach join at once, others are asked."""
    before = _asked(tx, "alliance.invite", invites)
    ruling.check_invites(invites, before, orgs.forest(), kinds_of)
    now, done = dict(before), Come([], [])
    for one in invites:
        role = one.role or ROLES[now[one.alliance].shape][0]
        _come(tx, now, msgspec.structs.replace(one, role=role), done)
    _put_changed(tx, before, now)
    return done


@verb("alliance.join")
def join_alliances(tx: Tx, by: Act, *, joins: list[Join]) -> list[str]:
    """Accept invitations for one's own organization, in the role that was offered; or join one that asks nobody, as a helper or member."""
    for one in joins:
        tx.ask("alliance.join", of_org(one.alliance, one.org))
    lock(_LOCK)
    before = wholes(one.alliance for one in joins)
    ruling.check_answers(joins, before, frozenset(code for code, whole in before.items() if free(whole)))
    now = dict(before)
    for one in joins:
        held = now[one.alliance].open_tie(one.org)
        role = held.role if held else HELPS[now[one.alliance].shape]
        _add(tx, now, one.alliance, one.org, facts.Joined(one.org, role, one.since.isoformat()))
    _put_changed(tx, before, now)
    return sorted({one.alliance for one in joins})


@verb("alliance.decline")
def decline_invitations(tx: Tx, by: Act, *, declines: list[Decline]) -> list[str]:
    """Say no to an invitation (the member's side), or take it back (the seat's)."""
    before, sides = _either(tx, "alliance.decline", declines)
    ruling.check_answers(declines, before)
    now = dict(before)
    for one, side in zip(declines, sides, strict=True):
        _add(tx, now, one.alliance, one.org, facts.Declined(one.org, side))
    _put_changed(tx, before, now)
    return sorted({one.alliance for one in declines})


@verb("alliance.leave")
def leave_alliances(tx: Tx, by: Act, *, leaves: list[Leave]) -> list[str]:
    """Members leave, by their own post or by the seat's; the fact says which side it was."""
    before, sides = _either(tx, "alliance.leave", leaves)
    ruling.check_leaves(leaves, before, orgs.forest())
    now = dict(before)
    for one, side in zip(leaves, sides, strict=True):
        _add(tx, now, one.alliance, one.org, facts.Left(one.org, one.until.isoformat(), side))
    _put_changed(tx, before, now)
    return sorted({one.alliance for one in leaves})


@verb("alliance.end")
def end_alliances(tx: Tx, by: Act, *, ends: list[EndAlliance]) -> list[str]:
    """Alliances end, with all their members and invitations."""
    before = _asked(tx, "alliance.end", ends)
    ruling.check_ends(ends, before)
    now = dict(before)
    for one in ends:
        _add(tx, now, one.alliance, "", facts.Ended(one.until.isoformat()))
    _put_changed(tx, before, now)
    for code in sorted({one.alliance for one in ends}):
        _put_known(tx, code, now[code])
    return sorted({one.alliance for one in ends})


def follow_ends(tx: Tx, gone: Mapping[str, date]) -> None:
    """Organizations end (code → first day without): their stays end with them, invitations are taken back, alliances that
    they convened end. For the command that ends them: asks no right of its own. Two statements where there is any."""
    ties = AllianceMember.objects.filter(
        org__in=list(gone), state__in=("invited", "joined"), until__isnull=True
    )
    codes = set(ties.values_list("alliance_id", flat=True))
    codes |= set(
        Alliance.objects.filter(seat__in=list(gone), until__isnull=True).values_list("code", flat=True)
    )
    if not codes:
        return
    lock(_LOCK)
    before = wholes(codes)
    now = dict(before)
    for code in sorted(now):
        whole = now[code]
        if whole.seat in gone and whole.until is None and gone[whole.seat] > whole.since:
            _add(tx, now, code, "", facts.Ended(gone[whole.seat].isoformat()))
            _put_known(tx, code, now[code])
            continue
        for tie in whole.ties:
            if tie.org not in gone or tie.until is not None:
                continue
            if tie.state == "invited":
                _add(tx, now, code, tie.org, facts.Declined(tie.org, "seat"))
            elif tie.state == "joined":
                last = max(gone[tie.org], tie.since + timedelta(days=1))
                _add(tx, now, code, tie.org, facts.Left(tie.org, last.isoformat(), "seat"))
    _put_changed(tx, before, now)


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


#: As what an organization comes that joins by itself.
HELPS = {"consortium": "member", "council": "member", "pairing": "helper"}


def free(whole: Whole) -> bool:
    """Whether its kind asks nobody: who wants to joins by itself. No statement."""
    kind = kinds_of(whole.seat, orgs.today()).get(whole.kind)
    return kind is not None and kind.freely


def _asked(tx: Tx, right: str, wanted: Sequence[Invite | EndAlliance]) -> dict[str, Whole]:
    """The alliances named, after asking for each at its seat. An unknown one is asked at no organization."""
    lock(_LOCK)
    before = wholes(one.alliance for one in wanted)
    for code in sorted({one.alliance for one in wanted}):
        tx.ask(right, of_org(code, before[code].seat if code in before else ""))
    return before


def _either(tx: Tx, right: str, wanted: Sequence[Decline | Leave]) -> tuple[dict[str, Whole], list[str]]:
    """The alliances, and which side speaks in each of those wanted: the member's own posts by ``right``, else
    those of the seat who may invite."""
    lock(_LOCK)
    before = wholes(one.alliance for one in wanted)
    sides = []
    for one in wanted:
        mine = of_org(one.alliance, one.org)
        sides.append("member" if allowed(tx.by, right, mine) else "seat")
        if sides[-1] == "member":
            tx.ask(right, mine)
        else:
            seat = before[one.alliance].seat if one.alliance in before else ""
            tx.ask("alliance.invite", of_org(one.alliance, seat))
    return before, sides


def _come(tx: Tx, now: dict[str, Whole], one: Invite, done: Come) -> None:
    """A member at once when the actor may accept for it (or it is the seat itself), else an invitation."""
    code = one.alliance
    at_once = one.org == now[code].seat or allowed(tx.by, "alliance.join", of_org(code, one.org))
    if not at_once and free(now[code]):
        # A firm that does not want to would have to say so, and that would be written down.
        raise Invalid.of(
            "org",
            _("这一类不点名邀请：%(name)s 愿意的，由它自己加入") % {"name": orgs.name_of(one.org)},
            _("把页面地址告诉它；不加入的不记"),
        )
    kind: Any = facts.Joined if at_once else facts.Invited
    _add(tx, now, code, one.org, kind(one.org, one.role, one.since.isoformat()))
    (done.joined if at_once else done.invited).append((code, one.org))


def _add(tx: Tx, now: dict[str, Whole], code: str, org: str, data: Any) -> None:
    """Queue a fact and fold it; a member's facts are held by the member."""
    subject = f"alliance:{code}"
    tx.fact(data, subject=subject, about=f"org:{org}" if org else "", org=org or now[code].seat, level=1)
    fresh = after(now[code], data)
    assert fresh is not None
    now[code] = fresh


def _put_changed(tx: Tx, before: dict[str, Whole], now: dict[str, Whole]) -> None:
    for code, whole in now.items():
        _put_ties(tx, code, before[code].ties, whole.ties)


def _put_ties(tx: Tx, code: str, before: Iterable[Tie], now: Iterable[Tie]) -> None:
    known = {(tie.org, tie.n): tie for tie in before}
    for tie in now:
        if known.get((tie.org, tie.n)) != tie:
            tx.upsert(AllianceMember, ("alliance_id", "org_id", "n"), **tie_columns(code, tie))


def _put_alliance(tx: Tx, code: str, whole: Whole, texts: dict[str, str], origin: str) -> None:
    tx.upsert(Alliance, ("code",), **alliance_columns(code, whole, texts, origin))


def _put_known(tx: Tx, code: str, whole: Whole) -> None:
    """The row of an alliance that is there: its words and origin stay."""
    row = Alliance.objects.get(code=code)
    _put_alliance(tx, code, whole, {"name": row.name, "name_en": row.name_en}, row.origin)


def alliance_columns(code: str, whole: Whole, texts: dict[str, str], origin: str) -> dict[str, Any]:
    """An alliance as model columns."""
    return {
        "code": code, "kind": whole.kind, "shape": whole.shape, "seat_id": whole.seat,
        "name": texts.get("name", ""), "name_en": texts.get("name_en", ""), "level": 1,
        "origin": origin, "since": whole.since, "until": whole.until,
    }  # fmt: skip


def tie_columns(code: str, tie: Tie) -> dict[str, Any]:
    """A tie as model columns."""
    return {
        "alliance_id": code, "org_id": tie.org, "n": tie.n, "role": tie.role,
        "state": tie.state, "since": tie.since, "until": tie.until,
    }  # fmt: skip


def after_void(tx: Tx, subjects: list[str]) -> None:
    """An import was taken back: fold what is left. An alliance without its founding goes."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("alliance:"):
            continue
        code = subject.removeprefix("alliance:")
        whole = fold(fact.data for fact in facts_of(subject) if fact.id not in gone)
        before = wholes([code]).get(code)
        if before is None:
            continue
        kept = {(tie.org, tie.n) for tie in whole.ties} if whole else set()
        for tie in before.ties:
            if (tie.org, tie.n) not in kept:
                tx.delete(AllianceMember, alliance_id=code, org_id=tie.org, n=tie.n)
        if whole is None:
            tx.delete(Alliance, code=code)
            continue
        _put_ties(tx, code, before.ties, whole.ties)
        _put_known(tx, code, whole)


on_void(after_void)

__all__ = [
    "Come",
    "decline_invitations",
    "end_alliances",
    "found_alliances",
    "invite_members",
    "join_alliances",
    "leave_alliances",
]
