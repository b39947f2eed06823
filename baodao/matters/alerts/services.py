"""Every write to alerts: what came in, what was refused, what is silent, where a rule holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.errors import Conflict, Invalid
from baodao.kernel.verbs import Tx, lock, verb
from baodao.ledger.canonical import stamp
from baodao.matters.services.intake import Draft, open_one
from baodao.orgs import selectors as orgs
from baodao.orgs.ruling import Faults
from baodao.places import selectors as places
from baodao.places.devices.models import Device

from . import facts, selectors
from .declare import PROCEDURE, AlertRule
from .fold import UNHEARD, counted, passed
from .models import Alert, Mute, RuleReach, SenderCount, Unheard
from .ports import on_shift

MOST = 200
#: An alert may come a little early by its sender's clock, and a day late at the most.
EARLY, LATE = timedelta(minutes=5), timedelta(hours=24)
#: The longest that something may be silent; it can be said again.
LONGEST_MUTE = 30
#: A number of our own for the one lock: two firsts of one device would open two matters.
_LOCK = 0x616C6572


class Sent(msgspec.Struct, frozen=True):
    """One alert as it came: which device, which rule, when, and the SHA-256 of a blurred still that is kept already."""

    device: str
    rule: str
    at: datetime
    still: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What became of it: ``opened`` or ``folded`` into matter ``number``; ``muted``, or ``off`` where the rule does not hold."""

    state: str
    number: str = ""


def of_device(row: Device) -> Subject:
    """What a right on a device's alerts is asked about."""
    return Subject(ref=f"device:{row.code}", org=str(row.org_id), level=1, place=row.grid)


@verb("device_alert.receive")
def receive(tx: Tx, by: Act, *, alerts: Sequence[Sent]) -> list[Taken]:
    """Take alerts in, in their order; a repeat costs two small rows. Raises Invalid naming each that no device or rule of the registry
    has, Refused for a device that the sender's post does not reach."""
    if not 1 <= len(alerts) <= MOST:
        raise Invalid.of("alerts", _("一次要有 1 到 %(most)d 条") % {"most": MOST}, _("请分几次"))
    devices = {row.code: row for row in Device.objects.filter(code__in={one.device for one in alerts})}
    for code in sorted(devices):
        tx.ask("device_alert.receive", of_device(devices[code]))
    if not devices:
        tx.ask("device_alert.receive", Subject(ref="device:none", org=by.office, level=1))
    _check(by, alerts, devices)
    lock(_LOCK)
    held: dict[tuple[str, str], _Flood] = {}
    silent: dict[tuple[str, str, str], _Silent] = {}
    answers = [_take(tx, by, one, devices[one.device], held, silent) for one in alerts]
    for flood in held.values():
        flood.write(tx)
    for key, silence in silent.items():
        silence.write(tx, by, key)
    return answers


def _check(by: Act, alerts: Sequence[Sent], devices: dict[str, Device]) -> None:
    faults, day = Faults("alerts"), timezone.localdate(by.noted)
    for n, one in enumerate(alerts):
        row = devices.get(one.device)
        if row is None or row.state == "removed":
            faults.add(n, "device", _("目录里没有这台设备"), _("先登记：地点、权属、用途、提示标识"))
            continue
        rule = selectors.lists_of(str(row.org_id), day).rules.get(one.rule)
        if rule is None:
            faults.add(n, "rule", _("没有这条规则"), _("按本区声明的规则代码填"))
        elif row.purpose not in rule.purposes:
            faults.add(n, "rule", _("这台设备登记的用途不是这个"), _("只能用于登记的用途"))
        elif row.sign == "missing":
            faults.add(n, "device", _("这台设备旁边没有提示标识"), _("个人信息保护法第二十六条：先设标识"))
        if not by.noted - LATE <= one.at <= by.noted + EARLY:
            faults.add(n, "at", _("时间不对：太早或者太晚"), _("写告警发生的时间，一天以内的"))
    faults.close()


class _Flood(msgspec.Struct):
    """All alerts of one device and rule in this command: one row, one fact for the repeats."""

    row: dict[str, object]
    fresh: bool
    n: int = 0
    last: datetime | None = None

    def write(self, tx: Tx) -> None:
        """Queue the row, and what was folded into it."""
        if self.n and self.last is not None:
            self.row["n"] = int(str(self.row["n"])) + self.n
            last = self.row["last"]
            self.row["last"] = max(last, self.last) if isinstance(last, datetime) else self.last
            tx.fact(
                facts.Repeated(n=self.n),
                subject=f"alert:{self.row['matter']}",
                about=f"device:{self.row['device']}",
                org=str(self.row["org"]),
                place=str(self.row["place"]),
                level=1,
                happened=self.last,
            )
        if self.n or self.fresh:
            tx.upsert(Alert, ("matter",), **self.row)


