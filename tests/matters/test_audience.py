"""Who hears of a request's steps: as the procedure tells, each once, with a number and a date and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from baodao.ledger.audience import Tell, audience_of
from baodao.ledger.selectors import facts_of
from tests.matters.conftest import NOW, Cast

HOUR = timedelta(hours=1)


def heard(number: str, cast: Cast) -> list[tuple[str, str, str]]:
    """(action, template without its family, whom) of everything told so far, in order."""
    uids = {uid: who for who, uid in cast.uids.items()}
    found = []
    for fact in facts_of(f"matter:{number}", effective=False):
        for tell in audience_of(fact):
            whom = uids.get(tell.person, "") or tell.post or f"{tell.org}:{tell.right}"
            found.append((fact.data.action, tell.template.removeprefix("matter."), whom))
    return found


def last(number: str) -> list[Tell]:
    facts = facts_of(f"matter:{number}", effective=False)
    return [tell for fact in facts[-3:] for tell in audience_of(fact)]


def step(cast: Cast, who: str, number: str, action: str, hours: int, **fields: Any) -> None:
    from baodao.matters.services import act

    act(cast.by(who, NOW + hours * HOUR), number=number, action=action, fields=fields)


def test_a_new_request_reaches_those_who_may_report_in_and_its_reporter(
    cast: Cast, opened: Callable[..., str]
) -> None:
    number = opened()
    assert heard(number, cast) == [
        ("open", "resident.opened", "resident"),
        ("open", "staff.called", "990101001001:request.report_in"),
    ]
    resident, staff = last(number)
    assert resident.number == staff.number == number
    assert resident.link == f"/requests/{number}/"
    assert resident.params["org"] == "990101001001"
    assert resident.params["day"] > "2026-03-02"
    assert not staff.urgent


def test_each_step_is_told_once_and_the_answer_asks_for_a_word(
    cast: Cast, opened: Callable[..., str]
) -> None:
    number = opened()
    step(cast, "secretary", number, "report_in", 1)
    step(cast, "secretary", number, "answer", 2, claim="solved", result="换了新灯泡")
    step(cast, "resident", number, "confirm", 3, answer="solved")
    told = heard(number, cast)[2:]
    assert told == [
        ("report_in", "resident.leg_reported", "resident"),
        ("answer", "resident.leg_answered", "resident"),
        ("confirm", "staff.heard", "p-secretary"),
    ]


def test_nobody_is_told_who_rated(cast: Cast, opened: Callable[..., str]) -> None:
    number = opened()
    step(cast, "secretary", number, "report_in", 1)
    step(cast, "secretary", number, "answer", 2, claim="solved", result="换了新灯泡")
    before = heard(number, cast)
    step(cast, "resident", number, "rate", 3, stars=2)
    assert heard(number, cast) == before


def test_lateness_is_told_to_the_nearest_who_may_give_more_time(
    cast: Cast, opened: Callable[..., str]
) -> None:
    from baodao.matters.timer import run_due

    number = opened()
    while run_due(NOW + timedelta(days=30)):
        pass
    late = [(template, whom) for action, template, whom in heard(number, cast) if action == "escalate"]
    assert ("staff.escalated", "p-superior") in late
    assert ("staff.escalated", "990101001001:request.report_in") in late


def test_what_is_told_holds_nothing_of_what_was_written(cast: Cast, opened: Callable[..., str]) -> None:
    import msgspec

    number = opened(fields={"text": "金丝雀在楼顶唱歌", "title": "金丝雀"}, address="柳树巷一百零七号")
    step(cast, "secretary", number, "report_in", 1)
    step(cast, "secretary", number, "note", 2, text="金丝雀的事已经告诉物业")
    said = "".join(str(msgspec.to_builtins(tell)) for tell in last(number))
    assert number in said
    assert "金丝雀" not in said
    assert "柳树" not in said


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_each_template_has_words_that_fit_its_parameters(lang: str) -> None:
    from django.utils import translation

    from baodao.ledger.audience import template_codes
    from baodao.notify.words import say

    params = {"org": "nobody", "day": "2026-11-27", "count": "3"}
    with translation.override(lang):
        for code in template_codes():
            words = say(code, "FL-2026-000123", params)
            assert "{" not in words, code
            assert 4 < len(words) < 160, code
            if code.startswith("matter."):
                assert "FL-2026-000123" in words
                if lang == "en":
                    assert not any("\u4e00" <= char <= "\u9fff" for char in words), (
                        f"{code} is not translated"
                    )
