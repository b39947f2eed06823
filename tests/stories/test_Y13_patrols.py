"""Y13: 24-hour patrol by point, line and area: a find opens a matter with place and photo; a joint check of one shop by three departments is
one visit with one record, and the shop rates it; a joint drive (犬只整治) has its list, its mends and its end. Nobody's location is asked or kept.

Waits for other rooms: nothing.
"""

import io
import re
from typing import Any

from PIL import Image

from tests.support.faces import drawn_face
from tests.support.ledgers import begin, entries, ledger, under
from tests.support.town import DISTRICT, SINCE, A, at, local, words
from tests.support.whistles import png

CITY = "fl-cgj"


def _third_department(town: Any) -> None:
    """A bureau of its own, with a resident of the cast as its handler and head."""
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs

    made = NewOrg(code=CITY, name="区城管局", level="department", kind="bureau", since=SINCE, parent=DISTRICT)
    create_orgs(system_act(local("01-06 09:00"), "y13-org"), orgs=[made])
    posts = [NewPost("p-city", CITY, "office_head", town.uids["neighbour"], SINCE)]
    begin_posts(system_act(local("01-06 09:00"), "y13-posts"), posts=posts)


def send(browser: Any, where: str, /, expect: int = 303, **typed: Any) -> str:
    first = browser.get(where)
    assert first.status_code == 200, words(first)
    found = re.findall(r'name="command" value="([^"]+)"', first.content.decode())
    answer = browser.post(where, {"command": found[0] + "x", **typed})
    assert answer.status_code == expect, words(answer)
    return words(browser.get(answer["Location"])) if expect == 303 else words(answer)


def picture() -> Any:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(out, "JPEG")
    out.seek(0)
    out.name = "place.jpg"
    return out


def a_face_is_refused_and_nothing_of_it_is_kept(desk: Any, address: str, **typed: str) -> None:
    """Although the tick says that it shows the place only; what was typed stays, and it is sent without the picture or with another."""
    from baodao.kernel.models import Evidence

    before = Evidence.objects.count()
    held = {"do": "find", "point": "1", "kind": "road", "text": "泵站门口井盖翘起", "of_place": "yes"} | typed
    face = io.BytesIO(drawn_face())
    face.name = "face.jpg"
    read = send(desk, address, 422, **held, photo=[picture(), face])
    assert "看到人脸，请只拍地方" in read and "不放照片，照样能报" in read and held["text"] in read
    assert Evidence.objects.count() == before


def test_a_night_round_finds_a_thing_and_the_thing_is_a_matter(town: Any) -> None:
    with at("11-23 09:00"):
        typed = {
            "title": "江边夜巡", "form": "line", "rounds": "22:00-06:00 10:00-12:00", "points": "泵站 | 甲第一网格\n旧仓库后门",
        }  # fmt: skip
        planned = send(town.desk("secretary"), "/desk/patrols/", **typed)
        assert "2 个点" in planned and "22:00-06:00 0/2" in planned
        codes = town.desk("secretary").get("/desk/patrol-codes/r-000001/").content.decode()
        assert codes.count("<svg") >= 2 and "泵站" in codes
        assert town.desk("sibling").get("/desk/patrols/r-000001/").status_code == 404
        assert "不像" not in send(
            town.desk("secretary"), "/desk/patrols/", 422, **{**typed, "rounds": "夜里"}
        )
    with at("11-23 23:00"):
        desk = town.desk("secretary")
        walk = send(desk, "/desk/patrols/r-000001/", do="start")
        assert "还有 2 个点" in walk
        page = desk.get("/desk/patrols/r-000001/").content.decode()
        assert "在走" in page
        from baodao.gather.patrols.models import Passing, RoutePoint

        # She scans what hangs at the pump, and presses the button that it opens.
        mark = RoutePoint.objects.get(n=1).mark
        assert "还有 1 个点" in send(desk, f"/desk/patrol-point/{mark}/")
        slot = Passing.objects.get().slot
        address = f"/desk/walks/{slot}/"
        body = desk.get(address).content.decode()
        assert not re.search(r"geolocation|name=\"(lon|lat)\"|capture=", body)
        refused = send(
            desk, address, 422, do="find", point="1", kind="road", text="泵站门口井盖翘起", photo=picture()
        )
        assert "换一张只拍地方的" in refused and "泵站门口井盖翘起" in refused
        a_face_is_refused_and_nothing_of_it_is_kept(desk, address)
        told = send(
            desk,
            address,
            do="find",
            point="1",
            kind="road",
            text="泵站门口井盖翘起",
            photo=picture(),
            of_place="yes",
        )
        number = re.findall(r"FL-2026-\d{6}", told)[0]
        matter = town.matter("secretary", number)
        assert "泵站门口井盖翘起" in matter and "甲第一网格" in matter
        assert re.search(rf'<img src="[^"]*{number}', desk.get(f"/desk/matters/{number}/").content.decode())
        send(desk, address, do="pass", point="2")
        assert "这一轮走完了" in send(desk, address, do="finish")
    with at("11-24 08:00"):
        # The night counts to the day on which it began; the superior sees coverage, not who walked.
        above = words(town.desk("superior").get("/desk/patrols/r-000001/"))
        assert "走完了" in above and "2/2" in above and "某0" not in above
        assert town.desk("superior").get(address).status_code == 404


