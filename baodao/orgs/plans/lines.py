"""What somebody asks for and the single changes that it means. Pure: trees and appointments are handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Fault, Invalid
from baodao.orgs.tree import Forest

Kind = Literal["found", "move", "dissolve", "end", "begin"]
#: What can be asked for: the five single changes, and three that mean several of them.
ASKS = {
    "replace": gettext_lazy("接任：原任到日子离岗，新人同日上任"),
    "begin": gettext_lazy("任命"),
    "end": gettext_lazy("免职"),
    "move": gettext_lazy("移到别的上级下面"),
    "merge": gettext_lazy("并入：下级移过去，岗位结束，工作由它接手"),
    "split": gettext_lazy("分出：新设一个，把一些下级移给它"),
    "found": gettext_lazy("新设单位"),
    "dissolve": gettext_lazy("撤销单位"),
}
SHORT = {
    "replace": gettext_lazy("接任"),
    "begin": gettext_lazy("任命"),
    "end": gettext_lazy("免职"),
    "move": gettext_lazy("移到"),
    "merge": gettext_lazy("并入"),
    "split": gettext_lazy("分出"),
    "found": gettext_lazy("新设"),
    "dissolve": gettext_lazy("撤销"),
}


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """One row as somebody asks for it. ``org``: the organization concerned (of a new one its code); ``other``: the parent
    to be, or who takes over; ``post``: an appointment that ends; ``person``: uid; ``members``: organizations that go to
    a part that is split off. A split takes ``code`` for the new organization."""

    kind: str
    org: str
    other: str = ""
    post: str = ""
    post_kind: str = ""
    person: str = ""
    name: str = ""
    level: str = ""
    org_kind: str = ""
    code: str = ""
    members: tuple[str, ...] = ()
    note: str = ""


class Line(Struct, frozen=True):
    """One single change; fields as `OrgPlanLine`."""

    kind: Kind
    org: str
    other: str = ""
    post: str = ""
    post_kind: str = ""
    person: str = ""
    name: str = ""
    level: str = ""
    org_kind: str = ""
    tree: str = ""
    note: str = ""
    out_of: str = ""

    @property
    def target(self) -> tuple[str, str]:
        """What only one change of a plan may touch: an appointment, or an organization."""
        if self.kind in ("begin", "end"):
            return "post", self.post
        return "org", self.org


class Held(Struct, frozen=True):
    """An appointment without end as planning sees it."""

    code: str
    org: str
    kind: str


#: Appointments in force on the plan's day without an end, of some organizations.
HeldAt = Callable[[Sequence[str]], Sequence[Held]]


class Scene(Struct, frozen=True):
    """What lines are drawn on: the trees, the day, who holds what; ``fresh``: codes that the draft founds already."""

    trees: Forest
    day: date
    held: HeldAt
    fresh: frozenset[str] = frozenset()

    def knows(self, code: str) -> bool:
        """Whether an organization is there on the day, or will be by this plan."""
        node = self.trees.nodes.get(code)
        return code in self.fresh or (node is not None and node.at(self.day))


def expand(rows: Sequence[Asked], scene: Scene) -> list[list[Line]]:
    """The single changes of each row. Raises Invalid with all faults by place (``rows[3].org``)."""
    faults: list[Fault] = []
    found: list[list[Line]] = []
    fresh = (
        set(scene.fresh) | {row.org for row in rows if row.kind == "found"} | {r.code for r in rows if r.code}
    )
    full = Scene(scene.trees, scene.day, scene.held, frozenset(fresh))
    posts = full.held(sorted({row.org for row in rows if row.kind in ("replace", "merge")}))
    by_org: dict[str, list[Held]] = {}
    for post in posts:
        by_org.setdefault(post.org, []).append(post)
    for place, row in enumerate(rows):
        wrong = list(_wrong(row, full))
        faults += [Fault(f"rows[{place}].{field}", reason, remedy) for field, reason, remedy in wrong]
        found.append([] if wrong else list(_lines(row, full, by_org.get(row.org, ()))))
    if faults:
        raise Invalid(*faults[:200])
    return found


def _wrong(row: Asked, scene: Scene) -> Iterable[tuple[str, str, str]]:
    if row.kind not in ASKS:
        yield (
            "kind",
            _("没有“%(kind)s”这种调整") % {"kind": row.kind},
            "、".join(str(one) for one in SHORT.values()),
        )
        return
    if row.kind != "found" and not scene.knows(row.org) and not (row.kind == "end" and row.post):
        remedy = suggest(row.org, scene.trees.nodes)[1]
        yield "org", _("那一天没有组织 %(code)s") % {"code": row.org}, remedy
    for field in _NEEDED[row.kind]:
        if not getattr(row, field):
            yield field, _("这种调整要写“%(field)s”") % {"field": str(WORDS[field])}, ""
    others = ["other"] if row.kind in ("move", "merge", "found") or row.other else []
    if any(getattr(row, one) and not scene.knows(getattr(row, one)) for one in others):
        remedy = suggest(row.other, scene.trees.nodes)[1]
        yield "other", _("那一天没有组织 %(code)s") % {"code": row.other}, remedy
    for member in row.members:
        if scene.trees.parent(member, scene.day) != row.org:
            yield "members", _("%(code)s 不是它的下级") % {"code": member}, _("只能移它直接的下级")


#: What each kind cannot do without.
_NEEDED: dict[str, tuple[str, ...]] = {
    "replace": ("org", "post_kind", "person"),
    "begin": ("org", "post_kind", "person"),
    "end": ("post",),
    "move": ("org", "other"),
    "merge": ("org", "other"),
    "split": ("org", "code", "name"),
    "found": ("org", "other", "name", "level", "org_kind"),
    "dissolve": ("org",),
}
WORDS = {
    "org": gettext_lazy("单位代码"),
    "other": gettext_lazy("上级或接手的单位"),
    "post": gettext_lazy("要免去的岗位"),
    "post_kind": gettext_lazy("岗位类别"),
    "person": gettext_lazy("接任的人"),
    "name": gettext_lazy("名称"),
    "level": gettext_lazy("层级"),
    "org_kind": gettext_lazy("单位类别"),
    "code": gettext_lazy("新单位的代码"),
    "members": gettext_lazy("移过去的下级"),
}


def _lines(row: Asked, scene: Scene, held: Sequence[Held]) -> Iterable[Line]:
    trees, note = scene.trees, row.note
    if row.kind == "replace":
        yield from (
            Line("end", row.org, post=one.code, post_kind=one.kind, note=note)
            for one in held
            if one.kind == row.post_kind
        )
    if row.kind in ("replace", "begin"):
        yield Line("begin", row.org, post_kind=row.post_kind, person=row.person, name=row.name, note=note)
    elif row.kind == "end":
        yield Line("end", row.org, post=row.post, post_kind=row.post_kind, note=note)
    elif row.kind == "found":
        above = trees.nodes.get(row.other)
        tree = above.tree if above is not None else "admin"
        yield Line(
            "found", row.org, row.other, name=row.name, level=row.level, org_kind=row.org_kind, tree=tree
        )
    elif row.kind == "move":
        yield Line("move", row.org, row.other)
    elif row.kind == "dissolve":
        yield Line("dissolve", row.org, row.other)
    elif row.kind == "merge":
        yield from (Line("move", child, row.other) for child in trees.children(row.org, scene.day))
        yield from (Line("end", row.org, post=one.code, post_kind=one.kind, note=note) for one in held)
        yield Line("dissolve", row.org, row.other)
    elif row.kind == "split":
        node = trees.nodes[row.org]
        above_code = trees.parent(row.org, scene.day) or ""
        yield Line(
            "found",
            row.code,
            above_code,
            name=row.name,
            level=node.level,
            org_kind=node.kind,
            tree=node.tree,
            out_of=row.org,
        )
        yield from (Line("move", child, row.code) for child in row.members)


def twice(lines: Sequence[Line]) -> list[tuple[int, Line]]:
    """Lines that touch what an earlier one touches."""
    seen: set[tuple[str, str]] = set()
    found = []
    for number, line in enumerate(lines):
        if line.kind == "begin":
            continue
        if line.target in seen:
            found.append((number, line))
        seen.add(line.target)
    return found
