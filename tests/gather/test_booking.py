"""Taking a room and a visit: whoever is first has it, nobody sees by whom but the keeper, and no way leads to one place given twice."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from baodao.gather.booking.free import LEAST, free_in, open_on, within
from baodao.gather.models import Slot
from tests.api.test_gatherings import get
from tests.gather.test_statements import flat
from tests.security.test_powers import desk as acting
from tests.security.test_powers import name_deputy
from tests.support.gather import fresh, press, publish
from tests.support.opening import notices
from tests.support.together import together
from tests.support.town import DISTRICT, OTHER_STREET, STREET, A, B, at, build, forget, signed_in, town, words

__all__ = ["town"]
DAY = "2026-03-12"


def room(desk: Any, org: str = A, name: str = "三楼活动室", hours: str = "每天 09:00-21:00", kind: str = "culture_room", since: str = "2026-03-01") -> str:  # fmt: skip
    """The keeper registers a room; gives its code."""
    made = desk.post(
        "/desk/facilities/new/",
        {
            "command": fresh(), "kind": kind, "name": name, "org": org, "since": since, "functions": ["culture"],
            "hours": hours, "address": "党群服务中心三楼",
        },
    )  # fmt: skip
    assert made.status_code == 303, words(made)
    return str(made["Location"]).split("/")[3]


def wish(**typed: str) -> dict[str, str]:
    """A form as somebody fills it."""
    return {
        "command": fresh(), "day": DAY, "from": "14:00", "to": "16:00", "use": "room.club", "people": "12", **typed,
    }  # fmt: skip


def take(browser: Any, code: str, expect: int = 303, desk: bool = False, **typed: str) -> str:
    """Fill the form of a place and send it; gives where it leads, or what is read then."""
    address = f"/desk/booking/places/{code}/" if desk else f"/booking/{code}/"
    page = browser.get(f"{address}?day={typed.get('day', DAY)}")
    assert page.status_code == 200, words(page)
    form = page.content.decode()
    assert all(f'name="{name}"' in form for name in ("from", "to", "use", "people")), words(page)
    answer = browser.post(address, wish(**typed))
    assert answer.status_code == expect, words(answer)
    return str(answer["Location"]) if expect == 303 else words(answer)


def test_a_resident_takes_a_room_and_gives_it_back(town: Any) -> None:
    with at("03-10 10:00"):
        own, resident, neighbour = (
            town.desk("secretary"), town.phone("resident").browser, town.phone("neighbour").browser,
        )  # fmt: skip
        code = room(own)
        assert "约场地、约参观" in words(resident.get(f"/gather/?at={A}"))
        assert "三楼活动室" in words(resident.get(f"/booking/?at={A}"))
        assert "三楼活动室" not in words(resident.get(f"/booking/?at={B}"))
        assert "没有找到可以约的地方" in words(resident.get(f"/booking/?at={A}&q=游泳池"))
        assert f'href="/booking/{code}/"' in resident.get(f"/near/{code}/").content.decode()
        place = words(town.phone().browser.get(f"/booking/{code}/?day={DAY}"))
        assert "这天开放 09:00–21:00" in place
        assert "登录以后约下来" in place
        mine = take(resident, code)
        page = words(resident.get(mine))
        assert "兴趣活动、排练" in page
        assert "约 12 人" in page
        assert "您：约好了" in page
        assert "三楼活动室" in page
        # Others see that it is taken, not by whom nor what for.
        seen = words(neighbour.get(f"/booking/{code}/?day={DAY}"))
        assert "还空着 09:00–14:00 、 16:00–21:00" in seen
        assert "兴趣活动、排练 " not in seen.partition("用来做什么")[0]
        assert neighbour.get(mine).status_code == 404
        refused = take(neighbour, code, 409, **{"from": "15:00", "to": "17:00"})
        assert "这个地方这段时间已经有安排：3月12日 周四 14:00–16:00" in refused
        assert "请换一个时间，或换一个地方" in refused
        assert (
            'value="15:00"'
            in neighbour.post(f"/booking/{code}/", wish(**{"from": "15:00", "to": "17:00"})).content.decode()
        )
        take(neighbour, code, **{"from": "16:00", "to": "17:00"})
        # The keeper sees both; names open as on any list.
        ours = words(own.get("/desk/booking/"))
        assert ours.count("三楼活动室") == 4, ours
        assert "14:00–16:00" in ours
        assert "居民" in ours
        told = press(resident, mine, "leave")
        assert "已经取消：预约退了" in told
        assert "还空着 09:00–16:00" in words(neighbour.get(f"/booking/{code}/?day={DAY}"))
        assert "14:00–16:00" not in words(own.get("/desk/booking/"))
    from baodao.ledger.doctor import examine

    assert list(examine()) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"from": "08:00", "to": "10:00"}, "那一天开放 09:00–21:00，请约在这里面"),
        ({"from": "20:00", "to": "21:30"}, "那一天开放 09:00–21:00"),
        ({"from": "10:00", "to": "10:05"}, "至少约 15 分钟"),
        ({"from": "16:00", "to": "14:00"}, "至少约 15 分钟"),
        ({"from": "10:00", "to": "14:00"}, "一次最多 180 分钟"),
        ({"day": "2026-03-09"}, "这个时间已经过了"),
        ({"day": "2026-05-20"}, "最多提前 30 天约"),
        ({"people": "61"}, "要 1 到 60 个人"),
        ({"people": "0"}, "要 1 到 60 个人"),
        ({"people": "很多"}, "要写数字"),
        ({"from": "下午"}, "日期或时间写法不对"),
        ({"use": ""}, "要从清单里选用来做什么"),
        ({"use": "room.banquet"}, "要从清单里选用来做什么"),
        ({"use": "visit.visit"}, "要从清单里选用来做什么"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(town: Any, typed: dict[str, str], told: str) -> None:
    with at("03-10 10:00"):
        code = room(town.desk("secretary"))
        browser = town.phone("resident").browser
        answer = browser.post(f"/booking/{code}/", wish(**typed))
        assert answer.status_code == 422, words(answer)
        assert told in words(answer)
        field = next(iter(typed))
        assert (
            f'id="w-{"to" if "分钟" in told else "from" if "开放" in told or "过了" in told else field}"'
            in answer.content.decode()
        )
        assert not Slot.objects.exists()


def test_a_place_without_hours_or_for_many_is_not_lent(town: Any) -> None:
    with at("03-10 10:00"):
        own, browser = town.desk("secretary"), town.phone("resident").browser
        silent, square = room(own, hours=""), room(own, kind="square", name="院坝")
        assert "没写开放时间，约不了，请打电话问" in words(browser.get(f"/booking/{silent}/"))
        refused = browser.post(f"/booking/{silent}/", wish())
        assert refused.status_code == 422
        assert "这里没写开放时间，约不了" in words(refused)
        assert browser.get(f"/booking/{square}/").status_code == 404
        assert "约下来" not in words(browser.get(f"/near/{square}/"))
        assert browser.post(f"/booking/{square}/", wish()).status_code == 404
        assert "院坝" not in words(browser.get(f"/booking/?at={A}"))
        # Who has not signed in is asked to, and comes back.
        answer = town.phone().browser.post(f"/booking/{silent}/", wish())
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"?next=/booking/{silent}/")
        assert not Slot.objects.exists()


def test_organizations_take_rooms_by_their_posts(town: Any) -> None:
    """The keeper, a sibling, the superior and an outsider for their own organizations; who has no such right not at all; and nobody gives
    back what another has."""
    with at("03-10 10:00"):
        own, sibling, superior = (town.desk(who) for who in ("secretary", "sibling", "superior"))
        code = room(own)
        assert "三楼活动室" in words(sibling.get("/desk/booking/places/?q=活动室"))
        assert "没有约着的地方" in words(sibling.get("/desk/booking/"))
        take(sibling, code, desk=True, note="带投影仪")
        ours = words(sibling.get("/desk/booking/"))
        assert "本单位约的 1" in ours
        assert "12 人" in ours
        week = sibling.get("/desk/week/")
        assert "14:00–16:00 兴趣活动、排练" in words(week)
        assert 'href="/desk/booking/"' in week.content.decode().partition("<main")[2]
        slot = Slot.objects.get()
        assert (str(slot.org_id), slot.about, slot.level) == (A, f"org:{B}", 1)
        seen = words(own.get(f"/desk/gather/{slot.code}/"))
        assert "谁约的 乙社区" in seen
        assert "带投影仪" in seen
        # The secretary may be somewhere else then: an organization's booking takes nobody's time.
        take(sibling, room(own, name="二楼会议室", kind="meeting_room"), desk=True, use="room.meeting")
        take(superior, code, desk=True, **{"from": "09:00", "to": "10:00"})
        take(town.desk("outsider"), code, desk=True, **{"from": "10:00", "to": "11:00"})
        for who in ("handler", "supervisor", "auditor"):
            assert town.desk(who).get("/desk/booking/").status_code == 403, who
            assert town.desk(who).post(f"/desk/booking/places/{code}/", wish()).status_code == 403, who
            assert "场地和参观" not in words(town.desk(who).get("/desk/start/")), who
        # Nobody else gives it back: not the keeper (she calls it off, and says why), nor the superior, nor a resident. Whoever
        # may not open it is not told that it is there.
        for who, told in (("secretary", 403), ("superior", 403), ("outsider", 404)):
            answer = town.desk(who).post("/desk/booking/", {"command": fresh(), "slot": slot.code})
            assert answer.status_code == told, (who, words(answer))
        stranger = town.phone("resident").browser
        assert stranger.post(f"/gather/{slot.code}/", {"command": fresh(), "do": "leave"}).status_code == 404
        # The keeper needs the room.
        press(own, f"/desk/gather/{slot.code}/", "call_off", why="other", reason="水管爆了")
        assert "本单位约的 1" in words(sibling.get("/desk/booking/"))
        other = Slot.objects.get(about=f"org:{B}", state="open")
        answer = sibling.post("/desk/booking/", {"command": fresh(), "slot": other.code})
        assert answer.status_code == 303
        assert "没有约着的地方" in words(sibling.get("/desk/booking/"))
        again = sibling.post("/desk/booking/", {"command": fresh(), "slot": other.code})
        assert again.status_code == 409


def test_the_keepers_list_shows_what_its_reader_may_open(town: Any) -> None:
    """A resident's booking is for those who may read it; for everybody else the place is taken then, and that is all."""
    with at("03-10 10:00"):
        head = town.desk("superior")
        code = room(head, org=STREET, name="街道活动室")
        theirs = take(town.phone("resident").browser, code).split("/")[2]
        ours = take(town.desk("sibling"), code, desk=True, **{"from": "17:00", "to": "18:00"})
        assert ours == "/desk/booking/"
        other = Slot.objects.get(about=f"org:{B}").code
        listed = {}
        for who in ("superior", "clerk"):
            page = town.desk(who).get("/desk/booking/")
            assert page.status_code == 200, words(page)
            listed[who] = [one for one in (theirs, other) if f"/desk/gather/{one}/" in page.content.decode()]
            opened = {one: town.desk(who).get(f"/desk/gather/{one}/").status_code for one in (theirs, other)}
            assert opened == {one: 200 if one in listed[who] else 404 for one in (theirs, other)}, who
        assert listed == {"superior": [theirs, other], "clerk": [other]}
        free = words(town.desk("clerk").get(f"/desk/booking/places/{code}/?day={DAY}"))
        assert "还空着 09:00–14:00 、 16:00–17:00 、 18:00–21:00" in free


