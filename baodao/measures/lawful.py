"""What the compiler refuses, each with field, reason and remedy: the purpose lock and the bans of the limits.

Persons are never measured; facts recorded to help people feed no measure; traces of the use of the app are no evidence
of work; how much is reported or found is volume, never a merit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from baodao.ledger.registry import kind_named, kinds
from baodao.matters.declare import Procedure

from .shapes import fields, shape

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

    from .declare import Condition, Measure, Part

#: Facts recorded to help people, or that few may know: purpose lock.
LOCKED = (
    "visit.", "mediation.", "occasion.", "help.", "household.", "clue.", "reminder.", "family.", "health.", "party.",
)  # fmt: skip
#: Traces of the use of the app, and of who is who.
USE = ("notify.", "people.", "access.", "session.", "sign_in.", "search.", "api.", "kernel.", "ledger.")
#: Facts that say that something was reported or found.
REPORTED = ("matter.opened", "matter.leg_called")
#: Columns and fields that name one person, or the post of one.
PERSONAL = {"person", "post", "reporter", "named", "to_post", "holder_person", "caller_post", "held"}
#: Numbers that count people.
PEOPLE = {"people", "persons", "found", "headcount", "heads", "present", "attendance"}
#: Units of the column `value` that are people, or marks that people gave.
PEOPLE_UNITS = {"heads", "persons", "star", "stars"}
GROUPS = ("stage", "role", "month", "holder", "procedure")
#: Facts whose value is never shown singly.
CONFIDENTIAL = ("matter.rated",)
RATES = ("share", "ratio")


def check(pack: Pack, report: Report) -> None:
    """Every measure of the pack."""
    from .declare import Measure

    names = set(pack.many(Measure))
    sealed = {name for name, one in pack.many(Procedure).items() if one.sealed}
    for name, measure in pack.many(Measure).items():
        for path, reason, remedy in (*faults(measure), *over_sealed(measure, sealed)):
            report.add(("measure", name, *path), reason, remedy, code="measure")
        for other in measure.with_:
            if other not in names:
                report.unknown(("measure", name, "with"), _("指标"), other, names)
        _declared(pack, report, name, measure)
        if pack.owns("measure", name) and not any(
            one.field.startswith("procedure.") for one in report.faults
        ):
            _named(pack, report, name, measure)


def _named(pack: Pack, report: Report, name: str, measure: Measure) -> None:
    """Procedures and clocks that a condition names are declared: a wrong one would count nothing, and say nothing."""
    procedures = pack.many(Procedure)
    clocks = {clock.name for one in procedures.values() for clock in one.clocks}
    for path, condition in _all_conditions(measure) if measure.fact.startswith("matter.") else ():
        head, _dot, rest = condition.field.partition(".")
        if head == "procedure":
            for wrong in {*condition.is_, *condition.not_} - set(procedures):
                report.unknown(("measure", name, *path), _("程序"), wrong, procedures)
        clock = rest.partition(".")[0]
        if head == "clocks" and clock not in clocks:
            report.unknown(("measure", name, *path, "field"), _("时限"), clock, clocks)


def _declared(pack: Pack, report: Report, name: str, measure: Measure) -> None:
    """What a sum adds up is a whole number that the opening asks for, or a load that a procedure declares."""
    from baodao.matters.declare import Procedure

    head, _dot, field = measure.value.partition(".")
    procedures = pack.many(Procedure)
    if measure.kind != "sum" or not field:
        return
    if head == "fields" and (chosen := procedures_of(measure)):
        opens = procedures[chosen[0]].action("open") if chosen[0] in procedures else None
        held = {key: one.rstrip("?") for key, one in (opens.fields if opens else {}).items()}
        numbers = [key for key, one in held.items() if one in ("int", "money")]
        if field not in numbers:
            report.unknown(("measure", name, "value"), _("整数"), field, numbers)
    elif measure.fact == "matter.leg_called" and head == "asks":
        loads = {load.name for one in procedures.values() for load in one.loads}
        if field not in loads:
            report.unknown(("measure", name, "value"), _("要花的"), field, loads)


Finding = tuple[tuple[str | int, ...], str, str]


def faults(measure: Measure) -> Iterator[Finding]:
    """All that is wrong with one declaration: (key path, reason, remedy)."""
    banned = list(_kind(measure))
    yield from banned
    yield from _groups(measure)
    yield from _volume(measure)
    if not banned:
        yield from _sum(measure)
        yield from _parts(measure)
        yield from _value(measure)


def over_sealed(measure: Measure, sealed: Collection[str]) -> Iterator[Finding]:
    """A measure that speaks of a sealed procedure. (One that does not never sees it: `compile` leaves out facts of level 3.)"""
    for path, condition in _all_conditions(measure):
        if found := {*condition.is_, *condition.not_} & set(sealed):
            yield (
                (*path, "is"),
                _("“%(name)s”是密封的卡片，不能算进任何指标") % {"name": sorted(found)[0]},
                _("去掉这个条件；卡片只由点名的人看，只有全区合计。"),
            )


def _all_conditions(measure: Measure) -> Iterator[tuple[tuple[str | int, ...], Condition]]:
    """(key path, condition) of the measure and its parts."""
    where: dict[tuple[str, ...], tuple[Condition, ...]] = {("where",): measure.where}
    parts = {"denominator": measure.denominator, "numerator": measure.numerator, **measure.beside}
    where |= {(name, "where"): part.where for name, part in parts.items() if part is not None}
    for path, conditions in where.items():
        for place, condition in enumerate(conditions):
            yield (*path, place), condition


def _kind(measure: Measure) -> Iterator[Finding]:
    fact = measure.fact
    if fact.startswith(LOCKED):
        yield (
            ("fact",),
            _("为帮助人而记下的事实不能用来算指标（目的锁）"),
            _("改用办件的结算事实，例如 matter.settled；走访、调解、喜忧事和线索只用于办事。"),
        )
    elif fact.startswith(USE):
        yield (
            ("fact",),
            _("使用软件的痕迹和个人资料不能当作工作实绩"),
            _("改用办件的结算事实，例如 matter.settled。"),
        )
    elif fact not in {kind.name for kind in kinds()}:
        from baodao.kernel.declare.report import suggest

        _near, remedy = suggest(
            fact, {kind.name for kind in kinds() if not kind.name.startswith((*USE, "test."))}
        )
        yield ("fact",), _("没有叫 %(name)s 的事实") % {"name": fact}, remedy


def _groups(measure: Measure) -> Iterator[Finding]:
    for group in measure.groups:
        if group in PERSONAL:
            yield (
                ("groups",),
                _("不能按个人或个人的岗位分组"),
                _("指标只量单位：去掉 %(group)s；要看谁手上花的时间，用 holder，它按经手的单位合计。")
                % {"group": group},
            )
        elif group not in GROUPS:
            from baodao.kernel.declare.report import suggest

            yield ("groups",), _("不能按 %(name)s 分组") % {"name": group}, suggest(group, GROUPS)[1]
    if measure.fact in CONFIDENTIAL and measure.groups:
        yield ("groups",), _("打星只按单位和整月合计，不能再分组"), _("去掉 groups。")


def _sum(measure: Measure) -> Iterator[Finding]:
    """A sum says how much; it may be ranked only over what an organization asked of others, least first."""
    if measure.of == "caller" and shape(measure.fact, "caller") != "text":
        yield ("of",), _("这种事实里没有是谁要的"), _("去掉 of，或改用 matter.leg_called。")
    if measure.kind != "sum":
        if measure.scale != 1:
            yield ("scale",), _("scale 只用于 sum"), _("去掉 scale。")
        return
    if measure.fact in CONFIDENTIAL:
        yield ("kind",), _("打星不能相加"), _("满意度用 mean。")
    people = measure.value == "value" and kind_named(measure.fact).unit in PEOPLE_UNITS
    if people or shape(measure.fact, "present") == "int":
        yield ("value",), _("指标不能数发现了多少人、来了多少人"), _("数场次用 count。")
    if asked_of_others(measure):
        if measure.direction != "down":
            yield ("direction",), _("向别人要得多不是成绩"), _('写 direction = "down"。')
        if measure.volume:
            yield ("volume",), _("工作量不能排名"), _("去掉 volume，或去掉 ranked。")
    elif measure.ranked:
        yield (
            ("ranked",),
            _("合计是工作量：谁被要得多、花得多，不能拿来排单位"),
            _('去掉 ranked；能排的只有向别人要了多少，写 of = "caller"。'),
        )
    elif not measure.volume:
        yield ("volume",), _("合计只说有多少，没有好坏"), _("写 volume = true，并去掉 direction。")


def asked_of_others(measure: Measure) -> bool:
    """A ranked sum of what organizations asked of others: the asking ones stand in it, never those asked."""
    return measure.kind == "sum" and measure.of == "caller" and measure.ranked


def _volume(measure: Measure) -> Iterator[Finding]:
    if asked_of_others(measure):
        return
    if measure.fact in REPORTED and not measure.volume:
        yield (
            ("volume",),
            _("反映了多少、叫了多少只是工作量，不能当成绩"),
            _("写 volume = true，并去掉 ranked 和 direction。"),
        )
    if measure.volume and measure.ranked:
        yield ("ranked",), _("工作量不能排名"), _("写 ranked = false；要比好坏，另立一个办得怎样的指标。")
    if measure.volume and measure.direction != "none":
        yield ("direction",), _("工作量没有好坏"), _('写 direction = "none"。')
    if measure.ranked and not measure.volume and measure.direction == "none":
        yield ("direction",), _("要排名，先要说清哪边是好"), _('写 direction = "up" 或 "down"。')
    if (measure.ranked or measure.fact in CONFIDENTIAL) and measure.least < 10:
        yield ("least",), _("样本不到 10 的不能排名，打星也不能显示"), _("写 least = 10 或更大。")
    if measure.ranked and measure.kind == "count":
        yield ("ranked",), _("只数个数的指标不能排名"), _("改成 share，说清分子和分母。")


def _parts(measure: Measure) -> Iterator[Finding]:
    if (measure.kind in RATES) != (measure.numerator is not None):
        yield ("numerator",), _("share 和 ratio 要有分子，别的不能有"), _("补上或去掉 numerator。")
    yield from _conditions(measure, measure.where, ())
    yield from _part(measure, measure.denominator, ("denominator",))
    if measure.numerator is not None:
        yield from _part(measure, measure.numerator, ("numerator",))
    for name, part in measure.beside.items():
        yield from _part(measure, part, ("beside", name))


def _part(measure: Measure, part: Part, path: tuple[str, ...]) -> Iterator[Finding]:
    yield from _conditions(measure, part.where, path)


def _conditions(measure: Measure, where: tuple[Condition, ...], path: tuple[str, ...]) -> Iterator[Finding]:
    for place, condition in enumerate(where):
        at: tuple[str | int, ...] = (*path, "where", place)
        found = _field(measure.fact, condition.field)
        if found is not None:
            yield (*at, "field"), *found
            continue
        if condition == type(condition)(field=condition.field):
            yield at, _("这个条件什么也没有说"), _("写 is、not、yes、given、least、most 或 until 之一。")
        for wrong in _fits(measure.fact, condition):
            yield at, wrong, _("看看这一项在事实里是什么类型。")


def _field(fact: str, path: str) -> tuple[str, str] | None:
    """(reason, remedy) when a field may not be named."""
    head = path.partition(".")[0]
    if head in PERSONAL:
        return _("指标不能看是谁"), _("去掉这个条件；指标只量单位。")
    if path.rpartition(".")[2] in PEOPLE:
        return _("指标不能数发现了多少人、来了多少人"), _("去掉这个条件；办得怎样才是指标。")
    if shape(fact, path) is None:
        from baodao.kernel.declare.report import suggest

        return _("%(fact)s 里没有 %(name)s") % {"fact": fact, "name": path}, suggest(head, fields(fact))[1]
    return None


def _fits(fact: str, condition: Condition) -> Iterator[str]:
    held: Any = shape(fact, condition.field)
    if (condition.is_ or condition.not_) and held not in ("text", "any"):
        yield _("is 和 not 只用于词")
    if condition.yes is not None and held not in ("bool", "any"):
        yield _("yes 只用于是或否")
    if (condition.least is not None or condition.most is not None) and held not in ("int", "any"):
        yield _("least 和 most 只用于数")
    if condition.until and (
        held != "int" or shape(fact, condition.until) != "text" or kind_named(fact).unit != "second"
    ):
        yield _("until 比较的是从 start 起的秒数和同一条事实里的时刻")


def _value(measure: Measure) -> Iterator[Finding]:
    counted = measure.kind in ("sum", "mean", "percentile")
    if counted != bool(measure.value):
        yield ("value",), _("sum、mean 和 percentile 要写 value，别的不能写"), _('例如 value = "worked_2"。')
        return
    if (measure.kind == "percentile") != bool(measure.percent):
        yield ("percent",), _("percentile 要写 percent，别的不能写"), _("例如 percent = [50, 90]。")
    if "holder" in measure.groups and (measure.kind != "percentile" or shape(measure.fact, "held") is None):
        yield ("groups",), _("按 holder 分组只用于时长的百分位"), _("去掉 holder。")
    if not counted:
        return
    exact = measure.kind != "sum" and shape(measure.fact, f"{measure.value}_2") == "int"
    if measure.value == "value" and not exact:
        return
    found = _field(measure.fact, measure.value)
    held = shape(measure.fact, measure.value)
    if exact:
        yield (
            ("value",),
            _("时长的百分位用取两位有效数字的那一项，才能合并、才能重算"),
            _("改成 %(name)s_2。") % {"name": measure.value},
        )
    elif found is not None:
        yield ("value",), *found
    elif held == "any" and measure.kind == "sum":
        yield from _typed(measure)
    elif held != "int":
        yield ("value",), _("%(name)s 不是数") % {"name": measure.value}, _("换成整数的一项。")
    elif measure.kind == "sum" and measure.value.endswith("_2"):
        yield ("value",), _("取了两位有效数字的不能相加"), _("去掉末尾的 _2，用原数。")


def _typed(measure: Measure) -> Iterator[Finding]:
    """A field that people fill in: of the opening of one procedure, so that it is known what it holds (`check` looks it up)."""
    if measure.fact != "matter.opened" or len(procedures_of(measure)) != 1:
        yield (
            ("value",),
            _("表单里的数要说清是哪一种事的"),
            _('用 matter.opened，并在 where 里写 { field = "procedure", is = ["一种事"] }。'),
        )


def procedures_of(measure: Measure) -> tuple[str, ...]:
    """Procedures to which a measure confines itself; () for all."""
    where = (*measure.where, *measure.denominator.where)
    return next((one.is_ for one in where if one.field == "procedure" and one.is_), ())
