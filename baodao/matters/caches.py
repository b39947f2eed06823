"""What `baodao dump` prints of matters, and how its projections are rebuilt from the facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils import timezone

from baodao.kernel.evidence import refs_of, register_holder
from baodao.kernel.selectors import current_calendar
from baodao.ledger.caches import Table, register_cache, register_state
from baodao.ledger.models import Fact, SearchDoc
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs.selectors import forest, pack_of

from .declare import Procedure
from .facts import Opened
from .models import Follower, Leg, Matter, MatterFile, ProcedureVersion, Reader, Stake
from .project import SHARED_LEVEL, leg_row, matter_row, stake_rows
from .selectors import files_of, holds
from .services.writing import is_found, own, search_columns, search_text
from .state import State
from .versions import unfold

CHUNK = 200


def numbers() -> Iterator[list[str]]:
    """Subjects of all matters in order of opening, in chunks."""
    last = 0
    while True:
        rows = list(
            Fact.objects.filter(kind="matter.opened", id__gt=last)
            .order_by("id")
            .values_list("id", "subject")[:CHUNK]
        )
        if not rows:
            return
        last = rows[-1][0]
        yield [subject for _id, subject in rows]


def rebuild(progress: Callable[[int, int], None]) -> None:
    """Fill the empty tables of matters again."""
    total, done = Fact.objects.filter(kind="matter.opened").count(), 0
    for subjects in numbers():
        _rebuild_chunk(subjects)
        done += len(subjects)
        progress(done, total)


def _rebuild_chunk(subjects: list[str]) -> None:
    by_subject: dict[str, list[Recorded]] = {subject: [] for subject in subjects}
    for fact in own(facts_of(subjects)):
        by_subject[fact.subject].append(fact)
    states: list[tuple[State, list[Recorded], Procedure]] = []
    for subject, facts in by_subject.items():
        if facts:  # none left in force: an import that was taken back
            opened = facts[0].data
            assert isinstance(opened, Opened)
            procedure, state = unfold(facts, current_calendar(), subject.partition(":")[2])
            states.append((state, facts, procedure))
    _insert(states)


def _insert(states: list[tuple[State, list[Recorded], Procedure]]) -> None:
    day, calendar, trees = timezone.localdate(), current_calendar(), forest()

    def heir(org: str) -> str:
        return trees.heir(org, day)

    wanted = [
        n for state, facts, _p in states if state.level <= SHARED_LEVEL for n in (facts[0].id, state.released)
    ]
    texts = texts_of([n for n in wanted if n])
    matters, legs, stakes, docs = [], [], [], []
    files = {state.number: files_of(facts) for state, facts, _p in states}
    there = {ref.hash for ref in refs_of({digest for digests in files.values() for digest in digests})}
    for state, facts, procedure in states:
        fact = facts[0]
        pack = pack_of(state.org, timezone.localdate(fact.noted))
        shown = texts.get(state.released, {}).get("title", "") if state.released else ""
        row = matter_row(procedure, state, calendar, pack=pack, origin=fact.origin, shown=shown)
        matters.append(Matter(**row))
        for leg in state.legs.values():
            legs.append(Leg(**leg_row(state, leg)))
            stakes += [
                Stake(**row) for row in stake_rows(procedure, state, leg, trees.over(leg.org, day), heir)
            ]
        if is_found(procedure, state):
            text = search_text(procedure, state, texts.get(fact.id, {}))
            docs.append(SearchDoc(**search_columns(state, text)))
    Matter.objects.bulk_create(matters)
    Reader.objects.bulk_create(
        Reader(matter=state.number, post=post) for state, _facts, _p in states for post in state.named
    )
    Follower.objects.bulk_create(
        Follower(matter=state.number, token=token)
        for state, _facts, _p in states
        for token in state.followers
    )
    Leg.objects.bulk_create(legs)
    Stake.objects.bulk_create(stakes)
    SearchDoc.objects.bulk_create(docs)
    # An erased file stays gone: the facts still name it, the row does not come back.
    MatterFile.objects.bulk_create(
        MatterFile(matter=number, digest=digest)
        for number, digests in files.items()
        for digest in sorted(set(digests) & there)
    )


register_holder("matters", holds)
register_state(ProcedureVersion, key=("digest",))
register_cache(
    "matters",
    [
        Table(Matter, ("number",)),
        Table(Leg, ("matter", "n"), exclude=("id",)),
        Table(Stake, ("matter", "leg", "scope"), exclude=("id",)),
        Table(Reader, ("matter", "post"), exclude=("id",)),
        Table(Follower, ("matter", "token"), exclude=("id",)),
        Table(MatterFile, ("matter", "digest"), exclude=("id",)),
        Table(SearchDoc, ("subject",), exclude=("id",), only=("kind", "matter")),
    ],
    rebuild,
    after=("closure",),
)
