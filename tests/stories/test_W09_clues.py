"""W09 (and the clues of F15 and W22): a clue is sealed. Whoever sends it gets a code and no account; named readers alone open it,
for a purpose, on record; who has to do with the unit is never named; unfounded means gone, with the count kept; nothing of
it is found, counted by unit, or measured.

A lesson from a case is told anew, hangs on no clue, and is gone through by the units themselves.

Waits for other rooms: the lesson in public (bulletin).
"""

from pathlib import Path

from tests.support.cards import COMMISSION, INSPECTION, SECRET, keys, opened, send, stage
from tests.support.districts import appoint, enrol
from tests.support.ledgers import begin, entries, under
from tests.support.town import OFFICE, Town, at, words
from tests.support.whistles import png

PACKS = Path(__file__).resolve().parents[2] / "packs"
EVERYBODY = (
    "secretary", "sibling", "handler", "head", "superior", "supervisor", "ruler", "auditor", "administrator", "outsider",
    "clerk", "chief", "inspector", "checker",
)  # fmt: skip


def on_disk(data: Path, engine: str, text: str) -> list[str]:
    """Files of the data folder and of the database, and tables and dump, that hold a text."""
    from django.conf import settings
    from django.db import connections

    from baodao.ledger.caches import dump
    from tests.test_canary import holds, tables_with

    found = [f"table {table}" for table in tables_with([text])[text]]
    found += ["dump"] if holds("\n".join(dump(with_caches=True, with_facts=True)).encode(), text) else []
    paths = [path for path in data.rglob("*") if path.is_file()]
    if engine == "sqlite":
        connections.close_all()
        name = Path(str(settings.DATABASES["default"]["NAME"]))
        paths += [path for path in name.parent.glob(f"{name.name}*") if path.is_file()]
    return found + [str(path) for path in paths if holds(path.read_bytes(), text)]


def test_a_lesson_hangs_on_no_clue_and_is_gone_through_by_the_units(office: Town) -> None:
    under("weibin")
    told = {"kind": "lesson", "title": "报人数的教训", "text": "报上来的数要有名单可对。"}
    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        # Whoever keeps the clues cannot tie a lesson to one, nor can anybody who does not know of it.
        for who in ("superior", "chief"):
            read = begin(office, who, "campaign", expect=422, about=number, **told)
            assert "没有这件事，或它不对您开放" in read
        lesson = begin(office, "superior", "campaign", **told)
        office.do("superior", lesson, "plan", plan="各单位对一遍名单。", until="2027-01-31")
        found = begin(
            office,
            "superior",
            "problem",
            about=lesson,
            kind="formalism",
            title="花名册对不上",
            text="差两个。",
            org=OFFICE,
        )
        assert entries(office, "superior", lesson) == [found]
        office.do("handler", found, "report_in")
        office.do("handler", found, "answer", claim="mended", result="对齐了。", photo=png())
        assert "转入跟踪" in office.do("superior", found, "pass", how="site")
        assert number not in office.matter("superior", lesson)


