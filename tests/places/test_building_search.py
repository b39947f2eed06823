"""Buildings in the one index of words: by name, address, code and compound; what is named anew, ended or taken back is so at once."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from baodao.kernel.errors import Invalid
from baodao.kernel.text import contains, query_terms
from baodao.ledger.models import SearchDoc
from baodao.ledger.search import find
from baodao.ledger.services import takeback
from baodao.places.buildings import caches
from baodao.places.buildings.finding import called
from baodao.places.buildings.ruling import EndPlace, NewBuilding, NewCompound
from baodao.places.buildings.services import end_buildings, record_buildings, record_compounds
from baodao.places.services import EndGrid, NewGrid, draw_grids
from tests.orgs.conftest import NOW, START, system
from tests.places.conftest import SOUTH, WEST, square

HOME, NEXT = "990101001001", "990101001002"
TODAY, LATER = NOW.date(), date(2027, 3, 1)


@pytest.fixture
def ground(land: None) -> None:
    draw_grids(
        system(),
        grids=[
            NewGrid("g1", HOME, "一", square(0, 0), START),
            NewGrid("g2", NEXT, "二", square(1, 0), START),
        ],
    )


def codes(query: str, day: date = TODAY, most: int = 50) -> list[str]:
    return [one.row.code for one in called(query, day, most)]


def house(code: str, name: str, **more: Any) -> NewBuilding:
    return NewBuilding(code, name, more.pop("since", START), more.pop("grid", "g1"), **more)


def estate(code: str, name: str, **more: Any) -> NewCompound:
    return NewCompound(code, name, more.pop("org", HOME), more.pop("since", START), **more)


def test_two_signs_a_number_a_code_and_the_compound_find_it_the_shortest_name_first(ground: None) -> None:
    record_compounds(system(), compounds=[estate("c1", "金科花园"), estate("c2", "幸福里")])
    record_buildings(
        system(),
        buildings=[
            house("b-13", "13栋", compound="c1"),
            house("b-3", "3栋", compound="c1", address="滨江路12号"),
            house("x-3", "Ａ座 3栋", compound="c2"),
            house("lone", "老粮站宿舍"),
        ],
    )
    assert codes("粮站") == ["lone"]
    assert codes("滨江路") == ["b-3"]
    assert codes("b-13") == ["b-13"]
    # A number is found from its beginning; bigrams that are not the word are no hit.
    assert codes("3栋") == ["b-3", "x-3"]
    assert codes("花园 3栋") == codes("3栋 金科") == ["b-3"]
    assert codes("金科花园") == ["b-3", "b-13"]
    assert codes("a座") == ["x-3"]
    assert codes("园花") == []
    assert codes("金科花园", most=1) == ["b-3"]
    with pytest.raises(Invalid):
        codes("。。")
    for query, statements in (("3栋", 2), ("没有的", 1)):
        with CaptureQueriesContext(connection) as asked:
            codes(query)
        assert len(asked) == statements, [one["sql"] for one in asked]


def test_however_many_have_ended_the_one_that_stands_is_found(
    ground: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Small steps stand for the thousands of ended buildings that a city's search goes past."""
    from baodao.ledger import naming

    monkeypatch.setattr(naming, "SPARE", 1)
    monkeypatch.setattr(naming, "LARGE", 0)
    record_buildings(system(), buildings=[house(f"old-{n}", f"老楼{n}") for n in range(9)])
    record_buildings(system(), buildings=[house("stands", "老楼旁边的新楼")])
    end_buildings(system(), buildings=[EndPlace(f"old-{n}", TODAY) for n in range(9)])
    assert codes("老楼", most=1) == ["stands"]
    assert codes("老楼", most=50) == ["stands"]


def test_a_new_name_an_end_and_what_is_dated_ahead_hold_from_their_day(ground: None) -> None:
    record_compounds(system(), compounds=[estate("c1", "金科花园")])
    record_buildings(system(), buildings=[house("b1", "红楼", compound="c1"), house("b2", "白楼")])
    record_buildings(system(), buildings=[house("b1", "青楼阁", compound="c1", since=TODAY)])
    record_buildings(system(), buildings=[house("b2", "灰楼", since=LATER)])
    assert codes("红楼") == []
    assert codes("青楼") == ["b1"]
    assert codes("白楼") == ["b2"]
    assert codes("灰楼") == []
    assert (codes("白楼", LATER), codes("灰楼", LATER)) == ([], ["b2"])
    record_compounds(system(), compounds=[estate("c1", "望江苑", since=TODAY)])
    assert codes("望江苑") == ["b1"]
    assert codes("金科") == []
    end_buildings(system(), buildings=[EndPlace("b1", LATER)])
    assert codes("青楼") == ["b1"]
    assert codes("青楼", LATER) == []
    assert list(caches.check()) == []


