"""How each kind of matter goes, as staff read it: the list with its search, the drawing, the words, sources and examples."""

import re
import xml.etree.ElementTree as ET
from typing import Any

from baodao.kernel.declare import get_pack
from baodao.matters.declare import Procedure
from tests.support.town import town, words

__all__ = ["town"]


def test_the_list_names_all_and_finds_by_a_button(town: Any) -> None:
    desk = town.desk("secretary")
    pack = get_pack("fuling")
    page = desk.get("/desk/procedures/")
    told = words(page)
    for procedure in pack.many(Procedure).values():
        assert procedure.title in told
    assert "示例，待核定" in told
    # By the words of a button, not only by the title.
    found = words(desk.get("/desk/procedures/", {"q": "误了日子"}))
    assert "节点有单位" in found or "一串节点" in found
    assert "居民诉求" not in found
    empty = words(desk.get("/desk/procedures/", {"q": "没有这种词"}))
    assert "没有找到“没有这种词”" in empty
    assert "看全部" in empty
    # The door itself is searched likewise, by a kind that no title says; what the post may not begin is not found.
    doors = words(desk.get("/desk/start/", {"q": "农贸市场"}))
    assert "派一次巡查" in doors and "召集议事" not in doors
    assert "没有找到“开始一轮巡察”" in words(desk.get("/desk/start/", {"q": "开始一轮巡察"}))
    # Both doors lead here.
    assert "/desk/procedures/" in desk.get("/desk/start/").content.decode()


def test_every_procedure_has_its_page_with_all_that_it_declares(town: Any) -> None:
    desk, pack = town.desk("handler"), get_pack("fuling")
    for name, procedure in pack.many(Procedure).items():
        answer = desk.get(f"/desk/procedures/{name}/")
        assert answer.status_code == 200, (name, words(answer))
        text = answer.content.decode()
        [drawing] = re.findall(r"<svg xmlns.*?</svg>", text, re.S)
        ET.fromstring(drawing)
        told = words(answer)
        for row in (*procedure.actions, *procedure.kinds, *procedure.pauses, *procedure.papers):
            assert row.title in told, (name, row.name)
        for clock in procedure.clocks:
            assert clock.title in told, (name, clock.name)


def test_limits_conditions_sources_and_rights_are_in_words(town: Any) -> None:
    desk = town.desk("secretary")
    told = words(desk.get("/desk/procedures/project/"))
    assert "要由另一个人办，不是办“完成了，请验收”的那个" in told
    assert "60 天" in told
    assert "另立一件“督办”" in told
    assert "公开文件" in told
    assert "误了日子，立督办件 到时候系统自己办" in told
    request = words(desk.get("/desk/procedures/request/"))
    assert "示例，待核定" in request
    assert "版本" in request
    assert re.search(r"社区（村）书记 .{0,400}本单位", request)
    english = desk.get("/desk/procedures/project/", headers={"Accept-Language": "en"})
    assert english.status_code == 200
    missing = desk.get("/desk/procedures/none/")
    assert missing.status_code == 404
    assert "没有叫 none 的程序" in words(missing)


def test_reading_the_list_asks_little(town: Any, django_assert_max_num_queries: Any) -> None:
    desk = town.desk("secretary")
    desk.get("/desk/procedures/project/")
    with django_assert_max_num_queries(8):
        desk.get("/desk/procedures/")
    with django_assert_max_num_queries(8):
        desk.get("/desk/procedures/project/")


def test_needs_put_to_one_needs_open_to_all_and_resources_have_names_of_their_own(town: Any) -> None:
    # Three doors stand side by side on one page: whoever reads only the names must be able to choose.
    desk = town.desk("secretary")
    kinds = ("need", "wanted", "exchange")
    for language in ("zh", "en"):
        if language == "en":
            desk.get("/display/", {"lang": "en", "next": "/desk/"})
        page = desk.get("/desk/start/").content.decode()
        names = [re.search(rf'href="/desk/start/{kind}/"[^>]*>(.*?)</a>', page, re.S) for kind in kinds]
        said = [re.sub(r"<[^>]+>|\s+", " ", one[1]).strip() for one in names if one]
        assert len(said) == 3 == len(set(said)), said
        if language == "zh":
            assert "结对单位" in page and "公开的需要" in said[1], said
        else:
            assert "paired unit" in said[0] and "any helper" in said[1] and "resource" in said[2], said
