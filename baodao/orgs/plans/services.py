"""Every write of plans. A draft is kept; confirming it writes all changes as dated rows in one command."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import asdict, replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Conflict, Fault, Invalid, Missing
from baodao.kernel.verbs import Tx, verb
from baodao.orgs.services.trees import locked

from . import facts, selectors
from .applying import apply, sorted_out, undo
from .lines import Asked, Line, Scene, expand, twice
from .models import OrgPlan, OrgPlanLine
from .selectors import subject_of

#: Changes of one plan.
MOST = 5000


class Drafted(Struct):
    """Where a draft stands: its version (hand it back with the next change) and its number of changes."""

    version: int
    lines: int


@verb("plan.draft")
def draft_plan(tx: Tx, by: Act, *, org: str, title: str, day: date) -> str:
    """Begin a plan in the name of an organization for a day to come. Gives its code. Raises Invalid."""
    tx.ask("plan.draft", subject_of(org))
    trees = locked()
    found = [
        Fault("org", _("没有这个组织"), _("请从组织目录里选")) if org not in trees else None,
        Fault("title", _("要有 2 到 80 个字")) if not 2 <= len(title.strip()) <= 80 else None,
        _late(day, by),
    ]
    if faults := [fault for fault in found if fault is not None]:
        raise Invalid(*faults)
    code = f"pl-{tx.number('plan'):06}"
    tx.insert(
        OrgPlan,
        code=code,
        org_id=org,
        title=title.strip(),
        day=day,
        state="draft",
        version=1,
        origin=by.origin,
    )
    return code


@verb("plan.add")
def add_lines(tx: Tx, by: Act, *, code: str, rows: list[Asked], version: int = 0) -> Drafted:
    """Add changes to a draft. ``version``: the one that the page showed (0: whichever). Raises Invalid with all faults by
    place (``rows[3].org``), Conflict when somebody changed the draft meanwhile."""
    plan = _draft(tx, "plan.add", code, version)
    before = selectors.lines_of(code)
    trees = locked()
    fresh = frozenset(line.org for _n, line in before if line.kind == "found")
    scene = Scene(trees, plan.day, lambda orgs: selectors.held_at(orgs, plan.day), fresh)
    found = [line for lines in expand(rows, scene) for line in lines]
    if not found or len(before) + len(found) > MOST:
        raise Invalid.of("rows", _("一个计划要有 1 到 %(most)d 项调整") % {"most": MOST}, _("请分成几个计划"))
    merged = [line for _n, line in before] + found
    if again := twice(merged):
        _number, line = again[0]
        raise Conflict.of(
            "rows", _("%(code)s 在计划里已经有一项调整") % {"code": line.post or line.org}, _("先去掉那一项")
        )
    last = max((n for n, _line in before), default=0)
    for number, line in enumerate(found, last + 1):
        named = replace(line, post=f"{code}-{number:04}") if line.kind == "begin" else line
        tx.insert(OrgPlanLine, plan_id=code, n=number, **asdict(named))
    version = _put(tx, plan, version=plan.version + 1).version
    return Drafted(version, len(merged))


@verb("plan.remove")
def remove_lines(tx: Tx, by: Act, *, code: str, numbers: list[int], version: int = 0) -> Drafted:
    """Take changes out of a draft."""
    plan = _draft(tx, "plan.remove", code, version)
    held = {n for n, _line in selectors.lines_of(code)}
    gone = sorted(held & set(numbers))
    if not gone:
        raise Conflict.of("numbers", _("这几项已经不在计划里"), _("请刷新页面"))
    for number in gone:
        tx.delete(OrgPlanLine, plan_id=code, n=number)
    return Drafted(_put(tx, plan, version=plan.version + 1).version, len(held) - len(gone))


@verb("plan.confirm")
def confirm_plan(tx: Tx, by: Act, *, code: str, version: int = 0) -> int:
    """All changes hold from the plan's day on. Asks each right that the single changes ask as well. Gives how many.

    :raises Invalid: what cannot be, by line (``lines[7]``); nothing is written.
    :raises Conflict: another plan or a later change touches the same; the one confirming would appoint herself.
    """
    plan = _draft(tx, "plan.confirm", code, version)
    if fault := _late(plan.day, by):
        raise Conflict(fault)
    lines = selectors.lines_of(code)
    if not lines:
        raise Invalid.of("", _("计划里还没有调整"), _("先加上，再确认"))
    if any(line.kind == "begin" and by.person and line.person == by.person for _n, line in lines):
        raise Conflict.of("", _("计划里有您自己的任命，要由另一个人来确认"), _("请另一位管理员确认"))
    trees = locked()
    _refuse_clashes(code, lines, timezone.localdate(by.happened))
    # The command carries the plan as its batch: so what it recorded is found when it is undone.
    tx.by = replace(by, batch=code)
    changes = sorted_out(lines)
    apply(tx, changes, plan.day, trees)
    _put(tx, plan, state="confirmed", version=plan.version + 1)
    counts = {name: len(part) for name, part in asdict(changes).items()}
    data = facts.Confirmed(day=plan.day.isoformat(), **counts)
    tx.fact(data, subject=f"plan:{code}", org=str(plan.org_id), level=1, texts={"title": plan.title})
    return len(lines)


@verb("plan.undo")
def undo_plan(tx: Tx, by: Act, *, code: str) -> int:
    """Take a confirmed plan back before its day: what it recorded is void, rows are as before. Gives how many facts.

    :raises Conflict: its day has come, or something was built on it since.
    """
    plan = _plan(code)
    tx.ask("plan.undo", subject_of(str(plan.org_id), code))
    trees = locked()
    plan = _plan(code)
    if plan.state != "confirmed":
        raise Conflict.of("", _("这个计划没有在等着生效"), _("请刷新页面"))
    if plan.day <= timezone.localdate(by.happened):
        raise Conflict.of(
            "", _("%(day)s 已经生效，撤不回了") % {"day": plan.day}, _("要改，请另拟一个调整计划")
        )
    done = undo(tx, code, trees)
    _put(tx, plan, state="undone", version=plan.version + 1)
    tx.fact(facts.Undone(changes=done), subject=f"plan:{code}", org=str(plan.org_id), level=1)
    return done


@verb("plan.drop")
def drop_plan(tx: Tx, by: Act, *, code: str) -> str:
    """A draft that nobody wants. Nothing was recorded."""
    plan = _draft(tx, "plan.drop", code, 0)
    _put(tx, plan, state="dropped", version=plan.version + 1)
    return code


# ── shared steps ────────────────────────────────────────────────────────────────────────────────────────


def _plan(code: str) -> OrgPlan:
    row = OrgPlan.objects.filter(code=code).first()
    if row is None:
        raise Missing.of("code", _("没有这个计划"), _("请从列表里选"))
    return row


def _draft(tx: Tx, right: str, code: str, version: int) -> OrgPlan:
    """The draft, after asking; nobody else changes plans until commit. Raises Missing, Refused, Conflict."""
    plan = _plan(code)
    tx.ask(right, subject_of(str(plan.org_id), code))
    locked()
    plan = _plan(code)
    if plan.state != "draft":
        raise Conflict.of("", _("这个计划已经不是草稿"), _("请刷新页面"))
    if version and version != plan.version:
        raise Conflict.of("version", _("别人刚刚改过这个计划"), _("请看最新的，再决定怎么改"))
    return plan


def _put(tx: Tx, plan: OrgPlan, **changed: Any) -> OrgPlan:
    columns = {
        field.attname: getattr(plan, field.attname) for field in OrgPlan._meta.concrete_fields
    } | changed
    tx.upsert(OrgPlan, ("code",), **columns)
    return OrgPlan(**columns)


def _late(day: date, by: Act) -> Fault | None:
    if day > timezone.localdate(by.happened):
        return None
    return Fault("day", _("生效日要在今天以后"), _("到那天以前随时可以撤回"))


def _refuse_clashes(code: str, lines: Sequence[tuple[int, Line]], today: date) -> None:
    found = selectors.clashes(code, lines, today)
    if found:
        raise Conflict(
            *(
                Fault(
                    f"lines[{one.line}]",
                    _("第 %(n)d 项：计划 %(plan)s“%(title)s”%(day)s 也要动它")
                    % {"n": one.line, "plan": one.plan, "title": one.title, "day": one.day},
                    _("先撤回那个计划，或从这里去掉"),
                )
                for one in found[:50]
            )
        )
