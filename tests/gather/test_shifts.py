"""Call-outs: who offers herself, rosters, invitations, leaving, standing in, ending; her limits at every way in; the ledger's rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baodao.gather.models import Seat, Slot
from baodao.gather.shifts import facts
from baodao.gather.shifts.fitting import request_for, suggest
from baodao.gather.shifts.limits import Duty, Rule, broken
from baodao.gather.shifts.models import CallOut, Roster, StandIn, Willing
from baodao.gather.shifts.selectors import away, call, duties, mine, shifts, stand_ins
from baodao.gather.shifts.services import (
    NewCallOut,
    answer_call,
    ask_stand_in,
    declare_callout,
    end_callout,
    invite_to_shifts,
    leave_shift,
    offer_self,
    pause_self,
    review_callout,
    revoke_self,
    set_roster,
    take_over,
)
from baodao.gather.shifts.services.seats import Invite
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.services import erase, rebuild
from tests.matters.conftest import A2, HOME, STREET

from .conftest import HOUR, NOW, A, Cast

DAY = date(2026, 3, 3)
ALL = {
    "skills": ["boat"],
    "days": list(range(7)),
    "parts": ["night", "morning", "afternoon", "evening"],
    "base": A,
}


def offer(cast: Cast, *who: str, **more: Any) -> list[str]:
    return [offer_self(cast.by(one), **(ALL | more)) for one in who]


def flood(**more: Any) -> NewCallOut:
    """Two communities, one day, three turns (08–14, 14–20, 20–08), one person each."""
    told = {
        "kind": "flood", "org": STREET, "areas": (A, A2), "since": DAY, "days": 1, "need": 1, "insurance": "保单 7788",
    } | more  # fmt: skip
    return NewCallOut(**told)


def codes(call_: str, org: str = A) -> list[str]:
    return [one.code for one in shifts(call_, org)]


def test_on_a_red_day_rosters_take_their_seats_and_the_gaps_are_numbers(cast: Cast) -> None:
    one, two, three = offer(cast, "resident", "neighbour", "worker")
    for turn, names in enumerate(([one, two], [one, three], [one])):
        set_roster(cast.by("secretary"), org=A, kind="flood", turn=turn, tokens=names)
    code = declare_callout(cast.by("superior"), new=flood())
    sat = dict(Seat.objects.filter(state="seat").values_list("slot_id", "token"))
    # The first of each turn, but for who would get two without eleven hours between them.
    assert [sat.get(slot) for slot in codes(code)] == [one, three, None]
    assert [(s.org, s.taken, s.gap) for s in shifts(code)] == [
        (A, 1, 0), (A, 1, 0), (A, 0, 1), (A2, 0, 1), (A2, 0, 1), (A2, 0, 1),
    ]  # fmt: skip
    assert {Seat.objects.get(token=one).way} == {"roster"}
    first = Slot.objects.get(code=codes(code)[0])
    assert (first.kind, first.form, first.about, first.title) == (
        "watch",
        "shift",
        f"call:{code}",
        "防汛值守",
    )


def test_a_roster_turns_so_that_nobody_has_every_night(cast: Cast) -> None:
    people = offer(cast, "resident", "neighbour", "worker")
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=2, tokens=people)
    declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(2,), days=3))
    assert [seat.token for seat in Seat.objects.order_by("starts")] == people


def test_who_is_pausing_or_without_the_skill_is_passed_over(cast: Cast) -> None:
    one, two = offer(cast, "resident", "neighbour")
    [three] = offer(cast, "worker", skills=[])
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=0, tokens=[one, three, two])
    pause_self(cast.by("resident"), yes=True)
    declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(0,), need=3, skill="boat"))
    assert [seat.token for seat in Seat.objects.all()] == [two]


def test_it_suggests_a_person_confirms_and_the_one_asked_answers(cast: Cast) -> None:
    one, two = offer(cast, "resident", "neighbour")
    [far] = offer(cast, "worker", parts=["evening"])
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(0,), need=2))
    [slot] = codes(code)
    before = list(dump(with_caches=True))
    plan = suggest(CallOut.objects.get(code=code), A, NOW)
    assert list(dump(with_caches=True)) == before
    assert {each.who for each in plan.suggestions} == {one, two} and plan.gaps == ()
    assert invite_to_shifts(cast.by("secretary"), invites=[Invite(slot, one), Invite(slot, two)]) == 2
    assert not request_for(CallOut.objects.get(code=code), A, NOW).seats
    assert [row.state for row in mine(one, NOW)] == ["invited"]
    assert answer_call(cast.by("resident"), slot=slot, yes=True) == "seat"
    assert answer_call(cast.by("neighbour"), slot=slot, yes=False) == "left"
    [shift] = shifts(code)
    assert (shift.taken, shift.invited, shift.gap) == (1, 0, 1)
    # Who said no is not suggested for this shift again, and nobody else is free.
    again = suggest(CallOut.objects.get(code=code), A, NOW)
    assert again.suggestions == () and again.gaps[0].missing == 1
    with pytest.raises(Invalid) as caught:
        invite_to_shifts(cast.by("secretary"), invites=[Invite(slot, "0" * 32)])
    assert caught.value.faults[0].field == "invites[0]"
    assert far not in {seat.token for seat in Seat.objects.all()}


def test_nobody_gets_two_at_once_not_even_as_an_invitation(cast: Cast) -> None:
    [one] = offer(cast, "resident")
    code = declare_callout(cast.by("superior"), new=flood(turns=(0,)))
    here, there = codes(code), codes(code, A2)
    invite_to_shifts(cast.by("secretary"), invites=[Invite(here[0], one)])
    with pytest.raises(Invalid) as caught:
        invite_to_shifts(cast.by("sibling"), invites=[Invite(there[0], one)])
    assert "这段时间已经有安排" in caught.value.faults[0].reason
    assert suggest(CallOut.objects.get(code=code), A2, NOW).suggestions == ()


def test_rest_hours_and_the_week_hold_at_every_way_in(cast: Cast) -> None:
    [one] = offer(cast, "resident")
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), days=5))
    slots = codes(code)
    early, late = slots[0], slots[1]
    invite_to_shifts(cast.by("secretary"), invites=[Invite(early, one)])
    answer_call(cast.by("resident"), slot=early, yes=True)
    with pytest.raises(Invalid) as caught:
        invite_to_shifts(cast.by("secretary"), invites=[Invite(late, one)])
    assert "休息不够" in caught.value.faults[0].reason
    # Nights of twelve hours on the second, third and fourth day: 6 + 12 + 12 ≤ 40 < 6 + 12 × 3.
    nights = [slot for slot in slots if Slot.objects.get(code=slot).starts.hour == 12]
    invite_to_shifts(cast.by("secretary"), invites=[Invite(nights[1], one), Invite(nights[2], one)])
    with pytest.raises(Invalid) as caught:
        invite_to_shifts(cast.by("secretary"), invites=[Invite(nights[3], one)])
    assert "七天" in caught.value.faults[0].reason


def test_late_one_leaves_once_without_a_reason_then_by_a_stand_in(cast: Cast) -> None:
    one, two = offer(cast, "resident", "neighbour")
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(0,), days=3))
    for slot in codes(code):
        invite_to_shifts(cast.by("secretary"), invites=[Invite(slot, one)])
        answer_call(cast.by("resident"), slot=slot, yes=True)
    first, second, third = codes(code)
    near = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # two hours before the first
    leave_shift(cast.by("resident", near), slot=first)
    assert Seat.objects.get(slot=first).state == "left"
    leave_shift(cast.by("resident", near), slot=third)  # two days ahead: freely
    tomorrow = near + 24 * HOUR
    with pytest.raises(Conflict) as caught:
        leave_shift(cast.by("resident", tomorrow), slot=second)
    assert "替班" in caught.value.faults[0].remedy and "不用说原因" in caught.value.faults[0].remedy
    ask_stand_in(cast.by("resident", tomorrow), slot=second)
    assert [slot.code for slot in stand_ins(two, tomorrow)] == [second] and stand_ins(one, tomorrow) == []
    assert shifts(code)[1].stand_ins == 1
    take_over(cast.by("neighbour", tomorrow), slot=second)
    assert dict(Seat.objects.filter(slot=second).values_list("token", "state")) == {one: "left", two: "seat"}
    assert not StandIn.objects.exists() and Slot.objects.get(code=second).taken == 1
    with pytest.raises(Conflict):
        take_over(cast.by("neighbour", tomorrow), slot=second)


def test_not_now_is_always_free_and_gives_everything_back(cast: Cast) -> None:
    [one] = offer(cast, "resident")
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(0,), days=2))
    first, second = codes(code)
    invite_to_shifts(cast.by("secretary"), invites=[Invite(first, one), Invite(second, one)])
    answer_call(cast.by("resident"), slot=first, yes=True)
    ask_stand_in(cast.by("resident"), slot=first)
    near = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    pause_self(cast.by("resident", near), yes=True)
    assert set(Seat.objects.values_list("state", flat=True)) == {"left"}
    assert Willing.objects.get().paused and not StandIn.objects.exists()
    assert request_for(CallOut.objects.get(code=code), A, NOW).people == ()
    with pytest.raises(Invalid):
        invite_to_shifts(cast.by("secretary"), invites=[Invite(first, one)])
    pause_self(cast.by("resident", near), yes=False)
    assert not Willing.objects.get().paused


def test_there_is_no_place_for_a_cause() -> None:
    """Neither a fact nor a verb of a person's own has a field in which illness, care or quarantine could be told."""
    import inspect

    assert facts.Paused.__struct_fields__ == ("yes",) and facts.Revoked.__struct_fields__ == ()
    for verb_, names in (
        (pause_self, {"yes"}), (revoke_self, set()), (leave_shift, {"slot"}), (answer_call, {"slot", "yes"}),
        (ask_stand_in, {"slot", "open"}),
    ):  # fmt: skip
        assert set(inspect.signature(verb_.__wrapped__).parameters) - {"tx", "by"} == names  # type: ignore[attr-defined]


