"""D07 (Y17 and W11 by their own words): neighbours in a dispute. Both sides agree in writing before the first session, anybody
may leave and it is recorded against nobody, the agreement has its paper and a day for the follow-up, after which the texts
are gone; else the next lawful way is told.

Waits for other rooms: the room booked for a session (gather); confirmation by the court (Exchange).
"""

import io
import zipfile
from pathlib import Path

import pytest

from tests.support.districts import appoint, enrol
from tests.support.ledgers import begin
from tests.support.town import STREET, A, Town, at, words
from tests.support.whistles import png

PACKS = Path(__file__).resolve().parents[2] / "packs"
COURT = "向人民法院起诉的权利"
PHONES = {"ping": "13677770001", "senior": "13677770002"}


@pytest.fixture
def studio(town: Town) -> Town:
    """The town with a mediator in the community and one at the street."""
    uids = enrol({"ping": "某平", "senior": "某站"}, PHONES)
    appoint(("ping", A, "mediator"), ("senior", STREET, "mediator"), uids=uids)
    town.uids |= uids
    return town


def asked(town: Town) -> str:
    return begin(town, "ping", "mediation", kind="water", title="楼上漏水到楼下", parties="2")


def consented(town: Town) -> str:
    number = asked(town)
    town.do("ping", number, "report_in")
    for party in "ab":
        town.do("ping", number, "consent", party=party, photo=png())
    return number


def test_no_session_before_every_side_agreed_in_writing(studio: Town) -> None:
    with at("11-23 09:00"):
        # A mediation between nobody would need nobody's consent.
        for few, says in (("0", "最少是 2"), ("-3", "最少是 2"), ("1", "最少是 2"), ("5", "最多是 4")):
            form = {"kind": "water", "title": "楼上漏水到楼下", "parties": few}
            assert says in begin(studio, "ping", "mediation", expect=422, **form)
        number = asked(studio)
        studio.do("ping", number, "report_in")
        # Without the signed paper there is no consent.
        studio.do("ping", number, "consent", expect=422, party="a")
        studio.do("ping", number, "consent", party="a", photo=png())
        studio.do("ping", number, "consent", party="a", photo=png())
        page = studio.matter("ping", number)
        assert "“一方书面同意”还差：乙方" in page
        # Two sides: what is entered for a third is not the second one's consent.
        studio.do("ping", number, "consent", party="c", photo=png())
        assert "“一方书面同意”还差：乙方" in studio.matter("ping", number)
        paper = words(studio.desk("ping").get(f"/desk/matters/{number}/paper/consent/"))
        assert "随时可以退出，不用说理由，退出不会记在本人名下" in paper
        assert COURT in paper
        studio.do("ping", number, "consent", party="b", photo=png())
        # What is written down has been held: no day to come.
        late = studio.do("ping", number, "session", expect=422, held="2026-11-24", text="先各说各的。")
        assert "“哪天”最晚是 11月23日 周一" in late
        studio.do("ping", number, "session", held="2026-11-23", text="先各说各的。")


def test_an_agreement_has_its_paper_its_day_and_then_the_texts_are_gone(studio: Town) -> None:
    with at("11-23 09:00"):
        number = consented(studio)
        studio.do("ping", number, "session", held="2026-11-23", text="楼上同意修。")
        # Signed before it is entered: the sheet is there with lines to write on, and nobody here waits for an answer.
        blank = words(studio.desk("ping").get(f"/desk/matters/{number}/paper/agreement/"))
        assert "各方自愿达成如下协议： ＿＿＿＿＿＿ 回访日：＿＿＿＿＿＿" in blank
        read = studio.matter("ping", number)
        assert "发起时间" in read and "只看居民看到的" not in read
        form = studio.desk("ping").get(f"/desk/matters/{number}/?do=agree&leg=1").content.decode()
        asked = [form.index(f'name="{name}"') for name in ("agreement", "follow", "paper")]
        assert asked == sorted(asked), "asked in the order of the declaration, not of the controls"
        studio.do(
            "ping", number, "agree", agreement="楼上十二月底前修好防水。", follow="2026-12-28", paper=png()
        )
        sheet = studio.desk("ping").get(f"/desk/matters/{number}/paper/agreement/?as=word")
        with zipfile.ZipFile(io.BytesIO(sheet.content)) as book:
            kept = book.read("word/document.xml").decode()
        assert "楼上十二月底前修好防水。" in kept
        assert COURT in kept
        assert "申请司法确认" in kept
        assert "回访日：2026年12月28日" in kept, "a paper says the year"
    with at("12-28 09:00"):
        read = studio.do("ping", number, "follow_up", kept="kept")
        assert "回访了：做到了" in read
        read = studio.matter("ping", number)
        for text in ("楼上十二月底前修好防水。", "楼上同意修。", "楼上漏水到楼下"):
            assert text not in read


def test_leaving_is_recorded_against_nobody(studio: Town) -> None:
    """Stopped by a side, and stopped because no session was held: the same words, the same code."""
    with at("11-23 09:00"):
        stopped, silent = consented(studio), consented(studio)
        read = studio.do("ping", stopped, "stop")
        assert "没有继续。不记是谁，也不影响各方去起诉。" in read
    with at("12-28 09:00"):
        studio.work()
        assert "没有继续。不记是谁" in studio.matter("ping", silent)
        from baodao.matters.models import Matter

        outcomes = set(Matter.objects.filter(number__in=[stopped, silent]).values_list("outcome", flat=True))
        assert outcomes == {"stopped"}
        page = studio.desk("ping").get(f"/desk/matters/{stopped}/").content.decode()
        assert "甲方退出" not in page
        assert "乙方退出" not in page


def test_from_the_unit_to_the_station_to_the_court(studio: Town) -> None:
    with at("11-23 09:00"):
        number = consented(studio)
        studio.do("ping", number, "hand_over", org=STREET, reason="双方请站里再谈。")
        studio.do("senior", number, "report_in")
        # The consents hold; nobody signs twice.
        studio.do("senior", number, "session", held="2026-11-23", text="谈不拢。")
        assert "告诉了各方可以去人民法院" in studio.do("senior", number, "refer", to="court")


def test_only_those_who_handle_it_know_of_it(studio: Town) -> None:
    """limits.md, D07: level 2; no list, no search, no sheet of a household, no visit."""
    with at("11-23 09:00"):
        number = asked(studio)
        studio.do("ping", number, "report_in")
        for who in ("secretary", "sibling", "superior", "supervisor", "senior", "auditor", "outsider"):
            assert studio.opens(who, number) == 404, who
            assert number not in studio.todo(who)
        assert number not in studio.search("superior", "楼上漏水")
        assert number not in studio.search("ping", "楼上漏水")


def test_what_the_declaration_may_never_ask() -> None:
    """In every district: the right to court on each paper; no field for a household, a visit or who left."""
    from baodao.kernel.declare import load_pack
    from baodao.matters.declare import Procedure

    for pack in sorted(path.name for path in PACKS.iterdir() if (path / "pack.toml").exists()):
        mediation = load_pack(PACKS / pack).many(Procedure)["mediation"]
        assert mediation.level == 2
        assert mediation.papers
        assert all(COURT in paper.text for paper in mediation.papers)
        stop = mediation.action("stop")
        assert stop is not None
        assert not stop.fields
        assert stop.forgets
        kinds = {
            kind.rstrip("?").partition(":")[0] for one in mediation.actions for kind in one.fields.values()
        }
        assert not kinds & {"person", "place", "matter"}
        session = mediation.action("session")
        assert session is not None
        assert [guard.gathered for guard in session.when] == ["acted.consent"]
