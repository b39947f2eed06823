"""W04: five lists in order, with money and result; what is public waits for the bulletin."""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import at
from tests.support.whistles import LAMPS, png


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
