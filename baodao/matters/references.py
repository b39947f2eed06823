"""References inside a procedure: every name that a pack writes must be declared somewhere, or it is a located fault.

Words, rights and templates of a lower layer for an action that a district takes out are left in peace. Runs
whenever a pack is read; the walk over states is ``check.py``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.declare import Pack, Report, register_section
from baodao.orgs.declare import PostKind

from .declare import (
    ENGINE_FACTS,
    LEG_STATE_AFTER,
    PAPER_SLOT,
    Action,
    Clock,
    Effect,
    Guard,
    Kind,
    Procedure,
    many,
)
from .facts import CHANGED
from .phrases import Template
from .state import LEG_WAITS

#: What a sentence for the resident may name beside the fields of its action.
SLOTS = ("number", "org", "orgs", "title", "due")
#: A pack that says nothing of `legs_end` is not asked for states that it does not use.
USUAL_ENDS = Procedure(title="", stages=("one",)).legs_end
_SLOT = re.compile(r"\{([^{}]*)\}")
#: Rights below a procedure's name that are no action: a ruler's, and bringing in what was handled elsewhere.
OTHER_RIGHTS = ("rule", "import", "*")
Key = tuple[str | int, ...]


class Scope(Struct):
    """One procedure under examination: where it stands, what it may name, where faults go."""

    pack: Pack
    report: Report
    name: str
    procedure: Procedure

    def unknown(self, path: Key, what: str, wrong: str, right: Iterable[str]) -> None:
        self.report.unknown(("procedure", self.name, *path), what, wrong, right)

    def fault(self, path: Key, reason: str, remedy: str, code: str = "reference") -> None:
        self.report.add(("procedure", self.name, *path), reason, remedy, code=code)

    @property
    def clocks(self) -> list[str]:
        return [clock.name for clock in self.procedure.clocks]


def leg_states(procedure: Procedure) -> set[str]:
    """All states that a leg of this procedure can be in: those after engine facts that it records, and each ``to``."""
    facts = {action.fact for action in procedure.actions if action.on == "leg" and action.to is None}
    calls = any(one.fact == "leg_called" or any(e.call for e in one.then) for one in procedure.actions)
    states = {LEG_STATE_AFTER[fact] for fact in facts if fact in LEG_STATE_AFTER}
    states |= {action.to for action in procedure.actions if action.on == "leg" and action.to is not None}
    return states | ({LEG_STATE_AFTER["leg_called"]} if calls or "leg_called" in facts else set())


def facts_of(procedure: Procedure) -> set[str]:
    """References of all facts that matters of this procedure can have: "opened", "acted.visit" …"""
    facts = {"opened", "opened.open", "closed", CHANGED}
    for action in procedure.actions:
        facts |= {action.fact, action.reference}
        if any(effect.call for effect in action.then):
            facts |= {"leg_called", f"leg_called.{action.name}"}
    if procedure.pauses:
        facts.add("resumed")
    return facts


def check_references(pack: Pack, report: Report) -> None:
    """All procedures of a pack, the rights that name their actions, and the templates offered on them."""
    procedures = pack.many(Procedure)
    for name, procedure in procedures.items():
        scope = Scope(pack, report, name, procedure)
        _frame(scope)
        for clock in procedure.clocks:
            _clock(scope, clock)
        for action in procedure.actions:
            _action(scope, action)
        _words(scope)
    _rights(pack, report)
    actions = {action.name for procedure in procedures.values() for action in procedure.actions}
    for code, template in pack.many(Template).items():
        for wrong in set(template.for_) - actions if pack.owns("template", code, "for") else ():
            report.unknown(("template", code, "for"), _("动作"), wrong, actions)


def _frame(scope: Scope) -> None:
    procedure, stages = scope.procedure, scope.procedure.stages
    for key, names in (("opens", (procedure.opens,)), ("ends", procedure.ends)):
        for wrong in names:
            if wrong is not None and wrong not in stages:
                scope.unknown((key,), _("阶段"), wrong, stages)
    states = leg_states(procedure)
    for wrong in procedure.legs_end:
        if procedure.legs_end != USUAL_ENDS and wrong not in states:
            scope.unknown(("legs_end",), _("承办状态"), wrong, states)
    for wrong in procedure.about:
        if wrong not in scope.pack.names("procedure"):
            scope.unknown(("about",), _("办理程序"), wrong, scope.pack.names("procedure"))
    _parts(scope)
    for stage in {stage for stage in stages if stages.count(stage) > 1}:
        scope.fault(("stages",), _("阶段 %(name)s 写了两次") % {"name": stage}, _("留一个。"), "twice")
    for reference in procedure.tells:
        _fact(scope, ("tells", reference), reference)


def _parts(scope: Scope) -> None:
    """Papers name fields and stages, figures facts, checklists kinds that there are."""
    procedure, stages = scope.procedure, scope.procedure.stages
    fields = {name for action in procedure.actions for name in action.fields}
    for paper in procedure.papers:
        for slot in PAPER_SLOT.findall(paper.text):
            if slot not in fields | {*SLOTS, "today"}:
                scope.unknown(("paper", paper.name, "text"), _("空格"), slot, fields | {*SLOTS, "today"})
        for wrong in set(paper.stages) - set(stages):
            scope.unknown(("paper", paper.name, "stages"), _("阶段"), wrong, stages)
    for figure in procedure.figures:
        _fact(scope, ("figure", figure.name, "of"), figure.of)
    _loads(scope)
    for wrong in {row.name for row in procedure.checklists} - {row.name for row in procedure.kinds}:
        scope.unknown(("checklist", wrong), _("类别"), wrong, [row.name for row in procedure.kinds])


def _loads(scope: Scope) -> None:
    """A load multiplies a whole number of the opening by what a code of the opening stands for; a form is handed in with a file."""
    legs = [
        one.name for one in scope.procedure.actions if one.on == "leg" and one.fields.get("file") == "file?"
    ]
    if (fills := scope.procedure.fills) is not None and fills not in legs:
        scope.unknown(("fills",), _("动作"), fills, legs)
    opens = scope.procedure.action("open")
    kinds = {name: kind.rstrip("?") for name, kind in (opens.fields if opens else {}).items()}
    for load in scope.procedure.loads:
        if (kind := kinds.get(load.field, "")) != "int":
            numbers = [name for name, one in kinds.items() if one == "int"]
            scope.unknown(("load", load.name, "field"), _("整数"), load.field, numbers)
        if load.times is None:
            continue
        kind = kinds.get(load.times, "")
        if not kind.startswith("code:"):
            codes = [name for name, one in kinds.items() if one.startswith("code:")]
            scope.unknown(("load", load.name, "times"), _("选项"), load.times, codes)
        words = kind.partition(":")[2].split("|")
        for wrong in set(load.factor) - set(words):
            scope.unknown(("load", load.name, "factor"), _("选项"), wrong, words)


def _fact(scope: Scope, path: Key, reference: str) -> None:
    """A fact is named that the procedure can record."""
    known = facts_of(scope.procedure)
    if reference in known:
        return
    if reference in ENGINE_FACTS:
        reason = _("没有动作会记下 %(fact)s") % {"fact": reference}
        near = _("会记下的有：%(names)s。") % {"names": "、".join(sorted(known & set(ENGINE_FACTS)))}
        scope.fault(path, reason, near)
    elif named := scope.procedure.action(reference.partition(".")[2]):
        words = {"fact": reference, "right": named.reference}
        scope.fault(path, _("这个动作记下的不是 %(fact)s，是 %(right)s") % words, words["right"])
    else:
        scope.unknown(path, _("事实"), reference, known)


def _clock(scope: Scope, clock: Clock) -> None:
    here: Key = ("clock", clock.name)
    for key, names in (("start", clock.starts()), ("stop", clock.stops())):
        for reference in names:
            _fact(scope, (*here, key), reference)
    started = any(
        effect.clock_start == clock.name for action in scope.procedure.actions for effect in action.then
    )
    if not clock.starts() and not started:
        reason = _("没有什么让这个时限开始")
        scope.fault(here, reason, _("写 start，或在某个动作里写 clock_start。"), "clock")
    if clock.lapse is None:
        return
    lapse = scope.procedure.action(clock.lapse)
    if lapse is None:
        scope.unknown(
            (*here, "lapse"), _("动作"), clock.lapse, [action.name for action in scope.procedure.actions]
        )
    elif "system" not in lapse.who:
        reason = _("到期动作 %(name)s 不由系统办") % {"name": clock.lapse}
        scope.fault((*here, "lapse"), reason, _("在这个动作的 who 里写上 system。"), "lapse")


def _action(scope: Scope, action: Action) -> None:
    here: Key = ("action", action.name)
    known = leg_states(scope.procedure) if action.on == "leg" else set(scope.procedure.stages)
    what = _("承办状态") if action.on == "leg" else _("阶段")
    for wrong in action.froms():
        if wrong not in known:
            scope.unknown((*here, "from"), what, wrong, known)
    if action.to is not None and action.on == "matter" and action.to not in scope.procedure.stages:
        scope.unknown((*here, "to"), _("阶段"), action.to, scope.procedure.stages)
    for place, guard in enumerate(action.when):
        _guard(scope, action, guard, (*here, "when", place))
    for place, effect in enumerate(action.then):
        _effect(scope, action, effect, (*here, "then", place))
    _fields(scope, action, here)
    for slot in _SLOT.findall(action.reads):
        if slot not in (*SLOTS, *action.fields, *action.sets):
            scope.unknown((*here, "reads"), _("空格"), slot, (*SLOTS, *action.fields))


def _guard(scope: Scope, action: Action, guard: Guard, here: Key) -> None:
    if guard.overdue is not None and guard.overdue not in scope.clocks:
        scope.unknown((*here, "overdue"), _("时限"), guard.overdue, scope.clocks)
    for key in ("since", "other_person_than", "gathered"):
        reference = getattr(guard, key)
        if reference is not None:
            _fact(scope, (*here, key), reference)
    if guard.field_is is not None and guard.field_is not in (*action.fields, *action.sets):
        scope.unknown((*here, "field_is"), _("字段"), guard.field_is, action.fields)
    states = leg_states(scope.procedure)
    for wrong in set(many(guard.leg_state or ())) - states:
        scope.unknown((*here, "leg_state"), _("承办状态"), wrong, states)


def _effect(scope: Scope, action: Action, effect: Effect, here: Key) -> None:
    if effect.goto is not None and effect.goto not in scope.procedure.stages:
        scope.unknown((*here, "goto"), _("阶段"), effect.goto, scope.procedure.stages)
    for key in ("clock_start", "clock_pause", "clock_stop"):
        named = getattr(effect, key)
        if named is not None and named not in scope.clocks:
            scope.unknown((*here, key), _("时限"), named, scope.clocks)
    if effect.each is not None and action.fields.get(effect.each, "").rstrip("?") != "checklist":
        lists = [name for name, kind in action.fields.items() if kind.rstrip("?") == "checklist"]
        scope.unknown((*here, "each"), _("字段"), effect.each, lists)
    for key in ("open", "change"):
        named = getattr(effect, key)
        if named is not None and named not in scope.pack.names("procedure"):
            scope.unknown((*here, key), _("办理程序"), named, scope.pack.names("procedure"))
    if effect.back is not None:
        known = _taken_back(scope)
        if known is not None and effect.back not in known:
            scope.unknown((*here, "back"), _("动作"), effect.back, known)
    if effect.call is not None and effect.to == "chosen" and not {"org", "post", "unit"} & set(action.fields):
        scope.fault(here, _("要选派给谁，却没有可选的字段"), _("加上字段 org 或 post。"), "field")


def _taken_back(scope: Scope) -> set[str] | None:
    """Actions of the system in the procedures that open this one; None when none does (or it is itself at fault)."""
    openers = [
        other
        for other in scope.pack.many(Procedure).values()
        if any(effect.open == scope.name for action in other.actions for effect in action.then)
    ]
    if not openers:
        return None
    return {action.name for other in openers for action in other.actions if "system" in action.who}


def _needs(action: Action) -> Iterator[str]:
    """Fields without which the engine cannot record the fact of this action, as they would be written."""
    kinds = {name: declared.rstrip("?").partition(":")[0] for name, declared in action.fields.items()}
    if action.fact == "paused" and "pause" not in kinds.values() and "cause" not in action.sets:
        yield 'cause = "pause"'
    if action.fact == "extended" and kinds.get("extra") != "int":
        yield 'extra = "int"'
    if action.fact == "handed_over" and not action.climbs and not {"org", "post"} & set(kinds):
        yield 'org = "org"'
    if action.fact == "answered" and kinds.get("answer") != "code":
        yield 'answer = "code:solved|partly|not"'
    if action.fact == "rated" and kinds.get("stars") != "int":
        yield 'stars = "int"'
    by_hand = {"leg", "lead", "holder"} & set(action.who)
    if (
        by_hand
        and action.fact == "leg_answered"
        and kinds.get("claim") != "code"
        and "claim" not in action.sets
    ):
        yield 'claim = "code:solved|partly"'
    if action.fact == "leg_ruled" and kinds.get("verdict") != "code" and "verdict" not in action.sets:
        yield 'verdict = "code:solved|partly|cannot|absent"'
    if action.fact == "merged" and kinds.get("into") != "matter":
        yield 'into = "matter"'
    if action.sets_level and kinds.get("level") != "level":
        yield 'level = "level"'


def _fields(scope: Scope, action: Action, here: Key) -> None:
    for wanted in _needs(action):
        remedy = _("在 fields 里加上 %(field)s。") % {"field": wanted}
        scope.fault((*here, "fields"), _("这个动作少了必要的字段"), remedy, "field")
    if action.promises is not None:
        declared = action.fields.get(action.promises, "").rstrip("?")
        if declared not in ("date", "datetime"):
            dates = [name for name, kind in action.fields.items() if kind.rstrip("?") in ("date", "datetime")]
            scope.unknown((*here, "promises"), _("日期字段"), action.promises, dates)
    if action.extends is not None and action.extends not in scope.clocks:
        scope.unknown((*here, "extends"), _("时限"), action.extends, scope.clocks)
    for name, declared in action.fields.items():
        kind = declared.rstrip("?")
        if kind == "pause" and not scope.procedure.pauses:
            _empty(scope, (*here, "fields", name), "pause")
        if kind == "checklist" and not scope.procedure.checklists:
            _empty(scope, (*here, "fields", name), "checklist")
        if kind == "kind" and not scope.procedure.kinds:
            _empty(scope, (*here, "fields", name), "kind")
        if kind == "next_step" and not any(row.verified for row in scope.procedure.next_steps):
            _empty(scope, (*here, "fields", name), "next_step")


def _empty(scope: Scope, here: Key, table: str) -> None:
    remedy = _("声明至少一个 [[procedure.%(name)s.%(table)s]]。") % {"name": scope.name, "table": table}
    dated = _("并写上核对的日期 verified。") if table == "next_step" else ""
    scope.fault(here, _("没有可以选的 %(table)s") % {"table": table}, remedy + dated, "field")


def named_groups(kind: Kind) -> list[tuple[str, str]]:
    """("board", its name) and ("scene", its name), as far as the kind says them."""
    return [(key, name) for key in ("board", "scene") if (name := getattr(kind, key))]


def groups_of(procedure: Procedure, kind: str) -> list[str]:
    """The board that a kind falls to and its class of scenarios, in words; none where the district has no boards."""
    found = next((one for one in procedure.kinds if one.name == kind), None)
    return [procedure.word(f"{key}.{name}") for key, name in named_groups(found)] if found is not None else []


def boards(procedures: Iterable[Procedure]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Board → (its words, the kinds that fall to it), in the order of declaration."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for procedure in procedures:
        for kind in procedure.kinds:
            if kind.board:
                words, kinds = found.get(kind.board, (procedure.word(f"board.{kind.board}"), ()))
                found[kind.board] = (words, (*kinds, kind.name))
    return found


def known_words(procedure: Procedure) -> dict[str, str]:
    """Key of each word that a screen may ask for → the declaration's own path of what it names."""
    known = {f"{what}.{stage}": "stages" for stage in procedure.stages for what in ("stage", "plain")}
    waits = {LEG_WAITS} if any("after" in action.fields for action in procedure.actions) else set()
    known |= {f"state.{state}": "action" for state in (*leg_states(procedure), *waits)}
    known |= {f"clock.{clock.name}": f"clock.{clock.name}" for clock in procedure.clocks}
    called = [effect.scope for action in procedure.actions for effect in action.then if effect.scope]
    called += [scope for action in procedure.actions for guard in action.when for scope in guard.scopes or ()]
    known |= {f"scope.{scope}": "action" for scope in called}
    grades = {item.grade for row in procedure.checklists for item in row.items if item.grade}
    known |= {f"value.{grade}": "checklist" for grade in grades}
    for table in procedure.tables:
        codes = [code for column in table.columns for code in column.options]
        known |= {f"value.{code}": f"table.{table.name}" for code in codes}
    for kind in procedure.kinds:
        known |= {f"{key}.{name}": f"kind.{kind.name}" for key, name in named_groups(kind)}
    for action in procedure.actions:
        for name, declared in action.fields.items():
            known[f"field.{name}"] = f"action.{action.name}.fields"
            what, _sep, options = declared.rstrip("?").partition(":")
            if what == "code":
                known |= {f"value.{option}": f"action.{action.name}.fields" for option in options.split("|")}
        known |= {f"value.{value}": f"action.{action.name}.sets" for value in action.sets.values()}
    return known


