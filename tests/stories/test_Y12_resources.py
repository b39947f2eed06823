"""Y12: 红岩先锋六微, 微网实格: what a unit offers meets the community's list of needs, by nine scenes; whoever received rates this once.

Declared in packs/base/exchange.toml and packs/yuzhong/exchange.toml, without Python. Waits for other rooms: visits (a household's
side of a small wish).
"""

import re

from tests.support.ledgers import under
from tests.support.town import OFFICE, A, Town, at, words

SCENES = (
    "微网议事",
    "老旧小区微改造",
    "为老微服务",
    "托幼微课堂",
    "微隐患排查",
    "小哥微驿站",
    "微文化活动",
    "微就业",
    "微心愿",
)


def start(town: Town, who: str, to: str, **typed: str) -> str:
    desk, there = town.desk(who), "/desk/start/exchange/"
    page = desk.get(there)
    assert page.status_code == 200, words(page)
    command = re.findall(r'name="command" value="([^"]+)"', page.content.decode())[-1]
    called = {"rows": "1", "calls.0.org": to, "calls.0.role": "lead"}
    answer = desk.post(there, {"command": command, "do": "send", **called, **typed})
    assert answer.status_code == 303, words(answer)
    return str(answer["Location"]).split("/")[3]


def test_a_units_resources_meet_the_communitys_list(town: Town) -> None:
    under("yuzhong")
    with at("11-23 09:00"):
        # Nine scenes in the district's words.
        form = words(town.desk("secretary").get("/desk/start/exchange/"))
        assert all(scene in form for scene in SCENES), form
        need = start(
            town, "secretary", OFFICE, kind="riders", side="need", title="驿站缺充电柜", text="八个格口。"
        )
        # The unit shows what it can give, to the community; each list stands on the other's desk.
        offer = start(
            town, "head", A, kind="culture", side="offer", title="会议室周末空着", text="能坐四十人。"
        )
        assert "小哥微驿站" in town.matter("head", need) and "驿站缺充电柜" in town.todo("head")
        assert "会议室周末空着" in town.todo("secretary")
        town.do("head", need, "take", what="仓库有一台十格的", by="2026-11-27")
        town.do("secretary", offer, "take", what="周六放电影用")
    with at("11-27 15:00"):
        town.do("head", need, "answer", claim="solved", result="装好了，能用。")
        town.do("secretary", need, "receive", stars="5")
        assert "结束" in town.do("secretary", need, "close", result="小哥们用上了")
        # Who gives is rated for this once and ranked nowhere; a neighbour sees nothing of it.
        assert town.opens("outsider", need) == 404
        from baodao.kernel.declare import get_pack
        from baodao.measures.declare import Measure

        for measure in get_pack("yuzhong").many(Measure).values():
            told = [
                *measure.where,
                *measure.denominator.where,
                *(measure.numerator.where if measure.numerator else ()),
            ]
            assert not (measure.ranked and any("exchange" in one.is_ for one in told))
