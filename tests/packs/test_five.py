"""Five districts in one installation: each speaks its own pack; what lies above them speaks base."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from baodao.kernel.declare import District, Figure, load_pack
from baodao.kernel.errors import Conflict
from baodao.matters.declare import Procedure
from baodao.orgs import selectors
from baodao.orgs.declare import Level, PostKind
from tests.support.districts import DISTRICTS, first_community, found, load, party_code, party_of
from tests.support.town import at, words

PACKS = Path(settings.PACKS)
SHARED = Path(os.environ.get("BAODAO_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
#: pack → (form of numbers, streets, communities and villages, the small Party group, the desk's name of the system)
OWN = {
    "dadukou": ("DDK", 8, 97, "网格党小组", "莎姐平台"),
    "yuzhong": ("YZ", 11, 80, "楼栋党小组", "141 指挥平台"),
    "nanchuan": ("NC", 34, 244, "党群小家", "户连网"),
    "fuling": ("FL", 27, 433, "党小组", "群工系统"),
    "weibin": ("WB", 10, 128, "院落党小组", "街社吹哨、党员报到"),
}
#: Older counts of the articles, which differ from the official list and never bend it.
OLDER = {
    "dadukou": ("community_consortia", 63, 97),
    "weibin": ("communities", 47, 128),
    "fuling": ("villages", 422, 433),
}


def tree(pack: str) -> Any:
    return json.loads((PACKS / pack / "divisions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DISTRICTS)
def test_a_pack_carries_the_official_tree_and_its_licences(name: str) -> None:
    district, rows = load_pack(PACKS / name).one(District), tree(name)
    villages = [village for street in rows["streets"] for village in street["villages"]]
    assert (rows["code"], rows["name"]) == (district.code, district.name)
    assert district.number == OWN[name][0] + "-{year}-{n:06}"
    assert (len(rows["streets"]), len(villages)) == OWN[name][1:3]
    for file in ("divisions.json.LICENSE", "border.geojson.LICENSE"):
        assert (PACKS / name / file).stat().st_size > 100
    assert json.loads((PACKS / name / "border.geojson").read_text())["type"] == "FeatureCollection"


@pytest.mark.parametrize("name", DISTRICTS)
def test_trees_and_borders_are_those_of_the_source(name: str) -> None:
    source = SHARED / "data" / "divisions"
    if not source.is_dir():
        pytest.skip("the folder of shared data is not here (BAODAO_SHARED)")
    rows = json.loads((source / "five_districts_tree.json").read_text(encoding="utf-8"))
    assert tree(name) == next(row for row in rows if row["code"] == DISTRICTS[name][0])
    border = (source / "borders" / f"{DISTRICTS[name][0]}.geojson").read_text()
    assert json.loads((PACKS / name / "border.geojson").read_text()) == json.loads(border)


@pytest.mark.parametrize("name", OLDER)
def test_an_older_count_is_a_dated_figure_with_a_note(name: str) -> None:
    key, value, today = OLDER[name]
    figure = load_pack(PACKS / name).many(Figure)[key]
    assert (figure.value, figure.source) == (value, "public")
    assert str(today) in figure.note
    assert figure.note != load_pack(PACKS / name).many(Figure, "en")[key].note


@pytest.mark.parametrize("name", DISTRICTS)
def test_posts_sit_at_levels_of_the_district_and_each_level_below_has_somebody(name: str) -> None:
    pack = load_pack(PACKS / name)
    kinds, levels = pack.many(PostKind), pack.many(Level)
    assert {one.tree for one in levels.values()} == {"admin", "party"}
    headed = {level for kind in kinds.values() if kind.heads for level in kind.at}
    below = {code for code, one in levels.items() if one.rank >= 5 and one.tree == "admin"}
    assert below <= headed, below - headed
    assert pack.word("party_group") == OWN[name][3] == levels["party_group"].title


@pytest.mark.parametrize("name", ["request", "whistle", "proposal"])
def test_the_four_boards_and_three_classes_of_yuzhong(name: str) -> None:
    procedure = load_pack(PACKS / "yuzhong").many(Procedure)[name]
    boards = {
        "party_building": "党的建设",
        "economy": "经济发展",
        "livelihood": "民生服务",
        "safety": "平安法治",
    }
    assert {kind.board for kind in procedure.kinds} == set(boards)
    assert {kind.scene for kind in procedure.kinds} == {"serve_people", "help_firms", "keep_safe"}
    assert {board: procedure.word(f"board.{board}") for board in boards} == boards


def test_each_district_has_its_own_pack_numbers_and_words(districts: Any) -> None:
    posts = tuple((name, first_community(name), "community_secretary") for name in DISTRICTS)
    districts.people({name: f"书记{name}" for name in DISTRICTS}, posts)
    trees = selectors.forest()
    assert set(trees.roots("admin", selectors.today())) == {"500000", "610300"}
    with at("11-23 09:00"):
        for name, (form, _streets, _villages, small, system) in OWN.items():
            code, community = DISTRICTS[name][0], first_community(name)
            assert selectors.pack_of(code) == selectors.pack_of(community) == name
            for n in (1, 2):
                number = districts.phone().report(place=community, kind="road", text="路灯坏了。")
                assert number == f"{form}-2026-{n:06}"
            page = districts.desk(name).get(f"/desk/orgs/{party_of(name)}/")
            read = words(page)
            assert f"0 {small}" in read
            assert system in read
            assert f"2026-{2:06}" in districts.todo(name)
    assert selectors.pack_of("500000") == selectors.home_pack() == "base"


def test_a_kind_of_one_district_is_asked_for_there_only(districts: Any) -> None:
    with at("11-23 09:00"):
        phone, here, there = districts.phone(), first_community("yuzhong"), first_community("weibin")
        asked = words(phone.browser.post("/report/", {"command": "c-one-kind", "go": here}))
        assert "企业和商户" in asked
        assert "老旧院落" not in asked
        assert phone.report(place=here, kind="business", text="办证跑了三趟。").startswith("YZ-")
        told = phone.report(place=there, kind="business", text="办证跑了三趟。", expect=422)
        assert "老旧院落" in told


def test_a_report_from_nowhere_is_asked_which_district(districts: Any) -> None:
    with at("11-23 09:00"):
        phone = districts.phone()
        first = words(phone.browser.get("/report/"))
        assert "重庆市" in first
        assert "宝鸡市" in first
        assert "请重新选地点" in phone.report(place="", kind="road", text="路灯坏了。", expect=422)
        assert "请选到街道或社区" in phone.report(place="500000", kind="road", text="路灯坏了。", expect=422)


def test_the_same_file_again_adds_nothing_and_keeps_its_municipality(districts: Any) -> None:
    out = StringIO()
    file = PACKS / "weibin" / "divisions.json"
    call_command("divisions", "load", str(file), "--pack", "weibin", stdout=out)
    assert "610302 渭滨区: +0 =139" in out.getvalue()
    with pytest.raises(Conflict):
        call_command("divisions", "load", str(file), "--under", "500000=重庆市")
    load("weibin")


def test_levels_of_one_district_do_not_stand_in_another(districts: Any) -> None:
    from baodao.kernel.errors import Invalid

    there, here = first_community("dadukou"), first_community("yuzhong")
    with pytest.raises(Invalid) as told:
        found((f"{there}-h", "某户", "member_household", "member_household", there))
    assert "member_household" in told.value.faults[0].reason
    found((f"{here}-w1", "第一网格", "grid", "grid", here))
    party_of("nanchuan")
    group = party_code(first_community("nanchuan")) + "-g"
    found((group, "第一党小组", "party_team", "group", party_code(first_community("nanchuan"))), tree="party")