def test_from_a_code_without_an_account_to_a_card_that_is_gone(office: Town, engine: str) -> None:
    with at("11-23 09:00"):
        number, code = send(office, OFFICE)
        assert "已经收到，还没有开始核实" in stage(office, number, code)
        assert "对不上" in stage(office, number, "AAAA-2222", expect=422)
        # Not a request: the ordinary door does not know the pair, and the page is nobody's.
        assert office.phone().browser.post("/look/", {"number": number, "code": code}).status_code == 422
        # Nobody but the keepers: not colleagues, not superiors, not auditors, no list, no search.
        for who in EVERYBODY:
            assert office.opens(who, number) == 404, who
            assert number not in office.todo(who), who
        for who, query in (("supervisor", "多报八个人"), ("keeper", "多报八个人"), ("keeper", number)):
            hits = office.desk(who).get("/desk/search/", {"q": query}).content.decode()
            assert f"/desk/matters/{number}/" not in hits
        listed = words(office.desk("keeper").get("/desk/cards/"))
        assert number in listed
        assert office.desk("supervisor").get("/desk/cards/").status_code == 403
        read = office.matter("keeper", number)
        for text in (SECRET, "区住建委"):
            assert text not in listed + read
        # A purpose is asked, each opening is logged, and all who are named see it.
        assert "没有说明用途" in opened(office, "keeper", number, purpose="", expect=403)
        assert "还没有人打开过" in office.matter("second", number)
        shown = opened(office, "keeper", number)
        assert SECRET in shown
        assert "区住建委" in shown
        assert "区纪委监委 线索管理员 · 办理您反映的事情" in office.matter("second", number)
        office.do("keeper", number, "take", plan="QZXPLANCANARY查发放表")
        assert on_disk(office.data, engine, "QZXCLUECANARY") == []
        assert on_disk(office.data, engine, "QZXPLANCANARY") == []
        assert keys() == [f"matter:{number}"]
    with at("11-25 09:00"):
        assert "正在核实" in stage(office, number, code)
        # Whoever began to check does not close it alone.
        assert "由另一个人来办" in office.matter("keeper", number)
        assert "只留件数" in office.do("second", number, "unfounded")
        assert keys() == []
        assert "只留件数" in office.matter("keeper", number)
        assert "文字已经删除" in opened(office, "keeper", number, expect=404)
        from baodao.ledger.models import Content

        assert not Content.objects.filter(text__startswith="\ue0b1").exists()
        assert "已经办结" in stage(office, number, code)


def test_who_has_to_do_with_the_unit_is_never_named(office: Town) -> None:
    with at("11-23 09:00"):
        # Against the commission itself: nobody here may take it, and nothing is kept.
        told, _none = send(office, COMMISSION, expect=422)
        assert "这里没有人能接对这个单位的反映" in told
        from baodao.matters.models import Matter

        assert not Matter.objects.filter(procedure="clue").exists()
        number, _code = send(office, OFFICE)
        office.do("keeper", number, "name_reader", reader="p-inspector")
        assert office.opens("inspector", number) == 200
        assert SECRET in opened(office, "inspector", number)
        # A post without the right to be named; and one whose holder stands in the unit by another post, whichever.
        assert "不能点名" in office.do("keeper", number, "name_reader", expect=422, reader="p-handler")
        office.uids["turned"] = office.uids["checker"]
        appoint(("turned", OFFICE, "handler"), uids=office.uids)
        assert "和被反映的单位有关" in office.do(
            "keeper", number, "name_reader", expect=422, reader="p-checker"
        )
        # Named, and later appointed there: what she could open yesterday she cannot today.
        office.uids["moved"] = office.uids["inspector"]
        appoint(("moved", OFFICE, "handler"), uids=office.uids)
        assert "您和被反映的单位有关" in opened(office, "inspector", number, expect=403)


def test_the_last_reader_stays_and_one_taken_off_reads_nothing(office: Town) -> None:
    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        office.do("keeper", number, "drop_reader", reader="p-second")
        assert office.opens("second", number) == 404
        assert "最后一个点名的人" in office.do("keeper", number, "drop_reader", expect=422, reader="p-keeper")


def test_signed_in_or_not_the_sender_is_nobody(office: Town) -> None:
    """No token, no account, no cookie of hers on the card; nor in the log of commands."""
    with at("11-23 09:00"):
        mine = office.phone("resident")
        number, _code = send(office, OFFICE, browser=mine.browser)
        from baodao.ledger.models import Fact
        from baodao.matters.models import Matter
        from baodao.people.selectors import tokens_of

        row = Matter.objects.get(number=number)
        assert (row.reporter, row.caller, row.caller_post, row.kind, row.place, row.shown) == (
            "",
            "",
            "",
            "",
            "",
            "",
        )
        facts = list(Fact.objects.filter(subject=f"matter:{number}"))
        assert {fact.person for fact in facts} == {""}
        assert "matters" not in tokens_of(office.uids["resident"])
        assert OFFICE not in "".join(fact.data + fact.org + fact.about for fact in facts)
        assert number not in words(mine.browser.get("/mine/"))


