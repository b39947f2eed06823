"""Reads of organizations and posts.

The trees lie in memory (a district has some thousand organizations) and are read again after a change;
posts are asked of the database, one statement at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import msgspec
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from baodao.kernel import epochs
from baodao.kernel.act import Grant
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.driver import often
from baodao.kernel.pages import PostRef
from baodao.kernel.raw import fetch
from baodao.kernel.warm import before_serving
from baodao.ledger.selectors import facts_of
from baodao.people.ports import PostWords, Standing

from .declare import Level, PostKind
from .facts import Ended, Split
from .models import Org, OrgClosure, OrgParent, PackBinding, Post
from .rights import grants_of_post
from .tree import Binding, Edge, Forest, Node

#: The pack that every district's pack extends; it rules where none was bound.
BASE = "base"
#: Name of the epoch that counts changes of trees and bindings.
EPOCH = "orgs"


def read_forest() -> Forest:
    """Both trees straight from the database: three statements, and one for each 500 organizations that have an end."""
    nodes = Org.objects.values_list(
        "code", "tree", "level", "kind", "name", "name_en", "since", "until", "origin"
    )
    edges = OrgParent.objects.values_list("org_id", "parent_id", "since", "until")
    bindings = PackBinding.objects.values_list("org_id", "pack", "since")
    known = [Node(*row) for row in nodes]
    named = _named([node.code for node in known if node.until is not None])
    return Forest(known, [Edge(*row) for row in edges], [Binding(*row) for row in bindings], named)


def _named(ended: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Ended organization → those that its end and its splits name, the one of the end first."""
    found: dict[str, list[str]] = {}
    for start in range(0, len(ended), 500):
        for fact in facts_of([f"org:{code}" for code in ended[start : start + 500]]):
            if isinstance(fact.data, Ended) and fact.data.successor:
                found.setdefault(fact.org, []).insert(0, fact.data.successor)
            elif isinstance(fact.data, Split):
                found.setdefault(fact.org, []).append(fact.data.part)
    return {code: tuple(dict.fromkeys(names)) for code, names in found.items()}


#: Both trees as of the last change that this process knows of (every command and every signed-in page
#: learns of it).
forest = epochs.cached(EPOCH)(read_forest)


def today() -> date:
    """The local day, for pages; a command uses the day of its Act."""
    return timezone.localdate()


def name_of(code: str) -> str:
    """The organization's name in the reader's language."""
    return forest().name(code, translation.get_language() or "zh-hans")


def pack_of(org: str, at: date | None = None) -> str:
    """Name of the pack that rules an organization on a day (default today): the nearest bound above it,
    else ``base``."""
    return forest().pack(org, at or today()) or BASE


def home_pack(at: date | None = None) -> str:
    """The pack of the installation's district: that of the first root of the administrative tree that has
    one; under a municipality the only one that was bound; ``base`` where several districts live together."""
    day = at or today()
    trees = forest()
    for root in trees.roots("admin", day):
        if pack := trees.pack(root, day):
            return pack
    bound = trees.bound(day)
    return bound[0] if len(bound) == 1 else BASE


def home(day: date) -> Pack | None:
    """The same pack itself, None when it cannot be read."""
    return _pack(home_pack(day))


def pack_named(name: str) -> Pack | None:
    """A pack by name, None when it cannot be read."""
    return _pack(name)


@before_serving
def bound_packs() -> list[str]:
    """Names of the packs that trees are bound to today, and the installation's own; all are read."""
    names = sorted({home_pack(), *forest().bound(today())})
    for name in names:
        _pack(name)
    return names


def _pack(name: str) -> Pack | None:
    try:
        return get_pack(name)
    except BadPack:
        # A pack that was bound and then broken gives no rights: denied, not crashed; `pack check` tells why.
        return None


def post_kinds(pack: str) -> Mapping[str, PostKind]:
    """Kinds of post that a pack declares, in its order; none when there is no such pack."""
    return _section(pack, PostKind)


def levels(pack: str) -> Mapping[str, Level]:
    """Levels that a pack declares, in its order."""
    return _section(pack, Level)


def word(key: str, pack: str, lang: str) -> str:
    """A district's word; the key where its pack cannot be read."""
    found = _pack(pack)
    return found.word(key, lang) if found is not None else key


