"""The closure of dated trees against the plainest oracle: walk up from every node on every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baodao.orgs.tree import Binding, Cycle, Edge, Forest, Node, closure, covers, overlap

DAY = date(2026, 1, 1)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Node], list[Edge]]:
    """Up to eight organizations that live some days and change their parent; a parent has a smaller
    number."""
    nodes: list[Node] = []
    edges: list[Edge] = []
    for number in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, 5))
        end = draw(st.none() | st.integers(start + 1, 14))
        code = f"o{number}"
        until = None if end is None else day(end)
        nodes.append(Node(code, "admin", "street", "street", code, "", day(start), until))
        at = start
        while number and at < 13 and (end is None or at < end):
            stop = draw(st.none() | st.integers(at + 1, 14))
            parent = f"o{draw(st.integers(0, number - 1))}"
            if draw(st.booleans()):
                edges.append(Edge(code, parent, day(at), None if stop is None else day(stop)))
            if stop is None:
                break
            at = stop
    return nodes, edges


def oracle(nodes: list[Node], edges: list[Edge], at: date) -> set[tuple[str, str, int]]:
    found = set()
    for node in nodes:
        code: str | None = node.code if node.at(at) else None
        depth = 0
        while code is not None:
            found.add((code, node.code, depth))
            code = next((e.parent for e in edges if e.child == code and covers(e.since, e.until, at)), None)
            depth += 1
    return found


@given(worlds())
def test_closure_says_for_every_day_what_walking_up_says(world: tuple[list[Node], list[Edge]]) -> None:
    nodes, edges = world
    rows = closure(nodes, edges)
    for n in range(16):
        held = [(r.ancestor, r.descendant, r.depth) for r in rows if covers(r.since, r.until, day(n))]
        assert len(held) == len(set(held))
        assert set(held) == oracle(nodes, edges, day(n))


@given(worlds())
def test_rows_of_the_same_relation_never_touch(world: tuple[list[Node], list[Edge]]) -> None:
    rows = closure(*world)
    for one in rows:
        assert not any(
            (one.ancestor, one.descendant, one.depth, one.until)
            == (two.ancestor, two.descendant, two.depth, two.since)
            for two in rows
        )


def test_under_itself_is_an_error_only_when_the_days_meet() -> None:
    nodes = [Node(c, "admin", "l", "k", c, "", day(0), None) for c in "ab"]
    turns = [Edge("a", "b", day(0), day(5)), Edge("b", "a", day(5), None)]
    assert {(r.ancestor, r.descendant) for r in closure(nodes, turns)} == {
        ("a", "a"),
        ("b", "b"),
        ("b", "a"),
        ("a", "b"),
    }
    with pytest.raises(Cycle):
        closure(nodes, [Edge("a", "b", day(0), day(6)), Edge("b", "a", day(5), None)])


def test_overlap_is_half_open() -> None:
    assert overlap((day(0), day(3)), (day(3), None)) is None
    assert overlap((day(0), None), (day(3), day(4))) == (day(3), day(4))


def test_nearest_pack_above_rules_from_its_day() -> None:
    nodes = [Node(c, "admin", "l", "k", c, "", day(0), None) for c in ("d", "s", "c")]
    edges = [Edge("s", "d", day(0), None), Edge("c", "s", day(0), None)]
    trees = Forest(
        nodes, edges, [Binding("d", "old", day(0)), Binding("d", "new", day(9)), Binding("s", "own", day(4))]
    )
    assert trees.pack("c", day(3)) == "old"
    assert trees.pack("c", day(4)) == "own"
    assert trees.pack("d", day(9)) == "new"
    assert trees.pack("d", DAY - timedelta(days=1)) == ""


def test_a_forest_walks_both_ways_on_a_day() -> None:
    nodes = [
        Node(c, "admin", "l", "k", c, "", day(0), day(8) if c == "c" else None) for c in ("d", "s", "t", "c")
    ]
    edges = [
        Edge("s", "d", day(0), None),
        Edge("t", "d", day(0), None),
        Edge("c", "s", day(0), day(5)),
        Edge("c", "t", day(5), None),
    ]
    trees = Forest(nodes, edges)
    assert trees.chain("c", day(4)) == ("c", "s", "d")
    assert trees.chain("c", day(5)) == ("c", "t", "d")
    assert trees.chain("c", day(8)) == ()
    assert trees.below("t", day(4)) == ("t",)
    assert trees.below("d", day(5)) == ("d", "s", "t", "c")
    assert trees.children("t", day(9)) == ()
    assert trees.roots("admin", day(1)) == ("d",)


def _town(ended: dict[str, int], named: dict[str, tuple[str, ...]]) -> Forest:
    """Streets s and t under d; a and b under s, c under t; these end on these days."""
    until = {code: day(n) for code, n in ended.items()}
    up = {"s": "d", "t": "d", "a": "s", "b": "s", "c": "t"}
    nodes = [Node(one, "admin", "l", "k", one, "", day(0), until.get(one)) for one in ("d", *up)]
    return Forest(nodes, [Edge(one, above, day(0), until.get(one)) for one, above in up.items()], (), named)


def test_what_an_ended_organization_held_lies_under_who_took_over_and_under_who_stood_above() -> None:
    trees = _town({"a": 5}, {"a": ("c",)})
    assert trees.over("a", day(4)) == trees.chain("a", day(4)) == ("a", "s", "d")
    assert trees.over("a", day(5)) == ("a", "c", "t", "d", "s")
    assert (trees.heirs("a", day(5)), trees.heir("a", day(5))) == (("c",), "c")
    assert trees.gone(day(4)) == {}


def test_nobody_named_means_the_one_above_and_no_heir() -> None:
    trees = _town({"a": 5, "s": 6, "b": 6}, {})
    assert trees.heirs("a", day(5)) == ()
    assert (trees.heir("a", day(5)), trees.heir("a", day(6))) == ("s", "d")
    assert trees.over("a", day(6)) == ("a", "d")


def test_heirs_of_heirs_and_circles_end() -> None:
    trees = _town({"a": 5, "b": 7}, {"a": ("b",), "b": ("c", "t")})
    assert trees.heirs("a", day(6)) == ("b",)
    assert trees.heirs("a", day(7)) == ("c", "t")
    assert set(trees.over("a", day(7))) == {"a", "c", "t", "d", "s"}
    circle = _town({"a": 5, "b": 5}, {"a": ("b",), "b": ("a",)})
    assert circle.heirs("a", day(5)) == ()
    assert circle.heir("a", day(5)) == "s"
    assert circle.over("a", day(5)) == ("a", "s", "d")
