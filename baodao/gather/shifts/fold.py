"""Rows of call-outs from the facts of one subject, told in ledger order. Pure: verbs, rebuild and doctor share it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from baodao.gather.fold import Told, moment
from baodao.kernel.verbs import Tx

from . import facts
from .models import CallArea, CallOut, Roster, StandIn, Willing

#: Table → its natural key.
KEYS: dict[type, tuple[str, ...]] = {
    Willing: ("token",),
    CallOut: ("code",),
    CallArea: ("call_id", "org_id"),
    StandIn: ("slot", "token"),
    Roster: ("org_id", "kind", "turn", "token"),
}
#: What a subject is called → tables that it has rows in, in the order in which they are written.
TABLES: dict[str, tuple[type, ...]] = {
    "willing": (Willing,),
    "call": (CallOut, CallArea, StandIn),
    "roster": (Roster,),
}

Row = tuple[type, dict[str, Any]]


class Kept(msgspec.Struct):
    """What a subject has come to: rows by table and key."""

    rows: dict[tuple[type, tuple[Any, ...]], dict[str, Any]] = {}

    def put(self, model: type, columns: dict[str, Any]) -> None:
        """One row, whole."""
        self.rows[(model, tuple(columns[name] for name in KEYS[model]))] = columns

    def drop(self, model: type, *key: Any) -> None:
        """One row less, if there is one."""
        self.rows.pop((model, key), None)

    def all(self) -> list[Row]:
        """All rows, parents first."""
        order = list(KEYS)
        found = [(model, columns) for (model, _key), columns in self.rows.items()]
        return sorted(found, key=lambda row: order.index(row[0]))


def fold(subject: str, told: Iterable[tuple[Told, datetime]]) -> Kept:
    """A subject's rows after these facts (with the moment of each)."""
    kept = Kept(rows={})
    for one, at in told:
        after(kept, subject, one, at)
    return kept


def after(kept: Kept, subject: str, told: Told, at: datetime) -> None:
    """One more fact. What has lost its ground is passed over."""
    name, _colon, key = subject.partition(":")
    if name == "willing":
        _willing(kept, key, told)
    elif name == "roster":
        _roster(kept, key, told)
    elif name == "call":
        _call(kept, key, told, at)


def _listed(words: Iterable[str]) -> str:
    found = ",".join(sorted(set(words)))
    return f",{found}," if found else ""


def _willing(kept: Kept, token: str, told: Told) -> None:
    data = told.data
    if isinstance(data, facts.Revoked):
        kept.drop(Willing, token)
    elif isinstance(data, facts.Offered):
        before = kept.rows.get((Willing, (token,)))
        kept.put(
            Willing,
            {
                "token": token, "skills": _listed(data.skills), "parts": _listed(data.parts), "base_id": data.base,
                "days": "".join(str(day) for day in sorted(set(data.days))), "unit": data.unit, "level": 2,
                "paused": bool(before and before["paused"]), "origin": told.origin,
            },
        )  # fmt: skip
    elif isinstance(data, facts.Paused) and (Willing, (token,)) in kept.rows:
        kept.rows[(Willing, (token,))]["paused"] = data.yes


def _roster(kept: Kept, key: str, told: Told) -> None:
    org, _slash, kind = key.partition("/")
    data = told.data
    if data.on:
        columns = {"org_id": org, "kind": kind, "turn": data.turn, "n": data.n, "token": told.person}
        kept.put(Roster, columns)
    else:
        kept.drop(Roster, org, kind, data.turn, told.person)


def _call(kept: Kept, code: str, told: Told, at: datetime) -> None:
    data, row = told.data, kept.rows.get((CallOut, (code,)))
    if isinstance(data, facts.Declared):
        kept.put(
            CallOut,
            {
                "code": code, "kind": data.kind, "org_id": told.org, "title": told.texts.get("title", "")[:120],
                "notes": told.texts.get("about", ""), "insurance": told.texts.get("insurance", "")[:120],
                "starts": moment(data.span.starts), "ends": moment(data.span.ends), "state": "on", "ended": None,
                "reviewed": False, "level": 1, "origin": told.origin,
            },
        )  # fmt: skip
        for area in data.areas:
            kept.put(CallArea, {"call_id": code, "org_id": area})
    elif row is None:
        return
    elif isinstance(data, facts.Ended):
        row["state"], row["ended"] = "off", at
    elif isinstance(data, facts.Reviewed):
        row["reviewed"] = True
    elif isinstance(data, facts.StandIn):
        slot = told.about.partition(":")[2]
        if data.open:
            kept.put(StandIn, {"call": code, "slot": slot, "token": told.person})
        else:
            kept.drop(StandIn, slot, told.person)


def write(tx: Tx, before: dict[Any, dict[str, Any]], kept: Kept) -> None:
    """Queue what changed between two states of one subject."""
    for place in before:
        if place not in kept.rows:
            model, key = place
            tx.delete(model, **dict(zip(KEYS[model], key, strict=True)))
    for model, columns in kept.all():
        key = tuple(columns[name] for name in KEYS[model])
        if before.get((model, key)) != columns:
            tx.upsert(model, KEYS[model], **columns)