def test_a_place_is_lent_only_while_it_is_there(town: Any) -> None:
    """What begins or ends on a day is not to be had before and after; the page says so, the form too."""
    with at("03-10 10:00"):
        own, resident = town.desk("secretary"), town.phone("resident").browser
        code = room(own)
        ended = own.post(f"/desk/facilities/{code}/end/", {"command": fresh(), "until": "2026-03-13", "reason": "装修"})  # fmt: skip
        assert ended.status_code == 303, words(ended)
        assert "还空着 09:00–21:00" in words(resident.get(f"/booking/{code}/?day=2026-03-12"))
        assert "还空着" not in words(resident.get(f"/booking/{code}/?day=2026-03-13"))
        refused = resident.post(f"/booking/{code}/", wish(day="2026-03-13"))
        assert refused.status_code == 422
        assert "这个地方那一天不在用，请换一天，或换一个地方" in words(refused)
        assert not Slot.objects.exists()
        take(resident, code, day="2026-03-12")
    with at("03-13 10:00"):
        assert resident.get(f"/booking/{code}/").status_code == 404


def test_what_is_listed_is_what_opens(town: Any) -> None:
    """A place that begins later is listed and opens, with its first day, and is taken for days from then on; what has ended or is not
    lent is neither listed nor opened, on no door."""
    with at("03-10 10:00"):
        own, resident, sibling = town.desk("secretary"), town.phone("resident").browser, town.desk("sibling")
        later = room(own, name="新活动室", since="2026-03-16")
        far = room(own, name="明年的活动室", since="2026-09-01")
        square, ended = room(own, kind="square", name="院坝"), room(own, name="旧活动室")
        own.post(f"/desk/facilities/{ended}/end/", {"command": fresh(), "until": "2026-03-10"})
        lists = {
            "portal": words(resident.get(f"/booking/?at={A}")),
            "desk": words(sibling.get("/desk/booking/places/")),
            "keeper": words(own.get("/desk/booking/")),
        }
        for door, page in lists.items():
            assert [name in page for name in ("新活动室", "明年的活动室", "院坝", "旧活动室")] == [True, True, False, False], door  # fmt: skip
        assert "自 3月16日 周一 起可借" in lists["portal"]
        told = {
            one["code"]: (one["since"], one["until"])
            for one in get(town.phone(), f"bookings/places/?org={A}")["rows"]
        }
        assert told == {later: ("2026-03-16", ""), far: ("2026-09-01", "")}
        for code, status in ((later, 200), (far, 200), (square, 404), (ended, 404)):
            assert resident.get(f"/booking/{code}/").status_code == status
            assert sibling.get(f"/desk/booking/places/{code}/").status_code == status
            assert resident.post(f"/booking/{code}/", wish(day="2026-03-12")).status_code == (422 if status == 200 else 404)  # fmt: skip
        page = resident.get(f"/booking/{later}/")
        assert "自 3月16日 周一 起可借" in words(page)
        assert "还空着 09:00–21:00" in words(page), "it opens on its first day"
        assert "?day=2026-03-15" not in page.content.decode()
        take(resident, later, day="2026-03-16")
    with at("03-16 10:00"):
        assert "自 3月16日" not in words(resident.get(f"/booking/?at={A}"))


