"""Who answers for an organization: its posts, the other posts of the same persons, what lies above and below. Reads
only.

Nobody is named here: a page shows posts. ``names_of`` opens names for a purpose, and the access log keeps it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
from django.db.models import Q
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.people.selectors import tokens_for
from baodao.people.services.reading import read_identity

from .declare import Level, PostKind
from .models import Post
from .selectors import forest, holders, in_force, levels, name_of, pack_of, post_kinds, spoken

#: The right that opens the names of those who answer for an organization and for those right below it.
RIGHT = "org.holder"
PURPOSE = "duty"
#: Children of one level on a page; who seeks more, searches.
SHOWN = 300


class Seat(msgspec.Struct, frozen=True):
    """One appointment; ``others``: further posts of the same person, "社区书记 · 甲社区"."""

    code: str
    title: str
    kind: str
    since: date
    heads: bool
    simulated: bool
    others: tuple[str, ...]


class Place(msgspec.Struct, frozen=True):
    """An organization above or below: level, posts that answer for it as (code, title), how many organizations lie
    under it; ``vacant``: the district has such a post at this level, and nobody holds it."""

    code: str
    name: str
    level: str
    heads: tuple[tuple[str, str], ...]
    under: int = 0
    vacant: bool = False


class Around(msgspec.Struct, frozen=True):
    """All that the page of an organization says of people: its seats, the way from the root, what lies right below
    by level (name of the level → places)."""

    seats: list[Seat]
    way: list[Place]
    below: dict[str, list[Place]]


def around(code: str, day: date, lang: str) -> Around:
    """Two statements, however many organizations and posts there are."""
    trees = forest()
    way, children = tuple(reversed(trees.chain(code, day))), trees.children(code, day)
    kinds = {one: post_kinds(pack_of(one, day)) for one in dict.fromkeys((*way, *children, code))}
    held: dict[str, list[Post]] = {}
    for post in holders(list(kinds), day):
        held.setdefault(str(post.org_id), []).append(post)

    def place(one: str, under: int = 0) -> Place:
        node = trees.nodes[one]
        heads = (post for post in held.get(one, ()) if heads_by(kinds[one], post.kind))
        level = title_of(levels(pack_of(one, day)).get(node.level), lang)
        words = tuple((post.code, _words(post, kinds[one], lang)) for post in heads)
        wanted = any(kind.heads and node.level in kind.at for kind in kinds[one].values())
        return Place(one, name_of(one), level or node.level, words, under, wanted and not words)

    below: dict[str, list[Place]] = {}
    for child in children:
        under = len(trees.below(child, day)) - 1
        below.setdefault(trees.nodes[child].level, []).append(place(child, under))
    return Around(_seats(held.get(code, []), kinds[code], day, lang), [place(one) for one in way], below)


def coming(code: str, day: date, most: int = 10) -> list[tuple[date, str]]:
    """What is set for days after one: its posts that begin or end, its place, its end; the nearest first. One statement."""
    trees = forest()
    node, found = trees.nodes[code], list[tuple[date, str]]()
    for edge in trees.above(code):
        if day < edge.since != node.since:
            found.append((edge.since, _("移到 %(other)s 下面") % {"other": name_of(edge.parent)}))
    if node.until is not None and node.until > day:
        found.append((node.until, _("撤销")))
    for post in Post.objects.filter(Q(since__gt=day) | Q(until__gt=day), org=code).order_by("since", "code")[
        :50
    ]:
        if _is_quiet(post, day):
            continue
        if post.since > day:
            found.append((post.since, _("%(title)s上任") % {"title": post.title}))
        if post.until is not None and post.until > day:
            found.append((post.until, _("%(title)s离岗") % {"title": post.title}))
    return sorted(found)[:most]


def heads_by(kinds: Mapping[str, PostKind], kind: str) -> bool:
    """Whether whoever holds such a post answers for its organization."""
    return kind in kinds and kinds[kind].heads


def quiet_by(kinds: Mapping[str, PostKind], kind: str) -> bool:
    """Whether such a post is its holder's own affair."""
    return kind in kinds and kinds[kind].quiet


