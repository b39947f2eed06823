"""The form of an action from its declaration: what each field type looks like, and what was typed as the verb wants it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.kernel.declare import get_pack
from baodao.kernel.errors import Fault, Invalid, Problem
from baodao.kernel.evidence import store
from baodao.kernel.faces.asking import face_in
from baodao.kernel.selectors import current_calendar
from baodao.kernel.typed import moment_in
from baodao.matters import bounds, checklists, rows
from baodao.matters.allied import unnamed
from baodao.matters.blocks import plan_choices
from baodao.matters.checklists.selectors import standing
from baodao.matters.declare import Action, Procedure
from baodao.matters.duties import duty_choices, must_cite
from baodao.matters.lawful import last_day
from baodao.matters.phrases import Template
from baodao.matters.selectors import Seen
from baodao.matters.services.sealing import nameable
from baodao.matters.story import level_words
from baodao.orgs.alliances.selectors import alliances_of, helpers_of
from baodao.orgs.duties import callable_orgs, district_of
from baodao.orgs.selectors import forest, holders, name_of, posts_with, today
from baodao.places.selectors import grids_of

from .rowfields import fen_of, rows_of, sample_rows, typed_rows

#: Field type → what is drawn. Types without a row here are one line of text.
WIDGETS = {
    "longtext": "area",
    "date": "date",
    "datetime": "datetime-local",
    "file": "photos",
    "int": "number",
    "bool": "tick",
    "code": "tiles",
    "pause": "tiles",
    "next_step": "select",
    "kind": "select",
    "level": "select",
    "org": "select",
    "checklist": "checklist",
    "score": "number",
    "table": "table",
    "milestones": "table",
    "scores": "scores",
    "milestone": "select",
}
#: Types whose values are looked up; a long list becomes a line with suggestions.
OFFERED = ("duty_item", "alliance", "matter", "post", "place", "after")
#: The field of a call that names the leg to wait for.
WAITS_FOR = "after"
MOST = 80
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
    columns: tuple[tuple[str, str, str, bool, tuple[tuple[str, str], ...]], ...] = ()
    """Of a table: (name, title, kind, whether a cell may stay empty, choices)."""
    most: int = 0
    """Of a table: how many rows it takes."""
    items: tuple[tuple[str, str, int], ...] = ()
    """Of a score sheet: (name, title, points)."""


class Ground(Struct, frozen=True, kw_only=True):
    """What the choices of a form depend on. ``near``: the organization whose surroundings are offered; ``addressee``:
    whose duty list counts; ``seat`` and ``place``: who looks after the matter, and where it is; ``legs``: (number, words) that another may wait for; ``numbers``: matters likely meant."""

    procedure: Procedure
    pack: str
    name: str
    near: str
    addressee: str
    by: Act
    kind: str = ""
    seat: str = ""
    place: str = ""
    legs: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    plan: tuple[tuple[str, str], ...] = ()
    """Milestones that were planned: (row, words)."""
    reported: bool = False
    """Whether a resident waits for the answer."""


def ground_of(
    seen: Seen, by: Act, leg: int | None = None, numbers: tuple[tuple[str, str], ...] = ()
) -> Ground:
    """The ground of a matter's own form, for an act on a leg or on the whole."""
    state, lead = seen.state, seen.state.lead
    meant = state.legs.get(leg) if leg is not None else lead
    own = lead.org if lead is not None else state.org
    waits = tuple(
        (str(one.n), _("第 %(n)d 家：%(office)s") % {"n": one.n, "office": name_of(one.org)})
        for one in state.open_legs()
    )
    return Ground(
        procedure=seen.procedure,
        pack=seen.row.pack,
        name=seen.row.procedure,
        near=own,
        addressee=meant.org if meant is not None else state.org,
        by=by,
        kind=state.kind,
        seat=state.org,
        place=state.place,
        legs=waits,
        numbers=numbers,
        plan=plan_choices(seen),
        reported=bool(state.reporters),
    )


