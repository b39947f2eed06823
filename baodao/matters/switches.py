"""The pack section ``switch``: what is off until a district decides otherwise, and says by whose decision and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from msgspec import Meta, Struct

from baodao.kernel.declare.sections import register_section
from baodao.kernel.errors import Missing
from baodao.orgs.declare import PostKind
from baodao.orgs.powers.declare import Second
from baodao.orgs.rights import matches

from .terms import Name, Source

if TYPE_CHECKING:
    from baodao.kernel.declare.load import Pack
    from baodao.kernel.declare.report import Report

    from .declare import Action, Procedure

Words = Annotated[str, Meta(min_length=2, max_length=200)]


class Switch(Struct, frozen=True, forbid_unknown_fields=True):
    """`[switch.<procedure>]`: on which legal ``basis``, by whose approval, from when to when; ``keepers``: the kinds of post that a
    sealed matter names as its first readers. At most two years: after ``until`` somebody decides again; what was opened
    goes on to its end."""

    basis: Words
    approver: Words
    since: date
    until: date
    keepers: tuple[Name, ...] = ()
    basis_en: str = ""
    approver_en: str = ""
    source: Source = "assumed"

    def __post_init__(self) -> None:
        if not self.since <= self.until:
            raise ValueError("until lies before since")
        if (self.until - self.since).days > 731:
            raise ValueError("a procedure is switched on for two years at most")


def switch_of(pack: Pack, name: str, day: date) -> Switch | None:
    """The switch that holds for a procedure on a day; None while it is off."""
    found = pack.many(Switch).get(name)
    return found if found is not None and found.since <= day <= found.until else None


def check_on(pack: Pack, name: str, day: date) -> Switch:
    """Raises Missing, in words for something that is not there, while the procedure is off."""
    found = switch_of(pack, name, day)
    if found is None:
        raise Missing.of("procedure", _("这里没有开通这种事"), _("开通要写明依据、批准和期限"))
    return found


def check_switches(pack: Pack, report: Report) -> None:
    """A switch is one of a procedure that wants one, and names posts that there are; a sealed procedure keeps its rules."""
    from .declare import Procedure

    _check_sealed(pack, report)
    procedures, posts = pack.many(Procedure), pack.many(PostKind)
    wanted = [name for name, procedure in procedures.items() if procedure.switched]
    for name, switch in pack.many(Switch).items():
        if name not in wanted:
            report.unknown(("switch", name), _("要开关的程序"), name, wanted)
            continue
        for wrong in set(switch.keepers) - set(posts):
            report.unknown(("switch", name, "keepers"), _("岗位"), wrong, posts)
        if procedures[name].sealed != bool(switch.keepers):
            reason = _("密封的程序要写由哪些岗位先看，别的程序不写")
            report.add(
                ("switch", name, "keepers"), reason, _('例如 keepers = ["card_keeper"]。'), code="switch"
            )


#: What may be typed into a sealed matter; ``unit`` alone is an organization, ``reader`` alone a post.
TYPED = ("text", "longtext", "code", "date", "int", "bool")
_SLOT = re.compile(r"\{([^{}]*)\}")


def _check_sealed(pack: Pack, report: Report) -> None:
    from .declare import Procedure

    procedures = pack.many(Procedure)
    sealed = {name for name, procedure in procedures.items() if procedure.sealed}
    for name in sealed:
        for path, reason, remedy in sealed_faults(procedures[name]):
            report.add(("procedure", name, *path), reason, remedy, code="sealed")
    for name, procedure in procedures.items():
        named = {effect.open or effect.change for action in procedure.actions for effect in action.then}
        for wrong in sorted((named | set(procedure.about)) & sealed - {None}, key=str):
            reason = _("密封的“%(name)s”不能由别的事引起，也不能挂着别的事") % {"name": wrong}
            report.add(("procedure", name), reason, _("去掉 open、change 或 about。"), code="sealed")
    for code, second in pack.many(Second).items():
        if any(
            matches(second.right, f"{name}.open") or second.right.startswith(f"{name}.") for name in sealed
        ):
            reason = _("密封的事不能等第二个人：等着的话要存下来，就不密封了")
            report.add(("second", code, "right"), reason, _("换一项权限。"), code="sealed")


def sealed_faults(procedure: Procedure) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """All that a sealed procedure may not have, or lacks: (key path, reason, remedy)."""
    if procedure.level != 3 or procedure.measured or not procedure.switched or procedure.public_space:
        yield (
            ("sealed",),
            _("密封的程序是第 3 级，不进统计，要有开关"),
            _("写 level = 3、measured = false、switched = true。"),
        )
    parts = (
        procedure.kinds,
        procedure.papers,
        procedure.figures,
        procedure.checklists,
        procedure.about,
        procedure.pauses,
    )
    calls = any(
        effect.call or effect.open or effect.tell for action in procedure.actions for effect in action.then
    )
    if any(parts) or calls or any(action.on == "leg" for action in procedure.actions):
        yield (
            ("sealed",),
            _("密封的程序没有类别、文书、清单、承办单位和通知"),
            _("只写阶段、时限和点名的人的动作。"),
        )
    adds = [action for action in procedure.actions if action.readers == "add"]
    if len(adds) != 1 or not {"named", "system"} <= set(adds[0].who):
        yield (
            ("action",),
            _("要有一个点名的动作，点名的人和系统都能办"),
            _('写 readers = "add"、who = ["named", "system"]。'),
        )
    if not any(action.forgets for action in procedure.actions):
        yield ("action",), _("查无实据的要能删掉文字"), _("给一个结束的动作写 forgets = true。")
    for action in procedure.actions:
        yield from _sealed_action(action)


def _sealed_action(action: Action) -> Iterator[tuple[tuple[str, ...], str, str]]:
    here = ("action", action.name)
    kinds = {name: declared.rstrip("?").partition(":")[0] for name, declared in action.fields.items()}
    expected = {"unit": "org"} if action.name == "open" else {}
    expected |= {"reader": "post"} if action.readers else {}
    if {name: kinds.get(name) for name in expected} != expected:
        yield (
            (*here, "fields"),
            _("少了被反映的单位 unit 或点名的岗位 reader"),
            _('写 unit = "org"，reader = "post"。'),
        )
    for name, kind in kinds.items():
        if name not in expected and kind not in TYPED:
            yield (
                (*here, "fields", name),
                _("密封的事不能填 %(kind)s") % {"kind": kind},
                _("只用：%(kinds)s") % {"kinds": "、".join(TYPED)},
            )
    if action.name != "open" and not set(action.who) <= {"named", "system"}:
        yield (*here, "who"), _("密封的事只由点名的人办"), _('写 who = ["named"]。')
    if action.forgets and "text" in {kind.removeprefix("long") for kind in kinds.values()}:
        yield (*here, "fields"), _("删掉文字的动作不能再写文字"), _("去掉文字的字段。")
    if (
        action.tells
        or action.sets_level
        or action.releases
        or action.fact not in ("opened", "acted", "closed", "reopened")
    ):
        yield (
            here,
            _("密封的事不通知、不公开、不改级别，也不并、不派"),
            _("去掉 tells、sets_level、releases 和 records。"),
        )
    if wrong := [slot for slot in _SLOT.findall(action.reads) if slot in action.fields and slot != "reader"]:
        yield (*here, "reads"), _("这句话会说出密封的 %(name)s") % {"name": wrong[0]}, _("从 reads 里去掉。")


register_section("switch", Switch, check=check_switches)
