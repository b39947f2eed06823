"""What is typed stays in the vault; what is erased is nowhere."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from baodao.kernel.act import new_key, system_act
from baodao.people import door, selectors
from baodao.people.models import AccessLog, Person, Token
from baodao.people.services.reading import read_identity
from tests.people.cast import NOW, PHONE, person_at
from tests.people.test_contacts import TestOwnPage as OwnPage
from tests.people.test_contacts import intake
from tests.people.test_reading import matter, reader

CANARIES = (
    "13812345678",
    "8613812345678",
    "kanarienvogel@example.com",
    "金丝雀",
    "丹桂路一九八号",
    "13700000077",
)


def rows_with(canaries: tuple[str, ...]) -> list[str]:
    """table: canary for every row of every table that holds one, as text or as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                cells = [bytes(c) if isinstance(c, (bytes, memoryview)) else str(c).encode() for c in row]
                found += [f"{table}: {c}" for c in canaries if any(c.encode() in cell for cell in cells)]
    return found


def files_with(canaries: tuple[str, ...]) -> list[str]:
    """Every file under the data folder (the database's too) that holds one."""
    found = []
    for path in settings.DATA.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path.name}: {c}" for c in canaries if c.encode() in data]
    return found


def type_everything(sign_in: Any, sent: Any) -> tuple[Any, str, str]:
    browser = sign_in(PHONE)
    page = OwnPage()
    uid = person_at(browser)
    for field, value in (("email", CANARIES[2]), ("name", CANARIES[3]), ("address", CANARIES[4])):
        assert page.change(browser, sent, field, value).status_code == 303
    assert page.change(browser, sent, "contact_phone", "137 0000 0077").status_code == 303
    browser.post("/me/consents/", {"yes": ["notice_sms"]})
    token = intake(door_act(uid), phone=PHONE, name=CANARIES[3], owner=uid)[1]
    intake(door_act(""), phone=PHONE, name=CANARIES[3])
    read_identity(reader(), [token], ["name", "phone", "address"], matter())
    return browser, uid, token


def door_act(person: str) -> Any:
    from tests.people.cast import act

    return act(person)


@pytest.mark.django_db
def test_no_table_holds_what_was_typed(sign_in, sent, caplog, capsys) -> None:
    _browser, uid, _token = type_everything(sign_in, sent)
    assert rows_with(CANARIES) == []
    assert not [c for c in CANARIES if c in caplog.text]
    # The search itself can find: a uid is no secret and lies in several tables.
    assert {line.split(":")[0] for line in rows_with((uid,))} >= {
        "people_person",
        "people_token",
        "people_accesslog",
    }


@pytest.mark.django_db
def test_the_default_way_out_masks_the_address(settings, tmp_path) -> None:
    from baodao.people.senders import outbox, outbox_path

    settings.DATA = tmp_path
    outbox("sms", "+8613812345678", "验证码 123456")
    outbox("email", CANARIES[2], "验证码 654321")
    lines = [json.loads(line) for line in outbox_path().read_text().splitlines()]
    assert [line["to"] for line in lines] == ["138****5678", "k***@example.com"]
    assert outbox_path().stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_the_dump_tells_nothing_of_who_anybody_is(sign_in, sent) -> None:
    from baodao.ledger.caches import dump

    type_everything(sign_in, sent)
    text = "\n".join(dump(with_caches=True, with_facts=True))
    assert "people_identity" in text
    assert not [c for c in CANARIES if c in text]
    assert "argon2" not in text


def test_after_erasing_no_row_and_no_file_holds_the_person(committed_db, sign_in, sent) -> None:
    browser, uid, token = type_everything(sign_in, sent)
    browser.post("/me/forget/", {"ask": "yes"})
    assert [row.person_id for row in selectors.erasures()] == [uid]
    call_command("erase", uid)
    connections.close_all()
    assert rows_with(CANARIES) == []
    assert files_with(CANARIES) == []
    assert browser.get("/me/").status_code == 302
    assert selectors.own_fields(uid) == []
    assert selectors.person_of(token, "handle") == ""
    assert Token.objects.filter(token=token, person=None).exists()
    assert Person.objects.get(uid=uid).erased
    assert AccessLog.objects.filter(whom=uid).exists()
    assert selectors.erasures() == []
    # Signing in by the same phone is a new person.
    from datetime import timedelta

    import time_machine

    with time_machine.travel(door.clock() + timedelta(minutes=5)):
        assert person_at(sign_in(PHONE)) != uid


def test_erasing_is_for_whoever_may(db, sign_in) -> None:
    from baodao.kernel.errors import Refused
    from baodao.ledger.services import erase
    from tests.people.cast import act

    uid = person_at(sign_in())
    for by in (act(), act("x" * 32), act(uid)):
        with pytest.raises(Refused):
            erase(by, person=uid)
    assert erase(system_act(NOW, new_key()), person=uid)["people"] > 0
