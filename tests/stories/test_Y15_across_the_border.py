"""Y15: a matter crosses the border of a district. The community that opens it goes by its own pack's steps, the unit of
the other district by its own limits, and the page says so; both sides see one record, others of both districts do not.

Waits for another room: handling for a resident of the neighbour in one visit at either counter (Service).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.districts import DISTRICTS, Districts, first_community
from tests.support.opening import confirm, installation, notices, offered, send
from tests.support.town import at

HERE, THERE = first_community("yuzhong"), first_community("dadukou")
LIMITS = """
source = "assumed"

[[procedure.council.clock]]
name = "answer_by"
limit = "5 workdays"
"""
NAMES = {
    "here": "甲一", "beside": "甲二", "above": "甲三",
    "there": "乙一", "next": "乙二", "over": "乙三",
}  # fmt: skip


def second(pack: str) -> str:
    """The first community of the second street: an outsider of the same district."""
    import json

    from django.conf import settings

    tree = json.loads((Path(settings.PACKS) / pack / "divisions.json").read_text(encoding="utf-8"))
    return str(tree["streets"][1]["villages"][0]["code"])


@pytest.fixture
def border(committed_db: Any, tmp_path: Path, settings: Any) -> Iterator[Districts]:
    """Yuzhong and Dadukou; the latter's pack gives its units five workdays in councils, where base gives twenty."""
    with installation(settings, tmp_path, ("yuzhong", "dadukou"), {"dadukou/council.toml": LIMITS}) as made:
        posts = (
            ("here", HERE, "community_secretary"),
            ("beside", second("yuzhong"), "community_secretary"),
            ("above", DISTRICTS["yuzhong"][0], "supervisor"),
            ("there", THERE, "community_secretary"),
            ("next", second("dadukou"), "community_secretary"),
            ("over", DISTRICTS["dadukou"][0], "supervisor"),
        )
        made.people(NAMES, posts)
        yield made


def neighbours(border: Districts) -> str:
    """The two communities are paired across the border: founded on this side, accepted on the other."""
    where = confirm(
        border.desk("above"),
        "/desk/alliances-new/?kind=neighbours",
        kind="neighbours",
        name="毗邻共建联席会",
        seat=HERE,
        since="2026-11-01",
        member=THERE,
    )
    confirm(border.desk("there"), f"{where}accept/?org={THERE}", org=THERE, day="2026-11-01")
    return where.rstrip("/").rpartition("/")[2]


def opened(border: Districts) -> str:
    slip = send(
        border.office("here").browser,
        procedure="council",
        org=HERE,
        title="界路上的路灯",
        text="路这边归我们，那边归你们，灯杆在中间。",
        fields={"alliance": neighbours(border)},
        behalf=False,
        calls=[{"org": HERE, "role": "lead"}, {"org": THERE}],
    )
    return str(slip["number"])


def test_one_record_two_districts_each_with_its_limits(border: Districts) -> None:
    with at("11-23 09:00"):
        number = opened(border)
        # One number, of the district that opened it; both read it, both find it among what waits for them.
        assert number.startswith("YZ-2026-")
        for who in ("here", "there"):
            assert "界路上的路灯" in border.matter(who, number)
            assert "界路上的路灯" in border.todo(who)
        # Each one's own superior as well; nobody else of either district.
        for who, seen in (("above", 200), ("over", 200), ("beside", 404), ("next", 404)):
            assert border.opens(who, number) == seen, who
        for who in ("beside", "next"):
            assert "没有找到" in border.search(who, "界路")
            assert "界路上的路灯" not in border.todo(who)
        border.do("here", number, "report_in", leg=1)
        border.do("there", number, "report_in", leg=2)
        border.do("here", number, "hold", held="2026-11-23", present="2", decision="各装各的，同一天亮。")
        for leg in (1, 2):
            border.do("here", number, "task", leg=leg, text="装六盏灯")
    with at("11-23 10:00"):
        border.work()
        # Twenty workdays by base for the one, five by its own district's pack for the other.
        legs = {leg["org"]: leg["due"][:10] for leg in border.office("here").see(number)["legs"]}
        assert legs == {HERE: "2026-12-21", THERE: "2026-11-30"}
        for who in ("here", "there"):
            read = border.matter(who, number)
            assert "12月21日" in read
            assert "11月30日" in read
            assert "按大渡口区的时限" in read
            assert "按渝中区的时限" not in read
        assert number in notices(border, "there")


def test_both_sides_act_and_both_read_it(border: Districts) -> None:
    with at("11-23 09:00"):
        number = opened(border)
        border.do("here", number, "hold", held="2026-11-23", present="2", decision="各装各的。")
        for leg in (1, 2):
            border.do("here", number, "task", leg=leg, text="装六盏灯")
        border.do("there", number, "note", leg=2, text="灯杆到了。")
        assert "灯杆到了。" in border.matter("here", number)
        border.do("there", number, "answer", leg=2, claim="solved", result="六盏都亮了。")
        # The other district's unit does its own part and nothing else; its supervisor rules on nothing here.
        assert not {action for action, _leg in offered(border.desk("there"), number)}
        border.office("there").do(number, "close", expect=403, outcome="solved", result="了结")
        assert not {action for action, _leg in offered(border.desk("over"), number)}
    with at("12-01 09:00"):
        border.work()
        # The slow one is this side: its own limit has weeks to go, the fast one is not blamed for it.
        assert "没有按时办结" not in border.matter("there", number)
        border.do("here", number, "answer", leg=1, claim="solved", result="也亮了。")
        records = [border.office(who).see(number)["facts"] for who in ("here", "there")]
        assert [fact["position"] for fact in records[0]] == [fact["position"] for fact in records[1]]
        assert [fact["fields"] for fact in records[0]] == [fact["fields"] for fact in records[1]]
