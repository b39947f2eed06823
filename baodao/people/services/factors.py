"""The second factor: time-based codes (RFC 6238) and recovery codes."""

import hmac
import secrets
from datetime import datetime

import pyotp
from django.db import transaction
from django.utils.translation import gettext as _

from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.typed import digits_of
from baodao.people import selectors, vault
from baodao.people.models import Account, RecoveryCode

from . import throttle
from .logs import log_security
from .sign_in import second_factor_passed

STEP = 30
RECOVERY = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def begin(username: str) -> str:
    """A new secret (base32) for an account that has no second factor in force; asked again, the same one
    until it is confirmed."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(username=username)
        if account.totp_on:
            raise Conflict.of("", _("已经开通了两步验证"), _("要换手机，请先用恢复码登录后关闭，再重新开通"))
        if account.totp_cipher is not None:
            return vault.unseal(username, "totp", account.totp_key, account.totp_cipher)
        secret = pyotp.random_base32()
        sealed = vault.seal(username, "totp", secret)
        Account.objects.filter(username=username).update(
            totp_key=sealed.key, totp_cipher=sealed.cipher, totp_step=0
        )
    return secret


def picture(secret: str) -> str:
    """The secret as a QR code, an SVG data address."""
    import segno

    address = pyotp.TOTP(secret).provisioning_uri(name=_("我的账号"), issuer_name=_("报到"))
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=3))


def confirm(username: str, key: str, code: str, staff: bool, now: datetime) -> list[str]:
    """Switch the second factor on with a first right code; gives the recovery codes, shown this once."""
    throttle.take(throttle.FACTOR_ACCOUNT, username, now)
    account = selectors.account_of(username)
    if account is None or account.totp_cipher is None or account.totp_on:
        raise Conflict.of("", _("没有正在进行的开通"), _("请从头开始"))
    step = _step(account, code, now)
    if not step:
        raise _wrong()
    codes = ["".join(secrets.choice(_ALPHABET) for _n in range(10)) for _m in range(RECOVERY)]
    with transaction.atomic():
        Account.objects.filter(username=username).update(totp_on=True, totp_step=step)
        RecoveryCode.objects.filter(account_id=username).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account_id=username, digest=_digest(username, c)) for c in codes
        )
        second_factor_passed(key, staff, now)
        log_security("factor.on", now, person=str(account.person_id))
    return codes


def pass_factor(username: str, key: str, code: str, staff: bool, now: datetime) -> None:
    """Answer the second question of a sign-in by the app's six digits or a recovery code. Raises Invalid,
    TooMany."""
    throttle.take(throttle.FACTOR_ACCOUNT, username, now)
    account = selectors.account_of(username)
    if account is None or not account.totp_on:
        raise Conflict.of("", _("这个账号没有开通两步验证"))
    step = _step(account, code, now)
    if step:
        # Compare-and-set: the same digits cannot be used twice, not even at once.
        good = Account.objects.filter(username=username, totp_step__lt=step).update(totp_step=step) == 1
        kind = "factor.passed"
    else:
        good = _use_recovery(username, code)
        kind = "recovery.used"
    person = str(account.person_id)
    if not good:
        log_security("factor.refused", now, person=person)
        raise _wrong()
    with transaction.atomic():
        second_factor_passed(key, staff, now)
        log_security(kind, now, person=person)
    throttle.forget(throttle.FACTOR_ACCOUNT, username)


def switch_off(username: str, code: str, now: datetime) -> None:
    """End the second factor (a new phone, or a resident who does not want it); needs one more right code."""
    throttle.take(throttle.FACTOR_ACCOUNT, username, now)
    account = selectors.account_of(username)
    if account is None or not account.totp_on:
        return
    if not _step(account, code, now) and not _use_recovery(username, code):
        raise _wrong()
    with transaction.atomic():
        Account.objects.filter(username=username).update(
            totp_on=False, totp_cipher=None, totp_key="", totp_step=0
        )
        RecoveryCode.objects.filter(account_id=username).delete()
        log_security("factor.off", now, person=str(account.person_id))


def _step(account: Account, code: str, now: datetime) -> int:
    """The time step whose digits these are (one step early or late is forgiven), newer than the last used; 0
    for none."""
    typed = digits_of(code)
    if len(typed) != 6 or account.totp_cipher is None:
        return 0
    totp = pyotp.TOTP(
        vault.unseal(account.username, "totp", account.totp_key, account.totp_cipher), interval=STEP
    )
    present = int(now.timestamp()) // STEP
    for step in (present, present - 1, present + 1):
        if step > account.totp_step and hmac.compare_digest(totp.generate_otp(step), typed):
            return step
    return 0


def _use_recovery(username: str, code: str) -> bool:
    typed = "".join(c for c in code.lower() if c in _ALPHABET)
    rows = RecoveryCode.objects.filter(account_id=username, digest=_digest(username, typed), used=False)
    return len(typed) == 10 and rows.update(used=True) == 1


def _digest(username: str, code: str) -> bytes:
    return vault.pepper("recovery", username, code)


def _wrong() -> Invalid:
    problem = Invalid.of("code", _("验证码不对"), _("请填验证器 App 里现在的 6 位数字，或一个没用过的恢复码"))
    assert isinstance(problem, Invalid)
    return problem
