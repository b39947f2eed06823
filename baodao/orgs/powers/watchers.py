"""Who can see a subject: every appointment in force whose rights open it, by the very policy that answers "may I"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from django.utils.translation import get_language

from baodao.kernel.act import Subject
from baodao.orgs import selectors
from baodao.orgs.areas.selectors import orgs_of, posts_over
from baodao.orgs.declare import PostKind
from baodao.orgs.models import Post
from baodao.orgs.policies import unfolded
from baodao.orgs.rights import reach

from .models import Deputy, Opening


class Watcher(msgspec.Struct, frozen=True):
    """A kind of post in an office that can see the subject: how many hold it, and by which reach (the nearest that opens)."""

    org: str
    kind: str
    title: str
    holders: int
    reach: str
    quiet: bool


#: The nearest relation first: what is told is the reason that says most.
NEAREST = ("legs", "named", "own", "area", "below")


def watchers(right: str, subject: Subject, day: date) -> list[Watcher]:
    """Offices and posts that this right opens the subject to on a day, by nearness. Two statements, whatever the size of the
    district: only posts of the organizations that have to do with it, and of those above them, can reach it."""
    trees, orgs = selectors.forest(), {subject.org, *(org for org, _post in subject.legs)}
    above_ = {above for org in orgs if org for above in trees.over(org, day)}
    named = (
        Post.objects.filter(code__in=subject.named).values_list("org_id", flat=True) if subject.named else ()
    )
    near = sorted(above_ | orgs_of(posts_over(subject, day)) | {str(org) for org in named})
    acting = deputies_of(near, day)
    found: dict[tuple[str, str, str], Watcher] = {}
    for post in selectors.holders(near, day):
        # Whoever acts for the post sees what she was given of it, which may be less.
        for deputy in (None, *acting.get(post.code, ())):
            how = _opens(right, post, subject, day, deputy) if post.person else ""
            if how:
                _count(found, post, how, day)
    return sorted(
        found.values(),
        key=lambda one: (NEAREST.index(one.reach), -len(trees.chain(one.org, day)), one.org, one.kind),
    )


def _count(found: dict[tuple[str, str, str], Watcher], post: Post, how: str, day: date) -> None:
    key = (str(post.org_id), post.kind, how)
    kind = selectors.post_kinds(selectors.pack_of(key[0], day)).get(post.kind)
    holders = (found[key].holders if key in found else 0) + 1
    quiet = kind is not None and kind.quiet
    title = post.title if quiet or kind is None else _title(kind)
    found[key] = Watcher(key[0], post.kind, title, holders, how, quiet)


def _title(kind: PostKind) -> str:
    return (kind.title_en if get_language() == "en" else "") or kind.title


def _opens(right: str, post: Post, subject: Subject, day: date, deputy: Deputy | None) -> str:
    """By which reach this appointment (or what a deputy was given of it) opens the subject; "" when it does not."""
    grants = selectors.grants_of(post.code, str(post.org_id), post.kind, day)
    if deputy is not None:
        grants = selectors.narrowed(grants, deputy.rights.split(), deputy.level)
    chain, uid = selectors.forest().chain, "" if deputy is not None else post.person
    for name in NEAREST:
        some = [grant for grant in grants if grant.reach == name]
        if some and unfolded(reach(right, some, day=day, uid=uid)).admits(subject, chain):
            return name
    return ""


def deputies_of(orgs: Iterable[str], day: date) -> dict[str, list[Deputy]]:
    """post → who acts for it on a day. One statement."""
    found: dict[str, list[Deputy]] = {}
    posts = Post.objects.filter(org__in=list(orgs)).values("code")
    for row in Deputy.objects.filter(post__in=posts, since__lte=day, until__gt=day).order_by("code"):
        found.setdefault(row.post, []).append(row)
    return found


def openings(ref: str, now: datetime) -> list[Opening]:
    """Openings of one subject that hold now."""
    return list(Opening.objects.filter(subject=ref, until__gt=now).order_by("since"))


def held(person: str, post: str, now: datetime) -> list[Opening]:
    """What is open to this person in this post now."""
    return list(Opening.objects.filter(person=person, post=post, until__gt=now).order_by("until"))
