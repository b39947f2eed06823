"""What must be said anew: clocks after another calendar edition, settlements and rows after facts were voided."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from baodao.kernel.act import Act, Subject, system_act
from baodao.kernel.calendar import weekdays_only
from baodao.kernel.models import CalendarEdition
from baodao.kernel.selectors import calendar_of, current_calendar
from baodao.kernel.services import on_new_edition
from baodao.kernel.verbs import Tx, verb
from baodao.ledger.models import SearchDoc
from baodao.ledger.selectors import facts_of, texts_of
from baodao.ledger.services import on_void
from baodao.matters.clocks import Calendar
from baodao.matters.facts import Acted, Opened
from baodao.matters.fold import apply
from baodao.matters.lapses import RECALENDAR, recompute
from baodao.matters.models import Follower, Matter, Reader, Stake
from baodao.matters.models import Leg as LegRow
from baodao.matters.policies import readers_of
from baodao.matters.project import SHARED_LEVEL, leg_row, matter_row
from baodao.matters.selectors import open_numbers
from baodao.matters.settlement import settlements
from baodao.matters.versions import unfold

from .sealing import queue_readers
from .writing import (
    Loaded,
    load,
    own,
    queue_facts,
    queue_rows,
    queue_search,
    queue_stakes,
    search_text,
    shown_title,
)

CHUNK = 200


@verb("matter.recalendar")
def recalendar(tx: Tx, by: Act, *, number: str, edition: str) -> int:
    """Tell what the edition in force changes for the open clocks of a matter, against the edition that its facts spoke
    of last, and move `next_at`. Gives the number of clocks that moved."""
    tx.ask("matter.lapse", Subject(ref=f"matter:{number}"))
    loaded = load(number, lock=True)
    before = _spoken_of(loaded)
    if before == edition or loaded.state.ended is not None:
        return 0
    procedure, old = unfold(loaded.facts, _calendar(before), number)
    emits = queue_facts(tx, old.subject, recompute(old, loaded.calendar, by.happened))
    # Compared with the old dues, so that every row whose date moved is written.
    loaded = replace(loaded, procedure=procedure, state=old)
    _same, after = unfold(loaded.facts, loaded.calendar, number)
    for emit in emits:
        apply(procedure, after, emit, loaded.calendar)
    queue_rows(tx, loaded, after)
    return len(emits)


def _spoken_of(loaded: Loaded) -> str:
    """The edition that the facts of a matter know: that of its opening, or of the last change told."""
    edition = ""
    for fact in loaded.facts:
        if isinstance(fact.data, Opened):
            edition = fact.data.edition
        elif isinstance(fact.data, Acted) and fact.data.action == RECALENDAR:
            edition = str(fact.data.fields["edition"])
    return edition


def _calendar(edition: str) -> Calendar:
    row = CalendarEdition.objects.filter(code=edition).first()
    return calendar_of(row) if row is not None else weekdays_only()


@on_new_edition("matters")
def recalendar_all(edition: str, now: datetime) -> int:
    """Every open matter, one command each; safe to repeat. Gives how many changed."""
    changed, last = 0, ""
    while chunk := open_numbers(last, CHUNK):
        for number in chunk:
            by = system_act(now.replace(microsecond=0), f"recalendar-{edition}-{number}")
            changed += recalendar(by, number=number, edition=edition) > 0
        last = chunk[-1]
    return changed


@on_void
def reproject(tx: Tx, subjects: list[str]) -> None:
    """Facts are voided in this command: rows follow what is left, settlements that it changes are made anew."""
    voided = {pending.voids for pending in tx.facts if pending.voids is not None}
    for subject in subjects:
        if not subject.startswith("matter:"):
            continue
        number = subject.partition(":")[2]
        facts = [fact for fact in own(facts_of(subject)) if fact.id not in voided]
        if not facts or not isinstance(facts[0].data, Opened):
            for model in (Stake, LegRow, Reader, Follower):
                tx.delete(model, matter=number)
            tx.delete(Matter, number=number)
            tx.delete(SearchDoc, subject=subject)
            continue
        calendar = current_calendar()
        procedure, state = unfold(facts, calendar, number)
        queue_facts(tx, subject, settlements(state, recheck=True))
        rows = Matter.objects.filter(number=number).values_list("pack", "origin").first() or (
            "base",
            facts[0].origin,
        )
        row = matter_row(procedure, state, calendar, pack=rows[0], origin=rows[1], shown=shown_title(state))
        tx.upsert(Matter, ("number",), **row)
        queue_readers(tx, readers_of(number), state)
        texts = texts_of([facts[0].id]).get(facts[0].id, {}) if state.level <= SHARED_LEVEL else {}
        queue_search(tx, procedure, state, search_text(procedure, state, texts))
        for n, leg in state.legs.items():
            tx.upsert(LegRow, ("matter", "n"), **leg_row(state, leg))
            listed = queue_stakes(tx, procedure, None, state, n)
            had = set(Stake.objects.filter(matter=number, leg=n).values_list("scope", flat=True))
            if gone := sorted(had - listed):
                tx.delete(Stake, matter=number, leg=n, scope=gone)
