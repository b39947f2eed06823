"""W17 (and N12): a community puts needs to its organ and gets a dated promise for each; kept and broken are the organ's."""

from typing import Any

from tests.support.ledgers import begin, under
from tests.support.pairings import found_on_desk, staff
from tests.support.town import DISTRICT, OFFICE, A, at, words
from tests.support.whistles import png


def test_needs_and_dated_promises_of_the_organ(town: Any) -> None:
    with at("11-23 09:00"):
        asked = {
            title: begin(town, "secretary", "need", kind="place", title=title, text="请帮忙。", org=OFFICE)
            for title in ("活动室漏水", "缺一块公示栏", "借会议室")
        }
        kept, late, silent = asked.values()
        # The form says between which days a promise may lie, and refuses others under the field; nothing typed is lost.
        form = town.desk("handler").get(f"/desk/matters/{kept}/?do=promise").content.decode()
        assert "最早 11月23日 周一，最晚 2027年11月23日 周二" in form
        for day, told in (("2026-11-22", "最早是 11月23日 周一"), ("2028-01-01", "最晚是 2027年11月23日")):
            read = town.do("handler", kept, "promise", expect=422, text="派人来修。", by=day)
            assert told in read
        town.do("handler", kept, "promise", text="派人来修。", by="2026-11-30")
        town.do("handler", late, "promise", text="下周装。", by="2026-12-01")
        assert "区住建委答应在" in town.matter("secretary", kept)
    with at("11-27 09:00"):
        town.do("handler", kept, "answer", result="修好了。", photo=png())
        # The community says whether it was kept, not the organ.
        assert "say_kept" not in town.office("handler").offers(kept)
        assert "社区说：做到了" in town.do("secretary", kept, "say_kept", verdict="kept")
    with at("12-21 09:00"):
        town.work()
        assert "没有兑现，如实记下" in town.matter("secretary", late)
        assert "到期没有回音" in town.matter("secretary", silent)
        # The half-year's page: kept and broken are the organ's, what got no answer is in neither.
        more = [
            begin(town, "secretary", "need", kind="goods", title=f"第{n}件", text="请帮忙。", org=OFFICE)
            for n in (4, 5)
        ]
        for one in more:
            town.do("handler", one, "promise", text="送来。", by="2026-12-25")
            town.do("handler", one, "answer", result="送到了。")
        town.do("secretary", more[0], "say_kept", verdict="kept")
        half = f"/desk/measures/promises_kept/?org={OFFICE}&period=2026-H2"
        town.do("secretary", more[1], "say_kept", verdict="partly")
        town.work()
        read = words(town.desk("head").get(half))
        assert "2026年下半年" in read, read
        assert "没有兑现的 1" in read, read
        assert "做到一部分的 1" in read, read
        assert "2/4" in read or "2 ÷ 4" in read, read
        assert town.desk("outsider").get(half).status_code in {403, 404}
        # It stands with the organ: no field names a person.
        from baodao.kernel.declare import get_pack
        from baodao.matters.declare import Procedure

        need = get_pack("fuling").many(Procedure)["need"]
        assert not {kind.rstrip("?") for one in need.actions for kind in one.fields.values()} & {
            "person",
            "post",
        }


def test_in_weibin_a_promise_names_the_contact(town: Any) -> None:
    """A post, never a person's name; without one there is no promise."""
    under("weibin")
    with at("11-23 09:00"):
        number = begin(town, "secretary", "need", kind="place", title="漏水", text="请帮忙。", org=OFFICE)
        read = town.do("handler", number, "promise", expect=422, text="派人来修。", by="2026-11-30")
        assert "联系人（岗位）" in read
        town.do("handler", number, "promise", text="派人来修。", by="2026-11-30", contact="p-head")
        read = town.matter("secretary", number)
        assert "联系人：区住建委" in read and "某" not in read.partition("联系人：")[2][:20], read


def test_a_community_sees_its_organ_its_contact_and_what_became_of_its_needs(town: Any) -> None:
    """One organ, one community: the pairing is founded by the district; the contact is a post, without a right to read."""
    under("weibin")
    with at("11-23 09:00"):
        code = found_on_desk(
            town,
            "supervisor",
            kind="organ_community",
            name="区住建委包抓甲社区",
            seat=DISTRICT,
            helped=A,
            helper=OFFICE,
        )
        contact = staff(town, "contact", A, "community_contact")
        number = begin(town, "secretary", "need", kind="place", title="漏水", text="请帮忙。", org=OFFICE)
        assert "区住建委包抓甲社区" in words(town.desk("secretary").get("/desk/alliances/"))
        page = town.desk("secretary").get(f"/desk/alliance-map/{code}/")
        read = words(page)
        # The map is drawn by streets: the one in which the community lies is lit, and leads to its row.
        assert f'href="#at-{A}"' in page.content.decode()
        spoken = town.desk("secretary").get(f"/desk/alliance-map/{code}/", headers={"accept-language": "en"})
        assert "1 Contact of the organ in charge" in words(spoken)
        assert "区住建委" in read and "1 包抓联系人" in read
        assert "漏水" in read and "等兑现 1" in read and "1 包抓需要" in read, read
        assert contact.get(f"/desk/matters/{number}/").status_code in {403, 404}
        for who in ("sibling", "outsider"):
            assert town.desk(who).get(f"/desk/alliance-map/{code}/").status_code == 404, who
