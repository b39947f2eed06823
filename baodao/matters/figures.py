"""Numbers made of what several people gave for the same matter: a trimmed mean, a sum, how many. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from .declare import Figure
from .rows import scores_total
from .selectors import Seen
from .state import State


def given(state: State, figure: Figure) -> list[int]:
    """The values, the latest of each person."""
    found = {
        line.person or str(line.id): line.fields.get(figure.field, scores_total(figure.field, line.fields))
        for line in state.trail
        if f"{line.fact}.{line.action}" == figure.of
    }
    return sorted(
        int(value) for value in found.values() if isinstance(value, int) and not isinstance(value, bool)
    )


def trimmed_mean(values: Sequence[int]) -> Fraction:
    """The mean without one highest and one lowest value; of at least three."""
    inner = sorted(values)[1:-1]
    return Fraction(sum(inner), len(inner))


def value_of(state: State, figure: Figure) -> Fraction | None:
    """The figure; None while fewer than its least have given theirs."""
    values = given(state, figure)
    if len(values) < max(figure.least, 3 if figure.how == "trimmed_mean" else 1):
        return None
    if figure.how == "trimmed_mean":
        return trimmed_mean(values)
    return Fraction(sum(values) if figure.how == "sum" else len(values))


def figures_of(seen: Seen) -> list[tuple[str, str]]:
    """(title, words) for the page. What is given blind is told once the matter has ended."""
    found = []
    for figure in seen.procedure.figures:
        action, value = seen.procedure.action(figure.of.partition(".")[2]), value_of(seen.state, figure)
        count = len(given(seen.state, figure))
        if action is not None and action.blind and seen.state.ended is None:
            found.append((figure.title, _("已有 %(n)d 人，截止后才看得到") % {"n": count}))
        elif value is None:
            found.append(
                (figure.title, _("%(n)d 人，不到 %(least)d 人，不显示") % {"n": count, "least": figure.least})
            )
        else:
            found.append(
                (figure.title, _("%(value)s（%(n)d 人）") % {"value": f"{float(value):g}"[:8], "n": count})
            )
    return found