def end(desk: Any, code: str, until: str) -> Any:
    """The keeper's form that ends a place."""
    return desk.post(f"/desk/facilities/{code}/end/", {"command": fresh(), "until": until})


def clear(desk: Any, code: str, since: str, expect: int = 303, **typed: Any) -> str:
    """Call off at once what the page of a place shows from a day on; gives what is read then."""
    address = f"/desk/booking/places/{code}/clear/?since={since}"
    slots = re.findall(r'name="slot" value="([^"]+)" checked', desk.get(address).content.decode())
    answer = desk.post(address, {"command": fresh(), "slot": slots, "reason": "装修", **typed})
    assert answer.status_code == expect, words(answer)
    return words(desk.get(answer["Location"])) if expect == 303 else words(answer)


def test_a_place_does_not_go_from_under_those_who_have_it(town: Any) -> None:
    """Ending it is refused and says who stands there when; one form calls them off, everybody is told, and it can be ended."""
    with at("03-10 10:00"):
        own, sibling, resident = town.desk("secretary"), town.desk("sibling"), town.phone("resident").browser
        code = room(own)
        before = take(resident, code, day="2026-03-12")
        mine = take(resident, code, day="2026-03-14")
        take(sibling, code, desk=True, day="2026-03-15", **{"from": "09:00", "to": "10:00"})
        refused = end(own, code, "2026-03-13")
        assert refused.status_code == 409
        told = words(refused)
        assert (
            "三楼活动室还有 2 个预约在不能再用的日子：3月14日 周六 14:00–16:00、3月15日 周日 09:00–10:00"
            in told
        )
        assert "先在“场地和参观”里点“腾出”" in told
        assert "还空着" in words(resident.get(f"/booking/{code}/?day=2026-03-14")), "nothing was ended"
        # From their last day on nothing stands against it.
        listed = words(own.get(f"/desk/booking/places/{code}/clear/?since=2026-03-13"))
        assert ["3月12日 周四" in listed, "3月14日 周六" in listed, "乙社区" in listed] == [False, True, True]
        assert "腾出三楼活动室" in words(own.get("/desk/booking/"))
        assert "请写一句原因" in clear(own, code, "2026-03-13", 422, reason=" ")
        assert "一个预约也没有选" in clear(
            own, code, "2026-03-13", 422, slot=[Slot.objects.get(starts__day=12).code]
        )
        done = clear(own, code, "2026-03-13")
        assert "这一天起没有预约了" in done
        assert "去撤销这个地方" in done
        assert Slot.objects.filter(state="open").count() == 1
        page = words(resident.get(mine))
        assert "地方用不了" in page
        assert "装修" in page
        town.work()
        assert "您约的 3月14日 周六 的场地取消了" in words(resident.get("/notices/"))
        assert "取消了本单位3月15日 周日的场地预约" in notices(town, "sibling")
        assert end(own, code, "2026-03-13").status_code == 303
        assert "您：约好了" in words(resident.get(before))
        assert "去撤销这个地方" not in words(own.get(f"/desk/booking/places/{code}/clear/?since=2026-03-13"))