def test_one_shop_one_visit_one_record_and_the_shop_rates_it(town: Any) -> None:
    _third_department(town)
    with at("11-23 08:00"):
        typed = {"title": "江边火锅店", "address": "滨江路 8 号", "starts": "2026-11-23T10:00", "hours": "2"}
        made = send(town.desk("secretary"), "/desk/checks/", **typed, **{"with": "区住建委"})
        assert "甲社区" in made and "区住建委" in made and "区城管局" not in made
        # The other department meant to go alone: it is told, and comes along.
        told = town.desk("handler").post(
            "/desk/checks/", {"command": "h-1", **typed, "starts": "2026-11-23T15:00"}
        )
        assert told.status_code == 409 and "加入那一次" in words(told)
        slot = re.findall(r"/desk/checks/([\w.-]+)/", told.content.decode())[0]
        joined = town.desk("handler").post(f"/desk/checks/{slot}/", {"command": "h-2", "do": "join"})
        assert joined.status_code == 303
        # The third writes the name otherwise; the address is the same, and so is the visit.
        third = town.desk("neighbour").post(
            "/desk/checks/", {"command": "t-1", **typed, "title": "火锅店（江边）"}
        )
        assert third.status_code == 409 and f"/desk/checks/{slot}/" in third.content.decode()
        assert town.desk("neighbour").get(f"/desk/checks/{slot}/").status_code == 404
        joined = town.desk("neighbour").post(f"/desk/checks/{slot}/", {"command": "t-2", "do": "join"})
        assert joined.status_code == 303
        assert town.desk("sibling").get(f"/desk/checks/{slot}/").status_code == 404
    with at("11-23 11:00"):
        address = f"/desk/checks/{slot}/"
        from tests.support.town import OFFICE, A

        facing = {
            "do": "record",
            "minutes": "后厨整洁",
            "kind": "property",
            "text": "消防门前的桌椅三天内搬走",
        }
        a_face_is_refused_and_nothing_of_it_is_kept(town.desk("handler"), address, **facing)
        # Each of the three may have a find of its own in the one record; a fault stands at the find that it is about.
        whole = {
            "do": "record", "came": [A, OFFICE, CITY], "minutes": "后厨整洁；消防门前堆了桌椅，当场说了",
            "kind": "property", "text": "消防门前的桌椅三天内搬走", "text-2": "门口占道的摊子收进店里",
        }  # fmt: skip
        short = send(town.desk("handler"), address, 422, **whole, **{"kind-2": "road", "text-3": "灯"})
        assert "请写 2 到 2000 个字" in short and "门口占道的摊子收进店里" in short
        record = send(town.desk("handler"), address, **whole, **{"kind-2": "road"})
        assert "到场：甲社区、区城管局、区住建委" in record
        numbers = re.findall(r"FL-2026-\d{6}", record)
        assert len(set(numbers)) == 2
        assert "门口占道的摊子收进店里" in town.matter("secretary", numbers[1])
        # One visit, one record, for all three and for those above, who supervise it; nobody records it again.
        for who in ("secretary", "neighbour", "superior", "supervisor"):
            assert "到场：甲社区、区城管局、区住建委" in words(town.desk(who).get(address)), who
        again = town.desk("neighbour").post(address, {"command": "t-3", **whole, "kind-2": "road"})
        assert again.status_code == 409 and "一次上门只记一次" in words(again)
        assert "江边火锅店" in words(town.desk("supervisor").get("/desk/checks/"))
        code = re.findall(r"[2-9A-Z]{5}-[2-9A-Z]{5}", record)[0]
        again = town.desk("secretary").get(address)
        assert "记录（一次上门只记一次）" not in words(again) and "后厨整洁" in words(again)
    with at("11-23 20:00"):
        shop = town.phone().browser
        wrong = send(shop, "/rate-visit/", 404, code="AAAAA-AAAAA", stars="4")
        assert "核对纸上的码" in wrong
        answer = shop.post("/rate-visit/", {"command": "r-1", "code": code, "stars": "4"})
        assert "收到了" in words(answer)
        assert "已经用过" in words(shop.post("/rate-visit/", {"command": "r-2", "code": code, "stars": "1"}))
        seen = words(town.desk("handler").get(address))
        assert "已经评价" in seen and code not in seen