def test_counts_of_the_whole_district_from_ten_on_and_none_by_unit(office: Town) -> None:
    from baodao.kernel.act import Act
    from baodao.matters.services import Draft, open_
    from tests.support.town import local

    def sent(count: int) -> None:
        now = local("11-23 08:00")
        by = Act(kind="anonymous", happened=now, noted=now, command=f"clues-{count}-{len(keys())}")
        fields = {"unit": OFFICE, "text": SECRET}
        open_(by, matters=[Draft(procedure="clue", org=COMMISSION, fields=fields)] * count)

    with at("11-23 09:00"):
        sent(9)
        read = words(office.desk("keeper").get("/desk/cards/"))
        assert "一共 不足 10 件，不显示" in read
        sent(3)
        read = words(office.desk("keeper").get("/desk/cards/"))
        assert "一共 12" in read
        assert "还在办 12" in read
        assert "区住建委" not in read


def test_rebuilt_to_the_same_bytes_and_doctor_knows_of_lost_keys(office: Town) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.services import rebuild
    from baodao.people import boxes

    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        office.do("keeper", number, "name_reader", reader="p-inspector")
        before = list(dump(with_caches=True, with_facts=True))
        assert any('"p-inspector"' in line for line in before)
        rebuild()
        assert list(dump(with_caches=True, with_facts=True)) == before
        assert list(examine()) == []
        # A key without a card, a card without its key: doctor names both.
        boxes.make("matter:FL-2026-009999")
        boxes.destroy(f"matter:{number}")
        told = "\n".join(examine())
        assert "matter:FL-2026-009999" in told
        assert f"matter:{number}" in told
        assert "钥匙" in opened(office, "keeper", number, expect=409)


def leave(*who: str, on: str) -> None:
    """Their posts end on a day."""
    import datetime

    from baodao.kernel.act import system_act
    from baodao.orgs.ruling import EndPost
    from baodao.orgs.services import end_posts
    from tests.support.town import local

    day = datetime.date.fromisoformat(on)
    by = system_act(local(f"{on[5:]} 00:00"), f"leave-{'-'.join(who)}")
    end_posts(by, posts=[EndPost(code=f"p-{one}", until=day) for one in who])


def asks_for(
    office: Town, who: str, number: str, reader: str, expect: int = 202, reason: str = "两名管理员同日调离。"
) -> str:
    import re

    desk = office.desk(who)
    page = desk.get("/desk/cards/renew/").content.decode()
    command = re.findall(r'name="command" value="([^"]+)"', page)
    typed = {"command": command[-1] if command else f"renew-{who}", "number": number, "reader": reader}
    answer = desk.post("/desk/cards/renew/", {**typed, "reason": reason})
    assert answer.status_code == expect, words(answer)
    return words(answer)


def second_says(office: Town, who: str, expect: int = 303) -> str:
    import re

    page = office.desk(who).get("/desk/seconds/").content.decode()
    codes = re.findall(r'name="code" value="(w-\d+)"', page)
    command = re.findall(r'name="command" value="([^"]+)"', page)
    assert codes, words(office.desk(who).get("/desk/seconds/"))
    answer = office.desk(who).post(
        "/desk/seconds/", {"command": command[-1], "code": codes[-1], "do": "agree"}
    )
    assert answer.status_code == expect, words(answer)
    return words(answer) if expect != 303 else ""