def test_taking_the_offer_back_leaves_no_row(cast: Cast) -> None:
    [one] = offer(cast, "resident")
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=0, tokens=[one])
    revoke_self(cast.by("resident"))
    assert not Willing.objects.exists() and not Roster.objects.exists()
    with pytest.raises(Conflict):
        revoke_self(cast.by("resident"))


def test_off_releases_everybody_and_the_review_counts(cast: Cast) -> None:
    one, two = offer(cast, "resident", "neighbour")
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=0, tokens=[one, two])
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), turns=(0,), days=2))
    with pytest.raises(Conflict):
        review_callout(cast.by("superior"), code=code, good="来得快", better="雨衣不够")
    noon = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    assert end_callout(cast.by("superior", noon), code=code) == 1
    first, second = codes(code)
    assert (Slot.objects.get(code=first).state, Slot.objects.get(code=second).state) == ("open", "called_off")
    assert not Seat.objects.get(slot=second).holds
    with pytest.raises(Conflict):
        end_callout(cast.by("superior", noon), code=code)
    with pytest.raises(Conflict) as caught:
        invite_to_shifts(cast.by("secretary", noon), invites=[Invite(first, two)])
    assert "已经解除" in caught.value.faults[0].reason
    review_callout(cast.by("superior", noon), code=code, good="来得快", better="雨衣不够")
    assert CallOut.objects.get().reviewed
    with pytest.raises(Conflict):
        review_callout(cast.by("superior", noon), code=code, good="再写", better="再写")


