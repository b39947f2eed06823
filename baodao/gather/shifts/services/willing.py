"""A person's own offer: what she can do and when; "not now"; taking it back. No verb asks a cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from baodao.gather import working
from baodao.gather.models import Seat
from baodao.gather.shifts import facts, selectors, telling
from baodao.gather.shifts.declare import skills_at
from baodao.gather.shifts.models import Roster, StandIn
from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import selectors as orgs
from baodao.people.services.identity import queue_token

PARTS = ("night", "morning", "afternoon", "evening")


@verb("willing.offer")
def offer_self(
    tx: Tx, by: Act, *, skills: list[str], days: list[int], parts: list[str], base: str, unit: str = ""
) -> str:
    """Offer oneself for call-outs, or tell it anew, whole. ``days`` Monday 0; ``base`` the community where one usually is; ``unit``
    may know when one is on a shift ("": nobody is told). Raises Invalid. Gives the token."""
    tx.ask("willing.own", selectors.own_subject(by))
    _judge(skills, days, parts, base, unit)
    token = queue_token(tx, by.person, selectors.DOMAIN)
    offered: Any = facts.Offered(
        skills=tuple(sorted(set(skills))), days=tuple(sorted(set(days))), parts=tuple(p for p in PARTS if p in parts),  # type: ignore[misc]
        base=base, unit=unit,
    )  # fmt: skip
    telling.tell(tx, f"willing:{token}", offered, org=base, person=token, level=2)
    telling.keep(tx)
    return token


def _judge(skills: Sequence[str], days: Sequence[int], parts: Sequence[str], base: str, unit: str) -> None:
    trees, found = orgs.forest(), []
    node = trees.nodes.get(base)
    if node is None or node.level != "community" or not node.at(orgs.today()):
        found.append(Fault("base", _("请选一个社区（村）"), _("按常在的地方选，不必是户籍地")))
    elif set(skills) - set(skills_at(base)):
        found.append(Fault("skills", _("要从清单里选"), _("没有的可以不选")))
    if not days or set(days) - set(range(7)):
        found.append(Fault("days", _("请至少选一天"), ""))
    if not parts or set(parts) - set(PARTS):
        found.append(Fault("parts", _("请至少选一个时段"), ""))
    if unit and (unit not in trees or trees.nodes[unit].tree != "admin"):
        found.append(Fault("unit", _("没有这个单位"), _("可以不填")))
    if found:
        raise Invalid(*found)


@verb("willing.pause")
def pause_self(tx: Tx, by: Act, *, yes: bool) -> bool:
    """ "Not now": no cause, no question; shifts to come and invitations are given back. ``yes`` false: again."""
    tx.ask("willing.own", selectors.own_subject(by))
    token, offer = selectors.own(by.person)
    if offer is None:
        raise Conflict.of("", _("您还没有登记愿意参加"), _("请先登记"))
    if offer.paused != yes:
        telling.tell(
            tx, f"willing:{token}", facts.Paused(yes=yes), org=str(offer.base_id), person=token, level=2
        )
    if yes:
        _release(tx, token)
    working.keep(tx)
    telling.keep(tx)
    return yes


@verb("willing.revoke")
def revoke_self(tx: Tx, by: Act) -> bool:
    """Take the offer back: shifts to come, invitations and places on rosters go too."""
    tx.ask("willing.own", selectors.own_subject(by))
    token, offer = selectors.own(by.person)
    if offer is None:
        raise Conflict.of("", _("您没有登记过，或者已经撤回"))
    telling.tell(tx, f"willing:{token}", facts.Revoked(), org=str(offer.base_id), person=token, level=2)
    for row in Roster.objects.filter(token=token):
        subject = f"roster:{row.org_id}/{row.kind}"
        data = facts.Rostered(turn=row.turn, n=row.n, on=False)
        telling.tell(tx, subject, data, org=str(row.org_id), person=token, level=2)
    _release(tx, token)
    working.keep(tx)
    telling.keep(tx)
    return True


def _release(tx: Tx, token: str) -> None:
    """Give back what is still to come. Some statements."""
    rows = Seat.objects.filter(token=token, state__in=["seat", "invited"], starts__gt=tx.by.noted, status="")
    rows = rows.filter(slot__about__startswith="call:", slot__state="open")
    for work in working.load_all(tx, rows.values_list("slot", flat=True)).values():
        work.leave(token, side="person", why="withdrew")
    for row in StandIn.objects.filter(token=token):
        about = f"gather:{row.slot}"
        telling.tell(tx, f"call:{row.call}", facts.StandIn(open=False), person=token, about=about, level=2)
