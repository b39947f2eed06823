"""Who comes: signing up, withdrawing, being asked, standing in for one another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from django.utils.translation import gettext as _

from baodao.gather import codes
from baodao.gather.elsewhere import claims_of
from baodao.gather.limits import must_fit
from baodao.gather.policies import must_join, own, people_of
from baodao.gather.working import Working, keep, load, load_all
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.people.selectors import tokens_of
from baodao.people.services.identity import queue_invited, queue_token

MOST = 500


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody whom the convener asks: by token, or by name and telephone."""

    token: str = ""
    name: str = ""
    phone: str = ""


class Took(msgspec.Struct, frozen=True):
    """How a sign-up ended: ``seat`` or ``waiting`` with its place in the row; ``moved``: how many of the row went up."""

    state: str
    place: int = 0


def token_in(tx: Tx, by: Act, domain: str) -> str:
    """The actor's own token in a slot's domain, new if need be. Raises Refused for nobody."""
    if not by.person:
        raise Refused.of("", _("要先登录，才知道是谁"), _("请登录以后再来"))
    return queue_token(tx, by.person, domain)


@verb("gather.join")
def join(tx: Tx, by: Act, *, slot: str) -> Took:
    """Sign up: a seat, or a place in the row. Raises Conflict: over, called off, elsewhere at that time, too many hours, full."""
    tx.ask("gather.join", own(slot, by.person))
    work = load(tx, slot)
    if claims_of(work.it) is not None:
        raise Refused.of("", _("这里的岗在“我的双报到”里认领"), _("请打开“我的双报到”"))
    must_join(work.it, work.kind, by, tokens_of(by.person))
    work.must_be_open()
    if work.it.ends <= by.happened:
        raise Conflict.of("slot", _("这一场已经过了"), _("请看看别的场次"))
    token = token_in(tx, by, work.it.domain)
    must_fit(work, token)
    row = work.sit_or_wait(token)
    place = 0
    if row.state == "waiting":
        place = sum(1 for one in work.row() if one.n <= row.n)
    keep(tx)
    return Took(row.state, place)


@verb("gather.leave")
def leave(tx: Tx, by: Act, *, slot: str, tokens: Sequence[str] = ()) -> int:
    """Give up one's own seat (no cause is asked), or the convener releases these ``tokens``. Gives how many moved up."""
    work = load(tx, slot)
    if tokens:
        tx.ask("gather.attend", people_of(work.it))
        gone, side, why = list(dict.fromkeys(tokens)), "convener", "released"
    else:
        tx.ask("gather.leave", own(slot, by.person))
        gone, side, why = [token_in(tx, by, work.it.domain)], "person", "withdrew"
    work.must_be_open()
    if not tokens and work.it.starts <= by.happened:
        raise Conflict.of("slot", _("已经开始了，退不了"), _("没有去的话，不用做什么；记录有误可以说明"))
    for token in gone:
        work.leave(token, side=side, why=why)
    moved = work.move_up()
    keep(tx)
    return len(moved)


@verb("gather.invite")
def invite(tx: Tx, by: Act, *, slot: str, people: list[Asked]) -> list[str]:
    """Ask people to come; gives their tokens. Who has a seat or waits already stays so."""
    work = load(tx, slot)
    tx.ask("gather.invite", people_of(work.it))
    _only_lists(work)
    work.must_be_open()
    if not 1 <= len(people) <= MOST:
        raise Invalid.of("people", _("一次请 1 到 %(n)s 个人") % {"n": MOST})
    tokens = [found(tx, one, work.it.domain) for one in people]
    work.join_all(tokens, "invited", "invited")
    keep(tx)
    return tokens


def found(tx: Tx, one: Asked, domain: str) -> str:
    """The token of whom the convener names."""
    return one.token or queue_invited(tx, name=one.name, phone=one.phone, domain=domain).token


def _only_lists(work: Working) -> None:
    if work.kind.people == "count":
        raise Refused.of("", _("这一种活动只数人头，不留名单"), _("请在记录里填到场人数"))


@verb("gather.answer")
def answer(tx: Tx, by: Act, *, slot: str, yes: bool) -> str:
    """Take an invitation, or decline it without a cause. Gives ``seat``, ``waiting`` or ``left``."""
    tx.ask("gather.answer", own(slot, by.person))
    work = load(tx, slot)
    work.must_be_open()
    token = token_in(tx, by, work.it.domain)
    row = work.seat(token)
    if row is None or row.state != "invited":
        raise Conflict.of("slot", _("没有等您答复的邀请"), _("请刷新页面"))
    if yes:
        must_fit(work, token)
        row = work.sit_or_wait(token, "invited")
    else:
        work.leave(token, why="declined")
    keep(tx)
    return row.state


@verb("gather.swap")
def swap(tx: Tx, by: Act, *, slot: str, code: str, give: str = "") -> str:
    """Take over the seat of whoever gave out this ``code`` (codes.stand_in); where she asked for a seat in another slot, ``give``
    names it and both change places. Gives the state of the actor's row."""
    tx.ask("gather.swap", own(slot, by.person))
    works = load_all(tx, [slot, give] if give else [slot])
    work = works[slot]
    work.must_be_open()
    must_join(work.it, work.kind, by, tokens_of(by.person))
    token = token_in(tx, by, work.it.domain)
    theirs = next(
        (row for row in list(work.all().values())
         if row.state == "seat" and codes.same(codes.stand_in(slot, row.token, row.n, give), code)),
        None,
    )  # fmt: skip
    if theirs is None or theirs.token == token or theirs.status:
        raise Conflict.of("code", _("这个换班码不对，或者已经用过"), _("请向给您换班码的人再要一个"))
    span = theirs.starts, theirs.ends
    why = "swapped" if give else "stand_in"
    work.leave(theirs.token, why=why)
    if give:
        other = works[give]
        other.must_be_open()
        mine = other.seat(token)
        if mine is None or mine.state != "seat" or mine.status:
            raise Conflict.of("give", _("您在那一场没有名额"), _("请刷新页面"))
        back = mine.starts, mine.ends
        other.leave(token, why=why)
        must_fit(other, theirs.token, back)
        other.join(theirs.token, "seat", "swap", back)
    else:
        must_fit(work, token, span)
    row = work.join(token, "seat", "swap" if give else "stand_in", span)
    keep(tx)
    return row.state
