"""A request through the verbs: written once, listed from one table, rebuilt to the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Conflict, Invalid, KeyReused, Missing, Refused
from baodao.ledger.caches import dump
from baodao.ledger.models import Content, Fact
from baodao.ledger.services import rebuild
from baodao.matters import selectors, slips
from baodao.matters.models import Leg, Matter, Stake
from baodao.matters.services import Contact, Draft, Past, act, open_, replay
from baodao.matters.timer import run_due

from .conftest import NOW, STREET, A, B, Cast, everything, key

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Opened = Callable[..., str]


def move(cast: Cast, who: str, number: str, action: str, at: Any, **fields: Any) -> Any:
    return act(cast.by(who, at), number=number, action=action, fields=fields)


def to_answered(cast: Cast, number: str) -> None:
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    move(cast, "secretary", number, "answer", NOW + 2 * HOUR, claim="solved", result="换了灯泡")


def test_a_request_is_opened_once_with_all_that_belongs_to_it(cast: Cast, opened: Opened) -> None:
    number = opened(address="和平路 3 号", fields={"text": "我的电话 13812345678，灯坏了"})
    assert number == "HQ-2026-000001"
    matter = Matter.objects.get()
    assert (matter.stage, matter.org, matter.level, matter.pack) == ("handling", A, 1, "drawn")
    assert Leg.objects.get().state == "called"
    assert list(Stake.objects.order_by("depth").values_list("scope", flat=True)) == [A, STREET, "990101"]
    kinds = list(
        Fact.objects.filter(subject=f"matter:{number}").order_by("id").values_list("kind", flat=True)
    )
    assert kinds == ["matter.opened", "matter.leg_called"]
    assert "13812345678" not in "".join(dump(with_caches=True))
    assert "13812345678" not in "".join(Fact.objects.values_list("data", flat=True))
    assert Content.objects.filter(text__contains="13812345678").count() == 1


def test_the_same_key_gives_the_first_result(cast: Cast, opened: Opened) -> None:
    draft = Draft(procedure="request", org=A, kind="road", fields={"text": "一样的"})
    by = cast.by("resident")
    first = open_(by, matters=[draft])
    assert open_(by, matters=[draft]) == first
    assert Matter.objects.count() == 1
    with pytest.raises(KeyReused):
        open_(by, matters=[draft, draft])


def test_statements_of_intake_and_of_an_action_are_few(cast: Cast, opened: Opened) -> None:
    opened()
    stranger, secretary = cast.by("stranger"), cast.by("secretary", NOW + 2 * HOUR)
    draft = Draft(
        procedure="request",
        org=A,
        kind="road",
        fields={"text": "路不平"},
        contact=Contact(name="王某", phone="13912345678"),
    )
    with CaptureQueriesContext(connection) as queries:
        number = open_(stranger, matters=[draft]).numbers[0]
    # Each table is a statement of its own on SQLite; PostgreSQL writes them all in one.
    most = 20 if connection.vendor == "sqlite" else 8
    assert len(queries) <= most, [q["sql"][:90] for q in queries]
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    with CaptureQueriesContext(connection) as queries:
        act(secretary, number=number, action="note", fields={"text": "已经派人"})
    most = 14 if connection.vendor == "sqlite" else 8
    assert len(queries) <= most, [q["sql"][:90] for q in queries]


def test_solved_confirmed_and_rated(cast: Cast, opened: Opened) -> None:
    number = opened()
    to_answered(cast, number)
    assert not Stake.objects.exists()
    moved = move(cast, "resident", number, "confirm", NOW + DAY, answer="solved")
    assert moved.ended
    move(cast, "resident", number, "rate", NOW + DAY, stars="4")
    rated = Fact.objects.get(kind="matter.rated")
    assert (rated.value, rated.level, rated.person) == (4, 3, "")
    seen = selectors.see(cast.by("secretary", NOW + DAY), number)
    assert all("rated" not in fact.kind for fact in seen.facts)
    assert seen.state.answer == "solved"


def test_silence_is_the_timers(cast: Cast, opened: Opened) -> None:
    number = opened()
    to_answered(cast, number)
    assert run_due(NOW + 3 * DAY) == 0
    assert run_due(NOW + 10 * DAY) == 1
    assert run_due(NOW + 10 * DAY) == 0
    matter = Matter.objects.get()
    assert (matter.stage, matter.outcome, matter.answer) == ("ended", "silent", "")
    settled = Fact.objects.get(kind="matter.answer_settled")
    assert '"silent":true' in settled.data
    assert settled.noted == NOW + 10 * DAY
    assert settled.happened < NOW + 8 * DAY


def test_an_act_brings_what_was_due_before_it(cast: Cast, opened: Opened) -> None:
    """The same facts, but for noted, whether the timer ran or not."""
    late, ticked = opened(), opened()
    run_at = NOW + 2 * DAY
    for row in Matter.objects.filter(number=late):
        Matter.objects.filter(pk=row.pk).update(next_at=None)
    assert run_due(run_at) == 1
    for number in (late, ticked):
        move(cast, "secretary", number, "report_in", NOW + 3 * DAY)
    rows = [
        list(
            Fact.objects.filter(subject=f"matter:{number}")
            .order_by("id")
            .values_list("kind", "happened", "about", "data", "org", "post")
        )
        for number in (late, ticked)
    ]
    assert rows[0] == rows[1]
    assert [row[0] for row in rows[0]].count("matter.acted") == 1


def test_who_may_do_and_see_what(cast: Cast, opened: Opened) -> None:
    number = opened()
    for who in ("worker", "secretary", "superior", "clerk", "resident"):
        by = cast.by(who)
        assert selectors.see(by, number).row.number == number
        assert number in set(selectors.visible_to(by).values_list("number", flat=True)), who
    for who in ("sibling", "handler", "head", "neighbour", "stranger"):
        by = cast.by(who)
        with pytest.raises(Missing):
            selectors.see(by, number)
        assert not selectors.visible_to(by).exists(), who
        assert not selectors.stakes_of(by).exists(), who
        with pytest.raises(Missing):  # nor is she told that the number is there
            move(cast, who, number, "report_in", NOW + HOUR)
    with pytest.raises(Refused):
        move(cast, "superior", number, "report_in", NOW + HOUR)
    assert selectors.stakes_of(cast.by("clerk")).count() == 1
    assert selectors.stakes_of(cast.by("secretary")).count() == 1


def test_level_two_from_the_first_word(cast: Cast, opened: Opened) -> None:
    number = opened(fields={"text": "隔壁打孩子，天天哭"})
    matter = Matter.objects.get(number=number)
    assert matter.level == 2
    assert [row.scope for row in Stake.objects.all()] == [A]
    assert selectors.stakes_of(cast.by("secretary")).count() == 1
    for who in ("superior", "clerk"):
        with pytest.raises(Missing):
            selectors.see(cast.by(who), number)
        assert not selectors.visible_to(cast.by(who)).exists()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    # One has it now: a colleague no longer reaches it.
    with pytest.raises(Missing):
        selectors.see(cast.by("worker"), number)
    assert not selectors.visible_to(cast.by("worker")).exists()
    assert not selectors.stakes_of(cast.by("worker")).exists()
    assert selectors.see(cast.by("secretary"), number)
    assert "打孩子" not in "".join(dump(with_caches=True))


def test_hand_over_moves_the_to_do(cast: Cast, opened: Opened) -> None:
    number = opened()
    move(cast, "worker", number, "hand_over", NOW + HOUR, org=B, reason="归住建委")
    assert {row.scope for row in Stake.objects.all()} == {B, "990101"}
    assert selectors.stakes_of(cast.by("handler")).count() == 1
    assert not selectors.stakes_of(cast.by("worker")).exists()
    move(cast, "handler", number, "report_in", NOW + 2 * HOUR)
    assert Leg.objects.get().holder == "p-handler"


def test_two_at_once_one_wins_and_the_other_is_told(cast: Cast, opened: Opened) -> None:
    number = opened()
    seen = selectors.see(cast.by("secretary"), number)
    move(cast, "worker", number, "report_in", NOW + HOUR)
    with pytest.raises(Conflict) as told:
        act(
            cast.by("secretary", NOW + HOUR),
            number=number,
            action="report_in",
            fields={},
            seen=seen.position,
        )
    assert [line["action"] for line in told.value.extra["meanwhile"]] == ["report_in"]


def test_on_behalf_gives_a_slip_that_stands_for_the_reporter(cast: Cast, opened: Opened) -> None:
    number = opened("worker", behalf=True, contact=Contact(name="李某", phone="13712345678"))
    matter = Matter.objects.get(number=number)
    assert matter.behalf
    assert matter.reporter
    assert slips.matches(number, slips.code_of(number).lower().replace("-", " "))
    assert not slips.matches(number, "AAAA-2222")
    assert not slips.matches("HQ-2026-000999", slips.code_of(number))


def test_bad_input_names_field_reason_and_remedy(cast: Cast, opened: Opened) -> None:
    with pytest.raises(Invalid) as told:
        opened(fields={"text": " ", "colour": "red", "photo": ["not a hash"]})
    assert {fault.field for fault in told.value.faults} == {"text", "colour", "photo"}
    assert all(fault.reason and fault.remedy for fault in told.value.faults)
    with pytest.raises(Invalid):
        opened(kind="dragons")
    with pytest.raises(Invalid):
        opened(org="nowhere")
    with pytest.raises(Missing):
        opened(procedure="dance")
    assert not Matter.objects.exists()


def test_rebuild_gives_the_same_bytes(cast: Cast, opened: Opened) -> None:
    numbers = [opened(), opened(kind="noise"), opened(fields={"text": "他家暴"}), opened()]
    to_answered(cast, numbers[0])
    move(cast, "resident", numbers[0], "confirm", NOW + DAY, answer="not")
    move(cast, "resident", numbers[0], "reopen", NOW + DAY, text="还是不亮")
    move(cast, "secretary", numbers[1], "report_in", NOW + HOUR)
    move(cast, "secretary", numbers[1], "pause", NOW + 2 * HOUR, cause="weather", reason="下雨")
    move(cast, "resident", numbers[3], "withdraw", NOW + HOUR)
    run_due(NOW + 40 * DAY)
    before = everything()
    assert sum('"matters_stake"' in line for line in before) > 0
    rebuild()
    assert everything() == before


def test_replayed_matters_have_their_true_times_and_no_dues(cast: Cast) -> None:
    rows = [
        Past(
            key="f-1",
            opened=NOW - 900 * DAY,
            answered=NOW - 880 * DAY,
            text="路不平",
            answer="已修",
            user="u1",
        ),
        Past(
            key="f-2",
            opened=NOW - 800 * DAY,
            answered=NOW - 800 * DAY,
            text="灯不亮",
            answer="已换",
            user="u1",
        ),
    ]
    by = cast.by("clerk", NOW, origin="import", batch="b1")
    numbers = replay(by, org=STREET, source="test", rows=rows).numbers
    assert set(numbers) == {"f-1", "f-2"}
    assert Matter.objects.filter(next_at__isnull=False).count() == 0
    assert not Stake.objects.exists()
    assert not Fact.objects.filter(kind="matter.answer_settled").exists()
    settled = Fact.objects.filter(kind="matter.settled", about="leg:1").order_by("id")
    assert [row.value for row in settled] == [20 * 86400, 0]
    assert '"late":true' in settled[0].data
    assert Matter.objects.values("reporter").distinct().count() == 1
    assert selectors.due_matters(NOW + 999 * DAY, 9) == []
    assert key() != key()


def test_a_batch_taken_back_leaves_nothing_to_be_seen(cast: Cast, opened: Opened) -> None:
    from baodao.ledger.services import takeback

    stays = opened()
    row = Past(key="f-1", opened=NOW - 9 * DAY, answered=NOW - 8 * DAY, text="路不平", answer="已修")
    replay(cast.by("clerk", NOW, origin="import", batch="b1"), org=STREET, source="test", rows=[row])
    assert Matter.objects.count() == 2
    takeback(cast.by("system"), batch="b1")
    assert [row.number for row in Matter.objects.all()] == [stays]
    before = everything()
    rebuild()
    assert everything() == before


def test_a_voided_answer_settles_anew(cast: Cast, opened: Opened) -> None:
    """Voiding the acts of one command takes back what they said; what was settled by them is settled again."""
    from baodao.ledger.services import takeback

    number = opened()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    act(
        cast.by("secretary", NOW + 2 * HOUR, batch="wrong"),
        number=number,
        action="answer",
        fields={"claim": "solved", "result": "写错了"},
    )
    assert Matter.objects.get().stage == "answered"
    takeback(cast.by("system"), batch="wrong")
    assert Matter.objects.get().stage == "handling"
    assert Stake.objects.count() == 3
    move(cast, "secretary", number, "answer", NOW + 3 * HOUR, claim="partly", result="换了一半")
    assert Matter.objects.get().claim == "partly"


def test_another_edition_moves_open_dues_and_tells_it(cast: Cast, opened: Opened) -> None:
    from datetime import date

    from baodao.kernel.calendar import Day
    from baodao.kernel.services import announce_edition, load_edition

    number = opened()
    before = Leg.objects.get().due
    days = [
        Day(date(2026, 1, 1), "holiday"),
        Day(date(2026, 10, 1), "holiday"),
        Day(date(2026, 3, 3), "holiday"),
    ]
    load_edition(
        cast.by("system"),
        code="zz-2026",
        published=date(2026, 3, 1),
        source="test",
        years=[2026],
        days=days,
    )
    assert announce_edition("zz-2026", NOW + HOUR)["matters"] == 1
    told = Fact.objects.get(
        kind="matter.acted", data__contains="recalendar", data__regex='"clock":"report_in_by"'
    )
    assert '"old":"2026-03-03T15:59:59Z"' in told.data
    assert '"new":"2026-03-04T15:59:59Z"' in told.data
    assert Leg.objects.get().due == before + DAY
    announce_edition("zz-2026", NOW + 2 * HOUR)
    assert Fact.objects.filter(subject=f"matter:{number}", data__contains="recalendar").count() == 2
    again = everything()
    rebuild()
    assert everything() == again


def test_erasing_the_reporter_takes_texts_and_leaves_the_count(cast: Cast, opened: Opened) -> None:
    from baodao.ledger.services import erase

    opened(fields={"text": "独一无二的字句"}, contact=Contact(phone="13612345678"))
    facts = Fact.objects.filter(kind__startswith="matter.").count()
    erase(cast.by("system"), person=cast.uids["resident"])
    assert not Content.objects.filter(text__contains="独一无二").exists()
    assert "独一无二" not in "".join(dump(with_caches=True))
    assert Fact.objects.filter(kind__startswith="matter.").count() == facts
    assert Matter.objects.count() == 1


def test_the_timer_command_applies_what_is_due(cast: Cast, opened: Opened) -> None:
    from django.core.management import call_command

    number = opened()
    call_command("timer", "--once")
    # Long ago by the machine's clock: the escalations of both clocks have come.
    assert Fact.objects.filter(subject=f"matter:{number}", kind="matter.acted").count() == 2


def test_files_are_held_until_their_owner_is_erased(
    cast: Cast, opened: Opened, django_capture_on_commit_callbacks: Any
) -> None:
    from io import BytesIO

    from PIL import Image

    from baodao.kernel.evidence import held_by, refs_of, store
    from baodao.ledger.services import erase

    shot = BytesIO()
    Image.new("RGB", (40, 30), "red").save(shot, "PNG")
    shot.seek(0)
    kept = store(shot, now=NOW).hash
    assert not held_by([kept])
    with pytest.raises(Invalid):
        opened(fields={"text": "有图", "photo": ["0" * 64]})
    number = opened(fields={"text": "有图", "photo": [kept]})
    assert held_by([kept]) == {kept}
    assert selectors.files_of(selectors.see(cast.by("secretary"), number).facts) == [kept]
    before = everything()
    rebuild()
    assert everything() == before
    with django_capture_on_commit_callbacks(execute=True):
        erase(cast.by("system"), person=cast.uids["resident"])
    assert not refs_of([kept])
    rebuild()
    assert not held_by([kept])


def test_a_matter_that_cannot_be_moved_does_not_stop_the_clock(cast: Cast, opened: Opened) -> None:
    from baodao.matters import timer, versions

    broken, sound = opened(), opened()
    # A row whose facts are gone: nothing can be folded.
    Matter.objects.filter(number=broken).update(number="HQ-2026-999999")
    versions.forget()
    assert run_due(NOW + 3 * DAY) == 1
    assert Fact.objects.filter(subject=f"matter:{sound}", kind="matter.acted").count() == 1
    assert not Fact.objects.filter(subject=f"matter:{broken}", kind="matter.acted").exists()
    assert run_due(NOW + 3 * DAY) == 0
    timer._resting.clear()
