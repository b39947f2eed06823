"""Numbers made of what several people gave for the same matter: a trimmed mean, a sum, how many. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from .declare import Figure
from .rows import scores_total
from .selectors import Seen
from .state import State, Trace


def given(state: State, figure: Figure) -> list[int]:
    """The values, the latest of each person, or for each value of the field ``by``."""
    found = {
        _whose(line, figure): line.fields.get(figure.field, scores_total(figure.field, line.fields))
        for line in state.trail
        if f"{line.fact}.{line.action}" == figure.of
    }
    return sorted(
        int(value) for value in found.values() if isinstance(value, int) and not isinstance(value, bool)
    )


def _whose(line: Trace, figure: Figure) -> str:
    """What one value stands for: a person's own, or that of what ``by`` names."""
    return str(line.fields.get(figure.by, "")) if figure.by else line.person or str(line.id)


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


def figures_of(seen: Seen, office: str = "") -> list[tuple[str, str]]:
    """(title, words) for the page. What is given blind is told once the matter has ended; what is smaller than its floor to
    the office that looks after the matter alone."""
    found = []
    for figure in seen.procedure.figures:
        action, value = seen.procedure.action(figure.of.partition(".")[2]), value_of(seen.state, figure)
        count = len(given(seen.state, figure))
        if figure.by and not count:
            continue  # nothing was given yet: nothing to say
        if action is not None and action.blind and seen.state.ended is None:
            found.append((figure.title, _("已有 %(n)d 人，截止后才看得到") % {"n": count}))
        elif value is None:
            found.append(
                (figure.title, _("%(n)d 人，不到 %(least)d 人，不显示") % {"n": count, "least": figure.least})
            )
        elif value < figure.floor and office != seen.state.org:
            found.append((figure.title, _("不到 %(floor)d，不显示") % {"floor": figure.floor}))
        elif figure.by:
            found.append((figure.title, _("%(value)d（%(n)d 项合计）") % {"value": int(value), "n": count}))
        else:
            found.append(
                (figure.title, _("%(value)s（%(n)d 人）") % {"value": f"{float(value):g}"[:8], "n": count})
            )
    return found
