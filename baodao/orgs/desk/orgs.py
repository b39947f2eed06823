"""Desk pages: the organizations as they lay on a day with who answers for each, and the printable matrix of rights."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Missing, Refused
from baodao.kernel.pages import page, render, who_of
from baodao.kernel.typed import day_typed
from baodao.orgs import seats, selectors
from baodao.orgs.alliances.desk.lists import ties_of
from baodao.orgs.declare import Level
from baodao.orgs.matrix import rows_of
from baodao.orgs.policies import may
from baodao.orgs.rights import RULES
from baodao.orgs.tree import Node
from baodao.orgs.words import level_words, reach_words
from baodao.people.door import act_from

#: Hits of the search by name that are shown.
HITS = 50
#: Level and word of the small Party group below a community: 党群小家 here, 院落党小组 there.
PARTY_GROUP = "party_group"


@page("desk", "orgs/", name="orgs", nav=(70, gettext_lazy("组织")), methods=("GET", "HEAD"))
def orgs(request: HttpRequest) -> HttpResponse:
    """The roots of both trees, and a search by name or code, in the whole or under one organization."""
    trees, day = selectors.forest(), day_of(request)
    wanted, under = request.GET.get("q", "").strip()[:40], request.GET.get("under", "")[:32]
    among = trees.below(under, day) if under in trees else sorted(trees.nodes)
    hits = []
    if wanted:
        found = (code for code in among if _matches(trees.nodes[code], wanted) and trees.nodes[code].at(day))
        hits = [(*_line(code), _way_of(code, day)) for code in found]
    return render(
        request,
        "orgs/orgs.html",
        roots={tree: [_line(code) for code in trees.roots(tree, day)] for tree in ("admin", "party")},
        hits=hits[:HITS],
        more=max(0, len(hits) - HITS),
        wanted=wanted,
        under=_line(under) if under in trees else None,
        day=day,
        now=day == selectors.today(),
    )


def _matches(node: Node, wanted: str) -> bool:
    return wanted in node.name or wanted.lower() in node.name_en.lower() or wanted == node.code


def _way_of(code: str, day: date) -> str:
    """The two organizations above, so that twenty first grids can be told apart."""
    return " › ".join(selectors.name_of(one) for one in reversed(selectors.forest().chain(code, day)[1:3]))


@page("desk", "orgs/<str:code>/", name="org", methods=("GET", "HEAD", "POST"))
def org(request: HttpRequest, code: str) -> HttpResponse:
    """One organization on a day: the way to it with who answers for each level, its posts, what lies below, its pack.
    Names of holders are opened by a POST, for a purpose, and logged."""
    trees, day = selectors.forest(), day_of(request)
    node = trees.nodes.get(code)
    if node is None:
        raise Missing.of("code", _("没有这个组织"), _("请从组织目录里选"))
    lang = translation.get_language() or "zh-hans"
    by = act_from(request, command=new_key("holders"), purpose=seats.PURPOSE)
    names = seats.names_of(by, code, day) if request.method == "POST" else {}
    pack = selectors.pack_of(code, day)
    declared, found = selectors.levels(pack), seats.around(code, day, lang)
    return render(
        request,
        "orgs/org.html",
        node=node,
        name=selectors.name_of(code),
        level=_group_title(node.level, declared, pack, lang),
        found=found,
        groups=[
            (
                _group_title(level, declared, pack, lang),
                found.below[level][: seats.SHOWN],
                len(found.below[level]),
            )
            for level in seats.by_rank(found.below, declared)
        ],
        counts=_counts(code, declared, pack, day, lang),
        two_posts=selectors.word("two_posts", pack, lang),
        names=names,
        may_name=may(by, seats.RIGHT, Subject(ref=f"org:{code}", org=code, level=1)),
        pack=pack,
        ties=ties_of(request, code, day),
        coming=seats.coming(code, day),
        day=day,
        now=day == selectors.today(),
        there=node.at(day),
    )


def _counts(
    code: str, declared: Mapping[str, Level], pack: str, day: date, lang: str
) -> list[tuple[str, int]]:
    """What lies under it by level; in the Party tree the small groups are named also where there is none yet."""
    found, here = seats.counts(code, day), declared.get(selectors.forest().nodes[code].level)
    small = declared.get(PARTY_GROUP)
    if here and small and here.tree == small.tree and here.rank < small.rank:
        found.setdefault(PARTY_GROUP, 0)
    return [
        (_group_title(one, declared, pack, lang) or one, found[one]) for one in seats.by_rank(found, declared)
    ]


def _group_title(level: str, declared: Mapping[str, Level], pack: str, lang: str) -> str:
    """What stands above the organizations of a level. The small Party group has a word of each district's own."""
    if level == PARTY_GROUP:
        return selectors.word(PARTY_GROUP, pack, lang)
    return _title(declared.get(level), lang)


def _sees_rights(by: Act) -> bool:
    home = by.office
    return may(by, "rights.read", Subject(ref="rights", org=home))


@page(
    "desk",
    "rights/",
    name="rights",
    nav=(80, gettext_lazy("权限表")),
    methods=("GET", "HEAD"),
    opens=_sees_rights,
)
def rights(request: HttpRequest) -> HttpResponse:
    """Kind of post × right × reach × level under the pack of the reader's organization; made for print."""
    who = who_of(request)
    home = who.post.org if who.post else ""
    if not _sees_rights(act_from(request, command="read")):
        raise Refused.of("", _("您的岗位不能看权限表"), _("请单位负责人或督办员打印给您"))
    pack = selectors.pack_of(home)
    rows = rows_of(pack)
    posts: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for row in rows:
        posts.setdefault((row[0], row[1]), []).append(row)
    reaches = [reach_words(name) for name in RULES]
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
    return day_typed(request.GET.get("on", ""), "on", selectors.today())


def _line(code: str) -> tuple[str, str]:
    return code, selectors.name_of(code)


def _title(level: Level | None, lang: str) -> str:
    return seats.title_of(level, lang)
