"""`matter.open`: the hot path. A handful of statements whatever is typed: idempotency, number, flush."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct, field
from msgspec.structs import replace

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import District, get_pack
from baodao.kernel.errors import Invalid
from baodao.kernel.selectors import current_calendar
from baodao.kernel.verbs import Tx, verb
from baodao.matters.allied import check_alliances, check_unnamed
from baodao.matters.declare import Procedure
from baodao.matters.duties import check_calls, check_posts
from baodao.matters.engine import Opening, open_matter, opening_level
from baodao.matters.facts import Emit
from baodao.matters.guards import Actor
from baodao.matters.models import Leg as LegRow
from baodao.matters.models import Matter
from baodao.matters.move import Called
from baodao.matters.phrases import Sensitive, least_level
from baodao.matters.policies import actor_of, readable
from baodao.matters.project import SHARED_LEVEL, leg_row, matter_row
from baodao.matters.state import State
from baodao.matters.switches import check_on
from baodao.matters.versions import InForce, in_force, keep, ports_of
from baodao.orgs.selectors import forest
from baodao.people.services.identity import queue_contact

from .sealing import NOBODY, name_keepers, queue_readers
from .tokens import DOMAIN, once, token_here
from .writing import queue_facts, queue_files, queue_search, queue_stakes, search_text

MOST = 2000
FREE_SLOTS = ("address", "point")


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    """How to reach the one who asks: goes to people's vault, never into a fact. All may stay empty."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    note: str = ""


