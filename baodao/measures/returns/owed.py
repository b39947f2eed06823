"""A return as a due: a form that the pack asks for by a rhythm is owed, reminded of and handed over like all else that is owed. A
requirement with ``met_by = "return.signed"`` names the form in ``counts_if``; what a signature met stands in its fact."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from baodao.dues.ports import Met, register_link, register_source
from baodao.dues.selectors import proposals
from baodao.ledger.selectors import Recorded

from .facts import Signed
from .filling import period_of
from .fold import State

KIND = "return.signed"


def met_by(state: State, every: str, day: date) -> tuple[str, ...]:
    """Requirements that signing meets on a day: those of its form, when it is of the period that ended last. At most four statements, none for a form without a rhythm."""
    if not every or state.last != period_of(every, day).first - timedelta(days=1):
        return ()
    found = proposals(state.org, day, frozenset({state.form}), KIND)
    return tuple(one.requirement for one in found if one.subject == f"org:{state.org}")


def mets(number: str, org: str, day: date, names: Iterable[str]) -> list[Met]:
    """What a signature met, for `dues.services.note`."""
    return [Met(name, f"org:{org}", day, f"return:{number}") for name in names]


def _read(fact: Recorded) -> Iterable[Met]:
    data = fact.data
    assert isinstance(data, Signed)
    day = date.fromisoformat(data.met_on) if data.meets else date.min
    return mets(fact.subject.partition(":")[2], fact.org, day, data.meets)


register_source(KIND, _read)
register_link("return", lambda number: f"/desk/returns/{number}/")
