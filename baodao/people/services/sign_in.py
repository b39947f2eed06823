"""Ways in: one-time codes, passwords, sessions. No verbs: nothing about the use of the product is a command
or a fact.

Whoever has no account gets the same answers, after the same work, as whoever has one."""

import hashlib
import hmac
import logging
import secrets
from datetime import datetime, timedelta

import msgspec
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.errors import Busy, Invalid, Problem
from baodao.kernel.typed import digits_of
from baodao.people import ports, selectors, vault
from baodao.people.models import Account, OneTimeCode, SignIn
from baodao.people.normalise import Contact

from . import throttle
from .logs import log_security

log = logging.getLogger("baodao.people")

CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
RESIDENT_DAYS = 30
STAFF_HOURS = 12


class Opened(msgspec.Struct, frozen=True):
    """A fresh session: the cookie's value (never stored) and how long it lives, in seconds."""

    cookie: str
    seconds: int


def start_code(use: str, contact: Contact, now: datetime, address: str) -> str:
    """Send six digits to a contact and give the id of the question. The same for known and unknown contacts.
    Raises TooMany by address or contact."""
    mark = f"{contact.kind}:{contact.value}"
    throttle.take(throttle.CODE_ADDRESS, address, now)
    throttle.take(throttle.CODE_GAP, mark, now)
    throttle.take(throttle.CODE_CONTACT, mark, now)
    number, code = secrets.token_hex(16), f"{secrets.randbelow(1_000_000):06d}"
    target = vault.pepper("code-target", use, mark)
    with transaction.atomic():
        # Only the newest code answers: an old message lying about opens nothing.
        OneTimeCode.objects.filter(target=target, used=False).update(used=True)
        OneTimeCode.objects.create(
            id=number, use=use, target=target, digest=_code_digest(number, code), until=now + CODE_LIVES
        )
    text = _("验证码 {code}，10 分钟内有效。不是您本人在操作，请不要告诉任何人。").format(code=code)
    _send("email" if contact.kind == "email" else "sms", contact.value, text)
    return number


def _send(channel: str, to: str, text: str) -> None:
    try:
        ports.send(channel, to, text)
    except Problem:
        raise
    except Exception as error:
        # The class only: a gateway's message may repeat the address.
        log.error("one-time code not sent by %s: %s", channel, type(error).__name__)
        raise Busy.of(
            "", _("验证码没有发出去"), _("请过一分钟再试，或换一种登录方式"), retry_after=60
        ) from None


def answer_code(use: str, number: str, contact: Contact, *, code: str, now: datetime, address: str) -> None:
    """Check the digits once. Raises Invalid (wrong, too old, used up) in words that do not tell which
    contact is known."""
    throttle.take(throttle.ANSWER_ADDRESS, address, now)
    target = vault.pepper("code-target", use, f"{contact.kind}:{contact.value}")
    typed = digits_of(code)
    rows = OneTimeCode.objects.filter(
        id=number, use=use, target=target, used=False, until__gt=now, tries__lt=CODE_TRIES
    )
    with transaction.atomic():
        # Count before looking: two answers at once are two tries.
        live = rows.update(tries=F("tries") + 1)
        digest = (
            OneTimeCode.objects.filter(id=number).values_list("digest", flat=True).first() if live else b""
        )
        right = live == 1 and hmac.compare_digest(bytes(digest or b""), _code_digest(number, typed))
        if right:
            OneTimeCode.objects.filter(id=number).update(used=True, until=now + CODE_LIVES)
    if not live:
        raise Invalid.of("code", _("验证码已经失效"), _("请重新获取验证码"))
    if not right:
        raise Invalid.of("code", _("验证码不对"), _("请核对最近收到的 6 位数字；错 5 次后要重新获取"))


def proved(use: str, number: str, contact: Contact, now: datetime) -> bool:
    """Whether this question was answered rightly within the last minutes."""
    target = vault.pepper("code-target", use, f"{contact.kind}:{contact.value}")
    row = OneTimeCode.objects.filter(id=number, use=use, target=target, used=True, until__gt=now).first()
    return row is not None and 0 < row.tries <= CODE_TRIES


