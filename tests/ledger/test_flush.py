"""The flush: everything of a command or nothing of it, in few statements, alike on both databases."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.act import Subject
from baodao.kernel.errors import Refused
from baodao.kernel.models import Command
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.canonical import COLUMNS, committed, leaf_hash
from baodao.ledger.models import Content, Fact, SearchDoc
from tests.ledger.noting import NOW, Counted, Noted, act, fresh, note, row

pytestmark = pytest.mark.django_db


def test_facts_texts_and_command_are_written_together() -> None:
    mark = fresh()
    note(act(command=f"key-{mark}"), mark=mark, count=3, text="楼上漏水")
    facts = list(Fact.objects.filter(subject=f"test:{mark}").order_by("id"))
    assert [f.id for f in facts] == list(range(facts[0].id, facts[0].id + 3))
    assert {f.command for f in facts} == {f"key-{mark}"}
    assert Command.objects.get(key=f"key-{mark}").verb == "test.note"
    content = Content.objects.get(fact=facts[0].id)
    promised = msgspec.json.decode(facts[0].commitments)["text"]
    assert committed(bytes(content.salt), content.text, promised)
    assert "漏水" not in "".join(f.data + f.commitments for f in facts)
    assert (facts[1].commitments, facts[0].data) == ("", f'{{"mark":"{mark}-0"}}')


def test_each_leaf_is_the_hash_of_what_was_stored() -> None:
    mark = fresh()
    note(act(), mark=mark, count=2)
    for stored in Fact.objects.filter(subject=f"test:{mark}").values("leaf", *COLUMNS):
        assert bytes(stored["leaf"]) == leaf_hash(stored)
        assert len(bytes(stored["nonce"])) == 16
        assert leaf_hash({**stored, "value": 1}) != bytes(stored["leaf"])


def test_the_same_words_never_have_the_same_commitment_or_leaf() -> None:
    mark = fresh()
    note(act(), mark=mark, text="同一句话", subject=f"test:{mark}")
    note(act(), mark=mark, text="同一句话", subject=f"test:{mark}")
    rows = Fact.objects.filter(subject=f"test:{mark}")
    assert len({r.commitments for r in rows}) == len({bytes(r.leaf) for r in rows}) == 2


@verb("test.break")
def break_(tx: Tx, by: Any, *, subject: str) -> int:
    """A row that the database refuses, after facts that it would take."""
    tx.ask("org.test", Subject(ref="test"))
    tx.fact(Noted(mark="broken"), subject=subject, texts={"text": "不该留下"})
    tx.insert(SearchDoc, subject=subject, kind="t", level=3, scope="", state="", sort=0, words="", shown="")
    return 1


def test_what_fails_in_part_leaves_nothing() -> None:
    by, subject = act(), f"test:{fresh()}"
    with pytest.raises(IntegrityError):
        break_(by, subject=subject)
    assert not Fact.objects.filter(subject=subject).exists()
    assert not Content.objects.filter(text="不该留下").exists()
    assert not Command.objects.filter(key=by.command).exists()


@verb("test.silent")
def silent(tx: Tx, by: Any) -> int:
    """Never asks the policy."""
    tx.fact(Noted(mark="silent"), subject="test:silent")
    return 1


@verb("test.forbidden")
def forbidden(tx: Tx, by: Any) -> int:
    """Asks for what nobody was given."""
    tx.ask("nothing.at_all", Subject(ref="test"))
    return 1


def test_a_verb_that_never_asks_or_is_refused_writes_nothing() -> None:
    with pytest.raises(RuntimeError, match="without asking"):
        silent(act())
    with pytest.raises(Refused):
        forbidden(act())
    assert not Fact.objects.filter(subject="test:silent").exists()


@verb("test.value")
def value(tx: Tx, by: Any, *, counted: bool, amount: int | None) -> int:
    """A value with or without a kind that has a unit."""
    tx.ask("org.test", Subject(ref="test"))
    tx.fact((Counted if counted else Noted)(mark="v"), subject="test:value", value=amount)
    return 1


@pytest.mark.parametrize(("counted", "amount"), [(True, None), (False, 5)])
def test_value_and_unit_go_together(counted: bool, amount: int | None) -> None:
    with pytest.raises(ValueError, match="unit"):
        value(act(), counted=counted, amount=amount)
    value(act(), counted=True, amount=5)
    assert Fact.objects.get(subject="test:value").value == 5


@pytest.mark.parametrize("moment", [NOW.replace(tzinfo=None), NOW + timedelta(microseconds=1)])
def test_moments_are_aware_and_whole_seconds(moment: Any) -> None:
    with pytest.raises(ValueError):
        note(act(at=moment), mark=fresh())


def subjects() -> dict[str, str]:
    return dict(SearchDoc.objects.values_list("subject", "shown"))


def test_rows_are_written_in_the_order_in_which_they_were_queued() -> None:
    """Deleting and writing the same key in one command gives the later one, on both databases."""
    row(
        act(),
        rows=[{"op": "insert", "subject": "a", "shown": "1"}, {"op": "insert", "subject": "b", "shown": "1"}],
    )
    row(act(), rows=[{"op": "delete", "subject": "a"}, {"op": "insert", "subject": "a", "shown": "2"}])
    assert subjects() == {"a": "2", "b": "1"}
    row(
        act(),
        rows=[{"op": "upsert", "subject": "a", "shown": "3"}, {"op": "upsert", "subject": "a", "shown": "4"}],
    )
    assert subjects() == {"a": "4", "b": "1"}
    row(act(), rows=[{"op": "delete", "subject": ["a", "b"]}, {"op": "upsert", "subject": "b", "shown": "5"}])
    assert subjects() == {"b": "5"}
    row(act(), rows=[{"op": "upsert", "subject": "c", "shown": "6"}, {"op": "delete", "subject": "c"}])
    assert subjects() == {"b": "5"}


def test_a_command_is_three_statements_on_postgres_and_few_on_sqlite() -> None:
    note(act(), mark=fresh())
    with CaptureQueriesContext(
        connection,
    ) as caught:
        note(act(), mark=fresh(), count=4, text="一段文字")
    sent = [
        q["sql"] for q in caught.captured_queries if not q["sql"].upper().startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(sent) == (3 if connection.vendor == "postgresql" else 5), sent


def test_a_large_command_goes_in_parts() -> None:
    mark = fresh()
    note(act(), mark=mark, count=3000)
    assert Fact.objects.filter(subject=f"test:{mark}").count() == 3000


def test_rows_of_many_subjects_still_go_in_one_wave() -> None:
    """A list command deletes and writes subject by subject: none of them touches another's rows."""
    from baodao.kernel.verbs import Row
    from baodao.ledger.rows import waves

    queued = []
    for number in range(200):
        queued.append(Row("delete", SearchDoc, {"subject": f"old{number}"}))
        queued.append(Row("insert", SearchDoc, {"subject": f"new{number}", "shown": "x"}))
    (only,) = waves(queued)
    assert sorted((group.op, len(group.rows)) for group in only) == [("delete", 1), ("insert", 200)]


