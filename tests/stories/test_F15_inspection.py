"""F15: twelve units in two rounds; each finding has a day, is mended with proof and struck off by another person; how many are
done stands on the round for those who handle them. The clue beside it is read by those named alone (W09 walks it in full).
"""

from typing import Any

from tests.support.cards import INSPECTION, SECRET, inspection, opened, send
from tests.support.ledgers import begin, entries, ledger
from tests.support.town import DISTRICT, OFFICE, OTHER_STREET, STREET, Town, at, words
from tests.support.whistles import png


def finding(office: Town, number: str, **typed: Any) -> str:
    form = {
        "kind": "money",
        "title": "发放名单没有公示",
        "text": "抽查三个月，两个月没有公示。",
        "org": OFFICE,
        "by": "2026-12-31",
    }
    return begin(office, "inspector", "finding", about=number, **(form | typed))


def units(count: int) -> list[str]:
    """So many bureaus more."""
    from tests.support.districts import found

    rows = [(f"fl-u{n:02}", f"第{n:02}局", "department", "bureau", DISTRICT) for n in range(count)]
    found(*rows)
    return [row[0] for row in rows]


def test_twelve_units_in_two_rounds_and_each_finding_to_its_end(office: Town) -> None:
    with at("11-23 09:00"):
        some = [OFFICE, STREET, *units(10)]
        first = inspection(office, *some[:6], title="第一轮")
        second = inspection(office, *some[6:], title="第二轮")
        assert words(office.desk("inspector").get(f"/desk/matters/{first}/")).count("待反馈") == 6
        assert "第11局" not in office.matter("inspector", first)
        assert "第09局" in office.matter("inspector", second)
        office.do("inspector", first, "feed_back", leg=1, held="2026-11-23")
        number = finding(office, first)
        assert "共 1 件，已结束 0 件" in ledger(office, "inspector", first)
        assert entries(office, "inspector", first) == [number]
        # The round does not end over it; nobody beside or above reads it, the unit that it is about does.
        for who in ("superior", "supervisor", "sibling", "outsider", "auditor", "chief", "secretary"):
            assert office.opens(who, number) == 404, who
        office.do("handler", number, "take_up")
    with at("12-20 09:00"):
        # Mended means shown.
        office.do("handler", number, "rectify", expect=422, result="补了公示。")
        office.do("handler", number, "rectify", result="补了公示。", proof=png())
        # Whoever found it does not strike it off; another inspector, asked to, does.
        assert "由另一个人来办" in office.matter("inspector", number)
        assert office.opens("checker", number) == 404
        office.do("inspector", number, "invite", org=INSPECTION, post="p-checker")
        assert "还差：没有盖章" in office.do("checker", number, "again", reason="没有盖章", by="2027-01-10")
        office.do("handler", number, "rectify", result="盖了章。", proof=png())
        assert "另一个人复查过，销号" in office.do("checker", number, "recheck")
        assert "共 1 件，已结束 1 件" in ledger(office, "inspector", first)
        assert "由另一个人来办" in office.matter("inspector", first)
        assert "整改完成，由另一个人确认" in office.do("checker", first, "settle", leg=1)


def test_what_is_not_mended_is_written_down_as_that(office: Town) -> None:
    with at("11-23 09:00"):
        first = inspection(office, OFFICE)
        number = finding(office, first, by="2026-11-25")
    with at("11-26 09:00"):
        office.work()
        assert "到期没有整改，再给最后期限" in office.matter("inspector", number)
    with at("12-29 09:00"):
        office.work()
        read = office.matter("handler", number)
        assert "最后期限也没有整改，如实记下" in read
        assert "没有整改" in ledger(office, "inspector", first)
        # No settlement: no measure, no list of lateness can read it.
        from baodao.ledger.models import Fact

        assert not Fact.objects.filter(subject=f"matter:{number}", kind__endswith="settled").exists()


def test_a_clue_is_no_finding_and_on_no_round(office: Town) -> None:
    with at("11-23 09:00"):
        first = inspection(office, OFFICE)
        number, _code = send(office, OFFICE)
        assert number not in office.matter("inspector", first)
        assert office.opens("inspector", number) == 404
        assert office.opens("handler", number) == 404
        assert SECRET in opened(office, "keeper", number)
        # Nothing can be hung on a clue, and a clue on nothing.
        page = office.desk("keeper").get("/desk/start/clue/").content.decode()
        assert 'name="unit"' in page
        for about in (first,):
            answer = begin(
                office, "keeper", "clue", about=about, expect=422, unit=OTHER_STREET, text="另一件"
            )
            assert "不挂在别的事下面" in answer