def fields_of(ground: Ground, action: Action) -> list[Field]:
    """All controls of an action as its pack lists them now, its title first; what may stay empty comes last. (A kept version has no order: its keys are sorted.)"""
    now = get_pack(ground.pack).many(Procedure).get(ground.name)
    listed = [*getattr(now.action(action.name) if now else None, "fields", ()), *action.fields]
    # Plain words are spoken to somebody: without a resident who reads them there are none.
    templates = _templates(ground.pack, action, ground.by.lang) if ground.reported else ()
    found: list[Field] = []
    for name, declared in action.fields.items():
        kind, _sep, options = declared.rstrip("?").partition(":")
        if (name, kind) == (WAITS_FOR, "int"):
            kind = WAITS_FOR
        choices = tuple(choices_of(ground, action, kind, options))
        found.append(
            Field(
                name=name,
                label=ground.procedure.label(action.name, name),
                widget=_widget(kind, choices),
                optional=declared.endswith("?") and not _wanted(ground, action, kind),
                choices=choices,
                # A template goes into the first text of the form.
                templates=templates
                if kind in {"text", "longtext"} and not any(f.templates for f in found)
                else (),
                hint=_hint(kind) or bounds.hint(action, name, today(), current_calendar()),
                **rows_of(ground.procedure, declared),
            )
        )
    return sorted(found, key=lambda one: (one.name != "title", one.optional, listed.index(one.name)))


def _widget(kind: str, choices: tuple[tuple[str, str], ...]) -> str:
    """What there is little of is chosen from a list; of much, or where something else may be meant, one types and is
    offered the rest."""
    if kind in OFFERED:
        return "select" if choices and len(choices) <= MOST and kind != "matter" else "pick"
    return WIDGETS.get(kind, "line")


def sample(ground: Ground, action: Action) -> dict[str, Any]:
    """Answers that the form would take: only to find out what follows from the action."""
    made: dict[str, Any] = {}
    plain: dict[str, Any] = {
        "file": ["0" * 64],
        "date": str(today()),
        "datetime": timezone.localtime().replace(microsecond=0).isoformat(),
        "text": "……",
        "longtext": "……",
        "int": 1,
        "money": 1,
        "bool": True,
        "score": 1,
    }
    for name, declared in action.fields.items():
        kind, _sep, options = declared.rstrip("?").partition(":")
        if kind in plain:
            made[name] = plain[kind]
        elif kind == checklists.TYPE:
            made[name] = {item: checklists.OK for item, _words in choices_of(ground, action, kind, options)}
        elif kind in rows.TYPES:
            made[name] = sample_rows(ground.procedure, declared)
        elif not (kind in OFFERED and declared.endswith("?")):
            made[name] = next(choices_of(ground, action, kind, options), ("x", ""))[0]
    return made


def _templates(pack: str, action: Action, lang: str) -> tuple[Template, ...]:
    rows = get_pack(pack).many(Template, lang).values()
    return tuple(row for row in rows if not row.for_ or action.name in row.for_)


def _hint(kind: str) -> str:
    return {
        "money": _("按元填写，可以有两位小数"),
        "checklist": _("逐项看，逐项选"),
        "score": _("0 到 100 的整数"),
        "table": _("一行一项，空行不用管；金额按元填写"),
        "milestones": _("一行一个节点；不止一次填时，后一次的计划算数"),
        "scores": _("逐项打分，合计自动算"),
        "next_step": _("只列出核对过现行法律的；最后一天按今天答复算好"),
        "file": _("最多 9 个；照片里的拍摄地点和手机型号保存前会去掉"),
    }.get(kind, "")


