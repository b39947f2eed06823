"""W14 (夜学): an evening of study every week. Members' attendance is the branch's; residents who come to listen are a head count; minutes
of study go to each member's year; tests of knowledge and any inference are not there at all.
"""

import re
from typing import Any

from tests.support.branches import branches_of, fields
from tests.support.town import at, town, words

__all__ = ["town"]


def test_each_week_has_its_evening_and_residents_are_only_counted(town: Any) -> None:
    from baodao.gather.models import Seat
    from baodao.ledger.models import Content, Fact

    branches = branches_of(town, "weibin")
    with at("11-13 09:00"):
        home = branches.read("psec", "/desk/branch/")
        assert re.search("要开 夜学 11月9日 到 11月15日", home), home
        _text, held = branches.form("psec")
        held |= {"kinds": ["evening_study"], "items": ["evening_study.reading"], "day": "2026-11-11", "starts": "19:30",
                 "ends": "21:00", "heads": "7", f"s-{branches.tokens['钱二']}": "phone"}  # fmt: skip
        checked = branches.send("psec", held, "check", 200)
        where = str(branches.send("psec", fields(checked.content.decode()))["Location"])
        home = branches.read("psec", "/desk/branch/")
        assert "已开 夜学 11月9日 到 11月15日" in home
        read = branches.read("psec", where)
        assert "12/12" in read and "另外 7 人" in read
        # Seven came to listen; there is no row, no fact and no text that could say who.
        assert Seat.objects.count() == 12
        assert set(Seat.objects.values_list("token", flat=True)) == set(branches.tokens.values())
        held_ = Fact.objects.get(kind="gather.held")
        assert held_.value == 19 and not held_.person
        assert not Content.objects.filter(text__contains="居民").exists()
        form = branches.form("psec")[0]
        assert not re.search(r'name="(resident|household|quota|attitude|score|test)', form)
        # Above: that it was held, and a share; never who.
        above = branches.read("pabove", where)
        assert "100 % 12/12" in above
        assert "电话" not in above[above.index("满足的要求") :]
        assert "学习 90 分钟" in words(
            branches.phone_by(branches.phones["钱二"]).browser.get("/me/evenings/")
        )
    with at("11-18 09:00"):
        assert re.search("要开 夜学 11月16日 到 11月22日", branches.read("psec", "/desk/branch/"))
    with at("11-24 09:00"):
        # A week without one stands there with the day until which it can be made up; above, the organization is listed, nobody in it.
        assert "缺 夜学 11月16日 到 11月22日 可以补开，到 11月27日 周五 为止" in branches.read(
            "psec", "/desk/branch/"
        )
        listed = branches.read("pabove", "/desk/dues/lacking/evening_study/")
        assert "甲支部" in listed and "乙支部" in listed
        assert not [name for name in branches.tokens if name != "周五" and name in listed]
        branches.record(kinds=["evening_study"], day="2026-11-23", starts="19:30", ends="21:00")
        assert "要开 夜学 11月23日" not in branches.read("psec", "/desk/branch/")
