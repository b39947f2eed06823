"""What follows from an evening, against brute force; and what its lists cost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from baodao.gather.branch.evening import (
    STATUSES,
    Evening,
    Line,
    counted,
    judge,
    minutes_of,
    missed,
    taking_part,
    traits_of,
)
from baodao.gather.declare import Gathering, Item
from tests.support.branches import branches, town
from tests.support.town import at

__all__ = ["branches", "town"]
NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)
NAMES = ("one", "two", "three")


def kind(n: int) -> Gathering:
    items = tuple(Item(f"i{k}", f"项{k}", trait=f"t{(n + k) % 4}", required=k == 0) for k in range(3))
    return Gathering(
        title=f"会{n}",
        form="meeting",
        domain="party",
        item=items,
        traits=(f"k{n}",),
        credits=n != 1,
        longest=(0, 0, 60)[n],
    )


KNOWN = {name: kind(n) for n, name in enumerate(NAMES)}
ALL_ITEMS = [f"{name}.{item.name}" for name in NAMES for item in KNOWN[name].item]
chosen = st.lists(st.sampled_from(NAMES), unique=True, min_size=1)
ticked = st.lists(st.sampled_from(ALL_ITEMS), unique=True)


@given(chosen, ticked)
def test_traits_are_those_of_each_kind_and_each_item_taken(kinds: list[str], items: list[str]) -> None:
    wanted: set[str] = set()
    for name in kinds:
        wanted |= {f"kind:{name}", *KNOWN[name].traits}
    for item in items:
        name, _dot, short = item.partition(".")
        if name in kinds:
            wanted |= {one.trait for one in KNOWN[name].item if one.name == short}
    assert traits_of(KNOWN, kinds, items) == tuple(sorted(wanted))
    assert set(missed(KNOWN, kinds, items)) == {f"{name}.i0" for name in kinds} - set(items)
    # More items never take a requirement away.
    assert set(traits_of(KNOWN, kinds, [])) <= set(traits_of(KNOWN, kinds, items))


@given(st.lists(st.sampled_from(STATUSES), max_size=40), st.integers(0, 60))
def test_everybody_on_the_roll_is_counted_once(statuses: list[str], more: int) -> None:
    roll = len(statuses) + more
    counts = counted([Line(f"t{n}", status) for n, status in enumerate(statuses)], roll)
    assert sum(counts.values()) == roll
    assert all(counts[s] == statuses.count(s) for s in STATUSES if s != "absent")
    assert taking_part(counts, ("present", "phone", "present")) == counts["present"] + counts["phone"]


@given(chosen, st.integers(1, 900))
def test_study_is_credited_once_for_the_evening(kinds: list[str], length: int) -> None:
    got = minutes_of(KNOWN, kinds, (NOW, NOW + timedelta(minutes=length)))
    credit = [KNOWN[name].longest for name in kinds if KNOWN[name].credits]
    wanted = 0 if not credit else length if 0 in credit else min(length, max(credit))
    assert got == wanted <= length


@given(st.integers(0, 4000))
def test_recording_late_is_no_fault_however_late(days: int) -> None:
    starts = NOW - timedelta(days=days, hours=3)
    evening = Evening(org="x", kinds=("one",), starts=starts, ends=starts + timedelta(hours=2))
    assert judge(evening, KNOWN, NOW, []) == []


def test_every_fault_is_named_with_its_field() -> None:
    evening = Evening(
        org="x", kinds=("none", "none"), starts=NOW + timedelta(hours=1), ends=NOW, items=("one.i9",), where="长" * 300,
        lines=(Line("a", "present"), Line("a", "gone", "病" * 200)), heads=-1, minutes="电话 13800001111", decisions=("事" * 300,),
    )  # fmt: skip
    fields = {fault.field for fault in judge(evening, KNOWN, NOW, ["b"])}
    assert fields == {"kinds", "items", "ends", "lines", "heads", "where", "minutes", "decisions"}
    # A telephone may stand in what stays in the branch.
    inner = Evening(
        org="x", kinds=("one",), starts=NOW - timedelta(hours=3), ends=NOW, inner="电话 13800001111"
    )
    assert judge(inner, KNOWN, NOW, []) == []


def test_lists_cost_the_same_however_many_evenings(branches: Any) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    def cost(who: str, address: str) -> int:
        desk = branches.desk(who)
        assert desk.get(address).status_code == 200
        with CaptureQueriesContext(connections["default"]) as seen:
            assert desk.get(address).status_code == 200
        return len(seen)

    addresses = (
        ("psec", "/desk/branch/register/"),
        ("pabove", "/desk/branch/above/?month=2026-11"),
        ("psec", "/desk/branch/"),
    )
    with at("11-20 09:00"):
        branches.record(kinds=["lecture"], day="2026-11-01", starts="19:30", ends="21:00", decisions="换灯")
        few = [cost(who, address) for who, address in addresses]
        for day in range(2, 8):
            branches.record(
                kinds=["lecture"], day=f"2026-11-{day:02}", starts="19:30", ends="21:00", decisions="换灯"
            )
        many = [cost(who, address) for who, address in addresses]
    assert many == few
    # The list of those above has two statements of the door, one of the tree, and those of `told_all`.
    assert few[1] <= 8, few
