"""What a post gives and is still to come stands on its hand-over sheet, and stays with the organization."""

from __future__ import annotations

import time_machine

from baodao.gather.services import call_off, open_slots
from baodao.orgs.handover import ports

from .conftest import HOUR, NOW, Cast
from .test_verbs import _new


def test_a_leavers_gatherings_to_come_are_listed_and_go_on_without_her(
    cast: Cast, django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    by = cast.by("secretary")
    mine = {"post": by.post}
    later = _new(starts=NOW + 72 * HOUR, ends=NOW + 74 * HOUR, title="河边再走一趟", **mine)
    near, far, off = open_slots(by, slots=[_new(**mine), later, _new(**mine)])
    call_off(cast.by("secretary"), codes=[off], why="weather")
    with time_machine.travel(NOW, tick=False):
        with django_assert_num_queries(1):
            assert _keeper().count([by.post, "p-nobody"]) == {by.post: 2}
        listed = [item for keeper, item in ports.refs_of(by.post, 50) if keeper.name == "gatherings"]
        assert [item.key for item in listed] == [near, far]
        assert listed[1].words == "河边再走一趟" and listed[0].href == f"/desk/gather/{near}/"
        # They follow the office: what a sheet counts as still to be taken over is not there.
        assert by.post not in ports.open_of([by.post])
    with time_machine.travel(NOW + 60 * HOUR, tick=False):
        assert _keeper().count([by.post]) == {by.post: 1}


def _keeper() -> ports.Keeper:
    return next(one for one in ports.keepers() if one.name == "gatherings")
