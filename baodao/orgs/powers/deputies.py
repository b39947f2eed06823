"""Deputies: who acts for a post, from when to when, with what of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, register_closing, verb
from baodao.orgs import selectors
from baodao.orgs.models import Post
from baodao.orgs.policies import reach_of
from baodao.orgs.services.posts import _tokens as tokens_of_posts
from baodao.people.services.logs import queue_security

from .facts import DeputyActed, DeputyBegan, DeputyEnded
from .models import Deputy

BEGIN, END = "deputy.begin", "deputy.end"
#: Never longer than a quarter: who is away for longer is followed by somebody.
LONGEST = timedelta(days=92)
#: What nobody does by deputy: giving rights on, to persons or machines, and opening what is restricted.
OWN_ONLY = ("*", "post", "deputy", "glass", "card", "api", "partner", "pack", "people.erase")


class NewDeputy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deputyship to be: the holder of ``deputy`` acts for ``post`` in [since, until), with these rights up to ``level``."""

    post: str
    deputy: str
    since: date
    until: date
    rights: tuple[str, ...]
    level: int = 2


def delegable(post: Post, day: date) -> list[str]:
    """Rights of a post that may be passed on for a time, in order."""
    held = selectors.grants_of(post.code, str(post.org_id), post.kind, day)
    found = {grant.right for grant in held if not _own_only(grant.right)}
    return sorted(found)


def _own_only(right: str) -> bool:
    return right in OWN_ONLY or right.partition(".")[0] in OWN_ONLY


def _subject(post: Post) -> Subject:
    """The holder herself, or whoever appoints in that organization."""
    return Subject(ref=f"post:{post.code}", org=str(post.org_id), level=1, persons=(post.person,))


@verb("deputy.begin")
def begin(tx: Tx, by: Act, *, deputies: list[NewDeputy]) -> list[str]:
    """Name deputies; gives their codes. Asks ``deputy.begin`` on each post (its holder's own, or the administrator's). A deputy
    passes nothing on, and acts for one post by one giving at a time. Raises Invalid by place, Refused, Missing, Conflict."""
    if by.deputy:
        raise Refused.of("", _("代理人不能再请别人代理"), _("请岗位上的本人来办"))
    codes = {code for one in deputies for code in (one.post, one.deputy)}
    # Locked, in order: two who give at once do not both find that nobody has it yet.
    rows = Post.objects.select_for_update().filter(code__in=sorted(codes)).order_by("code")
    posts = {post.code: post for post in rows}
    made = []
    for n, one in enumerate(deputies):
        post, deputy = posts.get(one.post), posts.get(one.deputy)
        if post is None or deputy is None:
            raise Missing.of(f"deputies[{n}].deputy", _("没有这个岗位"), _("请从列出来的岗位里选"))
        tx.ask(BEGIN, _subject(post))
        _check(f"deputies[{n}]", one, post, deputy, timezone.localdate(by.noted))
        made.append((one, post, deputy))
    _refuse_twice(deputies)
    tokens = tokens_of_posts(tx, {deputy.person for _one, _post, deputy in made})
    first = tx.number("deputy", len(made))
    for n, (one, post, deputy) in enumerate(made):
        code = f"dp-{first + n:06}"
        tx.insert(
            Deputy, code=code, post=post.code, deputy=deputy.code, rights=" ".join(one.rights), level=one.level,
            since=one.since, until=one.until, origin=by.origin,
        )  # fmt: skip
        tx.fact(
            DeputyBegan(code, deputy.code, one.rights, one.level, one.since.isoformat(), one.until.isoformat()),
            subject=f"post:{post.code}", org=str(post.org_id), person=tokens[deputy.person], post=by.post, level=1,
        )  # fmt: skip
        queue_security(tx, "deputy.began", subject=f"post:{post.code}", detail=deputy.code)
    return [f"dp-{first + n:06}" for n in range(len(made))]