class _Silent(msgspec.Struct):
    """What came in this command of a device and rule that is muted: one row, one fact."""

    org: str
    place: str
    last: datetime
    n: int = 0

    def write(self, tx: Tx, by: Act, key: tuple[str, str, str]) -> None:
        """Queue the fact, and the row unless it is simulated."""
        device, rule, reason = key
        tx.fact(
            facts.Unheard(rule=rule, reason=reason, n=self.n),
            subject=f"alert_mute:{device}/{rule}", about=f"device:{device}", org=self.org, place=self.place,
            level=1, happened=self.last,
        )  # fmt: skip
        if by.origin != "simulated":
            before = Unheard.objects.filter(device=device, rule=rule, reason=reason).values().first()
            tx.upsert(Unheard, UNHEARD, **passed(before, key, self.org, self.n, self.last))


def _take(  # noqa: PLR0917
    tx: Tx,
    by: Act,
    one: Sent,
    device: Device,
    held: dict[tuple[str, str], _Flood],
    silent: dict[tuple[str, str, str], _Silent],
) -> Taken:
    key, day = (one.device, one.rule), timezone.localdate(by.noted)
    rule = selectors.lists_of(str(device.org_id), day).rules[one.rule]
    if key not in held:
        found = selectors.latest(*key)
        if found is not None and (found[1] or one.at - found[0].last <= timedelta(minutes=rule.window)):
            held[key] = _Flood(_columns(found[0]), fresh=False)
    if (flood := held.get(key)) is not None:
        flood.n += 1
        flood.last = max(flood.last or one.at, one.at)
        return Taken("folded", str(flood.row["matter"]))
    place = places.grid(device.grid) if device.grid else None
    org = place.org if place is not None else str(device.org_id)
    chain = orgs.forest().chain(org, day)
    if not selectors.reach_of(one.rule, chain):
        return Taken("off")
    reason = "device" if device.state == "muted" else selectors.muted(*key, day)
    if reason:
        came = silent.setdefault((*key, reason), _Silent(org, device.grid, one.at))
        came.n, came.last = came.n + 1, max(came.last, one.at)
        return Taken("muted")
    number = _open(tx, by, one, device, rule, chain)
    row = {
        "matter": number, "device": device.code, "rule": one.rule, "org": org, "place": device.grid,
        "sender": by.post, "first": one.at, "last": one.at, "n": 1, "still": one.still, "origin": by.origin,
    }  # fmt: skip
    held[key] = _Flood(row, fresh=True)
    return Taken("opened", number)


def _columns(row: Alert) -> dict[str, object]:
    return {name: getattr(row, name) for name in (field.attname for field in Alert._meta.concrete_fields)}


def _open(tx: Tx, by: Act, one: Sent, device: Device, rule: AlertRule, chain: Sequence[str]) -> str:  # noqa: PLR0917
    """The matter of a first alert; gives its number. ``chain`` begins with the organization of the place."""
    org, (unit, post) = chain[0], _dispatch(chain, by.noted)
    moment = timezone.localtime(one.at).strftime("%m-%d %H:%M")
    text = f"{moment} {device.address or device.name} {rule.says}"
    fields = {"title": f"{device.name} {rule.says}"[:60], "text": text, "org": unit, "post": post}
    draft = Draft(procedure=PROCEDURE, org=org, place=device.grid, kind=rule.kind, fields=fields)
    # Nobody opened it: a device reported, and the permission was that of its platform.
    system = replace(by, kind="system", person="", post="", grants=())
    state = open_one(tx, system, draft, asked=True)
    tx.fact(
        facts.Came(rule=one.rule, still=one.still),
        subject=f"alert:{state.number}", about=f"device:{device.code}", org=org, place=device.grid,
        level=1, happened=one.at,
    )  # fmt: skip
    return state.number


def _dispatch(chain: Sequence[str], now: datetime) -> tuple[str, str]:
    """(organization, post) that is called: the nearest one on shift now; the office of the place where nobody is."""
    for one in on_shift(chain, now):
        if one.post:
            return one.org, one.post
        return one.at, ""
    return chain[0], ""


@verb("device_alert.refuse")
def refuse(tx: Tx, by: Act, *, lists: Sequence[str]) -> int:
    """Count that a call of the actor's post was refused for its fields. Gives how many lists it met."""
    tx.ask("device_alert.receive", Subject(ref="device:none", org=by.office, level=1))
    wanted = sorted(set(lists))
    held = {row.list: row for row in SenderCount.objects.filter(sender=by.post, list__in=wanted)}
    tx.fact(
        facts.RefusedFields(lists=tuple(wanted)),
        subject=f"alert_sender:{by.post}",
        org=by.office,
        level=1,
    )
    for code in wanted:
        before = {"n": held[code].n} if code in held else None
        tx.upsert(SenderCount, ("sender", "list"), **counted(before, by.post, code, by.happened))
    return len(wanted)


