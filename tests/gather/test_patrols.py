"""Patrols and joint checks: points passed by own act, finds become matters, one visit for several departments, rated by the place once."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from baodao.gather.models import Seat, Slot
from baodao.gather.patrols import checks, facts, selectors, services
from baodao.gather.patrols.checks import (
    NewCheck,
    code_for_paper,
    join_check,
    open_check,
    rate_check,
    record_check,
)
from baodao.gather.patrols.models import Check, CheckUnit, Find, Passing, Route, RoutePoint
from baodao.gather.patrols.services import (
    Finding,
    NewPoint,
    NewRoute,
    close_route,
    find_on_round,
    finish_round,
    pass_point,
    plan_route,
    start_round,
)
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.models import Fact
from baodao.ledger.services import rebuild
from baodao.matters.models import Matter
from tests.matters.conftest import B

from .conftest import HOUR, NOW, A, Cast

LATE = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 23:00


def new(**more: Any) -> NewRoute:
    told = {
        "org": A, "title": "夜间巡查", "form": "line", "rounds": ("22:00-06:00", "10:00-12:00"),
        "points": (NewPoint("泵站"), NewPoint("仓库后门")),
    } | more  # fmt: skip
    return NewRoute(**told)


def walk(cast: Cast, who: str = "worker") -> tuple[str, str]:
    code = plan_route(cast.by("secretary"), new=new())
    return code, start_round(cast.by(who, LATE), code=code)


def test_points_are_passed_by_own_act_and_a_round_over_midnight_counts_to_its_day(cast: Cast) -> None:
    code, slot = walk(cast)
    assert start_round(cast.by("worker", LATE + HOUR), code=code) == slot
    pass_point(cast.by("worker", LATE), slot=slot, point=1)
    marks = {point.n: point.mark for point in RoutePoint.objects.all()}
    pass_point(cast.by("worker", LATE + 2 * HOUR), mark=marks[2])
    pass_point(cast.by("worker", LATE + 2 * HOUR), mark=marks[2])
    assert {(row.n, row.how) for row in Passing.objects.all()} == {(1, "button"), (2, "code")}
    route = Route.objects.get()
    assert selectors.coverage(route, date(2026, 3, 2), 2) == [("22:00-06:00", 2), ("10:00-12:00", 0)]
    assert selectors.coverage(route, date(2026, 3, 3), 2) == [("22:00-06:00", 0), ("10:00-12:00", 0)]
    assert finish_round(cast.by("worker", LATE + 3 * HOUR), slot=slot) == 2
    seat = Seat.objects.get(slot=slot)
    assert (seat.status, seat.minutes, Slot.objects.get(code=slot).state) == ("present", 180, "held")
    with pytest.raises(Conflict):
        pass_point(cast.by("worker", LATE + 3 * HOUR), slot=slot, point=1)


def test_nobody_passes_a_point_on_anothers_round(cast: Cast) -> None:
    _code, slot = walk(cast)
    mark = RoutePoint.objects.first().mark  # type: ignore[union-attr]
    for do in (
        partial(pass_point, slot=slot, point=1), partial(pass_point, mark=mark), partial(finish_round, slot=slot),
        partial(find_on_round, slot=slot, point=1, finding=Finding("road", "井盖坏了")),
    ):  # fmt: skip
        with pytest.raises((Conflict, Refused)):
            do(cast.by("secretary", LATE))
    assert not Passing.objects.exists() and not Find.objects.exists()
    with pytest.raises(Missing):
        pass_point(cast.by("worker", LATE), mark="r-9-9")


def test_a_find_is_a_matter_with_its_place_and_picture_and_no_person(cast: Cast) -> None:
    _code, slot = walk(cast)
    number = find_on_round(
        cast.by("worker", LATE), slot=slot, point=2, finding=Finding("road", "路灯不亮，井盖翘起")
    )
    assert Matter.objects.get(number=number).procedure == "request"
    assert (Find.objects.get().slot, Find.objects.get().n) == (slot, 2)
    with pytest.raises(Invalid) as caught:
        find_on_round(
            cast.by("worker", LATE),
            slot=slot,
            point=2,
            finding=Finding("road", "路灯不亮", photos=("a" * 64,)),
        )
    assert caught.value.faults[0].field == "of_place"
    assert set(Finding.__struct_fields__) == {"kind", "text", "photos", "of_place"}


def test_no_fact_and_no_verb_of_a_round_takes_where_somebody_is(cast: Cast) -> None:
    """The only degrees are those of points on walls; a passing carries no person."""
    for struct in (facts.Passed, facts.Found):
        assert not {"lon", "lat", "place", "track"} & set(struct.__struct_fields__)
    for verb_ in (pass_point, start_round, finish_round, find_on_round):
        names = set(inspect.signature(verb_.__wrapped__).parameters)  # type: ignore[attr-defined]
        assert not {"lon", "lat", "at", "position", "track"} & names
    _code, slot = walk(cast)
    pass_point(cast.by("worker", LATE), slot=slot, point=1)
    fact = Fact.objects.get(kind="patrol.passed")
    assert (fact.person, fact.place) == ("", "")
    root = Path(services.__file__).parents[1] / "templates" / "gather" / "patrols"
    for page in root.glob("*.html"):
        assert not re.search(r"geolocation|watchPosition|locate|<script", page.read_text()), page.name


def test_an_area_has_a_point_for_each_grid_or_says_that_none_is_drawn(cast: Cast) -> None:
    with pytest.raises(Invalid) as caught:
        plan_route(cast.by("secretary"), new=new(form="area", points=()))
    assert "网格" in caught.value.faults[0].reason
    for field, more in (
        ("rounds", {"rounds": ("25:00-06:00",)}),
        ("title", {"title": " "}),
        ("points", {"points": ()}),
    ):
        with pytest.raises(Invalid) as caught:
            plan_route(cast.by("secretary"), new=new(**more))
        assert {fault.field for fault in caught.value.faults} == {field}


def visit(**more: Any) -> NewCheck:
    told = {
        "org": A,
        "title": "江边火锅店",
        "address": "滨江路 8 号",
        "starts": NOW + HOUR,
        "with_orgs": (B,),
    } | more
    return NewCheck(**told)


def test_three_departments_come_once_record_once_and_the_place_rates_once(cast: Cast) -> None:
    slot = open_check(cast.by("secretary"), new=visit())
    with pytest.raises(Conflict) as caught:
        open_check(cast.by("handler"), new=visit(org=B, starts=NOW + 2 * HOUR))
    assert "加入那一次" in caught.value.faults[0].remedy and caught.value.extra["slot"] == slot
    join_check(cast.by("handler"), slot=slot, org=B)
    assert Slot.objects.count() == 1 and Seat.objects.count() == 2
    done = NOW + 2 * HOUR
    with pytest.raises(Conflict):
        record_check(cast.by("handler", NOW), slot=slot, came=[A, B], minutes="后厨整洁")
    numbers = record_check(
        cast.by("handler", done), slot=slot, came=[A, B], minutes="后厨整洁，消防门堵着",
        findings=[Finding("property", "消防门前堆了桌椅")],
    )  # fmt: skip
    assert len(numbers) == Matter.objects.count() == Find.objects.count() == 1
    with pytest.raises(Conflict) as caught:
        record_check(cast.by("secretary", done), slot=slot, came=[A], minutes="再记一遍")
    assert "一次上门只记一次" in caught.value.faults[0].remedy
    held = Fact.objects.get(kind="gather.held")
    assert '"with_orgs":["990101001001","zjw"]' in held.data
    code = code_for_paper(slot)
    with pytest.raises(Missing):
        rate_check(cast.by("stranger", done), code="AAAAAAAAAA", stars=4)
    rate_check(cast.by("stranger", done), code=f"{code[:5]}-{code[5:].lower()}", stars=4)
    with pytest.raises(Conflict):
        rate_check(cast.by("stranger", done), code=code, stars=1)
    rated = Fact.objects.get(kind="gather.rated")
    assert (rated.value, rated.level, rated.person) == (4, 3, "")
    assert code not in "".join(dump(with_caches=True))


def test_it_cannot_be_rated_before_it_was_recorded(cast: Cast) -> None:
    slot = open_check(cast.by("secretary"), new=visit())
    with pytest.raises(Missing):
        rate_check(cast.by("stranger"), code=code_for_paper(slot), stars=5)


def able(do: Any) -> bool:
    try:
        do()
    except Refused:
        return False
    except (Conflict, Invalid, Missing):
        pass
    return True


def test_who_may_what(cast: Cast) -> None:
    """The one allowed, a sibling, a superior, one below, an outsider."""
    code = plan_route(cast.by("secretary"), new=new())
    slot = open_check(cast.by("secretary"), new=visit(with_orgs=()))
    everybody = ("secretary", "sibling", "superior", "worker", "handler", "head", "resident", "clerk")

    def those(do: Any) -> set[str]:
        return {who for who in everybody if able(partial(do, cast.by(who)))}

    assert those(lambda by: plan_route(by, new=new(title=""))) == {"secretary", "superior"}
    assert those(lambda by: start_round(by, code="none")) == set()
    assert those(lambda by: start_round(by, code=code)) == {"secretary", "worker"}
    assert {who for who in everybody if selectors.route(cast.by(who), code)} == {
        "secretary",
        "superior",
        "worker",
    }
    assert those(lambda by: open_check(by, new=visit(title=""))) == {"secretary", "worker"}
    assert those(lambda by: record_check(by, slot=slot, came=[], minutes="")) == {"secretary", "worker"}
    assert {who for who in everybody if selectors.check(cast.by(who), slot)} == {
        "secretary",
        "superior",
        "worker",
    }
    assert those(lambda by: close_route(by, code=code)) == {"secretary", "superior"}
    join_check(cast.by("head"), slot=slot, org=B)
    # Whoever comes along sees it and may record it.
    assert (
        selectors.check(cast.by("handler"), slot) is not None
        and selectors.check(cast.by("sibling"), slot) is None
    )
    assert those(lambda by: record_check(by, slot=slot, came=[], minutes="")) == {
        "secretary",
        "worker",
        "handler",
        "head",
    }


def test_rows_follow_from_facts(cast: Cast) -> None:
    code, walked = walk(cast)
    pass_point(cast.by("worker", LATE), slot=walked, point=2)
    find_on_round(cast.by("worker", LATE), slot=walked, point=2, finding=Finding("road", "井盖翘起"))
    slot = open_check(cast.by("secretary"), new=visit())
    join_check(cast.by("handler"), slot=slot, org=B)
    record_check(cast.by("handler", NOW + 2 * HOUR), slot=slot, came=[B], minutes="都好")
    rate_check(cast.by("stranger", NOW + 3 * HOUR), code=code_for_paper(slot), stars=5)
    close_route(cast.by("secretary"), code=code)
    names = ("gather_route", "gather_passing", "gather_find", "gather_check")
    before = [line for line in dump(with_caches=True) if any(name in line for name in names)]
    assert len(before) == 1 + 2 + 1 + 1 + 1 + 2
    assert not list(examine())
    rebuild()
    assert [line for line in dump(with_caches=True) if any(name in line for name in names)] == before
    assert Check.objects.get().rated and Route.objects.get().closed and CheckUnit.objects.count() == 2
    assert len(code_for_paper(slot)) == checks.LENGTH
