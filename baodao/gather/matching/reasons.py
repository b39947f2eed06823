"""Why somebody is suggested, and why a seat stays empty: codes and numbers, which `words` turns into words."""

from __future__ import annotations

import msgspec
import numpy as np

from baodao.kernel.geometry.datum import distance

from .ground import Fitting, Ground
from .terms import Gap, Why


class Field(msgspec.Struct, frozen=True):
    """Those who fit a slot before the plan gave anything: how many, and the median of what they have served."""

    many: int
    served: int


def field_of(ground: Ground, fit: Fitting) -> Field:
    """Among whom one was chosen."""
    return Field(len(fit.people), int(np.median(ground.served[fit.people])) if len(fit.people) else 0)


def reasons(ground: Ground, field: Field, person: int, slot: int, nth: int) -> tuple[Why, ...]:
    """The reasons for one seat, in the order in which they are read: skill, way, wish, fairness, the last plan, choice."""
    seats, who = ground.request.seats[slot], ground.request.people[person]
    found = [Why("skill", name=seats.skill)] if seats.skill else []
    if seats.lon is None or seats.lat is None:
        found.append(Why("here"))
    elif who.lon is None or who.lat is None:
        found.append(Why("unplaced"))
    else:
        found.append(Why("near", int(distance((who.lon, who.lat), (seats.lon, seats.lat)))))
    met = [tag for tag in seats.tags if tag in who.wishes]
    if met:
        found.append(Why("wish", name=met[0]))
    found.append(Why("served", who.served, field.served))
    if person in ground.suggested.get(slot, ()):
        found.append(Why("kept"))
    if nth > 1:
        found.append(Why("again", nth))
    found.append(Why("only") if field.many == 1 else Why("choice", field.many))
    return tuple(found)


def gap_of(ground: Ground, slot: int) -> Gap:
    """What is missing in a slot once the plan is made, and at which limit people fell away."""
    skilled, free, near, rested, left = ground.fitting(slot).left_after
    missing = int(ground.need[slot])
    return Gap(ground.request.seats[slot].slot, missing, ground.count, skilled, free, near, rested, left)
