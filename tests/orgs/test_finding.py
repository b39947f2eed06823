"""Posts by the words people use of them, and which organizations a pack rules: asked of the trees as they lie in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from baodao.orgs.finding import posts_called, ruled_by
from baodao.orgs.models import Org
from baodao.orgs.ruling import NewOrg, NewPost
from baodao.orgs.selectors import pack_of
from baodao.orgs.services import begin_posts, bind_pack, create_orgs

from .conftest import DISTRICT, START, system

DAY = date(2026, 11, 20)
ROOT, STREET, COMMUNITY = "990101", "990101001", "990101001001"


@pytest.fixture
def packs_too(packs: Any) -> None:
    for name in ("river", "hill"):
        (packs / name).mkdir()
        (packs / name / "pack.toml").write_text(DISTRICT, "utf-8")


@pytest.mark.parametrize("wanted", [["drawn"], ["river"], ["base"], ["drawn", "hill"], ["base", "river"], []])
def test_the_nearest_pack_rules(packs_too: None, district: Any, wanted: list[str]) -> None:
    """The condition finds just those whose own answer it is, whatever was bound within what, today and before."""
    bind_pack(system(), org=STREET, pack="river", since=START)
    bind_pack(system(), org=COMMUNITY, pack="drawn", since=START)
    bind_pack(system(), org="990101001002", pack="hill", since=date(2027, 1, 1))
    create_orgs(system(), orgs=[
        NewOrg(code="p1", name="区委", level="party_district", kind="committee", since=START, tree="party"),
    ])  # fmt: skip
    for bound in (False, True):
        if bound:
            bind_pack(system(), org=ROOT, pack="drawn", since=date(2025, 1, 1))
        for day in (date(2024, 6, 1), DAY, date(2027, 6, 1)):
            assert _heads(wanted, day) == {
                code for code in Org.objects.values_list("code", flat=True) if pack_of(code, day) in wanted
            }, (bound, day)


def _heads(wanted: list[str], day: date) -> set[str]:
    """Asked of posts, which have an ``org``: one in each organization."""
    from baodao.orgs.models import Post

    for code in Org.objects.values_list("code", flat=True):
        Post.objects.get_or_create(code=f"h-{code}", org_id=code, kind="handler", title="经办员", since=START, origin="live")  # fmt: skip
    return set(Post.objects.filter(ruled_by(wanted, day)).values_list("org_id", flat=True))


def test_posts_are_found_by_office_and_title(district: Any, person: Callable[[], str]) -> None:
    """Two statements, and none of them longer when there are more offices: the trees are asked where they lie."""
    bind_pack(system(), org=ROOT, pack="drawn", since=START)
    first = begin_posts(system(), posts=[NewPost("a-1", STREET, "handler", person(), START)])
    assert [(one.code, one.said) for one in posts_called(COMMUNITY, "名990101001 经办", DAY, 10)] == [
        (first[0], "名990101001 经办员")
    ]
    assert posts_called(STREET, "CLERK", DAY, 10) and not posts_called(STREET, "没有这样的", DAY, 10)
    assert posts_called(STREET, " ", DAY, 10) == []

    def asked() -> list[int]:
        with CaptureQueriesContext(connection) as found:
            assert posts_called(STREET, "名99 经办", DAY, 2)
        return [len(one["sql"]) for one in found.captured_queries]

    posts_called(STREET, "名99 经办", DAY, 2)
    few = asked()
    assert len(few) == 2
    create_orgs(system(), orgs=[
        NewOrg(code=f"99010100100{n}", name=f"名99{n}", level="community", kind="community", since=START, parent=STREET)
        for n in range(3, 10)
    ])  # fmt: skip
    posts_called(STREET, "名99 经办", DAY, 2)
    assert asked() == few


def test_who_is_under_another_pack_is_not_found(packs_too: None, district: Any, person: Callable[[], str]) -> None:  # fmt: skip
    bind_pack(system(), org=ROOT, pack="drawn", since=START)
    bind_pack(system(), org=STREET, pack="river", since=START)
    begin_posts(
        system(),
        posts=[NewPost("a-1", STREET, "handler", person(), START), NewPost("a-2", "zjw", "handler", person(), START)],
    )  # fmt: skip
    assert [one.code for one in posts_called(ROOT, "经办", DAY, 10)] == ["a-2"]
    assert [one.code for one in posts_called(COMMUNITY, "经办", DAY, 10)] == ["a-1"]
