"""What a row of the to-do list can tell beside what to do, what it is and by when; and a list's address, which says all that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext_lazy
from msgspec import Struct

from baodao.matters import listing
from baodao.matters.listing import Item, Sort, Wish
from baodao.matters.story import level_words
from baodao.orgs.selectors import name_of


class Column(Struct, frozen=True):
    """A further column: its code in addresses, its heading, what it says of an item (a text or a moment)."""

    name: str
    title: Any
    of: Callable[[Item], Any]


COLUMNS: dict[str, Column] = {
    one.name: one
    for one in (
        Column("procedure", gettext_lazy("事项"), lambda item: item.procedure),
        Column("kind", gettext_lazy("种类"), lambda item: item.kind),
        Column("state", gettext_lazy("状态"), lambda item: item.state),
        Column("office", gettext_lazy("承办"), lambda item: name_of(item.org)),
        Column("caller", gettext_lazy("谁派的"), lambda item: name_of(item.caller) if item.caller else ""),
        Column("called", gettext_lazy("哪天派出"), lambda item: item.called),
        Column("reported", gettext_lazy("哪天收到"), lambda item: item.reported),
        Column("level", gettext_lazy("知情范围"), lambda item: level_words(item.level)),
    )
}


class Asked(Struct, frozen=True):
    """A list as its address asks for it."""

    wish: Wish
    columns: tuple[Column, ...] = ()

    @property
    def query(self) -> str:
        """The address of this list, always in one spelling; what is left open is left out."""
        wish = self.wish
        pairs = [(name, str(getattr(wish, name))) for name in ("view", "procedure", "state", "org", "board")]
        pairs.append(("sort", wish.sort if wish.sort != "due" else ""))
        return urlencode([(name, value) for name, value in pairs if value] + self.cols)

    @property
    def cols(self) -> list[tuple[str, str]]:
        """The chosen columns as they stand in the address."""
        return [("col", one.name) for one in self.columns]


def asked_of(given: QueryDict) -> Asked:
    """What an address asks for; what it says and nobody knows is left out."""
    view, sort = given.get("view", "all"), given.get("sort", "due")
    wish = Wish(
        view=view if view in listing.VIEWS else "all",
        procedure=given.get("procedure", "")[:30],
        state=given.get("state", "")[:30],
        org=given.get("org", "")[:32],
        board=given.get("board", "")[:30],
        sort=sort if sort in get_args(Sort) else "due",  # type: ignore[arg-type]
    )
    chosen = set(given.getlist("col"))
    return Asked(wish, tuple(one for name, one in COLUMNS.items() if name in chosen))
