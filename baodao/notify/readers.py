"""The reader that turns facts into notices. Only live facts, and nothing that is noted days after it
happened."""

from collections.abc import Iterable
from datetime import date

import msgspec
from django.utils import timezone

from baodao.ledger.audience import Tell, audience_kinds, audience_of
from baodao.ledger.readers import Reader, register
from baodao.ledger.selectors import Recorded
from baodao.orgs import selectors as orgs
from baodao.orgs.models import Post

from . import services

NAME = "notify"


class Recipient(msgspec.Struct, frozen=True):
    """A person (uid) and what to tell; `staff` when told as the holder of a post."""

    person: str
    tell: Tell
    staff: bool


def handle(fact: Recorded) -> None:
    """Make the notices of one fact; a repeat adds nothing."""
    services.record(fact, recipients_of(fact))


def recipients_of(fact: Recorded) -> list[Recipient]:
    """Who is told, each person once: the first audience that names her rules, urgent if any is."""
    found: dict[str, Recipient] = {}
    day = timezone.localdate(fact.noted)
    tells = audience_of(fact)
    offices = _offices(tells, day)
    for tell in tells:
        for person in _persons(tell, day, fact.post, offices):
            held = found.get(person)
            if held is None:
                found[person] = Recipient(person, tell, staff=not tell.person)
            elif tell.urgent and not held.tell.urgent:
                found[person] = msgspec.structs.replace(
                    held, tell=msgspec.structs.replace(held.tell, urgent=True)
                )
    return list(found.values())


def _offices(tells: Iterable[Tell], day: date) -> dict[tuple[str, str], list[Post]]:
    """(right, organization) → the posts that have it: one statement a right, however many units were called."""
    wanted: dict[str, set[str]] = {}
    for tell in tells:
        if tell.right and not tell.person and not tell.post:
            wanted.setdefault(tell.right, set()).add(tell.org)
    found: dict[tuple[str, str], list[Post]] = {}
    for right, places in wanted.items():
        for post in orgs.posts_with(right, sorted(places), day):
            found.setdefault((right, post.org_id), []).append(post)
    return found


def _persons(tell: Tell, day: date, actor: str, offices: dict[tuple[str, str], list[Post]]) -> Iterable[str]:
    """Uids behind an audience. Who did it under a post need not be told of it."""
    if tell.person:
        return [tell.person]
    if tell.post:
        held = orgs.post(tell.post)
        return [held.person] if held is not None and held.person and held.code != actor else []
    posts = offices.get((tell.right, tell.org), []) if tell.right else orgs.holders([tell.org], day)
    return [post.person for post in posts if post.person and post.code != actor]


def start() -> None:
    """Register the reader for all kinds that somebody declared an audience for."""
    if kinds := audience_kinds():
        register(Reader(name=NAME, handle=handle, kinds=kinds, live_only=True))
