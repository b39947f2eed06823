"""F17: eight brands by field and clusters of areas: a cluster shows its members' boards side by side, nobody ranked.

Declared in packs/fuling/alliances.toml. Waits for other rooms: brands' public pages (bulletin).
"""

from typing import Any

from tests.support.pairings import found_on_desk
from tests.support.town import STREET, A, B, at, words


def test_a_cluster_shows_its_members_boards_side_by_side(town: Any) -> None:
    with at("11-20 09:00"):
        numbers = [town.phone().report(text=f"路灯不亮 {n}", kind="road") for n in range(12)]
        for number in numbers:
            town.office("secretary").do(number, "report_in")
    with at("11-21 09:00"):
        for number in numbers:
            town.office("secretary").do(number, "answer", claim="solved", result="修好了。")
    with at("11-23 09:00"):
        code = found_on_desk(
            town, "superior", kind="cluster", name="江东片区", seat=STREET, member="甲社区\n乙社区"
        )
        page = town.desk("superior").get(f"/desk/alliances/{code}/")
        assert f"/desk/alliance-boards/{code}/" in page.content.decode()
        for who in ("superior", "secretary", "sibling"):
            read = words(town.desk(who).get(f"/desk/alliance-boards/{code}/"))
            # Members see one another: they agreed to these four when they joined.
            assert "响应率 报到率 按时办结率 解决率" in read, who
            assert "甲社区" in read and "乙社区" in read and "并排看，不排名" in read
            assert "未测" in read.split("乙社区", 1)[1]
            for rank in ("第 1", "第一名", "名次"):
                assert rank not in read
        # Their figures singly, and whatever lies below them, stay where they were.
        assert town.desk("sibling").get(f"/desk/measures/?org={A}").status_code == 404
        assert town.desk("secretary").get(f"/desk/measures/?org={B}").status_code == 404
        assert town.desk("outsider").get(f"/desk/alliance-boards/{code}/").status_code == 404


def test_eight_brands_are_kinds_in_the_districts_words(town: Any) -> None:
    with at("11-23 09:00"):
        offered = words(town.desk("superior").get("/desk/alliances-new/"))
        fields = ("机关", "农村", "城市社区", "国企", "学校", "医院", "两新组织", "新就业群体")
        assert all(f"{field}党建品牌" in offered for field in fields), offered
        code = found_on_desk(
            town, "superior", kind="brand_urban", name="邻里相亲", seat=STREET, member="甲社区"
        )
        assert "城市社区党建品牌" in words(town.desk("secretary").get(f"/desk/alliances/{code}/"))
        # A brand shares no boards: only what a kind declares is shown.
        assert town.desk("secretary").get(f"/desk/alliance-boards/{code}/").status_code == 404
