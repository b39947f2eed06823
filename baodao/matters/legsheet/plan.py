"""What a filled row asks for: actions that its procedure declares, tried out on the matter as it stands. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext as _
from msgspec import Struct, field

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Problem, Refused
from baodao.kernel.selectors import current_calendar
from baodao.kernel.tables import CellFault
from baodao.kernel.verbs import allowed
from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import Recorded
from baodao.matters.declare import Action
from baodao.matters.engine import decide
from baodao.matters.facts import Step
from baodao.matters.policies import actor_of, subject_of
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import Seen, names_of, see
from baodao.matters.state import Leg

from .reading import Entry, fault

REPORT_IN, ANSWER, CANNOT, RETURN = "report_in", "answer", "cannot", "return"
#: Field of an action → column that it is filled from, where the two are not of one name.
TEXTS = {ANSWER: ("result",), CANNOT: ("reason", "result"), RETURN: ("reason", "result")}
#: Column of the sheet for a fault of a field.
COLUMN_OF = {
    "claim": "claim",
    "result": "result",
    "reason": "reason",
    "next_step": "next_step",
    "duty_item": "duty_item",
}


class Move(Struct, frozen=True):
    """One action of a row. ``key``: its command; ``known``: it was taken already."""

    action: str
    title: str
    fields: dict[str, Any]
    key: str
    known: bool


class Plan(Struct):
    """A row judged. ``meanwhile``: what happened to the leg since the sheet was made (a conflict)."""

    entry: Entry
    moves: list[Move] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    meanwhile: list[dict[str, str]] = field(default_factory=list)
    now: str = ""

    @property
    def state(self) -> Literal["ready", "known", "fault", "conflict"]:
        if self.faults:
            return "fault"
        if self.moves and all(move.known for move in self.moves):
            return "known"
        return "conflict" if self.meanwhile else "ready"


class Wrong(Exception):
    """(column, reason, remedy)."""


def key_of(by: Act, digest: str, row: int, action: str) -> str:
    """The command of one action of one row of one file, of one person: the same file again adds nothing."""
    return f"legs:{by.person}:{digest[:40]}:{row}:{action}"


def plan(by: Act, entry: Entry, digest: str) -> Plan:
    """Judge one row. Six statements."""
    made = Plan(entry)
    try:
        seen = see(by, entry.number)
        leg = seen.state.legs.get(entry.leg)
        if leg is None or seen.state.level > SHARED_LEVEL:
            raise Wrong("leg", _("没有这件承办，或它只在工作台上办"), _("请核对，或到工作台看"))
        made.now = seen.procedure.word(f"state.{leg.state}")
        made.moves = _moves(by, seen, leg, entry, digest)
        made.meanwhile = _meanwhile(seen, leg, entry, {move.key for move in made.moves})
        if made.state == "ready":
            _try(by, seen, leg, made)
    except Wrong as wrong:
        column, reason, remedy = wrong.args
        made.faults.append(fault(entry.row, column, "", reason, remedy))
    except Problem as problem:
        made.faults.extend(faults_of(entry, problem, "number"))
    return made


def faults_of(entry: Entry, problem: Problem, column: str = "") -> list[CellFault]:
    """A refusal under the column that it speaks of."""
    return [
        fault(entry.row, COLUMN_OF.get(one.field, column), "", one.reason, one.remedy)
        for one in problem.faults
    ]


def _moves(by: Act, seen: Seen, leg: Leg, entry: Entry, digest: str) -> list[Move]:
    done = {fact.command for fact in seen.facts}
    found = []
    for name, fields in _wishes(
        seen, leg, entry, lambda action: key_of(by, digest, entry.row, action) in done
    ):
        key = key_of(by, digest, entry.row, name)
        action = seen.procedure.action(name)
        found.append(Move(name, action.title if action else name, fields, key, key in done))
    return found


def _wishes(seen: Seen, leg: Leg, entry: Entry, done: Any) -> list[tuple[str, dict[str, Any]]]:
    """The actions of a row in their order. Raises Wrong for one that the procedure does not have, or that does not go together."""
    values, found = entry.values, []
    if values.get("report_in") or "arrives" in values:
        action = _declared(seen, REPORT_IN, "report_in")
        if leg.state in action.froms() or not action.froms() or done(REPORT_IN):
            found.append((REPORT_IN, _report_in(action, values)))
        elif "arrives" in values:
            raise Wrong("arrives", _("这件承办早已收到"), _("请去掉到场时间"))
    ending = _ending(seen, values)
    if ending is not None:
        found.append(ending)
    if not found and not values.get("report_in"):
        raise Wrong("claim", _("不知道要办哪一步"), _("填办到什么程度，或退回理由和清单事项"))
    return found


def _ending(seen: Seen, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    claim = values.get("claim", "")
    if claim and "duty_item" in values:
        raise Wrong("duty_item", _("又答复又退回"), _("只能填一样"))
    if claim:
        return _claimed(seen, values, claim)
    if "result" in values or "next_step" in values:
        raise Wrong(
            "claim", _("没有填办到什么程度"), _("请填：%(words)s") % {"words": "、".join(_claims(seen))}
        )
    if "duty_item" in values or "reason" in values:
        action = _declared(seen, RETURN, "reason")
        return RETURN, _fields(seen, action, values, "")
    return None


def _claimed(seen: Seen, values: Mapping[str, Any], claim: str) -> tuple[str, dict[str, Any]]:
    code = _claims(seen).get(claim) or (claim if claim in _claims(seen).values() else "")
    if not code:
        raise Wrong("claim", _("没有这个选项"), _("请填：%(words)s") % {"words": "、".join(_claims(seen))})
    answer = seen.procedure.action(ANSWER)
    options = _options(answer)
    name = ANSWER if code in options or (code != CANNOT and answer is not None) else CANNOT
    return name, _fields(seen, _declared(seen, name, "claim"), values, code)


def _claims(seen: Seen) -> dict[str, str]:
    """Words → codes of what may be claimed: options of the answer, and "cannot" where that is an action."""
    codes = list(_options(seen.procedure.action(ANSWER)))
    if seen.procedure.action(CANNOT) is not None:
        codes.append(CANNOT)
    return {seen.procedure.word(f"value.{code}"): code for code in codes}


def _options(action: Action | None) -> list[str]:
    kind, _sep, options = (
        (action.fields.get("claim", "") if action is not None else "").rstrip("?").partition(":")
    )
    return options.split("|") if kind == "code" and options else []


def _declared(seen: Seen, name: str, column: str) -> Action:
    action = seen.procedure.action(name)
    if action is None:
        raise Wrong(column, _("“%(title)s”没有这一步") % {"title": seen.procedure.title}, _("请在工作台上办"))
    return action


def _report_in(action: Action, values: Mapping[str, Any]) -> dict[str, Any]:
    kinds = {name: declared.rstrip("?") for name, declared in action.fields.items()}
    field_name = next((name for name, kind in kinds.items() if kind == "datetime"), "")
    if "arrives" not in values:
        return {}
    if not field_name:
        raise Wrong("arrives", _("这类事收到时不填到场时间"), _("请去掉这一格"))
    return {field_name: values["arrives"].at.isoformat()}


def _fields(seen: Seen, action: Action, values: Mapping[str, Any], claim: str) -> dict[str, Any]:
    """The fields of an action from the columns, by their types: what was typed and finds no place is a fault."""
    found: dict[str, Any] = {}
    texts = [values[name] for name in TEXTS[action.name] if name in values]
    kinds = {name: declared.rstrip("?").partition(":")[0] for name, declared in action.fields.items()}
    needed = sorted(
        (n for n, k in kinds.items() if k in {"text", "longtext"}),
        key=lambda n: (action.fields[n].endswith("?"), n),
    )
    for name, text in zip(needed, texts, strict=False):
        found[name] = text
    if len(texts) > len(needed):
        raise Wrong("reason", _("这一步放不下两段话"), _("办理结果和理由只填一格"))
    for name, kind in kinds.items():
        if name == "claim" and kind == "code":
            found[name] = claim
        elif kind == "duty_item" and "duty_item" in values:
            found[name] = values["duty_item"]
        elif kind == "next_step" and "next_step" in values:
            found[name] = _next_step(seen, values["next_step"])
    for column, kind in (("duty_item", "duty_item"), ("next_step", "next_step")):
        if column in values and kind not in kinds.values():
            raise Wrong(column, _("这一步没有这一项"), _("请去掉这一格"))
    return found


def _next_step(seen: Seen, typed: str) -> str:
    able = {step.title: step.name for step in seen.procedure.next_steps if step.verified}
    if typed in able.values():
        return typed
    if typed not in able:
        raise Wrong("next_step", _("没有这个下一步"), _("可以填：%(words)s") % {"words": "、".join(able)})
    return able[typed]


def _meanwhile(seen: Seen, leg: Leg, entry: Entry, own: set[str]) -> list[dict[str, str]]:
    """What happened to this leg, or to the whole matter, after the sheet was made, but for what this row did itself and what the clock
    told superiors. Another leg's progress is none of it."""
    return [
        _line(seen, fact)
        for fact in seen.facts
        if fact.id > entry.position and _moves_it(fact, leg) and fact.command not in own
    ]


