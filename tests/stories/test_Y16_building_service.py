"""Y16: the 1357 service system of Yuzhong's towers (what the figures stand for is not published; as Y09): one filing, several
services with a limit each, each spoken of apart, silence never taken for satisfaction, no quota of visits.

Waits for other rooms: the firm's own account.
"""

from typing import Any

from tests.stories.test_Y09_towers import calls, tower
from tests.support.ledgers import begin, under
from tests.support.town import OFFICE, at
from tests.support.whistles import LAMPS, WATER


def test_several_services_one_filing_each_spoken_of_apart(square: Any) -> None:
    under("yuzhong")
    tower(square)
    with at("11-23 09:00"):
        number = begin(
            square,
            "floor",
            "enterprise",
            kind="tax",
            title="迁入办税",
            text="税务、用水、装修一起问。",
            seat="trade_area",
            **calls(LAMPS, WATER, OFFICE),
        )
        # Without a name: a firm may stay unnamed.
        assert "企业（留空也行）" not in square.matter("floor", number)
        for n, who in enumerate(("lamps", "water"), 1):
            square.do(who, number, "report_in", leg=n)
            square.do(who, number, "answer", leg=n, claim="solved", result="办好了。")
        square.do("floor", number, "rate", leg=1, verdict="poor", note="等了两天。")
        # Not concluded while services are still asked.
        assert "还有单位没有办结" in square.matter("floor", number)
    with at("12-22 09:00"):
        square.work()
        read = square.matter("floor", number)
        assert "企业没有说，不算满意。" in read
        assert "区住建委到最后期限也没有答复，如实记下。" in read
        assert square.states(number) == {1: "ruled", 2: "ruled", 3: "ruled"}
        square.do("floor", number, "close", outcome="partly", note="住建再问。")
        assert "收尾：一部分。住建再问。" in square.matter("floor", number)
    _no_quota()


def _no_quota() -> None:
    """limits.md, N12: no target of visits per firm or person in any shipped measure or requirement."""
    from baodao.kernel.declare import get_pack
    from baodao.matters.declare import Procedure

    service = get_pack("yuzhong").many(Procedure)["enterprise"]
    names = {name for action in service.actions for name in action.fields}
    assert not names & {"visits", "quota", "score", "person"}
