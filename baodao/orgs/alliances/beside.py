"""What rooms above put beside an alliance: links to pages of theirs."""

from collections.abc import Callable

from baodao.kernel.act import Act

from .declare import AllianceKind
from .models import Alliance

#: (reader, alliance, its kind) → (words, address) of each link; no statement.
Beside = Callable[[Act, Alliance, AllianceKind], list[tuple[str, str]]]
_found: dict[str, Beside] = {}


def register_beside(name: str, find: Beside) -> None:
    """A room above says what it has about an alliance."""
    _found[name] = find


def beside(by: Act, row: Alliance, kind: AllianceKind | None) -> list[tuple[str, str]]:
    """All links of one alliance."""
    return [link for find in _found.values() for link in find(by, row, kind)] if kind is not None else []