def test_what_is_declared_is_judged(cast: Cast) -> None:
    wrong = {
        "kind": flood(kind="parade"), "areas": flood(areas=(HOME,)), "need": flood(need=0), "days": flood(days=40),
        "turns": flood(turns=(7,)), "skill": flood(skill="fire"), "insurance": flood(insurance=" "),
        "since": flood(since=date(2026, 1, 1)),
    }  # fmt: skip
    with pytest.raises(Invalid) as far:
        declare_callout(cast.by("superior"), new=flood(since=date(2026, 6, 1)))
    assert far.value.faults[0].field == "since"
    for field, new in wrong.items():
        with pytest.raises(Invalid) as caught:
            declare_callout(cast.by("superior"), new=new)
        assert field in {fault.field for fault in caught.value.faults}, field
    for field, more in (
        ("base", {"base": HOME}),
        ("skills", {"skills": ["prayer"]}),
        ("days", {"days": []}),
        ("unit", {"unit": "x"}),
    ):
        with pytest.raises(Invalid) as caught:
            offer(cast, "resident", **more)
        assert {fault.field for fault in caught.value.faults} == {field}


def able(do: Any) -> bool:
    try:
        do()
    except Refused:
        return False
    except (Conflict, Invalid):
        pass
    return True


def test_who_may_what(cast: Cast) -> None:
    """The one allowed, a sibling, a superior, one below, an outsider."""
    [one] = offer(cast, "resident")
    code = declare_callout(cast.by("superior"), new=flood())
    [slot, *_rest] = codes(code)
    everybody = ("secretary", "sibling", "superior", "worker", "handler", "head", "resident", "clerk")

    def those(do: Any) -> set[str]:
        return {who for who in everybody if able(partial(do, cast.by(who)))}

    assert those(lambda by: declare_callout(by, new=flood(kind="parade"))) == {"superior"}
    assert those(lambda by: invite_to_shifts(by, invites=[Invite(slot, "x")])) == {"secretary"}
    assert those(lambda by: set_roster(by, org=A, kind="flood", turn=9, tokens=[])) == {"secretary"}
    assert those(lambda by: end_callout(by, code="none")) == set()
    assert those(lambda by: review_callout(by, code=code, good="", better="")) == {"superior"}
    assert {who for who in everybody if call(cast.by(who), code)} == {
        "secretary",
        "sibling",
        "superior",
        "worker",
    }
    assert those(lambda by: pause_self(by, yes=False)) == set(everybody)
    # What one does with her own is about herself alone: another's invitation is not hers to answer.
    invite_to_shifts(cast.by("secretary"), invites=[Invite(slot, one)])
    with pytest.raises(Conflict):
        answer_call(cast.by("neighbour"), slot=slot, yes=True)
    assert Seat.objects.get().state == "invited"
    assert those(lambda by: end_callout(by, code=code)) == {"superior"}


