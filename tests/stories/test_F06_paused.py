"""F06: work waits for a permit; the clock stands, says why, and goes on where it stood."""

from typing import Any

from tests.support.town import at


def test_paused_for_a_permit_and_resumed(town: Any) -> None:
    with at("11-23 09:00"):
        phone = town.phone()
        number = phone.report(text="楼道要装坡道。", kind="property")
        assert "11月30日" in phone.own(number)
        secretary = town.office("secretary")
        secretary.do(number, "report_in")
        before = secretary.see(number)["legs"][0]["due"]
    with at("11-24 10:00"):
        # Only declared causes pause; nobody can stop a clock with a made-up one.
        secretary.do(number, "pause", expect=422, cause="holiday", reason="忙")
        secretary.do(number, "pause", cause="permit", reason="坡道占绿地，等园林局许可。", until="2026-12-04")
        read = phone.own(number)
        assert "现在等审批" in read
        assert "坡道占绿地，等园林局许可。" in read
        assert "这段时间不计时" in read
        # What was promised is still shown; the date of the answer, which nobody knows now, is not.
        assert "说好的日子" in read
        assert "给您答复" not in read
        assert "12月4日" in read
    with at("12-02 10:00"):
        # Past the old due: the timer finds nothing to complain of.
        town.work()
        secretary.do(number, "pause", expect=409, cause="money", reason="再等等钱")
        assert "escalate" not in [fact["action"] for fact in secretary.see(number)["facts"]]
    with at("12-03 10:00"):
        secretary.do(number, "resume", text="许可下来了，明天开工。")
        read = phone.own(number)
        assert "许可下来了，明天开工。" in read
        assert "给您答复" in read
        # Paused from the 24th 10:00 to the 3rd 10:00, seven workdays: what was left then is left now.
        assert "12月9日" in read
        assert secretary.see(number)["legs"][0]["due"] > before
    with at("12-08 10:00"):
        secretary.do(number, "answer", claim="solved", result="坡道装好了。")
        settled = [fact["fields"] for fact in secretary.see(number)["facts"] if fact["fact"] == "settled"]
        leg = next(row for row in settled if row["scope"] == "leg")
        # Nine days exactly are not the office's; what is left of the wall is.
        assert leg["causes"] == {"permit": 9 * 86_400}
        assert leg["paused"] == 9 * 86_400
        assert leg["wall"] == leg["worked"] + leg["paused"] == 15 * 86_400 + 3600
        assert leg["late"] is False
    with at("12-08 11:00"):
        assert "您说：解决了" in phone.do(number, "confirm", answer="solved")
