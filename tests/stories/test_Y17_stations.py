"""Y17: Yuzhong's joint mediation stations: the smallest unit takes it within a workday, hands it up to the station, the station tells
the way to court on paper; consents are signed once.

Waits for other rooms: the court's confirmation (Exchange).
"""

from typing import Any

from tests.support.districts import appoint, enrol
from tests.support.ledgers import begin, under
from tests.support.town import STREET, A, at, words
from tests.support.whistles import png

PHONES = {"unit": "13677772001", "station": "13677772002"}


def test_from_unit_to_station_to_court(town: Any) -> None:
    under("yuzhong")
    uids = enrol({"unit": "某调", "station": "某站"}, PHONES)
    appoint(("unit", A, "mediator"), ("station", STREET, "mediator"), uids=uids)
    town.uids |= uids
    with at("11-23 09:00"):
        number = begin(town, "unit", "mediation", kind="contract", title="租约押金", parties="3")
        silent = begin(town, "unit", "mediation", kind="noise", title="夜里练琴", parties="2")
        town.do("unit", number, "report_in")
        for party in "ab":
            town.do("unit", number, "consent", party=party, photo=png())
        # Three sides: two consents are not enough.
        assert "“一方书面同意”还差：丙方" in town.matter("unit", number)
        town.do("unit", number, "consent", party="c", photo=png())
        town.do("unit", number, "session", held="2026-11-23", text="谈不拢。")
        assert town.opens("station", number) == 404
        early = asked(town, "屋檐滴水")
        town.do("unit", number, "hand_over", org=STREET, reason="三方请站里再谈。")
        read = words(town.desk("unit").get(f"/desk/matters/{number}/?done=hand_over", follow=True))
        # The unit has done its part and sees no more of it; that is said, not a page that is not found.
        assert f"{number} 办好了。现在由别人经办，您这里不再看得到。" in read
        assert town.opens("unit", number) == 404
        assert "转给画街道调解；各方的同意仍然有效，也仍然可以退出。" in town.matter("station", number)
        town.do("station", number, "station_take")
        town.do("station", number, "station_session", held="2026-11-23", text="还是谈不拢。")
        read = town.do("station", number, "to_court")
        assert "请把诉前告知书给各方" in read
        paper = words(town.desk("station").get(f"/desk/matters/{number}/paper/court/"))
        assert "有管辖权的人民法院起诉" in paper
        assert "不作为对您不利的证据" in paper
        sheet = town.desk("station").get(f"/desk/matters/{number}/paper/court/?as=word")
        assert sheet["Content-Type"].endswith("wordprocessingml.document")
        assert "告诉了各方可以去人民法院" in town.do("station", number, "told_court")
        # The texts are gone with the referral; nobody above ever saw them.
        assert "三方请站里再谈" not in town.matter("station", number)
        for who in ("secretary", "superior", "supervisor"):
            assert town.opens(who, number) == 404
    with at("11-25 09:00"):
        town.work()
        assert "到期没有调解员接下" in town.matter("unit", silent)
    _climbs_by_the_clock(town, early)


def asked(town: Any, title: str) -> str:
    """Two sides that signed and met once at the unit. The paper that they signed says that it may go up."""
    number = begin(town, "unit", "mediation", kind="water", title=title, parties="2")
    town.do("unit", number, "report_in")
    paper = words(town.desk("unit").get(f"/desk/matters/{number}/paper/consent/"))
    assert "在这里谈不成的，愿意转到上一级的驿站再谈" in paper
    for party in "ab":
        town.do("unit", number, "consent", party=party, photo=png())
    town.do("unit", number, "session", held="2026-11-23", text="先各说各的。")
    return number


def _climbs_by_the_clock(town: Any, number: str) -> None:
    """Nobody does anything: after fifteen days it stands at the station, after fifteen more the notice before court is to be given,
    then it ends with its texts gone. Who did not meet again is nowhere."""
    with at("12-07 09:00"):
        assert town.opens("station", number) == 404
    with at("12-09 09:00"):
        town.work()
        assert town.opens("unit", number) == 404
        read = town.matter("station", number)
        assert "到期没有谈成，转到上一级的驿站" in read
        assert "还差" not in read  # the consents hold
        assert number in town.todo("station")
        town.do("station", number, "station_take")
        assert town.opens("superior", number) == 404
    with at("12-25 09:00"):
        town.work()
        assert "请把诉前告知书给各方" in town.matter("station", number)
        assert "有管辖权的人民法院" in words(town.desk("station").get(f"/desk/matters/{number}/paper/court/"))
    with at("12-31 09:00"):
        town.work()
        read = town.matter("station", number)
        assert "告诉了各方可以去人民法院" in read
        assert "屋檐滴水" not in read and "先各说各的" not in read