def choices_of(ground: Ground, action: Action, kind: str, options: str) -> Iterator[tuple[str, str]]:
    """(value, words) of what a field of this type offers."""
    procedure = ground.procedure
    if kind == checklists.TYPE:
        yield from _items(ground, action)
    elif kind == "code":
        yield from ((code, procedure.word(f"value.{code}")) for code in options.split("|"))
    elif kind == "pause":
        yield from ((row.name, row.title) for row in procedure.pauses)
    elif kind == "kind":
        yield from ((row.name, row.title) for row in procedure.kinds)
    elif kind == "level":
        yield from ((str(level), level_words(level)) for level in range(4))
    elif kind == rows.REACHED:
        yield from ground.plan
    elif kind == "next_step":
        yield from _next_steps(procedure)
    elif kind == "org":
        # Another post of the same office is handed to as well.
        own = [ground.near] if action.fact == "handed_over" and "post" in action.fields else []
        nodes, left_out = forest().nodes, unnamed(action)
        near = [code for code in _around(ground, action) if nodes[code].kind not in left_out]
        # Whoever begins something with a unit looks for the one that helps her first.
        paired = {one.org for one in helpers_of(ground.near, today())} if action.fact == "opened" else set()
        near.sort(key=lambda code: code not in paired)
        for code in (*near, *own):
            yield code, name_of(code) + (_("（结对）") if code in paired else "")
    elif kind in OFFERED:
        yield from _looked_up(ground, action, kind)


def _items(ground: Ground, action: Action) -> Iterator[tuple[str, str]]:
    """The items of the list, each with whom it goes to and, where it is being mended already, under which number."""
    opened = next((effect.open for effect in action.then if effect.each and effect.open), "")
    own = next((effect.seat == "own" for effect in action.then if effect.each), True)
    seat = ground.seat if own else district_of(ground.seat, today())
    there = standing(opened, seat, ground.place) if opened else {}
    for item in ground.procedure.checklist(ground.kind).items:
        unit = _("，%(office)s改") % {"office": name_of(item.unit)} if item.unit else ""
        number = there.get(item.name, "")
        known = _("（已在整改 %(number)s，不再另立）") % {"number": number} if number else ""
        yield item.name, item.title + unit + known


def _next_steps(procedure: Procedure) -> Iterator[tuple[str, str]]:
    calendar = current_calendar()
    for row in procedure.next_steps:
        if row.verified:
            last = last_day(row.limit, today(), calendar) if row.limit else ""
            yield row.name, row.title + (_("（最晚 %(day)s）") % {"day": last} if last else "")


def _looked_up(ground: Ground, action: Action, kind: str) -> Iterator[tuple[str, str]]:
    day = today()
    if kind == "duty_item":
        yield from _duties(ground, action, day)
    elif kind == "alliance":
        own = ground.by.office
        yield from ((one.code, one.name) for one in alliances_of(own, day, ground.by) if own)
    elif kind == "matter":
        yield from ground.numbers
    elif kind == "after":
        yield from ground.legs
    elif kind == "post" and action.readers:
        yield from ((one.code, f"{name_of(str(one.org_id))} {one.title}") for one in nameable(day))
    elif kind == "post":
        chosen = "org" in action.fields
        offices = [*_around(ground, action), ground.near] if chosen else [ground.addressee]
        takes = _takes_up(ground.procedure)
        # A leg goes to who can take it up: not to the post that only administers, audits or supervises there.
        named = action.fact in {"leg_called", "handed_over"} and takes
        held = posts_with(f"{ground.name}.{takes}", offices, day) if named else holders(offices, day)
        yield from ((one.code, f"{name_of(str(one.org_id))} {one.title}") for one in held)
    elif kind == "place":
        # Every community has a first grid: from above, whose it is stands before its name.
        near = ground.near
        yield from (
            (one.code, one.name if one.org == near else f"{name_of(one.org)} {one.name}")
            for one in grids_of(near)
        )


def _takes_up(procedure: Procedure) -> str:
    """What whoever was called does first: to take the leg up, or where nothing is called that, her first act on it."""
    own = [one for one in procedure.actions if one.on == "leg" and "leg" in one.who]
    first = next((one for one in own if one.fact == "leg_reported"), None)
    first = first or next((one for one in own if "called" in one.froms()), None)
    return first.name if first is not None else ""