def test_a_superior_ends_what_nobody_has_and_leaves_bookings_to_the_keeper(town: Any) -> None:
    """Page, form, refusal and the keeper's own list say the same: a private booking is between her and the keeper."""
    with at("03-10 10:00"):
        own, superior, resident = (
            town.desk("secretary"),
            town.desk("superior"),
            town.phone("resident").browser,
        )
        code = room(own)
        assert "约出去的" not in words(superior.get(f"/desk/facilities/{code}/"))
        take(resident, code, day="2026-03-14")
        page = superior.get(f"/desk/facilities/{code}/")
        assert "1 次，从 2026年3月15日 起没有人约" in words(page)
        assert "/clear/" not in page.content.decode()
        assert superior.get(f"/desk/booking/places/{code}/clear/").status_code == 404
        form = superior.get(f"/desk/facilities/{code}/end/")
        assert "请甲社区先腾出" in words(form)
        assert 'value="2026-03-15"' in form.content.decode(), "the first day on which she may"
        refused = end(superior, code, "2026-03-13")
        assert refused.status_code == 409
        assert "3月15日 周日 起再这样改" in words(refused)
        # The keeper has both, on the same pages.
        keeper = own.get(f"/desk/facilities/{code}/end/").content.decode()
        assert f"/desk/booking/places/{code}/clear/" in keeper
        # Nobody else reads how long it is taken, as nobody else may end it.
        assert "约出去的" not in words(town.desk("sibling").get(f"/desk/facilities/{code}/"))
        assert end(superior, code, "2026-03-15").status_code == 303
        assert Slot.objects.filter(state="open").count() == 1


