"""What rooms above put beside the matters of a procedure: another page on which one is begun, and steps that are done on a page of
their own. Matters know the procedure's name only as the pack says it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from baodao.kernel.act import Act

from .selectors import Seen


class Way(Struct, frozen=True):
    """A link beside a matter: its words and where it leads; a button where something is ``todo``."""

    words: str
    href: str
    todo: bool = True


Ways = Callable[[Act, Seen], list[Way]]

_starts: dict[str, str] = {}
_ways: dict[str, list[Ways]] = {}


def register_start(procedure: str, page: str) -> None:
    """Matters of this procedure are begun by staff on the page of this name ("desk:courses"), not by the general form."""
    _starts[procedure] = page


def register_ways(procedure: str, find: Ways) -> None:
    """`find` gives what this reader can do about this matter elsewhere; it asks the policy. ``procedure`` "" asks it for all, after
    the procedure's own; it then needs no statement for those that it cannot know. Several rooms may register for one."""
    _ways.setdefault(procedure, []).append(find)


def start_of(procedure: str) -> str:
    """The name of the page; "" for the general form."""
    return _starts.get(procedure, "")


def ways_of(by: Act, seen: Seen) -> list[Way]:
    """All that is registered for this matter's procedure."""
    found = [*_ways.get(seen.state.procedure, ()), *_ways.get("", ())]
    return [way for find in found for way in find(by, seen)]
