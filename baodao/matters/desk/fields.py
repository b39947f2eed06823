"""The form of an action from its declaration: what each field type looks like, and what was typed as the verb wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Fault, Problem
from baodao.kernel.evidence import store
from baodao.kernel.selectors import current_calendar
from baodao.matters.declare import Action, Procedure
from baodao.matters.lawful import last_day
from baodao.matters.phrases import Template
from baodao.matters.selectors import Seen
from baodao.matters.story import level_words
from baodao.orgs.selectors import forest, name_of, today

#: Field type → what is drawn. Types without a row here are one line of text.
WIDGETS = {
    "longtext": "area",
    "date": "date",
    "datetime": "datetime-local",
    "file": "photos",
    "int": "number",
    "money": "number",
    "bool": "tick",
    "code": "tiles",
    "pause": "tiles",
    "next_step": "select",
    "kind": "select",
    "level": "select",
    "org": "select",
}
ORDER = ("tiles", "select", "date", "datetime-local", "number", "line", "area", "tick", "photos")
FILES = 9


class Field(Struct, frozen=True):
    """One control: its name, word, widget, whether it may stay empty, and what there is to choose."""

    name: str
    label: str
    widget: str
    optional: bool
    choices: tuple[tuple[str, str], ...] = ()
    templates: tuple[Template, ...] = ()
    hint: str = ""


def fields_of(seen: Seen, action: Action, lang: str) -> list[Field]:
    """All controls of an action: choices first, then dates and texts, files last. (A kept version has no order: its
    keys are sorted.)"""
    procedure = seen.procedure
    templates = _templates(seen.row.pack, action, lang)
    found: list[Field] = []
    for name, declared in action.fields.items():
        kind, _sep, options = declared.rstrip("?").partition(":")
        widget = WIDGETS.get(kind, "line")
        found.append(
            Field(
                name=name,
                label=procedure.word(f"field.{name}"),
                widget=widget,
                optional=declared.endswith("?"),
                choices=tuple(_choices(seen, procedure, kind, options)),
                # A template goes into the first text of the form.
                templates=templates
                if kind in {"text", "longtext"} and not any(f.templates for f in found)
                else (),
                hint=_hint(kind),
            )
        )
    return sorted(found, key=lambda field: ORDER.index(field.widget))


def sample(seen: Seen, action: Action) -> dict[str, Any]:
    """Answers that the form would take: only to find out what follows from the action."""
    made: dict[str, Any] = {}
    for name, declared in action.fields.items():
        kind, _sep, options = declared.rstrip("?").partition(":")
        if kind == "file":
            made[name] = ["0" * 64]
        elif kind == "date":
            made[name] = str(today())
        elif kind == "datetime":
            made[name] = timezone.localtime().replace(microsecond=0).isoformat()
        elif kind in {"text", "longtext"}:
            made[name] = "……"
        elif kind in {"int", "money"}:
            made[name] = 1
        elif kind == "bool":
            made[name] = True
        else:
            made[name] = next(_choices(seen, seen.procedure, kind, options), ("x", ""))[0]
    return made


def _templates(pack: str, action: Action, lang: str) -> tuple[Template, ...]:
    rows = get_pack(pack).many(Template, lang).values()
    return tuple(row for row in rows if not row.for_ or action.name in row.for_)


def _hint(kind: str) -> str:
    return {
        "money": _("按分填写"),
        "next_step": _("只列出核对过现行法律的；最后一天按今天答复算好"),
        "file": _("最多 9 个；照片里的拍摄地点和手机型号保存前会去掉"),
    }.get(kind, "")


def _choices(seen: Seen, procedure: Procedure, kind: str, options: str) -> Iterator[tuple[str, str]]:
    if kind == "code":
        yield from ((code, procedure.word(f"value.{code}")) for code in options.split("|"))
    elif kind == "pause":
        yield from ((row.name, row.title) for row in procedure.pauses)
    elif kind == "kind":
        yield from ((row.name, row.title) for row in procedure.kinds)
    elif kind == "level":
        yield from ((str(level), level_words(level)) for level in range(4))
    elif kind == "next_step":
        calendar = current_calendar()
        for row in procedure.next_steps:
            if row.verified:
                until = f"（{_('最晚')} {last_day(row.limit, today(), calendar)}）" if row.limit else ""
                yield row.name, f"{row.title}{until}"
    elif kind == "org":
        yield from _offices(seen)


def _offices(seen: Seen) -> Iterator[tuple[str, str]]:
    """Where a leg can go: everything above its organization with what lies right below each, the nearest first."""
    trees, day, lead = forest(), today(), seen.state.lead
    org = lead.org if lead is not None else seen.state.org
    known = {org}
    for above in trees.chain(org, day):
        for code in (above, *trees.children(above, day)):
            if code not in known:
                known.add(code)
                yield code, name_of(code)


def typed_fields(
    seen: Seen, action: Action, posted: Mapping[str, str], files: Any, by: Act
) -> dict[str, Any]:
    """What was typed, as `matter.act` wants it: local times with their zone, files as hashes. Raises the fault of a
    file under its field's name."""
    found: dict[str, Any] = {}
    for name, declared in action.fields.items():
        kind = declared.rstrip("?").partition(":")[0]
        if kind == "file":
            hashes = [_stored(name, upload, by) for upload in files.getlist(name)[:FILES]]
            if hashes:
                found[name] = hashes
            continue
        value = posted.get(name, "").strip()
        if kind == "datetime" and value:
            value = _zoned(value)
        if value:
            found[name] = value
    return found


def _zoned(value: str) -> str:
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        return value  # the verb says what is wrong with it
    return (timezone.make_aware(local) if local.tzinfo is None else local).isoformat()


def _stored(name: str, upload: Any, by: Act) -> str:
    try:
        return store(upload, upload.name or "", now=by.noted).hash
    except Problem as caught:
        raise type(caught)(*(Fault(name, fault.reason, fault.remedy) for fault in caught.faults)) from caught
