"""W11: Weibin's named mediation studio. A red steward of the yard brings a quarrel in and sees no more of it; the studio asks both
sides, talks, writes the agreement down, comes back on its day; who leaves is not written down.

Waits for other rooms: the steward's rota (gather).
"""

from typing import Any

from tests.support.districts import appoint, enrol
from tests.support.ledgers import begin, under
from tests.support.town import STREET, A, at, words
from tests.support.whistles import png

PHONES = {"steward": "13677771001", "studio": "13677771002"}


def test_a_steward_brings_it_in_and_the_studio_settles_it(town: Any) -> None:
    under("weibin")
    uids = enrol({"steward": "某红", "studio": "某平"}, PHONES)
    appoint(("steward", A, "red_steward"), ("studio", A, "mediator"), uids=uids)
    town.uids |= uids
    with at("11-23 09:00"):
        assert "品牌调解工作室" in words(town.desk("steward").get("/desk/start/"))
        form = words(town.desk("steward").get("/desk/start/mediation/"))
        for word in ("户号", "身份证", "姓名", "门牌"):
            assert word not in form
        number = begin(town, "steward", "mediation", kind="shared", title="楼道堆放", parties="2")
        # The steward does not mediate, the studio does; who is not of it knows nothing.
        assert town.opens("steward", number) == 404
        town.do("studio", number, "report_in")
        for party in "ab":
            town.do("studio", number, "consent", party=party, photo=png())
        town.do("studio", number, "session", held="2026-11-23", text="东西各搬各的。")
        town.do("studio", number, "agree", agreement="周末搬清。", follow="2026-12-07", paper=png())
        paper = words(town.desk("studio").get(f"/desk/matters/{number}/paper/agreement/"))
        assert "周末搬清。" in paper
        assert "向人民法院起诉的权利" in paper
        for who in ("secretary", "superior", "supervisor", "sibling", "auditor"):
            assert town.opens(who, number) == 404, who
            assert "楼道堆放" not in town.search(who, "楼道堆放").replace("楼道堆放”", "")
    with at("12-07 09:00"):
        assert "回访了：一部分" in town.do("studio", number, "follow_up", kept="partly")
        assert "周末搬清。" not in town.matter("studio", number)
    _never_read_by_a_measure(STREET)


def _never_read_by_a_measure(_org: str) -> None:
    """Purpose lock: no measure of any shipped pack reads a mediation's facts."""
    from baodao.kernel.declare import get_pack
    from baodao.measures.declare import Measure

    for pack in ("base", "weibin", "dadukou", "yuzhong"):
        for name, measure in get_pack(pack).many(Measure).items():
            assert "mediation" not in str(measure), (pack, name)
