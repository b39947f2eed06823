"""Reasons and gaps in words, for the page and the paper."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from .terms import Gap, Suggestion, Why


def told(why: Why, names: Mapping[str, str]) -> str:
    """One reason. ``names``: what skills and tags are called."""
    name = names.get(why.name, why.name)
    if why.code == "served":
        words = _("本半年服务 %(mine)s 小时，合适的人里居中的是 %(than)s 小时")
        return words % {"mine": _hours(why.value), "than": _hours(why.than)}
    told_ = {
        "skill": _("会%(name)s"),
        "near": _("离常在的地方约 %(way)s"),
        "unplaced": _("没有写常在的地方，按最远算"),
        "here": _("不限地点"),
        "wish": _("合自己写的意愿：%(name)s"),
        "kept": _("和上次的建议一样"),
        "again": _("这次计划里的第 %(n)d 班"),
        "only": _("只有这一位合适"),
        "choice": _("合适的有 %(n)d 人"),
    }[why.code]
    return told_ % {"name": name, "way": way(why.value), "n": why.value}


def reasons_told(suggestion: Suggestion, names: Mapping[str, str]) -> list[str]:
    """All reasons of a suggestion, in their order."""
    return [told(why, names) for why in suggestion.why]


def gap_told(gap: Gap) -> str:
    """How many are missing and where people fell away."""
    head = _("还缺 %(n)d 人") % {"n": gap.missing}
    words = _(
        "愿意的 %(people)d 人中：会的 %(skilled)d，有空的 %(free)d，不太远的 %(near)d，休息够的 %(rested)d，时长没到上限的 %(left)d"
    )
    return f"{head}。{words % _counts(gap)}"


def _counts(gap: Gap) -> dict[str, int]:
    return {name: getattr(gap, name) for name in ("people", "skilled", "free", "near", "rested", "left")}


def way(metres: int) -> str:
    """A distance as one says it: 600 米, 1.2 公里."""
    if metres < 1000:
        return _("%(n)d 米") % {"n": max(50, round(metres / 50) * 50)}
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.1f}".removesuffix(".0")
