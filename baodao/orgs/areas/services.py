"""Every write of areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.models import Post
from baodao.orgs.ruling import Faults
from baodao.orgs.selectors import forest
from baodao.orgs.tree import covers
from baodao.people.services.logs import queue_security

from . import ports
from .facts import Given
from .fold import Told, fold
from .models import PostArea
from .selectors import EPOCH

#: Grids and organizations of one area.
MOST = 500


class NewArea(Struct, frozen=True, forbid_unknown_fields=True):
    """From ``since`` on the post's area is these grids and the ground of these organizations; none of either: no area."""

    post: str
    since: date
    places: tuple[str, ...] = ()
    name: str = ""


@verb("area.give")
def give_areas(tx: Tx, by: Act, *, areas: list[NewArea]) -> list[str]:
    """Give posts their areas. Asks ``area.give`` at the post's organization and at each organization whose ground is given. Gives
    the codes of the posts.

    :raises Invalid: no such post or place on that day, by place in the list.
    :raises Conflict: the post has an area from a later day already.
    """
    posts = {row.code: row for row in Post.objects.filter(code__in=[one.post for one in areas])}
    grounds = [_homes(one) for one in areas]
    held = {str(row.org_id) for row in posts.values()} | {
        org for homes in grounds for org in homes.values() if org
    }
    for org in sorted(held) or [""]:
        tx.ask("area.give", Subject(ref=f"org:{org}", org=org, level=1))
    _check(areas, posts, grounds)
    for one in areas:
        before = _told(one.post)
        if any(date.fromisoformat(told.data.since) > one.since for told in before):
            raise Conflict.of("since", _("这个岗位之后已经另划了片区"), _("请选那一天或以后的日子"))
        data = Given(since=one.since.isoformat(), places=tuple(sorted(set(one.places))))
        name, org = one.name.strip(), str(posts[one.post].org_id)
        texts = {"name": name} if name else {}
        tx.fact(data, subject=f"area:{one.post}", org=org, post=by.post, level=1, texts=texts)
        put(tx, one.post, [*before, Told(data, name, by.origin)])
        queue_security(tx, "area.given", subject=f"post:{one.post}", detail=one.post)
    tx.bump(EPOCH)
    return [one.post for one in areas]


def _homes(one: NewArea) -> dict[str, str]:
    """Place → the organization whose ground it is, "" for none."""
    trees, grids = forest(), ports.ground().homes(one.places, one.since)
    return {code: code if code in trees else grids.get(code, "") for code in one.places}


def _check(areas: Sequence[NewArea], posts: dict[str, Post], grounds: Sequence[dict[str, str]]) -> None:
    faults, trees = Faults("areas"), forest()
    for at, (one, homes) in enumerate(zip(areas, grounds, strict=True)):
        post = posts.get(one.post)
        faults.day(at, "since", one.since)
        faults.text(at, "name", one.name, 0, 80)
        if post is None or not covers(post.since, post.until, one.since):
            faults.add(at, "post", _("那一天没有这个岗位"), _("请从列表里选"))
        if one.post in [other.post for other in areas[:at]]:
            faults.add(at, "post", _("同一个岗位写了两次"))
        unknown = sorted(c for c, org in homes.items() if not org or not trees.nodes[org].at(one.since))
        if unknown:
            reason = _("那一天没有网格或单位 %(code)s") % {"code": "、".join(unknown[:5])}
            faults.add(at, "places", reason, _("请写网格或社区的代码"))
        if len(one.places) > MOST:
            faults.add(
                at, "places", _("一个片区最多 %(most)d 个网格和单位") % {"most": MOST}, _("请用社区代替网格")
            )
    faults.close()


def _told(post: str, but: frozenset[int] = frozenset()) -> list[Told]:
    facts = [fact for fact in facts_of(f"area:{post}") if fact.id not in but]
    names = texts_of([fact.id for fact in facts])
    return [
        Told(f.data, names.get(f.id, {}).get("name", ""), f.origin)
        for f in facts
        if isinstance(f.data, Given)
    ]


def put(tx: Tx, post: str, told: Sequence[Told]) -> None:
    """Queue the rows that follow from a post's facts."""
    rows = fold(post, told)
    kept = {row["since"] for row in rows}
    gone = [
        one for one in PostArea.objects.filter(post=post).values_list("since", flat=True) if one not in kept
    ]
    if gone:
        tx.delete(PostArea, post=post, since=gone)
    for row in rows:
        tx.upsert(PostArea, ("post", "since"), **row)


def put_back(tx: Tx, post: str, gone: frozenset[int]) -> None:
    """The rows without some voided facts."""
    put(tx, post, _told(post, gone))
    tx.bump(EPOCH)
