"""Every write to contacts. A contact is a date and, where the person named one, a need. There is no field for anything else, and a
list that somebody left tells nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.dues import selectors as dues
from baodao.dues import services as noting
from baodao.dues.ports import Met
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.text import find_private
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import on_void
from baodao.orgs import selectors as orgs
from baodao.orgs.handover.ports import Heir
from baodao.people.services.identity import queue_invited

from . import facts
from .fold import One, State, after, fold
from .models import Contact, ContactMade
from .selectors import DOMAIN, NAME, OWN, RECORD, in_quarter, of_contact, of_leader, states

_LOCK = 0x434F4E54  # "CONT"


class NewContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person who agreed that the leader in ``post`` of ``org`` keeps in touch with her. ``word``: she was told what is kept and
    that she can see, correct and leave."""

    org: str
    post: str
    name: str
    phone: str
    since: date
    word: bool = False


class Touch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In touch on a day; ``need`` in the person's own words, "" for none."""

    code: str
    day: date
    need: str = ""


@verb("contact.name")
def name(tx: Tx, by: Act, *, contacts: list[NewContact]) -> list[str]:
    """People come on the list of a leader, each with her word; gives codes. Conflict for one who is on any leader's list."""
    for org in sorted({one.org for one in contacts}) or [""]:
        tx.ask(NAME, of_leader(org))
    lock(_LOCK)
    day = timezone.localdate(by.noted)
    posts = {
        post.code: str(post.org_id)
        for post in orgs.posts_with(RECORD, sorted({c.org for c in contacts}), day)
    }
    for place, one in enumerate(contacts):
        if posts.get(one.post) != one.org:
            raise Invalid.of(f"contacts[{place}].post", _("这个岗位不做一对一联系"), _("请选一位联系人"))
        if not one.word:
            raise Invalid.of(f"contacts[{place}].word", _("要本人同意，才能放进名单"), _("请先问本人"))
    first, codes = (tx.number("contact", len(contacts)) if contacts else 0), []
    for at, one in enumerate(contacts):
        token = queue_invited(tx, name=one.name, phone=one.phone, domain=DOMAIN).token
        if Contact.objects.filter(token=token, until__isnull=True).exists():
            raise Conflict.of("phone", _("这个人已经有一位联系人"), _("一个人只由一位联系人联系，不分部门"))
        code = f"ct-{first + at:06}"
        data = facts.Named(leader=one.post, org=one.org, since=one.since.isoformat())
        state = State(token, one.org, one.post, by.origin, one.since)
        _tell(tx, code, state, data)
        tx.insert(Contact, **columns(code, state))
        codes.append(code)
    return codes


@verb("contact.record")
def record(tx: Tx, by: Act, *, touches: list[Touch]) -> list[str]:
    """A leader was in touch. Conflict when the person was contacted often enough in this quarter, by whomever."""
    held = states({one.code for one in touches})
    for one in touches:
        tx.ask(RECORD, of_contact(held[one.code], one.code) if one.code in held else of_leader(""))
    lock(_LOCK)
    today = timezone.localdate(by.noted)
    for place, one in enumerate(touches):
        state = held[one.code]
        _open(state)
        _check(f"touches[{place}]", one.day, one.need, state.since, today)
        most = dues.dues_rules(state.org, one.day).contacts_a_quarter
        if in_quarter(state.token, one.day) + _same(touches[:place], one) >= most:
            raise Conflict.of(
                f"touches[{place}].day", _("这个季度的联系次数用完了"),
                _("所有部门合计，一个季度最多 %(n)d 次；本人有事会自己找来") % {"n": most},
            )  # fmt: skip
        n = max(state.made, default=0) + 1
        need = one.need.strip()
        data = facts.Made(n=n, day=one.day.isoformat(), need=bool(need))
        _tell(tx, one.code, state, data, need)
        after(state, data)
        _write(tx, one.code, state.made[n])
        noting.note(tx, mets_of(one.code, state.org, n, one.day))
    return [one.code for one in touches]


@verb("contact.solve")
def solve(tx: Tx, by: Act, *, code: str, n: int, day: date) -> str:
    """A need was met."""
    state = _of(code)
    tx.ask(RECORD, of_contact(state, code) if state.token else of_leader(""))
    _open(state)
    one = state.made.get(n)
    if one is None or not one.need or one.solved is not None:
        raise Conflict.of("n", _("没有这件没解决的需求"), _("请刷新页面"))
    if day < one.day or day > timezone.localdate(by.noted):
        raise Invalid.of("day", _("日期不对"), _("在提出那天以后、今天以前"))
    data = facts.Solved(n=n, day=day.isoformat())
    _tell(tx, code, state, data)
    after(state, data)
    _write(tx, code, one)
    return code


