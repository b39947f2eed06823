"""What happened to a matter, in words: the sentences of its declaration, filled from facts and texts.

Portal and desk tell the same story. A sentence is what the resident reads, to the letter; the dates in it are
those that held right after the command that it tells of, not today's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from baodao.kernel.jinja import day
from baodao.kernel.selectors import current_calendar
from baodao.kernel.show import Happening, Said, Tone
from baodao.ledger.selectors import Recorded
from baodao.orgs.selectors import name_of, post_words

from . import checklists, fold, meanings, rows
from .allied import alliance_words
from .blocks import plan_choices
from .declare import Action, Procedure
from .duties import TYPE, duty_words
from .facts import (
    BEGIN,
    MIGRATE,
    SUCCEED,
    Answered,
    Closed,
    HandedOver,
    LegAnswered,
    Opened,
    Paused,
    Reopened,
    Step,
    moved_to,
)
from .lapses import RECALENDAR
from .present import (
    Promise,
    by_when,
    due_run,
    fill_due,
    leg_state,
    next_dates,
    now_words,
    parts,
    read_moment,
    stage_tone,
    stage_words,
    titled,
    tone_of,
    whole_dates,
)
from .selectors import Seen, names_of
from .state import Leg, State

#: What is told of now and next lives in ``present.py``; pages take all words of a matter from here.
__all__ = [
    "Picture",
    "Promise",
    "called_words",
    "cut",
    "is_for_resident",
    "leg_state",
    "level_words",
    "next_dates",
    "now_words",
    "opened_with",
    "parts",
    "post_title",
    "sentence",
    "stage_tone",
    "stage_words",
    "story",
    "title_of",
    "tone_of",
    "value_words",
    "whole_dates",
]

_SLOT = re.compile(r"\{([a-z_]+)\}")
Picture = Callable[[Recorded, int], str]
"""Gives the address of the n-th file of a fact."""


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────


def value_words(procedure: Procedure, action: Action | None, name: str, value: Any) -> str:
    """A coded field of a fact, in words of the procedure's language."""
    declared = (action.fields.get(name, "") if action is not None else "").rstrip("?")
    readers: dict[str, Callable[[Any], str]] = {
        "datetime": lambda v: by_when(read_moment(v)),
        "date": lambda v: day(date.fromisoformat(v)),
        "pause": lambda v: titled(procedure.pauses, v),
        "next_step": lambda v: titled(procedure.next_steps, v),
        "kind": lambda v: titled(procedure.kinds, v),
        "org": name_of,
        "post": post_title,
        "alliance": alliance_words,
        "bool": lambda v: _("是") if v else _("否"),
        "money": lambda v: f"{int(v) / 100:,.2f}",
        "level": lambda v: level_words(int(v)),
    }
    reader = readers.get(declared)
    if reader is not None:
        return reader(value)
    return procedure.word(f"value.{value}") if isinstance(value, str) else str(value)


def level_words(level: int) -> str:
    """Who may know, 0 to 3."""
    return (_("公开"), _("管得着的工作人员"), _("只有经办的人"), _("只有点名的人"))[level]


def post_title(code: str) -> str:
    """Office and post, never the holder's name."""
    found = post_words([code]).get(code)
    return f"{found.office} {found.title}" if found is not None else code


def title_of(seen: Seen) -> str:
    """What a matter is called on a page: its own line, else the first words of its text; "" when it has none
    any more."""
    first = seen.texts.get(seen.facts[0].id, {}) if seen.facts else {}
    line = first.get("title") or first.get("text", "").split("\n")[0]
    return cut(line)


def cut(line: str) -> str:
    """At most forty signs of a line. A word of letters that would be cut through stays out, where others remain."""
    if len(line) <= 40:
        return line
    kept, next_ = line[:38], line[38]
    if all(one.isascii() and one.isalnum() for one in (kept[-1], next_)):
        kept = kept.rpartition(" ")[0] or kept
    return f"{kept.rstrip()}……"


def opened_with(seen: Seen) -> list[tuple[str, str]]:
    """(field, value) in words of what was chosen when it was opened and no sentence tells; a no is not told, nor what was given anew
    since."""
    action = seen.procedure.action("open")
    first = seen.facts[0] if seen.facts else None
    if action is None or first is None or not isinstance(first.data, Opened):
        return []
    told = {"kind", "place", *_SLOT.findall(action.reads)}
    told |= {name for fact in seen.facts[1:] if isinstance(fact.data, Step) for name in fact.data.fields}
    return [
        (seen.procedure.label(action.name, name), value_words(seen.procedure, action, name, value))
        for name, value in first.data.fields.items()
        if name in action.fields
        and name not in told
        and value is not False
        # The code of a checklist's item is for the machine: the title has its words.
        and action.fields[name].rstrip("?") != "item"
    ]


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────


