"""N10: a firm has no name until it agrees; it is matched to the products that it qualifies for, with why and what is missing; the bank
answers in time; the outcome is a class. Firms help each other: needs that name nobody, taken by whoever wants to."""

import re
from typing import Any

from tests.stories.test_D14_enterprise import begin_online, calls
from tests.support.ledgers import begin, under
from tests.support.pairings import founded, orgs, staff
from tests.support.town import DISTRICT, GRID_A, at, words
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
        # Several banks are asked alike: none leads and none assists.
        form_ = square.desk("superior").get("/desk/start/financing/").content.decode()
        assert "主办还是协办" not in form_
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


def test_firms_help_each_other_and_who_does_not_is_stored_nowhere(town: Any) -> None:
    from baodao.ledger.models import Fact

    under("nanchuan")
    orgs(*[(f"nc-{n}", f"{n}公司", "department", "enterprise", DISTRICT) for n in "abc"])
    founded("firms_help", "a公司缺叉车", helped=("nc-a",))
    with at("11-23 09:00"):
        needs, helps, other = (staff(town, f"firm-{n}", f"nc-{n}", "office_head") for n in "abc")
        number = begin(town, "firm-a", "wanted", kind="goods", title="缺两台叉车", text="借三天。")
        assert "现在没有列着的需要" in words(helps.get("/desk/wanted/")), "not before it joined"
        form = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"',
            helps.get("/desk/alliances-free/").content.decode(),
        )
        assert helps.post("/desk/alliances-free/", dict(form)).status_code == 303
        page = helps.get(f"/desk/wanted/?take={number}").content.decode()
        assert "借三天" in page
        held = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if f'value="{number}"' in one)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', held))
        taken = helps.post("/desk/wanted/", {**hidden, "text": "明天送到。", "by": "2026-11-24"})
        assert taken.status_code == 303
        town.do("firm-b", number, "answer", leg=1, result="送到了。")
        assert "列的一方说：收到了" in town.do("firm-a", number, "say", leg=1, verdict="kept")
        # The third looked and did nothing: no fact names it.
        assert "现在没有列着的需要" in words(other.get("/desk/wanted/"))
        assert not Fact.objects.filter(org="nc-c", kind__regex=r"^(matter|alliance)\.").exists()
        assert town.opens("firm-c", number) == 404
        assert needs.get(f"/desk/matters/{number}/").status_code == 200
