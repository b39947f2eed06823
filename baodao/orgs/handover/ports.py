"""The port by which apps say what they hold for a post or an organization, and take it to whoever comes after.

register_keeper(Keeper("matters", _("在办的事"), count, items, hand, of_orgs, keys_of_org))     # from an app's ready()
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.verbs import Tx


class Item(Struct, frozen=True):
    """One open thing. ``key``: the keeper's own (codes, at most 60 characters); ``words``: what it is, "" for what only
    those who take part may know; ``due``: the day that was promised, None without one."""

    key: str
    number: str
    words: str
    state: str = ""
    due: date | None = None
    href: str = ""


class Heir(Struct, frozen=True):
    """Who comes after: an organization, or (``post`` set) one post of it."""

    org: str
    post: str = ""


class Keeper(Struct, frozen=True):
    """What one app holds for posts.

    ``count(posts)``: post → open items, those without are left out. ``items(post, most)``: the oldest due first.
    ``hand(tx, by, heirs)``: take items (key → heir) over within the caller's command; what is no longer open is passed
    over; gives how many. ``of_orgs(codes)``: organization → open items of its own and its posts'. ``keys_of_org(code,
    most)``: their keys; ``keys_on(code, part, day, most)``: of these the ones that came to it before the day and lie on the
    ground for which ``part`` answers, None while it answers for none. ``follows``: listed for the signatures alone, it goes along with another keeper's items (a promise
    with its matter) or stays with the office: ``hand`` is never called.
    """

    name: str
    title: Any
    count: Callable[[Collection[str]], Mapping[str, int]]
    items: Callable[[str, int], Sequence[Item]]
    hand: Callable[[Tx, Act, Mapping[str, Heir]], int] = lambda tx, by, heirs: 0
    of_orgs: Callable[[Collection[str]], Mapping[str, int]] = lambda codes: {}
    keys_of_org: Callable[[str, int], Sequence[str]] = lambda code, most: ()
    follows: bool = False
    note: Any = ""
    keys_on: Callable[[str, str, date, int], Sequence[str] | None] = lambda code, part, day, most: None


_keepers: dict[str, Keeper] = {}


def register_keeper(keeper: Keeper) -> None:
    """Add a keeper, or replace the one of that name."""
    _keepers[keeper.name] = keeper


def keepers(*, follows: bool | None = None) -> list[Keeper]:
    """All of them by name; with ``follows`` only those that do or do not follow others."""
    found = [_keepers[name] for name in sorted(_keepers)]
    return found if follows is None else [one for one in found if one.follows is follows]


def open_of(posts: Collection[str]) -> dict[str, int]:
    """Post → how many open items it holds, over all keepers that hand over."""
    return _sum([keeper.count(posts) for keeper in keepers(follows=False)] if posts else [])


def open_of_orgs(codes: Collection[str]) -> dict[str, int]:
    """Organization → how many open items it has, over all keepers that hand over."""
    return _sum([keeper.of_orgs(codes) for keeper in keepers(follows=False)] if codes else [])


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in counts:
        for code, n in one.items():
            found[code] = found.get(code, 0) + n
    return found


def refs_of(post: str, most: int) -> list[tuple[Keeper, Item]]:
    """What is open with a post, keeper by keeper, each at most so many; also what only follows."""
    return [(keeper, item) for keeper in keepers() for item in keeper.items(post, most)]


def ref(keeper: Keeper, item: Item) -> str:
    """How facts name an item."""
    return f"{keeper.name}:{item.key}"


def hand(tx: Tx, by: Act, heirs: Mapping[str, Heir]) -> int:
    """Hand items (ref → heir) over through their keepers. Gives how many went."""
    done = 0
    for keeper in keepers(follows=False):
        mine = {
            key.partition(":")[2]: heir for key, heir in heirs.items() if key.startswith(f"{keeper.name}:")
        }
        done += keeper.hand(tx, by, mine) if mine else 0
    return done