def sentence(
    procedure: Procedure, action: Action, state: State, values: Mapping[str, str], leg: Leg | None = None
) -> str:
    """What the resident reads of an action, filled. ``values`` are words already; a field that was left empty
    leaves nothing behind."""
    lead = leg or state.lead
    known = {"number": state.number, "title": procedure.title, **values}
    if "org" not in known:
        known["org"] = name_of(lead.org if lead is not None else state.org)
    if "orgs" not in known:
        known["orgs"] = called_words(state, name_of) or known["org"]
    reads = fill_due(action.reads, due_run(state, leg), state.last)
    text = _SLOT.sub(lambda found: known.get(found[1], ""), reads)
    return text.strip()


def called_words(state: State, name: Callable[[str], str]) -> str:
    """Every unit of this round, the lead first; ``name`` gives what an organization is called."""
    legs = sorted(state.legs_of_round(), key=lambda leg: (leg.role != "lead", leg.n))
    return _("、").join(dict.fromkeys(name(leg.org) for leg in legs))


def story(seen: Seen, *, staff: bool = False, picture: Picture | None = None) -> list[Happening]:
    """All rows, the oldest first. ``staff``: the action's name in front, office and post beside, and acts that the
    resident is not told of."""
    calendar = current_calendar()
    rows: list[Happening] = []
    state: State | None = None
    group: list[tuple[Recorded, Procedure]] = []
    procedures = seen.procedures()
    for n, (fact, procedure) in enumerate(zip(seen.facts, procedures, strict=True)):
        if state is None:
            state = fold.begin(procedure, fact, calendar, seen.row.number)
        else:
            fold.apply(procedure, state, fact, calendar)
        # The act that takes a matter to another procedure is told in the words of the one that declared it.
        group.append((fact, procedures[n - 1] if moved_to(fact.data) else procedure))
        if n + 1 == len(seen.facts) or seen.facts[n + 1].command != fact.command:
            told = (
                _tell(seen, procedure, one, state, staff=staff, picture=picture) for one, procedure in group
            )
            rows.extend(row for row in told if row is not None)
            group = []
    return rows


def _tell(
    seen: Seen, procedure: Procedure, fact: Recorded, state: State, *, staff: bool, picture: Picture | None
) -> Happening | None:
    if not isinstance(fact.data, Step):
        return None
    name, taken = names_of(fact)
    action = procedure.action(taken)
    if action is None:
        words = _by_itself(taken, fact)
        return Happening(words, fact.happened, "small", fact=fact.id) if words else None
    # A command leaves several facts; the one that carries the action's meaning is told, the others follow from it.
    if name != action.fact or not (staff or is_for_resident(action)):
        return None
    texts = seen.texts.get(fact.id, {})
    values = {key: _words_of(procedure, action, fact, key) for key in fact.data.fields}
    if listed := checklists.field_of(action):
        values[listed] = checklists.told(procedure, state.kind, listed, fact.data.fields)
    told = {
        name: (procedure, action.fields[name], name, fact.data.fields, texts)
        for name in rows.row_fields(action)
    }
    values |= _reached(seen, action, fact)
    values |= {name: rows.words(*held) for name, held in told.items() if _filled(name, fact)}
    words = sentence(procedure, action, state, {**values, **texts}, meanings.leg_of(state, fact.about))
    numbers = range(len(fact.data.files)) if picture else ()
    small = fact.data.action != "open" and not fact.person and not fact.post
    return Happening(
        words=_("%(title)s：%(words)s") % {"title": action.title, "words": words}
        if staff and words and not words.startswith(re.split("[：:]", action.title)[0])
        else words or action.title,
        at=fact.happened,
        tone="small" if small and not isinstance(fact.data, Closed) else _tone(fact),
        said=(
            *(_chosen(procedure, action, fact, told, values) if staff else ()),
            *_said(seen, procedure, action, fact, told),
        ),
        pictures=tuple((picture(fact, n), _("照片 %(n)d") % {"n": n + 1}) for n in numbers)
        if picture
        else (),
        by=(_by(seen, fact) if fact.post else _("系统") if small else "") if staff else "",
        whole_day=fact.precision == "day",
        fact=fact.id,
    )


