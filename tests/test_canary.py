"""Canaries: unique strings typed through the screens lie only where the house says, and after erasing nowhere at all."""

import io
import json
import logging
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from PIL import Image

from baodao.ledger.caches import dump
from tests.support.town import GRID_A, Town, at, town

__all__ = ["town"]

NAME, PHONE, TYPED_PHONE = "金丝雀娘子", "13955550101", "139-5555-0101"
PHONE_INSIDE = "13955550202"
OPEN_TEXT, OPEN_WORD = "QZXOPENCANARY", "井盖丢了朱鹮"
SHUT_TEXT, SHUT_WORD = "QZXSHUTCANARY", "他又打我朱雀"
SIGN_IN_PHONE = "13955550303"
REPLY, ANSWER, ADDRESS = "QZXREPLYCANARY", "QZXANSWERCANARY", "丹桂路一九八号"
MODEL = "QZXCAMERACANARY"
TITLE = "QZXTITLECANARY"
PERSONAL = (NAME, PHONE, TYPED_PHONE, SIGN_IN_PHONE, MODEL)
RESTRICTED = (SHUT_TEXT, SHUT_WORD)
WRITTEN = (OPEN_TEXT, OPEN_WORD, PHONE_INSIDE, REPLY, ANSWER, ADDRESS)
ALL = (*PERSONAL, *RESTRICTED, *WRITTEN, TITLE)


def photo() -> io.BytesIO:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110] = MODEL
    Image.new("RGB", (60, 40), "green").save(out, "JPEG", exif=exif)
    out.seek(0)
    out.name = f"{NAME}.jpg"
    return out


def holds(data: bytes, canary: str) -> bool:
    """As UTF-8, lower case (search words), or escaped (JSON)."""
    low = data.lower()
    escaped = json.dumps(canary).strip('"').lower().encode()
    return canary.lower().encode() in low or escaped in low


def tables_with(canaries: Iterable[str]) -> dict[str, set[str]]:
    """canary → tables that hold it in any cell of any row."""
    found: dict[str, set[str]] = {canary: set() for canary in canaries}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = [bytes(c) if isinstance(c, bytes | memoryview) else str(c).encode() for c in row]
                for canary, tables in found.items():
                    if any(holds(cell, canary) for cell in cells):
                        tables.add(table)
    return found


def files_with(canaries: Iterable[str], database: str) -> list[str]:
    """Files of the data folder, of the product's static files and (SQLite) of the database that hold one."""
    connections.close_all()
    paths = [p for p in settings.DATA.rglob("*") if p.is_file()]
    paths += [p for p in Path(settings.STATICFILES_DIRS[0]).rglob("*") if p.is_file()]
    if database == "sqlite":
        base = Path(str(connections["default"].settings_dict["NAME"]))
        paths += [p for p in (base, Path(f"{base}-wal"), Path(f"{base}-shm")) if p.exists()]
        assert base in paths
    held = [(path, path.read_bytes()) for path in paths]
    return [f"{path.name}: {canary}" for canary in canaries for path, data in held if holds(data, canary)]


def live_through(town: Town) -> tuple[str, str, bytes]:
    """Everything that can be typed, is typed: an open request without account, a restricted one with account. Gives both
    numbers, and what was exported while both waited."""
    with at("11-23 09:00"):
        phone = town.phone()
        first = phone.report(
            kind="road", text=f"{OPEN_WORD}，{OPEN_TEXT}，打 {PHONE_INSIDE} 找我", name=NAME, phone=TYPED_PHONE,
            address=ADDRESS, photo=photo(),
        )  # fmt: skip
        signed = town.phone_by(SIGN_IN_PHONE)
        second = signed.report(kind="domestic_violence", text=f"{SHUT_WORD} {SHUT_TEXT}")
        town.work()
        left = exports(town)
    with at("11-23 11:00"):
        for number in (first, second):
            town.do("secretary", number, "report_in")
            town.do("secretary", number, "visited", found=REPLY)
            if number == first:  # public space: staff show a title to everybody, somebody follows
                town.do("secretary", number, "release", title=TITLE)
                command = {"command": "canary-follow", "action": "follow"}
                assert signed.browser.post(f"/open/{number}/", command).status_code == 303
            town.do("secretary", number, "answer", claim="solved", result=REPLY)
        # Whoever may reach her reads the phone, with a purpose: that is written down, the phone is not.
        shown = town.desk("secretary").post(f"/desk/matters/{first}/contact/", {"purpose": "handle"})
        assert PHONE[-4:] in shown.content.decode()
        town.work()
    with at("11-23 14:00"):
        phone.do(first, "confirm", answer="partly", text=ANSWER)
        signed.do(second, "confirm", answer="not", text=ANSWER)
        signed.do(second, "reopen", text=SHUT_TEXT)
        assert first in town.search("superior", OPEN_WORD)
        assert "没有找到" in town.search("superior", SHUT_WORD)
        town.office("secretary").see(first)
        town.work()
    return first, second, left


