"""Y18: a pilot has a baseline, a result by the same measure and a decision to spread; an honest failure is a lawful end. What is counted is
written once, at the beginning: the end has a number and no other measure to choose."""

from typing import Any

from tests.stories.test_D13_projects import project
from tests.support.town import OFFICE, at


def test_a_pilot_has_a_baseline_a_result_and_a_decision_and_may_fail(town: Any) -> None:
    with at("11-23 09:00"):
        number = project(
            town, kind="pilot", title="垃圾桶撤桶并点", counted="一周满溢几次（环卫日报）", baseline="14"
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
            reached="13",
            decision="failed",
        )
        assert "决定：没有成功，如实结束" in read
        assert "起点：现在是多少 14" in read
        assert "一周满溢几次（环卫日报）" in read
        assert "做到多少（同一口径） 13" in read


def test_what_worked_is_spread_by_decision_and_counted_the_same_way(town: Any) -> None:
    with at("11-23 09:00"):
        number = project(
            town, kind="pilot", title="错时延时服务", counted="一周空跑几人次（取号机）", baseline="40"
        )
        town.do("superior", number, "milestone", title="两周试下来", org=OFFICE, by="2026-12-07")
        # Not concluded before it was tried and accepted by somebody else.
        assert "收尾：量一量" not in town.matter("superior", number)
    with at("12-06 09:00"):
        town.do("handler", number, "answer", result="做完两周。")
        assert "accept" not in town.office("handler").offers(number)
        town.do("superior", number, "accept")
        form = town.desk("superior").get(f"/desk/matters/{number}/?do=finish").content.decode()
        assert 'name="reached"' in form
        assert 'name="counted"' not in form, "the end chooses no other measure"
        town.do("superior", number, "finish", expect=422, result="好用。", reached="很多", decision="spread")
        read = town.do("superior", number, "finish", result="好用。", reached="6", decision="spread")
        assert "决定：推广" in read
        assert "做到多少（同一口径） 6" in read


def test_a_measure_of_the_house_is_computed_before_and_after(town: Any) -> None:
    """October had requests answered in time, the pilot begins in November: both figures stand on its page, with the page that says how."""
    with at("10-12 09:00"):
        numbers = [town.phone("resident").report(kind="housing", text=f"第{n}件漏水") for n in range(6)]
    with at("10-13 09:00"):
        for number in numbers:
            town.office("secretary").do(number, "report_in")
            town.office("secretary").do(number, "answer", claim="solved", result="修好了。")
        town.work()
    with at("11-23 09:00"):
        town.work()
        number = project(town, kind="pilot", title="先接后派", measure="response")
        read = town.matter("superior", number)
        assert "响应率：开始前" in read, read
        page = town.desk("superior").get(f"/desk/matters/{number}/").content.decode()
        assert "/desk/measures/response/?org=" in page and "period=2026-10" in page
        # Whoever may not read figures of this office has no such link, and a project that names none has none.
        other = project(town, kind="pilot", title="撤桶并点", counted="一周几次", baseline="3")
        assert "响应率" not in town.matter("superior", other)
