"""Pairings on a map with the progress of what is done together: who is helped, by how many, which projects and how far they are. Helpers are
in the order of their codes, never of what they give; nobody is ranked."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.errors import Missing
from baodao.kernel.pages import page, render
from baodao.ledger.selectors import facts_of
from baodao.matters.declare import Procedure
from baodao.matters.facts import Opened
from baodao.matters.listing import words_about
from baodao.matters.models import Matter
from baodao.matters.selectors import visible_to
from baodao.orgs import selectors as orgs
from baodao.orgs.alliances import selectors as alliances
from baodao.orgs.alliances.beside import register_beside
from baodao.orgs.alliances.declare import AllianceKind
from baodao.orgs.alliances.models import Alliance
from baodao.people.declare import in_language
from baodao.people.door import act_from
from baodao.places.drawing import svg
from baodao.places.maps import map_level

MOST = 300


@page("desk", "alliance-map/<str:code>/", name="alliance-map", methods=("GET", "HEAD"))
def pairings(request: HttpRequest, code: str) -> HttpResponse:
    """All pairings of the kind of one that the reader sees, drawn on the ground of its district."""
    by, day = act_from(request, command=new_key()), orgs.today()
    seen = alliances.see(by, code)
    seat = str(seen.row.seat_id) if seen else ""
    kind = alliances.kinds_of(seat, day).get(seen.row.kind) if seen else None
    if seen is None or kind is None or not kind.map:
        raise Missing.of("code", _("没有这张图，或它不对您开放"), _("请从列表里选"))
    helped = alliances.pairings(by, [seen.row.kind], day)
    projects = _projects(by, kind.map, list(helped))
    rows = [
        _row(org, helpers, projects.get(org, []), _spoken(by, org, kind.map))
        for org, helpers in sorted(helped.items())
    ]
    top = orgs.forest().chain(seat, day)
    drawn = next(
        (found for org in top if (found := map_level(org)) is not None and _covers(org, helped)), None
    )
    shapes = {shape.code for shape in drawn.shapes} if drawn is not None else set()
    # A community is told in the street that is drawn; its first row stands there.
    there = {org: next((o for o in orgs.forest().chain(org, day) if o in shapes), org) for org in helped}
    counts, lines = Counter[str](), {there[row["org"]]: row["org"] for row in reversed(rows)}
    for row in rows:
        counts[there[row["org"]]] += len(row["projects"])
    what = _spoken(by, seat, kind.map)
    words = words_about([one.number for row in rows for one in row["projects"]])
    return render(
        request,
        "desk/pairings.html",
        title=in_language(kind.title, kind.title_en, by.lang),
        code=code,
        name=seen.name,
        what=what.title if what is not None else _("项目"),
        rows=rows,
        words=words,
        firms=len({one for helpers in helped.values() for one in helpers}),
        projects=sum(counts.values()),
        amount=sum(row["amount"] for row in rows),
        posts=_posts(by, kind, list(helped)),
        picture=svg(
            drawn,
            lambda shape: f"#at-{lines[shape.code]}" if shape.code in lines else "",
            title=_("结对的事，按地点；旁边的表说的是一样的"),
            counts=counts,
            marked=lines,
        )
        if drawn is not None
        else "",
    )


def _covers(org: str, helped: dict[str, Any]) -> bool:
    return any(org in orgs.forest().chain(one, orgs.today()) for one in helped)


def _projects(by: Act, procedure: str, helped: list[str]) -> dict[str, list[tuple[Matter, int]]]:
    """helped organization → (matter of the procedure that it or one below looks after, its money in fen), as far as the reader may read."""
    day, trees = orgs.today(), orgs.forest()
    home = {code: org for org in helped for code in trees.below(org, day)}
    rows = list(visible_to(by).filter(procedure=procedure, org__in=home).order_by("number")[:MOST])
    money: dict[str, int] = {}
    for fact in facts_of([f"matter:{row.number}" for row in rows]):
        if isinstance(fact.data, Opened):
            given = fact.data.fields.get("amount")
            money[fact.subject.partition(":")[2]] = given if isinstance(given, int) else 0
    found: dict[str, list[tuple[Matter, int]]] = {}
    for row in rows:
        found.setdefault(home[row.org], []).append((row, money.get(row.number, 0)))
    return found


def _spoken(by: Act, org: str, name: str) -> Procedure | None:
    try:
        return get_pack(orgs.pack_of(org)).many(Procedure, by.lang).get(name)
    except BadPack:
        return None


def _row(
    org: str, helpers: list[str], projects: list[tuple[Matter, int]], procedure: Procedure | None
) -> dict[str, Any]:
    stages = Counter(row.stage for row, _money in projects)
    words = [
        (procedure.word(f"stage.{stage}") if procedure is not None else stage, n)
        for stage, n in sorted(stages.items())
    ]
    return {
        "org": org,
        "name": orgs.name_of(org),
        "helpers": [orgs.name_of(one) for one in helpers],
        "projects": [row for row, _money in projects],
        "stages": words,
        "amount": sum(money for _row, money in projects),
    }


def _posts(by: Act, kind: AllianceKind, helped: list[str]) -> list[tuple[str, int]]:
    """(kind of post in words, how many are held) in those helped and below."""
    day, trees = orgs.today(), orgs.forest()
    below = {code for org in helped for code in trees.below(org, day)}
    if not kind.posts or not below:
        return []
    held = Counter(post.kind for post in orgs.holders(sorted(below), day, kind.posts))
    declared = orgs.post_kinds(orgs.pack_of(helped[0], day))
    return [
        (in_language(one.title, one.title_en, by.lang) if (one := declared.get(code)) else code, held[code])
        for code in kind.posts
    ]


def _beside(by: Act, row: Alliance, kind: AllianceKind) -> list[tuple[str, str]]:
    address = reverse("desk:alliance-map", kwargs={"code": row.code})
    return [(_("结对地图和进度"), address)] if kind.map else []


register_beside("map", _beside)
