"""The machine's door: bearer token → Who, headers → Act. One of the doors that may read the clock."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, new_key
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Invalid, Unauthenticated
from baodao.kernel.http import Endpoint
from baodao.kernel.pages import VISITOR, Who
from baodao.orgs.rights import narrowed
from baodao.orgs.selectors import pack_of
from baodao.people.ports import standing

from .selectors import live_token


def authenticate(request: HttpRequest) -> Who:
    """Who calls. No Authorization header = a visitor; a wrong or ended token is told (401), never taken for a visitor. Raises Unauthenticated;
    BadPack where the post's district cannot be read."""
    header = request.headers.get("Authorization", "")
    if not header:
        return VISITOR
    scheme, _space, token = header.partition(" ")
    row = live_token(token.strip(), timezone.now()) if scheme.lower() == "bearer" and token.strip() else None
    if row is None:
        raise Unauthenticated.of(
            "Authorization", _("令牌不对，或者已经停用、过期"), _("请在工作台“接口令牌”里重新签发")
        )
    held = standing(row.person, row.post)
    # A machine is nobody's deputy: what it does could not be told apart from what the deputy did herself.
    if held.post is None or held.post.code != row.post or held.post.deputy:
        raise Unauthenticated.of("Authorization", _("签发令牌的岗位已经结束"), _("请由现任岗位重新签发"))
    # A pack that cannot be read gives no rights: lists would be empty in place of "not now" (raises BadPack, 503).
    get_pack(pack_of(held.post.org))
    return Who(person=row.person, posts=held.posts, post=held.post, grants=narrowed(held.grants, row.rights))


def act_of(request: HttpRequest, who: Who, endpoint: Endpoint) -> Act:
    """The Act of a call. Writing needs an Idempotency-Key of 8–120 characters; repeats of it get the first answer."""
    key = request.headers.get("Idempotency-Key", "")
    if endpoint.method != "GET" and not 8 <= len(key) <= 120:
        raise Invalid.of(
            "Idempotency-Key",
            _("写入时要带 8 到 120 个字符的 Idempotency-Key"),
            _("每件事用一个新的随机编号，重试时不变"),
        )
    now = timezone.now().replace(microsecond=0)
    return Act(
        kind="person" if who.person else "anonymous",
        person=who.person,
        post=who.post.code if who.post else "",
        happened=now,
        noted=now,
        # Two systems may choose the same key: each key lives within its token's person.
        command=f"api:{who.person or 'visitor'}:{key}" if key else new_key("read"),
        purpose=request.headers.get("Purpose", "")[:40],
        grants=who.grants,
        lang="en" if request.headers.get("Accept-Language", "").startswith("en") else "zh-hans",
    )
