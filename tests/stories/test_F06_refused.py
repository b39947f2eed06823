"""F06: an office cannot do it, says why, and names a lawful next step with its last day."""

from typing import Any

from tests.support.town import at


def test_refused_with_the_reason_and_the_next_lawful_step(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="外墙掉砖，请街道出钱修。", kind="housing")
        first = phone.own(number)
        assert "交给甲社区办理" in first
        assert "11月30日" in first
        town.office("secretary").do(number, "report_in")
    with at("11-24 10:00"):
        secretary = town.office("secretary")
        # Without a reason and a next step there is no refusal; an unverified step is none.
        secretary.do(number, "cannot", expect=422, reason="没有钱")
        secretary.do(number, "cannot", expect=422, reason="没有钱", next_step="civil_court")
        secretary.do(
            number, "cannot", reason="外墙是业主共有部分，街道无权动用公款。", next_step="petition_review"
        )
        read = phone.own(number)
    assert "外墙是业主共有部分，街道无权动用公款。" in read
    assert "请求信访复查" in read
    assert "原办理机关、单位的上一级机关、单位" in read
    assert "核对于 2026-11-22" in read
    # Thirty days from the written answer: the 24th of December is the last.
    assert "最后一天 12月24日" in read
    assert "《信访工作条例》" in read
    with at("11-24 11:00"):
        assert "您说：没有解决" in phone.do(number, "confirm", answer="not")
    with at("11-25 09:00"):
        told = town.office("secretary").see(number)
        assert [fact["action"] for fact in told["facts"] if fact["action"] == "cannot"] == ["cannot"]
        assert told["matter"]["stage"] == "ended"
