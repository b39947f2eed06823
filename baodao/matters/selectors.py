"""Reads of matters. Lists start from `visible_to` or `stakes_of`; a single matter from `see`, which asks the
same rule. Texts come masked unless the reader has the contact right on the matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct
from msgspec.structs import replace

from baodao.kernel.act import Act, Origin
from baodao.kernel.errors import Missing
from baodao.kernel.selectors import current_calendar
from baodao.kernel.text import mask
from baodao.kernel.verbs import allowed
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs.policies import reach_of, where, while_trees_stand
from baodao.orgs.powers.facts import DeputyActed
from baodao.orgs.rights import Reach
from baodao.orgs.tree import Forest
from baodao.people.selectors import persons_of, tokens_here

from .declare import Procedure
from .engine import Offer, available
from .facts import NAMES, TO_PROCEDURE, Acted, Opened, Rated, Step, moved_to
from .lapses import advance
from .meanings import FOLLOW, UNFOLLOW
from .models import Leg, Matter, MatterFile, Reader, Stake
from .policies import COLUMNS, READ, actor_of, contact_right, readable, subject_of, subject_of_rows
from .project import SHARED_LEVEL
from .services.glass import log_look, through_glass
from .services.linking import going_on_words, waits_for_others
from .services.tokens import DOMAIN
from .services.writing import own
from .state import State
from .versions import unfold, version, words_of

#: Matters by which an organization shows what it usually begins.
LATEST = 100


def visible_to(by: Act) -> QuerySet[Matter]:
    """All matters that this actor may read."""
    return Matter.objects.filter(readable(by))


def stakes_of(by: Act) -> QuerySet[Stake]:
    """Open legs that this actor may list: her own post's, her organization's, those that wait for it, those
    below. No row comes twice."""
    return Stake.objects.filter(listed(reach_of(by, READ)))


@while_trees_stand
def listed(found: Reach, trees: Forest) -> Q:
    """The condition on open legs that this reach lists."""
    wanted = Q(pk__in=[])
    for org, top in found.below:
        wanted |= Q(scope=org, level__lte=min(top, 1))
    for org, top in found.own:
        wanted |= Q(scope=org, depth=0, level__lte=min(top, 1)) | Q(
            scope=org, caller=True, level__lte=min(top, 1)
        )
    # What ended organizations have is open only until a beat hands it on. Whoever stands above such a one has a row of her
    # own for the same leg, up to the level that rows above have at all.
    listed, gone = {org for org, _top in found.below}, trees.gone(found.day)
    above = {org for org, past in gone.items() if not listed.isdisjoint(past.over)}
    for org, top in found.past:
        if org not in above:
            wanted |= Q(scope=org, depth=0, level__lte=min(top, 1))
    for org, post, top in found.legs:
        least = SHARED_LEVEL + 1 if org in above else 0
        wanted |= Q(scope=org, depth=0, seat=post, level__lte=top, level__gte=least)
    if found.grids or found.grounds:
        wanted |= Q(depth=0) & _in_area(found) & ~Q(Exists(Stake.objects.filter(wanted, **_SAME_LEG)))
    return wanted


_SAME_LEG = {"matter": OuterRef("matter"), "leg": OuterRef("leg")}


def _in_area(found: Reach) -> Q:
    """Open legs of matters that lie in an area, by the rule of `policies.COLUMNS`; what is listed otherwise already is not
    listed once more."""
    area = Reach(right=found.right, day=found.day, grids=found.grids, grounds=found.grounds)
    return Q(matter__in=Matter.objects.filter(where(area, COLUMNS), ended__isnull=True).values("number"))


def due_matters(at: datetime, limit: int, but: Collection[str] = ()) -> list[tuple[str, datetime, Origin]]:
    """Matters whose `next_at` has come, the earliest first: number, `next_at`, origin."""
    rows = Matter.objects.filter(next_at__lte=at).exclude(number__in=but).order_by("next_at", "number")
    return list(rows.values_list("number", "next_at", "origin")[:limit])  # type: ignore[arg-type]


def open_numbers(after: str, limit: int) -> list[str]:
    """Numbers of matters that have not ended, by number, after one (keyset)."""
    rows = Matter.objects.filter(ended__isnull=True, number__gt=after).order_by("number")
    return list(rows.values_list("number", flat=True)[:limit])


def outdated(pack: str, procedure: str, digest: str, after: str, limit: int) -> list[str]:
    """Numbers of open matters of a procedure of a pack that stand under another version, by number, after one."""
    rows = Matter.objects.filter(ended__isnull=True, pack=pack, procedure=procedure, number__gt=after)
    return list(rows.exclude(digest=digest).order_by("number").values_list("number", flat=True)[:limit])


def mine(by: Act) -> QuerySet[Matter]:
    """The matters that the person herself opened, newest first."""
    tokens = _tokens(by)
    rows = Matter.objects.filter(reporter__in=tokens) if tokens else Matter.objects.none()
    return rows.order_by("-opened", "number")


def mine_page(by: Act, after: str, most: int) -> list[Matter]:
    """A page of `mine`, from behind the number ``after`` ("" for the first page)."""
    rows = mine(by)
    last = rows.filter(number=after).values_list("opened", flat=True).first() if after else None
    if last is not None:
        rows = rows.filter(Q(opened__lt=last) | Q(opened=last, number__gt=after))
    return list(rows[:most])


def reporter_of(number: str) -> str:
    """Token of the one whose matter it is; "" when there is none. For whoever proved number and code."""
    return Matter.objects.filter(number=number).values_list("reporter", flat=True).first() or ""


class Seen(Struct):
    """A matter as one reader may see it. ``position``: hand it back as ``seen`` with an act."""

    row: Matter
    procedure: Procedure
    """In the reader's language."""
    state: State
    facts: list[Recorded]
    position: int
    texts: dict[int, dict[str, str]]
    masked: bool
    lang: str = ""
    shut: frozenset[int] = frozenset()
    """Facts whose texts lie in the matter's box (`services.sealing.unsealed`)."""
    deputies: dict[str, str] = {}
    """command → own post of whoever acted for the post of its facts."""

    def procedures(self) -> list[Procedure]:
        """The procedure that held at each fact, in the reader's language: a matter may have gone over to another."""
        if not any(moved_to(fact.data) for fact in self.facts):
            return [self.procedure] * len(self.facts)
        found: list[Procedure] = []
        for fact in self.facts:
            data = fact.data
            if isinstance(data, Opened):
                held = words_of(self.row.pack, data.procedure, version(data.digest), self.lang)
            elif (digest := moved_to(data)) and isinstance(data, Step):
                name = str(data.fields.get(TO_PROCEDURE, self.row.procedure))
                held = words_of(self.row.pack, name, version(digest), self.lang)
            found.append(held)
        return found


