"""Rate limits in fixed windows. A row keeps an HMAC, a window and a count: never an address or a contact."""

from datetime import datetime, timedelta

import msgspec
from django.db import connection
from django.utils.translation import gettext as _

from baodao.kernel.errors import TooMany
from baodao.people import vault
from baodao.people.models import Throttle


class Rule(msgspec.Struct, frozen=True):
    """At most `limit` tries in `seconds`, per value."""

    name: str
    limit: int
    seconds: int


# Whole neighbourhoods share one address behind a carrier's gateway: limits by address are wide, by contact
# narrow.
SIGN_IN_ADDRESS = Rule("sign_in_address", 60, 600)
SIGN_IN_CONTACT = Rule("sign_in_contact", 8, 900)
CODE_ADDRESS = Rule("code_address", 40, 3600)
CODE_CONTACT = Rule("code_contact", 5, 3600)
CODE_GAP = Rule("code_gap", 1, 50)
ANSWER_ADDRESS = Rule("answer_address", 60, 600)
FACTOR_ACCOUNT = Rule("factor_account", 8, 900)
REGISTER_ADDRESS = Rule("register_address", 30, 3600)


def take(rule: Rule, value: str, now: datetime) -> None:
    """Count one try. Raises TooMany with `retry_after` seconds once the window's limit is passed.

    One statement of its own, outside of any verb: a refused command must not give the try back."""
    if not value:
        return
    second = int(now.timestamp())
    window = second // rule.seconds
    ends = datetime.fromtimestamp((window + 1) * rule.seconds, tz=now.tzinfo)
    n = _count(vault.pepper("throttle", rule.name, value).hex(), window, ends)
    if n > rule.limit:
        wait = (window + 1) * rule.seconds - second
        raise TooMany.of(
            "", _("试的次数太多了"), _("请过 {n} 分钟再试").format(n=-(-wait // 60)), retry_after=wait
        )


def _count(key: str, window: int, ends: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO people_throttle (key, "window", n, until) VALUES (%s, %s, 1, %s) '
            "ON CONFLICT (key) DO UPDATE SET "
            'n = CASE WHEN people_throttle."window" = excluded."window" '
            "THEN people_throttle.n + 1 ELSE 1 END, "
            '"window" = excluded."window", until = excluded.until RETURNING n',
            [key, window, connection.ops.adapt_datetimefield_value(ends)],
        )
        return int(cursor.fetchone()[0])


def forget(rule: Rule, value: str) -> None:
    """Start anew for a value, after a success."""
    Throttle.objects.filter(key=vault.pepper("throttle", rule.name, value).hex()).delete()


def sweep(now: datetime) -> int:
    """Delete windows that ended; gives their number."""
    return Throttle.objects.filter(until__lt=now - timedelta(minutes=1)).delete()[0]