def _wanted(ground: Ground, action: Action, kind: str) -> bool:
    """Whether what may stay empty by the declaration may not here: a photo that a guard asks for, the item that a return has to cite."""
    if kind == "duty_item":
        return action.fact == "leg_returned" and must_cite(action, ground.addressee, today())
    return kind == "file" and any(guard.evidence for guard in action.when)


def _duties(ground: Ground, action: Action, day: date) -> Iterator[tuple[str, str]]:
    """Items for the one meant; where the form chooses whom, those of all who are offered."""
    if "org" not in action.fields:
        yield from duty_choices(action, ground.addressee, day)
        return
    offered = set(_around(ground, action))
    home = district_of(ground.near, day)
    for org, items in callable_orgs(day, [home]).items() if home else ():
        if org in offered:
            yield from ((f"{org}:{one.code}", f"{name_of(org)} · {one.code} {one.title}") for one in items)


def _around(ground: Ground, action: Action) -> list[str]:
    """Where this leg can go. Whoever calls one more has the own neighbourhood beside that of the lead: what she could have
    called at first, she can call later."""
    own = offices_near(ground.by.office) if action.fact == "leg_called" and ground.by.office else []
    return [code for code in dict.fromkeys([*own, *offices_near(ground.near)]) if code != ground.near]


def offices_near(org: str) -> list[str]:
    """Where a leg can go: everything above its organization with what lies right below each, the nearest first; never
    into another district."""
    trees, day = forest(), today()
    home, found = district_of(org, day), dict[str, None]()
    for above in trees.chain(org, day):
        for code in (above, *trees.children(above, day)):
            if code != org:
                found.setdefault(code)
        if above == home:
            break
    return list(found)


def typed_fields(
    action: Action, posted: Mapping[str, str], files: Any, by: Act, *, places: bool = False
) -> dict[str, Any]:
    """What was typed, as `matter.act` wants it: local times with their zone, files as hashes. Raises the fault of a
    file under its field's name; ``places``: a face on a picture is one."""
    found: dict[str, Any] = {}
    for name, declared in action.fields.items():
        kind = declared.rstrip("?").partition(":")[0]
        if kind == "file":
            if places and face_in(files.getlist(name)[:FILES]):
                remedy = _("换一张没有人的再交；看错了也换一张")
                raise Invalid.of(name, _("看到人脸，请只拍地方"), remedy)
            hashes = [_stored(name, upload, by) for upload in files.getlist(name)[:FILES]]
            if hashes:
                found[name] = hashes
            continue
        if kind == checklists.TYPE:
            found[name] = _listed(name, posted)
            continue
        if kind in rows.TYPES:
            held = typed_rows(name, posted, scores=kind == rows.SCORES)
            if held:
                found[name] = held
            continue
        value = posted.get(name, "").strip()
        if kind == "datetime" and value:
            at = moment_in(value)
            value = at.isoformat() if at is not None else value  # the verb says what is wrong with it
        if kind == "money" and value:
            value = fen_of(value)
        if value:
            found[name] = value
    return found


def _listed(name: str, posted: Mapping[str, str]) -> dict[str, Any]:
    """Item → {result, note} of a checklist, as its form sends it (``list.exit``, ``list.exit.note``)."""
    items = {key.split(".")[1] for key in posted if key.startswith(f"{name}.") and posted[key]}
    return {
        item: {"result": posted.get(f"{name}.{item}", ""), "note": posted.get(f"{name}.{item}.note", "")}
        for item in items
        if posted.get(f"{name}.{item}")
    }


def _stored(name: str, upload: Any, by: Act) -> str:
    try:
        return store(upload, upload.name or "", now=by.noted).hash
    except Problem as caught:
        raise type(caught)(*(Fault(name, fault.reason, fault.remedy) for fault in caught.faults)) from caught
