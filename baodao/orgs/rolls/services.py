"""Every write to rolls. Facts first; the rows are what `fold` makes of them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import on_void
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.people.services.identity import queue_invited, queue_token

from . import facts
from .fold import Member, Row, after, fold
from .models import Membership, RollShown
from .selectors import DOMAIN, PROJECT, members, of_branch, own

_LOCK = 0x524F4C4C  # "ROLL"


class Enter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody comes on the roll of her home ``branch``; by her telephone she signs in. ``uid`` as an export brings it."""

    branch: str
    name: str
    phone: str
    since: date
    uid: str = ""


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project branch answers a member who asked."""

    branch: str
    token: str
    yes: bool


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without her on this roll."""

    branch: str
    token: str
    until: date


class Show(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A switch: seen at ``place`` or not."""

    place: str
    yes: bool


@verb("roll.enter")
def enter_members(tx: Tx, by: Act, *, members_: list[Enter]) -> list[str]:
    """Members come on their home branch's roll; gives their tokens. Conflict when one is on a roll already."""
    for branch in sorted({one.branch for one in members_}) or [""]:
        tx.ask("roll.enter", of_branch(branch))
    lock(_LOCK)
    faults = Faults("members")
    examine(faults, members_)
    faults.close()
    tokens = []
    for one in members_:
        token = queue_invited(tx, name=one.name, phone=one.phone, domain=DOMAIN, uid=one.uid).token
        member = members([token])[token]
        if member.home is not None or token in tokens:
            raise Conflict.of("phone", _("这个人已经在一个支部的名册上"), _("先由原来的支部转出"))
        _tell(tx, token, member, facts.Entered(branch=one.branch, kind="home", since=one.since.isoformat()))
        tokens.append(token)
    return tokens


def examine(faults: Faults, members_: Sequence[Enter]) -> None:
    """What is wrong with them by themselves: a home is a branch of the Party tree on that day, none made for a project."""
    trees = orgs.forest()
    for place, one in enumerate(members_):
        node = trees.nodes.get(one.branch)
        if node is None or node.tree != "party" or node.level == PROJECT or not node.at(one.since):
            faults.add(place, "branch", _("党员的组织关系落在党支部，不落在项目支部"), _("请选党组织"))
        faults.day(place, "since", one.since)


@verb("roll.ask")
def ask_project(tx: Tx, by: Act, *, branch: str, since: date) -> str:
    """A member asks to join a project branch; her home branch's roll keeps her."""
    tx.ask("roll.own", Subject(ref=f"roll:{branch}", persons=(by.person,), level=2))
    token, member = own(by.person)
    node = orgs.forest().nodes.get(branch)
    if node is None or node.level != PROJECT or not node.at(since):
        raise Invalid.of("branch", _("请选一个项目支部"))
    if member.home is None:
        raise Conflict.of("branch", _("您还不在任何支部的名册上"), _("先请组织关系所在的支部把您记上"))
    if member.open(branch, "project", "asked") or member.open(branch, "project", "in"):
        raise Conflict.of("branch", _("您已经申请过，或者已经在里面"))
    lock(_LOCK)
    _tell(tx, token, member, facts.Asked(branch=branch, since=since.isoformat()))
    return branch


@verb("roll.answer")
def answer_asked(tx: Tx, by: Act, *, answers: list[Answer]) -> list[str]:
    """A project branch says yes or no to members who asked. Nobody comes in otherwise."""
    for branch in sorted({one.branch for one in answers}) or [""]:
        tx.ask("roll.answer", of_branch(branch))
    lock(_LOCK)
    held, day = members({one.token for one in answers}), _day(by)
    for one in answers:
        member = held[one.token]
        if member.open(one.branch, "project", "asked") is None:
            raise Conflict.of("token", _("这个人没有申请，或者已经答复过"), _("请刷新页面"))
        entered = facts.Entered(branch=one.branch, kind="project", since=day)
        declined = facts.Declined(branch=one.branch, side="branch")
        _tell(tx, one.token, member, entered if one.yes else declined)
    return [one.token for one in answers]


@verb("roll.leave")
def leave_rolls(tx: Tx, by: Act, *, leaves: list[Leave]) -> list[str]:
    """A branch strikes members off its roll from a day on."""
    for branch in sorted({one.branch for one in leaves}) or [""]:
        tx.ask("roll.leave", of_branch(branch))
    lock(_LOCK)
    held = members({one.token for one in leaves})
    for one in leaves:
        member = held[one.token]
        _leave(tx, one.token, member, one.branch, one.until)
    return [one.token for one in leaves]


@verb("roll.quit")
def quit_project(tx: Tx, by: Act, *, branch: str, until: date) -> str:
    """A member leaves a project branch, or takes her asking back. Her home roll is her home branch's affair."""
    tx.ask("roll.own", Subject(ref=f"roll:{branch}", persons=(by.person,), level=2))
    token, member = own(by.person)
    lock(_LOCK)
    if member.open(branch, "project", "asked") is not None:
        _tell(tx, token, member, facts.Declined(branch=branch, side="member"))
        return branch
    if member.open(branch, "project", "in") is None:
        raise Conflict.of("branch", _("您不在这个项目支部"), _("请刷新页面"))
    _leave(tx, token, member, branch, until)
    return branch


@verb("roll.show")
def show_member(tx: Tx, by: Act, *, shows: list[Show]) -> list[str]:
    """A member chooses where she is seen; gives the places in force."""
    tx.ask("roll.own", Subject(ref="roll:own", persons=(by.person,), level=2))
    token, member = own(by.person)
    if member.home is None and any(one.yes for one in shows):
        # Only members are shown; not to be shown any more is always open.
        raise Conflict.of("place", _("您还不在任何支部的名册上"), _("先请组织关系所在的支部把您记上"))
    token = token or queue_token(tx, by.person, DOMAIN)
    trees = orgs.forest()
    for one in shows:
        if one.place not in trees or trees.nodes[one.place].tree != "admin":
            raise Invalid.of("place", _("没有这个单位"), _("请选社区或工作单位"))
        if one.yes != (one.place in member.shown):
            _tell(tx, token, member, facts.Shown(place=one.place, yes=one.yes))
    return sorted(member.shown)


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _day(by: Act) -> str:
    return timezone.localdate(by.noted).isoformat()


def _leave(tx: Tx, token: str, member: Member, branch: str, until: date) -> None:
    row = next((r for r in member.rows if r.org == branch and r.state == "in" and r.until is None), None)
    if row is None:
        raise Conflict.of("token", _("这个人不在名册上"), _("请刷新页面"))
    if until < row.since:
        raise Invalid.of("until", _("要在 %(day)s 之后") % {"day": row.since.isoformat()})
    data = facts.Left(branch=branch, kind=row.kind, until=until.isoformat())  # type: ignore[arg-type]
    _tell(tx, token, member, data)


def _tell(tx: Tx, token: str, member: Member, data: Any) -> None:
    """Queue a fact, fold it, write what it changed."""
    before = {row.n: msgspec.structs.asdict(row) for row in member.rows}
    shown = set(member.shown)
    org = getattr(data, "branch", "") or data.place
    tx.fact(data, subject=f"member:{token}", person=token, org=org, level=2)
    after(member, data, tx.by.origin)
    for row in member.rows:
        if before.get(row.n) != msgspec.structs.asdict(row):
            tx.upsert(Membership, ("token", "n"), **row_columns(token, row))
    for place in sorted(member.shown - shown):
        tx.insert(RollShown, token=token, org_id=place, level=1)
    for place in sorted(shown - member.shown):
        tx.delete(RollShown, token=token, org_id=place)


def row_columns(token: str, row: Row) -> dict[str, Any]:
    """A row as model columns."""
    return {
        "token": token, "n": row.n, "org_id": row.org, "kind": row.kind, "state": row.state, "since": row.since,
        "until": row.until, "post": "", "level": 2, "origin": row.origin,
    }  # fmt: skip


def _after_void(tx: Tx, subjects: Iterable[str]) -> None:
    """An import was taken back: fold what is left."""
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("member:"):
            continue
        token = subject.partition(":")[2]
        left = fold(fact for fact in facts_of(subject) if fact.id not in gone)
        _rewrite(tx, token, left)


def _rewrite(tx: Tx, token: str, member: Member) -> None:
    tx.delete(Membership, token=[token])
    tx.delete(RollShown, token=[token])
    for row in member.rows:
        tx.insert(Membership, **row_columns(token, row))
    for place in sorted(member.shown):
        tx.insert(RollShown, token=token, org_id=place, level=1)


on_void(_after_void)
