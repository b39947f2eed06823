"""What a local talent is paid in a year by the rule of the pack: whole fen, month by month, nothing by anybody's judgement. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .declare import TalentPay


def pay_of(
    rule: TalentPay, since: date, until: date | None, steps: Iterable[tuple[str, date]], year: int
) -> int:
    """Fen of a year: a twelfth of the year's sum for each month in which she was on the roster on its first day or came onto it, and
    for each step of that year what the rule names; never more than ``most``."""
    months = sum(
        1
        for month in range(1, 13)
        if (since.year, since.month) <= (year, month) and (until is None or date(year, month, 1) < until)
    )
    extra = sum(rule.steps.get(step, 0) for step, day in steps if day.year == year)
    return min(rule.year * months // 12 + extra, rule.most)
