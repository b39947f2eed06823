"""D14, Y09, Y16: a firm says it once, several units work on it, the firm says of each how it was. N10: a firm looks for money
without its name; a bank says whether and what is missing; the name is given once the firm agrees in writing. W04: five lists
in order, with money and result.

Waits for other rooms: a firm's own account, public money (funds, bulletin), products as rows with their conditions.
"""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import OFFICE, at
from tests.support.whistles import LAMPS, WATER, png


def calls(*orgs: str) -> dict[str, str]:
    rows = {f"calls.{n}.org": org for n, org in enumerate(orgs)}
    return {"rows": str(len(orgs)), "calls.0.role": "lead", **rows}


def test_a_firm_says_it_once_and_says_of_each_how_it_was(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "kind": "licence",
            "title": "新店开业",
            "text": "招牌、用水、住建手续一起办。",
            "firm": "某餐饮公司",
        }
        number = begin(square, "superior", "enterprise", **form, **calls(LAMPS, WATER, OFFICE))
        for n, who in enumerate(("lamps", "water"), 1):
            square.do(who, number, "report_in", leg=n)
            square.do(who, number, "answer", leg=n, claim="solved", result="办好了。")
            # The unit does not speak for the firm.
            assert "rate" not in square.office(who).offers(number)
        assert "企业说区城管局：好。" in square.do("superior", number, "rate", leg=1, verdict="good")
        assert "企业说区水务局：不好。" in square.do("superior", number, "rate", leg=2, verdict="poor")
    with at("12-22 09:00"):
        square.work()
        # One unit's silence is its own.
        assert square.states(number) == {1: "ruled", 2: "ruled", 3: "ruled"}
        assert "区住建委到最后期限也没有答复" in square.matter("superior", number)
        square.do("superior", number, "close", outcome="partly")


def test_a_firm_has_no_name_until_it_agrees(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "kind": "renewal",
            "trade": "factory",
            "size": "small",
            "amount": "2000000",
            "text": "续一年，有厂房抵押。",
        }
        number = begin(square, "superior", "financing", **form, **calls(LAMPS))
        read = square.matter("lamps", number)
        assert "工业，小型，2,000,000.00 元" in read
        assert "差什么" not in read
        square.do("lamps", number, "answer", claim="short", product="无还本续贷", missing="上年完税证明")
        # Without the firm's signature there is no name; there is no field for one before.
        square.do("superior", number, "consent", expect=422, firm="某机械公司")
        assert "某机械公司" in square.do("superior", number, "consent", firm="某机械公司", photo=png())
        square.do("superior", number, "rate", verdict="good")
        assert "收尾：放款了" in square.do("superior", number, "close", outcome="solved")
        from baodao.kernel.declare import get_pack
        from baodao.matters.declare import Procedure

        opening = get_pack("fuling").many(Procedure)["financing"].action("open")
        assert opening is not None
        assert set(opening.fields) == {"kind", "trade", "size", "amount", "text"}


def test_five_lists_in_order_with_money_and_result(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(square, "secretary", "service_order", title="老人理发", text="每月一次。", count="23")
        square.do("secretary", number, "order", org=LAMPS, amount="3600.50", by="2026-12-31")
        assert "3,600.50 元" in square.matter("lamps", number)
        square.do("lamps", number, "report_in")
        square.do("lamps", number, "carry_out", result="理了三次。", served="61", spent="3600", photo=png())
        # Whoever carried it out does not rate it.
        assert "rate_order" not in square.office("lamps").offers(number)
        assert "20 人评了，19 人说好。" in square.do(
            "secretary", number, "rate_order", rated="20", liked="19"
        )
