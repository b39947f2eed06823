"""The verbs of dues, who may, what lists say, statements, rebuild, erasure."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.dues import selectors, services
from baodao.dues.models import Excuse, Met, Reminder
from baodao.dues.ports import Met as MetSpec
from baodao.dues.services import Done, Excusing, Reminding
from baodao.kernel.errors import Conflict, Invalid, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.caches import dump
from baodao.ledger.doctor import examine
from baodao.ledger.models import Fact
from baodao.ledger.services import erase, rebuild, takeback

from .conftest import ROOT, S1, A, B, C, Tree, now, system

TODAY = date(2026, 11, 20)


def done(org: str, requirement: str, day: str, **more: Any) -> Done:
    return Done(org, requirement, f"org:{org}", date.fromisoformat(day), **more)


def states(tree: Tree, who: str, org: str, day: date = TODAY) -> dict[str, str]:
    """requirement → state of the window around the day, as a reader of her rights has it."""
    lines = selectors.dues_of(tree.by(who), org, day, back=0)
    return {line.requirement: line.stand.state for line in lines}


@verb("test.note")
def noted(tx: Tx, by: Any, *, mets: list[MetSpec]) -> None:
    """What an app above does in its own command."""
    tx.asked = True
    services.note(tx, mets)


@verb("test.renote")
def renoted(tx: Tx, by: Any, *, ref: str, mets: list[MetSpec]) -> None:
    tx.asked = True
    services.renote(tx, ref, mets)


def test_a_branch_sees_due_met_missing_and_excused(tree: Tree) -> None:
    assert states(tree, "a", A) == {
        "members_meeting": "due", "committee_meeting": "due", "group_meeting": "due", "lecture": "due",
        "theme_day": "missing", "organizational_life": "due", "appraisal": "due",
    }  # fmt: skip
    mets = [MetSpec(name, f"org:{A}", date(2026, 11, 10), "gather:GA-1") for name in ("theme_day", "lecture")]
    noted(system(now()), mets=mets)
    services.excuse(tree.by("street"), excusing=[Excusing(A, "group_meeting", f"org:{A}", TODAY, "no_group")])
    told = {line.requirement: line for line in selectors.dues_of(tree.by("a"), A, TODAY, back=0)}
    assert told["theme_day"].stand.refs == ("gather:GA-1",)
    assert {told["theme_day"].stand.state, told["lecture"].stand.state} == {"met"}
    assert told["group_meeting"].stand.state == "excused"
    # One record, several requirements; it counts once for each.
    assert Met.objects.filter(ref="gather:GA-1").count() == 2
    # Before the evening nothing was met.
    assert states(tree, "a", A, date(2026, 11, 9))["theme_day"] == "due"


def test_a_corrected_record_meets_something_else(tree: Tree) -> None:
    first = MetSpec("theme_day", f"org:{A}", date(2026, 11, 10), "gather:GA-1")
    noted(system(now()), mets=[first, MetSpec("lecture", f"org:{A}", date(2026, 11, 10), "gather:GA-1")])
    later = MetSpec("theme_day", f"org:{A}", date(2026, 10, 12), "gather:GA-1")
    renoted(system(now()), ref="gather:GA-1", mets=[later])
    assert states(tree, "a", A)["lecture"] == "due"
    assert states(tree, "a", A)["theme_day"] == "missing"
    assert states(tree, "a", A, date(2026, 10, 20))["theme_day"] == "met"


def test_what_stands_on_paper_is_entered_and_struck(tree: Tree) -> None:
    [ref] = services.record(tree.by("a"), done=[done(A, "theme_day", "2026-11-18", made_up=True)])
    assert states(tree, "a", A)["theme_day"] == "made_up"
    services.strike(tree.by("a"), org=A, refs=[ref])
    assert states(tree, "a", A)["theme_day"] == "missing"
    with pytest.raises(Conflict):
        services.strike(tree.by("a"), org=A, refs=[ref])


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (done(A, "theme_day", "2026-11-21"), "done[0].day"),
        (done(A, "nothing", "2026-11-10"), "done[0].requirement"),
        (Done(A, "theme_day", f"org:{B}", TODAY), "done[0].subject"),
        (Done(A, "theme_day", "member:x", TODAY), ""),
    ],
)
def test_bad_lines_are_named(tree: Tree, line: Done, field: str) -> None:
    with pytest.raises((Invalid, Refused)) as caught:
        services.record(tree.by("a"), done=[line])
    if field:
        assert caught.value.faults[0].field == field


def test_nobody_excuses_or_reminds_her_own_organization(tree: Tree) -> None:
    own = [Excusing(A, "theme_day", f"org:{A}", TODAY, "emergency")]
    for who in ("a", "b", "far"):
        with pytest.raises(Refused):
            services.excuse(tree.by(who), excusing=own)
        with pytest.raises(Refused):
            services.remind(tree.by(who), reminding=[Reminding(A, "theme_day")])
    with pytest.raises(Invalid):  # a cause that the pack does not name
        services.excuse(tree.by("street"), excusing=[Excusing(A, "theme_day", f"org:{A}", TODAY, "too_few")])
    [ref] = services.excuse(tree.by("street"), excusing=own)
    with pytest.raises(Conflict):
        services.excuse(tree.by("district"), excusing=own)
    with pytest.raises(Refused):
        services.unexcuse(tree.by("a"), org=A, ref=ref)
    services.unexcuse(tree.by("district"), org=A, ref=ref)
    assert states(tree, "a", A)["theme_day"] == "missing"


@pytest.mark.parametrize(
    ("who", "reads"), [("a", True), ("b", False), ("street", True), ("district", True), ("far", False)]
)
def test_who_reads_an_organizations_list(tree: Tree, who: str, reads: bool) -> None:
    if reads:
        assert selectors.dues_of(tree.by(who), A, TODAY)
    else:
        with pytest.raises(Refused):
            selectors.dues_of(tree.by(who), A, TODAY)
    # The list of those above and the single object agree.
    assert (A in selectors.reached(tree.by(who), TODAY)) is reads
    with pytest.raises(Refused):
        if not reads or who in {"street", "district"}:
            services.record(tree.by(who), done=[done(A, "theme_day", "2026-11-10")])
        else:
            raise Refused.of("", "the branch records its own")


def test_reminders_are_limited_over_all_requirements_together(tree: Tree) -> None:
    def remind(name: str) -> list[str]:
        return services.remind(tree.by("street"), reminding=[Reminding(A, name), Reminding(B, name)])

    assert remind("committee_meeting") == [A, B]
    with pytest.raises(Conflict):  # once a period
        remind("committee_meeting")
    assert remind("group_meeting") == [A, B]
    with pytest.raises(Conflict):  # two in thirty days, whatever for
        remind("lecture")
    with time_machine.travel(now("2026-12-21T09:00"), tick=False):
        assert remind("lecture") == [A, B]
    assert Reminder.objects.count() == 6


def test_a_reminder_is_for_what_can_still_be_done(tree: Tree) -> None:
    services.record(tree.by("a"), done=[done(A, "committee_meeting", "2026-11-03")])
    told = services.remind(
        tree.by("district"), reminding=[Reminding(A, "committee_meeting"), Reminding(C, "committee_meeting")]
    )
    assert told == [C]


def test_an_evening_proposes_what_it_meets_and_says_why(tree: Tree) -> None:
    traits = frozenset({"theme_day", "lecture", "study", "first_item"})
    noted(system(now()), mets=[MetSpec("lecture", f"org:{A}", date(2026, 10, 5), "gather:GA-0")])
    found = {p.requirement: p for p in selectors.proposals(A, date(2026, 11, 10), traits)}
    assert set(found) == {"theme_day", "lecture", "study_hours"}
    assert found["theme_day"].why == "因为有：主题党日"
    assert found["theme_day"].met == ()
    # The lecture of this quarter has been held: he sees it before he confirms a second one.
    assert found["lecture"].met == ("gather:GA-0",)
    assert found["study_hours"].subject == "member:" and found["study_hours"].unit == "minutes"
    assert selectors.proposals(S1, date(2026, 11, 10), traits) == ()
    assert selectors.proposals(A, date(2026, 11, 10), frozenset()) == ()


def test_members_are_named_to_their_branch_alone(tree: Tree) -> None:
    tokens = tree.enter(A, 3)
    mets = [MetSpec("study_hours", f"member:{tokens[0]}", date(2026, 5, 5), f"g:{n}", 720) for n in range(2)]
    noted(system(now()), mets=mets)
    services.excuse(
        tree.by("a"), excusing=[Excusing(A, "study_hours", f"member:{tokens[1]}", TODAY, "whatever she has")]
    )
    told = {line.token: line.stand.state for line in selectors.members_of(tree.by("a"), A, TODAY)}
    assert told == {tokens[0]: "met", tokens[1]: "excused", tokens[2]: "due"}
    # Why somebody is excused is written nowhere.
    assert Excuse.objects.get().cause == "excused"
    assert "whatever" not in "".join(Fact.objects.filter(kind="due.excused").values_list("data", flat=True))
    for who in ("b", "street", "district", "far"):
        with pytest.raises(Refused):
            selectors.members_of(tree.by(who), A, TODAY)
        with pytest.raises(Refused):
            services.excuse(tree.by(who), excusing=[Excusing(A, "study_hours", f"member:{tokens[2]}", TODAY)])
    share = next(
        one for one in selectors.coverage(tree.by("street"), TODAY) if one.requirement == "study_hours"
    )
    assert (share.owed, share.met, share.excused, share.base) == (3, 1, 1, 2)


def test_shares_agree_with_the_branches_own_lists(tree: Tree) -> None:
    """Counted by the database and by days: transfers, newcomers, excuses."""
    from baodao.dues.counted import shares
    from baodao.orgs.rolls.services import Leave, leave_rolls

    old = tree.enter(A, 3)
    tree.enter(A, 2, date(2026, 10, 1))
    tree.enter(B, 2, date(2026, 1, 1))
    leave_rolls(system(), leaves=[Leave(A, old[0], date(2026, 6, 1))])
    # She came back to the other branch on the same day.
    from baodao.orgs.rolls import facts as roll_facts
    from baodao.orgs.rolls.selectors import members as held
    from baodao.orgs.rolls.services import _tell as tell

    @verb("test.move")
    def move(tx: Tx, by: Any, *, token: str) -> None:
        tx.asked = True
        tell(tx, token, held([token])[token], roll_facts.Entered(branch=B, kind="home", since="2026-06-01"))

    move(system(), token=old[0])
    mets = [
        MetSpec("study_hours", f"member:{t}", date(2026, 11, 1), f"g:{t}", 360 + 700 * n)
        for n, t in enumerate(old)
    ]
    noted(system(now()), mets=mets)
    for day in (date(2026, 5, 1), date(2026, 11, 1), TODAY, date(2026, 12, 31)):
        counted = {share.org: (share.owed, share.met, share.excused) for share in shares([A, B, C], day)}
        for org, who in ((A, "a"), (B, "b")):
            lines = selectors.members_of(tree.by(who), org, day)
            told = [line.stand.state for line in lines]
            assert counted[org] == (len(told), told.count("met"), told.count("excused")), (org, day)
    assert set(counted) == {A, B}


def test_statements_do_not_grow(tree: Tree) -> None:
    tree.enter(A, 3)
    tree.enter(B, 2, date(2026, 10, 1))

    def cost(do: Callable[[], Any]) -> int:
        do()  # the calendar and the trees are in memory after that
        with CaptureQueriesContext(connection) as seen:
            do()
        return len(seen)

    by = tree.by("district")
    assert cost(lambda: selectors.coverage(by, TODAY)) <= 5
    assert cost(lambda: selectors.dues_of(tree.by("a"), A, TODAY)) <= 2
    assert cost(lambda: selectors.lacking(by, TODAY, "theme_day")) <= 2
    assert cost(lambda: selectors.members_of(tree.by("a"), A, TODAY)) <= 3
    assert cost(lambda: selectors.proposals(A, TODAY, frozenset({"theme_day"}))) <= 2
    assert cost(lambda: selectors.todo(tree.by("a"), TODAY)) <= 2


def test_the_list_of_those_who_have_not_yet_is_paged_by_key(tree: Tree) -> None:
    by = tree.by("district")
    whole = selectors.lacking(by, TODAY, "theme_day")
    first = selectors.lacking(by, TODAY, "theme_day", limit=2)
    rest = selectors.lacking(by, TODAY, "theme_day", after=selectors.mark_of(first[-1]))
    assert first + rest == whole
    assert {line.org for line in whole} == {A, B, C}
    assert {line.org for line in selectors.lacking(by, TODAY, "theme_day", root=S1)} == {A, B}


def test_todo_has_what_is_near_and_what_can_be_made_up(tree: Tree) -> None:
    told = {line.requirement for line in selectors.todo(tree.by("a"), TODAY)}
    assert told == {"theme_day", "committee_meeting", "group_meeting"}
    assert selectors.todo(tree.by("street"), TODAY) == []


def test_rebuild_gives_the_same_bytes_and_doctor_looks(tree: Tree) -> None:
    [token, *_] = tree.enter(A, 2)
    services.record(tree.by("a"), done=[done(A, "theme_day", "2026-11-18", made_up=True)])
    services.record(tree.by("a"), done=[Done(A, "study_hours", f"member:{token}", TODAY, 90)])
    [ref] = services.record(tree.by("b"), done=[done(B, "theme_day", "2026-11-10")])
    services.strike(tree.by("b"), org=B, refs=[ref])
    services.excuse(tree.by("street"), excusing=[Excusing(B, "lecture", f"org:{B}", TODAY, "emergency")])
    services.remind(tree.by("street"), reminding=[Reminding(B, "theme_day")])
    before = list(dump(with_caches=True))
    assert not [line for line in examine() if line.startswith("due")]
    rebuild()
    assert list(dump(with_caches=True)) == before
    assert Met.objects.count() == 2
    Met.objects.filter(requirement="theme_day").delete()
    assert any("due:" in line for line in examine())


def test_an_erased_member_has_no_rows(tree: Tree) -> None:
    from baodao.people.selectors import persons_of

    [token, other] = tree.enter(A, 2)
    for one in (token, other):
        services.record(tree.by("a"), done=[Done(A, "study_hours", f"member:{one}", TODAY, 90)])
    services.excuse(tree.by("a"), excusing=[Excusing(A, "study_hours", f"member:{token}", TODAY)])
    erase(system(now()), person=persons_of([token], "erase")[token])
    assert not Met.objects.filter(subject=f"member:{token}").exists()
    assert not Excuse.objects.exists()
    before = list(dump(with_caches=True))
    rebuild()
    assert list(dump(with_caches=True)) == before


def test_an_import_is_taken_back(tree: Tree) -> None:
    import msgspec

    by = msgspec.structs.replace(tree.by("a"), origin="import", batch="batch-1")
    services.record(by, done=[done(A, "theme_day", "2026-11-10"), done(A, "lecture", "2026-10-10")])
    takeback(system(now()), batch="batch-1")
    assert not Met.objects.exists()


def test_the_handover_sheet_lists_what_the_branch_still_has_to_do(tree: Tree) -> None:
    from baodao.orgs.handover.ports import keepers

    keeper = next(one for one in keepers() if one.name == "dues")
    assert keeper.count(["p-a"])["p-a"] >= 6
    [first, *_] = keeper.items("p-a", 20)
    assert "主题党日" in first.words and first.due == date(2026, 11, 30)
    assert keeper.follows
    assert keeper.count([f"p-{ROOT}"]) == {}


def test_what_began_in_mid_period_and_what_ended(tree: Tree) -> None:
    from baodao.orgs.ruling import End, EndPost, NewOrg
    from baodao.orgs.services import create_orgs, end_orgs, end_posts

    late = NewOrg("dz-late", "新支部", "party_community", "branch", date(2026, 11, 18), S1, tree="party")
    create_orgs(system(), orgs=[late])
    assert states(tree, "street", "dz-late") == {}
    assert states(tree, "street", "dz-late", date(2026, 12, 2))["committee_meeting"] == "due"
    end_posts(system(), posts=[EndPost("p-b", date(2026, 12, 20))])
    end_orgs(system(), ends=[End(B, date(2026, 12, 20), "")])
    # It is gone before the quarter closes: it does not owe the quarter's meeting any more, but November's.
    assert set(states(tree, "street", B)) == {"committee_meeting", "group_meeting", "theme_day"}


def test_a_due_after_an_event(tree: Tree, monkeypatch: Any) -> None:
    from baodao.dues import board
    from baodao.dues.declare import DueRule, Subjects
    from baodao.dues.ports import Begun

    rule = DueRule(
        title="换届后备案", subjects=Subjects("org", kinds=("branch",)), since=date(2026, 1, 1), every="",
        after="gather.held", limit="5 workdays", make_up="3 days",
    )  # fmt: skip
    monkeypatch.setattr(board, "rules_of", lambda pack: {"filing": rule})

    @verb("test.begin")
    def begun(tx: Tx, by: Any) -> None:
        tx.asked = True
        services.begin(tx, [Begun("gather.held", f"org:{A}", date(2026, 11, 10), "g:1")])

    begun(system(now()))
    assert states(tree, "a", A, date(2026, 11, 17)) == {"filing": "due"}
    assert states(tree, "a", A, date(2026, 11, 18)) == {"filing": "missing"}
    noted(system(now()), mets=[MetSpec("filing", f"org:{A}", date(2026, 11, 18), "g:2")])
    assert states(tree, "a", A, date(2026, 11, 19)) == {"filing": "made_up"}
    assert states(tree, "b", B, date(2026, 11, 17)) == {}


def test_whoever_has_several_posts_reminds_each_by_the_one_that_may(tree: Tree) -> None:
    """A command for each post; all or nobody where one may not be reminded; Conflict once there is nobody left."""

    def press(*orgs: str, name: str = "committee_meeting") -> int:
        acts = [tree.by("street"), tree.by("far")]
        return services.remind_in_posts(acts, [Reminding(org, name) for org in orgs])

    def told() -> dict[str, str]:
        return dict(Fact.objects.filter(kind="due.reminded").values_list("org", "post"))

    for wrong in (S1, "none"):
        with pytest.raises(Refused):
            press(A, C, wrong)
        assert told() == {}
    assert press(A, C) == 2
    assert told() == {A: "p-street", C: "p-far"}
    assert press(A, B, C) == 1
    assert told() == {A: "p-street", B: "p-street", C: "p-far"}
    with pytest.raises(Conflict, match="都不用再提醒"):
        press(A, B, C)
    # Neither of them above her own organization, nor her superiors' reach.
    with pytest.raises(Refused):
        services.remind_in_posts([tree.by("a"), tree.by("far")], [Reminding(A, "group_meeting")])