def test_a_bureau_patrols_an_area_round_the_clock(town: Any) -> None:
    from baodao.kernel.act import system_act
    from baodao.places.services import NewGrid, draw_grids
    from tests.support.town import B, square

    _third_department(town)
    drawn = [NewGrid(code=f"{A}-02", org=A, name="甲第二网格", polygon=square(3, 1, 1), since=SINCE)]
    draw_grids(system_act(local("01-06 09:00"), "y13-grid"), grids=drawn)
    plan = {
        "title": "滨江片区", "form": "area", "area": "画街道", "points": "不会用到的点",
        "rounds": "06:00-14:00 14:00-22:00 22:00-06:00",
    }  # fmt: skip
    with at("11-23 09:00"):
        desk = town.desk("neighbour")
        # A bureau has no grids of its own: it says whose; an area of another street without any is refused.
        assert "这一片还没有画网格" in send(desk, "/desk/patrols/", 422, **plan | {"area": ""})
        assert "这一片还没有画网格" in send(desk, "/desk/patrols/", 422, **plan | {"area": "远街道"})
        planned = send(desk, "/desk/patrols/", **plan)
        assert "分片 · 3 个点" in planned and "甲第一网格" in planned and "甲第二网格" in planned
        assert "乙第一网格" in planned and "不会用到的点" not in planned and B
        assert planned.count("0/3") == 3
    with at("11-23 23:00"):
        desk = town.desk("neighbour")
        assert "还有 3 个点" in send(desk, "/desk/patrols/r-000001/", do="start")
        from baodao.gather.models import Slot

        address = f"/desk/walks/{Slot.objects.get(form='patrol').code}/"
        send(desk, address, do="pass", point="2")
        typed = {"kind": "road", "text": "台阶护栏松了", "of_place": "yes", "photo": picture()}
        told = send(desk, address, do="find", point="2", **typed)
        number = re.findall(r"FL-2026-\d{6}", told)[0]
        # It lies in the grid that was walked, and is its community's matter, with the picture of the place.
        matter = town.matter("secretary", number)
        assert "台阶护栏松了" in matter and "甲第二网格" in matter and "甲社区" in matter
        assert re.search(
            rf'<img src="[^"]*{number}',
            town.desk("secretary").get(f"/desk/matters/{number}/").content.decode(),
        )
        assert "台阶护栏松了" in town.matter("neighbour", number)  # whoever found it follows it
        send(desk, address, do="finish")
    with at("11-24 08:00"):
        above = words(town.desk("supervisor").get("/desk/patrols/r-000001/"))
        assert "22:00-06:00 0/3" in above and "1/3 1 走完了" in above


def test_a_drive_has_its_list_its_mends_and_its_end(town: Any) -> None:
    """What several departments do about one thing for some weeks: places on a list, each mended, looked at again, and a report at the end."""
    under("yuzhong")
    with at("11-23 09:00"):
        drive = begin(
            town,
            "superior",
            "campaign",
            kind="dogs",
            title="江边犬只整治",
            text="滨江路沿线，城管、公安、社区一起。",
        )
        town.do("superior", drive, "plan", plan="先立牌、后巡查。", until="2027-01-31")
        assert "犬只整治" in town.matter("superior", drive)
        for title, org in (("三号梯坎犬只伤人", A), ("滨江公园没有粪便箱", "fl-zjw")):
            begin(
                town, "superior", "problem", about=drive, kind="dog", title=title, text="巡查发现。", org=org
            )
        assert "共 2 件，已结束 0 件" in ledger(town, "superior", drive)
        # It does not end while something is open.
        assert "还有 2 件没有结束" in town.do("superior", drive, "close", expect=409, text="都好了。")
        for number, who in zip(entries(town, "superior", drive), ("secretary", "handler"), strict=True):
            town.do(who, number, "report_in")
            town.do(who, number, "answer", claim="mended", result="立了牌，装了箱。", photo=png())
            town.do("superior", number, "pass", how="site")
        read = ledger(town, "superior", drive)
        assert "共 2 件，已结束 2 件" in read and "犬只伤人、扰民的地方" in read
        assert "收官报告" in town.do("superior", drive, "close", text="两处都改好了，转入日常巡查。")
        assert town.opens("sibling", drive) == 404
