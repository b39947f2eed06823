"""One slot in one command: seats, rows, presence, minutes; caches follow from facts."""

from __future__ import annotations

from typing import Any

import pytest

from baodao.gather.models import Seat, Slot
from baodao.gather.ruling import NewSlot
from baodao.gather.working import begin, load, load_all
from baodao.kernel.errors import Conflict, Invalid, Missing
from baodao.ledger.selectors import facts_of

from .conftest import HOUR, NOW, A, Cast, everything, run, slot, tokens

DAY = NOW + 24 * HOUR


def test_an_evening_in_one_command(cast: Cast) -> None:
    came = tokens(cast, 3, "party")

    def evening(tx: Any) -> str:
        work = begin(
            tx,
            NewSlot(kind="night", org=A, starts=NOW - 2 * HOUR, ends=NOW, title="主题党日", notes="学文件"),
        )
        work.join_all(came, way="roster")
        work.attend_all([(came[0], "present"), (came[1], "excused"), (came[2], "visit")], "record")
        work.hold(heads=4, traits=("first_item",), meets=("theme_day",))
        return work.code

    code = run(cast.by("system"), evening)
    row = Slot.objects.get(code=code)
    assert (row.state, row.heads, row.taken, row.came, row.traits) == (
        "held",
        6,
        3,
        3,
        ",first_item,theme_day,",
    )
    held = facts_of(f"gather:{code}")[-1]
    assert (held.value, held.data.present, held.data.visit, held.data.excused) == (6, 1, 1, 1)
    from baodao.dues.models import Met

    met = Met.objects.get(ref=f"gather:{code}")
    assert (met.requirement, met.subject, met.day.isoformat()) == ("theme_day", f"org:{A}", "2026-03-02")
    # Who was not there at that time holds no time.
    assert dict(Seat.objects.values_list("token", "holds")) == {came[0]: True, came[1]: False, came[2]: False}

    def mend(tx: Any) -> None:
        work = load(tx, code)
        work.attend(came[1], "present", "record")
        work.hold(heads=4, traits=("first_item",))

    run(cast.by("system"), mend)
    assert Slot.objects.get(code=code).heads == 7
    assert not Met.objects.filter(ref=f"gather:{code}").exists()
    kinds = [fact.kind for fact in facts_of(f"gather:{code}")]
    assert kinds.count("gather.held") == 1
    assert kinds.count("gather.attended") == 3


def test_seats_row_and_moving_up(cast: Cast) -> None:
    code, who = slot(cast, "sweep"), tokens(cast, 4)
    for token in who:
        run(cast.by("system"), lambda tx, t=token: load(tx, code).sit_or_wait(t).state)
    assert [r.state for r in Seat.objects.order_by("n")] == ["seat", "seat", "waiting", "waiting"]
    assert Slot.objects.values_list("taken", "waiting").get(code=code) == (2, 2)

    def out(tx: Any) -> list[str]:
        work = load(tx, code)
        work.leave(who[0])
        return work.move_up()

    assert run(cast.by("system"), out) == [who[2]]
    assert Slot.objects.values_list("taken", "waiting").get(code=code) == (2, 1)
    with pytest.raises(Conflict, match="满"):
        run(cast.by("system"), lambda tx: load(tx, code).join(who[0]) and None)


def test_who_waited_and_came_is_entered_on_the_list(cast: Cast) -> None:
    code, who = slot(cast, "sweep", seats=1), tokens(cast, 3)
    for token in who[:2]:
        run(cast.by("system"), lambda tx, t=token: load(tx, code).sit_or_wait(t).state)
    came = [(who[1], "present"), (who[2], "present")]
    run(cast.by("system"), lambda tx: load(tx, code).attend_all(came, "list"))
    rows = {row.token: row for row in Seat.objects.filter(slot=code)}
    assert [(rows[t].state, rows[t].way, rows[t].holds) for t in who[1:]] == [("seat", "list", True)] * 2
    # Who was only found there takes none of the seats; nobody waits any more.
    assert Slot.objects.values_list("taken", "waiting").get(code=code) == (1, 0)


def test_nobody_is_in_two_places(cast: Cast) -> None:
    first, second = slot(cast, at=DAY), slot(cast, at=DAY + HOUR)
    (token,) = tokens(cast, 1)
    run(cast.by("system"), lambda tx: load(tx, first).join(token) and None)
    with pytest.raises(Conflict, match="3月3日 周二 09:00–11:00"):
        run(cast.by("system"), lambda tx: load(tx, second).join(token) and None)

    def change_over(tx: Any) -> None:
        works = load_all(tx, [first, second])
        works[second].seat(token)
        works[first].leave(token)
        works[second].join(token)

    run(cast.by("system"), change_over)
    assert Seat.objects.get(slot=second, token=token).holds
    assert not Seat.objects.get(slot=first, token=token).holds


