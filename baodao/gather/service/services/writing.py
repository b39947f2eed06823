"""Steps that the verbs of service share: tell a fact of a member, fold it, write what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from django.utils import timezone

from baodao.gather.service import facts
from baodao.gather.service.fold import Event, Member, Place, Record, StandState, Unit, after, stand_after
from baodao.gather.service.models import (
    ServiceMember,
    ServiceOut,
    ServicePlace,
    ServiceRecord,
    ServiceShown,
    Stand,
)
from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx

LOCK = 0x53455256  # "SERV"


def day_of(by: Act) -> date:
    """The local day on which something is noted."""
    return timezone.localdate(by.noted)


def tell_fact(
    tx: Tx, token: str, member: Member, data: Any, *, org: str, about: str = "", value: int | None = None,
    texts: Mapping[str, str] | None = None, supersedes: int | None = None,
) -> None:  # fmt: skip
    """Queue a fact of a member, fold it, queue the rows that it changed."""
    before = msgspec.json.encode(member)
    tx.fact(
        data, subject=f"service:{token}", person=token, org=org, level=2, about=about, value=value,
        texts=texts or {}, supersedes=supersedes,
    )  # fmt: skip
    was = msgspec.json.decode(before, type=Member)
    after(member, Event(data, org, about, value or 0, tx.by.origin, token))
    put(tx, token, was, member)


def put(tx: Tx, token: str, was: Member, now: Member) -> None:
    """Queue every row that differs."""
    for unit in now.units:
        if unit not in was.units:
            tx.upsert(ServiceMember, ("token", "n"), **unit_columns(token, unit))
    for place in now.places:
        if place not in was.places:
            tx.upsert(ServicePlace, ("token", "n"), **place_columns(token, place))
    for record in now.records.values():
        if was.records.get(record.slot) != record:
            tx.upsert(ServiceRecord, ("token", "slot"), **record_columns(token, record))
    for org in sorted({*was.shown, *now.shown}):
        if org not in now.shown:
            tx.delete(ServiceShown, token=token, org_id=org)
        elif was.shown.get(org) != now.shown[org]:
            tx.upsert(ServiceShown, ("token", "org_id"), **shown_columns(token, org, now.shown[org]))
    for half in sorted(now.out - was.out):
        tx.insert(ServiceOut, token=token, half=half)
    for half in sorted(was.out - now.out):
        tx.delete(ServiceOut, token=token, half=half)


def unit_columns(token: str, row: Unit) -> dict[str, Any]:
    """A stay on a unit's list as model columns."""
    return {
        "token": token, "n": row.n, "org_id": row.org, "since": row.since, "until": row.until, "post": "",
        "level": 2, "origin": row.origin,
    }  # fmt: skip


def place_columns(token: str, row: Place) -> dict[str, Any]:
    """A reporting as model columns."""
    return {
        "token": token, "n": row.n, "org_id": row.org, "role": row.role, "since": row.since, "until": row.until,
        "level": 2, "origin": row.origin,
    }  # fmt: skip


def shown_columns(token: str, org: str, what: tuple[str, ...]) -> dict[str, Any]:
    """What she shows somewhere as model columns."""
    return {"token": token, "org_id": org, "what": f",{','.join(what)},"}


def record_columns(token: str, row: Record) -> dict[str, Any]:
    """A time of service as model columns."""
    return {
        "token": token, "slot": row.slot, "org_id": row.org, "kind": row.kind, "day": row.day, "told": row.told,
        "minutes": row.minutes, "state": row.state, "origin": row.origin,
    }  # fmt: skip


def tell_stand(
    tx: Tx, code: str, stand: StandState | None, data: Any, *, org: str, person: str = "", place: str = "",
    texts: Mapping[str, str] | None = None,
) -> StandState:  # fmt: skip
    """Queue a fact of a standing post and its row. A fact about its holder is of level 2."""
    tx.fact(
        data, subject=f"stand:{code}", org=org, person=person, place=place, level=2 if person else 0,
        texts=texts or {},
    )  # fmt: skip
    told = Event(data, org, "", 0, tx.by.origin, person, place, dict(texts or {}))
    now = stand_after(stand, told)
    assert now is not None
    tx.upsert(Stand, ("code",), **stand_columns(code, now))
    return now


def stand_columns(code: str, one: StandState) -> dict[str, Any]:
    """A standing post as model columns."""
    return {
        "code": code, "org_id": one.org, "kind": one.kind, "area": one.area, "title": one.title,
        "notes": one.notes, "since": one.since, "until": one.until, "token": one.token, "named": one.named,
        "held": one.held, "last": one.last, "level": 0, "origin": one.origin,
    }  # fmt: skip


def stand_state(row: Stand) -> StandState:
    """A stored standing post."""
    return StandState(
        str(row.org_id), row.kind, row.area, row.title, row.notes, row.since, row.origin, row.until, row.token,
        row.named, row.held, row.last,
    )  # fmt: skip


__all__ = ["LOCK", "day_of", "facts", "put", "stand_state", "tell_fact", "tell_stand"]
