"""The verbs: who may, what is refused and why, what follows."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from baodao.gather import codes
from baodao.gather.models import Seat, Slot
from baodao.gather.ruling import NewSlot
from baodao.gather.services import (
    Asked,
    Came,
    answer,
    attend,
    call_off,
    change,
    dispute,
    hold,
    invite,
    join,
    leave,
    open_slots,
    rate,
    sign_in,
    swap,
)
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.selectors import facts_of, texts_of
from baodao.people.selectors import token_for

from .conftest import HOUR, NOW, A, Cast, slot

DAY = NOW + 24 * HOUR
AFTER = DAY + 3 * HOUR


def _new(**more: Any) -> NewSlot:
    return NewSlot(
        **{"kind": "clean", "org": A, "starts": DAY, "ends": DAY + 2 * HOUR, "title": "清河边", **more}
    )


WHO = ["secretary", "sibling", "superior", "worker", "resident"]
MANAGING = {
    "open": lambda by, code: open_slots(by, slots=[_new()]),
    "change": lambda by, code: change(by, code=code, slot=_new()),
    "call_off": lambda by, code: call_off(by, codes=[code], why="weather"),
    "invite": lambda by, code: invite(by, slot=code, people=[Asked(name="某甲", phone="13900001111")]),
    "attend": lambda by, code: attend(
        by, slot=code, came=[Came("present", name="某甲", phone="13900001111")]
    ),
    "hold": lambda by, code: hold(by, slot=code, heads=3),
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("verb", MANAGING)
def test_who_may(cast: Cast, verb: str, who: str) -> None:
    """allowed: the secretary; sibling, superior, below and a resident not (a grid worker keeps the list)."""
    code = slot(cast)
    by = cast.by(who, DAY + HOUR if verb in ("attend", "hold") else NOW)
    if who == "secretary" or (who, verb) == ("worker", "attend"):
        MANAGING[verb](by, code)
    else:
        with pytest.raises(Refused):
            MANAGING[verb](by, code)


def test_signing_up_row_withdrawing(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new(kind="sweep", seats=1)])
    assert join(cast.by("resident"), slot=code).state == "seat"
    waits = join(cast.by("neighbour"), slot=code)
    assert (waits.state, waits.place) == ("waiting", 1)
    assert leave(cast.by("resident"), slot=code) == 1
    token = token_for(cast.uids["neighbour"], "service")
    row = Seat.objects.get(slot=code, token=token)
    assert (row.state, row.way) == ("seat", "moved_up")
    with pytest.raises(Conflict, match="开始"):
        leave(cast.by("neighbour", DAY + HOUR), slot=code)
    with pytest.raises(Refused):
        join(cast.by("stranger"), slot=code)
    # The convener releases somebody; a resident cannot name others.
    with pytest.raises(Refused):
        leave(cast.by("resident"), slot=code, tokens=[token])
    leave(cast.by("secretary"), slot=code, tokens=[token])
    assert Slot.objects.get(code=code).taken == 0


def test_only_whom_the_kind_lets(cast: Cast) -> None:
    (party,) = open_slots(cast.by("secretary"), slots=[_new(kind="night")])
    with pytest.raises(Refused, match="本支部"):
        join(cast.by("resident"), slot=party)
    (talk,) = open_slots(cast.by("secretary"), slots=[_new(kind="hall_talk")])
    with pytest.raises(Refused, match="人头"):
        join(cast.by("resident"), slot=talk)


def test_residents_at_a_talk_are_heads_only(cast: Cast) -> None:
    """limits.md, row Y03/N01/D08: attendance is a count, never a list, whatever the way in."""
    (talk,) = open_slots(cast.by("secretary"), slots=[_new(kind="hall_talk")])
    for refused in (
        lambda: attend(
            cast.by("secretary", DAY + HOUR),
            slot=talk,
            came=[Came("present", name="某", phone="13900002222")],
        ),
        lambda: invite(cast.by("secretary"), slot=talk, people=[Asked(name="某", phone="13900002222")]),
        lambda: sign_in(cast.by("resident", DAY), slot=talk, code=codes.code_at(talk, DAY)),
    ):
        with pytest.raises(Refused):
            refused()
    assert hold(cast.by("secretary", AFTER), slot=talk, heads=31) == 31
    assert not Seat.objects.exists()
    assert {fact.person for fact in facts_of(f"gather:{talk}")} == {""}


def test_invited(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new(seats=1)])
    with pytest.raises(Conflict):
        answer(cast.by("resident"), slot=code, yes=True)
    run_by = cast.by("secretary")
    join(cast.by("resident", NOW), slot=code)
    leave(cast.by("resident"), slot=code)
    token = token_for(cast.uids["resident"], "service")
    assert invite(run_by, slot=code, people=[Asked(token=token)]) == [token]
    assert Slot.objects.get(code=code).taken == 0
    assert answer(cast.by("resident"), slot=code, yes=False) == "left"
    invite(cast.by("secretary"), slot=code, people=[Asked(token=token)])
    assert answer(cast.by("resident"), slot=code, yes=True) == "seat"


def test_stand_in_and_swap(cast: Cast) -> None:
    one, two = open_slots(
        cast.by("secretary"), slots=[_new(seats=1), _new(seats=1, starts=DAY + 5 * HOUR, ends=DAY + 7 * HOUR)]
    )
    join(cast.by("resident"), slot=one)
    join(cast.by("neighbour"), slot=two)
    mine = Seat.objects.get(slot=one)
    with pytest.raises(Conflict, match="换班码"):
        swap(cast.by("neighbour"), slot=one, code="ABCDEFGH")
    wanted = codes.stand_in(one, mine.token, mine.n, two)
    assert swap(cast.by("neighbour"), slot=one, code=wanted.lower(), give=two) == "seat"
    theirs = token_for(cast.uids["neighbour"], "service")
    assert Seat.objects.get(slot=one, state="seat").token == theirs
    assert Seat.objects.get(slot=two, state="seat").token == mine.token
    with pytest.raises(Conflict):  # used up
        swap(cast.by("neighbour"), slot=one, code=wanted, give=two)
    row = Seat.objects.get(slot=two, state="seat")
    given = codes.stand_in(two, row.token, row.n)
    assert swap(cast.by("neighbour"), slot=two, code=given) == "seat"
    assert Slot.objects.get(code=two).taken == 1


def test_signing_in_by_code(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new(seats=1)])
    join(cast.by("resident"), slot=code)
    shown = codes.code_at(code, DAY)
    with pytest.raises(Conflict, match="换了"):
        sign_in(cast.by("resident", DAY), slot=code, code="000000" if shown != "000000" else "1")
    with pytest.raises(Conflict, match="时间"):
        early = DAY - 2 * HOUR
        sign_in(cast.by("resident", early), slot=code, code=codes.code_at(code, early))
    late = DAY + codes.TICKET / 20
    assert sign_in(cast.by("resident", late), slot=code, code=codes.code_at(code, late)) == 120
    assert sign_in(cast.by("resident", late), slot=code, code=codes.code_at(code, late)) == 120
    assert [f.kind for f in facts_of(f"gather:{code}")].count("gather.attended") == 1
    # Not on the list, and full.
    with pytest.raises(Conflict, match="满"):
        sign_in(cast.by("neighbour", late), slot=code, code=codes.code_at(code, late))


def test_a_slow_phone_signs_in_by_the_moment_its_page_was_opened(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new()])
    uid = cast.uids["resident"]
    ticket = codes.ticket(code, DAY, uid)
    assert codes.is_code(code, codes.code_at(code, DAY), DAY + codes.TICKET / 20)
    assert not codes.is_code(code, codes.code_at(code, DAY), DAY + codes.TICKET / 5)
    with pytest.raises(Conflict):
        sign_in(cast.by("neighbour", DAY + codes.TICKET / 2), slot=code, ticket=ticket)
    with pytest.raises(Conflict):
        sign_in(cast.by("resident", DAY + codes.TICKET * 2), slot=code, ticket=ticket)
    assert sign_in(cast.by("resident", DAY + codes.TICKET / 2), slot=code, ticket=ticket) == 120


def test_lists_corrections_and_no_shows(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new()])
    join(cast.by("resident"), slot=code)
    token = token_for(cast.uids["resident"], "service")
    absent = [Came("absent", token=token)]
    with pytest.raises(Refused, match="具名"):  # a no-show needs a named recorder
        attend(cast.by("system", AFTER), slot=code, came=absent)
    with pytest.raises(Conflict, match="开始"):
        attend(cast.by("secretary", NOW), slot=code, came=absent)
    attend(cast.by("secretary", AFTER), slot=code, came=absent)
    told = facts_of(f"gather:{code}")[-1]
    assert (told.post, told.data.status, told.value, told.level) == ("p-secretary", "absent", 0, 2)
    dispute(cast.by("resident", AFTER), slot=code, status="present", reply="我在后门签的名")
    assert Seat.objects.get(slot=code).disputed
    said = facts_of(f"gather:{code}")[-1]
    assert texts_of([said.id])[said.id]["reply"] == "我在后门签的名"
    with pytest.raises(Invalid, match="电话"):
        dispute(cast.by("resident", AFTER), slot=code, status="present", reply="打 13912345678 问我")
    attend(
        cast.by("secretary", AFTER), slot=code, came=[Came("present", token=token, minutes=90)], how="paper"
    )
    row = Seat.objects.get(slot=code)
    assert (row.status, row.minutes, row.disputed, row.how) == ("present", 90, False, "paper")


def test_rating_the_event(cast: Cast) -> None:
    (code,) = open_slots(cast.by("secretary"), slots=[_new()])
    join(cast.by("resident"), slot=code)
    with pytest.raises(Conflict, match="到过场"):
        rate(cast.by("resident", AFTER), slot=code, stars=5)
    sign_in(cast.by("resident", DAY), slot=code, code=codes.code_at(code, DAY))
    hold(cast.by("secretary", AFTER), slot=code)
    rate(cast.by("resident", AFTER), slot=code, stars=4)
    with pytest.raises(Conflict, match="已经"):
        rate(cast.by("resident", AFTER), slot=code, stars=5)
    told = facts_of(f"gather:{code}")[-1]
    assert (told.kind, told.level, told.value) == ("gather.rated", 3, 4)


def test_a_series_by_an_icalendar_rule(cast: Cast) -> None:
    made = open_slots(cast.by("secretary"), slots=[_new()], rule="RRULE:FREQ=WEEKLY;BYDAY=TU,SA;COUNT=5")
    rows = list(Slot.objects.filter(code__in=made).order_by("starts"))
    assert [f"{r.starts:%m-%d %H:%M}" for r in rows] == [
        "03-03 01:00", "03-07 01:00", "03-10 01:00", "03-14 01:00", "03-17 01:00",
    ]  # fmt: skip
    assert len({r.series for r in rows} - {""}) == 1
    for bad in ("FREQ=WEEKLY", "FREQ=SECONDLY;COUNT=5", "nonsense;COUNT=3", "FREQ=DAILY;COUNT=900"):
        with pytest.raises(Invalid) as caught:
            open_slots(cast.by("secretary"), slots=[_new()], rule=bad)
        assert caught.value.faults[0].field == "rule"


def test_rest_and_week(cast: Cast, kinds: Any) -> None:
    from tests.matters.conftest import _forget

    text = (kinds / "drawn" / "gatherings.toml").read_text()
    (kinds / "drawn" / "gatherings.toml").write_text(
        text
        + '\n[gathering.guard]\ntitle = "值守"\ntitle_en = "Guard"\nform = "shift"\nlevel = 0\nrest = 60\nweek = 300\n'
    )
    _forget()
    at = [_new(kind="guard", starts=DAY + n * HOUR, ends=DAY + (n + 2) * HOUR) for n in (0, 2, 4, 30)]
    first, too_soon, second, too_much = open_slots(cast.by("secretary"), slots=at)
    join(cast.by("resident"), slot=first)
    with pytest.raises(Conflict, match="休息"):
        join(cast.by("resident"), slot=too_soon)
    join(cast.by("resident"), slot=second)
    with pytest.raises(Conflict, match=r"5\.0 小时"):
        join(cast.by("resident"), slot=too_much)


def test_the_same_command_twice_is_one(cast: Cast) -> None:
    by = cast.by("secretary")
    assert open_slots(by, slots=[_new()]) == open_slots(by, slots=[_new()])
    assert Slot.objects.count() == 1
    other = replace(cast.by("resident"))
    (code,) = Slot.objects.values_list("code", flat=True)
    assert join(other, slot=code) == join(other, slot=code)
    assert Seat.objects.count() == 1
