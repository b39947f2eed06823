"""Reads of contacts: a leader's own, the named person's own. Nobody above a leader sees more than that a contact is due or met."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import msgspec
from django.db.models import QuerySet

from baodao.dues.periods import period
from baodao.dues.ports import Life
from baodao.kernel.act import Act, Subject
from baodao.kernel.raw import day_of, fetch, marks
from baodao.ledger.selectors import Recorded, facts_of, texts_of
from baodao.orgs import selectors as orgs
from baodao.orgs.policies import Columns, reach_of, where
from baodao.people.selectors import token_for
from baodao.people.services.reading import read_identity

from .fold import State, fold
from .models import Contact, ContactMade

READ, RECORD, NAME, OWN = "contact.read", "contact.record", "contact.name", "contact.own"
DOMAIN = "service"
FEW = 400


def of_contact(state: State, code: str) -> Subject:
    """What a right on one contact is asked about: the leader's post, and the named person."""
    return Subject(
        ref=f"contact:{code}", org=state.org, level=2, legs=((state.org, state.post),), persons=(state.token,)
    )


def of_leader(org: str) -> Subject:
    """What naming is asked about: the leader's organization. Nothing of a person is opened by it."""
    return Subject(ref=f"org:{org}", org=org, level=1)


def told_of(codes: Collection[str]) -> dict[str, list[Recorded]]:
    """Facts in force of contacts. One statement."""
    found: dict[str, list[Recorded]] = {code: [] for code in codes}
    for fact in facts_of([f"contact:{code}" for code in sorted(found)]):
        found[fact.subject.partition(":")[2]].append(fact)
    return found


def states(codes: Collection[str]) -> dict[str, State]:
    """Contacts as the ledger has them. One statement."""
    folded = {code: fold(told) for code, told in told_of(codes).items()}
    return {code: state for code, state in folded.items() if state is not None}


class Shown(msgspec.Struct, frozen=True):
    """One contact with the words of its needs, newest first: (n, day, words of the need or "", met on)."""

    code: str
    state: State
    made: tuple[tuple[int, date, str, date | None], ...]


def shown(codes: Sequence[str]) -> list[Shown]:
    """Contacts with their words, in this order. Two statements."""
    held = states(codes)
    texts = texts_of([one.text for state in held.values() for one in state.made.values() if one.text])
    found = []
    for code in codes:
        state = held.get(code)
        if state is None:
            continue
        rows = sorted(state.made.values(), key=lambda one: (one.day, one.n), reverse=True)
        made = tuple((one.n, one.day, texts.get(one.text, {}).get("need", ""), one.solved) for one in rows)
        found.append(Shown(code, state, made))
    return found


def visible(by: Act) -> QuerySet[Contact]:
    """Contacts that this post keeps; no statement yet. Whoever left is not there."""
    reach = reach_of(by, READ)
    columns = Columns(org="org_id", level="level", key="pk", legs=(Contact, "pk", "org_id", "post"))
    rows = Contact.objects.filter(until__isnull=True)
    return rows.filter(where(reach, columns)) if reach else rows.none()


def kept_by(by: Act, after: str = "", limit: int = 51) -> list[Shown]:
    """A leader's own contacts, by code behind ``after``. Three statements."""
    codes = visible(by).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit]
    return shown(list(codes))


def names(by: Act, rows: Sequence[Shown]) -> Mapping[str, str]:
    """Token → name of one's own contacts, for a purpose. Raises Refused."""
    found: dict[str, str] = {}
    for row in rows:
        token = row.state.token
        read = read_identity(by, [token], ("name",), of_contact(row.state, row.code), right=READ)
        found[token] = read.one(token, "name")
    return found


def own(person: str) -> list[Shown]:
    """The contacts that name this person, open ones. Four statements."""
    token = token_for(person, DOMAIN)
    rows = Contact.objects.filter(token=token, until__isnull=True) if token else Contact.objects.none()
    return shown(list(rows.order_by("pk").values_list("pk", flat=True)))


def in_quarter(token: str, day: date) -> int:
    """How often a person was in touch with any leader in the quarter around a day: of all departments. One statement."""
    first, last = period("quarter", day)
    return ContactMade.objects.filter(contact__token=token, day__gte=first, day__lte=last).count()


def lives(plan: str, codes: Collection[str], day: date) -> list[Life]:
    """Subjects of dues of contacts: on the list of the leader's organization. One statement, written out: each to-do page asks it."""
    few = sorted(codes) if len(codes) <= FEW else []
    ours = f" AND org IN ({marks(few)})" if few else ""
    rows = fetch(
        f"SELECT code, org, since, until FROM dues_contact WHERE (until IS NULL OR until > %s){ours} ORDER BY code",
        [day.replace(month=1, day=1), *few],
    )
    stays = [(code, org, day_of(since), day_of(until)) for code, org, since, until in rows]
    wanted = set(codes)
    return [
        Life(f"contact:{code}", org, ((since, until),))
        for code, org, since, until in stays
        if org in wanted and since is not None and (until is None or until > since)
    ]


def leaders(org: str, day: date) -> list[tuple[str, str]]:
    """(post, title) of those in an organization who may keep contacts. One statement."""
    return [(post.code, post.title) for post in orgs.posts_with(RECORD, [org], day)]
