"""Objects of the rooms as the oracle knows them: where each lies, how high it stands, whom it belongs to. Who may open one is read
from the printed matrix, by the rights that the entry of an address names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from baodao.kernel.act import Subject

if TYPE_CHECKING:
    from .routes import Ask

IN, REFUSED, MISSING = "in", "refused", "missing"


class Held(NamedTuple):
    """One object. ``persons``: who of the cast it belongs to (reach "one's own")."""

    subject: Subject
    persons: frozenset[str] = frozenset()


def lies(
    org: str, level: int = 1, *, legs: bool = False, place: str = "", persons: tuple[str, ...] = ()
) -> Held:
    """An object of an organization; ``legs``: those of its posts that take part are asked, whoever they are."""
    called = ((org, ""),) if legs else ()
    return Held(Subject(ref="x", org=org, level=level, legs=called, place=place), frozenset(persons))


def able(ask: Ask, right: str, held: Held) -> bool:
    """Whether a printed line opens it."""
    mine = ask.who if ask.who in held.persons else ""
    return ask.world.policy.may(ask.who, right, held.subject, person=mine)


def of(ask: Ask, family: str, name: str = "code") -> Held:
    return ask.world.stock[family][ask.params[name]]


def inner(held: Held) -> Held:
    """The names in it: level 2, for the posts of who convenes that take part."""
    org = held.subject.org
    return Held(Subject(ref="x", org=org, level=2, legs=((org, ""),)))


def kept(
    family: str, read: str, *, get: str = "", post: str = "", name: str = "code", deep: bool = False, no: str = REFUSED
) -> Callable[[Ask], str]:  # fmt: skip
    """404 for whoever may not read it; then 403 (or ``no``) for whoever lacks the right of the page (``get``) or of what is sent
    (``post``), which is asked of the names in it where ``deep``."""

    def rule(ask: Ask) -> str:
        held = of(ask, family, name)
        if not able(ask, read, held):
            return MISSING
        right = post if ask.method == "POST" and post else get
        return IN if not right or able(ask, right, inner(held) if deep else held) else no

    return rule


def belongs(family: str, name: str, no: str = MISSING) -> Callable[[Ask], str]:
    """For whose it is, and nobody else."""
    return lambda ask: IN if ask.who in of(ask, family, name).persons else no
