"""A small scene for the engine's tests: the shipped request procedure, a calendar, the cast, and a hand to act with."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from baodao.kernel.calendar import Day, WorkCalendar
from baodao.matters.declare import Procedure, digest
from baodao.matters.engine import Decision, Opening, decide, open_matter
from baodao.matters.facts import Emit
from baodao.matters.fold import fold
from baodao.matters.guards import Actor
from baodao.matters.lapses import advance
from baodao.matters.move import Ports
from baodao.matters.state import State

PACKS = Path(__file__).resolve().parents[2] / "packs"

#: March 2026 with a holiday on Thursday the 5th, made up for on Sunday the 8th.
CALENDAR = WorkCalendar(
    "2026-test",
    [Day(date(2026, 3, 5), "holiday", "植树节"), Day(date(2026, 3, 8), "makeup")],
    provisional_from=date(2027, 1, 1),
    known_from=date(2026, 1, 1),
)
PLAIN = WorkCalendar("2026-plain", [], provisional_from=date(2026, 3, 10), known_from=date(2026, 1, 1))

A, B, TOP = "500102001", "fl-zjw", "500102"


def shipped() -> dict[str, Procedure]:
    """The procedures of the base pack, as they ship, and those of the examples."""
    found = {}
    examples = sorted((PACKS.parent / "examples" / "packs").glob("*/*.toml"))
    for path in [*sorted((PACKS / "base").glob("*.toml")), *examples]:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for name, declared in table.get("procedure", {}).items():
            if "stages" not in declared:  # what an example's district says of the base's own
                continue
            found[name] = msgspec.convert(declared, Procedure)
    return found


SHIPPED = shipped()
VERSIONS = {digest(procedure): procedure for procedure in SHIPPED.values()}
REQUEST = SHIPPED["request"]
PORTS = Ports(other=lambda name: (digest(SHIPPED[name]), SHIPPED[name]))


def at(text: str) -> datetime:
    """Local time of the district, "03-02 09:00" in 2026 → UTC."""
    return datetime.fromisoformat(f"2026-{text.replace(' ', 'T')}:00+08:00").astimezone(UTC)


def everything(right: str) -> bool:
    return True


RESIDENT = Actor(token="resident")
NEIGHBOUR = Actor(token="neighbour")
HANDLER = Actor(token="handler", post="a-handler", org=A)
HEAD = Actor(token="head", post="a-head", org=A)
OTHER = Actor(token="other", post="b-handler", org=B)
SUPERIOR = Actor(token="superior", post="top", org=TOP, above=lambda org: org in (A, B))
RULER = Actor(token="ruler", post="court", org=TOP, may=everything)
CAST = {
    "resident": RESIDENT,
    "neighbour": NEIGHBOUR,
    "handler": HANDLER,
    "head": HEAD,
    "other": OTHER,
    "superior": SUPERIOR,
    "ruler": RULER,
}


class Stage:
    """A matter being played: facts get ids as a ledger would give them."""

    def __init__(
        self,
        when: str = "03-02 09:00",
        procedure: Procedure = REQUEST,
        calendar: WorkCalendar = CALENDAR,
        **opening: Any,
    ) -> None:
        self.first = self.procedure = procedure
        self.calendar = calendar
        self.facts: list[Emit] = []
        start = Opening(
            **{
                "number": "FL-2026-000001",
                "digest": digest(procedure),
                "name": "request",
                "org": A,
                "actor": RESIDENT,
                "reporter": "resident",
                "happened": at(when),
                "kind": "road",
                "fields": {"text": "路灯坏了"},
                **opening,
            }
        )
        self.state: State = self._take(open_matter(procedure, start, calendar, PORTS))

    def _take(self, decision: Decision) -> State:
        for emit in decision.emits:
            self.facts.append(msgspec.structs.replace(emit, id=len(self.facts) + 1))
        state = self.folded()
        self.procedure = VERSIONS.get(state.digest, self.procedure)
        return state

    def folded(self) -> State:
        gone = {fact.supersedes for fact in self.facts}
        effective = [fact for fact in self.facts if fact.id not in gone]
        return fold(self.first, effective, self.calendar, "FL-2026-000001", VERSIONS.__getitem__)

    def wait(self, until: str | datetime) -> list[str]:
        """Let the clock act until then; gives the names of what it did."""
        before = len(self.facts)
        moment = at(until) if isinstance(until, str) else until
        self.state = self._take(advance(self.procedure, self.state, moment, self.calendar))
        return [fact.data.action for fact in self.facts[before:] if hasattr(fact.data, "action")]

    def act(
        self,
        name: str,
        actor: Actor,
        when: str | datetime,
        fields: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> list[Emit]:
        """Lapses first, then the act; gives the facts of the act."""
        moment = at(when) if isinstance(when, str) else when
        self.wait(moment)
        before = len(self.facts)
        decision = decide(
            self.procedure,
            self.state,
            name,
            actor,
            fields=fields or {},
            happened=moment,
            calendar=self.calendar,
            ports=PORTS,
            **options,
        )
        self.state = self._take(decision)
        return self.facts[before:]

    def reported(self, when: str = "03-02 10:00") -> Stage:
        self.act("report_in", HANDLER, when)
        return self

    def answered(self, when: str = "03-04 10:00", claim: str = "solved") -> Stage:
        self.act("answer", HANDLER, when, {"claim": claim, "result": "修好了"})
        return self

    def of(self, kind: type[Any]) -> list[Any]:
        """The data of all facts of a kind."""
        return [fact.data for fact in self.facts if isinstance(fact.data, kind)]


HOUR = timedelta(hours=1)
