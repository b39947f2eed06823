"""D18: the culture hall puts a hundred free classes on the menu by a sheet; a community orders one of several sessions, tells its
residents by what it has in one step; seats are kept by signing up, who comes is counted and never listed; the community rates it.

N01's "a notice goes out by web, message and loudspeaker queue in one step" is walked here and in N01's own file. Waits for other
rooms: sending the message itself (bulletin): the text is there to be pasted.
"""

import io
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from baodao.kernel.tables.write import write_xlsx
from tests.stories.test_D08_courses import ORDERED, fill, lecturers, order, tell
from tests.support.town import OFFICE, STREET, at, words

CLASSES = 120


def hall(town: Any) -> None:
    """A hundred and twenty classes come in by one sheet, as the street's clerk uploads it for the hall."""
    from baodao.kernel.act import system_act
    from baodao.kernel.tables.template import columns_of, template_of

    columns = columns_of(template_of("offers"), system_act(town_now(), "columns"))
    rows = [_row([column.field for column in columns], n) for n in range(CLASSES)]
    out = io.BytesIO()
    write_xlsx(out, "课程菜单", [column.title for column in columns], rows)
    desk = town.desk("clerk")
    file = SimpleUploadedFile("classes.xlsx", out.getvalue())
    there = desk.post("/desk/bring/offers/", {"command": "up-classes", "file": file})["Location"]
    answer = desk.post(there, {"command": "load-classes", "do": "load", "good": "yes"})
    assert answer.status_code == 303, words(answer)
    town.work()
    assert f"{CLASSES}" in words(desk.get(answer["Location"]))


def town_now() -> Any:
    from tests.support.town import local

    return local("11-20 09:00")


def _row(names: list[str], n: int) -> list[Any]:
    cells = {
        "org": STREET, "title": f"公益课{n:03}：水墨和剪纸", "subject": "文艺", "minutes": 60, "sessions": 4,
        "forms": "公益课堂，一期几课", "about": "不收费，材料自带。", "since": "2026-11-20",
    }  # fmt: skip
    return [cells.get(name) for name in names]


def test_a_class_of_several_sessions_from_the_menu_to_its_rating(town: Any) -> None:
    lecturers(town, "neighbour")
    with at("11-20 09:00"):
        hall(town)
        tell(town, "neighbour", "arts")
        menu = words(town.phone().browser.get("/courses/?q=公益课11"))
        assert "公益课119：水墨和剪纸" in menu and "公益课001" not in menu
        first = town.desk("secretary").get("/desk/courses/?q=公益课007").content.decode()
        page = re.findall(r'href="(/desk/courses/offers/of-\d+/)"', first)[0]
        number = order(town, page, form="class", heads="25", wish="2026-11-24")
        there = f"{ORDERED}{number}/"
        town.do("neighbour", number, "report_in")
        typed = {"do": "pack", "form": "class", "minutes": "60", "every": "7", "where": "文化馆二楼"}
        read = fill(town.desk("secretary"), there, **typed, sessions="4", at="2026-11-24T19:00")
        assert read.count("文化馆二楼") == 4
    with at("11-21 09:00"):
        # One step tells everybody by everything; the portal has it at once, the loudspeaker's list has the text to be read.
        assert "近期要讲的" not in words(town.phone().browser.get("/courses/"))
        told = f"{there}tell/"
        channels = re.findall(
            r'name="channels" value="(\w+)"', town.desk("secretary").get(told).content.decode()
        )
        assert channels == ["web", "message", "board", "loudspeaker"]
        assert "请勾用什么通知" in fill(town.desk("secretary"), told, 422)
        read = fill(town.desk("secretary"), told, channels=channels)
        assert "已经通知：公告栏、小喇叭、短信、居民群、门户网页" in read
        stranger = words(town.phone().browser.get("/courses/"))
        assert (
            "近期要讲的" in stranger
            and "公益课007" in stranger
            and "11月24日 周二 19:00 文化馆二楼" in stranger
        )
        loud = words(town.desk("secretary").get("/desk/courses/loudspeaker/"))
        assert "各位邻居：公益课007：水墨和剪纸" in loud and "不记名字" in loud
        assert "公益课007" not in words(town.desk("sibling").get("/desk/courses/loudspeaker/"))
        for who in ("sibling", "neighbour", "outsider"):
            assert town.desk(who).get(told).status_code == 404, who
        # A resident keeps a seat; giving it up asks nothing.
        phone = town.phone("resident").browser
        slot = re.findall(r'name="slot" value="(g-\d+)"', town.desk("secretary").get(there).content.decode())[
            0
        ]
        fill(phone, f"/gather/{slot}/", do="join")
        fill(phone, f"/gather/{slot}/", do="leave")
        fill(phone, f"/gather/{slot}/", do="join")
    slots = sorted(set(re.findall(r'name="slot" value="(g-\d+)"', _page(town, there))))
    for number_, (day, heads) in enumerate((("11-24", 21), ("12-01", 24), ("12-08", 19), ("12-15", 26))):
        with at(f"{day} 21:00"):
            fill(town.desk("secretary"), there, do="record", slot=slots[number_], heads=str(heads))
    with at("12-15 21:10"):
        assert "讲完以后评价一次" in fill(town.desk("secretary"), there, 409, do="rate", stars="5")
        town.work()
        assert "已结束" in words(town.desk("secretary").get(there))
        assert "点了 1 单，讲了 1 单，来了 90 人次" in words(town.desk("secretary").get(page))
        # The event is rated by who ordered it, once; not by who gave it.
        assert 'value="rate"' not in town.desk("neighbour").get(there).content.decode()
        fill(town.desk("neighbour"), there, 403, do="rate", stars="5")
        assert "一到五颗星" in fill(town.desk("secretary"), there, 422, do="rate", stars="9")
        assert "评了 4 星" in fill(town.desk("secretary"), there, do="rate", stars="4")
        assert "讲完以后评价一次" in fill(town.desk("secretary"), there, 409, do="rate", stars="1")
        # Of one rating an offer tells no stars, and of one lecturer nothing ever.
        assert "评价了 1 次，满十次才显示" in words(town.desk("sibling").get(page))
        _nobody_is_listed()
        # How soon it was heard, with its rows; the same as a workbook.
        pace = words(town.desk("superior").get("/desk/courses/pace/?after=of-000007"))
        assert (
            "中间那个是 4 天 讲过 1 个，共 120 个" in pace
            and "公益课007：水墨和剪纸 文艺 画街道 2026年11月20日 4 天以后 1" in pace
        )
        sheet = town.desk("superior").get("/desk/courses/pace.xlsx")
        assert sheet.status_code == 200 and sheet["Content-Disposition"].endswith('topics.xlsx"')


def _page(town: Any, there: str) -> str:
    with at("11-24 20:00"):
        return str(town.desk("secretary").get(there).content.decode())


def _nobody_is_listed() -> None:
    """Whoever signed up has a seat and no presence; the record has heads."""
    from baodao.gather.models import Seat
    from baodao.ledger.models import Fact

    assert set(Seat.objects.filter(slot__kind="free_class").values_list("status", flat=True)) == {""}
    assert not Fact.objects.filter(kind="gather.attended").exists()
    assert OFFICE
