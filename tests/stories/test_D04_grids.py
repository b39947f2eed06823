"""D04: grids cover the ground without overlap and without gaps. The administrator imports polygons; what overlaps, is left free or
leaves the border is listed with size and place on a map and nothing is written; a point finds its grid; a grid shows who answers,
posts, buildings and open matters; an import is taken back.

Waits for other rooms: visits and patrols of the grid (Visits), the duty roster of its people (Dues)."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.town import GRID_A, SOUTH, STREET, WEST, A, B, at, words


def ring(x: float, y: float, wide: float, high: float) -> list[list[float]]:
    """Hundredths of a degree from the border's corner."""
    west, south, east, north = (
        WEST + x / 100,
        SOUTH + y / 100,
        WEST + (x + wide) / 100,
        SOUTH + (y + high) / 100,
    )
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def area(code: str, ground: list[list[float]], home: str = "甲社区", name: str = "") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"网格编号": code, "名称": name or f"{code}格", "社区": home},
        "geometry": {"type": "Polygon", "coordinates": [ground]},
    }


def file_of(*features: Any) -> SimpleUploadedFile:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return SimpleUploadedFile("网格.geojson", text.encode(), "application/geo+json")


def upload(desk: Any, file: Any, expect: int = 303, **typed: str) -> Any:
    body = {"org": STREET, "since": "2026-11-24", "datum": "wgs84", **typed, "file": file}
    answer = desk.post("/desk/grids-import/", body)
    assert answer.status_code == expect, words(answer)
    return answer


def look(desk: Any, file: Any, **typed: str) -> tuple[str, str]:
    """(address, page) of the check after an upload."""
    where = upload(desk, file, **typed)["Location"]
    page = desk.get(where)
    assert page.status_code == 200
    return where, page.content.decode()


def confirm(desk: Any, where: str, expect: int = 303) -> Any:
    """Press the page's own button."""
    from urllib.parse import parse_qsl, urlsplit

    page = desk.get(where).content.decode()
    command = page.split('name="command" value="')[1].split('"')[0]
    answer = desk.post(urlsplit(where).path, {**dict(parse_qsl(urlsplit(where).query)), "command": command})
    assert answer.status_code == expect, words(answer)
    return answer


GOOD = (
    area("jia-1", ring(3, 1, 1, 2)),
    area("jia-2", ring(4, 1, 1, 2)),
    area("yi-1", ring(5, 1, 1, 2), "乙社区居委会"),
)


def test_what_does_not_fit_is_listed_pair_by_pair_with_size_and_place_and_nothing_is_written(
    town: Any,
) -> None:
    with at("11-23 09:00"):
        desk = town.desk("administrator")
        bad = file_of(
            area("jia-1", ring(2.9, 1, 1, 2)),  # over the grid that is there, by a tenth
            area("jia-2", ring(3.9, 1, 1, 2)),
            area("jia-3", ring(3.8, 2.5, 0.3, 0.3)),  # over both new ones
            area("yi-1", ring(4.905, 1, 1, 2), B),  # five metres beside jia-2
            area("yi-2", ring(9.5, 9.5, 1, 0.4), B),  # half of it beyond the border
        )
        where, page = look(desk, bad)
        read = words(page)
        assert "有 5 处不合，一个网格也没有导入" in read
        assert f"1 重叠 {GRID_A} · jia-1" in read
        assert "重叠 jia-1 · jia-3" in read
        assert "重叠 jia-2 · jia-3" in read
        assert "空着" in read
        assert "在区界之外 yi-2" in read
        # The place is on the map, and a click on the number goes there.
        assert page.count("<circle") == 5
        assert 'fill="#b3261e"' in page
        near = desk.get(where + "&see=1").content.decode()
        assert near.count("<circle") == 1
        assert "107.329" in words(near)
        sheet = desk.get(f"{where.partition('?')[0]}findings.xlsx?{where.partition('?')[2]}")
        assert sheet.content[:2] == b"PK"
        assert "导入这" not in read
        pressed = desk.post(where.partition("?")[0], {"org": STREET, "since": "2026-11-24", "command": "x"})
        assert pressed.status_code == 409
        assert desk.get("/desk/grids/jia-1/").status_code == 404


def test_an_import_is_all_or_none_seen_at_once_and_taken_back(town: Any) -> None:
    with at("11-23 09:00"):
        desk, point = town.desk("administrator"), {"lon": WEST + 0.035, "lat": SOUTH + 0.02}
        api = town.office("administrator").browser
        assert api.get("/api/v1/places/at/", point).status_code == 404
        where, page = look(desk, file_of(*GOOD), since="2026-11-01")
        assert "都合得上" in words(page)
        done = confirm(desk, where)
        assert api.get("/api/v1/places/at/", point).json()["grid"] == "jia-1"
        listed = desk.get(done["Location"]).content.decode()
        assert "导入好了" in words(listed)
        assert "jia-2" in listed
        # The same again is refused: the codes are taken.
        _where, again = look(desk, file_of(*GOOD), since="2026-11-01")
        assert "代码 jia-1 已经有了" in words(again)
        batch = done["Location"].partition("batch=")[2]
        assert desk.post("/desk/grids-takeback/", {"batch": batch}).status_code == 303
        assert api.get("/api/v1/places/at/", point).status_code == 404
        # Drawn anew in place of what is there, from a day on.
        anew = file_of(area("jia-n", ring(1, 1, 1, 2)), area("jia-o", ring(2, 1, 1, 2)))
        where, page = look(desk, anew, replace="yes")
        assert "代替现有的 1 个" in words(page)
        confirm(desk, where)
        assert (
            api.get("/api/v1/places/at/", {"lon": WEST + 0.015, "lat": SOUTH + 0.02}).json()["grid"] == GRID_A
        )
    with at("11-24 09:00"):
        assert (
            api.get("/api/v1/places/at/", {"lon": WEST + 0.015, "lat": SOUTH + 0.02}).json()["grid"]
            == "jia-n"
        )


