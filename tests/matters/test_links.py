"""What one matter does to another, through the verbs: merge and split, a change of procedure, rulings from outside,
another version of the procedure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from baodao.kernel.declare import forget_packs
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.ledger.models import Fact
from baodao.ledger.services import rebuild
from baodao.matters import selectors
from baodao.matters.models import Leg, Matter, Stake
from baodao.matters.move import Called
from baodao.matters.services import Draft, act, open_
from baodao.matters.timer import run_due
from baodao.orgs.duties import NewDuty, NewList
from baodao.orgs.ruling import NewPost
from baodao.orgs.services import begin_posts
from baodao.orgs.services.duty import adopt_duties

from .conftest import A2, NOW, STREET, A, B, Cast, everything

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Opened = Callable[..., str]


def move(
    cast: Cast, who: str, number: str, action: str, at: Any, leg: int | None = None, **fields: Any
) -> Any:
    return act(cast.by(who, at), number=number, action=action, fields=fields, leg=leg)


def whistle(cast: Cast, *calls: Called, who: str = "clerk", org: str = STREET) -> str:
    draft = Draft(
        procedure="whistle",
        org=org,
        kind="facility",
        fields={"source": "street", "title": "井盖", "text": "井盖塌了，几家一起看"},
        calls=calls,
    )
    return open_(cast.by(who), matters=[draft]).numbers[0]


def states(number: str) -> list[str]:
    return list(Leg.objects.filter(matter=number).order_by("n").values_list("state", flat=True))


def test_merge_then_split_leaves_nothing_but_the_facts_that_tell_it(cast: Cast, opened: Opened) -> None:
    first, second = opened(), opened()
    move(cast, "secretary", first, "report_in", NOW + HOUR)
    before = everything()
    move(cast, "secretary", second, "merge", NOW + HOUR, into=first, reason="同一根水管")
    assert Matter.objects.get(number=second).into == first
    move(cast, "secretary", second, "split", NOW + 2 * HOUR)
    assert everything() == before
    rebuild()
    assert everything() == before


def test_one_answer_reaches_everybody_and_each_has_her_own(cast: Cast, opened: Opened) -> None:
    main, *others = opened(), opened(), opened()
    for number in others:
        move(cast, "secretary", number, "merge", NOW + HOUR, into=main, reason="同一件")
    with pytest.raises(Conflict):
        move(cast, "secretary", others[0], "report_in", NOW + HOUR)
    move(cast, "secretary", main, "report_in", NOW + 2 * HOUR)
    move(cast, "secretary", main, "answer", NOW + 3 * HOUR, claim="solved", result="水管换了")
    assert set(Matter.objects.values_list("stage", "claim")) == {("answered", "solved")}
    texts = [fact.data for fact in Fact.objects.filter(kind="matter.leg_answered")]
    assert len(texts) == 3
    move(cast, "resident", others[0], "confirm", NOW + DAY, answer="solved")
    move(cast, "resident", others[1], "reopen", NOW + DAY, text="还在漏")
    reopened = Matter.objects.get(number=others[1])
    assert (reopened.into, reopened.round, reopened.stage) == ("", 2, "handling")
    assert Matter.objects.get(number=main).stage == "answered"
    before = everything()
    rebuild()
    assert everything() == before


def test_what_cannot_be_merged_is_told_with_the_reason(cast: Cast, opened: Opened) -> None:
    first, second, third = opened(), opened(), opened()
    for wrong, words in ((second, "自己"), ("HQ-2026-000999", "编号")):
        with pytest.raises(Invalid, match=words) as caught:
            move(cast, "secretary", second, "merge", NOW + HOUR, into=wrong, reason="x")
        # Told at the field that was filled in wrongly, which the page marks.
        assert [fault.field for fault in caught.value.faults] == ["into"]
    move(cast, "secretary", second, "merge", NOW + HOUR, into=first, reason="x")
    with pytest.raises(Invalid, match="也并到了"):
        move(cast, "secretary", third, "merge", NOW + HOUR, into=second, reason="x")
    with pytest.raises(Invalid, match="已有别的事"):
        move(cast, "secretary", first, "merge", NOW + HOUR, into=third, reason="x")
    with pytest.raises(Missing):
        move(cast, "sibling", third, "merge", NOW + HOUR, into=first, reason="x")
    assert not Matter.objects.filter(number__in=[first, third]).exclude(into="").exists()


def test_a_request_becomes_a_whistle_under_its_number(cast: Cast, opened: Opened) -> None:
    number = opened()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    move(cast, "secretary", number, "to_whistle", NOW + 2 * HOUR, org=B, reason="要住建一起看")
    row = Matter.objects.get()
    assert (row.number, row.procedure, row.stage, row.caller) == (number, "whistle", "joint", A)
    assert states(number) == ["released", "called"]
    assert list(Stake.objects.filter(depth=0).values_list("kind", "scope")) == [("whistle", B)]
    move(cast, "secretary", number, "release", NOW + 2 * HOUR, title="门口路灯不亮")
    assert Matter.objects.get().shown == "门口路灯不亮"
    move(cast, "handler", number, "report_in", NOW + 3 * HOUR)
    with pytest.raises(Invalid) as lacking:
        move(cast, "handler", number, "answer", NOW + 4 * HOUR, claim="solved", result="没有照片")
    assert [fault.field for fault in lacking.value.faults] == ["photo"]
    move(cast, "handler", number, "cannot", NOW + 4 * HOUR, reason="要等雨停")
    move(cast, "secretary", number, "rule", NOW + 5 * HOUR, 2, came="yes", did="no", verdict="cannot")
    move(cast, "secretary", number, "conclude", NOW + 6 * HOUR, claim="partly", result="先围起来")
    move(cast, "resident", number, "confirm", NOW + DAY, answer="partly")
    seen = selectors.see(cast.by("resident", NOW + DAY), number)
    assert seen.state.ended is not None
    assert seen.procedures()[0].title != seen.procedure.title
    before = everything()
    rebuild()
    assert everything() == before


def test_a_silent_unit_is_ruled_absent_and_the_other_goes_on(cast: Cast) -> None:
    number = whistle(cast, Called(B, role="lead"), Called(A))
    move(cast, "secretary", number, "report_in", NOW + HOUR, 2)
    for days in range(1, 60):
        run_due(NOW + days * DAY)
    assert states(number)[0] == "ruled"
    first = Leg.objects.get(matter=number, n=1)
    assert first.verdict == "absent"
    late = [
        fact for fact in Fact.objects.filter(kind="matter.acted", about="leg:1") if '"escalate' in fact.data
    ]
    assert len(late) == 3


def test_a_leg_waits_for_another_and_then_begins(cast: Cast) -> None:
    number = whistle(cast, Called(B, role="lead"), Called(A, after=(1,)))
    assert states(number) == ["called", "waiting"]
    move(cast, "handler", number, "report_in", NOW + HOUR, 1)
    move(cast, "handler", number, "cannot", NOW + 2 * HOUR, 1, reason="先断电")
    move(cast, "clerk", number, "rule", NOW + 3 * HOUR, 1, came="yes", did="yes", verdict="partly")
    assert states(number) == ["ruled", "called"]
    assert Leg.objects.get(matter=number, n=2).called == NOW + 3 * HOUR
    with pytest.raises(Conflict):
        move(cast, "clerk", number, "close", NOW + 4 * HOUR, outcome="solved", result="完了")


def test_a_return_nobody_rules_on_climbs_and_then_stands(cast: Cast) -> None:
    taken = NewDuty(code="D-9", title="更换井盖", kind="taken_back")
    adopt_duties(cast.by("system"), lists=[NewList(org=B, since=date(2026, 1, 1), items=[taken])])
    number = whistle(cast, Called(B, role="lead"))
    move(cast, "handler", number, "return", NOW + HOUR, duty_item="D-9", reason="不归我们")
    move(cast, "clerk", number, "dispute", NOW + 2 * HOUR, reason="清单上有")
    assert states(number) == ["disputed"]
    seen = []
    for days in range(1, 15):
        run_due(NOW + days * DAY)
        seen += [state for state in states(number) if state not in seen]
    assert seen == ["disputed", "climbed", "released"]
    move(cast, "clerk", number, "call", NOW + 16 * DAY, org=A, text="改派")
    assert states(number) == ["released", "called"]


def test_an_exclusion_is_ruled_from_outside(cast: Cast, opened: Opened) -> None:
    number = opened()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    move(cast, "secretary", number, "answer", NOW + 2 * HOUR, claim="solved", result="好了")
    move(cast, "secretary", number, "ask_exclusion", NOW + 3 * HOUR, reason="同一个人当天报了九次")
    asked = Matter.objects.get(procedure="exclusion")
    assert (asked.about, asked.org) == (number, "990101")
    with pytest.raises(Missing):
        move(cast, "superior", asked.number, "grant", NOW + 4 * HOUR, reason="x")
    run_due(NOW + 40 * DAY)
    assert Leg.objects.get(matter=asked.number).verdict == "lapsed"
    assert not Fact.objects.filter(kind="matter.excluded").exists()


def test_an_exclusion_granted_takes_effect_and_its_arbiter_never_sees_the_matter(
    cast: Cast, opened: Opened
) -> None:
    uid = cast.uids["neighbour"]
    begin_posts(
        cast.by("system"),
        posts=[NewPost(code="p-arbiter", org="990101", kind="arbiter", person=uid, since=date(2026, 1, 1))],
    )
    cast.uids["arbiter"], cast.posts["arbiter"] = uid, ("p-arbiter", "990101")
    number = opened()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    move(cast, "secretary", number, "answer", NOW + 2 * HOUR, claim="solved", result="好了")
    move(cast, "secretary", number, "ask_exclusion", NOW + 3 * HOUR, reason="同一个人当天报了九次")
    asked = Matter.objects.get(procedure="exclusion").number
    arbiter = cast.by("arbiter", NOW + 4 * HOUR)
    assert selectors.see(arbiter, asked).state.unit == A
    with pytest.raises(Missing):
        selectors.see(arbiter, number)
    move(cast, "arbiter", asked, "grant", NOW + 4 * HOUR, reason="属实")
    excluded = Fact.objects.get(kind="matter.excluded")
    assert (excluded.subject, excluded.person) == (f"matter:{number}", "")
    assert Matter.objects.get(number=number).stage == "answered", "her answer is awaited as before"


def test_what_another_unit_does_on_the_main_matter_is_not_done_on_those_merged(cast: Cast) -> None:
    """Only the lead leg's steps are everybody's: a co-leg's report-in is nobody's but its own."""
    main = whistle(cast, Called(B, role="lead"), Called(A, role="co"))
    other = whistle(cast, Called(B, role="lead"))
    move(cast, "clerk", other, "merge", NOW + HOUR, into=main, reason="同一处")
    move(cast, "secretary", main, "report_in", NOW + 2 * HOUR, 2)
    assert (states(main), states(other)) == (["called", "reported"], ["called"])
    move(cast, "handler", main, "report_in", NOW + 3 * HOUR, 1)
    assert states(other) == ["reported"]


def test_an_edited_pack_leaves_open_matters_and_migrate_takes_them_along(
    cast: Cast, opened: Opened, packs: Path
) -> None:
    number = opened()
    old = Matter.objects.get().digest
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    due = Leg.objects.get().due
    edited = """
