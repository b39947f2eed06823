"""What `baodao doctor` says of boxes: texts whose key is lost or does not fit, keys that no text needs any more, cards
that nobody can open because all who were named have left."""

from __future__ import annotations

from collections.abc import Iterator

from baodao.ledger.doctor import register_checker
from baodao.ledger.models import Content, Fact
from baodao.ledger.selectors import SHUT
from baodao.orgs.selectors import today
from baodao.people import boxes
from baodao.people.vault import Tampered

from .services.renewing import RENEW, left_alone


def check() -> Iterator[str]:
    """A line for each; no text is shown."""
    rows = (
        Content.objects.filter(text__startswith=SHUT)
        .order_by("fact", "slot")
        .values_list("fact", "slot", "text")
    )
    subjects = dict(Fact.objects.filter(id__in={row[0] for row in rows}).values_list("id", "subject"))
    for fact, slot, text in rows:
        try:
            boxes.unshut(subjects[fact], slot, text)
        except (Tampered, KeyError):
            yield f"{subjects.get(fact, fact)}, fact {fact}, slot {slot}: does not open; restore its key from the backup of boxes"
    for subject in sorted(set(boxes.subjects()) - set(subjects.values())):
        yield f"{subject}: a key without texts; if the card was erased, delete the file of the key"
    for row in left_alone(today()):
        yield f"matter:{row.number}: all who were named have left; two persons with {RENEW} name the next"


register_checker("boxes", check)
