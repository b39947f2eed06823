"""W17 (and N12): a community puts needs to its organ and gets a dated promise for each; kept and broken are the organ's."""

from typing import Any

from tests.support.ledgers import begin
from tests.support.town import OFFICE, at
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
        for day, words in (("2026-11-22", "最早是 11月23日 周一"), ("2028-01-01", "最晚是 2027年11月23日")):
            read = town.do("handler", kept, "promise", expect=422, text="派人来修。", by=day)
            assert words in read
        town.do("handler", kept, "promise", text="派人来修。", by="2026-11-30")
        town.do("handler", late, "promise", text="下周装。", by="2026-12-01")
        assert "区住建委答应在" in town.matter("secretary", kept)
    with at("11-27 09:00"):
        town.do("handler", kept, "answer", result="修好了。", photo=png())
        # The community says whether it was kept, not the organ.
        assert "say" not in town.office("handler").offers(kept)
        assert "社区说：做到了" in town.do("secretary", kept, "say", verdict="kept")
    with at("12-21 09:00"):
        town.work()
        assert "没有兑现，如实记下" in town.matter("secretary", late)
        assert "到期没有回音" in town.matter("secretary", silent)
        # It stands with the organ: no field names a person.
        from baodao.kernel.declare import get_pack
        from baodao.matters.declare import Procedure

        need = get_pack("fuling").many(Procedure)["need"]
        assert not {kind.rstrip("?") for one in need.actions for kind in one.fields.values()} & {
            "person",
            "post",
        }