def test_a_key_may_name_the_field_and_a_column_its_attname() -> None:
    from baodao.kernel.verbs import Row
    from baodao.ledger.rows import waves
    from baodao.people.models import Identity

    queued = [
        Row("upsert", Identity, {"person_id": uid, "field": "name", "standing": uid}, ("person", "field"))
        for uid in ("a", "b", "a")
    ]
    (only,) = waves(queued)
    assert [columns["person_id"] for columns in only[0].rows] == ["a", "b"]


def test_deleting_what_an_empty_list_names_deletes_nothing() -> None:
    row(act(), rows=[{"op": "insert", "subject": "kept"}])
    row(act(), rows=[{"op": "delete", "subject": []}])
    assert "kept" in subjects()


def test_any_queue_gives_what_one_by_one_gives() -> None:
    """Against an oracle: a dictionary to which the same queue is applied in order."""
    import random

    chance = random.Random(20261123)
    for _ in range(60):
        SearchDoc.objects.all().delete()
        held: dict[str, tuple[str, str]] = {}
        for _command in range(3):
            queue = []
            for _row in range(chance.randint(1, 7)):
                subject, word = chance.choice("abc"), chance.choice("123")
                op = chance.choice(["insert", "upsert", "upsert_kind", "delete", "delete_where"])
                if op == "insert" and subject not in held:
                    held[subject] = (word, "test")
                    queue.append({"op": "insert", "subject": subject, "shown": word})
                elif op.startswith("upsert"):
                    # Two shapes of columns: they are different statements on the same key.
                    more = (
                        {"id": 900_000 + ord(subject)} if op == "upsert_kind" and subject not in held else {}
                    )
                    held[subject] = (word, "test")
                    queue.append({"op": "upsert", "subject": subject, "shown": word, **more})
                elif op == "delete":
                    held.pop(subject, None)
                    queue.append({"op": "delete", "subject": subject})
                elif op == "delete_where":
                    if held.get(subject, ("", ""))[0] == word:
                        del held[subject]
                    queue.append({"op": "delete", "subject": subject, "shown": word})
            row(act(), rows=queue)
            assert subjects() == {subject: value[0] for subject, value in held.items()}, queue
