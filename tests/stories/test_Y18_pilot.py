"""Y18: a pilot has a baseline, a result by the same measure and a decision to spread; an honest failure is a lawful end."""

from typing import Any

from tests.stories.test_D13_projects import project
from tests.support.town import OFFICE, at


def test_a_pilot_has_a_baseline_a_result_and_a_decision_and_may_fail(town: Any) -> None:
    with at("11-23 09:00"):
        number = project(
            town, kind="pilot", title="垃圾桶撤桶并点", baseline="清运满溢一周 14 次（环卫日报）"
        )
        town.do("superior", number, "milestone", title="一个月试下来", org=OFFICE, by="2026-12-23")
    with at("12-20 09:00"):
        town.do("handler", number, "answer", result="做完一个月。")
        town.do("superior", number, "accept")
        read = town.do(
            "superior",
            number,
            "finish",
            result="居民绕路，满溢没少。",
            reached="一周 13 次（环卫日报）",
            decision="failed",
        )
        assert "决定：没有成功，如实结束" in read
        assert "清运满溢一周 14 次" in read
        assert "一周 13 次（环卫日报）" in read
