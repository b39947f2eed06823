"""What `pack check` says of fields that hold rows: that what they ask for is declared, and that a cell's name fits the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from baodao.kernel.declare import Pack, Report, register_section

from .declare import Procedure
from .references import Key, Scope
from .rows import PLAN, REACHED, SCORES, TABLE, kind_of

#: A text is kept under at most so many characters (ledger `content.slot`).
SLOT_MAX = 40


def check_rows(scope: Scope) -> None:
    """All actions and tables of one procedure."""
    procedure = scope.procedure
    plans = any(kind_of(kind)[0] == PLAN for action in procedure.actions for kind in action.fields.values())
    for action in procedure.actions:
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


def _texts(procedure: Procedure, kind: str, wanted: str) -> Iterator[str]:
    if kind == PLAN:
        yield "title"
    for table in procedure.tables:
        if kind == TABLE and table.name == wanted:
            yield from (column.name for column in table.columns if column.kind == "text")


def check_all(pack: Pack, report: Report) -> None:
    """All procedures of a pack; runs whenever one is read, as `references.check_references` does."""
    for name, procedure in pack.many(Procedure).items():
        check_rows(Scope(pack, report, name, procedure))


register_section("procedure", Procedure, check=check_all)
