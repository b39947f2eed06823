"""Desk pages: the organizations as they lay on a day, and the printable matrix of rights."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from baodao.kernel.act import Subject
from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.orgs import selectors
from baodao.orgs.declare import Level
from baodao.orgs.matrix import rows_of
from baodao.orgs.policies import may
from baodao.orgs.words import level_words, reach_words
from baodao.people.door import act_from

#: Hits of the search by name that are shown.
HITS = 50


@page("desk", "orgs/", name="orgs", nav=(70, gettext_lazy("组织")), methods=("GET", "HEAD"))
def orgs(request: HttpRequest) -> HttpResponse:
    """The roots of both trees, and a search by name or code."""
    trees, day = selectors.forest(), day_of(request)
    wanted = request.GET.get("q", "").strip()[:40]
    hits = []
    if wanted:
        hits = [
            _line(code)
            for code, node in sorted(trees.nodes.items())
            if node.at(day)
            and (wanted in node.name or wanted.lower() in node.name_en.lower() or wanted == code)
        ]
    roots = [_line(code) for tree in ("admin", "party") for code in trees.roots(tree, day)]
    return render(
        request,
        "orgs/orgs.html",
        roots=roots,
        hits=hits[:HITS],
        more=max(0, len(hits) - HITS),
        wanted=wanted,
        day=day,
    )


@page("desk", "orgs/<str:code>/", name="org", methods=("GET", "HEAD"))
def org(request: HttpRequest, code: str) -> HttpResponse:
    """One organization on a day: what is above and below it, its posts (never the holders' names), its
    pack."""
    trees, day = selectors.forest(), day_of(request)
    node = trees.nodes.get(code)
    if node is None:
        raise Missing.of("code", _("没有这个组织"), _("请从组织目录里选"))
    levels = selectors.levels(selectors.pack_of(code, day))
    below: dict[str, list[tuple[str, str]]] = {}
    for child in trees.children(code, day):
        below.setdefault(trees.nodes[child].level, []).append(_line(child))
    order = list(levels)
    groups = [
        (_title(levels.get(level)), members)
        for level, members in sorted(
            below.items(), key=lambda item: order.index(item[0]) if item[0] in order else 99
        )
    ]
    return render(
        request,
        "orgs/org.html",
        node=node,
        name=selectors.name_of(code),
        level=_title(levels.get(node.level)),
        crumbs=[_line(one) for one in reversed(trees.chain(code, day)[1:])],
        groups=groups,
        posts=selectors.holders([code], day),
        pack=selectors.pack_of(code, day),
        day=day,
        there=node.at(day),
    )


@page("desk", "rights/", name="rights", nav=(80, gettext_lazy("权限表")), methods=("GET", "HEAD"))
def rights(request: HttpRequest) -> HttpResponse:
    """Kind of post × right × reach × level under the pack of the reader's organization; made for print."""
    who = who_of(request)
    home = who.post.org if who.post else ""
    if not may(act_from(request, command="read"), "rights.read", Subject(ref="rights", org=home)):
        raise Refused.of("", _("您的岗位不能看权限表"), _("请单位负责人或督办员打印给您"))
    pack = selectors.pack_of(home)
    rows = rows_of(pack)
    posts: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for row in rows:
        posts.setdefault((row[0], row[1]), []).append(row)
    reaches = [reach_words(name) for name in ("any", "self", "own", "below", "legs")]
    counted = ngettext("%(n)d 条权限", "%(n)d 条权限", len(rows)) % {"n": len(rows)}
    return render(
        request,
        "orgs/rights.html",
        pack=pack,
        posts=list(posts.items()),
        reaches=reaches,
        levels=[level_words(level) for level in range(4)],
        counted=counted,
        org_name=selectors.name_of(home),
    )


def day_of(request: HttpRequest) -> date:
    """The day that the page is about: ``?on=2026-06-01``, else today."""
    text = request.GET.get("on", "")
    try:
        return date.fromisoformat(text) if text else selectors.today()
    except ValueError:
        raise Invalid.of("on", _("日期写法不对"), _("例如 2026-06-01")) from None


def _line(code: str) -> tuple[str, str]:
    return code, selectors.name_of(code)


def _title(level: Level | None) -> str:
    english = (translation.get_language() or "").startswith("en")
    if level is None:
        return ""
    return (level.title_en if english else "") or level.title
