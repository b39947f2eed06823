"""The form of an action: what was typed becomes codes for the fact, texts for its content and files by hash.

Every fault is found before anything is refused, so that a form shows all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct, field

from baodao.kernel.errors import Fault, Invalid
from baodao.kernel.typed import day_in, moment_in

from . import bounds, checklists, rows
from .declare import Action, Procedure
from .lawful import Workdays, last_day

TEXT_MAX, LONGTEXT_MAX, FILES_MAX = 1000, 10_000, 20
CODE = re.compile(r"^[\w.\-:/+]{1,80}$")
HASH = re.compile(r"^[0-9a-f]{64}$")
TRUE, FALSE = {"true", "1", "on", "yes"}, {"false", "0", "off", "no", ""}

#: The field that names a reader of a sealed matter.
READER = "reader"

#: Types of fields that take more than one value.
MANY = ("file", checklists.TYPE, *rows.TYPES)
Coded = str | int | bool
Reader = Callable[["Form", str, str, Any], Coded]


class Filled(Struct):
    """A form that was read: ``codes`` for the fact, ``texts`` for the content, ``files`` as SHA-256."""

    codes: dict[str, Coded] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Wrong(ValueError):
    """(reason, remedy) of one field."""


class Form(Struct):
    """What a reader of one field may look at."""

    procedure: Procedure
    day: date
    workdays: Workdays
    filled: Filled
    kind: str = ""
    plan: Mapping[str, str] = {}
    """The milestones planned so far: row → day."""


def fill(
    procedure: Procedure,
    action: Action,
    fields: Mapping[str, Any],
    day: date,
    workdays: Workdays,
    *,
    kind: str = "",
    plan: Mapping[str, str] | None = None,
) -> Filled:
    """Read the typed fields of an action; ``day`` is the local day on which it happens, ``kind`` what
    the matter is about (its checklist), ``plan`` the milestones planned so far.

    Raises Invalid with a fault for every field that is missing, unknown or wrong.
    """
    form = Form(procedure, day, workdays, Filled(), kind, plan or {})
    faults = [
        Fault(name, _("这个动作没有这一项"), _("请去掉这一项"))
        for name in fields
        if name not in action.fields
    ]
    for name, declared in action.fields.items():
        try:
            _read(form, name, declared, fields.get(name))
        except Wrong as wrong:
            # Which field it is, in its own words: a summary on top of a long form says it first.
            reason, remedy = wrong.args
            faults.append(Fault(name, reason, remedy, procedure.label(action.name, name)))
    faults += bounds.faults(procedure, action, form.filled.codes, day, workdays)
    if faults:
        raise Invalid(*faults)
    form.filled.codes.update(action.sets)
    if action.promises is not None and action.promises in form.filled.codes:
        form.filled.codes["promise"] = form.filled.codes[action.promises]
    return form.filled


def put_away(procedure: Procedure, action: Action, filled: Filled) -> Filled:
    """The same form, of which a sealed matter's fact keeps only what the action always records, who is named to read,
    and a promised day: all else that was chosen or typed is a text, and goes into the box."""
    if not procedure.sealed:
        return filled
    open_ = {*action.sets, "promise", *([READER] if action.readers else [])}
    codes = {name: value for name, value in filled.codes.items() if name in open_}
    away = {name: str(value) for name, value in filled.codes.items() if name not in open_}
    return Filled(codes, {**filled.texts, **away}, filled.files)


def _read(form: Form, name: str, declared: str, value: Any) -> None:
    optional = declared.endswith("?")
    kind, _sep, options = declared.rstrip("?").partition(":")
    if value is None or value in ("", [], ()):
        if kind == "bool":
            form.filled.codes[name] = False
        elif not optional:
            raise Wrong(_("这一项要填"), _("请填写后再提交"))
        return
    if isinstance(value, list | tuple | Mapping) and kind not in MANY:
        raise Wrong(_("这一项只填一个"), _("请改好后再提交"))
    if kind in {"text", "longtext"}:
        form.filled.texts[name] = _text(value, TEXT_MAX if kind == "text" else LONGTEXT_MAX)
    elif kind == "file":
        form.filled.files.extend(_files(value))
    elif kind == checklists.TYPE or kind in rows.TYPES:
        try:
            codes, texts = (
                checklists.read(form.procedure.checklist(form.kind), name, value)
                if kind == checklists.TYPE
                else rows.read(form.procedure, declared, name, value)
            )
        except ValueError as wrong:
            raise Wrong(*wrong.args) from None
        form.filled.codes.update(codes)
        form.filled.texts.update(texts)
    else:
        form.filled.codes[name] = READERS[kind](form, name, options, value)


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Wrong(_("这一项要填文字"), _("请填写后再提交"))
    text = value.replace("\r\n", "\n").strip()
    if len(text) > most or "\x00" in text:
        raise Wrong(_("文字太长或有不能用的字符"), _("请写在 %(most)d 字以内") % {"most": most})
    return text


def _files(value: Any) -> list[str]:
    names = list(value) if isinstance(value, list | tuple) else [value]
    if len(names) > FILES_MAX or not all(isinstance(name, str) and HASH.match(name) for name in names):
        raise Wrong(_("附件不对"), _("请重新上传，最多 %(most)d 个") % {"most": FILES_MAX})
    return names


def _code(form: Form, name: str, options: str, value: Any) -> str:
    if value not in options.split("|"):
        words = "、".join(form.procedure.word(f"value.{option}") for option in options.split("|"))
        raise Wrong(_("没有这个选项"), _("请选：%(words)s") % {"words": words})
    return str(value)


def _reference(form: Form, name: str, options: str, value: Any) -> str:
    if not isinstance(value, str) or not CODE.match(value):
        raise Wrong(_("编号不对"), _("请从列表里选"))
    return value


def _date(form: Form, name: str, options: str, value: Any) -> str:
    day = day_in(str(value)) if isinstance(value, str | date) else None
    if day is None:
        raise Wrong(_("日期不对"), _("请写成 2026-03-05 这样"))
    return day.isoformat()


def _datetime(form: Form, name: str, options: str, value: Any) -> str:
    at = moment_in(str(value), offset=True)
    if at is None:
        reason = _("时间没有时区") if moment_in(str(value)) is not None else _("时间不对")
        raise Wrong(reason, _("请写成 2026-03-05T09:30+08:00 这样"))
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(form: Form, name: str, options: str, value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,15}", str(value)):
        raise Wrong(_("要填整数"), _("请只用数字"))
    return int(value)


def _money(form: Form, name: str, options: str, value: Any) -> int:
    fen = _whole(form, name, options, value)
    if fen < 0:
        raise Wrong(_("金额不能是负数"), _("请按分填写，不小于 0"))
    return fen


def _score(form: Form, name: str, options: str, value: Any) -> int:
    points = _whole(form, name, options, value)
    if not 0 <= points <= 100:
        raise Wrong(_("分数是 0 到 100"), _("请填 0 到 100 的整数"))
    return points


def _level(form: Form, name: str, options: str, value: Any) -> int:
    level = _whole(form, name, options, value)
    if not 0 <= level <= 3:
        raise Wrong(_("级别只有 0 到 3"), _("请选 0 到 3"))
    return level


def _bool(form: Form, name: str, options: str, value: Any) -> bool:
    word = str(value).lower()
    if word not in TRUE | FALSE:
        raise Wrong(_("只能是或否"), _("请选是或否"))
    return word in TRUE


def _pause(form: Form, name: str, options: str, value: Any) -> str:
    if value not in {pause.name for pause in form.procedure.pauses}:
        words = "、".join(pause.title for pause in form.procedure.pauses)
        raise Wrong(_("没有这个暂停原因"), _("只能因为：%(words)s") % {"words": words or _("（没有）")})
    return str(value)


def _kind(form: Form, name: str, options: str, value: Any) -> str:
    if value not in {kind.name for kind in form.procedure.kinds}:
        raise Wrong(_("没有这个类别"), _("请从列表里选"))
    return str(value)


def _matter(form: Form, name: str, options: str, value: Any) -> str:
    """A number as people type it: small letters and spaces are forgiven."""
    number = str(value).strip().upper()
    if not CODE.match(number):
        raise Wrong(_("编号不对"), _("请照原样填，例如 FL-2026-000123"))
    return number


def _milestone(form: Form, name: str, options: str, value: Any) -> str:
    if str(value) not in form.plan:
        raise Wrong(_("计划里没有这个节点"), _("请从列表里选"))
    return str(value)


def _next_step(form: Form, name: str, options: str, value: Any) -> str:
    """Only a verified row; its last day is computed now and kept beside it."""
    step = next((row for row in form.procedure.next_steps if row.name == value), None)
    if step is None:
        raise Wrong(_("没有这个下一步"), _("请从列表里选"))
    if not step.verified:
        raise Wrong(_("这个下一步还没有核对过"), _("请先请人核对，或选别的"))
    if step.limit is not None:
        form.filled.codes[f"{name}_until"] = last_day(step.limit, form.day, form.workdays).isoformat()
    return step.name


READERS: Mapping[str, Reader] = {
    "code": _code,
    "date": _date,
    "datetime": _datetime,
    "place": _reference,
    "person": _reference,
    "post": _reference,
    "org": _reference,
    "duty_item": _reference,
    "int": _whole,
    "money": _money,
    "bool": _bool,
    "pause": _pause,
    "next_step": _next_step,
    "kind": _kind,
    "level": _level,
    "matter": _matter,
    "alliance": _reference,
    "item": _reference,
    "score": _score,
    "milestone": _milestone,
}
