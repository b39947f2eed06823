"""N02: as D09 at the scale of series: a station's half-year in one form, the seasonal call-out with its cap of hours, the training base's
class for core volunteers.

Waits for later rooms: the bulletin (what is shown of the best stations).
"""

from typing import Any

from tests.stories.test_D09_volunteers import attend, core_class
from tests.stories.test_D10_training import CLASSES, slots
from tests.support.districts import first_community
from tests.support.gather import press, publish
from tests.support.town import at, words

NAMES = {"secretary": "蒋支书", "street": "沈书记", "han": "韩志愿", "yang": "杨志愿"}


def test_a_half_year_in_one_form_and_a_seasonal_call_out(districts: Any) -> None:
    community = first_community("nanchuan")
    with at("03-02 09:00"):
        posts = (
            ("secretary", community, "community_secretary"),
            ("street", community[:9], "department_head"),
        )
        districts.people(NAMES, posts)
        desk = districts.desk("secretary")
        code = publish(
            desk, kind="practice", title="周六读书会", day="2026-03-07", **{"from": "14:00"}, to="16:00", every="week",
            until="2026-08-29", where="文明实践站",
        )  # fmt: skip
        first = words(desk.get("/desk/gather/?day=2026-03-02&span=month"))
        assert first.count("周六读书会") == 4
        august = words(desk.get("/desk/gather/?day=2026-08-24&span=week"))
        assert "8月29日 周六" in august
        # A rule without an end is refused, with what to write.
        endless = publish(
            desk,
            422,
            kind="practice",
            title="没完没了",
            day="2026-03-07",
            **{"from": "14:00"},
            to="16:00",
            rule="FREQ=WEEKLY",
        )
        assert "没有写到哪一天为止" in endless
        # Forest watch at Qingming: six days, ten hours a day, forty hours a week at most for one person.
        season = publish(
            desk, kind="season", title="清明护林", day="2026-04-01", **{"from": "08:00"}, to="18:00", every="day",
            until="2026-04-06", seats="6", where="金佛山路口",
        )  # fmt: skip
        number = int(season.removeprefix("g-"))
        days = [f"g-{number + n:07}" for n in range(6)]
        han = districts.phone("han").browser
        for day in days[:4]:
            assert "您：有名额" in press(han, f"/gather/{day}/", "join")
        tired = press(han, f"/gather/{days[4]}/", "join", expect=409)
        assert "七天里最多 40.0 小时" in tired
        yang = districts.phone("yang").browser
        press(yang, f"/gather/{days[4]}/", "join")
        listed = words(desk.get("/desk/gather/?day=2026-04-01&span=week"))
        assert listed.count("1/6") == 5
        # The street sees how the call-out fills, as numbers.
        above = words(districts.desk("street").get("/desk/gather/?day=2026-04-01&span=week&kind=season"))
        assert above.count("清明护林") == 6
        assert "1/6" in above
        # Nobody is in two places: the reading circle of that Saturday overlaps with the watch.
        assert code
        press(yang, f"/gather/{days[3]}/", "join")
        saturday = next(
            line for line in desk.get("/desk/gather/?day=2026-04-04&span=day").content.decode().split("</tr>") if "周六读书会" in line
        )  # fmt: skip
        reading = saturday.split("/desk/gather/")[1].split("/")[0]
        busy = press(yang, f"/gather/{reading}/", "join", expect=409)
        assert "这段时间已经有安排：4月4日 周六 08:00–18:00" in busy
        mine = words(han.get("/me/gatherings/"))
        assert mine.count("清明护林") == 4
    with at("03-15 09:00"):
        trained = core_class(districts, "secretary")
        for who in ("han", "yang"):
            assert "选上了" in press(districts.phone(who).browser, f"/classes/{trained}/", "join")
        first = slots(districts, f"{CLASSES}{trained}/")[0]
    with at("03-17 21:00"):
        attend(districts, "secretary", trained, first)
        assert "班里 2 人，上完 0 人" in words(districts.desk("secretary").get(f"{CLASSES}{trained}/"))
        assert "上了" in words(districts.phone("han").browser.get(f"/classes/{trained}/"))
