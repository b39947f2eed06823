"""What a pack says about alerts. In TOML::

[alert_rule.fire_lane]
title = "消防通道占用"
says = "通道被占"              # all that is said of what was seen: never who
kind = "fire_lane"             # the kind of the matter, a [[procedure.alert.kind]]
purposes = ["fire_lane"]       # only devices that were put up for this (PIPL art. 26)
window = 60                    # minutes: repeats within fold into one matter
least = 30                     # verified alerts before a rate is told
most_false = 20                # percent: above it the rule stays a trial

[alert_refused.face]
title = "人脸"
patterns = ["face", "人脸"]    # within the name of a field, however it is written

[mute_reason.repair]
title = "检修"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext as _

from baodao.kernel.declare.sections import register_section
from baodao.matters.declare import Procedure
from baodao.orgs.declare import Source
from baodao.places.devices.declare import DevicePurpose

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,29}$")]
#: The procedure that all rules open.
PROCEDURE = "alert"


class AlertRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[alert_rule.<code>]`: what a platform may report, of which devices, how repeats fold, when it may spread."""

    title: Title
    says: Title
    kind: Name
    purposes: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    window: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 60
    least: Annotated[int, msgspec.Meta(ge=5, le=1000)] = 30
    most_false: Annotated[int, msgspec.Meta(ge=0, le=100)] = 20
    source: Source = ""


class RefusedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[alert_refused.<code>]`: a field whose name holds one of these is refused, in whatever case, with or without marks between."""

    title: Title
    patterns: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    source: Source = ""


class MuteReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[mute_reason.<code>]`: why a device or a rule may be silent for a time."""

    title: Title
    source: Source = ""


def titled(known: Mapping[str, AlertRule | RefusedField | MuteReason], code: str) -> str:
    """Its title; the code where the pack no longer knows it."""
    return known[code].title if code in known else code


def _check_rules(pack: Pack, report: Report) -> None:
    """Kinds and purposes that a rule names exist."""
    purposes = set(pack.many(DevicePurpose))
    procedure = pack.many(Procedure).get(PROCEDURE)
    kinds = {kind.name for kind in procedure.kinds} if procedure is not None else set()
    for code, rule in pack.many(AlertRule).items():
        for purpose in set(rule.purposes) - purposes:
            report.unknown(("alert_rule", code, "purposes"), _("设备用途"), purpose, purposes)
        if rule.kind not in kinds:
            report.unknown(("alert_rule", code, "kind"), _("告警种类"), rule.kind, kinds)


register_section("alert_rule", AlertRule, check=_check_rules)
register_section("alert_refused", RefusedField)
register_section("mute_reason", MuteReason)