def _check(place: str, one: NewDeputy, post: Post, deputy: Post, day: date) -> None:
    if one.since < day or one.until <= one.since or one.until - one.since > LONGEST:
        raise Invalid.of(f"{place}.until", _("代理要从今天或以后开始，最多 92 天"), _("时间再长，请另行任命"))
    for held in (post, deputy):
        if held.since > one.since or (held.until is not None and held.until < one.until) or not held.person:
            raise Invalid.of(f"{place}.deputy", _("那段时间岗位上没有人"), _("请选在任的岗位，或改日期"))
    if post.person == deputy.person:
        raise Invalid.of(f"{place}.deputy", _("代理人要是另一个人"), _("请选别的岗位"))
    if not near(str(post.org_id), str(deputy.org_id), one.since):
        raise Invalid.of(f"{place}.deputy", _("代理人要在本单位、上级或下级单位任职"), _("请选别的岗位"))
    known = delegable(post, one.since)
    if not one.rights or set(one.rights) - set(known):
        raise Invalid.of(
            f"{place}.rights", _("只能委托这个岗位有的、可以委托的权限"), _("请从列出来的里面选")
        )
    if not 0 <= one.level <= 2:
        raise Invalid.of(f"{place}.level", _("最高看到第几级：0 到 2"), _("点名的事不能代看"))


def _refuse_twice(wanted: Sequence[NewDeputy]) -> None:
    """Of two givings of one post to the same deputy that run at once only the first would count. One statement."""
    held = [
        (row.post, row.deputy, row.since, row.until)
        for row in Deputy.objects.filter(post__in=sorted({one.post for one in wanted}))
    ]
    for n, one in enumerate(wanted):
        for post, deputy, since, until in held:
            # What ended before it began held on no day.
            first, last = max(since, one.since), min(until, one.until)
            if (post, deputy) == (one.post, one.deputy) and first < last:
                days = {"since": since, "until": until}
                raise Conflict.of(
                    f"deputies[{n}].since",
                    _("这个人从 %(since)s 到 %(until)s 前已经代理这个岗位") % days,
                    _("先结束那一份，或改日期"),
                )
        held.append((one.post, one.deputy, one.since, one.until))


def near(org: str, other: str, day: date) -> bool:
    """The same organization, or one above the other."""
    trees = selectors.forest()
    return other in trees.chain(org, day) or org in trees.chain(other, day)


@verb("deputy.end")
def end(tx: Tx, by: Act, *, code: str) -> str:
    """End a deputyship today. Asks ``deputy.end`` on the post. Raises Missing, Conflict."""
    row = Deputy.objects.filter(code=code).first()
    post = Post.objects.filter(code=row.post).first() if row else None
    if row is None or post is None:
        raise Missing.of("code", _("没有这个代理"), _("请刷新页面"))
    tx.ask(END, _subject(post))
    day = timezone.localdate(by.noted)
    if row.until <= day:
        raise Conflict.of("code", _("这个代理已经结束了"))
    until = max(day, row.since)
    kept = {field.attname: getattr(row, field.attname) for field in Deputy._meta.concrete_fields}
    tx.upsert(Deputy, ("code",), **(kept | {"until": until}))
    fact = DeputyEnded(code, until.isoformat())
    tx.fact(fact, subject=f"post:{post.code}", org=str(post.org_id), post=by.post, level=1)
    queue_security(tx, "deputy.ended", subject=f"post:{post.code}", detail=row.deputy)
    return code


def told(tx: Tx) -> None:
    """Each act of a deputy says so beside its facts, once for each subject."""
    if not tx.by.deputy:
        return
    firsts = {fact.subject: fact for fact in reversed(tx.facts)}
    for subject, fact in sorted(firsts.items()):
        tx.fact(
            DeputyActed(tx.by.deputy),
            subject=subject,
            org=fact.org,
            place=fact.place,
            post=tx.by.post,
            level=fact.level,
        )


register_closing(told)


def visible(by: Act, day: date) -> QuerySet[Deputy]:
    """Deputyships in force or to come, of posts that one holds, acts for, or may appoint."""
    mine = Post.objects.filter(person=by.person).values("code")
    roots = [org for org, _top in reach_of(by, BEGIN).below]
    reached = Post.objects.filter(org__in=selectors.under(roots, day)).values("code") if roots else mine
    which = Q(post__in=mine) | Q(post__in=reached) | Q(deputy__in=mine)
    return Deputy.objects.filter(which, until__gt=day).order_by("until", "code")
