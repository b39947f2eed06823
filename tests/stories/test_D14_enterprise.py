"""D14, Y09, Y16: a firm says it once, several units work on it, the firm says of each how it was. N10: a firm looks for money
without its name; a bank says whether and what is missing; the name is given once the firm agrees in writing. W04: five lists
in order, with money and result.

Waits for other rooms: a firm's own account, public money (funds, bulletin), products as rows with their conditions.
"""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import OFFICE, at
from tests.support.whistles import LAMPS, WATER


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
