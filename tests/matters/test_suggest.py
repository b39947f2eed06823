"""Suggestions on the desk: what is drawn from facts, what staff see, what is kept of a choice, and what goes with a person."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.act import system_act
from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.ledger.readers import run_new
from baodao.ledger.selectors import facts_of
from baodao.ledger.services import rebuild
from baodao.matters.suggest import alike, card, figures, spots
from baodao.matters.suggest.models import Habit, Spot
from baodao.matters.suggest.services import choose

from . import labelled
from .conftest import A2, NOW, PACKS, A, B, Cast, everything, key
from .test_desk import Enter, now, staff, text

__all__ = ["now", "staff"]

HERE, NEAR, FAR = "107.300000,29.700000", "107.300500,29.700100", "107.310000,29.700000"
LAMP = {"title": "路灯坏了", "text": "门口的路灯坏了三天，天黑看不见路"}


def read() -> None:
    """Readers go through what is new."""
    while run_new(NOW + timedelta(days=400)):
        pass


def test_spots_follow_facts_and_hold_nothing_above_level_one(cast: Cast, opened: Any) -> None:
    open_, shut = opened(point=HERE, fields=LAMP), opened(kind="domestic_violence", point=HERE)
    bare = opened(fields=LAMP)
    read()
    spot = Spot.objects.get(matter=open_)
    assert (spot.lat, spot.lon, spot.kind, spot.level) == (29_700_000, 107_300_000, "road", 1)
    assert spot.cell == spots.cell_of(spot.lat, spot.lon)
    assert Spot.objects.get(matter=bare).cell == 0
    assert not Spot.objects.filter(matter=shut).exists()
    # A level that was raised takes the spot away at the next fact of the matter.
    from baodao.matters.models import Matter
    from baodao.matters.suggest.caches import handle

    Matter.objects.filter(number=open_).update(level=2)
    handle(facts_of(f"matter:{open_}")[0])
    assert not Spot.objects.filter(matter=open_).exists()


def test_a_rebuild_gives_the_same_bytes_as_far_as_the_reader_came(cast: Cast, opened: Any) -> None:
    first = opened(point=HERE, fields=LAMP)
    read()
    take = {"number": first, "what": "category", "offered": ["道路", "卫生"]}
    choose(cast.by("secretary"), **take, chosen="道路")
    read()
    opened(point=NEAR, fields=LAMP)  # the reader has not come so far
    before = everything()
    assert any("spot" in line for line in before)
    assert Habit.objects.filter(what="category", code="道路").exists()
    rebuild()
    assert everything() == before


def test_erasing_takes_spots_and_habits_and_they_do_not_come_back(cast: Cast, opened: Any) -> None:
    from baodao.ledger.services import erase

    number, other = opened(point=HERE, fields=LAMP), opened(who="neighbour", point=NEAR, fields=LAMP)
    choose(cast.by("secretary"), number=number, what="category", offered=["道路"], chosen="道路")
    read()
    counts = erase(system_act(NOW, key("erase")), person=cast.uids["resident"])
    assert counts["model_data"] == 2
    for again in (False, True):
        if again:
            rebuild()
        assert list(Spot.objects.values_list("matter", flat=True)) == [other]
        assert not Habit.objects.exists()


def test_intake_costs_what_it_did(cast: Cast, opened: Any, engine: str) -> None:
    opened()
    with CaptureQueriesContext(connection) as queries:
        opened(point=HERE, fields=LAMP)
    written = [q for q in queries if "SAVEPOINT" not in q["sql"]]
    # PostgreSQL writes all rows of a command in one statement.
    assert len(written) <= (7 if engine == "postgres" else 12), [q["sql"][:80] for q in written]
    assert not any("spot" in q["sql"] or "habit" in q["sql"] for q in queries)


def test_staff_see_earlier_reports_near_by_and_open_them(staff: Enter, opened: Any, now: Any) -> None:
    old = opened(at=now - timedelta(days=3), point=HERE, fields=LAMP)
    stale = opened(at=now - timedelta(days=31), point=HERE, fields=LAMP)
    away = opened(at=now - timedelta(days=2), point=FAR, fields=LAMP)
    hidden = opened(at=now - timedelta(days=1), org=A2, place="grid-2", point=HERE, fields=LAMP)
    shut = opened(at=now - timedelta(days=1), kind="domestic_violence", point=HERE, fields=LAMP)
    mine = opened(at=now - timedelta(minutes=5), point=NEAR, fields=LAMP)
    read()
    browser = staff("community_secretary", A)
    page = text(browser.get(f"/desk/matters/{mine}/"))
    shown = page[page.index('id="suggestions"') :]
    assert f"/desk/matters/{old}/" in shown
    assert "相距 50 米" in shown
    assert "早 2 天" in shown
    for other in (stale, away, hidden, shut):
        assert other not in shown
    assert "并入这一件" in shown
    assert browser.get(f"/desk/matters/{old}/").status_code == 200
    # Nothing is suggested beside a matter of level 2.
    assert old not in text(browser.get(f"/desk/matters/{shut}/"))
    above = text(staff("department_head", "990101001").get(f"/desk/matters/{mine}/"))
    assert old in above
    assert 'value="duplicate"' not in above
    assert staff("handler", B).get(f"/desk/matters/{mine}/").status_code == 404


def test_a_choice_is_kept_by_the_page_and_shown(staff: Enter, opened: Any, now: Any) -> None:
    old = opened(at=now - timedelta(days=3), point=HERE, fields=LAMP)
    mine = opened(at=now - timedelta(minutes=5), point=NEAR, fields=LAMP)
    read()
    browser = staff("community_secretary", A)
    assert 'value="duplicate"' in text(browser.get(f"/desk/matters/{mine}/"))
    sent = {"_command": key(), "what": "duplicate", "offered": [old], "chosen": old}
    for _twice in range(2):
        assert browser.post(f"/desk/matters/{mine}/suggestion/", sent).status_code == 303
    kept = [fact for fact in facts_of(f"matter:{mine}") if fact.kind == "suggestion.chosen"]
    assert [(fact.data.what, fact.data.chosen, fact.person) for fact in kept] == [("duplicate", old, "")]
    assert 'aria-current="true">选' in text(browser.get(f"/desk/matters/{mine}/"))
    sent |= {"_command": key(), "chosen": "HQ-2026-999999"}
    assert browser.post(f"/desk/matters/{mine}/suggestion/", sent).status_code == 422


def test_the_model_is_asked_and_a_damaged_one_does_not_take_the_page(
    staff: Enter, opened: Any, now: Any, settings: Any, tmp_path: Path
) -> None:
    from django.core.management import call_command

    settings.DATA = Path(settings.DATA)
    made = labelled.write(tmp_path / "set.csv")
    settings.DATA = tmp_path
    call_command("train", str(made), "--text", "title,text", verbosity=0)
    number = opened(
        at=now, kind="other", fields={"title": "东街口路灯不亮", "text": "东街口路灯不亮，路面坑洼。"}
    )
    browser = staff("community_secretary", A)
    page = text(browser.get(f"/desk/matters/{number}/"))
    assert "可能的类别" in page
    assert "道路" in page[page.index("可能的类别") :]
    (card.folder() / "model.npz").write_bytes(b"broken")
    from baodao.matters.suggest import model

    model._held.cache_clear()
    page = text(browser.get(f"/desk/matters/{number}/"))
    assert "打不开" in page
    model._held.cache_clear()


def test_the_page_costs_the_same_beside_few_and_many(staff: Enter, opened: Any, now: Any) -> None:
    browser, counts = staff("community_secretary", A), []
    for more in (2, 20):
        for n in range(more):
            opened(at=now - timedelta(hours=n + 1), point=NEAR, fields=LAMP)
        mine = opened(at=now, point=HERE, fields=LAMP)
        read()
        browser.get(f"/desk/matters/{mine}/")
        with CaptureQueriesContext(connection) as queries:
            text(browser.get(f"/desk/matters/{mine}/"))
        counts.append(len(queries))
    assert counts[0] == counts[1], counts


def test_what_knows_its_addressee_gets_no_guess() -> None:
    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure

    for name in ("fuling", "weibin"):
        found = {code for code, one in load_pack(PACKS / name).many(Procedure).items() if card.is_sorted(one)}
        assert {"request", "whistle"} <= found
        assert not found & {"alert", "challenge", "recommendation", "reminder", "demand", "hazard"}


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("secretary", True),
        ("sibling", False),
        ("superior", False),
        ("worker", True),
        ("handler", False),
        ("neighbour", False),
        ("resident", False),
        ("stranger", False),
    ],
)
def test_who_may_keep_a_choice(cast: Cast, opened: Any, who: str, allowed: bool) -> None:
    number = opened(fields=LAMP)
    asked = {"number": number, "what": "category", "offered": ["道路"], "chosen": "道路"}
    if allowed:
        assert choose(cast.by(who), **asked).chosen == "道路"
    else:
        reads = who in {"superior", "resident"}
        with pytest.raises(Refused if reads else Missing):
            choose(cast.by(who), **asked)


def test_a_choice_is_one_of_the_codes_offered(cast: Cast, opened: Any) -> None:
    number = opened(fields=LAMP)
    good = {"number": number, "what": "category", "offered": ["道路"], "chosen": ""}
    for wrong in (
        {"chosen": "卫生"},
        {"what": "person"},
        {"offered": []},
        {"offered": ["一句 话，不是代码！"], "chosen": "一句 话，不是代码！"},
        {"model": "<b>"},
    ):
        with pytest.raises(Invalid):
            choose(cast.by("secretary"), **{**good, **wrong})
    with pytest.raises(Missing):
        choose(cast.by("secretary"), **{**good, "number": "HQ-2026-999999"})


def test_training_learns_from_choices_of_at_least_three_people(
    cast: Cast, opened: Any, tmp_path: Path
) -> None:
    from baodao.matters.suggest.choices import read_choices

    with pytest.raises(Invalid):
        read_choices()
    number = opened(fields=LAMP)
    choose(cast.by("secretary"), number=number, what="category", offered=["道路", "卫生"], chosen="卫生")
    choose(cast.by("secretary"), number=number, what="category", offered=["道路", "卫生"], chosen="道路")
    read()
    rows = read_choices()
    assert (rows.labels, rows.titles) == (["道路"], [LAMP["title"]])
    assert rows.groups != [number], "grouped by who wrote"


# ── the score ───────────────────────────────────────────────────────────────────────────────────────────


@given(
    st.integers(-89_000_000, 89_000_000),
    st.integers(-179_000_000, 179_000_000),
    st.integers(-2600, 2600),
    st.integers(-2600, 2600),
)
def test_squares_around_hold_everything_within_reach(lat: int, lon: int, y: int, x: int) -> None:
    lat = lat * 53 // 89  # China's north
    away = alike.metres(lat / 1e6, lon / 1e6, (lat + y) / 1e6, (lon + x) / 1e6)
    if away <= alike.REACH_METRES:
        assert spots.cell_of(lat + y, lon + x) in spots.cells_around(lat, lon)


@given(st.floats(0, 300), st.floats(0, 720), st.floats(0, 1))
def test_nearer_sooner_and_more_alike_is_never_less(away: float, hours: float, words: float) -> None:
    value = alike.score(away, hours, words, same_kind=False)
    assert alike.score(away / 2, hours, words, same_kind=False) >= value
    assert alike.score(away, hours / 2, words, same_kind=False) >= value
    assert alike.score(away, hours, words, same_kind=True) > value


def test_a_point_that_is_none_is_none() -> None:
    assert spots.point_of("107.3,29.7") == (29_700_000, 107_300_000)
    for wrong in ("", "107.3", "a,b", "nan,1", "inf,inf", "400,20", "20,95"):
        assert spots.point_of(wrong) is None


def boston(shared: Path) -> figures.Figure:
    """How often the original is among the first five, of 387 pairs that the city itself closed as duplicates."""
    folder = shared / "data" / "boston"
    with gzip.open(folder / "reports_one_quarter.csv.gz", "rt", encoding="utf-8") as source:
        reports = [
            alike.Report(
                row["id"],
                datetime.fromisoformat(row["at"].replace("Z", "+00:00")).timestamp(),
                row["service"],
                row["text"],
                float(row["lat"]),
                float(row["lon"]),
            )
            for row in csv.DictReader(source)
        ]
    by_key = {report.key: report for report in reports}
    cells: dict[int, list[alike.Report]] = defaultdict(list)
    for report in reports:
        cells[spots.cell_of(*_whole(report))].append(report)
    with (folder / "duplicate_pairs_of_quarter.csv").open(encoding="utf-8") as source:
        pairs = [(row["dup"], row["orig"]) for row in csv.DictReader(source)]
    good = 0
    for duplicate, original in pairs:
        report = by_key[duplicate]
        near = [one for cell in spots.cells_around(*_whole(report)) for one in cells[cell]]
        good += original in {one.key for one in alike.ranked(report, near)}
    return figures.share(good, len(pairs))


def _whole(report: alike.Report) -> tuple[int, int]:
    assert report.lat is not None and report.lon is not None
    return round(report.lat * 1e6), round(report.lon * 1e6)


def test_true_originals_are_among_the_first_five(shared: Path) -> None:
    found = boston(shared)
    assert found.n == 387
    assert found.value >= 0.85, found.words()


def test_what_is_usual_in_another_district_is_not_usual_here(staff: Enter, opened: Any, now: Any) -> None:
    opened(at=now - timedelta(days=3), point=HERE, fields=LAMP)
    mine = opened(at=now - timedelta(minutes=5), point=NEAR, fields=LAMP)
    read()
    from baodao.matters.models import Matter

    row = Matter.objects.get(number=mine)
    own, kept = f"{mine.partition('-')[0]}-2026-999999", {"what": "department", "procedure": row.procedure}
    for fact, (matter, code) in enumerate((("ZZ-2026-000001", B), (own, A2)), 10**6):
        Habit.objects.create(matter=matter, code=code, kind=row.kind, fact=fact, **kept)
    page = text(staff("community_secretary", A).get(f"/desk/matters/{mine}/"))
    shown = page[page.index('id="suggestions"') :]
    assert f'value="{A2}"' in shown
    assert f'value="{B}"' not in shown


def test_one_word_in_common_or_a_rare_habit_is_no_advice(
    cast: Cast, staff: Enter, opened: Any, now: Any
) -> None:
    """A likeness under 15 % is not named, nor what was chosen less than once in five."""
    from baodao.matters.models import Matter
    from baodao.orgs.duties import NewDuty, NewList
    from baodao.orgs.services import adopt_duties

    like = NewDuty("L-1", "路灯坏了的修理", "basic", keywords="路灯 天黑看不见路")
    faint = NewDuty("L-2", "古树名木的养护、白蚁防治、公园草坪和门口花坛的管理", "basic")
    adopt_duties(cast.by("system"), lists=[NewList(B, now.date() - timedelta(days=9), [like, faint])])
    mine = opened(at=now - timedelta(minutes=5), point=NEAR, fields=LAMP)
    row = Matter.objects.get(number=mine)
    own = mine.partition("-")[0]

    def chose(code: str, times: int) -> None:
        for _n in range(times):
            at = 10**6 + Habit.objects.count()
            Habit.objects.create(
                matter=f"{own}-2026-{at}",
                code=code,
                kind=row.kind,
                fact=at,
                what="department",
                procedure=row.procedure,
            )

    def shown() -> str:
        page = text(staff("community_secretary", A).get(f"/desk/matters/{mine}/"))
        return page[page.index('id="suggestions"') :]

    assert f'value="{B}:L-1"' in shown()
    assert f'value="{B}:L-2"' not in shown()
    chose(B, 5)
    chose(A2, 1)
    assert f'value="{A2}"' not in shown(), "one in six"
    chose(A2, 1)
    assert f'value="{A2}"' in shown(), "two in seven"
