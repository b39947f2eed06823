"""F06: nobody answers; the clock ends it, and silence is never satisfaction."""

from typing import Any

from tests.support.town import at


def test_silence_is_recorded_as_silence(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="路灯不亮。", kind="road")
        secretary = town.office("secretary")
        secretary.do(number, "report_in")
    with at("11-24 15:00"):
        secretary.do(number, "answer", claim="solved", result="换了灯泡。")
        read = phone.own(number)
        assert "不回也行，不回不算满意" in read
        assert "12月1日" in read
    with at("12-01 09:00"):
        town.work()
        assert secretary.see(number)["matter"]["stage"] == "answered"
    with at("12-03 09:00"):
        # The page tells what is due even before the timer has come by.
        assert "没有收到您的回音" in phone.own(number)
        town.work()
        read = phone.own(number)
        assert "没有回音" in read
        assert "不算满意" in read
        assert "您说：" not in read
        told = secretary.see(number)
        assert told["matter"]["stage"] == "ended"
        ends = [fact for fact in told["facts"] if fact["fact"] == "answer_settled"]
        assert len(ends) == 1
        said = ends[0]["fields"]
        assert (said["claim"], said["answer"], said["silent"], said["outcome"]) == (
            "solved",
            "",
            True,
            "silent",
        )
        assert not [fact for fact in told["facts"] if fact["fact"] == "answered"]
        # A second pass of the timer adds nothing.
        position = told["position"]
        town.work()
        assert secretary.see(number)["position"] == position


def test_a_late_office_is_told_on_and_its_superior_hears(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="井盖松动。", kind="road")
    with at("11-25 09:00"):
        town.work()
        read = phone.own(number)
        assert "已经交给甲社区，等它收到。" in read
        facts = town.office("secretary").see(number)["facts"]
        assert "escalate" in [fact["action"] for fact in facts]
