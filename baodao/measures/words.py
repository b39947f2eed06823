"""Figures in words: what a page and a sheet say of a number."""

from __future__ import annotations

from django.utils.translation import gettext as _

from baodao.matters.declare import Procedure

from .declare import Measure
from .lawful import RATES
from .results import Figure


def seconds_words(seconds: float) -> str:
    """Days, hours or minutes, to one decimal."""
    for size, words in ((86_400, _("%(n)s 天")), (3_600, _("%(n)s 小时")), (60, _("%(n)s 分钟"))):
        if seconds >= size:
            return words % {"n": f"{seconds / size:.1f}".removesuffix(".0")}
    return _("%(n)s 秒") % {"n": int(seconds)}


def timed(measure: Measure) -> bool:
    """Whether the value is seconds."""
    return measure.kind == "percentile"


def value_words(measure: Measure, value: float) -> str:
    """A value with its unit."""
    if measure.kind == "share":
        return f"{100 * value:.1f}".removesuffix(".0") + " %"
    if timed(measure):
        return seconds_words(value)
    text = f"{value:,.1f}".removesuffix(".0")
    return f"{text} {measure.unit}"


def row_words(measure: Measure, value: int) -> str:
    """The value of one row behind a number."""
    return value_words(measure, value / measure.scale)


def standing_words(measure: Measure, figure: Figure) -> str:
    """What stands where there is no value; never 0 % or 100 %."""
    if figure.standing == "few":
        return _("样本 %(n)d，未测") % {"n": figure.sample}
    return _("未测")


def why_words(measure: Measure, figure: Figure) -> str:
    """Why nothing was measured; "" when something was."""
    if figure.standing == "few":
        return _("样本少于 %(n)d，不算比率，也不排名。") % {"n": measure.least}
    if figure.standing == "hidden":
        return _("打星只在整月过完、满 10 个人打过以后显示合计；不满的不显示，也推不出来。")
    return _("这段时间没有可以计入的事。") if figure.standing == "none" else ""


def interval_words(measure: Measure, figure: Figure) -> str:
    """The interval in which the true value lies with 95 %."""
    if figure.value is None or (figure.low is None and figure.high is None):
        return ""
    low = value_words(measure, figure.low) if figure.low is not None else "…"
    high = value_words(measure, figure.high) if figure.high is not None else "…"
    return f"{low} – {high}"


def formula_words(measure: Measure) -> str:
    """The formula as a sentence."""
    if measure.kind in RATES and measure.numerator is not None:
        told = f"{measure.numerator.says} ÷ {measure.denominator.says}"
        return told if measure.per == 1 else f"{told} × {measure.per}"
    if measure.kind == "sum":
        return _("合计：%(what)s") % {"what": measure.denominator.says}
    if measure.kind == "mean":
        return _("平均：%(what)s") % {"what": measure.denominator.says}
    if measure.kind == "percentile":
        return _("中位数和百分位：%(what)s") % {"what": measure.denominator.says}
    return measure.denominator.says


def place_words(figure: Figure) -> str:
    """The place among organizations of the same level."""
    if figure.place is None:
        return ""
    words = _("并列第 %(n)d，共 %(all)d 家") if figure.tied else _("第 %(n)d，共 %(all)d 家")
    return words % {"n": figure.place, "all": figure.peers}


def origin_words(origin: str) -> str:
    """Where the facts are from."""
    return {"live": _("实时"), "import": _("导入"), "paper": _("纸面补录"), "simulated": _("模拟")}[origin]


def by_words(measure: Measure) -> str:
    """Which trees rule."""
    return _("按当时的隶属关系") if measure.by == "then" else _("按现在的隶属关系")


def group_words(group: str) -> str:
    """What a group divides by."""
    words = {
        "stage": _("阶段"),
        "role": _("主办、协办"),
        "month": _("月份"),
        "holder": _("经手单位"),
        "procedure": _("办事流程"),
    }
    return words.get(group, group)


def member_words(group: str, member: str, name: str) -> str:
    """One member of a group; ``name``: of the organization of that code, or ""."""
    known = {"lead": _("主办"), "co": _("协办"), "waiting": _("等居民"), "": _("（没有写）")}
    return name if group == "holder" and name else known.get(member, member)


def outcome_words(outcome: str, procedure: Procedure | None = None) -> str:
    """How a leg, a round or an answer ended: in the words of its procedure, else in those that all share."""
    known = {
        "solved": _("解决了"),
        "partly": _("部分解决"),
        "not": _("没解决"),
        "cannot": _("办不了"),
        "absent": _("没有到"),
        "silent": _("没有答复"),
        "withdrawn": _("本人撤回"),
        "returned": _("退回"),
        "reopened": _("重办"),
        "left": _("阶段结束"),
        "answered": _("已答复"),
    }
    own = procedure.words.get(f"value.{outcome}") if procedure is not None else None
    return own or known.get(outcome, outcome)
