"""Offers, orders, classes and homes: who may, the ledger and its caches, the one who is asked first."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.gather.courses.choosing import Able, choices
from baodao.kernel.act import Act, Grant, system_act
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.services import rebuild
from tests.support.town import DISTRICT, OTHER_STREET, STREET, A, B, local, town

__all__ = ["town"]
DAY = date(2026, 11, 23)
TABLES = (
    "gather_offer",
    "gather_lecturer",
    "gather_order",
    "gather_klass",
    "gather_homemember",
    "gather_trust",
)
able = st.builds(
    Able,
    post=st.text("abcdef", min_size=3, max_size=6),
    org=st.just("o"),
    days=st.frozensets(st.integers(1, 7), max_size=4),
    most=st.integers(0, 3),
    load=st.integers(0, 9),
    month=st.integers(0, 4),
)


@given(
    st.lists(able, max_size=12, unique_by=lambda one: one.post), st.none() | st.dates(DAY, date(2027, 3, 1))
)
def test_nobody_is_left_out_and_the_least_asked_who_can_comes_first(found: list[Able], wish: Any) -> None:
    ranked = choices(found, wish)
    assert sorted(one.able.post for one in ranked) == sorted(one.post for one in found)
    fit = [
        one
        for one in found
        if (wish is None or not one.days or wish.isoweekday() in one.days) and not 0 < one.most <= one.month
    ]
    if fit:
        assert ranked[0].able.load == min(one.load for one in fit)
        assert not ranked[0].why_not
    assert choices(list(reversed(found)), wish) == ranked


@given(st.integers(2, 6), st.integers(1, 40))
def test_orders_one_after_another_are_spread_evenly(people: int, orders: int) -> None:
    load = dict.fromkeys((f"p{n}" for n in range(people)), 0)
    for _one in range(orders):
        first = choices([Able(post, "o", load=n) for post, n in load.items()], None)[0]
        load[first.able.post] += 1
    assert max(load.values()) - min(load.values()) <= 1


def by(org: str, reach: Any, *rights: str) -> Act:
    grants = tuple(Grant(right, reach, org, 1, "p-x") for right in rights)
    return Act(
        "person", local("11-23 09:00"), local("11-23 09:00"), f"c-{org}-{reach}-{rights[0]}", person="u" * 32,
        post="p-x", grants=grants,
    )  # fmt: skip


def system(name: str) -> Act:
    return system_act(local("11-23 09:00"), f"courses-{name}")


def new(**more: Any) -> Any:
    from baodao.gather.courses.services import NewOffer

    typed = {"org": A, "subject": "law", "title": "宪法日", "forms": ("yard",), "since": DAY}
    return NewOffer(**{**typed, **more})


@pytest.mark.parametrize(
    ("org", "reach", "may"),
    [(A, "own", True), (STREET, "below", True), (B, "own", False), (STREET, "own", False), (OTHER_STREET, "below", False)],
    ids=["allowed", "superior", "sibling", "superior-own", "outsider"],
)  # fmt: skip
def test_who_may_make_offers_and_open_classes(town: Any, org: str, reach: Any, may: bool) -> None:
    from baodao.gather.courses.programmes.services import NewClass, enrol_posts, open_classes
    from baodao.gather.courses.services import end_offers, make_offers

    [code] = make_offers(system("made"), offers=[new()])
    klass = NewClass(org=A, plan="own_choice", title="写作", since=DAY)
    acts = [
        lambda: make_offers(by(org, reach, "offer.make"), offers=[new(title="消防日")]),
        lambda: end_offers(by(org, reach, "offer.end"), codes=[code], until=DAY),
        lambda: open_classes(by(org, reach, "class.open"), classes=[klass]),
    ]
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(Refused):
                act()
    with pytest.raises(Refused):
        enrol_posts(by(org, reach, "class.enrol"), lines=[])


@pytest.mark.parametrize(
    ("org", "reach", "may"),
    [(STREET, "own", True), (DISTRICT, "below", True), (A, "own", False), (OTHER_STREET, "own", False), (DISTRICT, "own", False)],
    ids=["allowed", "superior", "below", "sibling", "superior-own"],
)  # fmt: skip
def test_who_may_remind_those_who_are_still_to_come(town: Any, org: str, reach: Any, may: bool) -> None:
    """Whoever may is told that there are too few to speak of; nobody else learns anything."""
    from baodao.gather.courses.programmes.reminding import remind

    with pytest.raises(Conflict if may else Refused):
        remind(by(org, reach, "training.remind"), org=STREET, plan="secretaries")
    with pytest.raises(Invalid if may else Refused):
        remind(by(org, reach, "training.remind"), org=STREET, plan="none")


def test_the_ledger_tells_it_all_again(town: Any) -> None:
    from baodao.gather.courses.programmes.services import NewClass, open_classes
    from baodao.gather.courses.services import Telling, end_offers, make_offers, tell_lecturers

    _first, second = make_offers(
        system("two"), offers=[new(), new(title="防诈骗", subject="safety", forms=("hall", "yard"))]
    )
    end_offers(system("end"), codes=[second], until=DAY)
    tell_lecturers(system("tell"), lecturers=[Telling("p-handler", ("law",), (6, 7), 2)])
    open_classes(
        system("class"), classes=[NewClass(org=DISTRICT, plan="own_choice", title="写作", since=DAY)]
    )
    before = [line for line in dump(with_caches=True) if any(name in line for name in TABLES)]
    assert before
    assert not [line for line in examine() if "courses" in line or "offer" in line or "class" in line]
    rebuild()
    assert [line for line in dump(with_caches=True) if any(name in line for name in TABLES)] == before


def test_faults_are_named(town: Any) -> None:
    from baodao.gather.courses.services import make_offers

    with pytest.raises(Invalid) as caught:
        make_offers(
            system("bad"),
            offers=[
                new(subject="gossip", title="x", forms=(), minutes=5),
                new(forms=("class",), about="13912345678"),
            ],
        )
    fields = {fault.field for fault in caught.value.faults}
    assert {"offers[0].subject", "offers[0].title", "offers[0].forms", "offers[0].minutes"} <= fields
    assert {"offers[1].forms", "offers[1].about"} <= fields


def test_what_was_taken_counts_from_the_first_year_of_the_plans_in_force() -> None:
    from baodao.gather.courses.programmes.declare import Course, Plan
    from baodao.gather.courses.programmes.goals import first_year
    from baodao.gather.courses.programmes.models import TrainingPlan
    from baodao.gather.courses.programmes.selectors import Mine, missing

    def plan(since: int, until: int) -> TrainingPlan:
        return TrainingPlan(code=f"tp-{since}", since=since, until=until)

    assert first_year([plan(2025, 2029), plan(2026, 2026), plan(2019, 2024)], DAY) == 2025
    assert first_year([plan(2019, 2024), plan(2027, 2031)], DAY) == first_year([], DAY) == 2017
    courses = (Course("old", "旧", 60), Course("late", "新", 60))
    owed = {"p": Plan("计划", "training", owed_by=("party_secretary",), course=courses)}
    had = Mine(0, frozenset({"p.old", "p.late"}), {}, {}, taken={"p.old": 2024, "p.late": 2025})
    [(_name, _plan, left)] = missing(owed, ["party_secretary"], had, 2025)
    assert [one.name for one in left] == ["old"]
    assert missing(owed, ["party_secretary"], had)[0][2] == []


def test_a_posts_reminders_and_its_organizations_are_counted_together() -> None:
    from baodao.dues.reminding import Had, Nudge

    def rows(*told: tuple[str, int]) -> list[tuple[str, str, date, date]]:
        return [
            (subject, f"r{n}", date(2026, 11, 1), date(2026, 11, day))
            for n, (subject, day) in enumerate(told)
        ]

    kin = {"org:a": ["post:1", "post:2"], "post:1": ["org:a"], "post:2": ["org:a"]}
    one, org = (
        Nudge("post:1", "a", "training.p", date(2026, 11, 1)), Nudge("org:a", "a", "x", date(2026, 11, 1))
    )  # fmt: skip
    two = (2, 10)
    assert Had(rows(("org:a", 15), ("org:a", 20)), kin).passed(one, DAY, two) == "lately"
    assert Had(rows(("org:a", 15), ("post:1", 20)), kin).passed(org, DAY, two) == "lately"
    # Two posts with one reminder each are two people with room; what lies too far back does not count.
    assert Had(rows(("post:2", 15), ("post:1", 20)), kin).passed(org, DAY, two) is None
    assert Had(rows(("org:a", 12), ("org:a", 20)), kin).passed(one, DAY, two) is None
    held = Had([], kin)
    held.add(one, DAY)
    assert held.passed(one, DAY, two) == "once"