def test_a_unit_sees_its_own_people_and_nobody_else(cast: Cast) -> None:
    """Its staff, and who said that it may know: no other unit, no other person, no place."""
    worker, resident = offer(cast, "worker")[0], offer(cast, "resident", unit=A)[0]
    offer(cast, "neighbour")
    for turn, names in enumerate(([worker], [resident])):
        set_roster(cast.by("sibling"), org=A2, kind="flood", turn=turn, tokens=names)
    declare_callout(cast.by("superior"), new=flood(areas=(A2,)))
    seen = away(cast.by("secretary"), A, NOW)
    assert [(one.post, one.call) for one in seen] == [("网格员", "防汛值守"), ("", "防汛值守")]
    assert away(cast.by("head"), "zjw", NOW) == [] and away(cast.by("sibling"), A2, NOW) == []
    assert away(cast.by("head"), A, NOW) == []
    pause_self(cast.by("resident"), yes=True)
    assert len(away(cast.by("secretary"), A, NOW)) == 1


def test_rows_follow_from_facts_and_an_erasure_leaves_none(cast: Cast) -> None:
    one, two = offer(cast, "resident", "neighbour")
    offer(cast, "resident", days=[0, 6])
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=0, tokens=[one, two])
    set_roster(cast.by("secretary"), org=A, kind="flood", turn=0, tokens=[two, one])
    code = declare_callout(cast.by("superior"), new=flood(turns=(0,), notes="带雨衣"))
    ask_stand_in(cast.by("neighbour"), slot=codes(code)[0])
    pause_self(cast.by("resident"), yes=True)
    tables = (
        "gather_willing",
        "gather_callout",
        "gather_callarea",
        "gather_standin",
        "gather_roster",
        "gather_seat",
    )
    before = [line for line in dump(with_caches=True) if any(name in line for name in tables)]
    assert len(before) == 2 + 1 + 2 + 1 + 2 + 1
    assert not list(examine())
    rebuild()
    assert [line for line in dump(with_caches=True) if any(name in line for name in tables)] == before
    erase(cast.by("system"), person=cast.uids["neighbour"])
    for model in (Willing, Roster, StandIn, Seat):
        assert not model.objects.filter(token=two).exists()
    assert not [line for line in examine() if "allout" in line or "oster" in line]
    rebuild()
    assert not Roster.objects.filter(token=two).exists()


