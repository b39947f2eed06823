"""Two people act at once: one wins, the other is told what happened meanwhile; nothing is half done."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from baodao.kernel.errors import Conflict, Problem
from tests.support.databases import Databases
from tests.support.together import together

ROUNDS = 8


@pytest.fixture
def packs(tmp_path: Path, settings: Any) -> Any:
    from tests.faults.build import packs_in
    from tests.matters.conftest import _forget

    settings.PACKS, settings.DATA = str(packs_in(tmp_path / "packs")), tmp_path / "data"
    _forget()
    yield
    _forget()


def test_of_two_who_report_in_one_wins_and_the_other_is_told(committed_db: Databases, packs: None) -> None:
    from baodao.ledger.doctor import examine
    from baodao.ledger.models import Fact
    from baodao.matters.models import Leg, Stake
    from baodao.matters.services import Draft, act, open_
    from tests.matters.conftest import A, build

    cast = build()
    drafts = [
        Draft(procedure="request", org=A, place="", kind="road", fields={"text": f"第{n}盏路灯"})
        for n in range(ROUNDS)
    ]
    for number in open_(cast.by("resident"), matters=drafts).numbers:
        whom = ("secretary", "worker")
        calls = [partial(act, cast.by(who), number=number, action="report_in", fields={}) for who in whom]
        outcomes = dict(zip(whom, together(*calls), strict=True))
        lost = [who for who, outcome in outcomes.items() if isinstance(outcome, Problem)]
        assert len(lost) == 1, outcomes
        assert isinstance(outcomes[lost[0]], Conflict)
        assert outcomes[lost[0]].faults[0].reason
        (winner,) = set(outcomes) - set(lost)
        reported = Fact.objects.filter(subject=f"matter:{number}", kind="matter.leg_reported")
        assert [fact.post for fact in reported] == [f"p-{winner}"]
        assert Leg.objects.get(matter=number).holder == f"p-{winner}"
        assert set(Stake.objects.filter(matter=number, depth=0).values_list("holder", flat=True)) == {
            f"p-{winner}"
        }
    assert list(examine()) == []


def test_a_persons_first_two_requests_at_once_are_both_taken(committed_db: Databases, packs: None) -> None:
    """Both make her token; only one can."""
    from baodao.matters.models import Matter
    from baodao.matters.services import Draft, open_
    from tests.matters.conftest import A, build

    cast = build()
    drafts = [
        Draft(procedure="request", org=A, place="", kind="road", fields={"text": f"第{number}盏路灯"})
        for number in range(4)
    ]
    given = together(*(partial(open_, cast.by("resident"), matters=[draft]) for draft in drafts))
    failed = [one for one in given if isinstance(one, Exception)]
    assert failed == []
    assert Matter.objects.count() == 4
    assert len(set(Matter.objects.values_list("reporter", flat=True))) == 1


def test_of_two_who_name_the_same_deputy_at_once_one_is_told_of_the_other(
    committed_db: Databases, packs: None
) -> None:
    from datetime import timedelta

    from baodao.orgs.models import Deputy
    from baodao.orgs.powers.deputies import NewDeputy, begin
    from tests.matters.conftest import NOW, build

    cast = build()
    for n in range(ROUNDS):
        since = NOW.date() + timedelta(days=10 * n)
        wanted = NewDeputy("p-secretary", "p-worker", since, since + timedelta(days=5), ("matter.read",))
        acts = [cast.by("secretary") for _twice in range(2)]
        outcomes = together(*(partial(begin, act, deputies=[wanted]) for act in acts))
        [lost] = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
        assert isinstance(lost, Conflict), lost.faults
        assert "已经代理这个岗位" in str(lost.faults[0].reason)
        assert Deputy.objects.filter(since=since).count() == 1
