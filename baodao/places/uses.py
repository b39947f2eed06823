"""Who still needs a grid, a building or a compound: what is used by others is not taken back or ended from under them.

Rooms above places register what they hold; places asks before it lets go."""

from collections.abc import Callable, Iterable
from typing import Literal

from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Fault

Kind = Literal["grid", "building", "compound"]
#: Codes → those in use, with words that say by what ("3 件没有办完的事").
Uses = Callable[[list[str]], dict[str, str]]

_asked: dict[tuple[Kind, str], Uses] = {}


def register_use(kind: Kind, name: str, uses: Uses) -> None:
    """A room says which of these it still needs; one statement at most."""
    _asked[kind, name] = uses


def refuse_used(kind: Kind, codes: Iterable[str], field: str = "code") -> None:
    """Raise Conflict when any is in use, saying which and by what."""
    wanted = sorted(set(codes))
    if not wanted:
        return
    faults = [
        Fault(field, _("%(code)s 还有%(what)s") % {"code": code, "what": words}, _("先把它们移走或办完"))
        for (one, _name), uses in sorted(_asked.items())
        if one == kind
        for code, words in sorted(uses(wanted).items())
    ]
    if faults:
        raise Conflict(*faults[:200])