def test_what_is_taken_back_is_gone_and_what_it_said_before_is_found_again(ground: None) -> None:
    record_buildings(system(), buildings=[house("b1", "红楼")])
    batch = replace(system(), batch="names-1", origin="import")
    record_buildings(batch, buildings=[house("b1", "青楼阁", since=TODAY), house("b2", "白楼")])
    assert codes("青楼") == ["b1"]
    takeback(system(), batch="names-1")
    assert (codes("青楼"), codes("白楼"), codes("红楼")) == ([], [], ["b1"])
    assert SearchDoc.objects.filter(kind="building").count() == 1
    # A compound's name that came by a batch goes with it.
    record_compounds(system(), compounds=[estate("c1", "金科花园")])
    record_buildings(system(), buildings=[house("b1", "红楼", compound="c1", since=TODAY)])
    record_compounds(replace(system(), batch="names-2"), compounds=[estate("c1", "望江苑", since=TODAY)])
    assert codes("望江苑") == ["b1"]
    takeback(system(), batch="names-2")
    assert (codes("望江苑"), codes("金科")) == ([], ["b1"])
    assert list(caches.check()) == []


def test_dropped_rows_come_back_and_a_wrong_one_is_told(ground: None) -> None:
    record_compounds(system(), compounds=[estate("c1", "金科花园")])
    record_buildings(
        system(), buildings=[house("b1", "红楼", compound="c1", lon=WEST + 0.002, lat=SOUTH + 0.005)]
    )
    ends = [EndGrid("g1", TODAY)]
    draw_grids(system(), grids=[NewGrid("g1a", HOME, "一", square(0, 0), TODAY)], ends=ends)
    before = list(SearchDoc.objects.order_by("subject").values("subject", "scope", "words", "shown", "sort"))
    assert [(row["subject"], row["scope"]) for row in before] == [("building:b1", HOME)]
    SearchDoc.objects.update(shown="别的")
    assert [line.split(":")[0] for line in caches.check()] == ["search row building"]
    SearchDoc.objects.all().delete()
    call_command("rebuild", verbosity=0)
    after = list(SearchDoc.objects.order_by("subject").values("subject", "scope", "words", "shown", "sort"))
    assert after == before


def test_the_index_finds_what_reading_every_building_finds(ground: None) -> None:
    dice, parts = (
        random.Random(3),
        ["3栋", "13栋", "A座", "粮站", "站前", "宿舍", "12号楼", "滨江路", "楼", "𠮷野家"],
    )
    rows = [house(f"b{n:03}", "".join(dice.sample(parts, 2)), address=dice.choice(parts)) for n in range(120)]
    record_buildings(system(), buildings=rows)

    def begins(one: NewBuilding, query: str) -> bool:
        words = f" {SearchDoc.objects.get(subject=f'building:{one.code}').words} "
        return all(f" \ue004{t}" + ("" if t.prefix else " ") in words for t in query_terms(query))

    for query in ("3栋", "粮站", "站宿", "a座", "12号", "楼", "滨江路 3栋", "站前 宿舍", "没有"):
        hits = [
            one
            for one in rows
            if contains(f"{one.name}\n{one.address}\n{one.code}", query) and begins(one, query)
        ]
        wanted = [one.code for one in sorted(hits, key=lambda one: (len(one.name), one.code))]
        assert codes(query, most=200) == wanted, query


def test_names_and_matters_do_not_read_each_others_words(ground: None) -> None:
    """Their words lie in lists of their own: no word of a building is a token of a matter's search."""
    record_buildings(system(), buildings=[house("b1", "渗水楼")])
    [words] = SearchDoc.objects.filter(kind="building").values_list("words", flat=True)
    assert all(word.startswith("\ue004") for word in words.split(" "))
    assert find("渗水", "matter", SearchDoc.objects.all()) == []
    assert find("渗水", "building", SearchDoc.objects.all()) == []
    assert codes("渗水") == ["b1"]