def test_faults_of_a_file_are_told_where_they_are(town: Any) -> None:
    with at("11-23 09:00"):
        desk = town.desk("administrator")
        bow = [[107.33, 29.61], [107.34, 29.62], [107.34, 29.61], [107.33, 29.62], [107.33, 29.61]]
        swapped = [[lat, lon] for lon, lat in ring(3, 1, 1, 2)]
        for file, told in (
            (file_of(area("a1", bow)), "features[0].geometry 边界不成立：边自己相交，在经度"),
            (file_of(area("a1", swapped)), "经度在前"),
            (file_of(area("", ring(3, 1, 1, 2))), "features[0].properties.code 没有网格代码"),
            (file_of(area("a1", ring(3, 1, 1, 2), "没有的社区")), "features[0].properties.org"),
            (SimpleUploadedFile("x.json", b"["), "不是 GeoJSON"),
            (SimpleUploadedFile("x.json", b"[" * 200_000), "不是 GeoJSON"),
            (SimpleUploadedFile("x.zip", b"PK\x03\x04 shape"), "另存为 GeoJSON"),
        ):
            _where, page = look(desk, file)
            assert told in words(page), told
        # A file in the maps' own datum lies half a kilometre off: the page says which one it may be.
        from baodao.kernel.geometry import convert

        shifted = [list(convert(lon, lat, "wgs84", "gcj02")) for lon, lat in ring(9, 9, 1, 1)]
        _where, page = look(desk, file_of(area("a1", shifted)))
        assert "坐标像是 GCJ-02" in words(page)
        _where, page = look(desk, file_of(area("a1", shifted)), datum="gcj02")
        assert "都合得上" in words(page)
        assert "文件超过" in words(upload(desk, SimpleUploadedFile("x.json", b" " * (9 << 20)), expect=422))


def test_a_grid_is_drawn_by_hand_and_shows_who_answers_and_what_is_open(town: Any) -> None:
    with at("11-23 09:00"):
        desk = town.desk("administrator")
        points = "\n".join(f"{lon:.6f}, {lat:.6f}" for lon, lat in ring(2.5, 1, 1, 2)[:4])
        form = desk.get("/desk/grids-draw/", {"org": A}).content.decode()
        command = form.split('name="command" value="')[1].split('"')[0]
        typed = {"org": A, "code": f"{A}-02", "name": "甲第二网格", "polygon": points, "since": "2026-11-01"}
        read = words(desk.post("/desk/grids-draw/", {**typed, "do": "send", "command": command}))
        assert "与网格 500102001001-01 重叠" in read
        points = "\n".join(f"{lon:.6f}, {lat:.6f}" for lon, lat in ring(3, 1, 1, 2)[:4])
        checked = words(
            desk.post("/desk/grids-draw/", {**typed, "polygon": points, "do": "check", "command": "c1"})
        )
        assert "划定，居民的地图上马上看得到" in checked
        done = desk.post("/desk/grids-draw/", {**typed, "polygon": points, "do": "send", "command": "c2"})
        assert done["Location"] == f"/desk/grids/{A}-02/"
        number = town.phone().report(place=f"{A}-02", text="楼道灯不亮", kind="housing")
        page = words(town.desk("secretary").get(f"/desk/grids/{A}-02/"))
        way = page[page.index("一级一级谁负责") :]
        assert way.index("涪陵区") < way.index("画街道") < way.index("甲社区")
        assert "社区（村）书记" in page
        assert number in page
        # Another community's secretary sees the grid and whose it is, not what is open there.
        other = words(town.desk("sibling").get(f"/desk/grids/{A}-02/"))
        assert number not in other
        assert "没有您能看的、没办完的事" in other
        # Who may not draw finds neither the pages nor the buttons.
        for who in ("secretary", "superior", "handler", "clerk"):
            browser = town.desk(who)
            assert "导入" not in words(browser.get("/desk/grids/").content.decode().partition("<main")[2])
            for path in ("/desk/grids-import/", "/desk/grids-draw/", f"/desk/grids/{A}-01/change/"):
                assert browser.get(path).status_code == 403, (who, path)
            assert browser.post("/desk/grids-takeback/", {"batch": "grids-1"}).status_code == 403
        assert town.phone().browser.get(f"/desk/grids/{A}-02/").status_code == 302
