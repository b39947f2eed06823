"""D16: a standing post shows its holder, duties, evidence and lapse; six duties of the key posts in Dadukou."""

from baodao.gather.service.declare import Standing
from baodao.kernel.declare import get_pack
from tests.stories.test_F09_posts import PHONE, fill, listed, post_of
from tests.support.town import DISTRICT, GRID_A, A, Town, at, words

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


def test_key_posts_of_dadukou_have_six_duties_and_their_evidence() -> None:
    kinds = get_pack("dadukou").many(Standing)
    assert len(kinds["key_post"].duties) == 6 == len(kinds["key_post"].duties_en)
    assert kinds["key_post"].evidence == 90
    assert "key_post" not in get_pack("fuling").many(Standing)
    assert DISTRICT  # the other districts keep model posts and areas
    assert {"model_post", "duty_area"} <= set(get_pack("fuling").many(Standing))
