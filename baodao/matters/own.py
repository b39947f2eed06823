"""What a person reads about herself from matters: who can see her through them, and her own data to take along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from baodao.ledger.canonical import stamp
from baodao.ledger.selectors import facts_of, texts_of
from baodao.orgs.selectors import forest, name_of, today
from baodao.people.ports import Seer, register_my_data, register_seers
from baodao.people.selectors import token_for

from .models import Leg, Matter
from .project import SHARED_LEVEL
from .selectors import names_of
from .services.tokens import DOMAIN
from .services.writing import own

MOST = 500


def _matters(person: str) -> list[Matter]:
    token = token_for(person, DOMAIN)
    return list(Matter.objects.filter(reporter=token).order_by("-opened", "number")[:MOST]) if token else []


def seers(person: str) -> Iterator[Seer]:
    """The offices that can see her through her matters: those that have or had it, and above them at level ≤ 1. Two statements."""
    matters = {row.number: row for row in _matters(person)}
    trees, day = forest(), today()
    for leg in Leg.objects.filter(matter__in=list(matters)).order_by("matter", "n"):
        row = matters[leg.matter]
        why = _("办理 %(number)s") % {"number": row.number}
        yield Seer(name_of(leg.org), "", why, _("您写的内容和照片；办理要用时，说明用途后可看姓名和电话"))
        if row.level > SHARED_LEVEL:
            continue
        for above in trees.chain(leg.org, day)[1:]:
            yield Seer(name_of(above), "", why, _("您写的内容和照片，看不到姓名和电话"))


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
