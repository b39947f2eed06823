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
        assert "“一方书面同意”还差 1 份" in town.matter("unit", number)
        town.do("unit", number, "consent", party="c", photo=png())
        town.do("unit", number, "session", held="2026-11-23", text="谈不拢。")
        assert town.opens("station", number) == 404
        town.do("unit", number, "hand_over", org=STREET, reason="三方请站里再谈。")
        read = words(town.desk("unit").get(f"/desk/matters/{number}/?done=hand_over", follow=True))
        # The unit has done its part and sees no more of it; that is said, not a page that is not found.
        assert f"{number} 办好了。现在由别人经办，您这里不再看得到。" in read
        assert town.opens("unit", number) == 404
        assert "转给画街道调解；各方的同意仍然有效，也仍然可以退出。" in town.matter("station", number)
        town.do("station", number, "report_in")
        town.do("station", number, "session", held="2026-11-23", text="还是谈不拢。")
        paper = words(town.desk("station").get(f"/desk/matters/{number}/paper/court/"))
        assert "有管辖权的人民法院起诉" in paper
        assert "不作为对您不利的证据" in paper
        sheet = town.desk("station").get(f"/desk/matters/{number}/paper/court/?as=word")
        assert sheet["Content-Type"].endswith("wordprocessingml.document")
        read = town.do("station", number, "refer", to="court")
        assert "告诉了各方可以去人民法院" in read
        # The texts are gone with the referral; nobody above ever saw them.
        assert "三方请站里再谈" not in town.matter("station", number)
        for who in ("secretary", "superior", "supervisor"):
            assert town.opens(who, number) == 404
    with at("11-25 09:00"):
        town.work()
        assert "到期没有调解员接下" in town.matter("unit", silent)
