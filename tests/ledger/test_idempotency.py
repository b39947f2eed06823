"""One key, one doing: a repeat gets the first result, another body is refused, two at once are one."""

import hashlib
import hmac
import threading
from typing import Any

import msgspec
import pytest
from django.db import connections

from baodao.kernel.errors import Invalid, KeyReused
from baodao.kernel.models import Command
from baodao.ledger.models import Fact
from tests.ledger.noting import act, fresh, note, row
from tests.support.databases import Databases


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
    mark, results = fresh(), []
    start = threading.Barrier(6)

    def once(key: str, count: int) -> None:
        try:
            start.wait(10)
            results.append(note(act(command=key), mark=mark, count=count))
        except KeyReused as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=once, args=("same", 2)) for _ in range(5)]
    threads.append(threading.Thread(target=once, args=("same", 3)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    good: list[Any] = [r for r in results if isinstance(r, int)]
    bad = [r for r in results if not isinstance(r, int)]
    assert len(results) == 6
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
