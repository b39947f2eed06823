"""Every write to the appointments."""

import os
import re
from typing import Any

from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict
from baodao.kernel.verbs import Tx, verb
from baodao.orgs import facts, selectors
from baodao.orgs.models import Post
from baodao.orgs.ruling import POST_CODE, EndPost, Faults, NewPost, check_posts
from baodao.orgs.tree import Forest
from baodao.people.models import Person, SecurityLog, Token
from baodao.people.selectors import tokens_for
from baodao.people.services.identity import new_token
from baodao.people.services.logs import SECURITY, leaf

from .trees import locked

UID = re.compile(r"^[0-9a-f]{32}\Z")


@verb("post.begin")
def begin_posts(tx: Tx, by: Act, *, posts: list[NewPost]) -> list[str]:
    """Appoint persons to posts. Gives the codes. Reads: trees, codes in use, persons and tokens; then bulk
    writes.

    :raises Invalid: faults by place (``posts[3].kind``); nothing is written.
    """
    trees = locked()
    for org in {post.org for post in posts}:
        tx.ask("post.begin", Subject(ref=f"org:{org}", org=org))
    begun(tx, posts, trees)
    return [post.code for post in posts]


def begun(tx: Tx, posts: list[NewPost], trees: Forest) -> None:
    """Check and queue appointments under these trees, for a command that has asked for them. Raises Invalid."""
    uids = {post.person for post in posts}
    asked = [uid for uid in uids if UID.match(uid)]
    people = set(Person.objects.filter(uid__in=asked, erased=False).values_list("uid", flat=True))
    codes = [post.code for post in posts if POST_CODE.match(post.code)]
    taken = set(Post.objects.filter(code__in=codes).values_list("code", flat=True))
    check_posts(
        posts,
        trees,
        taken,
        lambda code, day: selectors.post_kinds(trees.pack(code, day) or selectors.BASE),
        people,
    )
    tokens = _tokens(tx, uids)
    for post in posts:
        kind = selectors.post_kinds(trees.pack(post.org, post.since) or selectors.BASE)[post.kind]
        _begin(tx, post, post.title.strip() or kind.title, tokens[post.person])


def _begin(tx: Tx, post: NewPost, title: str, token: str) -> None:
    tx.insert(
        Post, code=post.code, org_id=post.org, kind=post.kind, title=title, person=post.person,
        since=post.since, until=post.until, origin=tx.by.origin, note=post.note.strip(),
    )  # fmt: skip
    texts = {"title": title} | ({"note": post.note.strip()} if post.note.strip() else {})
    tx.fact(
        facts.Began(kind=post.kind, since=post.since.isoformat()),
        subject=f"post:{post.code}", org=post.org, person=token, level=1, texts=texts,
    )  # fmt: skip
    if post.until is not None:
        ended = facts.PostEnded(until=post.until.isoformat())
        tx.fact(ended, subject=f"post:{post.code}", org=post.org, person=token, level=1)
    log_change(tx, "post.began", post.code, post.person)


@verb("post.end")
def end_posts(tx: Tx, by: Act, *, posts: list[EndPost]) -> list[str]:
    """Appointments end: from ``until`` on the holder has none of the post's rights. Ending it again on
    another day is a conflict."""
    held = leaving(posts)
    for org in {post.org_id for post in held.values()} or {""}:
        tx.ask("post.end", Subject(ref=f"org:{org}", org=str(org)))
    left(tx, posts, held)
    return [end.code for end in posts]


def leaving(posts: list[EndPost]) -> dict[str, Post]:
    """The appointments that are to end, by code. Raises Invalid by place, Conflict for one that has an end already."""
    codes = [post.code for post in posts if POST_CODE.match(post.code)]
    held = {post.code: post for post in Post.objects.filter(code__in=codes)}
    faults = Faults("posts")
    for place, end in enumerate(posts):
        faults.day(place, "until", end.until)
        post = held.get(end.code)
        if post is None or end.code in codes[:place]:
            faults.add(place, "code", _("没有这个任命，或者写了两次"))
        elif end.until <= post.since:
            faults.add(place, "until", _("结束日要在任命之后"), post.since.isoformat())
        elif post.until is not None:
            raise Conflict.of(f"posts[{place}].code", _("这个任命已经在 %(day)s 结束") % {"day": post.until})
    faults.close()
    return held


def left(tx: Tx, posts: list[EndPost], held: dict[str, Post]) -> None:
    """Queue endings that were checked, for a command that has asked for them."""
    tokens = _tokens(tx, {post.person for post in held.values() if post.person})
    for end in posts:
        post = held[end.code]
        tx.upsert(Post, ("code",), **(post_columns(post) | {"until": end.until}))
        tx.fact(
            facts.PostEnded(until=end.until.isoformat()),
            subject=f"post:{end.code}", org=str(post.org_id), person=tokens.get(post.person, ""), level=1,
        )  # fmt: skip
        log_change(tx, "post.ended", end.code, post.person)


def post_columns(post: Post) -> dict[str, Any]:
    """An appointment as model columns."""
    return {field.attname: getattr(post, field.attname) for field in Post._meta.concrete_fields}


def _tokens(tx: Tx, uids: set[str]) -> dict[str, str]:
    """uid → token of the domain ``service``; missing ones are queued."""
    found = tokens_for(uids, "service")
    for uid in sorted(uids - set(found)):
        found[uid] = new_token()
        tx.insert(Token, token=found[uid], person_id=uid, domain="service")
    return found


def log_change(tx: Tx, kind: str, post: str, uid: str) -> None:
    """A change of rights, in the log that its holder reads; ``detail`` is the post acted in."""
    row: dict[str, Any] = {
        "at": tx.by.noted,
        "kind": kind,
        "person": uid,
        "post": post,
        "subject": f"post:{post}",
        "detail": tx.by.post,
        "nonce": os.urandom(16),
    }
    tx.insert(SecurityLog, **row, leaf=leaf("security", row, SECURITY))
