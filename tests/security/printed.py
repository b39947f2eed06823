"""The policy as it is printed, read back from what `baodao rights --csv` puts out, and asked in plain words: nothing here
calls the policy that it is compared with."""

from __future__ import annotations

import contextlib
import csv
import io
from typing import NamedTuple

from django.core.management import call_command

from baodao.kernel.act import Subject


class Line(NamedTuple):
    """One printed line: kind of post by its title, right, reach in English, highest level that is opened."""

    post: str
    right: str
    reach: str
    level: int


def printed(pack: str) -> list[Line]:
    """What the command prints for a pack."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="utf-8")
    with contextlib.redirect_stdout(out):
        call_command("rights", "--csv", "--pack", pack, stdout=out)
    out.flush()
    rows = csv.DictReader(io.StringIO(raw.getvalue().decode("utf-8-sig")))
    return [Line(row["Post"], row["right"], row["Reach"], int(row["level"])) for row in rows]


#: The printed words, before and after they are translated.
AREA = ("in the area given", "划给的片区里的")
NAMED = ("naming the holder", "点了本人名的")


def covers(pattern: str, right: str) -> bool:
    """Whether a printed right speaks for one that is asked."""
    return pattern in {"*", right} or (pattern.endswith(".*") and right.startswith(pattern[:-1]))


class Policy:
    """Who may do what, from the printed lines alone. ``tree``: child → parent; ``posts``: who → (organization, English title
    of the kind, code of the post). ``ended``: organization that is no more → (who took over, parent on its last day)."""

    def __init__(
        self, lines: list[Line], tree: dict[str, str], posts: dict[str, tuple[str, str, str]]
    ) -> None:
        self.lines, self.tree, self.posts = lines, tree, posts
        self.ended: dict[str, tuple[str, str]] = {}
        #: who → places (grids and communities) of her area; grid → its community.
        self.areas: dict[str, list[str]] = {}
        self.grids: dict[str, str] = {}
        #: who acts by deputy → (who she is herself, rights that she was given, highest level).
        self.deputies: dict[str, tuple[str, tuple[str, ...], int]] = {}
        #: who → ref of a subject that two persons opened to her for a time → its level then; it opens reading alone.
        self.opened: dict[str, dict[str, int]] = {}

    def chain(self, org: str) -> set[str]:
        """An organization and all above it; of one that has ended also those above who took over."""
        found: set[str] = set()
        waiting = [org]
        while waiting:
            one = waiting.pop()
            if one and one not in found:
                found.add(one)
                waiting += self.ended.get(one, (self.tree.get(one, ""),))
        return found

    def near(self, org: str, other: str) -> bool:
        """The same organization, or one above the other."""
        return org in self.chain(other) or other in self.chain(org)

    def inside(self, who: str, subject: Subject) -> bool:
        """Whether a subject lies in somebody's area: by its grid, or, where it has none, on the ground of its organization."""
        given = self.areas.get(who, [])
        alive = [one for one in given if one not in self.ended]
        if not subject.place:
            return any(one in alive for one in self.chain(subject.org) if subject.org not in self.ended)
        return subject.place in given or any(one in alive for one in self._ground(subject.place))

    def _ground(self, grid: str) -> set[str]:
        home = self.grids.get(grid, "")
        return self.chain(home) if home not in self.ended else set()

    def hands(self, org: str) -> set[str]:
        """The organization itself, or who took over from it, or from these."""
        found: set[str] = set()
        while org and org not in found:
            found.add(org)
            org = self.ended.get(org, ("",))[0]
        return found

    def act_for(self, who: str, other: str, rights: tuple[str, ...], level: int) -> None:
        """Somebody acts for another: she is asked as "who~other"."""
        name = f"{who}~{other}"
        self.deputies[name] = (who, rights, level)
        self.posts[name] = self.posts[other]
        self.areas[name] = self.areas.get(other, [])

    def lines_of(self, who: str, *, resident: bool = False) -> list[Line]:
        """What speaks for somebody; ``resident``: on the portal everybody stands without her post."""
        titles = {"Anybody"} | ({"A resident who is signed in"} if who != "visitor" else set())
        found = [line for line in self.lines if line.post in titles]
        if who not in self.posts or resident:
            return found
        held = [line for line in self.lines if line.post == self.posts[who][1]]
        if who in self.deputies:
            _self, rights, level = self.deputies[who]
            held = [
                line._replace(right=right, level=min(line.level, level))
                for line in held
                for right in rights
                if covers(line.right, right)
            ]
        return found + held

    def has(self, who: str, right: str) -> bool:
        """Whether anything at all is opened by this right."""
        return any(covers(line.right, right) and line.level >= 0 for line in self.lines_of(who))

    def may(
        self, who: str, right: str, subject: Subject, *, person: str = "", resident: bool = False
    ) -> bool:
        """The rule of the house, one printed line at a time. ``person``: whom the subject belongs to."""
        org, _title, post = self.posts.get(who, ("", "", ""))
        if (
            right == "matter.read"
            and not resident
            and subject.level <= self.opened.get(who, {}).get(subject.ref, -1)
        ):
            return True
        whole = self.deputies[who][0] if who in self.deputies else who
        for line in self.lines_of(who, resident=resident):
            if not covers(line.right, right) or subject.level > line.level:
                continue
            places = [place for place in (subject.org, *(one for one, _seat in subject.legs)) if place]
            held = [(org, post)]
            free = [one for one, seat in subject.legs if not seat]
            if (
                line.reach == "any"
                or (line.reach == "one's own" and person == whole)
                or (line.reach in NAMED and not {post, whole}.isdisjoint(subject.named))
                or (line.reach == "own unit" and any(org in self.hands(place) for place in places))
                or (line.reach in AREA and self.inside(who, subject))
                or (line.reach == "own unit and below" and any(org in self.chain(place) for place in places))
                or (line.reach == "sent to this post" and any(leg in held for leg in subject.legs))
                or (line.reach == "sent to this post" and any(org in self.hands(one) for one in free))
            ):
                return True
        return False