def test_asking_matching_takes_the_same_statements_for_few_and_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    from .conftest import tokens

    offer(cast, "resident")
    code = declare_callout(cast.by("superior"), new=flood(areas=(A,), days=7))
    row = CallOut.objects.get(code=code)
    with django_assert_max_num_queries(8):
        assert len(request_for(row, A, NOW).people) == 1
    like = Willing.objects.get()
    fresh = tokens(cast, 30)
    Willing.objects.bulk_create([Willing(**{**_columns(like), "token": token}) for token in fresh])
    with django_assert_max_num_queries(8):
        assert len(request_for(row, A, NOW).people) == 31
    with django_assert_max_num_queries(2):
        assert len(shifts(code)) == 21
    with django_assert_max_num_queries(2):
        duties(fresh, NOW, NOW + timedelta(days=9))


def _columns(row: Willing) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in Willing._meta.fields}


# ── limits against brute force ──────────────────────────────────────────────────────────────────────────

moments = st.integers(0, 24 * 14).map(lambda hour: datetime(2026, 6, 22, tzinfo=UTC) + timedelta(hours=hour))
lengths = st.integers(1, 14).map(lambda hours: timedelta(hours=hours))


@settings(max_examples=150, deadline=None)
@given(
    moments, lengths, st.lists(st.tuples(moments, lengths, st.booleans()), max_size=6), st.sampled_from([0, 240, 660]),
    st.sampled_from([0, 600, 1200]), st.sampled_from([0, 1500]),
)  # fmt: skip
def test_limits_equal_a_count_of_minutes(
    starts: datetime, length: timedelta, others: list[Any], rest: int, week: int, half: int
) -> None:
    held = [Duty(s, s + ln, shift) for s, ln, shift in others]
    said = broken(starts, starts + length, held, Rule(rest, week, half))
    minute, day, all_ = (
        timedelta(minutes=1),
        timedelta(days=7),
        [*(d for d in held if d.shift), Duty(starts, starts + length, True)],
    )
    gap = rest * minute
    windows = [starts - day + minute * 60 * n for n in range(7 * 24 + 1)]
    local = [(one, (one.starts + timedelta(hours=8)).month <= 6) for one in all_]
    wrong = {
        "place": any(d.starts < starts + length and d.ends > starts for d in held),
        "rest": any(d.shift and d.starts < starts + length + gap and d.ends + gap > starts for d in held),
        "week": week and any(
            sum(one.length for one in all_ if since < one.starts <= since + day) > week for since in windows[:-1]
        ),
        "half": half and sum(one.length for one, first in local if first == local[-1][1]) > half,
    }  # fmt: skip
    assert said == next((name for name, is_wrong in wrong.items() if is_wrong), "")
