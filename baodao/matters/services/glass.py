"""Break-glass: a restricted matter (level 2 or 3) is opened for a time to somebody who does not take part in it. Two persons, a
purpose, a reason, hours; the one concerned is told, every look is in her access log, the opening in the security log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.kernel.verbs import Tx, allowed, verb
from baodao.matters.models import Leg, Matter
from baodao.matters.policies import READ, subject_of_rows
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.versions import version
from baodao.orgs.powers.facts import GlassClosed, GlassOpened
from baodao.orgs.powers.models import Opening
from baodao.orgs.powers.seconds import agreed_post
from baodao.people.declare import purposes
from baodao.people.selectors import persons_of
from baodao.people.services.logs import log_access, queue_security

OPEN, CLOSE = "glass.open", "glass.close"
MOST_HOURS, LEAST_REASON, MOST_REASON = 72, 6, 500


class Opened(Struct, frozen=True):
    """The opening: its code and until when (ISO, UTC)."""

    code: str
    until: str


def asked_about(row: Matter) -> Subject:
    """What the right to open is asked about: that somebody stands above the matter, never what is in it."""
    subject = subject_of_rows(row, Leg.objects.filter(matter=row.number))
    return replace(subject, level=min(subject.level, SHARED_LEVEL))


@verb("glass.open")
def open_glass(tx: Tx, by: Act, *, number: str, reason: str, hours: int) -> Opened:
    """Open a restricted matter to the post acted in, for ``by.purpose`` and so many hours from the second person's agreement.
    Raises Missing, Refused, Invalid, Conflict; and waits for the second person."""
    row = Matter.objects.filter(number=number).first()
    if row is None:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    subject = asked_about(row)
    if not allowed(by, OPEN, subject) or version(row.digest).sealed:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    if row.level <= SHARED_LEVEL or allowed(
        by, READ, subject_of_rows(row, Leg.objects.filter(matter=number))
    ):
        raise Conflict.of("number", _("这件事您本来就能看，不用紧急查看"), _("请直接打开"))
    if by.purpose not in purposes():
        raise Invalid.of("purpose", _("没有说明用途"), _("查看受限的事要先选一个用途"))
    if not 1 <= hours <= MOST_HOURS:
        raise Invalid.of("hours", _("期限要在 1 到 72 小时之间"), _("不够时可以重新申请"))
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise Invalid.of("reason", _("要写明为什么非看不可（6 到 500 个字）"), _("本人会知道有人紧急查看"))
    tx.ask(OPEN, subject)
    code, until = f"gl-{tx.number('glass'):06}", by.noted + timedelta(hours=hours)
    tx.insert(
        Opening, code=code, subject=f"matter:{number}", org=row.org, level=row.level, person=by.person, post=by.post,
        second=agreed_post(), purpose=by.purpose, since=by.noted, until=until,
    )  # fmt: skip
    tx.fact(
        GlassOpened(code, by.purpose, hours, agreed_post()), subject=f"matter:{number}", org=row.org, place=row.place,
        post=by.post, level=row.level, texts={"reason": reason.strip()},
    )  # fmt: skip
    queue_security(
        tx, "glass.opened", subject=f"matter:{number}", detail=f"{by.purpose} {hours}h {agreed_post()}"
    )
    return Opened(code, until.isoformat())


@verb("glass.close")
def close_glass(tx: Tx, by: Act, *, code: str) -> str:
    """End an opening before its time: whoever holds it, or whoever may open there. Raises Missing."""
    held = Opening.objects.filter(code=code, until__gt=by.noted).first()
    row = Matter.objects.filter(number=held.subject.partition(":")[2]).first() if held else None
    if held is None or row is None:
        raise Missing.of("code", _("没有这个紧急查看，或已经到期"), _("请刷新页面"))
    tx.ask(CLOSE, asked_about(row))
    kept = {field.attname: getattr(held, field.attname) for field in Opening._meta.concrete_fields}
    tx.upsert(Opening, ("code",), **(kept | {"until": max(by.noted, held.since + timedelta(seconds=1))}))
    tx.fact(
        GlassClosed(code), subject=held.subject, org=row.org, place=row.place, post=by.post, level=row.level
    )
    queue_security(tx, "glass.closed", subject=held.subject, detail=code)
    return code


def through_glass(by: Act, subject: Subject) -> bool:
    """Whether this one reads the subject by an opening alone."""
    opened = any(grant.reach == "named" and grant.org == subject.ref for grant in by.grants)
    if not opened:
        return False
    grants = tuple(grant for grant in by.grants if not (grant.reach == "named" and grant.org == subject.ref))
    return not allowed(replace(by, grants=grants), READ, subject)


def log_look(by: Act, subject: Subject, reporters: Iterable[str]) -> None:
    """One access-log row for each person whose matter is looked at through an opening."""
    held = Opening.objects.filter(subject=subject.ref, person=by.person, until__gt=by.noted).first()
    purpose = held.purpose if held is not None else by.purpose
    uids = sorted(persons_of(reporters, "handle").values())
    log_access(replace(by, purpose=purpose), by.office, [(uid, ("content",)) for uid in uids], subject.ref)
