"""Reads of alerts: those that somebody may see, how often a device is wrong, who is silent until when, who sends what it should not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack
from baodao.kernel.typed import moment_in
from baodao.matters.declare import Procedure
from baodao.matters.models import Leg, Matter
from baodao.matters.selectors import visible_to
from baodao.orgs import selectors as orgs
from baodao.places.devices.models import Device

from .declare import PROCEDURE, AlertRule, MuteReason, RefusedField
from .models import Alert, Mute, RuleReach, SenderCount, Unheard

#: What somebody may have verified; only the first two are counted.
VERDICTS = ("real", "false_alarm", "drill", "unverified")
#: The stage in which nobody has verified it.
WAITS = "asked"
VIEWS = ("waiting", "handling", "all")


class Lists(msgspec.Struct, frozen=True):
    """What the pack of an organization says of alerts; ``words`` are those of the procedure."""

    words: Mapping[str, str] = {}
    rules: Mapping[str, AlertRule] = {}
    refused: Mapping[str, RefusedField] = {}
    reasons: Mapping[str, MuteReason] = {}


def lists_of(org: str, day: date | None = None, lang: str = "zh-hans") -> Lists:
    """In a language, Chinese for what is written down. No statement; nothing where the pack cannot be read."""
    try:
        pack = get_pack(orgs.pack_of(org, day) if org else orgs.home_pack(day))
    except BadPack:
        return Lists()
    procedure = pack.many(Procedure, lang).get(PROCEDURE)
    words = procedure.words if procedure else {}
    return Lists(
        words, pack.many(AlertRule, lang), pack.many(RefusedField, lang), pack.many(MuteReason, lang)
    )


class Rate(msgspec.Struct, frozen=True):
    """How often what came was wrong: ``wrong`` of ``judged`` that a person verified. Drills, what nobody verified and what came while
    it was muted (``unheard``, single alerts) are in neither; they stand beside. ``least``: fewer tell nothing."""

    judged: int = 0
    wrong: int = 0
    drills: int = 0
    unverified: int = 0
    least: int = 30
    unheard: int = 0

    @property
    def told(self) -> bool:
        """Whether there were enough to tell a rate."""
        return self.judged >= self.least

    @property
    def percent(self) -> float:
        """Of the judged, to one decimal; 0 where there are none."""
        return round(100 * self.wrong / self.judged, 1) if self.judged else 0.0


def rates(rules: Mapping[str, AlertRule], **narrowed: Any) -> dict[tuple[str, str], Rate]:
    """(device, rule) → its rate, over alerts narrowed by device, rule or org. Simulated ones are not counted. Two statements."""
    lead = Leg.objects.filter(matter=OuterRef("matter"), role="lead").order_by("-n")
    rows = Alert.objects.filter(**narrowed).exclude(origin="simulated")
    said = rows.annotate(verdict=Subquery(lead.values("verdict")[:1])).values("device", "rule", "verdict")
    tally: dict[tuple[str, str], dict[str, int]] = {}
    for device, rule, verdict, n in said.annotate(n=Count("matter")).values_list(
        "device", "rule", "verdict", "n"
    ):
        tally.setdefault((device, rule), {})[verdict or ""] = n
    silent = Unheard.objects.filter(**narrowed).values_list("device", "rule").annotate(Sum("n"))
    for device, rule, n in silent:
        tally.setdefault((device, rule), {})["unheard"] = n
    return {key: _rate(found, rules.get(key[1])) for key, found in sorted(tally.items())}


def _rate(found: Mapping[str, int], rule: AlertRule | None) -> Rate:
    real, wrong = found.get("real", 0), found.get("false_alarm", 0)
    least = rule.least if rule is not None else Rate().least
    drills, unverified, unheard = (found.get(name, 0) for name in ("drill", "unverified", "unheard"))
    return Rate(real + wrong, wrong, drills, unverified, least, unheard)


def rate_within(code: str, rule: AlertRule, org: str, day: date) -> Rate:
    """A rule's rate over all alerts of an organization and of all below it. Two statements."""
    found = rates({code: rule}, rule=code, org__in=orgs.under([org], day)).values()
    names = ("judged", "wrong", "drills", "unverified", "unheard")
    sums = {name: sum(getattr(part, name) for part in found) for name in names}
    return Rate(least=rule.least, **sums)


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────


class Line(msgspec.Struct, frozen=True):
    """One alert with where its matter stands."""

    alert: Alert
    stage: str
    state: str
    verdict: str
    holder: str
    due: datetime | None


def visible(by: Act) -> QuerySet[Alert]:
    """Alerts whose matter this actor may read; no statement yet."""
    return Alert.objects.filter(matter__in=visible_to(by).values("number"))