def test_if_all_who_were_named_leave_two_persons_name_the_next_and_read_nothing(office: Town) -> None:
    from baodao.ledger.caches import dump
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.ledger.services import rebuild

    more = {"approver": "某批准", "approver2": "某批准二", "elsewhere": "某别处"}
    office.uids |= enrol(more, {who: f"137{n:04}6612" for n, who in enumerate(more)})
    posts = (("approver", COMMISSION), ("approver2", COMMISSION), ("elsewhere", OFFICE))
    appoint(*((who, org, "card_approver") for who, org in posts), uids=office.uids)
    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        # While one who was named is there, nobody names past them.
        assert "没有要换人的卡片" in words(office.desk("approver").get("/desk/cards/renew/"))
        assert "还有点名的人在岗" in asks_for(office, "approver", number, "p-inspector", 409)
    leave("keeper", "second", on="2026-12-01")
    with at("12-01 09:00"):
        assert any(number in line and "card.renew" in line for line in examine())
        read = words(office.desk("approver").get("/desk/cards/renew/"))
        assert number in read
        assert "线索管理员" in read
        # Of another office, above, below, beside, outside: nobody finds it, nor the page.
        assert number not in words(office.desk("elsewhere").get("/desk/cards/renew/"))
        asks_for(office, "elsewhere", number, "p-inspector", 404)
        for who in (
            "chief",
            "auditor",
            "supervisor",
            "secretary",
            "sibling",
            "superior",
            "outsider",
            "inspector",
        ):
            assert office.desk(who).get("/desk/cards/renew/").status_code == 403, who
            asks_for(office, who, number, "p-inspector", 403)
        assert "要写明为什么要换人" in asks_for(office, "approver", number, "p-inspector", 422, reason="")
        assert "不能点名" in asks_for(office, "approver", number, "p-handler", 422)
        # One alone does nothing, and cannot agree to her own.
        assert "等另一个人确认" in asks_for(office, "approver", number, "p-inspector")
        assert office.opens("inspector", number) == 404
        second_says(office, "approver", expect=403)
        second_says(office, "approver2")
        assert office.opens("inspector", number) == 200
        shown = opened(office, "inspector", number)
        assert SECRET in shown
        assert "两名管理员同日调离。" in shown, "why, for whoever opens it"
        assert "线索批准人" in shown
        # Those who named read nothing: not the card, not a list, not its contents.
        for who in ("approver", "approver2"):
            assert office.opens(who, number) == 404, who
            assert office.desk(who).get("/desk/cards/").status_code == 403
            answer = office.desk(who).post(f"/desk/matters/{number}/unseal/", {"purpose": "handle"})
            assert answer.status_code == 404, who
            assert number not in words(office.desk(who).get("/desk/cards/renew/"))
        from baodao.people.models import SecurityLog

        kinds = list(SecurityLog.objects.filter(subject=f"matter:{number}").values_list("kind", flat=True))
        assert {"second.asked", "second.agreed", "card.renewed"} <= set(kinds)
        # The reason lies in the box too, and the rows follow from the facts.
        assert not any("同日调离" in line for line in dump(with_caches=True, with_facts=True))
        before = list(dump(with_caches=True, with_facts=True))
        rebuild()
        assert list(dump(with_caches=True, with_facts=True)) == before
        assert not [line for line in examine() if number in line]
        assert (
            Fact.objects.filter(subject=f"matter:{number}", post="p-approver", kind="matter.acted").count()
            == 1
        )


def test_who_has_to_do_with_the_unit_is_not_named_that_way_either(office: Town) -> None:
    """The check waits for the second person: whoever tries names alone learns nothing of the unit."""
    more = {"approver": "某批准", "approver2": "某批准二"}
    office.uids |= enrol(more, {who: f"137{n:04}6613" for n, who in enumerate(more)})
    appoint(*((who, COMMISSION, "card_approver") for who in more), uids=office.uids)
    office.uids["turned"] = office.uids["checker"]
    appoint(("turned", OFFICE, "handler"), uids=office.uids)
    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
    leave("keeper", "second", on="2026-12-01")
    with at("12-01 09:00"):
        asks_for(office, "approver", number, "p-checker")
        assert "和被反映的单位有关" in second_says(office, "approver2", expect=422)
        assert office.opens("checker", number) == 404
    # One of the two who name is no reader, by whatever other post she holds.
    office.uids["both"] = office.uids["approver2"]
    appoint(("both", INSPECTION, "inspector"), uids=office.uids)
    with at("12-02 09:00"):
        asks_for(office, "approver", number, "p-both")
        assert "自己不能看" in second_says(office, "approver2", expect=422)
