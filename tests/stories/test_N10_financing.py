"""N10: a firm has no name until it agrees; it is matched to the products that it qualifies for, with why and what is missing; the bank
answers in time; the outcome is a class."""

from typing import Any

from tests.stories.test_D14_enterprise import begin_online, calls
from tests.support.ledgers import begin
from tests.support.town import GRID_A, at
from tests.support.whistles import LAMPS, png


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
        # What it qualifies for and why is computed from what was chosen, before it has any name; by its day, with its source.
        assert (
            "无还本续贷 · 示例银行甲 够条件 示例，待核定 够的：是到期续贷；小微、小型企业；不超过 300 万元"
            in read
        )
        assert "流动资金周转贷" not in read, "that product ended in July"
        assert "种养贷" not in read
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


def test_what_is_missing_is_said_and_a_bank_that_is_silent_is_told_of(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "kind": "equipment",
            "trade": "service_trade",
            "size": "small",
            "amount": "500000",
            "text": "换设备。",
        }
        number = begin(square, "superior", "financing", **form, **calls(LAMPS))
        read = square.matter("superior", number)
        assert (
            "设备更新贷 · 示例银行乙 差一条 示例，待核定 够的：用于设备；10 万到 1000 万元 · 差的：工业或种养"
            in read
        )
        assert "无还本续贷 ·" not in read, "it is for something else"
    with at("12-04 09:00"):
        square.work()
        assert "没有按时答复，已经告诉它的上级" in square.matter("superior", number)


def test_a_firm_that_begins_by_itself_reads_which_products_fit(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "kind": "renewal",
            "trade": "factory",
            "size": "small",
            "amount": "2000000",
            "text": "续一年，有厂房抵押。",
        }
        number = begin_online(square, "resident", "financing", **form, place=GRID_A)
        read = square.phone("resident").own(number)
        assert "够条件的产品" in read and "无还本续贷 · 示例银行甲 够条件" in read