def by_password(contact: Contact, password: str, now: datetime, address: str) -> str:
    """The account's random name. Raises Invalid with one and the same answer for every reason, TooMany by
    address or contact."""
    throttle.take(throttle.SIGN_IN_ADDRESS, address, now)
    throttle.take(throttle.SIGN_IN_CONTACT, f"{contact.kind}:{contact.value}", now)
    person, username = selectors.holder_of(contact)
    account = selectors.account_of(username) if username else None
    if account is None or not account.has_usable_password():
        make_password(password)  # the work of a check, so that the answer takes as long
        good = False
    else:
        good = check_password(password, account.password) and account.active
    if not good:
        if account is not None:
            log_security("sign_in.refused", now, person=person)
        raise Invalid.of("password", _("手机号（邮箱）或密码不对"), _("请核对；没有设过密码请用验证码登录"))
    throttle.forget(throttle.SIGN_IN_CONTACT, f"{contact.kind}:{contact.value}")
    return username


def open_session(username: str, way: str, browser: str, now: datetime, *, post: str = "") -> Opened:
    """Sign an account in. `way` is password, code or demo. Gives the cookie."""
    cookie = secrets.token_urlsafe(32)
    life = timedelta(days=RESIDENT_DAYS)
    with transaction.atomic():
        person = Account.objects.filter(username=username).values_list("person_id", flat=True).get()
        SignIn.objects.filter(account_id=username, until__lte=now).delete()
        SignIn.objects.create(
            key=session_key(cookie),
            account_id=username,
            way=way,
            factor="demo" if way == "demo" else "one",
            post=post,
            browser=browser,
            created=now,
            seen=timezone.localtime(now).date(),
            until=now + life,
        )
        log_security(f"sign_in.{way}", now, person=str(person), post=post)
    return Opened(cookie, int(life.total_seconds()))


def session_key(cookie: str) -> str:
    """What the table keeps of a cookie. 256 random bits need no key."""
    return hashlib.sha256(cookie.encode()).hexdigest()


def second_factor_passed(key: str, staff: bool, now: datetime) -> None:
    """Lift a session to two factors; that of somebody with posts ends with the working day."""
    until = {"until": now + timedelta(hours=STAFF_HOURS)} if staff else {}
    SignIn.objects.filter(key=key).update(factor="two", **until)


def choose_post(key: str, post: str, person: str, now: datetime) -> None:
    """Act in another post from now on; the caller checked that the person holds it."""
    with transaction.atomic():
        SignIn.objects.filter(key=key).update(post=post)
        log_security("post.chosen", now, person=person, post=post)


def touch(key: str, now: datetime) -> None:
    """Note the day, once a day: that is all that is kept about use."""
    SignIn.objects.filter(key=key).update(seen=timezone.localtime(now).date())


def close_session(key: str, person: str, now: datetime) -> None:
    """Sign out here."""
    with transaction.atomic():
        SignIn.objects.filter(key=key).delete()
        log_security("sign_out", now, person=person)


def close_browser(username: str, mark: str, person: str, now: datetime) -> int:
    """End the sessions of one's own account whose key begins with `mark`; all others than `mark` itself
    stay."""
    if len(mark) != selectors.MARK:
        return 0
    with transaction.atomic():
        count, _each = SignIn.objects.filter(account_id=username, key__startswith=mark).delete()
        if count:
            log_security("session.ended", now, person=person)
    return count


def close_others(username: str, here: str, person: str, now: datetime) -> int:
    """End all sessions of an account but this one."""
    with transaction.atomic():
        count, _each = SignIn.objects.filter(account_id=username).exclude(key=here).delete()
        if count:
            log_security("session.others_ended", now, person=person)
    return count


def sweep(now: datetime) -> int:
    """Delete dead codes, sessions and throttle windows; gives their number."""
    dead = (
        OneTimeCode.objects.filter(until__lt=now).delete()[0]
        + SignIn.objects.filter(until__lt=now).delete()[0]
    )
    return dead + throttle.sweep(now)


def _code_digest(number: str, code: str) -> bytes:
    return vault.pepper("code", number, code)
