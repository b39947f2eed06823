"""What a call asks of its addressee, as whole numbers: a field of the opening times what another field stands for. Pure."""

from __future__ import annotations

from .declare import Load, Procedure
from .state import State

#: A load above this is a slip of the hand; it is kept as this much, so that sums of a year stay exact in every database.
MOST = 10**9


def loads_of(procedure: Procedure, state: State) -> dict[str, int]:
    """Name of each declared load → its number for one call, from the fields of the opening; those left empty are not there."""
    given = state.trail[0].fields if state.trail else {}
    found = {}
    for load in procedure.loads:
        value = given.get(load.field)
        if isinstance(value, int) and not isinstance(value, bool):
            found[load.name] = min(max(value, 0) * _times(load, given.get(load.times or "")), MOST)
    return found


def _times(load: Load, word: object) -> int:
    return load.factor.get(str(word), 1) if load.times else 1
