"""What a person reads about herself from matters: who can see her through them, and her own data to take along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.powers.watchers import Watcher, watchers
from baodao.orgs.selectors import name_of, today
from baodao.people.ports import Seer, register_my_data, register_seers
from baodao.people.selectors import tokens_here

from .models import Leg, Matter
from .policies import CONTACT, READ, subject_of_rows
from .selectors import names_of
from .services.tokens import DOMAIN
from .services.writing import own

MOST = 500


def _matters(person: str) -> list[Matter]:
    tokens = tokens_here(person, DOMAIN)
    return (
        list(Matter.objects.filter(reporter__in=tokens).order_by("-opened", "number")[:MOST])
        if tokens
        else []
    )


def seers(person: str) -> Iterator[Seer]:
    """The posts that can see her through her matters today, by the policy itself. Matters that stand alike are asked about once:
    four statements for each such group, and two."""
    rows, day = _matters(person), today()
    legs: dict[str, list[Leg]] = {}
    for leg in Leg.objects.filter(matter__in=[row.number for row in rows]).order_by("matter", "n"):
        legs.setdefault(leg.matter, []).append(leg)
    asked: dict[tuple[Any, ...], tuple[list[Watcher], set[tuple[str, str]]]] = {}
    for row in rows:
        subject = subject_of_rows(row, legs.get(row.number, ()))
        alike = (subject.org, subject.level, subject.legs)
        if alike not in asked:
            named = watchers(CONTACT, subject, day)
            asked[alike] = watchers(READ, subject, day), {(one.org, one.kind) for one in named}
        found, contact = asked[alike]
        for one in found:
            what = _("您写的内容和照片，看不到姓名和电话")
            if (one.org, one.kind) in contact:
                what = _("您写的内容和照片；办理要用时，说明用途后可看姓名和电话")
            # That somebody is a member who reports in is hers: the office is told, never the kind of post.
            yield Seer(
                name_of(one.org),
                "" if one.quiet else one.title,
                _("办理 %(number)s") % {"number": row.number},
                what,
            )


def my_data(person: str) -> list[dict[str, Any]]:
    """Her matters with every step and every text that is kept, for "my data"."""
    rows = _matters(person)
    by_subject: dict[str, list[Any]] = {}
    for fact in own(facts_of([f"matter:{row.number}" for row in rows])):
        by_subject.setdefault(fact.subject, []).append(fact)
    texts = texts_of([fact.id for facts in by_subject.values() for fact in facts if fact.slots])
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "stage": row.stage,
            "opened": stamp(row.opened),
            "steps": [
                {
                    "fact": names_of(fact)[0],
                    "action": names_of(fact)[1],
                    "happened": stamp(fact.happened),
                    "office": name_of(fact.org) if fact.org else "",
                    "texts": texts.get(fact.id, {}),
                }
                for fact in by_subject.get(f"matter:{row.number}", ())
            ],
        }
        for row in rows
    ]


register_seers("matters", seers)
register_my_data("matters", my_data)
