"""Checks of what a command wants to do to the trees, before anything is written. Pure: trees and packs are
handed in.

Faults name the place in the list (``orgs[3].parent``), the reason and the remedy; all of them, not just the
first.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.report import suggest
from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.typed import FIRST, LAST

from .declare import IMPLICIT, Level, PostKind
from .tree import Forest

CODE = re.compile(r"^[a-z0-9][a-z0-9_\-]{1,31}\Z")
POST_CODE = re.compile(r"^[a-z0-9][a-z0-9_.\-]{1,47}\Z")

KIND = re.compile(r"^[a-z][a-z0-9_]{0,31}\Z")
#: What no name may hold: control characters (a database refuses some of them) and halves of characters.
UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

#: Levels that rule an organization: asked by the code of an organization that is already there, and the day.
LevelsOf = Callable[[str, date], Mapping[str, Level]]
KindsOf = Callable[[str, date], Mapping[str, PostKind]]


class NewOrg(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organization to be; ``parent`` "" makes a root. ``since`` is its first day."""

    code: str
    name: str
    level: str
    kind: str
    since: date
    parent: str = ""
    tree: str = "admin"
    name_en: str = ""


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From ``since`` on ``org`` lies under ``parent``."""

    org: str
    parent: str
    since: date


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without ``org``; ``successor`` takes over its open work."""

    org: str
    until: date
    successor: str = ""


class NewPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An appointment to be. ``person`` is a uid; ``title`` "" takes the title of the kind; ``until`` is the first day
    without the holder, where it is known already."""

    code: str
    org: str
    kind: str
    person: str
    since: date
    title: str = ""
    note: str = ""
    until: date | None = None


class EndPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``until`` is the first day without the holder."""

    code: str
    until: date


