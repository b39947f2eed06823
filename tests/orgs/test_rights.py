"""One rule table: the check of one subject, the list filter in the database, and a plain oracle agree."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baodao.kernel.act import Act, Grant, Subject
from baodao.orgs import policies, selectors
from baodao.orgs.declare import PostKind, Right
from baodao.orgs.policies import Columns, may, reach_of, where
from baodao.orgs.rights import RULES, ceiling, grants_of_post, matches, matrix, narrowed, reach, who_can
from baodao.orgs.ruling import NewPost
from baodao.orgs.services import begin_posts
from tests.orgs.conftest import NOW, START, system

DAY = date(2026, 11, 20)
#: child → parent
TREE = {
    "990101": "", "990101001": "990101", "990101002": "990101", "990101001001": "990101001",
    "990101001002": "990101001", "990101002001": "990101002", "zjw": "990101", "zjw-fw": "zjw",
}  # fmt: skip
ORGS = sorted(TREE)
POSTS = ["p1", "p2", "p3"]
UIDS = ["ua", "ub"]


def chain(code: str, day: date) -> tuple[str, ...]:
    found = []
    while code in TREE:
        found.append(code)
        code = TREE[code]
    return tuple(found)


grants = st.lists(
    st.builds(
        Grant,
        right=st.sampled_from(["*", "matter.*", "matter.read", "matter.reads", "request.answer"]),
        reach=st.sampled_from(["self", "own", "below", "legs"]),
        org=st.sampled_from(ORGS),
        level=st.integers(0, 3),
        post=st.sampled_from(POSTS),
    ),
    max_size=4,
).map(tuple)
subjects = st.builds(
    Subject,
    ref=st.uuids().map(str),
    org=st.sampled_from(["", *ORGS]),
    level=st.integers(0, 3),
    persons=st.lists(st.sampled_from(UIDS), max_size=1).map(tuple),
    legs=st.lists(st.tuples(st.sampled_from(ORGS), st.sampled_from(["", *POSTS])), max_size=2).map(tuple),
    named=st.lists(st.sampled_from(UIDS), max_size=1).map(tuple),
)


def oracle(grant: Grant, uid: str, subject: Subject) -> bool:
    """The rule of the house, one grant at a time, in plain words."""
    if grant.right not in ("*", "matter.*", "matter.read") or subject.level > grant.level:
        return False
    if grant.reach == "self":
        return uid in subject.persons + subject.named
    if grant.reach == "legs":
        taken_by_me = (grant.org, grant.post) in subject.legs
        nobody_has_it = (grant.org, "") in subject.legs
        return subject.level <= 2 and (taken_by_me or nobody_has_it)
    if subject.level > 1:
        return False
    places = [subject.org] + [org for org, _post in subject.legs]
    if grant.reach == "own":
        return grant.org in places
    return any(grant.org in chain(place, DAY) for place in places)


@settings(max_examples=600, deadline=None)
@given(grants, subjects, st.sampled_from(["", *UIDS]))
def test_the_object_check_is_the_rule_of_the_house(
    held: tuple[Grant, ...], subject: Subject, uid: str
) -> None:
    found = reach("matter.read", held, day=DAY, uid=uid)
    wanted = any(oracle(grant, uid, subject) and (grant.reach != "self" or uid) for grant in held)
    assert found.admits(subject, chain) == wanted


def test_no_declaration_opens_more_than_the_rule_table() -> None:
    for name, cap in RULES.items():
        for level in range(4):
            assert ceiling("matter.read", name, level) == min(level, cap)
    assert ceiling("matter.read", "everything", 3) == -1
    assert ceiling("request.open", "any", 2) == 2
    assert ceiling("matter.read", "any", 3, "system") == 3
    assert grants_of_post("p", "o", None) == ()
    kind = PostKind(title="x", rights=(Right("matter.read", "any", 0), Right("matter.read", "own", 1)))
    assert [grant.reach for grant in grants_of_post("p", "o", kind)] == ["own"]


@pytest.mark.parametrize(
    ("pattern", "right", "covers"),
    [
        ("*", "matter.read", True),
        ("matter.*", "matter.read", True),
        ("matter.*", "matters.read", False),
        ("matter.*", "matter", False),
        ("matter.read", "matter.read", True),
        ("matter.read", "matter.reads", False),
        ("matter", "matter.read", False),
    ],
)
def test_a_pattern_covers_whole_words(pattern: str, right: str, covers: bool) -> None:
    assert matches(pattern, right) is covers


_apart = Apps()


class Thing(models.Model):
    """A table as an app may have it; of no app's migrations."""

    code = models.CharField(max_length=40, primary_key=True)
    org = models.CharField(max_length=32)
    level = models.IntegerField()
    person = models.CharField(max_length=32)
    named = models.CharField(max_length=32)

    class Meta:
        apps = _apart
        app_label = "orgs"
        db_table = "test_thing"
        managed = False


