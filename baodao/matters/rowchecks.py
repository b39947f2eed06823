"""What `pack check` says of fields that hold rows (what they ask for is declared, a cell's name fits the ledger), of bounds
between fields, and of what is waited for though nothing brings it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from baodao.kernel.declare import Pack, Report, register_section
from baodao.ledger.registry import kinds

from .bounds import kind_at
from .declare import Action, Procedure
from .references import Key, Scope
from .rows import PLAN, REACHED, SCORES, TABLE, kind_of

#: Kinds of fields in which nobody can write words.
SHOWN = ("int", "money", "date", "code", "bool", "org", "score")
#: A text is kept under at most so many characters (ledger `content.slot`).
SLOT_MAX = 40


def check_rows(scope: Scope) -> None:
    """All actions and tables of one procedure."""
    procedure = scope.procedure
    plans = any(kind_of(kind)[0] == PLAN for action in procedure.actions for kind in action.fields.values())
    for action in procedure.actions:
        _shows(scope, action)
        for name, declared in action.fields.items():
            kind, wanted = kind_of(declared)
            here: Key = ("action", action.name, "fields", name)
            known = {
                TABLE: [row.name for row in procedure.tables],
                SCORES: [row.name for row in procedure.score_sheets],
            }
            if kind in known and wanted not in known[kind]:
                scope.unknown(here, _("表"), wanted, known[kind])
            if kind == REACHED and not plans:
                scope.fault(
                    here,
                    _("没有节点计划可以选"),
                    _('在前面的一个动作里加一项 plan = "milestones"。'),
                    "field",
                )
            for cell in _texts(procedure, kind, wanted):
                if len(f"{name}.99.{cell}") > SLOT_MAX:
                    scope.fault(
                        here,
                        _("名字太长：%(name)s") % {"name": f"{name} + {cell}"},
                        _("把字段或列的名字改短。"),
                        "size",
                    )
    for table in procedure.tables:
        if not table.columns:
            remedy = _("声明至少一个 [[procedure.%(name)s.%(table)s]]。") % {
                "name": scope.name,
                "table": "table.column",
            }
            scope.fault(("table", table.name), _("表里没有列"), remedy, "field")
    for sheet in procedure.score_sheets:
        if not sheet.items:
            remedy = _("声明至少一个 [[procedure.%(name)s.%(table)s]]。") % {
                "name": scope.name,
                "table": "score_sheet.item",
            }
            scope.fault(("score_sheet", sheet.name), _("评分表里没有项目"), remedy, "field")


def _shows(scope: Scope, action: Action) -> None:
    """What an act shows to all are fields of its own in which nobody can write anything."""
    for name in action.shows:
        kind = action.fields.get(name, "").rstrip("?").partition(":")[0]
        if kind not in SHOWN:
            reason = _("不能公开给所有人看：%(name)s") % {"name": name}
            remedy = _("只能公开这个动作里的：%(kinds)s") % {"kinds": "、".join(SHOWN)}
            scope.fault(("action", action.name, "shows"), reason, remedy, "field")
    if action.shows and not any(one.releases for one in scope.procedure.actions):
        reason, remedy = _("没有公开标题的动作，没有人看得到"), _("声明一个 releases = true 的动作。")
        scope.fault(("action", action.name, "shows"), reason, remedy, "field")


def _texts(procedure: Procedure, kind: str, wanted: str) -> Iterator[str]:
    if kind == PLAN:
        yield "title"
    for table in procedure.tables:
        if kind == TABLE and table.name == wanted:
            yield from (column.name for column in table.columns if column.kind == "text")


def check_bounds(scope: Scope, action: Action) -> None:
    """A bound names fields that there are: dates beside dates, numbers beside numbers or a number."""
    for place, bound in enumerate(action.bounds):
        here: Key = ("action", action.name, "bounds", place)
        wanted: tuple[str, ...] = ("int", "money", "score")
        dated = bound.beside and kind_at(scope.procedure, action, bound.field) == "date"
        if bound.earliest or bound.latest or dated:
            wanted = ("date",)
        for key, refs in (("field", (bound.field,)), ("plus", bound.plus), ("most", (bound.beside,))):
            for ref in filter(None, refs):
                if kind_at(scope.procedure, action, ref) not in wanted:
                    known = [
                        name for name in action.fields if kind_at(scope.procedure, action, name) in wanted
                    ]
                    what = _("日期字段") if wanted == ("date",) else _("数字字段")
                    shown = "least" if key == "most" and bound.least is not None else key
                    scope.unknown((*here, shown), what, ref, known)


def check_brought(scope: Scope) -> None:
    """What a stage or a guard waits for can come: a fact that some app records and an act that takes it up, a scope in which
    somebody is called."""
    every = scope.procedure.actions
    lapses = {clock.lapse for clock in scope.procedure.clocks}
    called = {effect.scope for action in every for effect in action.then if effect.scope}
    called |= {action.sets["scope"] for action in every if "scope" in action.sets}
    for action in every:
        goto = next((effect.goto for effect in action.then if effect.goto), scope.procedure.first)
        taken = [
            one for one in every if "system" in one.who and one.name not in lapses and goto in one.froms()
        ]
        for place, effect in enumerate(action.then):
            here: Key = ("action", action.name, "then", place, "await")
            if effect.await_ and effect.await_ not in (known := [kind.name for kind in kinds()]):
                scope.unknown(here, _("事实"), effect.await_, known)
            elif effect.await_ and not taken:
                reason = _("等到了也没有动作接着走：%(fact)s") % {"fact": effect.await_}
                scope.fault(here, reason, _('在这个阶段加一个 who = ["system"] 的动作。'), "waits")
        for place, guard in enumerate(action.when):
            for wrong in set(guard.scopes or ()) - called:
                scope.unknown(("action", action.name, "when", place, "scopes"), _("承办范围"), wrong, called)


def check_all(pack: Pack, report: Report) -> None:
    """All procedures of a pack; runs whenever one is read, as `references.check_references` does."""
    for name, procedure in pack.many(Procedure).items():
        scope = Scope(pack, report, name, procedure)
        check_rows(scope)
        check_brought(scope)
        for action in procedure.actions:
            check_bounds(scope, action)


register_section("procedure", Procedure, check=check_all)
