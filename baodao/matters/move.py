"""One move under way: what is asked, the state that it moves, the facts so far, and what the engine may ask of the packs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.errors import Invalid, Missing

from .clocks import Calendar
from .declare import LEG_STATE_AFTER, Action, Procedure
from .facts import (
    Data,
    Emit,
)
from .fold import apply
from .forms import Filled
from .guards import Actor
from .state import LEG_WAITS, Leg, State


#: Filled by `policies`: the organization right above one on a day; where there is none, the same.
def _itself(org: str, _day: date) -> str:
    return org


_above: Callable[[str, date], str] = _itself


def register_above(find: Callable[[str, date], str]) -> None:
    """The trees, which the engine does not know, say who stands above."""
    global _above
    _above = find


def above(org: str, day: date) -> str:
    """The organization right above one on a day; itself at the top."""
    return _above(org, day)


class Called(Struct, frozen=True, forbid_unknown_fields=True):
    """One addressee: an organization and, if one is meant, its post; ``duty``: the item of its duty list;
    ``after``: numbers of the legs that must have ended first. ``role`` "": the first of several leads where nobody is
    named, the others follow."""

    org: str
    post: str = ""
    role: Literal["", "lead", "co"] = ""
    scope: str = ""
    duty: str = ""
    after: tuple[int, ...] = ()


def _no_limits(_org: str, _procedure: Procedure) -> dict[str, str]:
    return {}


def _no_other(name: str) -> tuple[str, Procedure]:
    raise Missing.of("procedure", _("没有“%(name)s”这种事") % {"name": name})


class Ports(Struct, frozen=True):
    """What the engine asks of the packs, and may not know by itself.

    ``limits(org, procedure)``: clocks on a leg → limit ("10 workdays") where the pack of that organization says
    otherwise. ``other(name)``: digest and version now in force of another procedure, for the matter's organization.
    """

    limits: Callable[[str, Procedure], dict[str, str]] = _no_limits
    other: Callable[[str], tuple[str, Procedure]] = _no_other


BY_ITSELF = Ports()


class Move(Struct):
    """One move under way: what is asked, the state that it moves (a clone), the facts so far."""

    procedure: Procedure
    state: State
    action: Action
    actor: Actor
    filled: Filled
    at: datetime
    precision: Literal["second", "day"]
    calendar: Calendar
    leg: Leg | None
    emits: list[Emit]
    about: str = ""
    ports: Ports = BY_ITSELF

    def put(self, emit: Emit) -> None:
        """Record one fact and let the state follow."""
        self.emits.append(emit)
        apply(self.procedure, self.state, emit, self.calendar)

    def limits(self, org: str) -> dict[str, str]:
        """As a fact keeps them, for one addressee."""
        found = self.ports.limits(org, self.procedure)
        return {name: limit.replace(" ", "_") for name, limit in found.items()}

    def emit(self, data: Data, *, about: str, org: str, **columns: Any) -> Emit:
        """A fact of this move with its common columns."""
        return Emit(
            data=data,
            about=about,
            org=org,
            **{
                "happened": self.at,
                "precision": self.precision,
                "level": self.state.level,
                "place": self.state.place,
                "person": self.actor.token,
                "post": self.actor.post,
                "system": self.actor.kind == "system",
                "sealed": self.procedure.sealed,
                **columns,
            },
        )


def held_back(state: State, after: Sequence[int]) -> bool:
    """Whether one of these legs has not ended yet."""
    return any(state.legs[n].ended is None for n in after if n in state.legs)


def first_state(state: State, after: Sequence[int]) -> str:
    """State in which a leg begins. Raises Invalid when it is to wait for a leg that is not there."""
    unknown = [n for n in after if n not in state.legs]
    if unknown:
        raise Invalid.of(
            "after", _("没有第 %(n)d 个承办单位") % {"n": unknown[0]}, _("先派前面的，再派等它的")
        )
    return LEG_WAITS if held_back(state, after) else LEG_STATE_AFTER["leg_called"]
