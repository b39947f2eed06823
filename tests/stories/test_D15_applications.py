"""D15, N18: a programme takes applications, people apply, reviewers score or declare a conflict, at least three scores decide, whoever is
admitted is followed up.

Waits for other rooms: paying out money (funds); N06's public challenge lists (bulletin).
"""

from typing import Any

from tests.stories.test_N04_homes import fill
from tests.support.town import DISTRICT, OFFICE, at, words

REVIEWERS = ("neighbour", "clerk", "ruler", "auditor")


def officers(town: Any) -> None:
    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import NewPost
    from baodao.orgs.services import begin_posts
    from tests.support.town import SINCE, local

    posts = [("sibling", DISTRICT, "talent_officer"), *((who, OFFICE, "reviewer") for who in REVIEWERS)]
    begin_posts(
        system_act(local("01-06 09:00"), "officers"),
        posts=[
            NewPost(code=f"p-{who}-t", org=org, kind=kind, person=town.uids[who], since=SINCE)
            for who, org, kind in posts
        ],
    )


def hat(town: Any, who: str) -> None:
    """She acts in the post of this programme."""
    town.desk(who).post("/desk/me/post/", {"post": f"p-{who}-t"})


def test_three_scores_decide_and_a_conflict_does_not_score(town: Any) -> None:
    officers(town)
    with at("11-23 09:00"):
        phone = town.phone("resident")
        read = words(phone.browser.get("/apply/"))
        assert "至少三位评审打分才能定" in read
        typed = {"kind": "challenge", "office": DISTRICT, "title": "榨菜尾水处理", "text": "建一套小装置。"}
        assert "请选交给哪个单位" in fill(phone.browser, "/apply/", 422, **{**typed, "office": OFFICE})
        number = fill(phone.browser, "/apply/", **typed).split("/")[2]
        for who in ("sibling", *REVIEWERS):
            hat(town, who)
        town.do("sibling", number, "report_in")
        assert "开始请评审" in phone.own(number)
        # A reviewer who was not asked sees nothing.
        assert town.opens("neighbour", number) == 404
        for who in REVIEWERS:
            town.do("sibling", number, "call", org=OFFICE, post=f"p-{who}-t")
    with at("11-24 09:00"):
        for who in ("sibling", *REVIEWERS):
            hat(town, who)
        town.do("neighbour", number, "declare_conflict", leg=2)
        assert "do=score" not in town.desk("neighbour").get(f"/desk/matters/{number}/").content.decode()
        refused = town.desk("neighbour").get(f"/desk/matters/{number}/?do=score&leg=2").content.decode()
        assert 'name="_do" value="score"' not in refused
        score = {"score": "good", "no_conflict": "yes", "text": "有基础。"}
        town.do("clerk", number, "score", leg=3, **score)
        town.do("ruler", number, "score", leg=4, **score)
        # Two are too few; each scores once.
        page = town.desk("sibling").get(f"/desk/matters/{number}/").content.decode()
        assert "do=admit" not in page
        assert "do=score" not in town.desk("ruler").get(f"/desk/matters/{number}/").content.decode()
        town.do("auditor", number, "score", leg=5, **score)
        town.do("sibling", number, "admit", text="先做中试。")
        assert "您的项目入选了：先做中试。" in phone.own(number)
        town.do("sibling", number, "follow_up", text="装置到场，跑了三天。")
        assert "装置到场" in phone.own(number)
        # Superiors read nothing of it: level 2.
        for who in ("supervisor", "superior", "outsider"):
            assert town.opens(who, number) == 404, who
