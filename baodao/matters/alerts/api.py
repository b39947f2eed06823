"""The way in for platforms of devices: alerts of the registry's devices, with a token of the sender and an Idempotency-Key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.http import LARGEST_BODY, Call, decode, endpoint
from baodao.kernel.typed import moment_in
from baodao.orgs import selectors as orgs
from baodao.people.services.throttle import Rule, take

from . import selectors, services, still
from .declare import titled
from .refusing import met

#: Calls that one sender may make in an hour; each may bring many alerts.
CALLS = Rule("device_alerts", 36_000, 3600)
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=48, pattern=r"^[\w.\-]+$")]


class AlertBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One alert: the device's code in the registry, the rule's code, when (with its zone), at most one still (a picture, base64), which
    is blurred before it is stored and deleted after seven days unless the matter keeps it."""

    device: Word
    rule: Word
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    still: Annotated[str, msgspec.Meta(max_length=LARGEST_BODY)] = ""


class AlertsBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Alerts in the order in which they came."""

    alerts: Annotated[tuple[AlertBody, ...], msgspec.Meta(min_length=1, max_length=200)]


class AlertView(msgspec.Struct, frozen=True):
    """``opened`` or ``folded`` into the matter ``number``; ``muted``; ``off``: the rule does not hold there."""

    state: str
    number: str


KNOWN = frozenset({"alerts", "device", "rule", "at", "still"})


def _refuse_persons(call: Call) -> None:
    org = next((grant.org for grant in call.by.grants), "")
    lists = selectors.lists_of(org, orgs.today(), call.by.lang).refused
    found = met(decode(call.request.body, Any), lists, KNOWN)
    if not found:
        return
    services.refuse(
        msgspec.structs.replace(call.by, command=f"{call.by.command}:no"[:200]), lists=sorted(found)
    )
    faults = [
        Fault(name, _("告警里不能有像“%(list)s”的字段") % {"list": titled(lists, code)}, _("请去掉它"))
        for code, names in found.items()
        for name in sorted(names)
    ]
    raise Invalid(*faults[:50])


@endpoint(
    "POST",
    "device-alerts/",
    name="device_alert.receive",
    summary=gettext_lazy("设备告警（只有设备、规则、时间、至多一张画面）"),
    body=AlertsBody,
    result=list[AlertView],
    before=_refuse_persons,
)
def receive(call: Call, body: AlertsBody) -> list[AlertView]:
    """Take alerts in. Fields that look like a face, a plate, a name or an identity are refused before anything else is read."""
    take(CALLS, call.by.post, call.by.noted)
    sent = [
        services.Sent(one.device, one.rule, _whole(one.at), _still(call, n, one))
        for n, one in enumerate(body.alerts)
    ]
    return [AlertView(one.state, one.number) for one in services.receive(call.by, alerts=sent)]


def _whole(at: datetime) -> datetime:
    """In UTC and whole seconds, as facts have it: platforms count in milliseconds. The verb refuses what is no moment of ours."""
    whole = at.replace(microsecond=0)
    return moment.astimezone(UTC) if (moment := moment_in(str(whole))) is not None else whole


def _still(call: Call, n: int, one: AlertBody) -> str:
    """Kept only where it opens a matter: repeats bring no second one."""
    if not one.still or selectors.folds(one.device, one.rule, one.at):
        return ""
    return still.keep(one.still, call.by.noted, f"alerts.{n}.still")