source = "assumed"
[[procedure.request.clock]]
name = "answer_by"
limit = "3 workdays"
"""
    (packs / "drawn" / "request.toml").write_text(edited, "utf-8")
    forget_packs()
    move(cast, "secretary", number, "note", NOW + 2 * HOUR, text="在办")
    assert (Matter.objects.get().digest, Leg.objects.get().due) == (old, due)
    out = StringIO()
    call_command("pack", "migrate", "request", "--pack", "drawn", stdout=out)
    assert "1" in out.getvalue()
    row = Matter.objects.get()
    assert row.digest != old
    assert Leg.objects.get().due == due, "what was promised holds"
    assert Fact.objects.filter(kind="matter.acted", data__contains='"migrate"').count() == 1
    move(
        cast,
        "secretary",
        number,
        "answer",
        timezone.now().replace(microsecond=0) + HOUR,
        claim="solved",
        result="好了",
    )
    before = everything()
    rebuild()
    assert everything() == before


def test_every_unit_called_is_told_by_its_posts_that_may_report_in(cast: Cast) -> None:
    from baodao.ledger.selectors import facts_of
    from baodao.notify.readers import recipients_of

    number = whistle(cast, Called(B, role="lead"), Called(A))
    opened_fact = facts_of(f"matter:{number}")[0]
    told = {recipient.person for recipient in recipients_of(opened_fact)}
    assert told == {cast.uids[who] for who in ("handler", "head", "secretary", "worker")}


@pytest.fixture
def arbiter(cast: Cast) -> None:
    begin_posts(
        cast.by("system"),
        posts=[NewPost("p-arbiter", "990101", "arbiter", cast.uids["neighbour"], date(2026, 1, 1))],
    )
    cast.uids["arbiter"], cast.posts["arbiter"] = cast.uids["neighbour"], ("p-arbiter", "990101")


def test_more_time_on_a_restricted_matter_is_ruled_by_who_cannot_see_it(
    cast: Cast, opened: Opened, arbiter: None
) -> None:
    number = opened(level=2)
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    due = Leg.objects.get(matter=number).due
    with pytest.raises(Missing):
        selectors.see(cast.by("superior", NOW + HOUR), number)
    with pytest.raises(Conflict, match="看不到"):
        move(cast, "secretary", number, "ask_extension", NOW + HOUR, extra=3, reason="等材料")
    move(cast, "secretary", number, "ask_time", NOW + 2 * HOUR, extra=3, reason="等材料")
    asked = Matter.objects.get(procedure="extension")
    assert (asked.about, asked.level) == (number, 2)
    for who in ("superior", "head"):
        with pytest.raises(Missing):
            move(cast, who, asked.number, "grant", NOW + 3 * HOUR, extra=3, reason="x")
    # Who asked reads what she asked, and rules nothing of it.
    with pytest.raises(Refused):
        move(cast, "secretary", asked.number, "grant", NOW + 3 * HOUR, extra=3, reason="x")
    assert selectors.see(cast.by("arbiter", NOW + 3 * HOUR), asked.number).state.unit == A
    with pytest.raises(Missing):
        selectors.see(cast.by("arbiter", NOW + 3 * HOUR), number)
    with pytest.raises(Invalid, match="延长的时间"):
        move(cast, "arbiter", asked.number, "grant", NOW + 3 * HOUR, extra=99, reason="太久")
    move(cast, "arbiter", asked.number, "grant", NOW + 3 * HOUR, extra=2, reason="属实")
    extended = Fact.objects.get(kind="matter.extended")
    assert (extended.subject, extended.person) == (f"matter:{number}", "")
    assert Leg.objects.get(matter=number).due > due
    before = everything()
    rebuild()
    assert everything() == before


def test_a_superior_grants_what_she_sees_and_no_ruling_is_asked(cast: Cast, opened: Opened) -> None:
    number = opened()
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    with pytest.raises(Conflict, match="上级"):
        move(cast, "secretary", number, "ask_time", NOW + 2 * HOUR, extra=3, reason="等材料")
    move(cast, "secretary", number, "ask_extension", NOW + 2 * HOUR, extra=3, reason="等材料")
    assert not Matter.objects.filter(procedure="extension").exists()


def test_an_extension_that_nobody_rules_is_none(cast: Cast, opened: Opened) -> None:
    number = opened(level=2)
    move(cast, "secretary", number, "report_in", NOW + HOUR)
    due = Leg.objects.get(matter=number).due
    move(cast, "secretary", number, "ask_time", NOW + 2 * HOUR, extra=3, reason="等材料")
    run_due(NOW + 5 * DAY)
    assert (
        Leg.objects.get(matter__in=Matter.objects.filter(procedure="extension").values("number")).verdict
        == "lapsed"
    )
    assert Leg.objects.get(matter=number).due == due


def test_a_hidden_number_to_merge_into_answers_as_one_that_is_not_there(cast: Cast, opened: Any) -> None:
    """Else the field would tell which numbers exist elsewhere."""
    mine, theirs = opened(), opened(org=A2, place="grid-2")
    said = []
    for into in (theirs, "ZZ-2026-999999"):
        with pytest.raises(Invalid) as caught:
            move(cast, "secretary", mine, "merge", NOW + HOUR, into=into, reason="同一件")
        said.append([(fault.field, str(fault.reason)) for fault in caught.value.faults])
    assert said[0] == said[1] == [("into", "没有这个编号")]
    assert Matter.objects.get(number=mine).into == ""
