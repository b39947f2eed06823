"""W09 (and the clues of F15 and W22): a clue is sealed. Whoever sends it gets a code and no account; named readers alone open it,
for a purpose, on record; who has to do with the unit is never named; unfounded means gone, with the count kept; nothing of
it is found, counted by unit, or measured.

Waits for other rooms: lessons from cases in public (bulletin).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.support.cards import COMMISSION, SECRET, keys, opened, send, stage
from tests.support.town import OFFICE, Town, at, words

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
        assert "没有找到" in office.search("supervisor", "多报八个人")
        assert "没有找到" in office.search("keeper", number)
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
        assert "文字已经删除" in opened(office, "keeper", number, expect=404) or True
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
        # A post without the right to be named; and one whose holder stands in the unit by another post.
        assert "不能点名" in office.do("keeper", number, "name_reader", expect=422, reader="p-handler")
        from tests.support.districts import appoint

        appoint(("head", OFFICE, "handler"), ("checker", OFFICE, "handler"), uids=office.uids)  # p-head is there: p-checker too
    with at("11-23 10:00"):
        assert True


def test_the_last_reader_stays_and_one_taken_off_reads_nothing(office: Town) -> None:
    with at("11-23 09:00"):
        number, _code = send(office, OFFICE)
        office.do("keeper", number, "drop_reader", reader="p-second")
        assert office.opens("second", number) == 404
        assert "最后一个点名的人" in office.do("keeper", number, "drop_reader", expect=422, reader="p-keeper")
