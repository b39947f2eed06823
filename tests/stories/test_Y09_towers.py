"""Y09: a tower of Yuzhong: street, building committee, firm, members. A tenant firm asks once; the right service is found by a word of
its duty list and answers within its limit; markets, trade areas, sights and historic quarters are served as towers are.

Waits for other rooms: the firm's own account.
"""

from typing import Any

from tests.support.districts import appoint, enrol, found
from tests.support.ledgers import begin, under
from tests.support.town import STREET, A, at, words
from tests.support.whistles import LAMPS, OFFICE, WATER

TOWER = f"{A}-lfs"


def calls(*orgs: str) -> dict[str, str]:
    rows = {f"calls.{n}.org": org for n, org in enumerate(orgs)}
    return {"rows": str(len(orgs)), "calls.0.role": "lead", **rows}


def tower(square: Any) -> None:
    """The building committee, and who speaks for its firms."""
    found((TOWER, "来福士楼委会", "building", "building", A))
    uids = enrol({"floor": "某楼"}, {"floor": "13677773001"})
    appoint(("floor", TOWER, "building_steward"), uids=uids)
    square.uids |= uids


def test_a_tenant_firm_asks_once(square: Any) -> None:
    under("yuzhong")
    tower(square)
    asked = {"kind": "agency", "title": "新店招牌", "text": "招牌审批、开业。", "firm": "某咖啡馆"}
    with at("11-23 09:00"):
        desk = square.desk("floor")
        assert "楼宇服务" in words(desk.get("/desk/start/"))
        # The right service is found by what it does, not by its name.
        page = desk.post("/desk/start/enterprise/", {**asked, "seat": "tower", "rows": "1", "find": "占道"})
        assert "占道整治" in words(page)
        number = begin(square, "floor", "enterprise", **asked, seat="tower", **calls(LAMPS, WATER))
        page = square.matter("floor", number)
        assert "楼宇" in page
        assert "区城管局" in page
        square.do("lamps", number, "report_in", leg=1)
        square.do("lamps", number, "answer", leg=1, claim="solved", result="招牌批了。")
        assert "rate" not in square.office("lamps").offers(number)
        assert "企业说区城管局：好。" in square.do("floor", number, "rate", leg=1, verdict="good")
        # Along the chain: the street above reads it, the tower next door and another bureau do not.
        assert square.opens("superior", number) == 200
        for who in ("sibling", "handler", "outsider"):
            assert square.opens(who, number) == 404
    with at("12-01 09:00"):
        square.work()
        # Five workdays in Yuzhong, not the seven of the base: the other service is late, and only that one.
        read = square.matter("floor", number)
        assert "区水务局没有按时答复，已经告诉它的上级。" in read
        assert "区城管局没有按时" not in read
        assert square.states(number)[1] == "ruled"


def test_a_stall_is_a_firm_too(square: Any) -> None:
    under("yuzhong")
    with at("11-23 09:00"):
        for seat, word in (("market", "市场"), ("scenic", "景区"), ("historic", "历史街区")):
            number = begin(
                square,
                "secretary",
                "enterprise",
                kind="law",
                title="摊位合同",
                text="想问合同。",
                seat=seat,
                **calls(OFFICE),
            )
            assert word in square.matter("handler", number)
        square.do("handler", number, "return", reason="合同归司法所。")
        assert "区住建委退回：合同归司法所。" in square.matter("secretary", number)
        assert square.opens("superior", number) == 200
        assert STREET
