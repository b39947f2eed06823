"""Sealed matters that nobody can open any more, because all who were named have left their posts: two persons of the approver's
post name the next reader. Neither of them reads a word of it, and the check that the next one has nothing to do with the unit
is made only once both have spoken, so that nobody learns the unit by trying names (docs/decisions/0011-index-cards.md)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.matters.facts import Acted
from baodao.matters.forms import READER
from baodao.matters.guards import SYSTEM
from baodao.matters.models import Matter, Reader
from baodao.matters.versions import version
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post
from baodao.orgs.powers.seconds import agreed_post
from baodao.people import boxes
from baodao.people.services.logs import queue_security

from .sealing import adder, check_reader, may_be_named
from .writing import load, queue_facts, queue_rows, take

RENEW = "card.renew"
LEAST_REASON, MOST_REASON = 6, 300


def approved_by(row: Matter) -> Subject:
    """What the right is asked about: that somebody approves for the office that keeps it, nothing that is in it."""
    return Subject(ref=f"matter:{row.number}", org=row.org, level=1)


def stands(post: Post | None, day: date) -> bool:
    """Whether a reader is there to open it: an appointment in force that may still be named."""
    if post is None or not post.person or post.since > day or (post.until is not None and post.until <= day):
        return False
    return may_be_named(post, day)


def left_alone(day: date) -> list[Matter]:
    """Sealed matters that still hold something and of whose readers none is there any more, the oldest first. Two statements,
    and one for each post that was ever named."""
    kept = {subject.partition(":")[2] for subject in boxes.subjects()}
    named: dict[str, set[str]] = {}
    for number, post in Reader.objects.filter(matter__in=kept).values_list("matter", "post"):
        named.setdefault(number, set()).add(post)
    there = {
        code: stands(orgs.post(code), day)
        for code in sorted({code for held in named.values() for code in held})
    }
    alone = [number for number in kept if not any(there[code] for code in named.get(number, ()))]
    return list(Matter.objects.filter(number__in=alone).order_by("number"))


def only_with(post: Post, day: date) -> list[str]:
    """Sealed matters that still hold something and that only this post can open from a day on: whoever leaves names another one before. One
    statement, and one for each post that they name."""
    kept = {subject.partition(":")[2] for subject in boxes.subjects()}
    mine = Reader.objects.filter(post=post.code, matter__in=kept).values("matter")
    named: dict[str, set[str]] = {}
    for number, other in Reader.objects.filter(matter__in=mine).values_list("matter", "post"):
        named.setdefault(number, set()).add(other)
    others = sorted({code for held in named.values() for code in held} - {post.code})
    there = {code for code in others if stands(orgs.post(code), day)}
    return sorted(number for number, held in named.items() if not held & there)


@verb("card.renew")
def renew(tx: Tx, by: Act, *, number: str, reader: str, reason: str) -> str:
    """Name ``reader`` (a post) as the next reader of a sealed matter that nobody can open any more; waits for a second person.
    Raises Missing, Refused, Invalid, Conflict."""
    row = Matter.objects.filter(number=number).first()
    if row is None or not allowed(by, RENEW, approved_by(row)) or not version(row.digest).sealed:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise Invalid.of("reason", _("要写明为什么要换人（6 到 300 个字）"), _("新点名的人会看到"))
    day = timezone.localdate(by.noted)
    loaded = load(number, lock=True)
    if any(stands(orgs.post(code), day) for code in loaded.state.named):
        raise Conflict.of("number", _("还有点名的人在岗，由他们点名"), _("请他们办"))
    post, adding = orgs.post(reader), adder(loaded.procedure)
    if post is None or adding is None or not stands(post, day):
        raise Invalid.of(READER, _("这个岗位不能点名来看"), _("请选线索管理、巡察的岗位"))
    _check_others(by, post)
    tx.ask(RENEW, approved_by(row))
    fields = {READER: reader}
    check_reader(loaded.state, loaded.facts, adding, fields, day)
    lapses, decision = take(loaded, by, SYSTEM, adding.name, fields=fields)
    # By whom, and why: shut with everything else, for those who will open it.
    emits = [
        replace(emit, system=False, post=by.post, texts={"reason": reason.strip()})
        if isinstance(emit.data, Acted)
        else emit
        for emit in decision.emits
    ]
    queue_facts(tx, loaded.state.subject, [*lapses, *emits])
    queue_rows(tx, loaded, decision.state)
    queue_security(tx, "card.renewed", subject=f"matter:{number}", detail=f"{reader} {agreed_post()}"[:200])
    return number


def _check_others(by: Act, post: Post) -> None:
    """Raises Invalid for a reader who is one of the two that name: neither opens it."""
    second = orgs.post(agreed_post()) if agreed_post() else None
    if post.person in {by.person, second.person if second is not None else by.person}:
        raise Invalid.of(READER, _("点名的两个人自己不能看"), _("请选别人"))