def test_nor_by_becoming_something_else(town: Any) -> None:
    """Another kind, a later beginning, a registration that is taken back: whatever takes a place away from a day on which it is taken."""
    from baodao.kernel.act import system_act
    from baodao.kernel.errors import Conflict
    from baodao.ledger.services import takeback
    from baodao.places.facilities.models import Facility
    from baodao.places.facilities.services import NewFacility, register_facilities

    with at("03-10 10:00"):
        own, resident = town.desk("secretary"), town.phone("resident").browser
        new = NewFacility(
            org=A, kind="culture_room", name="三楼活动室", since=date(2026, 3, 1), hours="每天 09:00-21:00"
        )
        by = msgspec.structs.replace(system_act(datetime.now(UTC), "batch"), batch="b-1", origin="import")
        [code] = register_facilities(by, facilities=[new])
        mine = take(resident, code, day="2026-03-14")
        form = {
            "kind": "culture_room",
            "name": "三楼活动室",
            "org": A,
            "since": "2026-03-01",
            "hours": "每天 09:00-21:00",
        }
        for typed in ({"kind": "square"}, {"since": "2026-03-15"}):
            answer = own.post(f"/desk/facilities/{code}/edit/", {"command": fresh(), **form, **typed})
            assert answer.status_code == 409, words(answer)
            assert f'href="#f-{next(iter(typed))}"' in answer.content.decode()
            assert "还有 1 个预约" in words(answer)
        with pytest.raises(Conflict, match="还有 1 个预约"):
            takeback(system_act(datetime.now(UTC), "back"), batch="b-1")
        row = Facility.objects.get(code=code)
        assert (row.kind, row.since, row.until) == ("culture_room", date(2026, 3, 1), None)
        # What leaves it to them is told as ever: another name, a later kind of room that is lent, a beginning before the booking.
        for typed in ({"name": "二楼活动室"}, {"kind": "meeting_room"}, {"since": "2026-03-14"}):
            answer = own.post(f"/desk/facilities/{code}/edit/", {"command": fresh(), **form, **typed})
            assert answer.status_code == 303, words(answer)
        press(resident, mine, "leave")
        answer = own.post(f"/desk/facilities/{code}/edit/", {"command": fresh(), **form, "kind": "square"})
        assert answer.status_code == 303, words(answer)


