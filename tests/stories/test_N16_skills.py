"""N16: a farmer asks with a photo of sick rice; a 农博士 near by takes it, comes, answers; if he agrees the answer becomes a page that
the next farmer finds, without a word of who asked; the one who answered sees how many were helped.

Waits for other rooms: search of the portal (bulletin).
"""

import io
import re
from typing import Any

from tests.stories.test_N04_homes import fill
from tests.support.town import A, at, words

GROUP = "skills-a"


def skilled(town: Any) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewOrg, NewPost
    from baodao.orgs.services import begin_posts, create_orgs
    from tests.support.town import SINCE, local

    new = NewOrg(code=GROUP, name="农博士小组", level="home", kind="interest_home", since=SINCE, parent=A)
    create_orgs(system_act(local("01-06 09:00"), "skills"), orgs=[new])
    post = NewPost(
        code="p-neighbour-skill", org=GROUP, kind="skill_helper", person=town.uids["neighbour"], since=SINCE
    )
    begin_posts(system_act(local("01-07 09:00"), "doctors"), posts=[post])


def photo() -> io.BytesIO:
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (64, 64), (90, 140, 60)).save(made, "JPEG")
    made.seek(0)
    made.name = "rice.jpg"
    return made


def test_the_answer_becomes_a_page_that_the_next_one_finds(town: Any) -> None:
    skilled(town)
    secret = "我家在王家湾三号田"
    with at("11-23 09:00"):
        phone = town.phone("resident")
        typed = {"kind": "farming", "group": GROUP, "text": f"水稻叶子发黄有褐点，{secret}"}
        number = fill(phone.browser, "/ask/", photo=photo(), **typed).split("/")[2]
        assert "农博士小组懂行的邻居" in phone.own(number)
        town.do("neighbour", number, "report_in")
        town.do("neighbour", number, "visit", at="2026-11-24T09:00")
        assert "到地里看看" in phone.own(number)
    with at("11-24 11:00"):
        town.do("neighbour", number, "answer", claim="solved", result="是稻瘟病，排水晒田，打一次三环唑。")
        assert "稻瘟病" in phone.own(number)
        # Before he agreed nothing is public.
        assert "还没有找到" in words(town.phone().browser.get("/answers/?q=稻"))
        assert town.phone().browser.get(f"/answers/{number}/").status_code == 404
        refused = town.desk("neighbour").get(f"/desk/matters/{number}/").content.decode()
        assert "do=publish" not in refused
        phone.do(number, "confirm", answer="solved")
        fill(phone.browser, "/ask/", do="agree", number=number)
        town.do(
            "neighbour",
            number,
            "publish",
            title="水稻叶子发黄有褐点",
            text="多半是稻瘟病：排水晒田，打一次三环唑。",
        )
    with at("11-25 09:00"):
        stranger = town.phone().browser
        assert "水稻叶子发黄有褐点" in words(stranger.get("/answers/?q=水稻"))
        read = stranger.get(f"/answers/{number}/")
        assert "三环唑" in words(read) and secret not in read.content.decode()
        assert "帮到了 0 个人" in words(read)
        fill(town.desk("secretary"), f"/answers/{number}/")
        fill(town.desk("sibling"), f"/answers/{number}/")
        again = town.desk("sibling").post(f"/answers/{number}/", {"command": "again-1"})
        assert again.status_code in {303, 409}
        assert "帮到了 2 个人" in words(stranger.get(f"/answers/{number}/"))
        assert re.search(r"2", town.matter("neighbour", number))
        # He may take it back at any time.
        town.do("neighbour", number, "hide")
        assert stranger.get(f"/answers/{number}/").status_code == 404


def test_who_says_no_is_not_published(town: Any) -> None:
    skilled(town)
    with at("11-23 09:00"):
        phone = town.phone("resident")
        number = fill(phone.browser, "/ask/", kind="crafts", group=GROUP, text="竹篮断了怎么补").split("/")[2]
        town.do("neighbour", number, "answer", claim="partly", result="先泡水，再穿一根新篾。")
        phone.do(number, "confirm", answer="partly")
        page = town.desk("neighbour").get(f"/desk/matters/{number}/").content.decode()
        assert "do=publish" not in page