def _said(
    seen: Seen, procedure: Procedure, action: Action, fact: Recorded, told: Mapping[str, Any]
) -> Iterator[Said]:
    """What was written beside the sentence: texts that it does not hold already, rows, and what is gone or shut."""
    texts = seen.texts.get(fact.id, {})
    inside = {"point", *_SLOT.findall(action.reads), *(["title"] if isinstance(fact.data, Opened) else [])}
    for slot, text in texts.items():
        if slot not in inside and slot.partition(".")[0] not in told:
            yield Said(_slot_words(procedure, slot), text)
    for name, held in told.items():
        if _filled(name, fact):
            yield Said(procedure.word(f"field.{name}"), rows.lines(*held))
    if any(slot not in texts for slot in fact.slots):
        boxed = fact.id in seen.shut
        yield Said("", _("（密封，写明用途才能打开）") if boxed else _("（文字已经删除）"))


def _reached(seen: Seen, action: Action, fact: Recorded) -> dict[str, str]:
    """Milestones that this fact names, as their plan calls them."""
    assert isinstance(fact.data, Step)
    named = [name for name, kind in action.fields.items() if kind.rstrip("?") == rows.REACHED]
    plan = dict(plan_choices(seen)) if named else {}
    return {name: plan[one] for name in named if (one := str(fact.data.fields.get(name))) in plan}


def _chosen(
    procedure: Procedure, action: Action, fact: Recorded, told: Mapping[str, Any], values: Mapping[str, str]
) -> Iterator[Said]:
    """Numbers, days and codes given with an act that its sentence does not hold. What was opened with stands above the legs."""
    assert isinstance(fact.data, Step)
    inside = {"point", *_SLOT.findall(action.reads), *told, *action.sets}
    for name, value in () if isinstance(fact.data, Opened) else fact.data.fields.items():
        if name in action.fields and name not in inside and value is not False:
            yield Said(procedure.label(action.name, name), values[name])


def _filled(name: str, fact: Recorded) -> bool:
    """Whether a field that holds rows was filled in with this fact."""
    assert isinstance(fact.data, Step)
    return any(key.startswith(f"{name}.") for key in (*fact.data.fields, *fact.slots))


def _by(seen: Seen, fact: Recorded) -> str:
    """The post that acted; with whoever acted for it."""
    deputy, title = seen.deputies.get(fact.command, ""), post_title(fact.post)
    return _("%(deputy)s，代%(post)s") % {"deputy": post_title(deputy), "post": title} if deputy else title


def _words_of(procedure: Procedure, action: Action, fact: Recorded, name: str) -> str:
    """A coded field of a fact in words; a duty item as the list of its addressee had it that day."""
    assert isinstance(fact.data, Step)
    value = fact.data.fields[name]
    if action.fields.get(name, "").rstrip("?") == TYPE:
        return duty_words(fact.org, str(value), localdate(fact.happened))
    return value_words(procedure, action, name, value)


def _by_itself(taken: str, fact: Recorded) -> str:
    """Acts of the system that no procedure declares; "" for one that nobody is told of."""
    if taken == RECALENDAR:
        return _("工作日历换了版本，日子重新算过")
    if taken == BEGIN:
        return _("前面的办完了，%(org)s可以开始办了") % {"org": name_of(fact.org)}
    if taken == MIGRATE:
        return _("办理程序换了新版本，编号和日子不变")
    if taken == SUCCEED and isinstance(fact.data, HandedOver):
        to = post_title(fact.data.to_post) if fact.data.to_post else name_of(fact.data.to_org)
        return _("承办人交接，由%(to)s接着办，日子不变") % {"to": to}
    return ""


def is_for_resident(action: Action) -> bool:
    """Whether the one whose matter it is reads of this act."""
    if "reporter" in action.tells or "reporter" in action.who:
        return True
    return action.fact in {"opened", "leg_answered", "closed", "reopened"}


def _slot_words(procedure: Procedure, slot: str) -> str:
    if "." in slot:  # what was seen at one item of a checklist
        return next(
            (
                row.title
                for one in procedure.checklists
                for row in one.items
                if row.name == slot.partition(".")[2]
            ),
            "",
        )
    if slot == "address":
        return _("地址")
    return procedure.word(f"field.{slot}")


def _tone(fact: Recorded) -> Tone:
    data = fact.data
    if isinstance(data, LegAnswered | Answered | Closed):
        return "done"
    if isinstance(data, Paused):
        return "soon"
    return "way" if fact.post or isinstance(data, Reopened) else ""
