"""W20: a demand from above is entered by whoever demands, with rule and rhythm, and sent back in one act. Its board waits for sums in measures."""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import A, B, at, words


def test_a_demand_is_entered_by_who_demands_and_sent_back_in_one_act(square: Any) -> None:
    with at("11-23 09:00"):
        form = {
            "asked": "table",
            "title": "楼栋信息表",
            "rule": "某文件第三条",
            "rhythm": "monthly",
            "minutes": "90",
            "by": "2026-12-04",
            "rows": "2",
            "calls.0.org": A,
            "calls.0.role": "lead",
            "calls.1.org": B,
            "calls.1.role": "co",
        }
        # Without a rule there is no demand.
        assert "这一项要填" in begin(square, "superior", "demand", expect=422, **{**form, "rule": ""})
        number = begin(square, "superior", "demand", **form)
        assert "楼栋信息表（报表，每月，每次 90 分钟），按 某文件第三条。" in square.matter(
            "secretary", number
        )
        page = square.desk("secretary").get(f"/desk/matters/{number}/?do=asked_before&leg=1").content.decode()
        # One tap: no reason, no file, no date.
        form_ = page[page.index('name="_do" value="asked_before"') :]
        assert "<textarea" not in form_[: form_.index("</form>")]
        square.do("secretary", number, "asked_before", leg=1)
        assert "甲社区退回：要过了。" in square.matter("superior", number)
        # A community files nothing itself.
        page = square.desk("secretary").get("/desk/start/demand/")
        assert page.status_code == 403, words(page)
        assert "向下要的东西" not in words(square.desk("secretary").get("/desk/start/"))
    with at("12-07 09:00"):
        square.work()
        assert "没有后果" in square.matter("sibling", number)
        # Neither community is late by it: nothing is settled that a board could read.
        from baodao.ledger.models import Fact

        kinds = set(Fact.objects.filter(subject=f"matter:{number}").values_list("kind", flat=True))
        assert "matter.settled" not in kinds
