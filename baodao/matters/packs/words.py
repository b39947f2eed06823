"""A declaration in words: its facts, guards, effects, fields and limits, as a page of the procedure tells them. Pure but for the
language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from baodao.kernel.calendar import Limit
from baodao.kernel.declare import Pack
from baodao.matters.declare import Action, Effect, Guard, Procedure, many


def audience_words(who: str) -> str:
    """Who hears of something."""
    words = {
        "reporter": _("居民"),
        "caller": _("派出单位"),
        "holder": _("承办岗位"),
        "lead": _("主办单位"),
        "leg": _("承办单位"),
        "legs": _("各承办单位"),
        "participant": _("参与的各方"),
        "superior_of_holder": _("上级"),
        "above_superior": _("上级的上级"),
        "ruler": _("裁定人"),
        "named": _("点名的人"),
        "follower": _("关心的人"),
        "outsider": _("旁的单位"),
        "helper": _("结对来帮的单位"),
        "system": _("系统"),
    }
    return words.get(who, who)


def limit_words(limit: str) -> str:
    """ "5 workdays" → "5 个工作日"."""
    return Limit.parse(limit).words()


def fact_words(procedure: Procedure, reference: str) -> str:
    """A fact of the procedure by the one button that records it, else by what the engine calls it."""
    fact, _dot, name = reference.partition(".")
    records = [row for row in procedure.actions if row.name == name or (not name and row.fact == fact)]
    if len(records) == 1:
        return f"“{records[0].title or records[0].name}”"
    words = {
        "opened": _("发起"),
        "leg_called": _("派出"),
        "leg_reported": _("报到"),
        "leg_returned": _("退回"),
        "leg_answered": _("承办单位答复"),
        "leg_ruled": _("裁定"),
        "paused": _("暂停"),
        "resumed": _("恢复"),
        "extended": _("延期"),
        "handed_over": _("移交"),
        "merged": _("合并"),
        "split": _("拆开"),
        "answered": _("居民答复"),
        "rated": _("评价"),
        "excluded": _("排除"),
        "reopened": _("重新办理"),
        "closed": _("结束"),
    }
    return words.get(fact, fact)


def field_words(declared: str) -> str:
    """What a field takes."""
    kind = declared.rstrip("?").partition(":")[0]
    words = {
        "text": _("一行字"),
        "longtext": _("一段字"),
        "code": _("选一个"),
        "date": _("日期"),
        "datetime": _("日期和时刻"),
        "place": _("地点（网格）"),
        "person": _("人（代号）"),
        "post": _("岗位上的人"),
        "org": _("单位"),
        "file": _("文件、照片"),
        "int": _("整数"),
        "money": _("金额"),
        "bool": _("是或否"),
        "pause": _("暂停的原因"),
        "next_step": _("下一步（核对过的）"),
        "duty_item": _("职责清单的条目"),
        "kind": _("类别"),
        "level": _("知情范围"),
        "matter": _("另一件事的编号"),
        "alliance": _("联盟"),
        "item": _("清单的一项"),
        "checklist": _("检查清单"),
        "score": _("0 到 100 的分"),
        "table": _("表格"),
        "scores": _("评分表"),
        "milestones": _("节点计划"),
        "milestone": _("计划里的一个节点"),
    }
    return words.get(kind, kind)


# ── conditions ──────────────────────────────────────────────────────────────────────────────────────────


def _state(procedure: Procedure, guard: Guard) -> str:
    states = _("、").join(procedure.word(f"state.{one}") for one in many(guard.leg_state or ()))
    return _("承办情况是：%(states)s") % {"states": states}


def _clock(procedure: Procedure, guard: Guard) -> str:
    clock = procedure.clock(guard.overdue or "")
    return _("“%(clock)s”过了") % {"clock": (clock.title if clock else "") or guard.overdue}


def _within(procedure: Procedure, guard: Guard) -> str:
    told = {"fact": fact_words(procedure, guard.since or ""), "limit": limit_words(guard.within or "1 day")}
    return _("%(fact)s以后 %(limit)s之内") % told


def _value(procedure: Procedure, guard: Guard) -> str:
    value = procedure.word(f"value.{guard.value}") if isinstance(guard.value, str) else str(guard.value)
    return _("“%(field)s”填的是“%(value)s”") % {
        "field": procedure.word(f"field.{guard.field_is}"),
        "value": value,
    }


def _gathered(procedure: Procedure, guard: Guard) -> str:
    least = str(guard.least) if guard.least else procedure.word(f"field.{guard.of}")
    by = procedure.word(f"field.{guard.by}") if guard.by else _("人")
    told = {"fact": fact_words(procedure, guard.gathered or ""), "n": least, "by": by}
    return _("%(fact)s够了 %(n)s 份（按%(by)s算）") % told


_GUARDS: Mapping[str, Callable[[Procedure, Guard], str]] = {
    "legs_ruled": lambda p, g: _("各单位都已办结") if g.legs_ruled else _("还有单位没有办结"),
    "leg_state": _state,
    "overdue": _clock,
    "within": _within,
    "evidence": lambda p, g: _("至少 %(n)d 个附件") % {"n": g.evidence or 0},
    "field_is": _value,
    "other_person_than": lambda p, g: (
        _("要由另一个人办，不是办%(fact)s的那个") % {"fact": fact_words(p, g.other_person_than or "")}
    ),
    "consent_of": lambda p, g: _("%(who)s同意过") % {"who": audience_words(g.consent_of or "")},
    "has_reporter": lambda p, g: _("有居民在等答复") if g.has_reporter else _("没有居民在等答复"),
    "gathered": _gathered,
    "about_ended": lambda p, g: _("挂在它下面的事都结束了"),
    "scopes": lambda p, g: (
        _("这些都有单位了：%(words)s")
        % {"words": _("、").join(p.word(f"scope.{one}") for one in g.scopes or ())}
    ),
    "restricted": lambda p, g: _("是上级看不到的事") if g.restricted else _("是上级看得到的事"),
}


def guard_words(procedure: Procedure, guard: Guard) -> str:
    """One condition."""
    known = _GUARDS.get(guard.head)
    return known(procedure, guard) if known is not None else guard.head


# ── consequences ────────────────────────────────────────────────────────────────────────────────────────


def effect_words(pack: Pack, procedure: Procedure, effect: Effect, lang: str) -> str:
    """One consequence."""
    clock = procedure.clock(effect.clock_start or effect.clock_pause or effect.clock_stop or "")
    other = pack.many(Procedure, lang).get(effect.open or effect.change or "")
    name = {
        "name": (clock.title if clock else "")
        or (other.title if other else "")
        or getattr(effect, "back", "")
        or ""
    }
    words = {
        "goto": lambda: _("进入“%(stage)s”") % {"stage": procedure.word(f"stage.{effect.goto}")},
        "clock_start": lambda: _("“%(name)s”开始计时") % name,
        "clock_pause": lambda: _("“%(name)s”停下") % name,
        "clock_stop": lambda: _("“%(name)s”办完") % name,
        "call": lambda: _("派给%(whom)s") % {"whom": _addressee(effect)},
        "tell": lambda: _("告诉%(who)s") % {"who": audience_words(effect.tell or "")},
        "open": lambda: _("另立一件“%(name)s”") % name,
        "back": lambda: _("在它说的那件事上办“%(name)s”") % name,
        "change": lambda: _("改按“%(name)s”办，编号不变") % name,
        "await": lambda: _("等别处的结果"),
    }
    return words[effect.head]()


def _addressee(effect: Effect) -> str:
    words = {
        "place": _("管这个地方的单位"),
        "chosen": _("选定的单位"),
        "again": _("上一次的主办单位"),
        "self": _("办这一步的岗位"),
    }
    return words[effect.to]


def from_words(procedure: Procedure, action: Action) -> str:
    """Where an action can be taken."""
    head = "state" if action.on == "leg" else "stage"
    return _("、").join(procedure.word(f"{head}.{one}") for one in action.froms()) or _("没有结束之前")
