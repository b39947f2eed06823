"""Rights, pure: one rule table answers "may I, on this one" and "which ones".

``reach()`` folds what a person's posts give for one right into a ``Reach``: plain sets of organizations,
legs and persons, each with the highest level that it opens. ``Reach.admits()`` asks it about one loaded
Subject, ``policies.where()`` turns the very same sets into a database condition: neither knows a rule of
its own, so that page, list, search, export and interface cannot drift apart. Denied unless a rule says yes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from baodao.kernel.act import Act, Grant, Subject
from baodao.orgs.declare import ANYONE, PERSON, SYSTEM, PostKind, Right
from baodao.orgs.tree import Past

#: The rule table: reach → highest level that it may ever open, whatever a pack says (docs: house.md, "orgs").
#: "own" and "below" look at the organization that holds the subject and at those called to it by a leg:
#: colleagues and superiors, who see rows of level 0 and 1 only; "area" at the ground on which it lies. "legs" is the post that a leg is with (or any
#: such post of its organization while nobody has taken it): level 2 is for those who take part. "self" is the
#: person whose subject it is or whom it names: level 3 too. "named" is a subject that names the post or its holder, or one
#: that two persons opened to her for a time (orgs.powers). "any" needs no relation to the subject at all.
RULES: dict[str, int] = {"any": 0, "own": 1, "below": 1, "area": 1, "legs": 2, "self": 3, "named": 3}

#: Rights that make something new may be given to anybody at any level: who opens has not seen anything yet.
CREATING = ("open",)

#: Climbs from an organization to its root on a day, itself first (``Forest.chain``).
Chain = Callable[[str, date], Sequence[str]]


def matches(pattern: str, right: str) -> bool:
    """Whether a right as declared (``matter.*``, ``*``) covers a right as asked."""
    if pattern in ("*", right):
        return True
    return pattern.endswith(".*") and right.startswith(pattern[:-1])


def narrowed(grants: Iterable[Grant], rights: Sequence[str]) -> tuple[Grant, ...]:
    """Of what a post gives only what ``rights`` name: grants within them as they are, and of a wider grant (``matter.*``) the rights
    named that it covers. Two hundred rights against as many grants at each call of the interface: looked up, not compared each with each."""
    exact, wide = frozenset(rights), tuple(right for right in rights if right.endswith("*"))
    kept: list[Grant] = []
    cut: list[Grant] = []
    for grant in grants:
        if grant.right in exact or any(matches(pattern, grant.right) for pattern in wide):
            kept.append(grant)
        elif grant.right.endswith("*"):
            covered = (right for right in rights if matches(grant.right, right))
            cut += [msgspec.structs.replace(grant, right=right) for right in covered]
    return (*kept, *cut)


def ceiling(right: str, reach: str, level: int, kind: str = "") -> int:
    """The highest level that one declared line really opens; -1 when its reach is unknown."""
    cap = RULES.get(reach, -1)
    creates = right.rpartition(".")[2] in CREATING
    if (reach == "any" and (kind == SYSTEM or creates)) or (reach == "own" and creates):
        cap = 3
    return min(level, cap)


def grants_of_post(code: str, org: str, kind: PostKind | None) -> tuple[Grant, ...]:
    """What one appointment gives; nothing when the pack no longer knows its kind, or for reach "any"."""
    if kind is None:
        return ()
    return tuple(
        Grant(right=line.right, reach=line.reach, org=org, level=line.level, post=code)
        for line in kind.rights
        if line.reach != "any"
    )


class Reach(msgspec.Struct, frozen=True):
    """All that one actor reaches with one right on one day; each member carries its highest level.

    ``anyone``: level open without any relation, -1 for none; ``own``/``below``: organization → level;
    ``legs``: (organization, post or "" for a leg that nobody has taken yet) → level; ``selves``: uid → level; ``named``: the post and its holder's
    uid, or the ref of one opened subject → level; ``past``: organizations that have ended → level: what they held is reached
    through those that took over, or through whom they lay under. ``areas``: post → level, as given; ``grids`` and ``grounds``:
    what these areas take in on the day, by grid and, for what has no grid, by organization → level.
    """

    right: str
    day: date
    anyone: int = -1
    own: tuple[tuple[str, int], ...] = ()
    below: tuple[tuple[str, int], ...] = ()
    legs: tuple[tuple[str, str, int], ...] = ()
    selves: tuple[tuple[str, int], ...] = ()
    named: tuple[tuple[str, int], ...] = ()
    past: tuple[tuple[str, int], ...] = ()
    areas: tuple[tuple[str, int], ...] = ()
    grids: tuple[tuple[str, int], ...] = ()
    grounds: tuple[tuple[str, int], ...] = ()

    def __bool__(self) -> bool:
        """Whether there can be any subject at all; an empty reach needs no query."""
        given = self.own or self.below or self.legs or self.selves or self.named or self.grids or self.grounds
        return self.anyone >= 0 or bool(given)

    def admits(self, subject: Subject, chain: Chain) -> bool:
        """Whether this subject is among those reached."""
        level = subject.level
        if level <= self.anyone:
            return True
        if any(uid in subject.persons or uid in subject.named for uid, top in self.selves if level <= top):
            return True
        if any(key == subject.ref or key in subject.named for key, top in self.named if level <= top):
            return True
        key, ground = (subject.place, self.grids) if subject.place else (subject.org, self.grounds)
        if any(code == key for code, top in ground if level <= top):
            return True
        if any((org, post) in subject.legs for org, post, top in self.legs if level <= top):
            return True
        places = {subject.org, *(org for org, _ in subject.legs)}
        if any(org in places for org, top in (*self.own, *self.past) if level <= top):
            return True
        roots = {org for org, top in self.below if level <= top}
        return bool(roots) and any(not roots.isdisjoint(chain(place, self.day)) for place in places if place)


def reach(
    right: str,
    grants: Iterable[Grant],
    *,
    day: date,
    uid: str = "",
    free: Iterable[tuple[str, Right]] = (),
) -> Reach:
    """Fold all that speaks for ``right`` into one Reach.

    :param grants: what the actor's posts give.
    :param free: (implicit kind, line) given without a post; reaches "any" and "self" only.
    :param uid: the actor's own uid; without one there is no "self".
    """
    anyone = mine = -1
    for kind, line in free:
        if matches(line.right, right):
            top = ceiling(right, line.reach, line.level, kind)
            anyone = max(anyone, top) if line.reach == "any" else anyone
            mine = max(mine, top) if line.reach == "self" else mine
    found: dict[str, dict[Any, int]] = {name: {} for name in ("own", "below", "areas", "legs", "named")}
    for grant in grants:
        if not matches(grant.right, right):
            continue
        top = ceiling(right, grant.reach, grant.level)
        if grant.reach == "self":
            mine = max(mine, top)
            continue
        into, keys = _opens(grant, uid)
        # What is no reach of a post ("any" is given without one) opens nothing.
        for key in keys if into in found else ():
            found[into][key] = max(found[into].get(key, -1), top)
    legs = found.pop("legs")
    return Reach(
        right=right,
        day=day,
        anyone=anyone,
        legs=tuple(sorted((org, post, top) for (org, post), top in legs.items())),
        selves=((uid, mine),) if uid and mine >= 0 else (),
        **{name: tuple(sorted((key, top) for key, top in keys.items())) for name, keys in found.items()},
    )


def _opens(grant: Grant, uid: str) -> tuple[str, tuple[Any, ...]]:
    """(field of Reach, keys in it) that one grant speaks for; "self" has none."""
    if grant.reach == "area":
        return "areas", (grant.post,)
    if grant.reach == "legs":
        return "legs", ((grant.org, grant.post), (grant.org, ""))
    if grant.reach == "named":
        return "named", (grant.org,) if ":" in grant.org else tuple(filter(None, (uid, grant.post)))
    return grant.reach, (grant.org,)


def with_past(found: Reach, gone: Mapping[str, Past]) -> Reach:
    """The same reach, which also opens what ended organizations held: to those that took over as their own (a leg that nobody
    had taken as theirs to take), to all under whom that lies now as what lies below."""
    own, below, legs = dict(found.own), dict(found.below), list(found.legs)
    past: dict[str, int] = {}
    for code, after in gone.items():
        tops = [own[org] for org in after.heirs if org in own]
        tops += [below[org] for org in after.over if org in below]
        if tops:
            past[code] = max(tops)
        free = [top for org, post, top in found.legs if not post and org in after.heirs]
        if free:
            legs.append((code, "", max(free)))
    if not past and len(legs) == len(found.legs):
        return found
    return msgspec.structs.replace(found, legs=tuple(sorted(legs)), past=tuple(sorted(past.items())))


def with_areas(found: Reach, extents: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> Reach:
    """The same reach with what the areas of its posts take in: post → (grids, organizations)."""
    grids: dict[str, int] = {}
    grounds: dict[str, int] = {}
    for post, top in found.areas:
        for codes, into in zip(extents.get(post, ((), ())), (grids, grounds), strict=True):
            into.update((code, max(top, into.get(code, -1))) for code in codes)
    return msgspec.structs.replace(
        found, grids=tuple(sorted(grids.items())), grounds=tuple(sorted(grounds.items()))
    )


def implicit_kinds(by: Act) -> tuple[str, ...]:
    """The kinds of post that this actor holds without an appointment."""
    if by.kind == "system":
        return (SYSTEM,)
    return (ANYONE, PERSON) if by.kind == "person" and by.person else (ANYONE,)


class Line(msgspec.Struct, frozen=True):
    """One printed line of the matrix; ``level`` is what is really opened, ``declared`` what the pack says."""

    post: str
    title: str
    title_en: str
    right: str
    reach: str
    level: int
    declared: int


def matrix(kinds: dict[str, PostKind]) -> list[Line]:
    """The printable matrix, in the pack's order of kinds, then by right and reach."""
    order = list(RULES)
    return [
        Line(
            post=code,
            title=kind.title,
            title_en=kind.title_en or kind.title,
            right=line.right,
            reach=line.reach,
            level=ceiling(line.right, line.reach, line.level, code if code == SYSTEM else ""),
            declared=line.level,
        )
        for code, kind in kinds.items()
        for line in sorted(kind.rights, key=lambda r: (r.right, order.index(r.reach), r.level))
    ]


def who_can(kinds: dict[str, PostKind], right: str, level: int) -> list[Line]:
    """The lines that open ``right`` at ``level``: what "who can see me" prints."""
    return [line for line in matrix(kinds) if matches(line.right, right) and line.level >= level]
