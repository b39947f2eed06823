"""A measure of the house before and after: a matter whose opening names one (field ``measure``) shows it for the month before it was begun
and for this month, computed the same way, with a link to where both come from."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.matters.beside import Way, register_ways
from baodao.matters.facts import Opened
from baodao.matters.selectors import Seen

from . import desk, selectors
from .asking import question_of
from .policies import may_read

FIELD = "measure"


def _beside(by: Act, seen: Seen) -> list[Way]:
    """No statement for a matter that names none; for one that does those of two figures."""
    first = seen.facts[0].data
    name = str(first.fields.get(FIELD, "")) if isinstance(first, Opened) else ""
    org = seen.state.org
    if not name or not may_read(by, org):
        return []
    begun = timezone.localdate(seen.state.opened)
    months = [_month(begun.replace(day=1) - timedelta(days=1)), _month(timezone.localdate(by.noted))]
    told = [_figure(by, org, name, month) for month in months]
    title = selectors.declared(org, name, by.lang).title
    words = _("%(title)s：开始前 %(before)s，本月 %(now)s") % {
        "title": title, "before": told[0], "now": told[1],
    }  # fmt: skip
    query = urlencode({"org": org, "period": months[0]})
    return [Way(words, f"{reverse('desk:measure', kwargs={'name': name})}?{query}")]


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _figure(by: Act, org: str, name: str, month: str) -> str:
    question = question_of(by, {"org": org, "period": month}, name)
    shown = desk.card(name, selectors.declared(org, name, by.lang), selectors.answer(by, question))
    return f"{shown['value']} {shown['part']}".strip() if shown["value"] else str(shown["standing"])


register_ways("", _beside)