def _is_quiet(post: Post, day: date) -> bool:
    return quiet_by(post_kinds(pack_of(str(post.org_id), day)), post.kind)


def _words(post: Post, kinds: Mapping[str, PostKind], lang: str) -> str:
    """The title of the appointment; in English that of its kind, where the appointment has no title of its own."""
    return spoken(kinds.get(post.kind), post.title, lang)


def _seats(held: Sequence[Post], kinds: Mapping[str, PostKind], day: date, lang: str) -> list[Seat]:
    # Nobody's membership is told by her other post, nor her other post by her membership.
    uids = {post.person for post in held if post.person and not quiet_by(kinds, post.kind)}
    rows = Post.objects.filter(in_force(day), person__in=uids).order_by("since", "code")
    known = [row for row in rows if not _is_quiet(row, day)] if uids else []
    found = [
        Seat(
            post.code,
            _words(post, kinds, lang),
            _kind_words(post, kinds, lang),
            post.since,
            heads_by(kinds, post.kind),
            post.origin == "simulated",
            tuple(
                f"{_words(other, post_kinds(pack_of(str(other.org_id), day)), lang)} · {name_of(str(other.org_id))}"
                for other in known
                if other.person == post.person and other.code != post.code and not quiet_by(kinds, post.kind)
            ),
        )
        for post in held
    ]
    return sorted(found, key=lambda seat: not seat.heads)


def _kind_words(post: Post, kinds: Mapping[str, PostKind], lang: str) -> str:
    kind = kinds.get(post.kind)
    if kind is None:
        return post.kind
    return kind.title_en if lang.startswith("en") else kind.title


def title_of(level: Level | None, lang: str) -> str:
    """The level's title in a language; "" for a level that the pack does not have."""
    if level is None:
        return ""
    return (level.title_en if lang.startswith("en") else "") or level.title


def counts(code: str, day: date) -> dict[str, int]:
    """Level → how many organizations of it lie under one. No statement."""
    trees = forest()
    return dict(Counter(trees.nodes[one].level for one in trees.below(code, day)[1:]))


def by_rank(names: Iterable[str], declared: Mapping[str, Level]) -> list[str]:
    """Names of levels from above to below; those that the pack does not have come last."""
    return sorted(names, key=lambda name: (declared[name].rank if name in declared else 99, name))


def names_of(by: Act, code: str, day: date) -> dict[str, str]:
    """Post → name of its holder, for the organization and for those who answer for what lies right below; the access
    log keeps who looked and why. Quiet posts stay unnamed. Raises Refused without the right."""
    found = holders([code, *forest().children(code, day)], day)
    kinds = {str(post.org_id): post_kinds(pack_of(str(post.org_id), day)) for post in found}
    named = [post for post in found if post.person and not quiet_by(kinds[str(post.org_id)], post.kind)]
    wanted = [p for p in named if p.org_id == code or heads_by(kinds[str(p.org_id)], p.kind)]
    tokens = tokens_for({post.person for post in wanted}, "service")
    subject = Subject(ref=f"org:{code}", org=code, level=1)
    opened = read_identity(by, tokens.values(), ("name",), subject, right=RIGHT)
    return {post.code: opened.one(tokens.get(post.person, ""), "name") for post in wanted}


def heads_of(codes: Iterable[str], day: date, lang: str) -> dict[str, tuple[str, ...]]:
    """Organization → titles of the posts that answer for it: what everybody may read. One statement."""
    wanted = [code for code in dict.fromkeys(codes) if code in forest()]
    found: dict[str, tuple[str, ...]] = dict.fromkeys(wanted, ())
    for post in holders(wanted, day) if wanted else ():
        org = str(post.org_id)
        kinds = post_kinds(pack_of(org, day))
        if heads_by(kinds, post.kind) and not quiet_by(kinds, post.kind):
            found[org] = (*found[org], _words(post, kinds, lang))
    return found
