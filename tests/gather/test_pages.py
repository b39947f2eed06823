"""The pages, through the door that their readers take."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from baodao.gather import codes
from baodao.gather.models import Seat, Slot
from tests.support.town import A, Town, local, words

DAY = "03-14"


def form_of(page: Any, button: str) -> dict[str, str]:
    """Hidden values of the form that has this button."""
    text = page.content.decode()
    found = next((f for f in re.findall(r"<form.*?</form>", text, re.S) if f'value="{button}"' in f), "")
    assert found, f"no button {button}: {words(page)}"
    return {**dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', found)), "do": button}


def publish(town: Town, who: str = "secretary", **typed: str) -> str:
    """Fill the form on the desk; gives the code of the (first) slot."""
    desk = town.desk(who)
    page = desk.get("/desk/gather/new/")
    # "Only this once" is the empty choice: a browser would never send a form that requires another.
    assert re.search(r'<select[^>]*name="every"[^>]*>', page.content.decode())[0].count("required") == 0  # type: ignore[index]
    assert page.status_code == 200, words(page)
    command = re.search(r'name="command" value="([^"]+)"', page.content.decode())
    assert command
    data = {
        "command": command[1], "kind": "volunteer", "title": "清河志愿活动", "day": f"2026-{DAY}", "from": "09:00",
        "to": "11:00", "where": "河边", "seats": "2", **typed,
    }  # fmt: skip
    answer = desk.post("/desk/gather/new/", data)
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"]).split("/")[3]


@pytest.fixture
def march(town: Town) -> Any:
    """The clock at the beginning of March."""
    with time_machine.travel(local("03-10 10:00"), tick=False) as clock:
        yield clock


def move(clock: Any, text: str) -> None:
    clock.move_to(local(text))


def test_a_form_that_is_wrong_keeps_what_was_typed(town: Town, march: Any) -> None:
    desk = town.desk("secretary")
    answer = desk.post(
        "/desk/gather/new/",
        {
            "command": "x1",
            "kind": "volunteer",
            "title": "",
            "day": f"2026-{DAY}",
            "from": "11:00",
            "to": "09:00",
            "where": "桥头",
        },
    )
    assert answer.status_code == 422
    text = words(answer)
    assert "结束要在开始之后" in text
    assert "请写一个名称" in text
    assert "桥头" in answer.content.decode()


def test_publish_list_change_and_call_off(town: Town, march: Any) -> None:
    code = publish(town, every="week", until="2026-04-04")
    assert Slot.objects.count() == 4
    desk = town.desk("secretary")
    week = words(desk.get("/desk/gather/?day=2026-03-09&span=week"))
    assert "清河志愿活动" in week
    assert "3月14日 周六" in week
    assert week.count("清河志愿活动") == 1
    month = words(desk.get("/desk/gather/?day=2026-03-09&span=month"))
    assert month.count("清河志愿活动") == 4
    book = desk.get("/desk/gather/gatherings.xlsx?day=2026-03-09&span=month")
    assert book["Content-Type"].startswith("application/vnd.openxml")
    town.phone("resident").browser.post(f"/gather/{code}/", {"do": "join", "command": "j1"})
    edit = desk.get(f"/desk/gather/{code}/edit/")
    moved = desk.post(
        f"/desk/gather/{code}/edit/",
        {
            "command": "e1",
            "title": "清河志愿活动",
            "day": "2026-03-15",
            "from": "14:00",
            "to": "16:00",
            "seats": "2",
        },
    )
    assert edit.status_code == 200
    assert moved.status_code == 303
    assert Seat.objects.get(slot=code).starts == local("03-15 14:00")
    one = desk.get(f"/desk/gather/{code}/")
    answer = desk.post(
        f"/desk/gather/{code}/", {**form_of(one, "call_off"), "why": "weather", "reason": "暴雨蓝色预警"}
    )
    assert answer.status_code == 303, words(answer)
    shown = words(town.phone().browser.get(f"/gather/{code}/"))
    assert "已经取消：天气 暴雨蓝色预警" in shown
    assert "不用来了" in shown


def test_above_sees_numbers_beside_nobody(town: Town, march: Any) -> None:
    code = publish(town)
    town.phone("resident").browser.post(f"/gather/{code}/", {"do": "join", "command": "j1"})
    above = town.desk("superior").get(f"/desk/gather/{code}/")
    assert above.status_code == 200
    assert "看姓名" not in words(above)
    assert (
        town.desk("superior").post(f"/desk/gather/{code}/", {"do": "names", "command": "n"}).status_code
        == 200
    )
    assert "某11" not in words(
        town.desk("superior").post(f"/desk/gather/{code}/", {"do": "names", "command": "n2"})
    )
    names = words(town.desk("secretary").post(f"/desk/gather/{code}/", {"do": "names", "command": "n3"}))
    assert "某11" in names
    from baodao.people.models import AccessLog

    assert AccessLog.objects.filter(subject=f"gather:{code}").count() == 1
    for who in ("sibling", "outsider"):
        assert town.desk(who).get(f"/desk/gather/{code}/screen/").status_code in (403, 404)


def test_the_screen_and_a_slow_phone(town: Town, march: Any) -> None:
    code = publish(town)
    move(march, f"{DAY} 08:55")
    screen = town.desk("secretary").get(f"/desk/gather/{code}/screen/").content.decode()
    assert re.search(r'http-equiv="refresh" content="\d+"', screen)
    assert "<script" not in screen[screen.index("<main") :]
    shown = codes.code_at(code, datetime.now().astimezone())
    assert f"{shown[:3]} {shown[3:]}" in screen
    # A visitor scans, must sign in first, and comes back minutes later: her page keeps the moment.
    visitor = town.phone().browser
    for odd in ("²²²²²²", "１２３４５６", "٣٣٣٣٣٣"):
        assert visitor.get(f"/gather/{code}/in/", {"c": odd, "t": odd}).status_code == 302
    door = visitor.get(f"/gather/{code}/in/?c={shown}")
    assert door.status_code == 302
    assert "sign-in" in door["Location"]
    from urllib.parse import parse_qs, urlsplit

    back = parse_qs(urlsplit(door["Location"]).query)["next"][0]
    march.shift(timedelta(minutes=4))
    phone = town.phone("resident").browser
    page = phone.get(back)
    assert "码对了" in words(page)
    ticket = dict(re.findall(r'name="(ticket|command)" value="([^"]*)"', page.content.decode()))
    march.shift(timedelta(minutes=5))
    done = phone.post(f"/gather/{code}/in/", ticket)
    assert done.status_code == 303, words(done)
    assert "已经签到" in words(phone.get(done["Location"]))
    # Somebody else's page, or an old one, opens nothing.
    other = town.phone("neighbour").browser.post(f"/gather/{code}/in/", {**ticket, "command": "o1"})
    assert other.status_code == 409
    assert "换了" in words(other)


def test_paper_later_no_show_and_reply(town: Town, march: Any) -> None:
    code = publish(town)
    phone = town.phone("resident").browser
    phone.post(f"/gather/{code}/", {"do": "join", "command": "j1"})
    move(march, f"{DAY} 12:00")
    desk = town.desk("secretary")
    sheet = desk.get(f"/desk/gather/{code}/sheet/")
    assert "签到表" in words(sheet)
    assert "某11" not in words(sheet)
    assert "某11" in words(desk.post(f"/desk/gather/{code}/sheet/", {}))
    page = desk.post(f"/desk/gather/{code}/", {"do": "names", "command": "n1"})
    seat = Seat.objects.get(slot=code)
    told = desk.post(
        f"/desk/gather/{code}/", {**form_of(page, "attend"), f"s-{seat.n}": "absent", "how": "paper"}
    )
    assert told.status_code == 303, words(told)
    mine = phone.get(f"/gather/{code}/")
    assert "您：未到" in words(mine)
    said = phone.post(
        f"/gather/{code}/", {**form_of(mine, "dispute"), "status": "present", "reply": "我在第二排签的字"}
    )
    assert said.status_code == 303, words(said)
    listed = desk.post(f"/desk/gather/{code}/", {"do": "names", "command": "n2"})
    assert "本人有不同意见 我在第二排签的字" in words(listed)
    mended = desk.post(
        f"/desk/gather/{code}/", {**form_of(listed, "attend"), f"s-{seat.n}": "present", f"m-{seat.n}": "90"}
    )
    assert mended.status_code == 303
    hours = words(phone.get("/me/gatherings/"))
    assert "记了 1 小时 30 分钟" in hours


def test_stand_in_by_code(town: Town, march: Any) -> None:
    code = publish(town, seats="1")
    giver, taker = town.phone("resident").browser, town.phone("neighbour").browser
    giver.post(f"/gather/{code}/", {"do": "join", "command": "j1"})
    given = giver.post(f"/gather/{code}/", {"do": "stand_in", "command": "s1"})
    found = re.search(r'<b class="bd-number">([A-Z0-9]{4}-[A-Z0-9]{4})</b>', given.content.decode())
    assert found
    wrong = taker.post(f"/gather/{code}/", {"do": "take", "code": "AAAA-BBBB", "command": "t1"})
    assert wrong.status_code == 409
    assert (
        taker.post(f"/gather/{code}/", {"do": "take", "code": found[1], "command": "t2"}).status_code == 303
    )
    assert "您：有名额" in words(taker.get(f"/gather/{code}/"))
    assert "您：" not in words(giver.get(f"/gather/{code}/"))


def test_two_change_their_turns(town: Town, march: Any) -> None:
    one = publish(town, seats="1", every="week", until="2026-03-21")
    two = Slot.objects.exclude(code=one).get().code
    giver, taker = town.phone("resident").browser, town.phone("neighbour").browser
    giver.post(f"/gather/{one}/", {"do": "join", "command": "j1"})
    taker.post(f"/gather/{two}/", {"do": "join", "command": "j2"})
    page = giver.get(f"/gather/{one}/")
    assert "3月21日 周六 09:00" in words(page)
    given = giver.post(f"/gather/{one}/", {**form_of(page, "stand_in"), "wants": two})
    found = re.search(r'<b class="bd-number">([A-Z0-9]{4}-[A-Z0-9]{4})</b>', given.content.decode())
    assert found
    form = form_of(taker.get(f"/gather/{one}/"), "take")
    bare = taker.post(f"/gather/{one}/", {**form, "code": found[1], "command": "t1"})
    assert bare.status_code == 409  # she asked for a turn in exchange
    assert taker.post(f"/gather/{one}/", {**form, "code": found[1], "give": two}).status_code == 303
    assert "您：有名额" in words(taker.get(f"/gather/{one}/"))
    assert "您：有名额" in words(giver.get(f"/gather/{two}/"))


def test_the_calendar_is_secret_and_can_be_renewed(town: Town, march: Any) -> None:
    code = publish(town)
    phone = town.phone("resident").browser
    phone.post(f"/gather/{code}/", {"do": "join", "command": "j1"})
    assert phone.post("/me/gatherings/", {"command": "f1"}).status_code == 303
    address = re.search(
        r"<code>[^<]*(/calendar/[a-z0-9]+\.ics)</code>", phone.get("/me/gatherings/").content.decode()
    )
    assert address
    visitor = town.phone().browser
    file = visitor.get(address[1])
    assert file["Content-Type"].startswith("text/calendar")
    text = file.content.decode()
    assert "SUMMARY:清河志愿活动\r\n" in text
    assert "DTSTART:20260314T010000Z" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    phone.post("/me/gatherings/", {"command": "f2"})
    assert visitor.get(address[1]).status_code == 404
    assert visitor.get("/calendar/aaaaaaaaaaaaaaaaaaaa.ics").status_code == 404
    # The organization's own, for those who may.
    desk = town.desk("secretary")
    assert desk.post("/desk/gather/", {"command": "f3"}).status_code == 303
    own = re.search(
        r"<code>[^<]*(/calendar/[a-z0-9]+\.ics)</code>", desk.get("/desk/gather/").content.decode()
    )
    assert own
    assert "清河志愿活动" in visitor.get(own[1]).content.decode()
    assert town.desk("handler").post("/desk/gather/", {"command": "f4"}).status_code == 403


def test_lists_cost_the_same_at_any_length(
    town: Town, march: Any, django_assert_max_num_queries: Any
) -> None:
    publish(town, every="day", until="2026-03-30")
    desk, phone = town.desk("secretary"), town.phone("resident").browser
    desk.get("/desk/gather/")
    for browser, address in (
        (desk, "/desk/gather/?span=month&day=2026-03-14"), (phone, f"/gather/?at={A}"), (phone, "/me/gatherings/"),
    ):  # fmt: skip
        with django_assert_max_num_queries(8):
            assert browser.get(address).status_code == 200


def test_this_week_holds_all_of_it(town: Town, march: Any) -> None:
    desk = town.desk("secretary")
    assert "清河志愿活动" not in words(desk.get("/desk/week/"))
    code = publish(town)
    publish(town, day="2026-03-17", title="下一周的")
    desk.post(f"/gather/{code}/", {"do": "join", "command": "mine"})
    week = words(desk.get("/desk/week/"))
    assert week.count("清河志愿活动") == 2  # the organization's, and her own seat
    assert "我自己报了名的" in week
    assert "下一周的" not in week
    # Nothing due is a good week, and said so.
    assert "本周没有到期的事" in words(town.desk("auditor").get("/desk/week/"))
