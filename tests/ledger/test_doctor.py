"""`baodao doctor` names a byte that was turned in a fact, a text, or the guard itself."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from baodao.ledger import triggers
from baodao.ledger.canonical import commitment, committed
from baodao.ledger.doctor import examine
from baodao.ledger.models import Content, Fact
from tests.ledger.noting import act, fresh, note
from tests.support.databases import Databases


@contextmanager
def unguarded() -> Iterator[None]:
    """Somebody who may do anything to the database."""
    with connection.cursor() as cursor:
        for table in ("ledger_fact", "ledger_content"):
            for event in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{event}{on}")
    yield
    triggers.create()


@pytest.fixture
def number(committed_db: Databases) -> int:
    for _ in range(3):
        note(act(), mark=fresh(), text="楼上漏水", count=2)
    return int(Fact.objects.order_by("id").values_list("id", flat=True)[2])


def test_a_healthy_ledger_says_nothing(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(examine()) == []
    call_command("doctor")
    assert "healthy at position 6" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "test:other"),
        ("level", 1),
        ("data", '{"mark":"x"}'),
        ("post", "p"),
        ("origin", "paper"),
        ("voids", 1),
    ],
)
def test_each_changed_column_of_a_fact_is_named(number: int, column: str, value: object) -> None:
    with unguarded():
        Fact.objects.filter(id=number).update(**{column: value})
    (line,) = examine()
    assert line.startswith(f"fact {number} ")


def test_one_turned_byte_of_nonce_or_leaf_is_named(number: int) -> None:
    held = Fact.objects.get(id=number)
    for column in ("nonce", "leaf"):
        before = bytes(getattr(held, column))
        with unguarded():
            Fact.objects.filter(id=number).update(**{column: bytes([before[0] ^ 1]) + before[1:]})
        assert [line.split(" (")[0] for line in examine()] == [f"fact {number}"]
        with unguarded():
            Fact.objects.filter(id=number).update(**{column: before})
    assert list(examine()) == []


def test_a_changed_text_or_salt_is_named_and_an_erased_one_is_not(number: int) -> None:
    content = Content.objects.order_by("fact")[1]
    with unguarded():
        Content.objects.filter(fact=content.fact).update(text="楼上漏氺")
    (line,) = examine()
    assert line == f"content of fact {content.fact}, slot text: not the text that was committed to"
    with unguarded():
        Content.objects.filter(fact=content.fact).update(text=content.text, salt=b"\0" * 16)
    assert len(list(examine())) == 1
    Content.objects.filter(fact=content.fact).delete()
    assert list(examine()) == []


def test_a_text_put_under_another_fact_is_named(number: int) -> None:
    content = Content.objects.order_by("fact")[1]
    with unguarded():
        Content.objects.filter(fact=content.fact).update(fact=content.fact + 1)
    assert len(list(examine())) == 1


def test_a_lost_guard_is_named_and_the_command_fails(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        on = " ON ledger_fact" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER guard_ledger_fact_update{on}")
    with pytest.raises(SystemExit) as ended:
        call_command("doctor")
    assert ended.value.code == 1
    assert "guard_ledger_fact_update" in capsys.readouterr().out


def test_a_text_of_before_holds_to_a_commitment_in_hex() -> None:
    salt, text = b"0123456789abcdef", "楼上漏水"
    for promised in (hashlib.sha256(salt + text.encode()).hexdigest(), commitment(salt, text)):
        assert committed(salt, text, promised)
        assert not committed(salt, "楼上漏氺", promised)
        assert not committed(b"\0" * 16, text, promised)
    assert len(commitment(salt, text)) == 43
