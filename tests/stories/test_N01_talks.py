"""N01: talks in yards and over loudspeakers: told of in one step, each playing one tap, series of neighbours' own stories; residents are heads and
no address asks who listened.

Waits for another room: sending the message itself, and notices about anything but talks (bulletin); here its text stands to be pasted and
whoever sent it says so.
"""

import re
from typing import Any

from tests.stories.test_D08_courses import ORDERED, fill, lecturers, offer, order, tell
from tests.stories.test_D10_training import workers
from tests.support.town import A, at, words


def test_no_address_asks_who_listened(town: Any) -> None:
    """Residents are heads: the kinds of the shipped packs that are about law, theory and the like keep no list, no page of courses has
    a field for a name, and no quota is anywhere."""
    from baodao.gather.courses.declare import lists_of
    from baodao.kernel.declare import get_pack
    from baodao.orgs.selectors import today

    with at("11-23 09:00"):
        lists = lists_of(A, today())
        counted = {code for code, one in lists.subjects.items() if one.counted}
        assert {"theory", "law"} <= counted
        for code in counted:
            for form in lists.forms:
                assert lists.fits(code, form) == (lists.kinds[lists.forms[form].gathering].people == "count")
        page = offer(town)
        for address in ("/desk/courses/", page, ORDERED):
            body = town.desk("secretary").get(address).content.decode()
            assert not re.findall(r'name="(?:name|phone|household|quota|target)"', body)
    assert get_pack("fuling")


def test_one_step_tells_everybody_and_each_playing_is_one_tap(town: Any) -> None:
    """A yard talk is announced once by web, message, board and loudspeaker; who plays it, sends it, puts it up says so by one tap; the talk's
    record and the district's list tell how often. A wrong tap is taken back. The neighbours' loudspeakers are their own."""
    lecturers(town, "resident")
    workers(town, neighbour="grid_worker")
    with at("11-23 09:00"):
        page = offer(
            town, title="身边人讲身边事：守渡口", subject="stories", forms=["yard", "broadcast"], sessions="3"
        )
        tell(town, "resident", "stories")
        number = order(town, page)
        there, loud = f"{ORDERED}{number}/", "/desk/courses/loudspeaker/"
        town.do("resident", number, "report_in")
        packed = {"do": "pack", "form": "yard", "sessions": "1", "minutes": "60", "where": "三号院坝"}
        fill(town.desk("secretary"), there, **packed, at="2026-11-27T19:00")
        channels = ["web", "message", "board", "loudspeaker"]
        read = fill(town.desk("secretary"), f"{there}tell/", channels=channels)
        assert (
            "播了 0 次，打算 2 次" in read
            and "发了 0 次，打算 1 次" in read
            and "贴了 0 次，打算 1 次" in read
        )
        assert "守渡口" in words(town.phone().browser.get("/courses/"))
        # The web went out by itself: there is nothing to tap.
        tapped = {"do": "relay", "number": number}
        assert "它不用动手" in fill(town.desk("secretary"), loud, 409, **tapped, channel="web")
    with at("11-23 18:00"):
        # The grid worker plays it, by her own act.
        assert "各位邻居：身边人讲身边事：守渡口" in words(town.desk("neighbour").get(loud))
        assert "播了 1 次，打算 2 次 11月23日 周一 18:00" in fill(
            town.desk("neighbour"), loud, **tapped, channel="loudspeaker"
        )
        assert "播了 1 次" in fill(
            town.desk("neighbour"), loud, **tapped, channel="loudspeaker"
        )  # the same minute
    with at("11-24 07:30"):
        assert "播了 2 次，打算 2 次" in fill(town.desk("secretary"), loud, **tapped, channel="loudspeaker")
        # Only who tapped takes it back.
        assert "只有刚记的人" in fill(
            town.desk("neighbour"), loud, 409, do="unrelay", number=number, channel="loudspeaker"
        )
        assert "播了 1 次" in fill(
            town.desk("secretary"), loud, do="unrelay", number=number, channel="loudspeaker"
        )
    with at("11-24 18:00"):
        fill(town.desk("secretary"), loud, **tapped, channel="loudspeaker")
        fill(town.desk("secretary"), f"{there}tell/", **tapped, channel="message")
        # Nobody else's: another community's secretary, the lecturer, the street above, somebody outside.
        for who in ("sibling", "resident", "superior", "outsider"):
            answer = town.desk(who).post(loud, {"command": f"x-{who}", **tapped, "channel": "loudspeaker"})
            assert answer.status_code in (403, 404), who
            assert "守渡口" not in words(town.desk(who).get(loud)), who
    with at("11-27 21:00"):
        fill(town.desk("secretary"), there, do="record", slot=slot_of(town, there)[0], heads="46")
        town.work()
        read = words(town.desk("secretary").get(there))
        assert (
            "播了 2 次，打算 2 次" in read
            and "发了 1 次，打算 1 次" in read
            and "贴了 0 次" in read
            and "46" in read
        )
        # How much was given where: the street reads it for those below, never who heard it.
        given = words(town.desk("clerk").get("/desk/courses/given/?month=2026-11"))
        assert "讲了 1 单 1 场，来了 46 人次" in given and "甲社区 1 1 46 1 次 0 次 2 次" in given
        assert "乙社区" not in given and "不排名次" in given
        assert "没有讲过" in words(town.desk("clerk").get("/desk/courses/given/?month=2026-10")).replace(
            "还没有", "没有"
        )
        assert town.desk("clerk").get("/desk/courses/given/?as=xlsx").content[:2] == b"PK"


