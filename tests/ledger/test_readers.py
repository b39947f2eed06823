"""Readers: a cursor, at least once, back-off, poison parked and the rest go on, one process at a time."""

from datetime import timedelta
from typing import Any

import pytest

from baodao.ledger import readers, registry
from baodao.ledger.models import Cursor, Parked, SearchDoc
from baodao.ledger.readers import ATTEMPTS, Reader, register, replay, run_new, run_once
from baodao.ledger.selectors import Recorded, position
from tests.ledger.noting import NOW, act, fresh, note

pytestmark = pytest.mark.django_db


class Notebook:
    """A reader that writes down in the database what it was given (once: a second time breaks the key) and fails on
    marks that it is told to."""

    def __init__(self, **more: Any) -> None:
        self.poison: set[str] = set()
        self.reader = Reader(name="notebook", handle=self.handle, kinds=("test.noted",), **more)
        register(self.reader)

    def handle(self, fact: Recorded) -> None:
        if fact.data.mark in self.poison:
            raise LookupError("13912345678 stands in this message")
        SearchDoc.objects.create(
            subject=f"seen:{fact.id}",
            kind="seen",
            level=0,
            scope="",
            state="",
            sort=fact.id,
            words="",
            shown="",
        )

    @property
    def seen(self) -> list[int]:
        """What was handled and kept, in the order in which it was written."""
        return list(SearchDoc.objects.filter(kind="seen").order_by("id").values_list("sort", flat=True))


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_readers", {})


def facts(count: int, mark: str = "", **by: Any) -> str:
    mark = mark or fresh()
    note(act(**by), mark=mark, count=count)
    return mark


def test_each_fact_is_handled_once_and_in_order() -> None:
    book = Notebook()
    facts(5)
    assert run_once(book.reader, limit=2, now=NOW) > 0
    assert len(book.seen) == 2
    assert run_new(NOW) > 0
    facts(2)
    while run_new(NOW):
        pass
    assert book.seen == sorted(book.seen)
    assert len(book.seen) == len(set(book.seen)) == 7
    assert Cursor.objects.get(reader="notebook").position == position()


def test_idle_it_only_reads(django_assert_num_queries: Any) -> None:
    Notebook()
    facts(1)
    while run_new(NOW):
        pass
    with django_assert_num_queries(2) as caught:
        assert run_new(NOW) == 0
    assert all(q["sql"].startswith("SELECT") for q in caught.captured_queries)


def test_facts_of_other_kinds_are_passed_over() -> None:
    """The cursor moves past what the reader does not want, or it would look at it for ever."""
    book = Notebook()
    book.reader = Reader(name="notebook", handle=book.handle, kinds=("test.counted",))
    register(book.reader)
    facts(3)
    assert run_new(NOW) > 0
    assert (book.seen, Cursor.objects.get(reader="notebook").position) == ([], position())


def test_poison_is_tried_with_back_off_then_parked_and_the_rest_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book = Notebook()
    mark = facts(3)
    book.poison = {f"{mark}-1"}
    now, waits = NOW, []
    for attempt in range(ATTEMPTS):
        run_new(now)
        assert run_new(now) == 0 or attempt == ATTEMPTS - 1, "not before its time"
        cursor = Cursor.objects.get(reader="notebook")
        if cursor.retry_at:
            waits.append((cursor.retry_at - now).total_seconds())
            now = cursor.retry_at
    assert waits == [4, 16, 64, 256]
    run_new(now)
    assert len(book.seen) == 2
    parked = Parked.objects.get()
    assert (parked.error, parked.attempts) == ("LookupError", ATTEMPTS)
    assert "139" not in parked.error + caplog.text
    assert replay("notebook") == (0, 1)
    book.poison = set()
    assert replay("notebook") == (1, 0)
    assert len(book.seen) == 3
    assert not Parked.objects.exists()