def test_two_domains_are_one_person(cast: Cast) -> None:
    from baodao.kernel.verbs import Tx
    from baodao.people.selectors import token_for
    from baodao.people.services.identity import queue_token

    uid = cast.uids["resident"]

    def both(tx: Tx) -> list[str]:
        return [queue_token(tx, uid, "service"), queue_token(tx, uid, "party")]

    run(cast.by("system"), both)
    service, party = token_for(uid, "service"), token_for(uid, "party")
    one, two = slot(cast, at=DAY), slot(cast, "night", at=DAY + HOUR)
    run(cast.by("system"), lambda tx: load(tx, one).join(service) and None)
    with pytest.raises(Conflict):
        run(cast.by("system"), lambda tx: load(tx, two).join(party) and None)


def test_minutes_once_for_the_same_time(cast: Cast) -> None:
    first, second = slot(cast, at=DAY, hours=3), slot(cast, at=DAY + 2 * HOUR, hours=3)
    (token,) = tokens(cast, 1)
    run(cast.by("system"), lambda tx: load(tx, first).attend_all([(token, "present")], "list"))
    assert Seat.objects.get(slot=first).minutes == 180
    # Made up at another time, but the same clock time is credited once, and no more than 240 a day.
    run(cast.by("system"), lambda tx: load(tx, second).attend_all([(token, "made_up")], "list"))
    assert Seat.objects.get(slot=second).minutes == 60
    run(cast.by("system"), lambda tx: load(tx, first).attend(token, "absent", "list") and None)
    assert Seat.objects.get(slot=first).minutes == 0


def test_a_change_takes_the_seats_along_and_releases_who_is_elsewhere(cast: Cast) -> None:
    moved, other = slot(cast, at=DAY), slot(cast, at=DAY + 5 * HOUR)
    free, bound = tokens(cast, 2)
    run(cast.by("system"), lambda tx: load(tx, moved).join_all([free, bound]))
    run(cast.by("system"), lambda tx: load(tx, other).join(bound) and None)
    new = NewSlot(kind="clean", org=A, starts=DAY + 5 * HOUR, ends=DAY + 7 * HOUR, title="改期")
    assert run(cast.by("system"), lambda tx: load(tx, moved).change(new)) == [bound]
    rows = {r.token: r for r in Seat.objects.filter(slot=moved)}
    assert (rows[free].starts, rows[free].holds) == (DAY + 5 * HOUR, True)
    assert rows[bound].state == "left"
    assert Slot.objects.get(code=moved).taken == 1

    run(cast.by("system"), lambda tx: load(tx, other).call_off("weather", "暴雨"))
    assert not Seat.objects.get(slot=other).holds
    with pytest.raises(Conflict, match="取消"):
        run(cast.by("system"), lambda tx: load(tx, other).join(free) and None)


def test_what_a_slot_must_be(cast: Cast) -> None:
    for wrong in ({"hours": -1}, {"kind": "no_such"}, {"seats": -3}, {"level": -1}):
        with pytest.raises(Invalid):
            slot(cast, **wrong)
    with pytest.raises(Missing):
        run(cast.by("system"), lambda tx: load(tx, "g-none").code)


def test_rebuild_gives_the_same_bytes_and_doctor_is_silent(cast: Cast) -> None:
    from baodao.gather.caches import check
    from baodao.ledger.services import rebuild

    test_seats_row_and_moving_up(cast)
    test_a_change_takes_the_seats_along_and_releases_who_is_elsewhere(cast)
    test_minutes_once_for_the_same_time(cast)
    before = everything()
    assert list(check()) == []
    assert any('"gather_seat"' in line for line in before)
    rebuild()
    assert everything() == before
    Seat.objects.filter(state="waiting").update(state="left")
    assert list(check()) != []


def test_an_erased_person_has_no_seat(cast: Cast) -> None:
    from baodao.ledger.services import erase, rebuild
    from baodao.people.selectors import person_of

    code, (token, other) = slot(cast), tokens(cast, 2)
    run(cast.by("system"), lambda tx: load(tx, code).join_all([token, other]))
    run(cast.by("system"), lambda tx: load(tx, code).attend_all([(token, "absent")], "list"))
    run(cast.by("system"), lambda tx: load(tx, code).dispute(token, "present", "我去了，站在后排"))
    erase(cast.by("system"), person=person_of(token, "erase"))
    assert [row.token for row in Seat.objects.all()] == [other]
    before = everything()
    rebuild()
    assert everything() == before
    assert "后排" not in "".join(before)