def test_who_may_clear_a_place(town: Any) -> None:
    """The keeper; a deputy what she may open, and of the rest the number; nobody above, beside, below or outside."""
    with at("03-10 10:00"):
        own = town.desk("secretary")
        code = room(own)
        take(town.phone("resident").browser, code)
        take(town.desk("sibling"), code, desk=True, **{"from": "17:00", "to": "18:00"})
        address = f"/desk/booking/places/{code}/clear/"
        found = {}
        for who in (
            "secretary",
            *(others := ("superior", "sibling", "clerk", "outsider", "handler", "auditor")),
        ):
            page = town.desk(who).get(address)
            found[who] = (
                page.status_code,
                page.content.decode().count('name="slot"'),
                "另有 1 个预约" in words(page),
            )
            if page.status_code == 404:
                assert (
                    town.desk(who).post(address, {"command": fresh(), "slot": [], "reason": "x"}).status_code
                    == 404
                )
        assert found == {"secretary": (200, 2, False), **dict.fromkeys(others, (404, 0, False))}
        assert own.get("/desk/booking/places/none/clear/").status_code == 404
        assert own.get(f"{address}?since=x").status_code == 422
        # A list that was made up calls nothing off that the page does not show.
        rights = {"deputy": "p-superior", "rights": ["gather.read", "gather.call_off"], "level": "1"}
        name_deputy(town, **rights, since="2026-03-10", until="2026-03-20")
        deputy, hidden = acting(town, "superior", "p-secretary"), Slot.objects.get(level=2).code
        page = deputy.get(address)
        assert page.content.decode().count('name="slot"') == 1
        assert "乙社区" in words(page)
        assert "另有 1 个预约" in words(page)
        assert "一个预约也没有选" in clear(deputy, code, "2026-03-10", 422, slot=[hidden])
        assert Slot.objects.filter(state="open").count() == 2


def test_ending_and_booking_at_once(committed_db: Any) -> None:
    """Whoever is first: the place is ended and nobody has it, or somebody has it and it is not ended."""
    from baodao.kernel.act import system_act
    from baodao.places.facilities.models import Facility
    from baodao.places.facilities.services import NewFacility, register_facilities

    forget()
    uids = build()
    with at("03-10 10:00"):
        resident, own = signed_in(uids["resident"], staff=False), signed_in(uids["secretary"], staff=True)
        for n in range(ROUNDS):
            new = NewFacility(
                org=A, kind="culture_room", name=f"第{n}间", since=date(2026, 3, 1), hours="每天 09:00-21:00"
            )
            code = register_facilities(system_act(datetime.now(UTC), f"room-{n}"), facilities=[new])[0]
            hour = {"from": f"{9 + n:02}:00", "to": f"{10 + n:02}:00"}
            booked, ended = together(
                lambda c=code, h=hour: resident.post(f"/booking/{c}/", wish(**h)),
                lambda c=code: end(own, c, "2026-03-11"),
            )  # type: ignore[misc]
            has = Slot.objects.filter(place=code, state="open").exists()
            over = Facility.objects.get(code=code).until is not None
            assert (booked.status_code == 303, ended.status_code == 303) == (has, over)
            assert has != over, (booked.status_code, ended.status_code)
    forget()