class Faults:
    """Collects faults by place in a list."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Fault] = []

    def add(self, place: int, key: str, reason: str, remedy: str = "", href: str = "") -> None:
        """A fault of one field of one member."""
        self.found.append(Fault(f"{self.name}[{place}].{key}", reason, remedy, href=href))

    def text(self, place: int, key: str, value: str, least: int, most: int) -> None:
        """A name or note: so many characters, none of them unreadable."""
        if not least <= len(value.strip()) <= most or len(value) > most + 20:
            self.add(place, key, _("要有 %(least)d 到 %(most)d 个字") % {"least": least, "most": most})
        elif UNREADABLE.search(value):
            self.add(place, key, _("里面有看不见的字符"), _("请删掉后重新输入"))

    def day(self, place: int, key: str, value: date) -> None:
        """A day within the years that are kept."""
        if not FIRST <= value <= LAST:
            self.add(place, key, _("日期不在 1900 年到 2200 年之间"))

    def close(self) -> None:
        """Raise Invalid when there is any."""
        if self.found:
            raise Invalid(*self.found[:200])


def check_new_orgs(orgs: Sequence[NewOrg], trees: Forest, levels_of: LevelsOf) -> None:
    """Parents may come in the same list, before their children. Raises Invalid."""
    judge_new_orgs(orgs, trees, levels_of).close()


def judge_new_orgs(orgs: Sequence[NewOrg], trees: Forest, levels_of: LevelsOf) -> Faults:
    """The same, with every fault and none raised."""
    faults = Faults("orgs")
    fresh: dict[str, NewOrg] = {}
    anchors: dict[str, str] = {}
    for place, org in enumerate(orgs):
        if not CODE.match(org.code):
            faults.add(place, "code", _("代码写法不对"), _("2 到 32 个小写字母、数字、- 或 _"))
        if org.code in trees or org.code in fresh:
            faults.add(
                place,
                "code",
                _("代码 %(code)s 已经有了") % {"code": org.code},
                _("换一个代码，或从名单里去掉这一行"),
            )
        faults.text(place, "name", org.name, 1, 120)
        faults.text(place, "name_en", org.name_en, 0, 160)
        faults.day(place, "since", org.since)
        if org.tree not in ("admin", "party"):
            faults.add(place, "tree", _("没有叫 %(tree)s 的组织树") % {"tree": org.tree}, "admin / party")
        _check_parent(place, org, trees, fresh, faults)
        anchors[org.code] = anchors.get(org.parent, org.parent)
        _check_level(
            place, org, _level_of(org.parent, trees, fresh), levels_of(anchors[org.code], org.since), faults
        )
        fresh[org.code] = org
    return faults


def _level_of(code: str, trees: Forest, fresh: Mapping[str, NewOrg]) -> str:
    if code in fresh:
        return fresh[code].level
    return trees.nodes[code].level if code in trees else ""


def _check_parent(
    place: int, org: NewOrg, trees: Forest, fresh: Mapping[str, NewOrg], faults: Faults
) -> None:
    if not org.parent:
        return
    above = fresh.get(org.parent) or trees.nodes.get(org.parent)
    if above is None:
        _near, remedy = suggest(org.parent, [*trees.nodes, *fresh])
        faults.add(place, "parent", _("没有代码为 %(code)s 的上级组织") % {"code": org.parent}, remedy)
    elif above.tree != org.tree:
        faults.add(place, "parent", _("上级在另一棵组织树里"), _("行政组织和党组织各有一棵树"))
    elif above.since > org.since or (org.parent in trees and not trees.nodes[org.parent].at(org.since)):
        faults.add(place, "since", _("那一天上级组织不存在"), _("改用上级存在的日子"))


def _check_level(place: int, org: NewOrg, above: str, levels: Mapping[str, Level], faults: Faults) -> None:
    level = levels.get(org.level)
    if level is None:
        _near, remedy = suggest(org.level, levels)
        faults.add(place, "level", _("没有叫 %(level)s 的层级") % {"level": org.level}, remedy)
        return
    if level.tree != org.tree:
        faults.add(place, "level", _("这个层级属于另一棵组织树"))
    if above in levels and levels[above].rank >= level.rank:
        faults.add(
            place,
            "level",
            _("%(level)s 不能放在 %(above)s 下面") % {"level": level.title, "above": levels[above].title},
        )
    if not KIND.match(org.kind):
        faults.add(place, "kind", _("类别写法不对"), _("小写字母、数字和 _"))
    elif level.kinds and org.kind not in level.kinds:
        _near, remedy = suggest(org.kind, level.kinds)
        faults.add(place, "kind", _("这一层没有 %(kind)s 这一类") % {"kind": org.kind}, remedy)


def check_posts(
    posts: Sequence[NewPost], trees: Forest, taken: set[str], kinds_of: KindsOf, people: set[str]
) -> None:
    """``taken`` are codes of posts that are there, ``people`` the uids that exist. Raises Invalid."""
    judge_posts(posts, trees, taken, kinds_of, people).close()


def judge_posts(
    posts: Sequence[NewPost], trees: Forest, taken: set[str], kinds_of: KindsOf, people: set[str]
) -> Faults:
    """The same, with every fault and none raised."""
    faults = Faults("posts")
    seen = set(taken)
    for place, post in enumerate(posts):
        if not POST_CODE.match(post.code):
            faults.add(place, "code", _("代码写法不对"), _("2 到 48 个小写字母、数字、点、- 或 _"))
        if post.code in seen:
            faults.add(
                place, "code", _("代码 %(code)s 已经有了") % {"code": post.code}, _("每次任命用一个新代码")
            )
        seen.add(post.code)
        if post.person not in people:
            faults.add(place, "person", _("没有登记这个人"), _("先在人员里登记"))
        faults.text(place, "title", post.title, 0, 80)
        faults.text(place, "note", post.note, 0, 120)
        faults.day(place, "since", post.since)
        if post.until is not None and post.until <= post.since:
            faults.add(place, "until", _("结束日要在任命之后"), post.since.isoformat())
        node = trees.nodes.get(post.org)
        if node is None or not node.at(post.since):
            _near, remedy = suggest(post.org, trees.nodes)
            faults.add(place, "org", _("那一天没有组织 %(code)s") % {"code": post.org}, remedy)
            continue
        kinds = {code: kind for code, kind in kinds_of(post.org, post.since).items() if code not in IMPLICIT}
        kind = kinds.get(post.kind)
        if kind is None:
            _near, remedy = suggest(post.kind, kinds)
            faults.add(place, "kind", _("没有叫 %(kind)s 的岗位类别") % {"kind": post.kind}, remedy)
        elif kind.at and node.level not in kind.at:
            faults.add(place, "org", _("%(title)s 不设在这一层") % {"title": kind.title}, "、".join(kind.at))
    return faults