def test_a_fact_that_cannot_be_decoded_is_parked_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that was taken out, or a version from the future: the ones behind it must not wait for ever."""
    book = Notebook()
    book.reader = Reader(name="notebook", handle=book.handle)
    register(book.reader)
    facts(1)
    from tests.ledger.test_flush import value

    value(act(), counted=True, amount=5)
    facts(1)
    monkeypatch.delitem(registry._kinds, "test.counted")
    now = NOW
    for _ in range(ATTEMPTS):
        run_new(now)
        now += timedelta(minutes=10)
    run_new(now)
    assert len(book.seen) == 2
    assert Parked.objects.get().error == "KeyError"


def test_a_database_that_goes_away_is_no_fault_of_the_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten restarts in a row must not park what is good, nor hold it back for minutes."""
    from django.db import OperationalError, connections

    book = Notebook()
    facts(1)

    def away(fact: Recorded) -> None:
        raise OperationalError

    register(Reader(name="notebook", handle=away, kinds=("test.noted",)))
    with monkeypatch.context() as context:
        context.setattr(type(connections["default"]), "is_usable", lambda self: False)
        for _ in range(ATTEMPTS + 1):
            with pytest.raises(OperationalError):
                run_new(NOW)
    assert not Parked.objects.exists()
    assert Cursor.objects.get(reader="notebook").failures == 0
    register(book.reader)
    run_new(NOW)
    assert len(book.seen) == 1
    # With the database there it is the fact's own: some errors of a handler's SQL have the same class.
    facts(1)
    register(Reader(name="notebook", handle=away, kinds=("test.noted",)))
    run_new(NOW)
    assert Cursor.objects.get(reader="notebook").failures == 1


def test_what_a_failing_handler_wrote_is_undone() -> None:
    def half(fact: Recorded) -> None:
        SearchDoc.objects.create(
            subject="half", kind="t", level=0, scope="", state="", sort=0, words="", shown=""
        )
        raise ValueError

    register(Reader(name="half", handle=half, kinds=("test.noted",)))
    facts(1)
    run_new(NOW)
    assert not SearchDoc.objects.filter(subject="half").exists()


def test_another_process_waits_for_the_lease_and_takes_over_when_it_ends() -> None:
    book = Notebook()
    facts(1)
    Cursor.objects.create(reader="notebook", lease="someone", lease_until=NOW + timedelta(seconds=30))
    assert run_once(book.reader, now=NOW) == 0
    assert run_once(book.reader, now=NOW + timedelta(seconds=31)) > 0
    assert len(book.seen) == 1


@pytest.mark.parametrize("poison", [False, True], ids=["together", "one by one"])
def test_a_process_whose_lease_ran_out_does_not_move_the_cursor_back(
    monkeypatch: pytest.MonkeyPatch, poison: bool
) -> None:
    book = Notebook()
    mark = facts(3)
    book.poison = {f"{mark}-2"} if poison else set()
    fetch = readers._fetch

    def slow(*asked: Any) -> Any:
        found = fetch(*asked)
        # Meanwhile another one took the lease and read everything.
        Cursor.objects.filter(reader="notebook").update(lease="other", position=position())
        return found

    monkeypatch.setattr(readers, "_fetch", slow)
    run_once(book.reader, now=NOW)
    # What was done together is undone; one by one, the first had been done before its move failed.
    assert len(book.seen) == (1 if poison else 0)
    assert Cursor.objects.get(reader="notebook").position == position()


def test_a_killed_round_leaves_rows_and_cursor_together() -> None:
    """Either both are there or none: nothing is repeated, nothing passed over."""
    book = Notebook()
    facts(30)

    class Killed(BaseException):
        pass

    def dies(fact: Recorded) -> None:
        book.handle(fact)
        if len(book.seen) == 25:
            raise Killed

    register(Reader(name="notebook", handle=dies, kinds=("test.noted",)))
    with pytest.raises(Killed):
        run_new(NOW)
    assert len(book.seen) == readers.CHUNK
    assert Cursor.objects.get(reader="notebook").position == book.seen[-1]
    register(book.reader)
    run_new(NOW)
    assert len(book.seen) == 30


def test_a_reader_may_take_several_at_once() -> None:
    rounds: list[int] = []
    book = Notebook(together=lambda some: rounds.append(len(some)))
    facts(30)
    run_new(NOW)
    assert rounds == [readers.CHUNK, 30 - readers.CHUNK]
    assert book.seen == []


def test_effects_outside_are_for_live_and_fresh_facts_only() -> None:
    book = Notebook(live_only=True)
    for origin in ("import", "paper", "simulated"):
        facts(1, origin=origin)
    facts(1)
    while run_new(NOW):
        pass
    assert len(book.seen) == 1


def test_the_command_shows_runs_and_replays(capsys: pytest.CaptureFixture[str]) -> None:
    from django.core.management import call_command

    book = Notebook()
    mark = facts(2)
    book.poison = {f"{mark}-0"}
    now = NOW
    for _ in range(ATTEMPTS):
        run_new(now)
        now += timedelta(minutes=10)
    call_command("readers")
    shown = capsys.readouterr().out
    assert "notebook: at" in shown
    assert "parked fact" in shown
    assert "LookupError" in shown
    book.poison = set()
    call_command("readers", "--replay", "notebook")
    assert "1 handled, 0 still parked" in capsys.readouterr().out