def _moves_it(fact: Recorded, leg: Leg) -> bool:
    by_clock = fact.kind == "matter.acted" and not fact.person and not fact.post
    return isinstance(fact.data, Step) and fact.about in {"", leg.about} and not by_clock


def _line(seen: Seen, fact: Recorded) -> dict[str, str]:
    name, action = names_of(fact)
    declared = seen.procedure.action(action)
    return {
        "fact": name,
        "title": declared.title if declared else name,
        "at": stamp(fact.happened),
        "post": fact.post,
    }


def _try(by: Act, seen: Seen, leg: Leg, made: Plan) -> None:
    """All actions one after the other on a copy of the state: what the verb would say, said before."""
    state = seen.state
    for move in made.moves:
        if move.known:
            continue
        subject = subject_of(state)
        try:
            if not allowed(by, f"{state.procedure}.{move.action}", subject):
                raise Refused.of(
                    "", _("您的岗位不能“%(title)s”") % {"title": move.title}, _("请由有权限的岗位上传")
                )
            state = decide(
                seen.procedure,
                state,
                move.action,
                actor_of(by, "", subject),
                fields=move.fields,
                happened=max(by.noted, state.last),
                calendar=current_calendar(),
                leg=leg.n,
            ).state
        except Conflict as conflict:
            made.faults.extend(faults_of(made.entry, conflict))
            return
        except Problem as problem:
            made.faults.extend(faults_of(made.entry, problem))
            return
