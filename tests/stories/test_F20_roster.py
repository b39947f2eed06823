"""F20's roster: villages name local people with their word; a village without one is listed; a talent's growth is his own
record, that he reads and ends.

Closed classes and their hours stand in test_D10_training.py. Waits for other rooms: paying out 12 million yuan a year (Funds),
elections to village boards (Ballots).
"""

import json
import re
from pathlib import Path
from typing import Any

from tests.support.town import at, words

NAMES = {
    "village": "周村支书",
    "next": "吴村支书",
    "street": "郑镇长",
    "district": "王督办",
    "talent": "陈果农",
    "other": "褚某",
}
STEP = "在镇上教了十二户人家给脐橙疏果"


def villages() -> list[tuple[str, str]]:
    """The villages of the first township of the official list that has some: (code, name)."""
    from django.conf import settings

    tree = json.loads((Path(settings.PACKS) / "fuling" / "divisions.json").read_text(encoding="utf-8"))
    for street in tree["streets"]:
        found = [(v["code"], v["name"]) for v in street["villages"] if int(v["code"][-3:]) >= 200]
        if len(found) > 2:
            return found
    raise AssertionError("no township with villages")


def settle(districts: Any) -> list[tuple[str, str]]:
    found = villages()
    posts = (
        ("village", found[0][0], "community_secretary"), ("next", found[1][0], "community_secretary"),
        ("street", found[0][0][:9], "department_head"), ("district", "500102", "supervisor"),
    )  # fmt: skip
    districts.people(NAMES, posts)
    return found


def fill(browser: Any, address: str, expect: int = 303, **typed: str) -> str:
    """Send the page's last form; gives what is read then."""
    first = browser.get(address)
    assert first.status_code == 200, words(first)
    command = re.findall(r'name="command" value="([^"]+)"', first.content.decode())[-1]
    answer = browser.post(address, {"command": command, **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def test_a_village_without_one_is_listed_and_growth_is_ones_own_record(districts: Any) -> None:
    found = settle(districts)
    home = found[0][1]
    phone = districts.number_of("talent")
    with at("11-23 09:00"):
        above = words(districts.desk("street").get("/desk/talents/"))
        assert f"还没有人才的村 {len(found)}" in above and home in above
        typed = {"do": "name", "name": "陈果农", "phone": phone, "trade": "farming", "since": "2026-03-01"}
        desk = districts.desk("village")
        assert "要本人同意" in fill(desk, "/desk/talents/", 422, **typed)
        fill(desk, "/desk/talents/", **typed, word="yes")
        page = "/desk/talents/tl-000001/"
        noted = fill(desk, page, do="note", step="taught", day="2026-10-05", text=STEP)
        assert f"带教别人：{STEP}" in noted
        assert "里面有电话" in fill(
            desk, page, 422, do="note", step="taught", day="2026-10-05", text="打 13912345678"
        )
    with at("11-23 10:00"):
        above = words(districts.desk("street").get("/desk/talents/"))
        assert f"还没有人才的村 {len(found) - 1}" in above
        assert "种植养殖" in above and "陈果农" not in above
        # Few are told as few: no sum that would be one person's.
        assert "在册 1 人" in above and "今年按规则一共" not in above
        assert "陈果农" in words(
            districts.desk("street").post("/desk/talents/", {"command": "n-1", "do": "names"})
        )
        # Those above see that he is there, not what was noted of him.
        one = words(districts.desk("district").get(page))
        assert "种植养殖" in one and STEP not in one
        # Another village sees neither; its own roster is empty.
        assert districts.desk("next").get(page).status_code == 404
        assert "名册上还没有人" in words(districts.desk("next").get("/desk/talents/"))
    with at("11-23 11:00"):
        me = districts.phone_by(phone).browser
        mine = words(me.get("/me/growth/"))
        assert f"{home} · 种植养殖" in mine and f"带教别人：{STEP}" in mine
        # Ten months on the roster at 300 yuan, and one teaching: by the rule alone.
        assert "今年按规则： 3,200.00 元" in mine
        assert "街道、部门负责人" in words(me.get("/me/looked/"))
        assert STEP in me.post("/me/data.json").content.decode()
        other = districts.phone_by(districts.number_of("other")).browser
        assert "您不在本土人才名册上" in words(other.get("/me/growth/"))
        assert other.post("/me/growth/", {"command": "o-1", "code": "tl-000001"}).status_code == 403
        assert "我不想再在名册上" not in fill(me, "/me/growth/", code="tl-000001")
        assert f"还没有人才的村 {len(found)}" in words(districts.desk("street").get("/desk/talents/"))


def test_the_district_reads_how_many_and_what_it_costs_never_who(town: Any) -> None:
    """311 on the roster, 131 since elected, 12 million yuan a year: three sums by the rule, from ten people on."""
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.orgs.talents.services import NewStep, NewTalent, name_talents, note_steps
    from tests.support.town import A, local

    new = [
        NewTalent(A, "farming", f"果农{n}", f"1370000{n:04}", date(2026, 1, 5), word=True) for n in range(10)
    ]
    codes = list(name_talents(system_act(local("01-06 09:00"), "f20-names"), talents=new[:9]))
    with at("11-23 09:00"):
        read = words(town.desk("superior").get("/desk/talents/"))
        assert "在册 9 人" in read and "两委" not in read
        codes += name_talents(system_act(local("01-07 09:00"), "f20-more"), talents=new[9:])
        steps = [NewStep(code, "elected", date(2026, 11, 20), "选进了村委会") for code in codes[:3]]
        steps.append(NewStep(codes[0], "taught", date(2026, 11, 21), "教了六户"))
        note_steps(system_act(local("11-22 09:00"), "f20-steps"), steps=steps)
        read = words(town.desk("superior").get("/desk/talents/"))
        # Ten for a whole year at 3,600 yuan, and one teaching at 200.
        assert "在册 10 人 · 后来选进村（社区）两委 3 人 · 今年按规则一共 36,200.00 元" in read
        assert "果农" not in read and "选进了村委会" not in read
        # The village itself reads its own list, and nothing of sums; a neighbour's reads none of it.
        assert "今年按规则一共" not in words(town.desk("secretary").get("/desk/talents/"))
        assert "名册上还没有人" in words(town.desk("sibling").get("/desk/talents/"))
