"""Rows of alerts from their facts: verbs, rebuild and doctor share it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from baodao.ledger.selectors import Recorded

from . import facts
from .models import Alert, Mute, RuleReach, SenderCount, Unheard

UNHEARD = ("device", "rule", "reason")
Rows = dict[tuple[Any, ...], dict[str, Any]]


def opened(fact: Recorded) -> dict[str, Any]:
    """The row of a first alert."""
    return {
        "matter": fact.subject.partition(":")[2], "device": fact.about.partition(":")[2], "rule": fact.data.rule,
        "org": fact.org, "place": fact.place, "sender": fact.post, "first": fact.happened, "last": fact.happened,
        "n": 1, "still": fact.data.still, "origin": fact.origin,
    }  # fmt: skip


def counted(before: dict[str, Any] | None, sender: str, code: str, at: datetime) -> dict[str, Any]:
    """A sender's count after one more refusal."""
    n = before["n"] if before else 0
    return {"sender": sender, "list": code, "n": n + 1, "last": at}


def passed(
    before: Mapping[str, Any] | None, key: tuple[str, str, str], org: str, n: int, at: datetime
) -> dict[str, Any]:
    """What came of a (device, rule) that is muted for a reason, after ``n`` more."""
    had, last = (before["n"], before["last"]) if before else (0, at)
    return {**dict(zip(UNHEARD, key, strict=True)), "org": org, "n": had + n, "last": max(last, at)}


def after(tables: dict[type, Rows], fact: Recorded) -> None:
    """One more fact, in ledger order. What has lost its ground is passed over."""
    data, key = fact.data, fact.subject.partition(":")[2]
    if isinstance(data, facts.Came):
        tables[Alert][(key,)] = opened(fact)
    elif isinstance(data, facts.Repeated) and (row := tables[Alert].get((key,))):
        row["n"] += data.n
        row["last"] = max(row["last"], fact.happened)
    elif isinstance(data, facts.Unheard) and fact.origin != "simulated":
        told, rows = (fact.about.partition(":")[2], data.rule, data.reason), tables[Unheard]
        rows[told] = passed(rows.get(told), told, fact.org, data.n, fact.happened)
    elif isinstance(data, facts.RefusedFields):
        for code in data.lists:
            held = tables[SenderCount].get((key, code))
            tables[SenderCount][(key, code)] = counted(held, key, code, fact.happened)
    elif isinstance(data, facts.Muted):
        _mute(tables[Mute], data, fact.post)
    elif isinstance(data, facts.Reached):
        tables[RuleReach][(data.rule, fact.org)] = {
            "rule": data.rule, "org": fact.org, "state": data.state, "since": fact.happened,
            "judged": data.judged, "wrong": data.wrong,
        }  # fmt: skip


def _mute(rows: Rows, data: facts.Muted, post: str) -> None:
    if data.until is None:
        rows.pop((data.device, data.rule), None)
        return
    rows[(data.device, data.rule)] = {
        "device": data.device, "rule": data.rule, "reason": data.reason, "until": data.until, "post": post,
    }  # fmt: skip
