"""Acts that need a second person: what is asked waits, another person with the same right agrees, then it is done as it was
asked. Which rights those are, packs declare (`[second.…]`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.act import Act, Subject
from baodao.kernel.beats import register_beat
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.errors import Conflict, Missing, Problem, Refused
from baodao.kernel.verbs import NeedsSecond, Tx, allowed, register_closing, rerun, set_second, verb
from baodao.orgs import selectors
from baodao.orgs.policies import reach_of
from baodao.orgs.rights import matches
from baodao.people.services.logs import queue_security

from .declare import Second
from .facts import SecondAgreed, SecondAsked, SecondDeclined
from .models import Waiting


class Waits(Problem):
    """Not refused: it is kept, and done when another person has agreed. ``extra["code"]`` names the request."""

    status = 202
    code = "waits-for-second"

    title = gettext_lazy("已经提交，等另一个人确认")


class _Agreeing(msgspec.Struct, frozen=True):
    by: Act
    row: Waiting


_agreeing: ContextVar[_Agreeing | None] = ContextVar("baodao_second", default=None)


def declared_for(right: str, org: str) -> Second | None:
    """What the pack of this organization (the district's own without one) says of a right."""
    name = selectors.pack_of(org) if org else selectors.home_pack()
    try:
        pack = get_pack(name)
    except BadPack:
        return None
    return _declared(pack, right)


@lru_cache(maxsize=2048)
def _declared(pack: Pack, right: str) -> Second | None:
    # Asked by every command: a pack is read once, its rights are few.
    return next((one for one in pack.many(Second).values() if matches(one.right, right)), None)


class _Port:
    """Filled into the kernel's verbs."""

    def ask(self, tx: Tx, right: str, subject: Subject) -> None:
        """Raises NeedsSecond, unless another person who has the right is agreeing right now."""
        if tx.by.kind != "person" or declared_for(right, subject.org) is None:
            return
        agreeing = _agreeing.get()
        if agreeing is None:
            raise NeedsSecond(right, subject)
        if agreeing.by.person == tx.by.person or not allowed(agreeing.by, right, subject):
            raise Refused.of("", _("第二个人要有同样的权限，而且不是本人"), _("请另一个有这个权限的岗位确认"))

    def hold(self, by: Act, name: str, body: bytes, wait: NeedsSecond) -> Problem:
        """Keep the act; gives what its author reads."""
        inner = msgspec.structs.replace(by, command=f"second:{by.command}"[:200])
        code = keep(
            inner, name=name, body=body.decode(), right=wait.right, subject=wait.subject, command=by.command
        )
        reason = _("这件事要两个人：另一个有同样权限的人确认以后才生效")
        return Waits.of("", reason, _("可以在“等人确认”里看到，也可以收回"), code=code)


@verb("second.ask")
def keep(tx: Tx, by: Act, *, name: str, body: str, right: str, subject: Subject, command: str) -> str:
    """Keep an act that was permitted to its author and waits for a second person; gives the request's code."""
    if not allowed(by, right, subject):
        raise Refused.of("", _("这件事不在您的职责范围内"))
    tx.asked = True  # asked right above: asking by the door would wait for a second person again
    hours = (declared_for(right, subject.org) or Second(right)).hours
    code = f"w-{tx.number('second'):06}"
    tx.insert(
        Waiting, code=code, verb=name, right=right, subject=subject.ref, org=subject.org, person=by.person, post=by.post,
        purpose=by.purpose, command=command, body=body.encode(), asked=by.noted, until=by.noted + timedelta(hours=hours),
    )  # fmt: skip
    tx.fact(
        SecondAsked(code, right),
        subject=subject.ref,
        org=subject.org,
        post=by.post,
        level=min(subject.level, 3),
    )
    queue_security(tx, "second.asked", subject=subject.ref, detail=right)
    return code


def agree(by: Act, code: str) -> Any:
    """The second person agrees: the act is done now, by who asked it, in one command with the agreement. Raises Missing,
    Conflict (too late, the first one's post has ended), Refused (the same person, no such right), and what the act raises."""
    row = waiting(by, code)
    if row.person == by.person or not row.person:
        raise Refused.of("", _("自己提的不能自己确认"), _("请另一个有这个权限的岗位确认"))
    held = selectors.standing(row.person, row.post)
    if held.post is None or held.post.code != row.post:
        raise Conflict.of("code", _("提出的人已经不在这个岗位"), _("请现任的人重新提出"))
    first = Act(
        kind="person", happened=by.noted, noted=by.noted, command=row.command, person=row.person, post=row.post,
        purpose=row.purpose, grants=held.grants, deputy=held.post.deputy, lang=by.lang,
    )  # fmt: skip
    with _agrees(by, row):
        return rerun(first, row.verb, bytes(row.body))


@contextmanager
def _agrees(by: Act, row: Waiting) -> Iterator[None]:
    token = _agreeing.set(_Agreeing(by, row))
    try:
        yield
    finally:
        _agreeing.reset(token)


def agreed_post() -> str:
    """The post of the second person while an act that waited is being done; "" else."""
    agreeing = _agreeing.get()
    return agreeing.by.post if agreeing is not None else ""


def told(tx: Tx) -> None:
    """The agreement is part of the act's own command; the request goes with it."""
    agreeing = _agreeing.get()
    if agreeing is None or tx.by.command != agreeing.row.command:
        return
    row = agreeing.row
    tx.delete(Waiting, code=row.code)
    tx.fact(
        SecondAgreed(row.code, row.right), subject=row.subject, org=row.org, post=agreeing.by.post, level=1
    )
    queue_security(tx, "second.agreed", subject=row.subject, detail=f"{row.right} {agreeing.by.post}"[:200])


@verb("second.decline")
def decline(tx: Tx, by: Act, *, code: str) -> str:
    """Say no, or take one's own request back."""
    row = waiting(by, code)
    tx.asked = True  # `waiting` gives what is one's own, or what one may agree to
    tx.delete(Waiting, code=code)
    tx.fact(SecondDeclined(code, row.right), subject=row.subject, org=row.org, post=by.post, level=1)
    queue_security(tx, "second.declined", subject=row.subject, detail=row.right)
    return code


def visible(by: Act, now: datetime) -> QuerySet[Waiting]:
    """Requests that wait: one's own, and those of organizations that one reaches with their right. `may_agree` says which."""
    return Waiting.objects.filter(until__gt=now).order_by("until", "code")


def listed(by: Act, now: datetime, most: int = 200) -> list[Waiting]:
    """What this person may see of it, the first to lapse first."""
    return [row for row in visible(by, now)[: most * 5] if row.person == by.person or may_agree(by, row)][
        :most
    ]


def may_agree(by: Act, row: Waiting) -> bool:
    """Whether this one has the right there. The act itself asks again, with the subject as it is then."""
    if row.person == by.person:
        return False
    subject = Subject(ref=row.subject, org=row.org, level=1)
    return bool(reach_of(by, row.right)) and allowed(by, row.right, subject)


def waiting(by: Act, code: str) -> Waiting:
    """A request that waits, for its author or for whoever may agree. Raises Missing (the two are not told apart), Conflict when
    its time is over."""
    row = Waiting.objects.filter(code=code).first()
    if row is None or not (row.person == by.person or may_agree(by, row)):
        raise Missing.of("code", _("没有这个等待确认的事，或它不对您开放"), _("请刷新页面"))
    if row.until <= by.noted:
        raise Conflict.of("code", _("等待确认的时间已过，什么也没有做"), _("请重新提出"))
    return row


def sweep(now: datetime) -> int:
    """Drop what nobody agreed to in time; gives how many."""
    gone, _by_model = Waiting.objects.filter(until__lte=now).delete()
    return gone


set_second(_Port())
register_beat("orgs.seconds", sweep, every=60.0)
register_closing(told)
