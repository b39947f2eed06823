"""Who answers for places: posts, not persons. Names are opened for a purpose, and the access log keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, Subject, new_key
from baodao.kernel.errors import Refused
from baodao.orgs import seats, selectors
from baodao.orgs.models import Post
from baodao.orgs.policies import may
from baodao.people.door import act_from


class Body(Struct, frozen=True):
    """An organization with the posts that answer for it as (post, title); ``vacant``: it should have one and has none."""

    code: str
    name: str
    level: str
    heads: tuple[tuple[str, str], ...]
    vacant: bool
    simulated: bool


class Staff(Struct, frozen=True):
    """All posts of some organizations on a day: who answers, and how many hold a quiet post (members who report in)."""

    bodies: dict[str, Body]
    seats: dict[str, list[tuple[str, str]]]
    """Organization → (title, code) of its other posts."""
    quiet: dict[str, list[tuple[str, str]]]
    """Organization → (title, code) of its quiet posts: pages tell how many, never which."""

    def of(self, code: str) -> Body | None:
        """One of them."""
        return self.bodies.get(code)

    def counted(self, codes: Iterable[str]) -> list[tuple[str, int]]:
        """(title of a quiet kind, how many hold it) at some of the organizations."""
        found = Counter(title for code in set(codes) for title, _post in self.quiet.get(code, ()))
        return sorted(found.items())

    def quiet_posts(self, codes: Iterable[str]) -> frozenset[str]:
        """Codes of the quiet posts there."""
        return frozenset(post for code in set(codes) for _title, post in self.quiet.get(code, ()))


def staff_of(codes: Iterable[str], day: date, lang: str) -> Staff:
    """One statement, however many organizations."""
    wanted = [code for code in dict.fromkeys(codes) if code in selectors.forest()]
    held: dict[str, list[Post]] = {}
    for post in selectors.holders(wanted, day) if wanted else ():
        held.setdefault(str(post.org_id), []).append(post)
    bodies, others, quiet = {}, dict[str, list[tuple[str, str]]](), dict[str, list[tuple[str, str]]]()
    for code in wanted:
        kinds = selectors.post_kinds(selectors.pack_of(code, day))
        posts = held.get(code, [])
        bodies[code] = _body(code, posts, day, lang)
        others[code] = [
            (_title(post, lang, day), post.code)
            for post in posts
            if not seats.heads_by(kinds, post.kind) and not seats.quiet_by(kinds, post.kind)
        ]
        quiet[code] = [
            (_title(post, lang, day), post.code) for post in posts if seats.quiet_by(kinds, post.kind)
        ]
    return Staff(bodies, others, quiet)


def _body(code: str, posts: Sequence[Post], day: date, lang: str) -> Body:
    node, pack = selectors.forest().nodes[code], selectors.pack_of(code, day)
    kinds = selectors.post_kinds(pack)
    heads = tuple((post.code, _title(post, lang, day)) for post in posts if seats.heads_by(kinds, post.kind))
    wanted = any(kind.heads and node.level in kind.at for kind in kinds.values())
    level = seats.title_of(selectors.levels(pack).get(node.level), lang) or node.level
    simulated = any(post.origin == "simulated" for post in posts) or node.origin == "simulated"
    return Body(code, selectors.name_of(code), level, heads, wanted and not heads, simulated)


def _title(post: Post, lang: str, day: date) -> str:
    kind = selectors.post_kinds(selectors.pack_of(str(post.org_id), day)).get(post.kind)
    usual = kind is not None and post.title == kind.title
    return (
        kind.title_en
        if kind is not None and usual and lang.startswith("en") and kind.title_en
        else post.title
    )


def way_to(org: str, day: date) -> list[str]:
    """Organizations from the district down to one, itself last."""
    trees = selectors.forest()
    return [code for code in reversed(trees.chain(org, day)) if trees.nodes[code].level != "municipality"]


def may_name(by: Act, codes: Iterable[str]) -> list[str]:
    """Those of these organizations whose heads' names this actor may open."""
    return [code for code in codes if may(by, seats.RIGHT, Subject(ref=f"org:{code}", org=code, level=1))]


def named(request: HttpRequest, codes: Iterable[str], day: date) -> dict[str, str]:
    """Post → name, for the organizations whose names the reader may open; logged. Raises Refused when there is none."""
    by = act_from(request, command=new_key("holders"), purpose=seats.PURPOSE)
    open_to = may_name(by, codes)
    if not open_to:
        raise Refused.of("", _("这些单位负责人的姓名不对您开放"), _("请换岗位，或问单位的负责人"))
    found: dict[str, str] = {}
    for code in open_to:
        found |= seats.names_of(by, code, day)
    return found
