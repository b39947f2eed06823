"""Y02: one command centre, four boards, one grid. A matter falls to one of the four boards by its kind and to the post on
duty; a community asks the unit that is paired to help it, and the help given is seen; a scenario is a pack declaration.

Waits for another room: who is on duty at which hour by a roster of shifts (Gatherings, Service). Here the duty is a post of
the street, which one person holds at a time.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.support.districts import DISTRICTS, Districts, first_community, found
from tests.support.opening import confirm, installation, offered, photo, propose, send
from tests.support.town import at, words

COMMUNITY = first_community("yuzhong")
STREET, DISTRICT, BUREAU = COMMUNITY[:9], DISTRICTS["yuzhong"][0], "yz-zjw"
NAMES = {
    "secretary": "吴兰",
    "duty": "周明",
    "street": "何平",
    "district": "郑涛",
    "helper": "冯敏",
    "bureau": "陈洁",
}
SCENE = """
# 一个新场景：只写声明，不写程序。
[[procedure.whistle.kind]]
name = "high_tide"
title = "江水上涨"
hint = "沿江步道、码头、地下车库。有人落水请先拨 119。"
board = "safety"
scene = "keep_safe"
urgent = true
"""
ENGLISH = """
[english.procedure.whistle.kind.high_tide]
title = "High water"
hint = "Walks along the river, quays, underground parking. If somebody is in the water, call 119 first."
"""


@pytest.fixture
def centre(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Districts]:
    """Yuzhong with one street's command centre, a bureau and a community."""
    with installation(settings, tmp_path, ("yuzhong",)) as made:
        yield furnished(made)


def furnished(made: Districts) -> Districts:
    found((BUREAU, "区住建委", "department", "bureau", DISTRICT))
    posts = (
        ("secretary", COMMUNITY, "community_secretary"),
        ("duty", STREET, "command_duty"),
        ("street", STREET, "department_head"),
        ("district", DISTRICT, "supervisor"),
        ("helper", BUREAU, "handler"),
        ("bureau", BUREAU, "office_head"),
    )
    made.people(NAMES, posts)
    return made


def whistle(centre: Districts, kind: str, *calls: dict[str, Any], **body: Any) -> str:
    """The community's secretary whistles."""
    slip = send(
        centre.office("secretary").browser,
        procedure="whistle",
        org=COMMUNITY,
        kind=kind,
        fields={"source": "community"},
        behalf=False,
        calls=list(calls),
        **body,
    )
    return str(slip["number"])


def board(centre: Districts, who: str, name: str) -> str:
    return words(centre.desk(who).get("/desk/", {"board": name}))


def test_a_matter_falls_to_one_board_by_its_kind_and_to_the_one_on_duty(centre: Districts) -> None:
    with at("11-23 09:00"):
        lane = centre.phone().report(place=COMMUNITY, kind="fire_lane", text="消防通道被锁。")
        shop = centre.phone().report(place=COMMUNITY, kind="business", text="办证跑了三趟。")
        called = {"org": STREET, "post": "p-duty", "role": "lead"}
        wires = whistle(centre, "safety", called, title="电线垂到地上", text="三家的线缠在一起。")
        _phone, idea = propose(
            centre,
            org=COMMUNITY,
            kind="party_building",
            title="服务中心周末开门",
            text="上班的人平时去不了。",
        )
        boards = {
            "safety": ("平安法治", "平安稳定", {lane, wires}),
            "economy": ("经济发展", "助企兴业", {shop}),
            "party_building": ("党的建设", "为民服务", {idea}),
            "livelihood": ("民生服务", "为民服务", set()),
        }
        everything = {lane, shop, wires, idea}
        for name, (title, scene, mine) in boards.items():
            # The duty officer of the command centre, who sees the whole street, has one list and four boards.
            read = board(centre, "duty", name)
            assert title in read
            assert {one for one in everything if one in read} == mine, name
            for number in mine:
                page = centre.matter("duty", number)
                assert title in page
                assert scene in page
        # What was called to the post on duty is hers to take, nobody else's of the street.
        assert "report_in" in {one for one, _leg in offered(centre.desk("duty"), wires)}
        assert not {one for one, _leg in offered(centre.desk("street"), wires)} & {"report_in", "answer"}
        centre.do("duty", wires, "report_in")
        assert "报到了" in centre.matter("secretary", wires)


def test_a_community_asks_its_helper_and_the_help_is_seen(centre: Districts) -> None:
    with at("11-23 09:00"):
        where = confirm(
            centre.desk("district"),
            "/desk/alliances-new/?kind=help",
            kind="help",
            name="区住建委帮带",
            seat=DISTRICT,
            since="2026-11-01",
            helper=BUREAU,
            helped=COMMUNITY,
        )
        # The community finds who helps it on its own page.
        assert "区住建委帮带" in words(centre.desk("secretary").get(f"/desk/orgs/{COMMUNITY}/"))
        told = words(centre.desk("secretary").get(where))
        assert "区住建委" in told
        assert "帮扶方" in told
        number = whistle(
            centre,
            "housing",
            {"org": BUREAU, "role": "lead"},
            title="看看旧楼能不能加电梯",
            text="没有人会看图纸。",
        )
        centre.do("helper", number, "report_in", plan="下午带图纸来。")
    with at("11-24 10:00"):
        helper = centre.office("helper")
        helper.do(number, "arrive", at="3 栋楼下")
        helper.do(
            number, "answer", claim="solved", result="三栋能装，两栋不能，图纸留下了。", photo=photo(helper)
        )
        # Seen by the one helped, and by the street and the district above it; not by the rest.
        for who in ("secretary", "street", "district"):
            assert "三栋能装，两栋不能，图纸留下了。" in centre.matter(who, number), who
        centre.do("secretary", number, "rule", came="yes", did="yes", verdict="solved")
        read = centre.do("secretary", number, "close", outcome="solved", result="知道能装哪几栋了。")
        assert "吹哨单位认定区住建委：到场 是，办理 是，结果 解决了。" in read


def test_a_scenario_is_a_declaration(committed_db: Any, tmp_path: Path, settings: Any) -> None:
    files = {"yuzhong/whistle.toml": SCENE, "yuzhong/english.toml": ENGLISH}
    with installation(settings, tmp_path, ("yuzhong",), files) as made, at("11-23 09:00"):
        furnished(made)
        called = {"org": STREET, "post": "p-duty", "role": "lead"}
        number = whistle(made, "high_tide", called, title="码头进水", text="水到台阶第三级。")
        read = made.matter("duty", number)
        assert "江水上涨" in read
        assert "平安法治" in read
        assert "平安稳定" in read
        assert number in board(made, "duty", "safety")


def test_a_scenario_of_a_class_that_nobody_named_is_refused(
    tmp_path: Path, settings: Any, capsys: Any
) -> None:
    shutil.copytree(settings.PACKS, tmp_path / "packs")
    for name, text in (("whistle", SCENE.replace("keep_safe", "flood_season")), ("english", ENGLISH)):
        file = tmp_path / "packs" / "yuzhong" / f"{name}.toml"
        file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("pack", "check", str(tmp_path / "packs" / "yuzhong"))
    told = capsys.readouterr().out
    assert "yuzhong/whistle.toml" in told
    assert "没有给 scene.flood_season 起词" in told