def see(by: Act, number: str) -> Seen:
    """One matter, its folded state with what is due by ``by.noted`` already applied, its facts with texts.
    Raises Missing for one that is not there or not for this reader: the two are not told apart. Five
    statements."""
    row = Matter.objects.filter(number=number).first()
    legs = list(Leg.objects.filter(matter=number)) if row is not None else []
    if row is None or not allowed(by, READ, subject_of_rows(row, legs)):
        raise Missing.of("number", _("没有这个编号，或它不对您开放"), _("请核对编号"))
    seen = _seen(by, row)
    if through_glass(by, subject_of_rows(row, legs)):
        log_look(by, subject_of_rows(row, legs), seen.state.reporters)
    return seen


def _seen(by: Act, row: Matter) -> Seen:
    calendar = current_calendar()
    told = facts_of(f"matter:{row.number}")
    facts = own(told)
    procedure, state = unfold(facts, calendar, row.number)
    if by.noted > state.last:
        state = advance(procedure, state, by.noted, calendar).state
    shown = [
        fact for fact in facts if not isinstance(fact.data, Rated) and not _blind(by, procedure, state, fact)
    ]
    texts = texts_of([fact.id for fact in shown if fact.slots])
    subject = subject_of(state)
    open_texts = any(token in subject.persons for token in _tokens(by)) or allowed(
        by, contact_right(state), subject
    )
    if not open_texts:
        texts = {n: {slot: mask(text) for slot, text in slots.items()} for n, slots in texts.items()}
    spoken = words_of(row.pack, row.procedure, procedure, by.lang)
    position = facts[-1].id if facts else 0
    boxed = frozenset(texts_of([fact.id for fact in shown], shut=True) if procedure.sealed else ())
    return Seen(row, spoken, state, shown, position, texts, not open_texts, by.lang, boxed, deputies_of(told))


def _blind(by: Act, procedure: Procedure, state: State, fact: Recorded) -> bool:
    """Whether somebody else gave this blind and the matter still goes on."""
    action = procedure.action(fact.data.action) if isinstance(fact.data, Step) else None
    return action is not None and action.blind and state.ended is None and fact.person not in _tokens(by)


def deputies_of(facts: Iterable[Recorded]) -> dict[str, str]:
    """command → own post of the deputy who gave it."""
    return {fact.command: fact.data.deputy for fact in facts if isinstance(fact.data, DeputyActed)}


def see_many(by: Act, numbers: Sequence[str]) -> dict[str, Seen]:
    """Those of these matters that this reader may see, by number, without their texts: for a look at what can be done with
    each. Three statements, whatever their number."""
    rows, legs = rows_of(numbers), legs_of(numbers)
    shown = [n for n, row in rows.items() if allowed(by, READ, subject_of_rows(row, legs[n]))]
    facts: dict[str, list[Recorded]] = {number: [] for number in shown}
    for fact in own(facts_of([f"matter:{number}" for number in shown])) if shown else ():
        facts[fact.subject[7:]].append(fact)
    calendar, found = current_calendar(), {}
    for number, held in facts.items():
        procedure, state = unfold(held, calendar, number)
        if by.noted > state.last:
            state = advance(procedure, state, by.noted, calendar).state
        spoken = words_of(rows[number].pack, rows[number].procedure, procedure, by.lang)
        found[number] = Seen(rows[number], spoken, state, held, held[-1].id, {}, True, by.lang)
    return found


