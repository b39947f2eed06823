"""Reads of organizations and posts.

The trees lie in memory (a district has some thousand organizations) and are read again after a change;
posts are asked of the database, one statement at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from baodao.kernel import epochs
from baodao.kernel.act import Grant
from baodao.kernel.declare import Pack, get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.pages import PostRef
from baodao.people.ports import PostWords, Standing

from .declare import Level, PostKind
from .models import Org, OrgClosure, OrgParent, PackBinding, Post
from .rights import grants_of_post
from .tree import Binding, Edge, Forest, Node

#: The pack that every district's pack extends; it rules where none was bound.
BASE = "base"
#: Name of the epoch that counts changes of trees and bindings.
EPOCH = "orgs"


def read_forest() -> Forest:
    """Both trees straight from the database: three statements."""
    nodes = Org.objects.values_list(
        "code", "tree", "level", "kind", "name", "name_en", "since", "until", "origin"
    )
    edges = OrgParent.objects.values_list("org_id", "parent_id", "since", "until")
    bindings = PackBinding.objects.values_list("org_id", "pack", "since")
    return Forest(
        [Node(*row) for row in nodes], [Edge(*row) for row in edges], [Binding(*row) for row in bindings]
    )


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
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {epochs.aggregate_sql()}, p.code, p.org, p.kind, p.title "
            "FROM (SELECT 1) one LEFT JOIN orgs_post p ON p.person IN "
            "(SELECT %s UNION ALL SELECT uid FROM people_person WHERE led_by_id = %s) "
            "AND p.since <= %s AND (p.until IS NULL OR p.until > %s) ORDER BY p.since, p.code",
            [person, person, day.isoformat(), day.isoformat()],
        )
        rows = cursor.fetchall()
    epochs.note(rows[0][0])
    posts = tuple(
        PostRef(code=code, org=org, kind=kind, title=title, org_name=name_of(org))
        for _epochs, code, org, kind, title in rows
        if code is not None and person
    )
    post = next((one for one in posts if one.code == chosen), posts[0] if posts else None)
    return Standing(
        posts=posts, post=post, grants=grants_of(post.code, post.org, post.kind, day) if post else ()
    )


def grants_of(post: str, org: str, kind: str, day: date) -> tuple[Grant, ...]:
    """What an appointment gives on a day under the pack of its organization. No statement."""
    return grants_of_post(post, org, post_kinds(pack_of(org, day)).get(kind))


def post_words(codes: Iterable[str]) -> dict[str, PostWords]:
    """Office and title of posts, of the past too. One statement."""
    rows = Post.objects.filter(code__in=list(codes)).values_list("code", "org_id", "title")
    return {code: PostWords(office=name_of(str(org)), title=title) for code, org, title in rows}


def post(code: str) -> Post | None:
    """One appointment."""
    return Post.objects.filter(code=code).first()


def posts_of(person: str, day: date) -> list[Post]:
    """What a person (uid) holds on a day."""
    return list(Post.objects.filter(in_force(day), person=person).order_by("since", "code"))


def holders(orgs: Sequence[str], day: date, kinds: Sequence[str] = ()) -> list[Post]:
    """Appointments in force in these organizations, by organization, kind and code. One statement."""
    rows = Post.objects.filter(in_force(day), org__in=list(orgs))
    return list((rows.filter(kind__in=list(kinds)) if kinds else rows).order_by("org_id", "kind", "code"))


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
