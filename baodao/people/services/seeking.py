"""Finding a person by what she signs in by, is reached by or is identified by: equality of blind indexes only, for a purpose.

Nothing here tells whether a person is known: the caller shows what the reader may see of her matters, and then writes the access log with
`told`. Somebody of whom nothing may be shown looks like nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Refused
from baodao.people import normalise, vault
from baodao.people.declare import purposes
from baodao.people.models import Identity

from .logs import log_access, log_security
from .throttle import Rule, take

#: So often may one reader ask in an hour: nobody walks through a list of numbers.
SEEK = Rule("seek_person", 30, 3600)


class Sought(msgspec.Struct, frozen=True):
    """Who has what was asked for: uid → token of the domain, and as what the value was read ("phone", "email", "idno")."""

    field: str
    tokens: dict[str, str]


def seek(by: Act, typed: str, domain: str) -> Sought:
    """The persons who are known by a telephone number, an e-mail address or an identity number. Asking is written in the
    security log, without the value. Raises Refused without a declared purpose, Invalid for what is none of the three,
    TooMany. Three statements."""
    if by.purpose not in purposes():
        raise Refused.of("purpose", _("没有说明用途"), _("查看个人信息要先选一个用途"))
    field, value = _read(typed)
    take(SEEK, by.person, by.noted)
    rows = Identity.objects.filter(
        blind__in=vault.blinds(field, value), person__erased=False, person__tokens__domain=domain
    )
    found = dict(rows.values_list("person_id", "person__tokens__token"))
    log_security("people.sought", by.noted, person=by.person, post=by.post, detail=f"{field} {by.purpose}")
    return Sought(field, found)


def told(by: Act, office: str, sought: Sought, uids: Iterable[str]) -> int:
    """The reader was shown matters of these persons: each of them reads so in "who looked at me". Gives how many."""
    others = [(uid, (sought.field,)) for uid in sorted(set(uids)) if uid != by.person]
    return log_access(by, office, others, "search")


def _read(typed: str) -> tuple[str, str]:
    text = typed.strip()[:120]
    if "@" in text:
        return "email", normalise.email(text, "who")
    for kind, read in (("idno", normalise.idno), ("phone", normalise.phone)):
        try:
            return kind, read(text, "who")
        except Invalid:
            continue
    raise Invalid.of("who", _("不是电话、邮箱或身份证号"), _("请填完整的号码；姓名不能用来找人"))