class Leg(models.Model):
    """Legs of a Thing."""

    id = models.IntegerField(primary_key=True)
    thing = models.CharField(max_length=40)
    org = models.CharField(max_length=32)
    post = models.CharField(max_length=32)

    class Meta:
        apps = _apart
        app_label = "orgs"
        db_table = "test_leg"
        managed = False


COLUMNS = Columns(
    org="org", level="level", persons=("person", "named"), key="code", legs=(Leg, "thing", "org", "post")
)


PATTERNS = st.sampled_from(["*", "matter.*", "matter.read", "matter.open", "mat.*", "slot.*", "slot.read"])


@given(
    st.lists(st.builds(Grant, right=PATTERNS, reach=st.sampled_from(["own", "below"]), org=st.just("a"),
                       level=st.integers(0, 1), post=st.just("p1")), max_size=6),
    st.lists(PATTERNS, max_size=6),
)  # fmt: skip
def test_a_narrowed_post_may_what_it_held_and_what_was_named(held: list[Grant], rights: list[str]) -> None:
    def lines(grants: Any, right: str) -> set[tuple[str, int]]:
        return {(grant.reach, grant.level) for grant in grants if matches(grant.right, right)}

    left = narrowed(held, rights)
    for asked in ("matter.read", "matter.open", "mat.do", "slot.read"):
        named = any(matches(pattern, asked) for pattern in rights)
        assert lines(left, asked) == (lines(held, asked) if named else set())


@pytest.fixture
def tables(district: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE test_thing (code varchar(40), org varchar(32), level int, person varchar(32), "
            "named varchar(32))"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE test_leg (id int, thing varchar(40), org varchar(32), post varchar(32))"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_thing")
        cursor.execute("DROP TABLE test_leg")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=grants, many=st.lists(subjects, max_size=25), uid=st.sampled_from(["", *UIDS]))
def test_the_list_is_exactly_what_the_object_check_opens(
    tables: None, held: tuple[Grant, ...], many: list[Subject], uid: str
) -> None:
    Leg.objects.all().delete()
    Thing.objects.all().delete()
    Thing.objects.bulk_create(
        [
            Thing(code=s.ref, org=s.org, level=s.level, person="".join(s.persons), named="".join(s.named))
            for s in many
        ]
    )
    legs = [(s.ref, org, post) for s in many for org, post in s.legs]
    Leg.objects.bulk_create([Leg(id=n, thing=t, org=org, post=post) for n, (t, org, post) in enumerate(legs)])
    by = Act(
        kind="person" if uid else "anonymous", happened=NOW, noted=NOW, command="c", person=uid, grants=held
    )
    listed = list(
        Thing.objects.filter(where(reach_of(by, "matter.read"), COLUMNS)).values_list("code", flat=True)
    )
    assert len(listed) == len(set(listed))
    assert set(listed) == {s.ref for s in many if may(by, "matter.read", s)}


def test_the_shipped_pack_gives_anybody_nothing_but_a_beginning(district: None) -> None:
    by = Act(kind="anonymous", happened=NOW, noted=NOW, command="c")
    assert may(by, "request.open", Subject(ref="matter:new", org="990101", level=2))
    for right in ("matter.read", "request.answer", "org.create", "people.contact", "request.rate"):
        for level in range(4):
            assert not may(by, right, Subject(ref="x", org="990101", level=level, legs=(("990101", ""),)))
            assert not may(by, right, Subject(ref="x", level=level))