def listed(
    by: Act, view: str = "waiting", *, rule: str = "", device: str = "", after: str = "", limit: int = 51
) -> list[Line]:
    """The newest first, behind the key ``after`` (``<moment>~<number>``), if it is one. Three statements."""
    rows = visible(by)
    held = Matter.objects.filter(number=OuterRef("matter"))
    if view == "waiting":
        rows = rows.filter(Exists(held.filter(stage=WAITS)))
    elif view == "handling":
        rows = rows.filter(Exists(held.filter(stage="handling")))
    if rule:
        rows = rows.filter(rule=rule)
    if device:
        rows = rows.filter(device=device)
    moment, _tilde, number = after.partition("~")
    if number and (at := moment_in(moment)) is not None:
        rows = rows.filter(Q(first__lt=at) | Q(first=at, matter__gt=number))
    return _lines(list(rows.order_by("-first", "matter")[:limit]))


def _lines(rows: list[Alert]) -> list[Line]:
    numbers = [row.matter for row in rows]
    stages = dict(Matter.objects.filter(number__in=numbers).values_list("number", "stage")) if rows else {}
    legs = {leg.matter: leg for leg in Leg.objects.filter(matter__in=numbers, role="lead").order_by("n")}
    found = []
    for row in rows:
        leg = legs.get(row.matter)
        found.append(
            Line(
                row,
                stages.get(row.matter, ""),
                leg.state if leg else "",
                leg.verdict if leg else "",
                (leg.holder or leg.post or leg.org) if leg else "",
                leg.due if leg else None,
            )
        )
    return found


def one(by: Act, number: str) -> Line | None:
    """One alert; None when there is none or it is not for this actor. Three statements."""
    found = _lines(list(visible(by).filter(matter=number)))
    return found[0] if found else None


def names_of(codes: Collection[str]) -> dict[str, str]:
    """Names of the devices of alerts that somebody may see. One statement, none for none."""
    return dict(Device.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def latest(device: str, rule: str) -> tuple[Alert, bool] | None:
    """The latest alert of a device and rule, and whether nobody has verified it yet. One statement."""
    rows = Alert.objects.filter(device=device, rule=rule).order_by("-last", "-matter")
    going = Matter.objects.filter(number=OuterRef("matter"), stage=WAITS)
    row = rows.annotate(going=Exists(going)).first()
    return (row, bool(row.going)) if row is not None else None


def folds(device: str, rule: str, at: datetime) -> bool:
    """Whether an alert of this moment would be a repeat: its still is not kept. Two statements."""
    row = Device.objects.filter(code=device).only("org_id").first()
    found, declared = latest(device, rule), None
    if row is None or found is None:
        return False
    declared = lists_of(str(row.org_id)).rules.get(rule)
    return found[1] or (declared is not None and at - found[0].last <= timedelta(minutes=declared.window))


# ── silent, trial, spread, refused ──────────────────────────────────────────────────────────────────────


def mutes(devices: Collection[str], day: date) -> dict[tuple[str, str], Mute]:
    """(device, rule) → what is silent on this day among these devices. One statement."""
    rows = Mute.objects.filter(device__in=devices, until__gte=day)
    return {(row.device, row.rule): row for row in rows.order_by("device", "rule")}


def muted(device: str, rule: str, day: date) -> str:
    """Why this rule of this device is silent, "" when it is not; a mute of the rule goes before one of all. One statement."""
    rows = Mute.objects.filter(device=device, rule__in=["", rule], until__gte=day).order_by("-rule")
    return rows.values_list("reason", flat=True).first() or ""


def unheard(device: str) -> list[Unheard]:
    """What a device reported while it was muted, by rule and reason. One statement."""
    return list(Unheard.objects.filter(device=device).order_by("rule", "reason"))


def all_mutes(devices: QuerySet[Any], day: date, limit: int = 100) -> list[Mute]:
    """What is silent among devices that somebody may see. One statement."""
    rows = Mute.objects.filter(device__in=devices.values("code"), until__gte=day)
    return list(rows.order_by("until", "device", "rule")[:limit])


def reach_of(rule: str, chain: Iterable[str]) -> str:
    """ "trial", "spread" or "": how a rule holds at the end of this chain of organizations. One statement."""
    rows = RuleReach.objects.filter(rule=rule, org__in=list(chain)).values_list("state", flat=True)
    return "spread" if "spread" in (found := set(rows)) else "trial" if "trial" in found else ""


def reaches(codes: Collection[str]) -> list[RuleReach]:
    """Where these rules hold. One statement."""
    rows = RuleReach.objects.filter(rule__in=codes).exclude(state="off")
    return list(rows.order_by("rule", "org"))


def senders(posts: Collection[str] | None = None) -> list[SenderCount]:
    """What was refused, by sender. One statement."""
    rows = SenderCount.objects.all() if posts is None else SenderCount.objects.filter(sender__in=posts)
    return list(rows.order_by("sender", "list")[:200])
