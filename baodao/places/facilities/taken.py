"""For how long others still have a place, as the rooms above know: told on its page and on the form that ends it. Places knows nothing of
what they do there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from msgspec import Struct

from baodao.kernel.act import Act

from .models import Facility


class Taken(Struct, frozen=True):
    """How often it is taken, the first day from which nobody has it, and where the reader may see to that ("" where she may not)."""

    n: int
    free: date
    href: str = ""


#: (reader, place) → how it is taken, None for not at all; two statements at most.
Asks = Callable[[Act, Facility], Taken | None]
_asked: dict[str, Asks] = {}


def register_taken(name: str, ask: Asks) -> None:
    """A room above says who has a place."""
    _asked[name] = ask


def taken(by: Act, row: Facility) -> Taken | None:
    """All rooms together."""
    found = [one for ask in _asked.values() if (one := ask(by, row)) is not None]
    if not found:
        return None
    href = next((one.href for one in found if one.href), "")
    return Taken(sum(one.n for one in found), max(one.free for one in found), href)