class Draft(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One matter to be opened. ``org`` looks after it (the community of the place's grid, or a request desk);
    ``place`` the grid's code; ``address``/``point`` ("lon,lat", WGS-84) are kept as erasable text.
    ``behalf``: staff enters it for somebody else; ``level`` lifts it (never below what kind and words ask
    for)."""

    procedure: str
    org: str
    place: str = ""
    kind: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    contact: Contact = Contact()
    behalf: bool = False
    level: int = 0
    address: str = ""
    point: str = ""
    calls: tuple[Called, ...] = ()
    about: str = ""
    """The matter that this one is about: one whose effect opens it, or one that its opener may see."""


class Taken(Struct, frozen=True):
    """What was opened, in the order of the drafts. The slip's code is not stored: see ``slips.code_of``."""

    numbers: list[str]
    levels: list[int]


@verb("matter.open")
def open_(tx: Tx, by: Act, *, matters: Sequence[Draft]) -> Taken:
    """Open matters (a page passes a list of one). Asks ``<procedure>.open`` for each. Raises Invalid with
    every fault of a draft, Refused, Missing for an unknown procedure."""
    if not 1 <= len(matters) <= MOST:
        raise Invalid.of("matters", _("一次最多 %(most)d 件") % {"most": MOST}, _("请分几次"))
    taken = Taken([], [])
    for draft in matters:
        state = open_one(tx, by, draft)
        taken.numbers.append(state.number)
        taken.levels.append(state.level)
    return taken


def open_one(tx: Tx, by: Act, draft: Draft, *, asked: bool = False) -> State:
    """One matter. ``asked``: the act that opens it was permitted already (an effect of another matter)."""
    if draft.org not in forest():
        raise Invalid.of("org", _("没有这个组织"), _("请重新选地点"))
    found = in_force(draft.org, draft.procedure)
    pack = get_pack(found.pack)
    if not pack.has(District):
        # A municipality above several districts has no numbers of its own.
        raise Invalid.of("place", _("要知道是哪个区县的事"), _("请选到街道或社区"))
    words = "\n".join(str(value) for value in draft.fields.values() if isinstance(value, str))
    least = max(draft.level, least_level(words, pack.many(Sensitive).values()))
    level = opening_level(found.procedure, draft.kind or str(draft.fields.get("kind", "")), least)
    # Asked about the level that is declared: what her words lift it to is no reason to turn her away.
    subject = Subject(ref="matter:new", org=draft.org, level=found.procedure.level)
    calls, day = _led(draft.calls), timezone.localdate(by.happened)
    switch = check_on(pack, found.name, day) if found.procedure.switched else None
    if found.procedure.sealed:
        _check_sealed(draft)
    if not asked:
        tx.ask(f"{draft.procedure}.open", subject)
        _check_about(by, draft, found.procedure, level)
    _check_calls(calls, day)
    if (opens := found.procedure.action("open")) is not None:
        check_alliances(opens, draft.fields, draft.org, day)
        check_unnamed(opens, draft.fields, day)
    who = _who(tx, by, draft, subject, procedure=found.procedure)
    number = number_of(tx, pack.one(District).number)
    opening = _opening(by, draft, found, who=who, number=number, level=least, calls=calls)
    ports = ports_of(found.name, draft.org, found.pack)
    decision = open_matter(found.procedure, opening, current_calendar(), ports)
    if found.procedure.sealed and switch is not None:
        decision = name_keepers(found.procedure, decision, switch, current_calendar(), ports)
    keep(tx, found)
    queue_facts(tx, decision.state.subject, decision.emits)
    queue_new(tx, found, decision.state, decision.emits, by.origin)
    return decision.state


def _opening(
    by: Act,
    draft: Draft,
    found: InForce,
    *,
    who: tuple[str, Actor],
    number: str,
    level: int,
    calls: tuple[Called, ...],
) -> Opening:
    """The draft as the engine takes it: with its number, whose it is, the level that its words lift it to."""
    token, actor = who
    return Opening(
        number=number,
        digest=found.digest,
        name=found.name,
        org=draft.org,
        actor=actor,
        happened=by.happened,
        precision=by.precision,
        reporter=token,
        place=draft.place,
        kind=draft.kind,
        behalf=draft.behalf,
        level=level,
        origin=draft.about,
        fields=draft.fields,
        texts={slot: text for slot in FREE_SLOTS if (text := getattr(draft, slot).strip())},
        calls=calls,
    )


def _who(tx: Tx, by: Act, draft: Draft, subject: Subject, *, procedure: Procedure) -> tuple[str, Actor]:
    """Token of the one whose matter it is, and who acts. Whoever writes to a sealed procedure from outside is nobody: not even
    one who is signed in."""
    staff = bool(by.post)
    mine = token_here(tx, by, procedure) if staff else ""
    if procedure.sealed:
        return "", actor_of(by, mine, subject) if staff else NOBODY
    asked = draft.behalf or not (staff or by.kind == "system")
    token = _reporter(tx, by, draft, procedure) if asked else ""
    return token, actor_of(by, mine if staff else token, subject)


def _check_sealed(draft: Draft) -> None:
    """Raises Invalid for a draft of a sealed matter that says who sent it or where, or ties it to something else."""
    contact = draft.contact
    tied = (draft.place, draft.about, draft.address, draft.point, contact.name, contact.phone, contact.email)
    if any((*tied, contact.address, contact.note, *draft.calls)) or draft.behalf:
        raise Invalid.of("text", _("密封的事不记地点、联系方式，也不挂在别的事下面"), _("请只写内容"))


def _check_about(by: Act, draft: Draft, procedure: Procedure, level: int) -> None:
    """Raises Invalid when the opener may not see the other matter, or it is known to fewer people than this one would
    be, or this procedure acts back on it: that one is opened by an act on the other matter, by those who may."""
    if not draft.about:
        if procedure.about and not procedure.alone:
            raise Invalid.of("about", _("没有写关于哪一件事"), _("请打开那件事，从它的页面上发起"))
        return
    seen = readable(by)
    if procedure.portal and not by.post:
        seen |= ~Q(shown="")  # a resident hangs hers on what everybody may read
    rows = Matter.objects.filter(seen, number=draft.about)
    row, name, ended = rows.values_list("level", "procedure", "ended").first() or (None, "", None)
    if row is None:
        raise Invalid.of("about", _("没有这件事，或它不对您开放"), _("请核对编号"))
    if procedure.about and (name not in procedure.about or ended is not None):
        raise Invalid.of("about", _("这一种不能挂在那件事下面，或它已经结束"), _("请打开还在进行的那件事"))
    if any(effect.back for action in procedure.actions for effect in action.then):
        raise Invalid.of("about", _("这一种要从那件事的页面上发起"), _("请打开那件事，按页面上的按钮"))
    held = Matter.objects.filter(about=draft.about, procedure=draft.procedure, ended__isnull=True)
    if procedure.open_at_most and held.exclude(about="").count() >= procedure.open_at_most:
        raise Invalid.of(
            "about",
            _("那件事下面最多同时有 %(n)d 件“%(title)s”")
            % {"n": procedure.open_at_most, "title": procedure.title},
            _("请先办结前一件"),
        )
    if row > level:
        raise Invalid.of(
            "level", _("那件事知道的人更少"), _("请把这一件的级别提到 %(level)d") % {"level": row}
        )


def _led(calls: Sequence[Called]) -> tuple[Called, ...]:
    """The same addressees with their parts: one leads at most. Raises Invalid."""
    leads = [n for n, called in enumerate(calls) if called.role == "lead"]
    if len(leads) > 1:
        raise Invalid.of(f"calls.{leads[1]}.role", _("牵头的只能有一家"), _("请把其余的改成配合"))
    first = leads or [n for n, called in enumerate(calls) if not called.role][:1]
    return tuple(replace(called, role="lead" if n in first else "co") for n, called in enumerate(calls))


def _check_calls(calls: Sequence[Called], day: date) -> None:
    """Raises Invalid naming the addressees that are not there, stand twice, or are called for what is not theirs."""
    for n, called in enumerate(calls):
        if called.org not in forest():
            raise Invalid.of(f"calls.{n}.org", _("没有这个组织"), _("请从列表里选"))
        if any((other.org, other.post) == (called.org, called.post) for other in calls[:n]):
            raise Invalid.of(f"calls.{n}.org", _("同一个单位派了两次"), _("请合并成一项"))
    check_calls(calls, day)
    check_posts({f"calls.{n}.post": (called.org, called.post) for n, called in enumerate(calls)}, day)


def _reporter(tx: Tx, by: Act, draft: Draft, procedure: Procedure) -> str:
    contact = draft.contact
    if procedure.forgets and by.person and not draft.behalf and contact == Contact():
        return once(tx, by.person)
    return queue_contact(
        tx,
        domain=DOMAIN,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        address=contact.address,
        note=contact.note,
        owner="" if draft.behalf else by.person,
    ).token


def number_of(tx: Tx, form: str) -> str:
    """The next number of the district's one sequence: "FL-{year}-{n:06}" → "FL-2026-000123"."""
    year = timezone.localdate(tx.by.noted).year
    return form.format(year=year, n=tx.number(form.partition("{")[0] + str(year)))


def queue_new(tx: Tx, found: InForce, state: State, emits: Sequence[Emit], origin: str) -> None:
    """Rows of a new matter: plain inserts, nothing can be there."""
    calendar = current_calendar()
    tx.insert(Matter, **matter_row(found.procedure, state, calendar, pack=found.pack, origin=origin))
    for n, leg in state.legs.items():
        tx.insert(LegRow, **leg_row(state, leg))
        queue_stakes(tx, found.procedure, None, state, n)
    queue_files(tx, state.number, emits)
    queue_readers(tx, (), state)
    if state.level <= SHARED_LEVEL:
        queue_search(tx, found.procedure, state, search_text(found.procedure, state, dict(emits[0].texts)))
