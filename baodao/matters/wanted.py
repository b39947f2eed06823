"""Needs that name nobody: matters that an organization may take by itself because it helps whoever looks after them (selector
``helper``). Whoever does not take one leaves no row and no fact."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from msgspec import Struct

from baodao.kernel.act import Act, Subject
from baodao.kernel.declare import get_pack
from baodao.kernel.text import mask
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.alliances.selectors import helped_by
from baodao.orgs.selectors import forest, name_of, pack_of

from .declare import Action, Procedure
from .facts import Opened
from .guards import HELPER
from .models import Leg, Matter
from .project import SHARED_LEVEL

MOST = 100


class Wanted(Struct, frozen=True):
    """One need as a helper reads it: number, kind in words, first line, text (phones masked), whose it is, since when, and the
    action that takes it."""

    number: str
    kind: str
    title: str
    text: str
    office: str
    since: datetime
    procedure: Procedure
    action: Action
    name: str
    """The procedure's."""


def taking(procedure: Procedure) -> Action | None:
    """The action by which a helper takes a matter; None where a procedure has none."""
    return next((one for one in procedure.actions if HELPER in one.who and one.on == "matter"), None)


def wanted(by: Act, org: str, day: date, *, after: str = "", only: str = "") -> list[Wanted]:
    """What an organization may take now, the longest listed first: `MOST` of them and one more, those behind the number ``after``, or the
    one whose number is ``only``. At most six statements."""
    found = get_pack(pack_of(org)).many(Procedure, by.lang).items() if org else ()
    held = {
        name: (procedure, action)
        for name, procedure in found
        if (action := taking(procedure)) is not None
        and allowed(by, f"{name}.{action.name}", Subject(ref="matter:new", org=org, level=procedure.level))
    }
    helped = helped_by(org, day) if held else []
    homes = {code for one in helped for code in forest().below(one, day)}
    taken = Leg.objects.filter(matter=OuterRef("number"), ended__isnull=True)
    rows = Matter.objects.filter(
        ~Exists(taken), procedure__in=held, org__in=homes, ended__isnull=True, level__lte=SHARED_LEVEL
    ).order_by("opened", "number")
    if only:
        rows = rows.filter(number=only)
    elif after and (last := Matter.objects.filter(number=after).values_list("opened", flat=True).first()):
        rows = rows.filter(Q(opened__gt=last) | Q(opened=last, number__gt=after))
    return _told(list(rows[: MOST + 1]), held)


def _told(rows: list[Matter], held: dict[str, tuple[Procedure, Action]]) -> list[Wanted]:
    told = facts_of([f"matter:{row.number}" for row in rows])
    opened = {fact.subject: fact for fact in told if isinstance(fact.data, Opened)}
    texts = texts_of([fact.id for fact in opened.values()])
    made = []
    for row in rows:
        procedure, action = held[row.procedure]
        slots = texts.get(opened[f"matter:{row.number}"].id, {})
        kind = next((one.title for one in procedure.kinds if one.name == row.kind), procedure.title)
        title, text = (mask(slots.get(name, "")) for name in ("title", "text"))
        made.append(
            Wanted(
                row.number, kind, title, text, name_of(row.org), row.opened, procedure, action, row.procedure
            )
        )
    return made
