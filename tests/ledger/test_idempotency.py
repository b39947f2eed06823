"""One key, one doing: a repeat gets the first result, another body is refused, two at once are one."""

import hashlib
import hmac
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Invalid, KeyReused
from baodao.kernel.models import Command
from baodao.ledger import answers
from baodao.ledger.answers import forget
from baodao.ledger.models import Fact
from tests.ledger.noting import act, fresh, note, row
from tests.support.databases import Databases
from tests.support.together import together


@pytest.mark.django_db
def test_a_repeat_gets_the_first_result_and_adds_nothing() -> None:
    by, mark = act(), fresh()
    assert note(by, mark=mark, count=2) == 2
    assert note(by, mark=mark, count=2) == 2
    later = act(command=by.command, origin="import")
    assert note(later, mark=mark, count=2) == 2, "who repeats it, and how it came, is no part of the body"
    assert Fact.objects.filter(subject=f"test:{mark}").count() == 2


@pytest.mark.django_db
def test_another_body_or_another_verb_under_the_same_key_is_refused() -> None:
    by, mark = act(), fresh()
    note(by, mark=mark)
    with pytest.raises(KeyReused):
        note(by, mark=mark, count=2)
    with pytest.raises(KeyReused):
        row(by, rows=[])
    assert Fact.objects.filter(command=by.command).count() == 1


@pytest.mark.django_db
def test_a_command_that_failed_may_be_tried_again_with_another_body() -> None:
    by = act()
    with pytest.raises(msgspec.ValidationError):
        note(by, mark="x" * 100)
    assert note(by, mark=fresh()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 201])
def test_keys_have_a_length(key: str) -> None:
    with pytest.raises(Invalid):
        note(act(command=key), mark=fresh())


@pytest.mark.django_db
def test_the_stored_body_does_not_give_away_what_was_said() -> None:
    """Plain hashes of short texts are found by trying: the digest is keyed."""
    by = act()
    note(by, mark="m13912345678")
    body = bytes(Command.objects.get(key=by.command).body)
    plain = msgspec.json.encode(["test.note", [], {"mark": "m13912345678"}], order="sorted")
    assert body != hashlib.sha256(plain).digest()
    assert b"139" not in body


def test_two_threads_with_one_key_do_it_once(committed_db: Databases) -> None:
    mark = fresh()

    def once(count: int) -> int:
        return note(act(command="same"), mark=mark, count=count)

    results = together(*[partial(once, 2)] * 5, partial(once, 3))
    good: list[Any] = [r for r in results if isinstance(r, int)]
    bad = [r for r in results if not isinstance(r, int)]
    assert all(isinstance(r, KeyReused) for r in bad), bad
    # Whichever body came first rules; all others of that body get its result, the rest are refused.
    assert len(set(good)) == 1
    assert (len(good), len(bad)) in {(5, 1), (1, 5)}
    assert Fact.objects.filter(subject=f"test:{mark}").count() == good[0]
    assert Command.objects.filter(key="same").count() == 1


@pytest.mark.django_db
def test_a_command_of_before_that_kept_the_whole_digest_is_known_again(settings: Any) -> None:
    by, mark = act(), fresh()
    assert note(by, mark=mark, count=2) == 2
    told = msgspec.json.encode(["test.note", [], {"mark": mark, "count": 2}], order="sorted")
    whole = hmac.digest(settings.SECRET_KEY.encode(), told, hashlib.sha256)
    assert bytes(Command.objects.get(key=by.command).body) == whole[:16]
    Command.objects.filter(key=by.command).update(body=whole)
    assert note(by, mark=mark, count=2) == 2
    with pytest.raises(KeyReused):
        note(by, mark=mark, count=3)
    assert Fact.objects.filter(subject=f"test:{mark}").count() == 2


def at_post(**more: Any) -> Act:
    """What somebody does at her post."""
    return replace(act(**more), post="p-1")


@pytest.mark.django_db
def test_after_thirty_days_a_command_is_known_but_its_answer_is_gone() -> None:
    sent, loaded, system, mark = at_post(), at_post(batch="b-1", origin="import"), act(), fresh()
    lived = at_post(origin="simulated")
    for by in (sent, loaded, system, lived):
        assert note(by, mark=mark, count=2) == 2
    assert forget(sent.noted + timedelta(days=29)) == 0
    assert note(sent, mark=mark, count=2) == 2
    assert forget(sent.noted + timedelta(days=30, seconds=1)) == 1
    assert forget(sent.noted + timedelta(days=90)) == 0
    for count in (2, 3):
        with pytest.raises(Conflict, match="办过"):
            note(sent, mark=mark, count=count)
    # What is done anew by name, whenever a beat, a load or a simulated life begins again, answers as it did.
    assert [note(by, mark=mark, count=2) for by in (loaded, system, lived)] == [2, 2, 2]
    assert Fact.objects.filter(subject=f"test:{mark}").count() == 8
    # The key is known, and nothing else of it.
    row = Command.objects.get(key=sent.command)
    assert (bytes(row.body), bytes(row.result), row.verb) == (b"", b"", "test.note")


@pytest.mark.django_db
def test_answers_are_forgotten_step_by_step_up_to_the_first_that_is_young(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(answers, "STEP", 3)
    monkeypatch.setattr(answers, "STEPS", 2)
    old = [at_post() for _n in range(5)]
    for by in old:
        note(by, mark=fresh(), count=2)
    young = at_post(at=old[0].noted + timedelta(days=40))
    note(young, mark=fresh())
    late = old[0].noted + timedelta(days=60)
    # Six of ten facts, then the others; a command whose facts lie on both sides is emptied once.
    assert (forget(late), forget(late), forget(late)) == (3, 2, 0)
    assert not Command.objects.filter(key__in=[by.command for by in old]).exclude(result=b"").exists()
    assert bytes(Command.objects.get(key=young.command).result)