def _words(scope: Scope) -> None:
    known = {*known_words(scope.procedure), "role.lead", "role.co"}  # these two need not be said
    known |= {f"field.{a.name}.{n}" for a in scope.procedure.actions for n in a.fields}
    for key in scope.procedure.words:
        if key not in known and scope.pack.owns("procedure", scope.name, "words", key):
            scope.unknown(("words", key), _("词"), key, known)
    for key in sorted({key for key in known if key.startswith("state.")} - {*scope.procedure.words}):
        scope.fault(("words", key), _("这个状态没有说法，页面上会露出代码"), _("在 words 里写上它。"), "word")


def _rights(pack: Pack, report: Report) -> None:
    """`<procedure>.<action>` in a post's rights names an action of that procedure."""
    procedures = pack.many(Procedure)
    declared = set(pack.names("procedure"))
    for code, kind in pack.many(PostKind).items():
        for place, line in enumerate(kind.rights):
            head, _sep, tail = line.right.partition(".")
            if head not in declared or head not in procedures:
                continue
            actions = [action.name for action in procedures[head].actions]
            path: Key = ("post", code, "rights", place, "right")
            if tail not in (*actions, *OTHER_RIGHTS) and pack.owns(*path):
                report.unknown(path, _("动作"), line.right, [f"{head}.{action}" for action in actions])


register_section("procedure", Procedure, check=check_references)
