"""The packs that ship: sound, complete, and what the mission says of Fuling."""

import hashlib
import json
import os
from pathlib import Path

import msgspec
import pytest
from django.conf import settings

from baodao.kernel.declare import District, Figure, load_pack, pack_names
from baodao.matters.check import inspect
from baodao.matters.declare import Procedure, canonical, digest, restore
from baodao.matters.phrases import Sensitive, Template, least_level
from baodao.orgs.declare import IMPLICIT, Level, PostKind
from baodao.orgs.rights import matches

PACKS = Path(settings.PACKS)
SHARED = Path(os.environ.get("BAODAO_SHARED", "/nowhere"))


@pytest.fixture(scope="module")
def fuling():
    return load_pack(PACKS / "fuling")


@pytest.mark.parametrize("name", ["base", *pack_names(PACKS)])
def test_every_pack_is_sound(name):
    _pack, faults = inspect(PACKS / name)
    assert [fault.as_line() for fault in faults] == []


def test_fuling_is_fuling(fuling):
    district = fuling.one(District)
    assert (district.code, district.name) == ("500102", "涪陵区")
    assert district.number.format(year=2026, n=123) == "FL-2026-000123"
    assert fuling.layers == ("base", "fuling")
    assert fuling.word("desk") == "群众工作中心"
    assert fuling.word("desk", "en") == "Mass-work centre"


def test_the_official_tree_and_the_article_figures_stand_apart(fuling):
    tree = json.loads((PACKS / "fuling" / fuling.one(District).divisions).read_text(encoding="utf-8"))
    villages = [village for street in tree["streets"] for village in street["villages"]]
    assert (tree["code"], len(tree["streets"]), len(villages)) == ("500102", 27, 433)
    assert all(
        village["code"].startswith(street["code"])
        for street in tree["streets"]
        for village in street["villages"]
    )
    assert len({village["code"] for village in villages}) == 433
    figure = fuling.many(Figure)["villages"]
    assert (figure.value, figure.as_of, figure.source) == (422, "2017-06", "public")
    for name in ("divisions.json.LICENSE", "border.geojson.LICENSE"):
        assert (PACKS / "fuling" / name).stat().st_size > 100


def test_the_shipped_tree_is_the_source():
    source = SHARED / "data" / "divisions" / "five_districts_tree.json"
    if not source.exists():
        pytest.skip("the folder of shared data is not here (BAODAO_SHARED)")
    districts = json.loads(source.read_text(encoding="utf-8"))
    shipped = json.loads((PACKS / "fuling" / "divisions.json").read_text(encoding="utf-8"))
    assert shipped == next(row for row in districts if row["code"] == "500102")


def test_levels_below_have_a_greater_rank(fuling):
    ranks = {code: level.rank for code, level in fuling.many(Level).items()}
    order = ["municipality", "district", "street", "community", "grid"]
    assert [ranks[code] for code in order] == sorted({ranks[code] for code in order})


def test_no_post_sees_above_one_by_standing_above(fuling):
    """House: own and below open rows of level 0 and 1 only; a leg opens 2; only oneself and whoever is named 3."""
    most = {"own": 2, "below": 1, "area": 1, "legs": 2, "self": 3, "named": 3}
    for code, kind in fuling.many(PostKind).items():
        for line in kind.rights:
            if code not in IMPLICIT:
                # Whoever begins something has not seen anything yet.
                begins = line.reach == "own" and line.right.endswith(".open")
                assert line.level <= (3 if begins else most[line.reach]), (code, line)
                if line.reach == "own" and not line.right.endswith(".open"):
                    assert line.level <= 1, (code, line)


def test_nobody_but_the_resident_confirms_and_rates(fuling):
    for action in ("confirm", "rate", "withdraw"):
        lines = [(code, line) for code, kind in fuling.many(PostKind).items() for line in kind.rights]
        holders = {code for code, line in lines if matches(line.right, f"request.{action}")}
        assert holders == {"person"}, action


