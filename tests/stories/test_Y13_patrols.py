"""Y13: 24-hour patrol by point and line: a find opens a matter with place and photo; a joint check of one shop by several departments is one
visit with one record, and the shop rates it. Nobody's location is asked or kept.

A drive (专项整治) with its list, mends and end is a declared procedure with a ledger: N08's story walks it.
"""

import io
import re
from typing import Any

from PIL import Image

from tests.support.faces import drawn_face
from tests.support.town import at, words


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
    with at("11-23 08:00"):
        typed = {"title": "江边火锅店", "address": "滨江路 8 号", "starts": "2026-11-23T10:00", "hours": "2"}
        made = send(town.desk("secretary"), "/desk/checks/", **typed, **{"with": "区住建委"})
        assert "甲社区" in made and "区住建委" in made
        # The other department meant to go alone: it is told, and comes along.
        told = town.desk("handler").post(
            "/desk/checks/", {"command": "h-1", **typed, "starts": "2026-11-23T15:00"}
        )
        assert told.status_code == 409 and "加入那一次" in words(told)
        slot = re.findall(r"/desk/checks/([\w.-]+)/", told.content.decode())[0]
        joined = town.desk("handler").post(f"/desk/checks/{slot}/", {"command": "h-2", "do": "join"})
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
        record = send(
            town.desk("handler"), address, do="record", came=[A, OFFICE], minutes="后厨整洁；消防门前堆了桌椅，当场说了",
            kind="property", text="消防门前的桌椅三天内搬走",
        )  # fmt: skip
        assert "到场：甲社区、区住建委" in record and re.search(r"FL-2026-\d{6}", record)
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