def slot_of(town: Any, there: str) -> list[str]:
    """The gatherings of an order that its community may record."""
    return sorted(
        set(re.findall(r'name="slot" value="(g-\d+)"', town.desk("secretary").get(there).content.decode()))
    )


def test_a_series_of_neighbours_own_stories_over_the_loudspeaker(town: Any) -> None:
    """Three evenings in a row, each given over the air: told of by one tap, without heads, and the series ends by itself."""
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild

    lecturers(town, "resident")
    loud = "/desk/courses/loudspeaker/"
    with at("11-23 09:00"):
        page = offer(
            town, title="渡口三代人", subject="stories", forms=["broadcast"], sessions="3", since="2026-11-20"
        )
        tell(town, "resident", "stories")
        number = order(town, page, form="broadcast")
        there = f"{ORDERED}{number}/"
        town.do("resident", number, "report_in")
        packed = {"do": "pack", "form": "broadcast", "sessions": "3", "every": "1", "minutes": "20"}
        fill(town.desk("secretary"), there, **packed, at="2026-11-23T19:00")
        fill(town.desk("secretary"), f"{there}tell/", channels=["loudspeaker"])
        read = words(town.desk("secretary").get(loud))
        assert (
            read.count("渡口三代人") == 5 and "放完了" not in read
        )  # three pieces to come, and the words that announce them
        fill(town.desk("secretary"), loud, do="relay", number=number, channel="loudspeaker")
    for day in (23, 24, 25):
        with at(f"11-{day} 19:30"):
            codes = slot_of(town, loud)
            assert len(codes) == 1
            fill(town.desk("secretary"), loud, do="given", number=number, slot=codes[0])
            town.work()
    with at("11-26 09:00"):
        assert "已结束" in words(town.desk("secretary").get(ORDERED))
        assert "点了 1 单，讲了 1 单，来了 0 人次" in words(town.desk("secretary").get(page))

        def tables() -> list[str]:
            return [line for line in dump(with_caches=True) if '"table": "gather_' in line]

        before = tables()
        assert any('"table": "gather_relay"' in line for line in before)
        rebuild()
        assert tables() == before and [line for line in examine() if "relay" in line] == []