def test_districts_that_live_together_lend_by_their_own_packs(
    settings: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A street under a pack of its own: it alone lends boats, and no culture rooms. Lists of all districts and pages agree."""
    folder = tmp_path / "packs"
    shutil.copytree(settings.PACKS, folder)
    (folder / "river").mkdir()
    (folder / "river" / "pack.toml").write_text(RIVER, "utf-8")
    settings.PACKS = str(folder)
    town = request.getfixturevalue("town")
    from baodao.kernel.act import system_act
    from baodao.orgs.services import bind_pack
    from baodao.places.facilities.services import NewFacility, register_facilities

    with at("03-10 10:00"):
        bind_pack(system_act(datetime.now(UTC), "river"), org=OTHER_STREET, pack="river", since=date(2026, 1, 1))  # fmt: skip
        new = [
            NewFacility(org=org, kind=kind, name=name, since=date(2026, 3, 1), hours="每天 09:00-21:00")
            for org, kind, name in (
                (A, "culture_room", "甲活动室"),
                (OTHER_STREET, "culture_room", "远活动室"),
                (OTHER_STREET, "boat", "画舫"),
            )
        ]
        codes = register_facilities(system_act(datetime.now(UTC), "rooms"), facilities=new)
        visitor, sibling = town.phone(), town.desk("sibling")
        listed = [one["name"] for one in get(visitor, "bookings/places/")["rows"]]
        assert listed == ["甲活动室", "画舫"]
        assert [one["name"] for one in get(visitor, f"bookings/places/?org={DISTRICT}")["rows"]] == listed
        assert [one["name"] for one in get(visitor, f"bookings/places/?org={OTHER_STREET}")["rows"]] == ["画舫"]  # fmt: skip
        desk = words(sibling.get("/desk/booking/places/"))
        assert ["甲活动室" in desk, "远活动室" in desk, "画舫" in desk] == [True, False, True]
        for code, status in zip(codes, (200, 404, 200), strict=True):
            assert get(visitor, f"bookings/places/{code}/", status)
            assert visitor.browser.get(f"/booking/{code}/").status_code == status


RIVER = """
extends = "base"
source = "assumed"
[district]
code = "990101"
name = "画河"
name_en = "Drawn river"
number = "HH-{year}-{n:06}"
office_hours = ["09:00-12:00", "14:00-18:00"]
[facility.boat]
title = "船"
title_en = "Boat"
alone = true
[booking.room]
kind = "room_booking"
places = ["boat"]
use = [{ name = "club", title = "兴趣活动" }]
"""


def test_a_meeting_in_the_room_and_a_booking_never_meet(town: Any) -> None:
    """Whatever takes the room takes it from all; who is on duty there takes nothing; what is told afterwards neither."""
    with at("03-10 10:00"):
        own, resident = town.desk("secretary"), town.phone("resident").browser
        code = room(own)
        talk = {
            "kind": "yard_talk",
            "title": "夏夜讲堂",
            "day": DAY,
            "from": "15:00",
            "to": "16:00",
            "place": code,
        }
        mine = take(resident, code)
        told = publish(own, 409, **talk)
        assert "这个地方这段时间已经有安排：3月12日 周四 14:00–16:00" in told
        assert Slot.objects.count() == 1
        publish(own, **{**talk, "kind": "station_shift"})
        press(resident, mine, "leave")
        held = publish(own, **talk)
        assert "这个地方这段时间已经有安排" in take(resident, code, 409)
        # Moving it: refused onto another, and its old time is free at once.
        take(resident, code, **{"from": "19:00", "to": "20:00"})
        moved = own.post(
            f"/desk/gather/{held}/edit/", {"command": fresh(), **talk, "from": "19:30", "to": "20:30"}
        )
        assert moved.status_code == 409, words(moved)
        moved = own.post(
            f"/desk/gather/{held}/edit/", {"command": fresh(), **talk, "from": "17:00", "to": "18:00"}
        )
        assert moved.status_code == 303, words(moved)
        take(town.phone("neighbour").browser, code)
        # A series that meets one taken evening opens none of them.
        before = Slot.objects.count()
        week = {
            **talk,
            "from": "19:00",
            "to": "20:00",
            "day": "2026-03-11",
            "every": "day",
            "until": "2026-03-14",
        }
        assert "已经有安排" in publish(own, 409, **week)
        assert Slot.objects.count() == before
    with at("03-13 10:00"):
        again = {**talk, "from": "14:00", "to": "16:00", "title": "补记的"}
        publish(town.desk("secretary"), **again)
        assert Slot.objects.get(title="补记的").holds is False


def test_what_was_booked_is_kept_by_rebuilding(town: Any) -> None:
    with at("03-10 10:00"):
        own, resident = town.desk("secretary"), town.phone("resident").browser
        code = room(own)
        take(resident, code)
        press(resident, take(resident, code, **{"from": "17:00", "to": "18:00"}), "leave")
        before = list(Slot.objects.order_by("code").values())
        assert [row["holds"] for row in before] == [True, False]
        call_command("rebuild", verbosity=0)
        assert list(Slot.objects.order_by("code").values()) == before


def test_lists_are_flat(town: Any) -> None:
    """Residents' bookings among them: theirs are rows of a higher level, with people in them."""
    with at("03-10 10:00"):
        own, resident = town.desk("secretary"), town.phone("resident").browser
        rooms = [room(own, name="首间")]
        hours = iter([(day, hour) for day in range(11, 31) for hour in range(9, 20, 2)])

        def grow(n: int) -> None:
            for _ in range(n):
                day, hour = next(hours)
                rooms.append(room(own, name=f"第{len(rooms)}间"))
                when = {"day": f"2026-03-{day}", "from": f"{hour:02}:00", "to": f"{hour + 1:02}:00"}
                take(town.desk("sibling"), rooms[0], desk=True, **when)
                take(resident, rooms[0], **{**when, "from": when["to"], "to": f"{hour + 1:02}:30"})

        flat(
            {
                (resident, f"/booking/?at={A}"): 8,
                (resident, f"/booking/{rooms[0]}/"): 8,
                (own, "/desk/booking/"): 3,
                (own, "/desk/booking/places/"): 8,
                (own, f"/desk/booking/places/{rooms[0]}/clear/"): 3,
                (town.desk("sibling"), "/desk/booking/"): 4,
            },
            grow,
            2,
            12,
        )
        assert own.get("/desk/booking/").content.decode().count("· 居民") == 14


def test_the_database_refuses_a_place_given_twice(town: Any) -> None:
    with at("03-10 10:00"):
        own = town.desk("secretary")
        code = room(own)
        first = Slot.objects.get(code=take(town.phone("resident").browser, code).split("/")[2])
        for shift, fits in ((timedelta(hours=1), False), (timedelta(hours=2), True)):
            row = Slot.objects.get(code=first.code)
            row.code = f"g-x{fits}".lower()
            row.starts, row.ends = first.starts + shift, first.ends + shift
            if fits:
                row.save(force_insert=True)
                with pytest.raises(IntegrityError), transaction.atomic():
                    Slot.objects.filter(code=row.code).update(starts=first.ends - timedelta(minutes=1))
            else:
                with pytest.raises(IntegrityError), transaction.atomic():
                    row.save(force_insert=True)
                row.holds = False
                row.save(force_insert=True)


ROUNDS = 5


def test_two_phones_take_one_room(committed_db: Any) -> None:
    """Whatever comes at once, one has the room, the other is told the time that is taken; nothing is half-written."""
    from baodao.kernel.act import system_act
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.places.facilities.services import NewFacility, register_facilities

    forget()
    uids = build()
    with at("03-10 10:00"):
        new = NewFacility(
            org=A, kind="culture_room", name="活动室", since=date(2026, 3, 1), hours="每天 09:00-21:00", functions=("culture",)
        )  # fmt: skip
        code = register_facilities(system_act(datetime.now(UTC), "room"), facilities=[new])[0]
        phones = [signed_in(uids[who], staff=False) for who in ("resident", "neighbour")]
        for n in range(ROUNDS):
            times = [("14:00", "16:00"), ("15:00", "17:00")] if n % 2 else [("14:00", "16:00")] * 2
            day = f"2026-03-{12 + n}"
            acts = [
                lambda b=b, t=t, d=day: b.post(f"/booking/{code}/", wish(day=d, to=t[1], **{"from": t[0]}))
                for b, t in zip(phones, times, strict=True)
            ]  # type: ignore[misc]
            answers = together(*acts)
            assert sorted(one.status_code for one in answers) == [303, 409], [words(one) for one in answers]
            lost = next(one for one in answers if one.status_code == 409)
            assert "这个地方这段时间已经有安排" in words(lost)
            assert Slot.objects.filter(holds=True).count() == n + 1
        assert Fact.objects.filter(kind="gather.opened").count() == ROUNDS
        assert list(examine()) == []
    forget()


@given(
    st.lists(st.tuples(st.integers(0, 1380), st.integers(15, 240)), max_size=6),
    st.lists(st.tuples(st.integers(0, 1380), st.integers(1, 300)), max_size=8),
    st.integers(0, 1440),
)
def test_free_time_is_what_is_open_and_not_taken(
    opened: list[tuple[int, int]], taken: list[tuple[int, int]], since: int
) -> None:
    """Minute by minute: what is offered is open, ahead and nobody's; every stretch of a quarter of an hour that is so is offered."""
    zero = datetime(2026, 3, 12, tzinfo=UTC)

    def spans(rows: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
        return [
            (zero + timedelta(minutes=a), zero + timedelta(minutes=min(1440, a + n))) for a, n in sorted(rows)
        ]

    merged: list[tuple[datetime, datetime]] = []
    for start, end in spans(opened):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    found = free_in(merged, spans(taken), zero + timedelta(minutes=since))

    def minutes(rows: list[tuple[datetime, datetime]]) -> set[int]:
        return {
            m
            for a, b in rows
            for m in range(int((a - zero).total_seconds()) // 60, int((b - zero).total_seconds()) // 60)
        }

    could = {m for m in minutes(merged) if m >= since} - minutes(spans(taken))
    runs: list[list[int]] = []
    for minute in sorted(could):
        if runs and runs[-1][-1] == minute - 1:
            runs[-1].append(minute)
        else:
            runs.append([minute])
    least = LEAST.seconds // 60
    # Two open times that only touch are one; a run that a door's closing parts is told as the door parts it.
    assert minutes(found) == {m for run in runs if len(run) >= least for m in run}
    assert all(a[1] < b[0] or a[1] == b[0] for a, b in pairwise(found))
    assert all(within(merged, *span) for span in found)


def test_a_door_that_closes_after_midnight_is_lent_until_midnight() -> None:
    from baodao.kernel.calendar import weekdays_only
    from baodao.places.facilities.hours import parse

    calendar = weekdays_only("Asia/Shanghai")
    zone = ZoneInfo("Asia/Shanghai")
    assert open_on(parse("每天 20:00-02:00"), date(2026, 3, 12), calendar) == [
        (
            datetime.combine(date(2026, 3, 12), time(20), zone),
            datetime.combine(date(2026, 3, 13), time(0), zone),
        )
    ]
    assert open_on(parse(""), date(2026, 3, 12), calendar) == []
