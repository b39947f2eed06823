"""Accounts: made by whoever proves a contact; passwords."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Invalid
from baodao.kernel.verbs import Tx, verb
from baodao.people import normalise, selectors
from baodao.people.models import Account, Identity, Person

from . import throttle
from .identity import new_uid, sealed_columns
from .logs import log_security
from .sign_in import close_others, proved

_RULES: Sequence[Any] = [MinimumLengthValidator(10), CommonPasswordValidator(), NumericPasswordValidator()]


@verb("people.register")
def register(tx: Tx, by: Act, *, question: str, contact: str, name: str = "") -> str:
    """Whoever answered the code sent to `contact` gets an account; gives its random name. A person whom an
    office entered with this contact is activated; else a new resident is made. Never attaches to what others
    typed about this contact. Invalid without proof."""
    tx.ask("people.register", Subject(ref="person:new"))
    reached = normalise.identifier(contact)
    if not proved("sign_in", question, reached, by.noted):
        raise Invalid.of("code", _("验证码已经失效"), _("请重新获取验证码"))
    uid, username = selectors.holder_of(reached)
    if username:
        return username
    if not uid:
        uid = new_uid()
        tx.insert(Person, uid=uid, created=by.noted, kind="resident", origin=by.origin, erased=False)
    username = queue_account(tx, uid)
    tx.upsert(Identity, ("person", "field"), **sealed_columns(uid, reached.field, reached.value, "proven"))
    clean = normalise.normal("name", name)
    if clean:
        tx.upsert(Identity, ("person", "field"), **sealed_columns(uid, "name", clean, "given"))
    return username


def queue_account(tx: Tx, person: str) -> str:
    """Inside another verb: an account without password for a person; gives its random name."""
    columns = account_columns(tx.by.noted)
    tx.insert(Account, person_id=person, **columns)
    return str(columns["username"])


def account_columns(now: datetime) -> dict[str, object]:
    """All columns but the person of a fresh account that has no password and no second factor."""
    return {
        "username": uuid.uuid4().hex,
        "password": make_password(None),
        "active": True,
        "created": now,
        "totp_key": "",
        "totp_cipher": None,
        "totp_step": 0,
        "totp_on": False,
    }


def set_password(username: str, old: str, new: str, here: str, now: datetime) -> int:
    """Set or change the password; every other session ends at once. Who came in by a code just now need not
    know the old one. Gives how many ended. No verb: a command's digest must not be made from a password.
    Raises Invalid naming `old` or `new`, TooMany."""
    account = selectors.account_of(username)
    if account is None:
        raise Invalid.of("", _("账号不存在"))
    if account.has_usable_password() and not selectors.came_by_code(here, now):
        throttle.take(throttle.SIGN_IN_CONTACT, f"account:{username}", now)
        if not check_password(old, account.password):
            raise Invalid.of(
                "old", _("原来的密码不对"), _("忘了密码：请退出，用验证码登录，15 分钟内可以直接设新密码")
            )
    if len(new) > 128:
        raise Invalid.of("new", _("密码太长"), _("最多 128 个字符"))
    try:
        validate_password(new, password_validators=_RULES)
    except ValidationError as error:
        raise Invalid.of("new", " ".join(error.messages), _("用几个不相干的词连起来，好记又难猜")) from None
    with transaction.atomic():
        Account.objects.filter(username=username).update(password=make_password(new))
        log_security("password.set", now, person=str(account.person_id))
        ended = close_others(username, here, str(account.person_id), now)
    throttle.forget(throttle.SIGN_IN_CONTACT, f"account:{username}")
    return ended