# ── silent for a time ───────────────────────────────────────────────────────────────────────────────────


@verb("device_alert.mute")
def mute(tx: Tx, by: Act, *, device: str, rule: str, reason: str, until: date) -> str:
    """A device (``rule`` "": all its rules) is silent through ``until``, for a declared reason. Raises Invalid, Refused."""
    row = _device(tx, by, device)
    lists, day = selectors.lists_of(str(row.org_id)), timezone.localdate(by.noted)
    if rule and rule not in lists.rules:
        raise Invalid.of("rule", _("没有这条规则"), _("请从列表里选"))
    if reason not in lists.reasons:
        raise Invalid.of("reason", _("要写静音的理由"), _("请从列表里选"))
    if not day <= until <= day + timedelta(days=LONGEST_MUTE):
        raise Invalid.of(
            "until",
            _("静音要有到期的日子，最长 %(days)d 天") % {"days": LONGEST_MUTE},
            _("到期前可以再定一次"),
        )
    data = facts.Muted(device=device, rule=rule, reason=reason, until=until.isoformat())
    tx.fact(data, subject=f"alert_mute:{device}/{rule or '-'}", org=str(row.org_id), place=row.grid, level=1)
    tx.upsert(Mute, ("device", "rule"), device=device, rule=rule, reason=reason, until=until, post=by.post)
    return device


@verb("device_alert.unmute")
def unmute(tx: Tx, by: Act, *, device: str, rule: str) -> str:
    """It is heard again. Conflict when it was not silent."""
    row = _device(tx, by, device)
    if not Mute.objects.filter(device=device, rule=rule).exists():
        raise Conflict.of("rule", _("它没有静音"), _("请刷新页面"))
    tx.fact(
        facts.Muted(device=device, rule=rule),
        subject=f"alert_mute:{device}/{rule or '-'}",
        org=str(row.org_id),
        place=row.grid,
        level=1,
    )
    tx.delete(Mute, device=device, rule=rule)
    return device


def _device(tx: Tx, by: Act, code: str) -> Device:
    row = Device.objects.filter(code=code).first()
    # Who may not is told so before anything is told about the device.
    tx.ask("device_alert.mute", of_device(row) if row is not None else Subject(ref=f"device:{code}"))
    if row is None:
        raise Invalid.of("device", _("目录里没有这台设备"), _("请从列表里选"))
    return row


# ── trial, spread, off ──────────────────────────────────────────────────────────────────────────────────


@verb("device_alert.spread")
def reach(tx: Tx, by: Act, *, rule: str, org: str, state: str) -> str:
    """Where a rule holds from now on: tried at an organization, spread to it and all below, or off. Spreading is refused unless enough
    alerts below it were verified and few enough were false, as the rule declares. Raises Invalid, Conflict with the figures."""
    tx.ask("device_alert.spread", Subject(ref=f"org:{org}", org=org, level=1))
    day = timezone.localdate(by.noted)
    declared = selectors.lists_of(org, day).rules.get(rule) if org in orgs.forest() else None
    if declared is None:
        raise Invalid.of("rule", _("没有这条规则"), _("请从列表里选"))
    if state not in {"trial", "spread", "off"}:
        raise Invalid.of("state", _("没有这个状态"), _("请从列出来的里面选"))
    rate = selectors.rate_within(rule, declared, org, day)
    if state == "spread":
        _may_spread(rate, declared)
    data = facts.Reached(rule=rule, state=state, judged=rate.judged, wrong=rate.wrong)
    tx.fact(data, subject=f"alert_rule:{rule}", org=org, level=1)
    tx.upsert(
        RuleReach, ("rule", "org"), rule=rule, org=org, state=state, since=by.happened, judged=rate.judged,
        wrong=rate.wrong,
    )  # fmt: skip
    return f"{rule}/{org}/{stamp(by.happened)}"


def _may_spread(rate: selectors.Rate, declared: AlertRule) -> None:
    words = {"n": rate.judged, "least": rate.least, "rate": rate.percent, "most": declared.most_false}
    if not rate.told:
        raise Conflict.of(
            "state",
            _("试用里核实过的只有 %(n)d 件，要有 %(least)d 件才能推开") % words,
            _("先在一个街道或社区试用"),
        )
    if rate.wrong * 100 > declared.most_false * rate.judged:
        raise Conflict.of(
            "state",
            _("误报率 %(rate)s%%（核实 %(n)d 件），高于 %(most)d%%，不能推开") % words,
            _("请设备方先调，再试用"),
        )
