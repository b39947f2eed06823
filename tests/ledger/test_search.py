"""Search over `search_doc`: what is found, and in which order, is what reading every text finds; on both databases."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from baodao.kernel.errors import Invalid
from baodao.kernel.text import contains, index_words, query_terms
from baodao.ledger import search
from baodao.ledger.models import SearchDoc
from baodao.ledger.search import find, marks, pieces

pytestmark = pytest.mark.django_db

PARTS = ["渗水", "漏水", "井盖", "路灯坏了", "A栋3单元", "FL-2026-000123", "ＬＥＤ灯", "水", "渗", "12号", "门口", "㎡", "𠮷野家"]  # fmt: skip
ASKED = [*PARTS, "水井", "漏水 井盖", "fl-2026", "led", "2026-0001", "3单", "灯坏", "门口水", "盖路"]
ORGS = ["500102001001", "500102001001-01", "fl-zjw", "fl-cgj"]


def put(n: int, text: str, orgs: list[str], *, ended: bool = False, sort: int = 0) -> None:
    state = "ended" if ended else "open"
    SearchDoc.objects.create(
        subject=f"matter:T-{n:05}", kind="matter", level=1, scope=orgs[0], state=state, sort=sort or n,
        words=index_words(text), scopes=marks(orgs, state, sort or n), shown=text,
    )  # fmt: skip


@pytest.fixture
def many(db: None) -> list[SearchDoc]:
    """Four hundred rows of few words, many of one second."""
    dice = random.Random(7)
    for n in range(400):
        text = "\n".join([f"T-{n:05}", "种类", "，".join(dice.sample(PARTS, 3))])
        # Over some eleven years, seven at a time in one second.
        put(n, text, dice.sample(ORGS, 2), ended=dice.random() < 0.6, sort=10**9 + (n // 7) ** 3 * 1900)
    return list(SearchDoc.objects.all())


def oracle(rows: list[SearchDoc], query: str, **match: Any) -> list[str]:
    """Every text read: a Latin word or number from its beginning only, as the index has it."""

    def begins(row: SearchDoc) -> bool:
        words = f" {row.words} "
        return all(f" {t}" + ("" if t.prefix else " ") in words for t in query_terms(query))

    hits = [row for row in rows if contains(row.shown, query) and begins(row)]
    hits = [row for row in hits if all(getattr(row, name) == value for name, value in match.items())]
    return [row.subject for row in sorted(hits, key=lambda row: (-row.sort, row.subject))]


def test_the_index_finds_what_reading_all_finds(many: list[SearchDoc]) -> None:
    for query in ASKED:
        got = find(query, "matter", SearchDoc.objects.all(), most=1000)
        assert [doc.subject for doc in got] == oracle(many, query), query
        running = find(query, "matter", SearchDoc.objects.all(), state="open", most=1000)
        assert [doc.subject for doc in running] == oracle(many, query, state="open"), query


@given(st.integers(0, 4_000_000_000), st.integers(0, 4_000_000_000), st.booleans())
def test_every_moment_lies_in_one_stretch_of_time_and_earlier_ones_come_later(
    top: int, other: int, few: bool
) -> None:
    sort = min(top, other)
    held = set(marks([], "open", sort).split(" "))
    hit = [
        n
        for n, (groups, older) in enumerate(search._windows(top, 0, few=few))
        if all(held & set(group) for group in groups) and (older is None or sort < older)
    ]
    assert len(hit) == 1
    newer = set(marks([], "open", min(top, sort + 86_400)).split(" "))
    before = [
        n
        for n, (groups, _o) in enumerate(search._windows(top, 0, few=few))
        if groups and newer & set(groups[0])
    ]
    assert not before or before[0] <= hit[0]
    # Nothing that is there lies behind the last stretch that is asked for.
    assert [n for n, _window in enumerate(search._windows(top, sort, few=few))][-1] >= hit[0]


def test_the_marks_of_few_organizations_leave_out_no_row_of_theirs(many: list[SearchDoc]) -> None:
    mine = [org for org in ORGS if org.startswith("fl")]
    visible = SearchDoc.objects.filter(Q(scope__in=mine))
    for query in ("渗水", "水", "led"):
        got = [doc.subject for doc in find(query, "matter", visible, orgs=mine, most=1000)]
        assert got == [
            s for s in oracle(many, query) if next(r for r in many if r.subject == s).scope in mine
        ]
    assert find("渗水", "matter", SearchDoc.objects.all(), orgs=()) == []


def test_pages_of_hits_have_no_gap_and_no_repeat(many: list[SearchDoc]) -> None:
    seen: list[str] = []
    before = None
    while True:
        got = find("水", "matter", SearchDoc.objects.all(), before=before, most=9)
        seen += [doc.subject for doc in got[:9]]
        if len(got) <= 9:
            break
        before = (got[8].sort, got[8].subject)
    assert seen == oracle(many, "水")


def test_a_search_is_two_statements_on_any_page(many: list[SearchDoc]) -> None:
    for query, before, statements in (("水", None, 2), ("没有的词", None, 2), ("水", (10**9 + 10**6, ""), 2)):
        with CaptureQueriesContext(connection) as asked:
            find(query, "matter", SearchDoc.objects.all(), before=before, most=20)
        assert len(asked) == statements, (query, [one["sql"] for one in asked])


def test_tokens_that_propose_no_hit_do_not_end_the_pages(db: None) -> None:
    """Bigrams of "水井水" stand in all, the word itself in the oldest only."""
    for n in range(30):
        put(n, "水井盖，井水" if n else "一口水井水深", ["fl-zjw"])
    got = find("水井水", "matter", SearchDoc.objects.all(), most=2)
    assert [doc.subject for doc in got] == ["matter:T-00000"]


def test_what_cannot_be_asked_is_told(db: None) -> None:
    for query in ("。。", "水" * 81):
        with pytest.raises(Invalid):
            find(query, "matter", SearchDoc.objects.all())
    told = ["\ue002open", "\ue003d20000", "\ue003c1250", "\ue003b78", "\ue000a", "\ue000b\ue0011"]
    assert marks(["b-1", "a", "a"], "open", 20_000 * 86_400).split(" ") == told


def test_pieces_mark_the_words_whatever_their_case_and_width() -> None:
    assert pieces("楼道LED灯", "ｌed") == [("楼道", False), ("LED", True), ("灯", False)]
    assert "".join(part for part, _on in pieces("ﷺ渗水", "渗水")) == "ﷺ渗水"
    assert pieces("", "水") == []
