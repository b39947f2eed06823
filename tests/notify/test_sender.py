"""The sender: quiet hours, the daily limit, retries, parking, and what becomes of a letter whose sender died."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from baodao.ledger.audience import Tell
from baodao.notify import sender
from baodao.notify.adapters import NotNow, Refused, Unsure
from baodao.notify.declare import NotifyRules, earliest
from baodao.notify.models import Notice
from baodao.notify.sender import send_due
from tests.notify.telling import MORNING, NIGHT, Gateway, happen, read

pytestmark = pytest.mark.django_db


def told(tells: list[Tell], uid: str, now: datetime = MORNING, **more: Any) -> Notice:
    """One fact read into one notice by short message."""
    tells[:] = [Tell(person=uid, template="test.step", number="FL-1", channels=("sms",), **more)]
    happen(now)
    read(now)
    return Notice.objects.latest("id")


@pytest.fixture
def at(time_machine_at: Callable[[datetime], None]) -> Callable[[datetime], None]:
    return time_machine_at


@pytest.fixture
def time_machine_at() -> Any:
    import time_machine

    moved: list[Any] = []

    def move(now: datetime) -> None:
        for old in moved:
            old.stop()
        moved[:] = [time_machine.travel(now, tick=False)]
        moved[0].start()

    yield move
    for old in moved:
        old.stop()


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-23T20:59", "2026-11-23T20:59"),
        ("2026-11-23T21:00", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
        ("2026-11-24T07:59", "2026-11-24T08:00"),
        ("2026-11-24T08:00", "2026-11-24T08:00"),
        ("2026-12-31T23:00", "2027-01-01T08:00"),
    ],
)
def test_quiet_hours_end_at_eight(local: str, expected: str) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(text + "+08:00").astimezone(UTC)

    assert earliest(moment(local), NotifyRules()) == moment(expected)


def test_a_pack_may_be_quiet_at_noon() -> None:
    held = NotifyRules(quiet_from="12:00", quiet_to="14:00")
    noon = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
    assert earliest(noon, held) == noon + timedelta(hours=1)
    assert earliest(noon + timedelta(hours=1), held) == noon + timedelta(hours=1)
    assert earliest(noon - timedelta(hours=1, minutes=1), held) == noon - timedelta(hours=1, minutes=1)


def test_nobody_is_woken_but_for_what_is_urgent(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    uid = person()
    at(NIGHT)
    quiet = told(tells, uid, NIGHT)
    told(tells, uid, NIGHT, urgent=True)
    send_due(NIGHT)
    assert [letter.key for letter in gateway.letters] == [sender.key_of(quiet.id + 1)]
    morning = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    quiet.refresh_from_db()
    assert (quiet.state, quiet.next_try) == ("waiting", morning)
    send_due(morning)
    assert len(gateway.letters) == 2


def test_what_became_due_before_the_night_waits_too(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    """The worker stood still in the evening: at night it sends nothing of the day."""
    at(MORNING)
    told(tells, person())
    send_due(NIGHT)
    assert gateway.letters == []
    send_due(NIGHT + timedelta(hours=10))
    assert len(gateway.letters) == 1


def test_over_the_days_limit_the_rest_is_one_digest_next_morning(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    uid, other = person(), person(phone="13912345679")
    at(MORNING)
    for _ in range(9):
        told(tells, uid)
    told(tells, other)
    send_due(MORNING)
    assert len(gateway.letters) == 6 + 1
    assert Notice.objects.filter(state="folded", folded_on=date(2026, 11, 24)).count() == 3
    told(tells, uid, urgent=True)
    send_due(MORNING)
    assert len(gateway.letters) == 8, "what is urgent is not counted away"
    half_past_eight = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert send_due(half_past_eight - timedelta(minutes=1)) == 0
    send_due(half_past_eight)
    assert len(gateway.letters) == 9
    assert "3 条" in gateway.letters[-1].body
    told(tells, uid, half_past_eight)
    at(half_past_eight)
    send_due(half_past_eight)
    assert len(gateway.letters) == 10, "a new day, a new limit"


def test_a_gateway_that_cannot_be_reached_is_tried_again_and_then_parked(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    at(MORNING)
    notice = told(tells, person())
    gateway.fails = [NotNow()] * 5
    now, waits = MORNING, []
    for _ in range(5):
        assert send_due(now) == 1
        assert send_due(now) == 0, "not again before its time"
        notice.refresh_from_db()
        waits.append(round((notice.next_try - now).total_seconds() / 60))
        now = max(now, notice.next_try)
    assert waits[:4] == [1, 5, 30, 120]
    assert (notice.state, notice.error, notice.attempts) == ("parked", "unreachable", 5)
    assert gateway.letters == []


@pytest.mark.parametrize(
    ("failure", "error"), [(Refused(), "refused"), (Unsure(), "no_answer"), (KeyError(), "perhaps_sent")]
)
def test_what_may_have_left_is_never_repeated_by_itself(
    tells: list[Tell],
    gateway: Gateway,
    person: Callable[..., str],
    at: Callable[[datetime], None],
    failure: Exception,
    error: str,
) -> None:
    at(MORNING)
    notice = told(tells, person())
    gateway.fails = [failure]
    send_due(MORNING)
    assert send_due(MORNING + timedelta(hours=5)) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.error) == ("parked", error)


@pytest.mark.parametrize(
    ("knows", "state", "letters"), [(True, "sent", 0), (False, "sent", 1), (None, "parked", 0)]
)
def test_a_letter_whose_sender_died_is_decided_by_what_the_gateway_knows(
    tells: list[Tell],
    gateway: Gateway,
    person: Callable[..., str],
    at: Callable[[datetime], None],
    knows: bool | None,
    state: str,
    letters: int,
) -> None:
    at(MORNING)
    notice = told(tells, person())
    claimed = sender._claim(notice.id, MORNING, NotifyRules())
    assert claimed is not None
    assert sender._start(claimed, MORNING)
    assert send_due(MORNING + timedelta(seconds=60)) == 0, "its lease still runs"
    gateway.knows = knows
    send_due(MORNING + timedelta(seconds=121))
    notice.refresh_from_db()
    assert (notice.state, len(gateway.letters)) == (state, letters)


def test_a_sender_that_died_over_the_writing_is_simply_followed_by_another(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    at(MORNING)
    notice = told(tells, person())
    first = sender._claim(notice.id, MORNING, NotifyRules())
    assert first is not None
    assert send_due(MORNING + timedelta(seconds=60)) == 0, "its lease still runs"
    assert send_due(MORNING + timedelta(seconds=121)) == 1
    assert len(gateway.letters) == 1
    assert not sender._start(first, MORNING), "and if it only slept, it is too late"


def test_of_two_senders_one_takes_it(tells: list[Tell], person: Callable[..., str], at: Any) -> None:
    at(MORNING)
    notice = told(tells, person())
    first = sender._claim(notice.id, MORNING, NotifyRules())
    assert first is not None
    assert sender._claim(notice.id, MORNING, NotifyRules()) is None


def test_a_late_answer_of_a_slow_gateway_still_counts(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    at(MORNING)
    notice = told(tells, person())
    slow = sender._claim(notice.id, MORNING, NotifyRules())
    assert slow is not None
    assert sender._start(slow, MORNING)
    send_due(MORNING + timedelta(seconds=200))
    notice.refresh_from_db()
    assert notice.state == "parked"
    sender._end(slow, state="sent", sent_at=MORNING)
    notice.refresh_from_db()
    assert (notice.state, notice.error) == ("sent", "")


def test_an_administrator_sends_parked_ones_again_and_nobody_else_does(
    tells: list[Tell], gateway: Gateway, person: Callable[..., str], at: Callable[[datetime], None]
) -> None:
    from baodao.kernel.act import Act, Grant, new_key
    from baodao.kernel.errors import Missing
    from baodao.kernel.errors import Refused as NotAllowed
    from baodao.notify.services import decide

    at(MORNING)
    uid = person()
    notice = told(tells, uid)
    gateway.fails = [Unsure()]
    send_due(MORNING)
    plain = Act(kind="person", happened=MORNING, noted=MORNING, command=new_key(), person=uid)
    with pytest.raises(NotAllowed):
        decide(plain, notices=[notice.id], again=True)
    grant = Grant(right="notify.decide", reach="own", org="990101", level=1, post="p1")

    def chief() -> Act:
        return Act(
            kind="person",
            happened=MORNING,
            noted=MORNING,
            command=new_key(),
            person=uid,
            post="p1",
            grants=(grant,),
        )

    assert decide(chief(), notices=[notice.id, 999], again=True).notices == 1
    send_due(MORNING)
    assert len(gateway.letters) == 1
    with pytest.raises(Missing):
        decide(chief(), notices=[notice.id], again=True)
