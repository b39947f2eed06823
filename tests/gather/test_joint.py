"""An evening that is announced by one branch and held by another too: asked, answered, told to each side's own members."""

from typing import Any

import pytest

from baodao.kernel.errors import Conflict, Invalid, Problem, Refused
from tests.stories.test_F22_joined_branches import announce, pair
from tests.support.branches import ABOVE, BRANCH, NEXT, branches, town
from tests.support.opening import notices
from tests.support.town import at, local, signed_in, words

__all__ = ["branches", "town"]


def told(branches: Any, uid: str) -> str:
    """What somebody finds among her messages on the portal."""
    return words(signed_in(uid, staff=False).get("/notices/"))


@pytest.mark.parametrize(
    ("who", "asks", "answers"),
    [("psec", True, False), ("pnext", False, True), ("pabove", False, False), ("secretary", False, False), ("outsider", False, False)],
)  # fmt: skip
def test_each_side_decides_for_itself_alone(branches: Any, who: str, asks: bool, answers: bool) -> None:
    """Who announced it asks, who was asked answers and reminds; neither does the other's, nobody above either's."""
    from baodao.gather.branch.services import answer_side, ask_sides, remind_own

    with at("11-10 09:00"):
        pair()
        code = announce(branches, with_orgs=[NEXT]).split("/")[-2]
        answer_side(branches.act("pnext")("first"), code=code, org=NEXT, joins=True)
        by = branches.act(who)
        tried = [
            (asks, lambda: ask_sides(by("1"), code=code, orgs_=[NEXT])),
            (asks, lambda: remind_own(by("2"), code=code, org=BRANCH)),
            (answers, lambda: answer_side(by("3"), code=code, org=NEXT, joins=False)),
            (answers, lambda: answer_side(by("4"), code=code, org=NEXT, joins=True)),
            (answers, lambda: remind_own(by("5"), code=code, org=NEXT)),
        ]
        for may, act in tried:
            if may:
                act()
            else:
                with pytest.raises(Refused):
                    act()
        reads = branches.desk(who).get(f"/desk/branch/evenings/{code}/").status_code
        assert reads == (200 if asks or answers else 404)


def test_what_is_wrong_is_named_and_tables_follow_from_the_facts(branches: Any) -> None:
    from baodao.gather.branch import services
    from baodao.gather.branch.evening import Evening
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild

    psec, pnext = branches.act("psec"), branches.act("pnext")

    def wrong(kind: type[Problem], act: Any, words_: str) -> None:
        with pytest.raises(kind) as caught:
            act()
        assert words_ in caught.value.faults[0].reason

    with at("11-10 09:00"):
        pair()
        code = announce(branches).split("/")[-2]
        wrong(
            Conflict,
            lambda: services.answer_side(pnext("a"), code=code, org=NEXT, joins=True),
            "没有请本支部",
        )
        wrong(Invalid, lambda: services.ask_sides(psec("b"), code=code, orgs_=[ABOVE]), "没有结对")
        assert services.ask_sides(psec("c"), code=code, orgs_=[NEXT]) == [NEXT]
        assert services.ask_sides(psec("d"), code=code, orgs_=[NEXT]) == []
        wrong(Conflict, lambda: services.remind_own(pnext("e"), code=code, org=NEXT), "没有答应")
        phone = "找老王13912345678"
        wrong(
            Invalid,
            lambda: services.answer_side(pnext("f"), code=code, org=NEXT, joins=True, note=phone),
            "不写电话",
        )
        services.answer_side(pnext("g"), code=code, org=NEXT, joins=True, note="村口集合")
        services.remind_own(pnext("h"), code=code, org=NEXT)
        wrong(Conflict, lambda: services.remind_own(pnext("i"), code=code, org=NEXT), "已经提醒过")

        def tables() -> list[str]:
            return [line for line in dump(with_caches=True) if '"table": "gather_' in line]

        before = tables()
        assert any('"table": "gather_side"' in line and "村口集合" in line for line in before)
        rebuild()
        assert tables() == before and [line for line in examine() if "side" in line] == []
        services.answer_side(pnext("j"), code=code, org=NEXT, joins=False)
    with at("11-13 09:00"):
        one = Evening(
            org=BRANCH, kinds=("theme_day",), starts=local("11-12 19:30"), ends=local("11-12 21:00"), with_orgs=(NEXT,), slot=code
        )  # fmt: skip
        wrong(Conflict, lambda: services.record_meetings(psec("k"), meetings=[one]), "说过不参加")
        services.answer_side(pnext("l"), code=code, org=NEXT, joins=True)
        services.record_meetings(psec("m"), meetings=[one])
        wrong(
            Conflict, lambda: services.answer_side(pnext("n"), code=code, org=NEXT, joins=False), "已经结束"
        )


def test_members_of_both_sides_hear_of_it_once_and_of_each_change(branches: Any) -> None:
    """Announced by each side to its own, reminded by hand or by the worker but once, moved and called off for all."""
    from baodao.gather.branch import services
    from baodao.people.selectors import persons_of

    with at("11-10 09:00"):
        pair()
        theirs = persons_of(branches.enter("乙支部", 3)[:1], "notify").popitem()[1]
        ours = persons_of([branches.tokens["赵一"]], "notify").popitem()[1]
        assert all("还没有通知" in told(branches, who) for who in (ours, theirs))
        assert all("还没有通知" in notices(branches, who) for who in ("psec", "pnext"))
        code = announce(branches, with_orgs=[NEXT]).split("/")[-2]
        branches.work()
        assert "甲支部11月12日 周四有一次会" in told(branches, ours) and "有一次会" not in told(
            branches, theirs
        )
        assert "甲支部请本支部一起开11月12日 周四的会" in notices(branches, "pnext")
        services.answer_side(branches.act("pnext")("yes"), code=code, org=NEXT, joins=True)
        branches.work()
        assert "乙支部11月12日 周四有一次会" in told(branches, theirs)
        assert "乙支部答应一起开11月12日 周四的会" in notices(branches, "psec")
        # Its own words may change without a second announcement.
        services.answer_side(branches.act("pnext")("words"), code=code, org=NEXT, joins=True, note="村口集合")
        services.remind_own(branches.act("psec")("near"), code=code, org=BRANCH)
        branches.work()
        assert told(branches, theirs).count("有一次会") == 1
    with at("11-11 20:00"):
        branches.work()
        branches.work()
        assert (
            told(branches, theirs).count("提醒：乙支部") == 1
            and told(branches, ours).count("提醒：甲支部") == 1
        )
        services.answer_side(branches.act("pnext")("no"), code=code, org=NEXT, joins=False)
        branches.work()
        assert "乙支部11月12日 周四的会取消了" in told(branches, theirs) and "取消" not in told(
            branches, ours
        )
        assert "乙支部不参加" in notices(branches, "psec")