def _tokens(by: Act) -> tuple[str, ...]:
    return tokens_here(by.person, DOMAIN) if by.person else ()


def offers(by: Act, seen: Seen) -> list[Offer]:
    """What this actor may do now, with hindrances; both the right and the procedure's ``who`` say yes."""
    subject = subject_of(seen.state)
    tokens = _tokens(by)
    # In a matter that forgets she is who asked, not who she is elsewhere.
    token = next((one for one in tokens if one in seen.state.reporters), "") or next(iter(tokens), "")
    actor = actor_of(by, token, subject)
    found = available(seen.procedure, seen.state, actor, by.noted, current_calendar())
    able = [o for o in found if allowed(by, f"{seen.state.procedure}.{o.action.name}", subject)]
    if not any(waits_for_others(o.action) for o in able) or not (words := going_on_words(seen.state.number)):
        return able
    return [replace(o, hindrances=(*o.hindrances, words)) if waits_for_others(o.action) else o for o in able]


def together(number: str) -> tuple[int, int]:
    """How many matters go on as this one, itself among them, and how many people they are of; (1, …) when nothing was
    merged into it. Not the same number: one person may have reported twice, staff for nobody. One statement."""
    rows = Matter.objects.filter(Q(number=number) | Q(into=number)).exclude(number="")
    found = rows.aggregate(
        matters=Count("number"), people=Count("reporter", distinct=True, filter=~Q(reporter=""))
    )
    return found["matters"], found["people"]


def sealed_for(post: str, before: str, most: int) -> list[Matter]:
    """Sealed matters that name this post, the newest first, older than a number. One statement."""
    rows = Matter.objects.filter(number__in=Reader.objects.filter(post=post).values("matter"))
    return list((rows.filter(number__lt=before) if before else rows).order_by("-number")[:most])


def named_before(number: str) -> list[str]:
    """Posts that a sealed matter names, those that have ended among them. One statement."""
    return list(Reader.objects.filter(matter=number).order_by("post").values_list("post", flat=True))


def row_of(number: str) -> Matter | None:
    """The row alone, nobody asked: for a door that asks for more than the number."""
    return Matter.objects.filter(number=number).first()


def names_of(fact: Recorded) -> tuple[str, str]:
    """(engine fact, action) of a stored fact."""
    name = NAMES[type(fact.data)]
    return name, fact.data.action if isinstance(fact.data, Step) else ""


def files_of(facts: Iterable[Recorded]) -> list[str]:
    """SHA-256 of the evidence that these facts name, in order; a page serves a file only if it is one of
    them."""
    found: dict[str, None] = {}
    for fact in facts:
        if isinstance(fact.data, Step):
            found.update(dict.fromkeys(fact.data.files))
    return list(found)


def holds(digests: Collection[str]) -> set[str]:
    """Which of these files some matter still names."""
    rows = MatterFile.objects.filter(digest__in=list(digests))
    return set(rows.values_list("digest", flat=True).distinct())


def subjects_of(tokens: Sequence[str]) -> list[str]:
    """Ledger subjects of the matters that these tokens opened."""
    rows = Matter.objects.filter(reporter__in=[token for token in tokens if token])
    return [f"matter:{number}" for number in rows.values_list("number", flat=True)]


def legs_of(numbers: Sequence[str]) -> dict[str, list[Leg]]:
    """Legs by matter, for a page of a list. One statement."""
    found: dict[str, list[Leg]] = {number: [] for number in numbers}
    for leg in Leg.objects.filter(matter__in=list(numbers)).order_by("matter", "n"):
        found[leg.matter].append(leg)
    return found


def rows_of(numbers: Sequence[str]) -> dict[str, Any]:
    """Matters by number, for a page of a list. One statement."""
    return {row.number: row for row in Matter.objects.filter(number__in=list(numbers))}


def followers_of(number: str) -> list[str]:
    """Tokens of those who follow a matter now. One statement."""
    rows = facts_of(f"matter:{number}")
    found: dict[str, bool] = {}
    for fact in rows:
        if isinstance(fact.data, Acted) and fact.data.action in {FOLLOW, UNFOLLOW} and fact.person:
            found[fact.person] = fact.data.action == FOLLOW
    return sorted(token for token, follows in found.items() if follows)


def follower_count(state: State) -> int:
    """How many people follow a matter now; nobody sees who. Whoever was erased is not counted. One statement, none
    where nobody follows."""
    return len(persons_of(state.followers, "notify")) if state.followers else 0


def usual(org: str) -> Counter[str]:
    """Procedure → how many of the latest hundred matters of an organization are of it. One statement."""
    latest = Matter.objects.filter(org=org).order_by("-opened", "number")
    return Counter(latest.values_list("procedure", flat=True)[:LATEST])
