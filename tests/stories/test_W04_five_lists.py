"""W04: five lists in order, with money and result; both are public on the released page, and nobody's words are.

Waits for other rooms: the federation's own page of its groups (bulletin).
"""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import at, words
from tests.support.whistles import LAMPS, png


def test_five_lists_in_order_with_money_and_result(square: Any) -> None:
    with at("11-23 09:00"):
        number = begin(square, "secretary", "service_order", title="老人理发", text="每月一次。", count="23")
        # In order: nothing is carried out, taken or rated before it was ordered.
        assert not {"report_in", "carry_out", "rate_order"} & set(square.office("secretary").offers(number))
        there, phone = f"/open/{number}/", square.phone().browser
        assert phone.get(there).status_code == 404, "not public until somebody released a title"
        # Nobody beside, above or outside releases it.
        for who in ("sibling", "superior", "outsider", "lamps"):
            answer = square.desk(who).get(f"/desk/matters/{number}/?do=release")
            assert answer.status_code == 404 or 'value="release"' not in answer.content.decode(), who
        square.do("secretary", number, "release", title="给老人上门理发")
        square.do("secretary", number, "order", org=LAMPS, amount="3600.50", by="2026-12-31")
        assert "3,600.50 元" in square.matter("lamps", number)
        square.do("lamps", number, "report_in")
        square.do("lamps", number, "carry_out", result="理了三次。", served="61", spent="3600", photo=png())
        # Whoever carried it out does not rate it.
        assert "rate_order" not in square.office("lamps").offers(number)
        assert "20 人评了，19 人说好。" in square.do(
            "secretary", number, "rate_order", rated="20", liked="19"
        )
        # Public: each of the five lists with its unit, its money and its figures; what people wrote is not.
        assert "给老人上门理发" in words(phone.get("/open/?org=all"))
        read = words(phone.get(there))
        for told in (
            "居民点单（多少人点的 23）",
            "社区派单（哪个单位 区城管局，金额（元） 3,600.50，到哪天 12月31日 周四）",
            "区城管局：接单",
            "区城管局：办单（多少人用了 61，花了多少（元） 3,600.00）",
            "居民评单（多少人评了 20，多少人说好 19）",
        ):
            assert told in read, (told, read)
        for hidden in ("每月一次", "理了三次", "有人反映"):
            assert hidden not in read, hidden
        square.do("secretary", number, "hide")
        assert phone.get(there).status_code == 404
