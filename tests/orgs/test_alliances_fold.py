"""Whatever facts come, in whatever order: an alliance folded from them keeps its rules."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from baodao.orgs.alliances.facts import Declined, Ended, Founded, Invited, Joined, Left
from baodao.orgs.alliances.fold import Whole, after, fold, new

FIRST = date(2026, 1, 1)
FOUNDED = Founded("joint_meeting", "council", "s1", FIRST.isoformat())
days = st.integers(0, 40).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
later = st.integers(41, 90).map(lambda n: (FIRST + timedelta(days=n)).isoformat())
orgs = st.sampled_from(["s1", "s2", "s3"])
roles = st.sampled_from(["member", "convener"])
steps = st.lists(
    st.one_of(
        st.builds(Invited, orgs, roles, days),
        st.builds(Joined, orgs, roles, days),
        st.builds(Declined, orgs, st.sampled_from(["member", "seat"])),
        st.builds(Left, orgs, later, st.just("member")),
        st.builds(Ended, later),
    ),
    max_size=25,
)


@given(steps)
def test_nobody_is_in_twice_and_every_period_runs_forward(facts: list[object]) -> None:
    whole = fold([FOUNDED, *facts])
    assert whole is not None
    keys = [(tie.org, tie.n) for tie in whole.ties]
    assert len(keys) == len(set(keys))
    for org in ("s1", "s2", "s3"):
        own = [tie for tie in whole.ties if tie.org == org]
        assert [tie.n for tie in own] == list(range(1, len(own) + 1))
        opened = [tie for tie in own if tie.until is None and tie.state in ("invited", "joined")]
        assert len(opened) <= 1
        assert whole.open_tie(org) == (opened[0] if opened else None)
    assert all(tie.until is None or tie.until > tie.since for tie in whole.ties)


@given(steps)
def test_step_by_step_is_the_same_as_at_once(facts: list[object]) -> None:
    whole: Whole | None = new(FOUNDED)
    for fact in facts:
        whole = after(whole, fact)
    assert whole == fold([FOUNDED, *facts])


@given(steps, later)
def test_an_end_ends_everybody(facts: list[object], until: str) -> None:
    whole = fold([FOUNDED, *facts, Ended(until)])
    assert whole is not None
    last = date.fromisoformat(until)
    assert not whole.at(last)
    assert not [tie for tie in whole.ties if tie.at(last) or tie.state == "invited"]


@given(steps)
def test_without_its_founding_there_is_none(facts: list[object]) -> None:
    assert fold(facts) is None
