"""Issue and revoke tokens of other systems."""

import re
from datetime import timedelta

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid, Missing, Refused
from baodao.kernel.verbs import Tx, verb
from baodao.orgs.rights import matches

from .facts import TokenIssued, TokenRevoked
from .models import ApiToken

LONGEST_DAYS = 366
_RIGHT = re.compile(r"^[a-z_]+\.([a-z_]+|\*)$")


class Issued(msgspec.Struct):
    """The token's handle (first 16 hex digits of its digest); the token itself is shown once by the page and kept nowhere."""

    handle: str


def _subject(by: Act) -> Subject:
    return Subject(ref=f"person:{by.person}", org=by.office, level=1, persons=(by.person,))


@verb("api.token_issue")
def issue(tx: Tx, by: Act, *, digest: str, title: str, rights: tuple[str, ...], days: int) -> Issued:
    """Make a token for the actor's own post. Each right must be one that the post itself has (least rights: a token never widens)."""
    tx.ask("api.token", _subject(by))
    _validate(by, title, rights, days)
    tx.insert(
        ApiToken,
        digest=digest,
        title=title.strip(),
        person=by.person,
        post=by.post,
        rights=list(rights),
        created=by.noted,
        expires=by.noted + timedelta(days=days),
        revoked=None,
    )
    # A code holds no "*": all rights of a verb family are "org.any".
    told = tuple(right.replace("*", "any") for right in rights)
    tx.fact(TokenIssued(rights=told, days=days), subject=f"api_token:{digest[:16]}", level=1)
    return Issued(handle=digest[:16])


def _validate(by: Act, title: str, rights: tuple[str, ...], days: int) -> None:
    if not 1 <= len(title.strip()) <= 60:
        raise Invalid.of("title", _("名称要有 1 到 60 个字"), _("写明给哪个系统用"))
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid.of("days", _("有效期要在 1 到 366 天之间"), _("到期前可以再发一个"))
    if not rights:
        raise Invalid.of("rights", _("至少要选一项权限"), _("只选对方系统真正需要的"))
    for right in rights:
        if not _RIGHT.match(right):
            raise Invalid.of(
                "rights", _("不认识的权限：%(right)s") % {"right": right[:40]}, _("请从列表中选择")
            )
        if not any(matches(grant.right, right) for grant in by.grants):
            raise Refused.of(
                "rights",
                _("您的岗位没有这项权限：%(right)s") % {"right": right},
                _("只能转给接口您自己有的权限"),
            )


@verb("api.token_revoke")
def revoke(tx: Tx, by: Act, *, handle: str) -> Issued:
    """End one of the actor's own tokens at once."""
    tx.ask("api.token", _subject(by))
    row = ApiToken.objects.filter(digest__startswith=handle, person=by.person, revoked=None).first()
    if row is None or len(handle) < 16:
        raise Missing.of("handle", _("没有这个令牌，或者它已经停用"), _("请刷新列表"))
    ApiToken.objects.filter(digest=row.digest).update(revoked=by.noted)
    tx.fact(TokenRevoked(), subject=f"api_token:{handle}", level=1)
    return Issued(handle=handle)