def exports(town: Town) -> bytes:
    """What leaves as files: everybody's list."""
    out = b""
    for who in ("secretary", "superior", "supervisor"):
        desk = town.desk(who)
        job = desk.post("/desk/todo/sheet/", {"query": ""})["Location"]
        town.work()
        answer = desk.get(f"{job}todo.xlsx")
        if answer.status_code == 200:
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                out += b"".join(book.read(name) for name in book.namelist())
    assert out, "no list was exported"
    return out


def uid_of(number: str) -> str:
    from baodao.matters.selectors import reporter_of
    from baodao.people.selectors import person_of

    return person_of(reporter_of(number), "handle")


def test_typed_once_found_only_where_it_belongs(
    town: Town, engine: str, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.INFO)
    _first, _second, left = live_through(town)
    found = tables_with(ALL)
    for canary in PERSONAL:
        assert found[canary] == set(), canary
    for canary in RESTRICTED:
        assert found[canary] == {"ledger_content"}, canary
    shared = {"ledger_content", "ledger_searchdoc"}
    for canary in (OPEN_TEXT, OPEN_WORD, ADDRESS):
        assert shared <= found[canary], canary
        assert {t for t in found[canary] if not t.startswith("ledger_search_")} == shared, canary
    # What staff show to everybody is the one text outside of contents, in the row that the list reads.
    assert found[TITLE] == {"ledger_content", "matters_matter"}
    # What was said later is not what a request is found by; a phone inside a text is masked in the search.
    for canary in (REPLY, ANSWER, PHONE_INSIDE):
        assert found[canary] == {"ledger_content"}, canary
    out, err = capfd.readouterr()
    for canary in ALL:
        assert canary not in caplog.text + out + err, canary
    # The dump is for whoever compares two databases: contents are in it, the vault is sealed.
    dumped = "\n".join(dump(with_caches=True, with_facts=True)).encode()
    for canary in (*PERSONAL, *RESTRICTED, PHONE_INSIDE):
        assert not holds(left, canary), canary
    assert holds(left, OPEN_WORD)
    assert not [canary for canary in PERSONAL if holds(dumped, canary)]
    # Files: notices, codes, pictures (renamed, stripped), locks: nothing of it.
    data = [path for path in settings.DATA.rglob("*") if path.is_file()]
    assert {"codes.jsonl"} <= {path.name for path in data}
    assert [p for p in data if p.parent.name == "notices"]
    for path in data:
        assert not [c for c in ALL if holds(path.read_bytes() + path.name.encode(), c)], path


def test_after_erasing_it_is_nowhere(town: Town, engine: str, capfd: Any) -> None:
    first, second, _left = live_through(town)
    people = [uid_of(first), uid_of(second)]
    assert all(people)
    assert len(set(people)) == 2
    with at("11-24 09:00"):
        for uid in people:
            call_command("erase", uid)
    gone = tables_with(ALL)
    assert {canary: tables for canary, tables in gone.items() if tables} == {}
    assert files_with(ALL, engine) == []
    with at("11-24 09:30"):
        assert town.phone().browser.get(f"/open/{first}/").status_code == 404
    # The search that found nothing can find: the grid's code, no secret, is still everywhere.
    assert tables_with([GRID_A])[GRID_A] >= {"matters_matter", "ledger_fact"}
    with at("11-24 10:00"):
        # The office still sees that there was something, and that its words are gone.
        read = town.matter("secretary", first)
        assert first in read
        assert "文字已经删除" in read
        assert "没有找到" in town.search("superior", OPEN_WORD)
