"""Likes of a drive brought together at once: what is grouped, what is left out, and that it takes as many statements for thousands."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.matters.services import Draft, Likes, act, merge, open_

from .conftest import STREET, Cast

#: What people say, five things in many words.
SAYINGS = (
    "东门口的路灯不亮，晚上看不见路",
    "办事大厅排队要等一个上午，窗口太少",
    "河边的垃圾没有人清，夏天臭得开不了窗",
    "医保报销要什么材料说不清楚，跑了三趟",
    "学校门口放学的时候堵车，老人孩子过不去",
)
TAILS = ("，请管一管", "，好久了", "，麻烦看看", "，邻居都在说", "")


def drive(cast: Cast) -> str:
    made = open_(
        cast.by("superior"),
        matters=[
            Draft(
                procedure="campaign", org=STREET, kind="rectify", fields={"title": "大讨论", "text": "收集。"}
            )
        ],
    ).numbers[0]
    act(cast.by("superior"), number=made, action="plan", fields={"plan": "三个月。", "until": "2026-06-30"})
    return made


def collect(cast: Cast, about: str, n: int) -> list[str]:
    """So many issues, each fifth of them the same thing in its own words."""
    drafts = [
        Draft(
            procedure="issue",
            org=STREET,
            kind="life",
            about=about,
            fields={
                "title": SAYINGS[i % 5][:12] + TAILS[i // 5 % 5],
                "text": f"{SAYINGS[i % 5]}{TAILS[i // 25 % 5]}。",
            },
        )
        for i in range(n)
    ]
    return [
        number
        for at in range(0, n, 1000)
        for number in open_(cast.by("superior"), matters=drafts[at : at + 1000]).numbers
    ]


def together(cast: Cast, who: str, groups: list[Likes]) -> tuple[Any, int]:
    by = cast.by(who)
    with CaptureQueriesContext(connection) as queries:
        done = merge(by, groups=groups)
    return done, len(queries)


def grouped(cast: Cast, about: str) -> list[Likes]:
    from baodao.matters.likes import likes_of
    from baodao.matters.selectors import see

    by = cast.by("superior")
    seen = see(by, about)
    with CaptureQueriesContext(connection) as queries:
        found = likes_of(by, seen)
    assert len(queries) == 2, [one["sql"][:90] for one in queries]
    return [Likes(one.first[0], tuple(n for n, _words in one.others)) for one in found]


def test_likes_are_grouped_and_merged_with_as_many_statements_for_few_and_many(cast: Cast) -> None:
    counts = []
    for n in (25, 200):
        about = drive(cast)
        made = collect(cast, about, n)
        groups = grouped(cast, about)
        # Five things: each in one group, the earliest first.
        assert sorted(one.into for one in groups) == sorted(made[:5])
        assert sum(len(one.numbers) for one in groups) == n - 5
        done, statements = together(cast, "superior", groups)
        assert (done.merged, done.left) == (n - 5, [])
        counts.append(statements)
        assert grouped(cast, about) == []
    # Rows are written in portions: eight times as many are one or two statements more.
    assert counts[1] <= counts[0] + 2, counts


def test_what_cannot_be_merged_is_left_out_and_who_may_not_is_told_nothing(cast: Cast) -> None:
    about = drive(cast)
    first, second, third, fourth = collect(cast, about, 20)[:4]
    done, _n = together(cast, "superior", [Likes(first, (second,))])
    assert done.merged == 1
    # Merged already, or carrying others: left out with why, the rest is done.
    done, _n = together(cast, "superior", [Likes(third, (second, first, fourth))])
    assert done.merged == 1
    assert [number for number, _why in done.left] == [second, first]
    assert "已有别的事并到这一件" in dict(done.left)[first]
    for wrong in ([], [Likes(third, (third,))], [Likes(first, (fourth,)), Likes(third, (fourth,))]):
        with pytest.raises(Invalid):
            merge(cast.by("superior"), groups=wrong)
    for who in ("secretary", "sibling", "handler"):
        with pytest.raises((Missing, Refused)):
            merge(cast.by(who), groups=[Likes(third, (first,))])


@pytest.mark.long
def test_four_thousand_five_hundred_at_once(cast: Cast) -> None:
    """F18: as many as Fuling collected. Groups of at most two hundred beside their first; the rest makes groups anew."""
    about = drive(cast)
    collect(cast, about, 4500)
    merged, begun, statements = 0, time.process_time(), set()
    while groups := grouped(cast, about):
        done, n = together(cast, "superior", groups)
        merged += done.merged
        statements.add(n)
        if not done.merged:
            break
    print(
        f"4500 issues: {merged} merged, {time.process_time() - begun:.1f} s of CPU, statements {statements}"
    )
    # Five things in groups of two hundred and one: all but the firsts, and no round asks more than a few statements.
    assert merged >= 4400
    assert max(statements) <= 16, statements