def test_the_limits_of_fuling(fuling):
    request = fuling.many(Procedure)["request"]
    limits = {clock.name: clock.limit for clock in request.clocks}
    assert limits == {"report_in_by": "1 workday", "answer_by": "5 workdays", "confirm_by": "7 days"}
    reopen = request.action("reopen")
    assert reopen is not None
    assert [guard.within for guard in reopen.when] == ["15 days"]
    assert {pause.name for pause in request.pauses} == {"permit", "money", "weather", "resident"}


def test_violence_minors_and_health_are_level_two_from_the_first_keystroke(fuling):
    request = fuling.many(Procedure)["request"]
    levels = {kind.name: kind.level for kind in request.kinds}
    assert {name for name, level in levels.items() if level == 2} == {"domestic_violence", "minors", "health"}
    rows = list(fuling.many(Sensitive).values())
    assert least_level("隔壁天天打孩子，听得见哭", rows) == 2
    assert least_level("他有 hiv，怕单位知道", rows) == 2
    assert least_level("路灯坏了三天", rows) == 0
    assert least_level("archive of hives", rows) == 0


def test_only_verified_next_steps_carry_law_and_limit(fuling):
    steps = {step.name: step for step in fuling.many(Procedure)["request"].next_steps}
    assert (steps["reconsideration"].limit, steps["lawsuit"].limit) == ("60 days", "6 months")
    assert (steps["petition_review"].limit, steps["petition_recheck"].limit) == ("30 days", "30 days")
    for step in steps.values():
        assert "第" in step.basis or "号" in step.basis
        if not step.verified:
            assert step.source == "assumed", step.name


def test_every_action_is_told_in_both_languages(fuling):
    here, there = (fuling.many(Procedure, lang)["request"] for lang in ("zh-hans", "en"))
    for one, other in zip(here.actions, there.actions, strict=True):
        assert one.title != other.title
        assert one.reads != other.reads
        assert other.reads.isascii() or "“" in other.reads or "…" in other.reads, other.reads
    for one, other in zip(here.kinds, there.kinds, strict=True):
        assert (one.name, one.level, one.urgent) == (other.name, other.level, other.urgent)
        assert other.title.isascii()
    titles = [template.title for template in fuling.many(Template, "en").values()]
    assert titles
    assert all(title.isascii() for title in titles)


def test_urgent_kinds_say_whom_to_call_first(fuling):
    for lang in ("zh-hans", "en"):
        for kind in fuling.many(Procedure, lang)["request"].kinds:
            if kind.urgent:
                assert any(number in kind.hint for number in ("110", "119", "120")), kind.name


def test_a_version_is_restored_from_its_bytes(fuling):
    request = fuling.many(Procedure)["request"]
    assert restore(canonical(request)) == request
    assert fuling.digest("procedure", "request") == digest(request)
    assert digest(request) == hashlib.sha256(canonical(request)).hexdigest()
    looser = msgspec.structs.replace(request, title=request.title + "！")
    assert digest(looser) != digest(request)


def test_what_is_assumed_is_listed_with_its_place(fuling):
    rows = {row.key: (row.file, row.line) for row in fuling.assumed()}
    file, line = rows["procedure.request.clock[answer_by]"]
    assert file == "fuling/request.toml"
    assert 'name = "answer_by"' in (PACKS / file).read_text(encoding="utf-8").splitlines()[line]
    assert "procedure.request.next_step[reconsideration]" not in rows


def test_no_post_is_given_the_same_twice(fuling):
    for code, kind in fuling.many(PostKind).items():
        lines = [(line.right, line.reach) for line in kind.rights]
        assert len(lines) == len(set(lines)), (code, [line for line in lines if lines.count(line) > 1])


def test_who_answers_for_an_office_can_do_what_a_meeting_hands_on(fuling):
    posts = fuling.many(PostKind)
    for code in ("community_secretary", "department_head", "office_head", "party_secretary", "handler"):
        assert ("task.answer", "legs") in {(line.right, line.reach) for line in posts[code].rights}, code
    for code in ("service_organizer", "team_leader"):
        assert not any(line.right.startswith("task.") for line in posts[code].rights), code
