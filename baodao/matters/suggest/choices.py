"""What people chose as labelled texts, for `baodao train --from-choices`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from baodao.kernel.errors import Invalid
from baodao.ledger.selectors import texts_of
from baodao.matters.models import Matter

from .models import Habit, Spot
from .training import Rows

CHUNK = 500


def read_choices(what: str = "category") -> Rows:
    """Texts of matters of level ≤ 1 with what people chose for them. Grouped by the one who wrote: an n-gram of fewer
    than three people is not learned. Raises Invalid when nobody has chosen."""
    titles, texts, labels, groups = [], [], [], []
    digest = hashlib.sha256()
    for number, label, reporter, words in _rows(what):
        titles.append(words.get("title", ""))
        texts.append(words.get("text", ""))
        labels.append(label)
        groups.append(reporter or number)
        digest.update(f"{number}\t{label}\n".encode())
    if not labels:
        raise Invalid.of("what", _("还没有人选过推荐"), _("先用标好的文件训练：baodao train FILE"))
    return Rows(titles, texts, labels, groups, "choices", digest.hexdigest())


def _rows(what: str) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    chosen = list(Habit.objects.filter(what=what).order_by("matter").values_list("matter", "code"))
    for start in range(0, len(chosen), CHUNK):
        part = dict(chosen[start : start + CHUNK])
        facts = dict(Spot.objects.filter(matter__in=list(part)).values_list("matter", "fact"))
        reporters = dict(Matter.objects.filter(number__in=list(part)).values_list("number", "reporter"))
        words = texts_of(facts.values())
        for number, label in part.items():
            if held := words.get(facts.get(number, 0)):
                yield number, label, reporters.get(number, ""), held
