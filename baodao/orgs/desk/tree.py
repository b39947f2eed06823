"""Desk page: one tree as it lay, lies or will lie on a day, with who answers for what; and what is different from another
day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.kernel.tables import write_xlsx
from baodao.kernel.tables.web import workbook
from baodao.kernel.typed import day_or_none
from baodao.orgs import seats, selectors
from baodao.orgs.models import Post
from baodao.orgs.tree import Forest

from .orgs import day_of

#: Organizations of one page; whoever looks for more opens a branch.
SHOWN = 400
#: Levels below the top that a page shows.
DEEP = 2


class Branch(Struct, frozen=True):
    """One organization of the tree: how deep, its level in words, the posts that answer for it, how many lie under it."""

    code: str
    name: str
    depth: int
    level: str
    heads: tuple[str, ...]
    under: int
    posts: int


class Change(Struct, frozen=True):
    """What is different on the later of two days: an organization that came, went or lies elsewhere; posts that began or
    ended."""

    kind: str
    code: str
    name: str
    words: str


@page("desk", "tree/", name="tree", methods=("GET", "HEAD"))
def tree(request: HttpRequest) -> HttpResponse:
    """``on``: the day; ``under``: a branch; ``tree``: admin or party; ``from``: another day to compare with."""
    day, lang = day_of(request), translation.get_language() or "zh-hans"
    trees, under = selectors.forest(), request.GET.get("under", "")[:32]
    which = "party" if request.GET.get("tree") == "party" else "admin"
    if under and under not in trees:
        raise Missing.of("under", _("没有这个组织"), _("请从组织目录里选"))
    roots = (under,) if under else trees.roots(which, day)
    rows = list(_walk(trees, roots, day, DEEP))
    other = day_or_none(request.GET.get("from", ""), "from")
    changes = list(_changes(trees, roots, *sorted((other, day)))) if other else []
    return render(
        request,
        "orgs/tree.html",
        day=day,
        today=selectors.today(),
        under=under,
        name=selectors.name_of(under) if under else "",
        which=which,
        way=tuple(reversed(trees.chain(under, day)[1:])) if under else (),
        name_of=selectors.name_of,
        rows=_told(rows[:SHOWN], day, lang),
        more=max(0, len(rows) - SHOWN),
        other=other,
        changes=changes[:SHOWN],
        changed=len(changes),
        total=sum(len(trees.below(root, day)) for root in roots),
    )


def _walk(
    trees: Forest, codes: tuple[str, ...], day: date, deep: int, depth: int = 0
) -> Iterator[tuple[str, int]]:
    for code in codes:
        node = trees.nodes[code]
        if node.at(day):
            yield code, depth
            if depth < deep:
                yield from _walk(trees, trees.children(code, day), day, deep, depth + 1)


def _told(rows: list[tuple[str, int]], day: date, lang: str) -> list[Branch]:
    """Two statements for the posts, however many organizations."""
    trees = selectors.forest()
    held: dict[str, list[Post]] = {}
    codes = [code for code, _depth in rows]
    for start in range(0, len(codes), 500):
        for post in selectors.holders(codes[start : start + 500], day):
            held.setdefault(str(post.org_id), []).append(post)
    found = []
    for code, depth in rows:
        kinds = selectors.post_kinds(selectors.pack_of(code, day))
        level = seats.title_of(
            selectors.levels(selectors.pack_of(code, day)).get(trees.nodes[code].level), lang
        )
        heads = tuple(post.title for post in held.get(code, ()) if seats.heads_by(kinds, post.kind))
        quiet = sum(1 for post in held.get(code, ()) if not seats.quiet_by(kinds, post.kind))
        under = len(trees.below(code, day)) - 1
        found.append(Branch(code, selectors.name_of(code), depth, level, heads, under, quiet))
    return found


def _changes(trees: Forest, roots: tuple[str, ...], one: date, two: date) -> Iterator[Change]:
    """What came, went and moved between two days, then posts. One statement."""
    inside = {code for root in roots for day in (one, two) for code in trees.below(root, day)}
    for code in sorted(inside):
        node = trees.nodes[code]
        if not node.at(one):
            yield Change("found", code, selectors.name_of(code), _("新设"))
        elif not node.at(two):
            yield Change("dissolve", code, selectors.name_of(code), _("撤销"))
        elif trees.parent(code, one) != trees.parent(code, two):
            names = [
                selectors.name_of(above) if above else _("无上级")
                for above in (trees.parent(code, one), trees.parent(code, two))
            ]
            yield Change(
                "move",
                code,
                selectors.name_of(code),
                _("从 %(one)s 移到 %(two)s") % {"one": names[0], "two": names[1]},
            )
    for post in selectors.appointments(sorted(inside)):
        there = [_covers(post, day) for day in (one, two)]
        if there[0] != there[1] and not _quiet(post, two):
            words = _("%(title)s上任（%(code)s）") if there[1] else _("%(title)s离岗（%(code)s）")
            yield Change(
                "post",
                str(post.org_id),
                selectors.name_of(str(post.org_id)),
                words % {"title": post.title, "code": post.code},
            )


def _covers(post: Post, day: date) -> bool:
    """Whether an appointment is in force on a day."""
    return post.since <= day and (post.until is None or day < post.until)


def _quiet(post: Post, day: date) -> bool:
    return seats.quiet_by(selectors.post_kinds(selectors.pack_of(str(post.org_id), day)), post.kind)


@page("desk", "tree/tree.xlsx", name="tree-export", methods=("GET", "HEAD"))
def export(request: HttpRequest) -> HttpResponse:
    """The whole branch on the day as a workbook."""
    day, lang = day_of(request), translation.get_language() or "zh-hans"
    trees, under = selectors.forest(), request.GET.get("under", "")[:32]
    which = "party" if request.GET.get("tree") == "party" else "admin"
    if under and under not in trees:
        raise Missing.of("under", _("没有这个组织"), _("请从组织目录里选"))
    rows = list(_walk(trees, (under,) if under else trees.roots(which, day), day, 16))
    header = [_("代码"), _("名称"), _("层级"), _("上级代码"), _("负责的岗位"), _("岗位数"), _("下面单位数")]
    lines = (
        [
            one.code,
            one.name,
            one.level,
            trees.parent(one.code, day) or "",
            "、".join(one.heads),
            one.posts,
            one.under,
        ]
        for one in _told(rows, day, lang)
    )
    out = io.BytesIO()
    title = _("组织树 %(day)s") % {"day": day.isoformat()}
    write_xlsx(out, f"{_('模拟数据')} {title}" if settings.DEMO else title, header, lines)
    return workbook(out.getvalue(), f"tree-{day.isoformat()}")
