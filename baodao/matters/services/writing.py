"""What all verbs of matters share: load and lock, queue facts, queue rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid, Missing
from baodao.kernel.evidence import refs_of
from baodao.kernel.selectors import current_calendar
from baodao.kernel.text import index_words, mask
from baodao.kernel.verbs import Tx
from baodao.ledger.models import SearchDoc
from baodao.ledger.search import marks
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.matters.clocks import Calendar
from baodao.matters.declare import Procedure
from baodao.matters.engine import Decision, decide
from baodao.matters.facts import NAMES, Emit, Opened, Step
from baodao.matters.guards import Actor
from baodao.matters.lapses import advance
from baodao.matters.models import Follower, Matter, MatterFile, Stake
from baodao.matters.models import Leg as LegRow
from baodao.matters.move import Ports
from baodao.matters.project import SHARED_LEVEL, leg_row, matter_row, stake_rows
from baodao.matters.state import State
from baodao.matters.versions import ports_of, unfold
from baodao.orgs.selectors import forest

from .sealing import put_in, queue_readers


class Loaded(Struct):
    """A matter at hand: its version, its folded state, and the facts that made it."""

    procedure: Procedure
    state: State
    calendar: Calendar
    facts: list[Recorded]
    pack: str
    origin: str
    shown: str = ""
    carries: bool = False
    """Whether other matters were merged into this one."""

    @property
    def ports(self) -> Ports:
        return ports_of(self.state.procedure, self.state.org, self.pack)


def own(facts: Iterable[Recorded]) -> list[Recorded]:
    """Facts of the engine; other apps may record theirs on a matter as well."""
    return [fact for fact in facts if type(fact.data) in NAMES]


def load(number: str, *, lock: bool = False) -> Loaded:
    """Two statements. ``lock`` keeps others from moving it until commit (SQLite: the write lock is held
    already). Raises Missing."""
    # By hand: this and the facts are the two statements before every act, and the query compiler costs more than they.
    sql = (
        "SELECT pack, origin, shown, EXISTS("
        'SELECT 1 FROM matters_matter c WHERE c."into" = m.number AND c."into" <> %s)'
        " FROM matters_matter m WHERE number = %s"
    )
    if lock and connection.vendor == "postgresql":
        sql += " FOR UPDATE OF m"
    with connection.cursor() as cursor:
        cursor.execute(sql, ["", number])
        row = cursor.fetchone()
    if row is None:
        raise Missing.of("number", _("没有这个编号"), _("请核对编号"))
    facts = own(facts_of(f"matter:{number}"))
    calendar = current_calendar()
    procedure, state = unfold(facts, calendar, number)
    return Loaded(procedure, state, calendar, facts, row[0], row[1], row[2], bool(row[3]))


def load_many(numbers: Iterable[str], *, lock: bool = False) -> dict[str, Loaded]:
    """Those of these matters that are there, by number. Three statements, however many; locked in one order."""
    wanted = sorted(set(numbers))
    rows = Matter.objects.filter(number__in=wanted).order_by("number")
    if lock and connection.vendor == "postgresql":
        rows = rows.select_for_update()
    found = {row[0]: row for row in rows.values_list("number", "pack", "origin", "shown")}
    # The second condition is that of the partial index.
    carrying = set(Matter.objects.filter(into__in=wanted).exclude(into="").values_list("into", flat=True))
    facts: dict[str, list[Recorded]] = {number: [] for number in found}
    for fact in own(facts_of([f"matter:{number}" for number in found])):
        facts[fact.subject.partition(":")[2]].append(fact)
    calendar, made = current_calendar(), {}
    for number, (_number, pack, origin, shown) in found.items():
        procedure, state = unfold(facts[number], calendar, number)
        made[number] = Loaded(
            procedure, state, calendar, facts[number], pack, origin, shown, number in carrying
        )
    return made


def take(
    loaded: Loaded,
    by: Act,
    actor: Actor,
    action: str,
    *,
    fields: Mapping[str, Any],
    leg: int | None = None,
    seen: int | None = None,
    carried: bool = False,
) -> tuple[list[Emit], Decision]:
    """One action on a loaded matter: what was due before it, and what it decides. Nothing is queued. Raises as
    `engine.decide` does."""
    lapsed = advance(loaded.procedure, loaded.state, by.happened, loaded.calendar)
    decision = decide(
        loaded.procedure,
        lapsed.state,
        action,
        actor,
        fields=fields,
        happened=by.happened,
        calendar=loaded.calendar,
        leg=leg,
        seen=seen,
        precision=by.precision,
        ports=loaded.ports,
        carried=carried,
    )
    return list(lapsed.emits), decision


def queue_facts(tx: Tx, subject: str, emits: Sequence[Emit]) -> list[Emit]:
    """Queue what the engine decided. A settlement that is settled anew within one command is written once."""
    kept: list[Emit] = []
    for emit in emits:
        if emit.supersedes == 0:
            before = next(e for e in kept if type(e.data) is type(emit.data) and e.about == emit.about)
            kept.remove(before)
            emit = replace(emit, supersedes=before.supersedes)  # noqa: PLW2901
        kept.append(emit)
    kept = list(put_in(subject, kept))
    for emit in kept:
        tx.fact(
            emit.data,
            subject=subject,
            about=emit.about,
            org=emit.org,
            place=emit.place,
            person=emit.person,
            post=emit.post,
            level=emit.level,
            value=emit.value,
            texts=emit.texts,
            happened=emit.happened,
            precision=emit.precision,
            system=emit.system,
            supersedes=emit.supersedes,
        )
    return kept


def queue_files(tx: Tx, number: str, emits: Iterable[Emit]) -> None:
    """Rows of the files that these facts name. Raises Invalid for one that was never sent, or was swept since."""
    digests = {name for emit in emits if isinstance(emit.data, Step) for name in emit.data.files}
    if not digests:
        return
    if len(refs_of(digests)) < len(digests):
        raise Invalid.of("files", _("有附件已经不在了"), _("请重新上传"))
    for digest in sorted(digests):
        tx.upsert(MatterFile, ("matter", "digest"), matter=number, digest=digest)


def queue_rows(tx: Tx, loaded: Loaded, after: State) -> None:
    """Queue the projection where it changed. No row is touched twice: PostgreSQL writes all in one
    snapshot."""
    before = loaded.state
    procedure = loaded.procedure if after.digest == before.digest else loaded.ports.other(after.procedure)[1]
    queue_readers(tx, before.named, after)
    _queue_followers(tx, before.followers, after)
    row = matter_row(
        procedure, after, loaded.calendar, pack=loaded.pack, origin=loaded.origin, shown=loaded.shown
    )
    tx.upsert(Matter, ("number",), **row)
    levelled = before.level != after.level
    day = timezone.localdate(tx.by.noted)
    for n, leg in after.legs.items():
        old = before.legs.get(n)
        fresh = leg_row(after, leg)
        if old is None or levelled or leg_row(before, old) != fresh:
            tx.upsert(LegRow, ("matter", "n"), **fresh)
            queue_stakes(tx, procedure, before, after, n, earlier=loaded.procedure)
        elif _stakes(procedure, after, n, day) != _stakes(loaded.procedure, before, n, day):
            queue_stakes(tx, procedure, before, after, n, earlier=loaded.procedure)
    # Another procedure calls the same kind by another name, and a matter is found by it; another office finds it too.
    if levelled or after.digest != before.digest or _marks(before) != _marks(after):
        _queue_search(tx, loaded, procedure, after)


def _queue_followers(tx: Tx, before: set[str], after: State) -> None:
    """Rows of whoever began to follow and of whoever stopped."""
    for token in sorted(after.followers - before):
        tx.insert(Follower, matter=after.number, token=token)
    if gone := sorted(before - after.followers):
        tx.delete(Follower, matter=after.number, token=gone)


def queue_stakes(
    tx: Tx,
    procedure: Procedure,
    before: State | None,
    after: State,
    n: int,
    *,
    earlier: Procedure | None = None,
) -> set[str]:
    """Rows of one leg: new and changed ones are put, those of organizations that no longer list it go. Gives the
    organizations that do. ``earlier``: the version that held before, where the matter changes it."""
    day = timezone.localdate(tx.by.noted)
    rows = _stakes(procedure, after, n, day)
    for row in rows:
        tx.upsert(Stake, ("matter", "leg", "scope"), **row)
    listed = {row["scope"] for row in rows}
    if before is None or n not in before.legs:
        return listed
    had = {row["scope"] for row in _stakes(earlier or procedure, before, n, day)}
    if had:  # those above it before a move that nobody has told the lists of yet
        had |= forest().above_ever(before.legs[n].org) | {before.caller, before.legs[n].caller} - {""}
    if had and not rows:
        tx.delete(Stake, matter=after.number, leg=n)
    elif gone := sorted(had - listed):
        tx.delete(Stake, matter=after.number, leg=n, scope=gone)
    return listed


def _stakes(procedure: Procedure, state: State, n: int, day: date) -> list[dict[str, Any]]:
    leg = state.legs[n]
    trees = forest()
    return stake_rows(procedure, state, leg, trees.over(leg.org, day), lambda org: trees.heir(org, day))


def search_columns(state: State, text: str) -> dict[str, Any]:
    """All columns of a search row."""
    return {
        "subject": state.subject,
        "kind": "matter",
        "level": state.level,
        "scope": state.org,
        "state": "ended" if state.ended is not None else "open",
        "sort": int(state.opened.timestamp()),
        "words": index_words(text),
        "scopes": _marks(state),
        "shown": text,
    }


def _marks(state: State) -> str:
    orgs = [state.org, *(leg.org for leg in state.legs.values())]
    return marks(orgs, "ended" if state.ended is not None else "open", int(state.opened.timestamp()))


def is_found(procedure: Procedure, state: State) -> bool:
    """Whether a search may find a matter: not at level 2 or 3, and where the procedure says so only while it is open."""
    over = state.ended is not None and procedure.searched == "open"
    return state.level <= SHARED_LEVEL and not over


def queue_search(tx: Tx, procedure: Procedure, state: State, text: str) -> None:
    """The search row, for what may be found."""
    if not is_found(procedure, state):
        tx.delete(SearchDoc, subject=state.subject)
    else:
        tx.upsert(SearchDoc, ("subject",), **search_columns(state, text))


def _queue_search(tx: Tx, loaded: Loaded, procedure: Procedure, after: State) -> None:
    """Texts are read again from the contents, so that what was erased does not come back."""
    opened = [fact for fact in loaded.facts if isinstance(fact.data, Opened)]
    texts = texts_of([opened[0].id]).get(opened[0].id, {}) if after.level <= SHARED_LEVEL else {}
    queue_search(tx, procedure, after, search_text(procedure, after, texts))


def search_text(procedure: Procedure, state: State, texts: dict[str, str]) -> str:
    """What a matter is found by: number, kind and the words of its opening, with private numbers masked."""
    kind = next((row.title for row in procedure.kinds if row.name == state.kind), "")
    words = [texts[slot] for slot in ("title", "text", "address") if texts.get(slot)]
    return "\n".join([state.number, kind, *(mask(word) for word in words)])


def shown_title(state: State) -> str:
    """The title that staff released last, as far as it is not erased; "" when nothing is shown."""
    if not state.released:
        return ""
    return texts_of([state.released]).get(state.released, {}).get("title", "")