@verb("contact.correct")
def correct(tx: Tx, by: Act, *, code: str, n: int, day: date, need: str) -> str:
    """The named person says it otherwise: her words stand from now on, the leader's are gone from every page."""
    state = _of(code)
    tx.ask(OWN, of_contact(state, code))
    _open(state)
    if n not in state.made:
        raise Conflict.of("n", _("没有这一次联系"), _("请刷新页面"))
    _check("", day, need, state.since, timezone.localdate(by.noted))
    words = need.strip()
    data = facts.Corrected(n=n, day=day.isoformat(), need=bool(words))
    _tell(tx, code, state, data, words, supersedes=_last(code, n))
    after(state, data)
    _write(tx, code, state.made[n])
    noting.note(tx, mets_of(code, state.org, n, day))
    return code


@verb("contact.leave")
def leave(tx: Tx, by: Act, *, code: str) -> str:
    """The named person leaves the list: at once, without a reason, and nobody is told. The office may take somebody off as well."""
    state = _of(code)
    mine = by.kind == "person" and not by.post
    tx.ask(OWN if mine else NAME, of_contact(state, code) if mine else of_leader(state.org))
    _open(state)
    until = max(timezone.localdate(by.noted), state.since)
    data = facts.Left(side="person" if mine else "office", until=until.isoformat())
    _tell(tx, code, state, data)
    after(state, data)
    tx.upsert(Contact, ("code",), **columns(code, state))
    return code


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def columns(code: str, state: State) -> dict[str, Any]:
    """A contact as model columns."""
    return {
        "code": code, "token": state.token, "org_id": state.org, "post": state.post, "level": 2, "origin": state.origin,
        "since": state.since, "until": state.until,
    }  # fmt: skip


def hand(tx: Tx, by: Act, heirs: Mapping[str, Heir]) -> int:
    """Contacts go over to the heirs' posts, within a hand-over."""
    done = 0
    for code, state in states(heirs).items():
        heir = heirs[code]
        if state.until is not None or not heir.post or heir.post == state.post:
            continue
        data = facts.Passed(leader=heir.post, org=heir.org)
        _tell(tx, code, state, data)
        after(state, data)
        tx.upsert(Contact, ("code",), **columns(code, state))
        done += 1
    return done


def _of(code: str) -> State:
    return states([code]).get(code) or State("", "", "", "live", date.min)


def _open(state: State) -> None:
    if not state.token or state.until is not None:
        raise Conflict.of("code", _("名单上没有这个人"), _("请刷新页面"))


def _check(where: str, day: date, need: str, since: date, today: date) -> None:
    before = f"{where}." if where else ""
    if day < since or day > today:
        raise Invalid.of(f"{before}day", _("日期不对"), _("在进名单那天以后、今天以前"))
    if len(need.strip()) > 200:
        raise Invalid.of(f"{before}need", _("最多 200 字"), _("只写要办的事"))
    if find_private(need):
        raise Invalid.of(f"{before}need", _("里面有电话或证件号码"), _("请删掉"))


def _same(before: Iterable[Touch], one: Touch) -> int:
    return sum(1 for other in before if other.code == one.code)


def mets_of(code: str, org: str, n: int, day: date) -> list[Met]:
    """Each requirement of the leader's pack that a contact meets, by its date alone."""
    return [
        Met(requirement, f"contact:{code}", day, f"contact:{code}.{n}")
        for requirement, rule in dues.rules_of(org, day).items()
        if rule.subjects.of == "contact" and rule.met_by == "contact.recorded"
    ]


def _last(code: str, n: int) -> int:
    """The fact that told of the n-th time last."""
    told = [f for f in facts_of(f"contact:{code}") if isinstance(f.data, facts.Made | facts.Corrected)]
    return next(fact.id for fact in reversed(told) if fact.data.n == n)


def _tell(
    tx: Tx, code: str, state: State, data: msgspec.Struct, need: str = "", *, supersedes: int | None = None
) -> None:
    tx.fact(
        data, subject=f"contact:{code}", org=state.org, person=state.token, level=2,
        texts={"need": need} if need else {}, supersedes=supersedes,
    )  # fmt: skip


def _write(tx: Tx, code: str, one: One) -> None:
    tx.upsert(
        ContactMade, ("contact", "n"), contact_id=code, n=one.n, day=one.day, need=one.need, solved=one.solved
    )


def _after_void(tx: Tx, subjects: Iterable[str]) -> None:
    gone = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("contact:"):
            continue
        code = subject.partition(":")[2]
        left = fold(fact for fact in facts_of(subject) if fact.id not in gone)
        if left is None:
            tx.delete(Contact, code=code)


on_void(_after_void)
