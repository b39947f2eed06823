"""D16: a standing post shows its holder, duties, evidence and lapse; six duties of the key posts in Dadukou."""

from baodao.gather.service.declare import Standing
from baodao.kernel.declare import get_pack
from tests.stories.test_F09_posts import PHONE, fill, listed, post_of
from tests.support.town import DISTRICT, GRID_A, A, Town, at, local, words

__all__ = ["listed"]


def test_a_post_shows_evidence_and_lapse_and_is_laid_down_without_a_reason(listed: Town) -> None:
    with at("11-23 09:00"):
        desk = listed.desk("secretary")
        fill(
            desk,
            "/desk/standing/",
            do="set",
            kind="duty_area",
            title="一片区",
            area=GRID_A,
            since="2026-06-01",
        )
    with at("06-02 09:00"):
        me = listed.phone_by(PHONE).browser
        code = post_of(me, "take", "/standing/")
        fill(me, "/standing/", do=f"take-{code}")
    with at("11-23 10:00"):
        late = words(listed.desk("secretary").get("/desk/standing/"))
        assert "该记实绩了" in late and "8月31日 周一" in late
        me = listed.phone_by(PHONE).browser
        said = fill(me, "/me/service/", do=f"prove-{code}", text="走完十二栋楼，报了两处隐患")
        assert "有人" in said and "2027年2月21日 周日" in said
        public = words(listed.phone().browser.get(f"/standing/?q={A}"))
        assert "最近一次实绩 11月23日 周一" in public and "走完十二栋楼" not in public
        fill(me, "/me/service/", do=f"down-{code}")
        assert "空着" in words(listed.desk("secretary").get("/desk/standing/"))
        # Somebody else's community cannot touch it.
        denied = listed.desk("sibling").post("/desk/standing/", {"command": "x-1", "do": f"end-{code}"})
        assert denied.status_code == 403
        fill(listed.desk("secretary"), "/desk/standing/", do=f"end-{code}")
        assert "还没有设岗" in words(listed.phone().browser.get(f"/standing/?q={A}"))


def test_key_posts_of_dadukou_show_six_duties_holder_evidence_and_lapse(listed: Town) -> None:
    """六带六做 on the community's screen, the member's and everybody's, in Chinese and in English."""
    from datetime import date

    from baodao.kernel.act import system_act
    from baodao.orgs.services import bind_pack

    six = get_pack("dadukou").many(Standing)["key_post"]
    assert len(six.duties) == 6 == len(six.duties_en)
    assert "key_post" not in get_pack("fuling").many(
        Standing
    )  # the other districts keep model posts and areas
    assert {"model_post", "duty_area"} <= set(get_pack("fuling").many(Standing))
    bind_pack(system_act(local("01-07 09:00"), "d16"), org=DISTRICT, pack="dadukou", since=date(2026, 1, 8))
    with at("06-01 09:00"):
        desk = listed.desk("secretary")
        assert "关键岗（六带六做）" in words(desk.get("/desk/standing/"))
        made = fill(
            desk, "/desk/standing/", do="set", kind="key_post", title="三号楼关键岗", since="2026-06-01"
        )
        assert "三号楼关键岗" in made and "空着" in made
        for duty in six.duties:
            assert duty in made, duty
        public = listed.phone().browser
        read = words(public.get(f"/standing/?q={A}"))
        assert "三号楼关键岗" in read and "空着" in read and all(duty in read for duty in six.duties)
        public.cookies["lang"] = "en"
        english = words(public.get(f"/standing/?q={A}"))
        assert all(duty in english for duty in six.duties_en)
        # Another community sets none here, a superior sets none for it, an outsider neither.
        for who in ("sibling", "superior", "outsider"):
            body = {
                "command": f"{who}-s",
                "do": "set",
                "kind": "key_post",
                "title": "x",
                "since": "2026-06-01",
            }
            listed.desk(who).post("/desk/standing/", body)
        assert words(desk.get("/desk/standing/")).count("撤岗") == 1
    with at("06-02 09:00"):
        me = listed.phone_by(PHONE).browser
        code = post_of(me, "take", "/standing/")
        mine = fill(me, "/standing/", do=f"take-{code}", named="yes")
        assert "三号楼关键岗" in mine and "记一笔实绩" in mine
        held = words(listed.desk("secretary").get("/desk/standing/"))
        # Ninety days until something done is noted.
        assert "有人" in held and "沈在职" in held and "8月31日 周一 前记" in held
    with at("08-30 09:00"):
        assert "该记实绩了" not in words(listed.desk("secretary").get("/desk/standing/"))
    with at("09-01 09:00"):
        assert "该记实绩了" in words(listed.desk("secretary").get("/desk/standing/"))
        me = listed.phone_by(PHONE).browser
        fill(me, "/me/service/", do=f"prove-{code}", text="调解了一起楼道堆物")
        read = words(listed.phone().browser.get(f"/standing/?q={A}"))
        assert "最近一次实绩 9月1日 周二" in read and "堆物" not in read and "沈在职" in read
        assert "该记实绩了" not in words(listed.desk("secretary").get("/desk/standing/"))