def _section(pack: str, struct: Any) -> Mapping[str, Any]:
    found = _pack(pack)
    return found.many(struct) if found is not None else {}


def in_force(day: date) -> Q:
    """Rows whose period covers the day."""
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def under(roots: Iterable[str], day: date) -> QuerySet[OrgClosure, Any]:
    """Codes of all organizations in or under ``roots`` on a day, as a subquery for ``org__in``."""
    return OrgClosure.objects.filter(in_force(day), ancestor__in=list(roots)).values("descendant")


def standing(person: str, chosen: str = "") -> Standing:
    """People's door: posts held today (by records that this person leads, too), the chosen one (else the first) and
    what it gives. One statement, which also brings the epochs,
    so that a signed-in page sees a change of the trees without a statement of its own."""
    day = today()
    held = [person, person, day.isoformat(), day.isoformat()]
    rows = fetch(_standing(), [*held, *held, *held[2:] * 2, person, timezone.now()])
    epochs.note(rows[0][0])
    found = [row[2:] for row in rows if row[1] is not None and person]
    posts = tuple(
        PostRef(
            code=code,
            org=org,
            kind=kind,
            title=_("%(title)s（代）") % {"title": _said(kind, org, title)}
            if deputy
            else _said(kind, org, title),
            org_name=name_of(org),
            deputy=deputy,
        )
        for code, org, kind, title, _since, deputy, _rights, _level in found
        if kind
    )
    post = next((one for one in posts if one.code == chosen), posts[0] if posts else None)
    if post is None:
        return Standing()
    grants = grants_of(post.code, post.org, post.kind, day)
    if post.deputy:
        limits = next(row for row in found if row[0] == post.code and row[5] == post.deputy)
        return Standing(posts=posts, post=post, grants=narrowed(grants, limits[6].split(), limits[7]))
    opened = tuple(
        Grant(right="matter.read", reach="named", org=ref, level=level, post=code)
        for code, ref, kind, _title, _since, _deputy, _rights, level in found
        if not kind and code == post.code
    )
    return Standing(posts=posts, post=post, grants=grants + opened)


#: Herself, and the records that she leads.
_LED = "SELECT %s UNION ALL SELECT uid FROM people_person WHERE led_by_id = %s"
#: The three ways in which somebody stands somewhere: posts held, posts acted for as a deputy, restricted subjects opened to her
#: for a time (a row without kind; the subject in place of the organization).
_STANDING = """
SELECT {epochs}, x.way, x.code, x.org, x.kind, x.title, x.since, x.deputy, x.rights, x.level FROM (SELECT 1) one LEFT JOIN (
SELECT 1 AS way, code, org, kind, title, since, '' AS deputy, '' AS rights, 3 AS level FROM orgs_post
 WHERE person IN ({led}) AND since <= %s AND (until IS NULL OR until > %s)
UNION ALL SELECT 2, p.code, p.org, p.kind, p.title, d.since, d.deputy, d.rights, d.level
 FROM orgs_post q JOIN orgs_deputy d ON d.deputy = q.code JOIN orgs_post p ON p.code = d.post
 WHERE q.person IN ({led}) AND q.since <= %s AND (q.until IS NULL OR q.until > %s)
 AND p.since <= %s AND (p.until IS NULL OR p.until > %s) AND d.since <= %s AND d.until > %s
UNION ALL SELECT 3, post, subject, '', '', NULL, '', '', level FROM orgs_opening WHERE person = %s AND until > %s
) x ON 1 = 1 ORDER BY x.way, x.since, x.code"""


@cache
def _standing() -> str:
    return often(_STANDING.format(epochs=epochs.aggregate_sql(), led=_LED))


def narrowed(grants: Iterable[Grant], rights: Sequence[str], level: int) -> tuple[Grant, ...]:
    """What of these grants a deputy or a token has: each right at most as wide as it was given, and up to ``level``."""
    from .rights import matches

    found = []
    for grant in grants:
        if any(matches(right, grant.right) for right in rights):
            found.append(msgspec.structs.replace(grant, level=min(grant.level, level)))
        else:
            narrow = (right for right in rights if matches(grant.right, right))
            found += [
                msgspec.structs.replace(grant, right=right, level=min(grant.level, level)) for right in narrow
            ]
    return tuple(found)


