"""Organizations and appointments over HTTP: the same verbs, lists as everywhere."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Missing
from baodao.kernel.http import Call, endpoint

from . import reading, selectors  # noqa: F401
from .ruling import End, EndPost, Move, NewOrg, NewPost
from .services import Placed, begin_posts, create_orgs, end_orgs, end_posts, move_orgs

_MANY = msgspec.Meta(min_length=1, max_length=2000)


class OrgView(msgspec.Struct, frozen=True):
    """An organization as it lies today; days as YYYY-MM-DD, ``above`` nearest first."""

    code: str
    name: str
    name_en: str
    tree: str
    level: str
    kind: str
    since: str
    until: str
    above: list[str]
    children: list[str]


class OrgsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Organizations to be, parents before children."""

    orgs: Annotated[list[NewOrg], _MANY]


class MovesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dated moves."""

    moves: Annotated[list[Move], _MANY]


class EndsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Dated endings."""

    ends: Annotated[list[End], _MANY]


class PostsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Appointments to be."""

    posts: Annotated[list[NewPost], _MANY]


class EndPostsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Appointments that end."""

    posts: Annotated[list[EndPost], _MANY]


class Codes(msgspec.Struct, frozen=True):
    """What was changed."""

    codes: list[str]


@endpoint(
    "GET",
    "orgs/<str:code>/",
    name="org.see",
    summary=gettext_lazy("看一个组织"),
    result=OrgView,
    public=True,
    errors=(404,),
)
def see(call: Call, code: str) -> OrgView:
    """An organization, what is above it and what lies directly below it today. Never who holds its posts."""
    trees, day = selectors.forest(), selectors.today()
    node = trees.nodes.get(code)
    if node is None:
        raise Missing.of("code", _("没有这个组织"), _("请从组织目录里选"))
    return OrgView(
        code=node.code,
        name=node.name,
        name_en=node.name_en,
        tree=node.tree,
        level=node.level,
        kind=node.kind,
        since=node.since.isoformat(),
        until=node.until.isoformat() if node.until else "",
        above=list(trees.chain(code, day)[1:]),
        children=list(trees.children(code, day)),
    )


@endpoint(
    "POST",
    "orgs/",
    name="org.create",
    summary=gettext_lazy("新设组织"),
    body=OrgsBody,
    result=Placed,
    status=201,
    errors=(403,),
)
def create(call: Call, body: OrgsBody) -> Placed:
    """Make organizations."""
    return create_orgs(call.by, orgs=body.orgs)


@endpoint(
    "POST",
    "org-moves/",
    name="org.move",
    summary=gettext_lazy("调整隶属"),
    body=MovesBody,
    result=Codes,
    errors=(403, 409),
)
def move(call: Call, body: MovesBody) -> Codes:
    """Move organizations from a day on; gives all whose place above changed."""
    return Codes(move_orgs(call.by, moves=body.moves))


@endpoint(
    "POST",
    "org-ends/",
    name="org.end",
    summary=gettext_lazy("撤销组织"),
    body=EndsBody,
    result=Codes,
    errors=(403, 409),
)
def end(call: Call, body: EndsBody) -> Codes:
    """Dissolve organizations."""
    return Codes(end_orgs(call.by, ends=body.ends))


@endpoint(
    "POST",
    "posts/",
    name="post.begin",
    summary=gettext_lazy("任命"),
    body=PostsBody,
    result=Codes,
    status=201,
    errors=(403,),
)
def begin(call: Call, body: PostsBody) -> Codes:
    """Appoint persons (uids) to posts."""
    return Codes(begin_posts(call.by, posts=body.posts))


@endpoint(
    "POST",
    "post-ends/",
    name="post.end",
    summary=gettext_lazy("免职"),
    body=EndPostsBody,
    result=Codes,
    errors=(403, 409),
)
def relieve(call: Call, body: EndPostsBody) -> Codes:
    """End appointments."""
    return Codes(end_posts(call.by, posts=body.posts))
