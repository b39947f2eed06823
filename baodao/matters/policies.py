"""Who may do what on a matter: one Subject from a state or from rows, one set of columns for lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from baodao.kernel.act import Act, Subject
from baodao.kernel.verbs import allowed
from baodao.orgs.alliances.selectors import helped_by
from baodao.orgs.policies import Columns, reach_of, where
from baodao.orgs.selectors import forest, today

from .declare import Procedure
from .engine import OPEN
from .guards import Actor
from .meanings import FOLLOW, UNFOLLOW
from .models import Leg as LegRow
from .models import Matter, Reader
from .move import register_above
from .project import PART_LEVEL, seat_of
from .state import State

READ = "matter.read"
CONTACT, CONTACT_UNNAMED = "people.contact", "people.contact_unnamed"
#: Where the tables keep what `subject_of` says: lists and single objects follow the same rule.
COLUMNS = Columns(
    org="org",
    level="level",
    persons=("reporter",),
    named=("caller_post",),
    readers=(Reader, "matter", "post"),
    key="number",
    ref="matter:",
    legs=(LegRow, "matter", "org", "seat"),
    place="place",
)


def readable(by: Act) -> Q:
    """The condition on rows of matters that this actor may read: what lists and single matters agree on."""
    return where(reach_of(by, READ), COLUMNS)


def subject_of(state: State) -> Subject:
    """What the policy is asked about, from a folded state."""
    legs = {(leg.org, seat_of(leg, state.level)) for leg in state.legs.values()}
    return Subject(
        ref=state.subject,
        org=state.org,
        level=state.level,
        persons=tuple(state.reporters),
        legs=tuple(sorted(legs)),
        named=(
            *state.named,
            *([state.caller_post] if state.caller_post and state.level <= PART_LEVEL else []),
        ),
        place=state.place,
    )


def contact_right(state: State) -> str:
    """The right that opens who asked and how to reach her. Whoever asked not to be named to those who handle it is
    opened by a right of its own, which no post that handles has."""
    return CONTACT_UNNAMED if state.anonymous else CONTACT


def readers_of(number: str) -> tuple[str, ...]:
    """Posts that a sealed matter names. One statement."""
    return tuple(Reader.objects.filter(matter=number).order_by("post").values_list("post", flat=True))


def subject_of_rows(matter: Matter, legs: Iterable[LegRow]) -> Subject:
    """The same from the projected rows; for a matter of level 3 with one statement more."""
    named = readers_of(matter.number) if matter.level > PART_LEVEL else ()
    return Subject(
        ref=f"matter:{matter.number}",
        org=matter.org,
        level=matter.level,
        persons=(matter.reporter,) if matter.reporter else (),
        legs=tuple(sorted({(leg.org, leg.seat) for leg in legs})),
        named=(*named, *([matter.caller_post] if matter.caller_post else [])),
        place=matter.place,
    )


def knows(by: Act, subject: Subject, name: str, procedure: Procedure) -> bool:
    """Whether a matter of the procedure ``name`` is anything to this actor: she may read it, or take any of its actions."""
    # Opening and following are anybody's, and say nothing about this one.
    mine = (action.name for action in procedure.actions if action.name not in {OPEN, FOLLOW, UNFOLLOW})
    rights = (READ, *(f"{name}.{one}" for one in mine))
    return any(allowed(by, right, subject) for right in rights)


def stands_apart(org: str, other: str, day: date) -> bool:
    """Whether an organization is not that one, not below it, and not above it in the chain ranked with it. The district itself
    is ranked with nobody: it may rule although all lie below it."""
    chain, own_chain = forest().chain(other, day), forest().chain(org, day)
    return (
        bool(org) and other not in own_chain and (org not in chain or forest().nodes[org].level == "district")
    )


def helps(org: str, other: str) -> bool:
    """Whether an organization helps another, or one above it, through a pairing today. One statement."""
    day = today()
    return bool(org) and not set(helped_by(org, day)).isdisjoint(forest().chain(other, day))


def actor_of(by: Act, token: str, subject: Subject) -> Actor:
    """Who acts, for the engine: the policy and the tree are asked only when a selector needs them."""
    org = by.office
    day = today()

    def above(other: str) -> bool:
        return org not in {"", other} and org in forest().chain(other, day)

    def apart(other: str) -> bool:
        return stands_apart(org, other, day)

    def after(other: str) -> bool:
        return org != "" and forest().heir(other, day) == org

    return Actor(
        kind=by.kind,
        token=token,
        post=by.post,
        org=org,
        may=lambda right: allowed(by, right, subject),
        above=above,
        after=after,
        apart=apart,
        helps=lambda other: helps(org, other),
    )


def _above(org: str, day: date) -> str:
    chain = forest().chain(org, day)
    return chain[1] if len(chain) > 1 else org


register_above(_above)
