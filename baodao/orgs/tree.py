"""The dated trees as pure data: derive the closure, check it, walk it. No database, no clock.

Days are ``datetime.date``; a period is half open, ``until`` None means open.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec

#: A tree deeper than this is an error in the data, not an organization.
MAX_DEPTH = 16


class Node(msgspec.Struct, frozen=True):
    """An organization as the trees see it."""

    code: str
    tree: str
    level: str
    kind: str
    name: str
    name_en: str
    since: date
    until: date | None
    origin: str = "live"

    def at(self, day: date) -> bool:
        """Whether it existed on ``day``."""
        return covers(self.since, self.until, day)


class Edge(msgspec.Struct, frozen=True):
    """``child`` lay directly under ``parent`` in [since, until)."""

    child: str
    parent: str
    since: date
    until: date | None


class Row(msgspec.Struct, frozen=True):
    """One row of the closure."""

    tree: str
    ancestor: str
    descendant: str
    depth: int
    since: date
    until: date | None


class Cycle(ValueError):
    """An organization would lie under itself on some day."""

    def __init__(self, code: str, day: date) -> None:
        super().__init__(f"{code} lies under itself on {day}")
        self.code = code
        self.day = day


def covers(since: date, until: date | None, day: date) -> bool:
    """Whether ``day`` lies in [since, until)."""
    return since <= day and (until is None or day < until)


def overlap(one: tuple[date, date | None], two: tuple[date, date | None]) -> tuple[date, date | None] | None:
    """The common part of two half-open periods, or None."""
    since = max(one[0], two[0])
    ends = [end for end in (one[1], two[1]) if end is not None]
    until = min(ends) if ends else None
    return None if until is not None and until <= since else (since, until)


def closure(nodes: Iterable[Node], edges: Iterable[Edge]) -> set[Row]:
    """All (ancestor, descendant, depth, period) that follow from the dated edges.

    :raises Cycle: when some organization would lie under itself on any day.
    """
    above: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        above[edge.child].append(edge)
    rows: set[Row] = set()
    for node in nodes:
        rows.update(_joined(node, list(_climb(node.code, 0, (node.since, node.until), above, (node.code,)))))
    return rows


def closure_of(nodes: Iterable[Node], edges: Iterable[Edge], codes: set[str]) -> set[Row]:
    """The closure rows whose descendant is in ``codes``; edges must reach up to the roots."""
    return closure((node for node in nodes if node.code in codes), edges)


_Span = tuple[date, date | None]
_Step = tuple[str, int, date, date | None]


def _climb(
    code: str, depth: int, span: _Span, above: dict[str, list[Edge]], path: tuple[str, ...]
) -> Iterator[_Step]:
    """Every ancestor met on the way up, with the part of ``span`` in which it was one."""
    yield code, depth, span[0], span[1]
    for edge in above.get(code, ()):
        common = overlap(span, (edge.since, edge.until))
        if common is None:
            continue
        if edge.parent in path or depth >= MAX_DEPTH:
            raise Cycle(edge.parent, common[0])
        yield from _climb(edge.parent, depth + 1, common, above, (*path, edge.parent))


def _joined(node: Node, steps: list[_Step]) -> Iterator[Row]:
    """Rows with touching periods of the same ancestor and depth made one."""
    steps.sort(key=lambda step: (step[0], step[1], step[2]))
    open_row: _Step | None = None
    for step in steps:
        if open_row and open_row[:2] == step[:2] and open_row[3] == step[2]:
            open_row = (open_row[0], open_row[1], open_row[2], step[3])
            continue
        if open_row:
            yield Row(node.tree, open_row[0], node.code, open_row[1], open_row[2], open_row[3])
        open_row = step
    if open_row:
        yield Row(node.tree, open_row[0], node.code, open_row[1], open_row[2], open_row[3])


class Binding(msgspec.Struct, frozen=True):
    """A pack rules an organization from a day."""

    org: str
    pack: str
    since: date


class Past(msgspec.Struct, frozen=True):
    """Who has to do with an ended organization on a day: ``heirs`` hold what it held; ``over``: itself, and all under which
    that lies."""

    heirs: tuple[str, ...]
    over: tuple[str, ...]


def _turns(since: date, until: date | None, after: date, last: date) -> bool:
    """Whether a period begins or ends on a day in (after, last]."""
    return after < since <= last or (until is not None and after < until <= last)


class Forest:
    """Both trees in memory, read-only: what lay where on which day. Cheap to ask, rebuilt after a change."""

    def __init__(
        self,
        nodes: Iterable[Node] = (),
        edges: Iterable[Edge] = (),
        bindings: Iterable[Binding] = (),
        named: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.nodes: dict[str, Node] = {node.code: node for node in nodes}
        self._up: dict[str, list[Edge]] = defaultdict(list)
        self._down: dict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            self._up[edge.child].append(edge)
            self._down[edge.parent].append(edge)
        self._packs: dict[str, list[Binding]] = defaultdict(list)
        for binding in sorted(bindings, key=lambda b: b.since):
            self._packs[binding.org].append(binding)
        self._chains: dict[tuple[str, date], tuple[str, ...]] = {}
        self._roots: dict[tuple[str, date], tuple[str, ...]] = {}
        self._ever: dict[str, frozenset[str]] = {}
        #: Ended organization → those that its end names as taking over.
        self.named: dict[str, tuple[str, ...]] = dict(named or {})
        self._gone: dict[date, dict[str, Past]] = {}

    def grown(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> "Forest":
        """Other trees under the same bindings."""
        return Forest(
            nodes, edges, (one for bindings in self._packs.values() for one in bindings), self.named
        )

    def edges(self) -> list[Edge]:
        """All dated edges."""
        return [edge for edges in self._up.values() for edge in edges]

    def __contains__(self, code: str) -> bool:
        return code in self.nodes

    def name(self, code: str, lang: str = "zh-hans") -> str:
        """The name in the language asked for; the code itself when unknown."""
        node = self.nodes.get(code)
        if node is None:
            return code
        return node.name_en if lang.startswith("en") and node.name_en else node.name

    def above(self, code: str) -> tuple[Edge, ...]:
        """Its dated parents of all days."""
        return tuple(self._up.get(code, ()))

    def parent(self, code: str, day: date) -> str | None:
        """The organization directly above on ``day``."""
        for edge in self._up.get(code, ()):
            if covers(edge.since, edge.until, day):
                return edge.parent
        return None

    def chain(self, code: str, day: date) -> tuple[str, ...]:
        """The organization itself and all above it on ``day``, nearest first; empty when it did not exist."""
        known = self._chains.get((code, day))
        if known is not None:
            return known
        node = self.nodes.get(code)
        found: list[str] = []
        step: str | None = code if node is not None and node.at(day) else None
        while step is not None and len(found) <= MAX_DEPTH:
            found.append(step)
            step = self.parent(step, day)
        if len(self._chains) > 50_000:  # many days asked for: start again rather than grow for ever
            self._chains.clear()
        self._chains[(code, day)] = tuple(found)
        return self._chains[(code, day)]

    def heirs(self, code: str, day: date) -> tuple[str, ...]:
        """Those that hold on ``day`` what the organization held: itself while it exists, else whom its end names, or whom
        theirs do; empty when nobody was named."""
        found: list[str] = []
        for one in self._line(code, day):
            if self.nodes[one].at(day):
                found.append(one)
        return tuple(found)

    def _line(self, code: str, day: date) -> list[str]:
        """The organization and all that took over from it, as far as those that exist."""
        found = [code] if code in self.nodes else []
        for one in found:  # grows while it is walked
            if not self.nodes[one].at(day):
                found.extend(s for s in self.named.get(one, ()) if s in self.nodes and s not in found)
        return found

    def over(self, code: str, day: date) -> tuple[str, ...]:
        """`chain`, for organizations that have ended too: what was theirs lies under those that took over and under the one
        that stood above on the last day, and under all above these on ``day``. Itself first; empty before it began."""
        node = self.nodes.get(code)
        if node is None or node.until is None or node.until > day:
            return self.chain(code, day)
        return self.gone(day)[code].over

    def gone(self, day: date) -> "dict[str, Past]":
        """All organizations that have ended by ``day``, and who reaches what they held."""
        if day not in self._gone:
            if len(self._gone) > 100:
                self._gone.clear()
            ended = [
                code for code, node in self.nodes.items() if node.until is not None and node.until <= day
            ]
            self._gone[day] = {code: Past(self.heirs(code, day), self._climbed(code, day)) for code in ended}
        return self._gone[day]

    def _climbed(self, code: str, day: date) -> tuple[str, ...]:
        found, waiting = [code], [code]
        for one in waiting:  # grows while it is walked; each ended organization once
            node = self.nodes[one]
            if node.until is None or node.until > day:
                found.extend(above for above in self.chain(one, day) if above not in found)
                continue
            above = self.parent(one, node.until - timedelta(days=1))
            after = (*self.named.get(one, ()), *((above,) if above is not None else ()))
            waiting.extend(code for code in after if code in self.nodes and code not in waiting)
        return tuple(found)

    def heir(self, code: str, day: date) -> str:
        """Where open work of an organization belongs on ``day``: to itself, to the first that took over, else to the one that
        stood above on its last day, or to the heir of these. "" for nobody."""
        seen: set[str] = set()
        waiting = [code]
        while waiting:
            one = waiting.pop(0)
            node = self.nodes.get(one)
            if node is None or one in seen:
                continue
            if node.at(day):
                return one
            seen.add(one)
            above = self.parent(one, node.until - timedelta(days=1)) if node.until is not None else None
            waiting = [*self.named.get(one, ()), *((above,) if above is not None else ()), *waiting]
        return ""

    def above_ever(self, code: str) -> frozenset[str]:
        """All organizations under which it lay, lies or will lie on any day, itself too."""
        known = self._ever.get(code)
        if known is None:
            found = [code]
            for one in found:
                found.extend(edge.parent for edge in self._up.get(one, ()) if edge.parent not in found)
            known = self._ever[code] = frozenset(found)
        return known

    def turning(self, after: date, until: date) -> set[str]:
        """Organizations that began, ended or changed their place on a day in (after, until], and all that lie under
        them on ``until``: what lists by today's trees have to be told of when the days have gone by."""
        turned = {code for code, node in self.nodes.items() if _turns(node.since, node.until, after, until)}
        turned |= {edge.child for edge in self.edges() if _turns(edge.since, edge.until, after, until)}
        return turned | {below for code in turned for below in self.below(code, until)}

    def children(self, code: str, day: date) -> tuple[str, ...]:
        """The organizations directly under it on ``day``, by code."""
        return tuple(
            sorted(
                edge.child
                for edge in self._down.get(code, ())
                if covers(edge.since, edge.until, day) and self.nodes[edge.child].at(day)
            )
        )

    def below(self, code: str, day: date) -> tuple[str, ...]:
        """It and everything under it on ``day``; parents before children."""
        node = self.nodes.get(code)
        if node is None or not node.at(day):
            return ()
        found = [code]
        for one in found:  # grows while it is walked: breadth first
            found.extend(self.children(one, day))
        return tuple(found)

    def roots(self, tree: str, day: date) -> tuple[str, ...]:
        """The organizations of a tree that lie under nothing on ``day``."""
        key = (tree, day)
        if key not in self._roots:
            if len(self._roots) > 1000:
                self._roots.clear()
            self._roots[key] = tuple(
                sorted(
                    code
                    for code, node in self.nodes.items()
                    if node.tree == tree and node.at(day) and self.parent(code, day) is None
                )
            )
        return self._roots[key]

    def bound(self, day: date) -> tuple[str, ...]:
        """All packs that rule something on ``day``, by name."""
        held = ([b.pack for b in bindings if b.since <= day] for bindings in self._packs.values())
        return tuple(sorted({packs[-1] for packs in held if packs}))

    def pack(self, code: str, day: date) -> str:
        """The pack that rules ``code`` on ``day``: the nearest above it; empty when none was bound."""
        for one in self.chain(code, day):
            held = [binding.pack for binding in self._packs.get(one, ()) if binding.since <= day]
            if held:
                return held[-1]
        return ""
