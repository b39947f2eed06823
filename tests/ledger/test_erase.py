"""`baodao erase`: every part of the list deletes, facts and their leaves stay, no byte is left in the file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from baodao.kernel.act import new_key
from baodao.ledger.doctor import examine
from baodao.ledger.erasure import NOT_YET, erasers
from baodao.ledger.models import Content, Fact, SearchDoc
from tests.matters.conftest import A, build
from tests.support.databases import Databases

TEXT, PHONE, NAME, ADDRESS = "金丝雀唱了七遍", "13987650001", "黄鹂鸟", "柳树巷一百零七号"


def test_the_list_of_the_house_is_walked() -> None:
    names = {eraser.name for eraser in erasers()} | set(NOT_YET)
    for part in ("content", "search", "notices", "people", "model_data", "phone outbox", "lake"):
        assert part in names
    order = [eraser.name for eraser in erasers()]
    assert order.index("content") < order.index("people"), "the vault knows who is who: last"


def lived() -> tuple[str, str]:
    """Somebody who left all that one can leave; gives (uid, number)."""
    from baodao.matters.services import Contact, Draft, open_
    from baodao.notify.models import Notice, Preference
    from baodao.people.models import Token

    cast = build()
    draft = Draft(
        procedure="request", org=A, place="", kind="road", fields={"text": TEXT, "title": TEXT[:4]},
        contact=Contact(name=NAME, phone=PHONE), address=ADDRESS,
    )  # fmt: skip
    number = open_(cast.by("stranger"), matters=[draft]).numbers[0]
    fact = Fact.objects.get(kind="matter.opened", subject=f"matter:{number}")
    uid = str(Token.objects.values_list("person_id", flat=True).get(token=fact.person))
    now = datetime.now(UTC).replace(microsecond=0)
    Notice.objects.create(fact=fact.id, channel="sms", person=uid, template="x", created=now, next_try=now)
    Preference.objects.create(person=uid)
    return uid, number


def everywhere() -> str:
    """All rows of all tables as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            found.extend(
                str(
                    [
                        bytes(v).decode("utf-8", "replace") if isinstance(v, (bytes, memoryview)) else v
                        for v in r
                    ]
                )
                for r in cursor.fetchall()
            )
    return "\n".join(found)


def test_nothing_of_the_person_is_left_but_coded_facts(
    committed_db: Databases,
    packs: Path,
    settings: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.DATA = tmp_path / "data"
    uid, number = lived()
    leaves = dict(Fact.objects.values_list("id", "leaf"))
    assert TEXT in everywhere(), "the canary lives"
    assert ADDRESS in everywhere()
    assert Content.objects.filter(text=TEXT).exists()
    assert SearchDoc.objects.filter(subject=f"matter:{number}").exists()
    call_command("erase", uid)
    shown = capsys.readouterr().out
    for part in (*NOT_YET, "content", "notices"):
        assert part in shown
    left = everywhere()
    for secret in (TEXT, TEXT[:4], PHONE, NAME, ADDRESS):
        assert secret not in left
    from baodao.notify.models import Notice, Preference

    assert not Notice.objects.filter(person=uid).exists()
    assert not Preference.objects.filter(person=uid).exists()
    now = {row.id: bytes(row.leaf) for row in Fact.objects.all()}
    assert all(now[number] == bytes(leaf) for number, leaf in leaves.items()), "the seal still holds"
    assert list(examine()) == []
    erased = Fact.objects.get(kind="ledger.erased")
    assert uid not in erased.subject + erased.data
    assert json.loads(erased.data)["rows"]["content"] >= 2
    if connection.vendor == "sqlite":
        connection.close()
        files = list(
            Path(committed_db.name_in_django(committed_db.current)).parent.glob(f"{committed_db.current}*")
        )
        held = b"".join(path.read_bytes() for path in files)
        assert b"ledger_fact" in held
        for secret in (TEXT, ADDRESS, PHONE, NAME):
            assert secret.encode() not in held


def test_a_second_erasing_finds_nothing_more(
    committed_db: Databases, packs: Path, settings: Any, tmp_path: Path
) -> None:
    from baodao.kernel.act import system_act
    from baodao.ledger.services import erase

    settings.DATA = tmp_path / "data"
    uid, _number = lived()
    now = datetime.now(UTC).replace(microsecond=0)
    assert sum(erase(system_act(now, new_key()), person=uid).values()) > 0
    again = erase(system_act(now, new_key()), person=uid)
    # The bare row that logs refer to is marked again; there is nothing else.
    assert {name: count for name, count in again.items() if count} in ({}, {"people": 1})