def grants_of(post: str, org: str, kind: str, day: date) -> tuple[Grant, ...]:
    """What an appointment gives on a day under the pack of its organization. No statement."""
    return grants_of_post(post, org, post_kinds(pack_of(org, day)).get(kind))


def all_grants(posts: Iterable[PostRef], day: date) -> tuple[Grant, ...]:
    """What somebody's own posts give together, whichever of them is chosen; where she is a deputy is left out. For reading counts of organizations
    over both trees: whatever is done is done in one post. No statement."""
    own = (grants_of(post.code, post.org, post.kind, day) for post in posts if not post.deputy)
    return tuple(dict.fromkeys(grant for grants in own for grant in grants))


def spoken(kind: PostKind | None, title: str, lang: str | None) -> str:
    """A post's title in a language: one that is only its kind's own is said in English too, any other as it was given."""
    usual = kind is not None and title == kind.title
    return kind.title_en if kind is not None and usual and (lang or "").startswith("en") else title


def _said(kind: str, org: str, title: str) -> str:
    lang = translation.get_language()
    return spoken(post_kinds(pack_of(org)).get(kind), title, lang) if lang == "en" else title


def post_words(codes: Iterable[str]) -> dict[str, PostWords]:
    """Office and title of posts, of the past too. One statement."""
    rows = Post.objects.filter(code__in=list(codes)).values_list("code", "org_id", "kind", "title")
    return {
        code: PostWords(office=name_of(str(org)), title=_said(kind, str(org), title))
        for code, org, kind, title in rows
    }


def holders_now(codes: Iterable[str]) -> dict[str, str]:
    """Code of a post in force today → uid of its holder. One statement per 500."""
    names = sorted(set(codes))
    found: dict[str, str] = {}
    for start in range(0, len(names), 500):
        rows = Post.objects.filter(in_force(today()), code__in=names[start : start + 500]).exclude(person="")
        found |= dict(rows.values_list("code", "person"))
    return found


def posts_now(persons: Iterable[str]) -> dict[str, str]:
    """Uid → code of the post that she holds longest of those in force today. One statement per 500."""
    names = sorted(set(persons))
    found: dict[str, str] = {}
    for start in range(0, len(names), 500):
        rows = Post.objects.filter(in_force(today()), person__in=names[start : start + 500])
        for uid, code in rows.order_by("since", "code").values_list("person", "code"):
            found.setdefault(uid, code)
    return found


def post(code: str) -> Post | None:
    """One appointment."""
    return Post.objects.filter(code=code).first()


def posts_of(person: str, day: date) -> list[Post]:
    """What a person (uid) holds on a day."""
    return list(Post.objects.filter(in_force(day), person=person).order_by("since", "code"))


def appointments(orgs: Sequence[str]) -> list[Post]:
    """All appointments of these organizations, of any day. One statement."""
    return list(Post.objects.filter(org__in=list(orgs)).order_by("org_id", "since", "code"))


def holders(orgs: Sequence[str], day: date, kinds: Sequence[str] = ()) -> list[Post]:
    """Appointments in force in these organizations, by organization, kind and code. One statement."""
    rows = Post.objects.filter(in_force(day), org__in=list(orgs))
    return list((rows.filter(kind__in=list(kinds)) if kinds else rows).order_by("org_id", "kind", "code"))


def holders_of(kinds: Sequence[str], day: date) -> list[Post]:
    """Appointments in force of these kinds, anywhere, by organization and code. One statement."""
    rows = Post.objects.filter(in_force(day), kind__in=list(kinds)).exclude(person="")
    return list(rows.order_by("org_id", "code"))


def posts_with(right: str, orgs: Sequence[str], day: date) -> list[Post]:
    """Appointments in force in these organizations whose kind gives ``right`` there: whom to tell, whom to
    suggest."""
    wanted = []
    for held in holders(orgs, day):
        if any(_covers(grant.right, right) for grant in grants_of(held.code, held.org_id, held.kind, day)):
            wanted.append(held)
    return wanted


def _covers(pattern: str, right: str) -> bool:
    from .rights import matches

    return matches(pattern, right)
