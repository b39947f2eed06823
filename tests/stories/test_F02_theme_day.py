"""F02: each month's 10th is the theme day. It stands in the list before, is recorded on the day, and who has not by the 15th is listed;
in a month whose 10th is a rest day it goes to the next workday.

Windows, reminders and the lists of those above are the dues' own: tests/dues.
"""

from typing import Any

from tests.support.branches import branches
from tests.support.town import at, town, words

__all__ = ["branches", "town"]
EVENING = {
    "kinds": ["theme_day"],
    "items": ["theme_day.first", "theme_day.dues_paid"],
    "starts": "19:30",
    "ends": "21:00",
}


def test_before_on_the_day_and_by_the_fifteenth(branches: Any) -> None:
    branches.enter("乙支部", 11)
    with at("11-06 09:00"):
        # The fixed procedure stands in the form, step by step.
        form = words(branches.form("psec")[0])
        steps = [
            form.index(step)
            for step in ("第一议题：学习", "交纳党费", "重温入党誓词", "民主议事", "志愿服务")
        ]
        assert steps == sorted(steps)
        # Before: it stands there with its days; nobody is late.
        assert "要开 主题党日 11月10日 到 11月15日" in branches.read("psec", "/desk/branch/")
    with at("11-10 21:30"):
        where = branches.record(day="2026-11-10", **EVENING)
        # The page that follows a form says once that it was done.
        assert [("办好了，已经记下。" in branches.read("psec", where)) for _time in (1, 2)] == [True, False]
        assert "已开 主题党日 11月10日 到 11月15日" in branches.read("psec", "/desk/branch/")
        assert "要开 主题党日 11月10日" in branches.read("pnext", "/desk/branch/")
    with at("11-16 09:00"):
        late = branches.read("pnext", "/desk/branch/")
        assert "缺 主题党日 11月10日 到 11月15日 可以补开，到 11月30日 周一 为止" in late
        lacking = branches.read("pabove", "/desk/dues/lacking/theme_day/")
        assert "乙支部" in lacking
        # It counts from the evening's day, whenever it is written down.
        branches.record("pnext", day="2026-11-12", **EVENING)
        assert "已开 主题党日 11月10日 到 11月15日" in branches.read("pnext", "/desk/branch/")


def test_a_tenth_that_is_a_rest_day_goes_to_the_next_workday(branches: Any) -> None:
    # 10 October 2026 is a make-up workday or not as the calendar's edition says; 10 January 2026 was a Saturday.
    with at("10-08 09:00"):
        from baodao.kernel.selectors import current_calendar
        from tests.support.town import local

        calendar, day = current_calendar(), local("10-10 12:00").date()
        while not calendar.is_workday(day):
            day = day.replace(day=day.day + 1)
        assert f"主题党日 {day.month}月{day.day}日 到" in branches.read("psec", "/desk/branch/")