def give_token(uid: str, domain: str) -> str:
    from baodao.people.models import Token

    return Token.objects.create(token=f"{uid[:20]}-{domain}", person_id=uid, domain=domain).token


def test_a_resident_reads_her_own_matter_by_uid_and_by_token(district: None, person: Any) -> None:
    from baodao.people.selectors import tokens_for

    uid, other = person(), person()
    token = tokens_for([uid], "service")[uid]
    by = Act(kind="person", happened=NOW, noted=NOW, command="c", person=uid)
    assert may(by, "matter.read", Subject(ref="m", level=2, persons=(uid,)))
    assert may(by, "matter.read", Subject(ref="m", level=2, persons=(token,)))
    own = give_token(uid, "matters")  # with her first request, after the process had asked for her tokens
    with CaptureQueriesContext(connection) as queries:
        assert may(by, "matter.read", Subject(ref="m", level=2, persons=(own,)))
        assert may(by, "matter.read", Subject(ref="m", level=2, persons=("x", own)))
    assert len(queries) == 1
    assert not may(by, "matter.read", Subject(ref="m", level=0, persons=(other,)))
    policies.forget_tokens(uid)


def test_the_door_learns_posts_grants_and_changes_in_one_statement(district: None, person: Any) -> None:
    uid = person()
    begin_posts(
        system(),
        posts=[
            NewPost("p-fw", "zjw-fw", "handler", uid, START),
            NewPost("p-zjw", "zjw", "department_head", uid, START),
        ],
    )
    selectors.forest()
    with CaptureQueriesContext(connection) as queries:
        held = selectors.standing(uid, "p-zjw")
    assert len(queries) == 1
    assert [post.code for post in held.posts] == ["p-fw", "p-zjw"]
    assert held.post is not None
    assert (held.post.code, held.post.org_name) == ("p-zjw", "名zjw")
    assert {grant.org for grant in held.grants} == {"zjw"}
    assert {grant.post for grant in held.grants} == {"p-zjw"}
    assert selectors.standing(uid, "not mine").post.code == "p-fw"  # type: ignore[union-attr]
    assert selectors.standing("nobody").posts == ()
    assert selectors.standing("").posts == ()
    assert [post.code for post in selectors.posts_with("request.answer", ["zjw", "zjw-fw"], DAY)] == ["p-fw"]


def test_a_superior_sees_level_one_below_and_nothing_beside_or_above(district: None, person: Any) -> None:
    uid = person()
    begin_posts(system(), posts=[NewPost("p1", "990101001", "department_head", uid, START)])
    by = Act(
        kind="person",
        happened=NOW,
        noted=NOW,
        command="c",
        person=uid,
        post="p1",
        grants=selectors.standing(uid).grants,
    )

    def sees(org: str, level: int, *legs: tuple[str, str]) -> bool:
        return may(by, "matter.read", Subject(ref="m", org=org, level=level, legs=legs))

    assert sees("990101001001", 1)
    assert sees("990101001", 1)
    assert sees("zjw", 1, ("990101001002", ""))
    assert not sees("990101001001", 2)
    assert not sees("990101002001", 1)
    assert not sees("990101", 1)


def test_the_matrix_prints_what_is_really_opened() -> None:
    kinds = {
        "anyone": PostKind(title="任何人", rights=(Right("matter.read", "any", 2),)),
        "head": PostKind(
            title="负责人",
            title_en="Head",
            rights=(Right("matter.read", "below", 3), Right("matter.*", "legs", 2)),
        ),
    }
    lines = [(line.post, line.right, line.reach, line.level, line.declared) for line in matrix(kinds)]
    assert lines == [
        ("anyone", "matter.read", "any", 0, 2),
        ("head", "matter.*", "legs", 2, 2),
        ("head", "matter.read", "below", 1, 3),
    ]
    assert [line.post for line in who_can(kinds, "matter.read", 2)] == ["head"]
    assert msgspec.json.encode(matrix(kinds)[0])
