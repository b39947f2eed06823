"""What the pages share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather.credits import day_of
from baodao.gather.declare import BOOKED
from baodao.gather.kinds import kind_of, titled
from baodao.gather.models import Slot
from baodao.gather.times import hours_of, said
from baodao.gather.words import BOOKED as BOOKED_WORDS
from baodao.gather.words import FORMS, STATES
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import who_of
from baodao.kernel.typed import whole_number
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

PURPOSE = "duty"


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    command = request.POST.get("command", "")[:200] or new_key("gather")
    return act_from(request, command=command, purpose=PURPOSE)


def home_of(request: HttpRequest) -> str:
    """The organization of the post acted in."""
    post = who_of(request).post
    return post.org if post is not None else ""


def line_of(row: Slot) -> dict[str, Any]:
    """A slot as lists show it. No statement."""
    kind = kind_of(str(row.org_id), row.kind, day_of(row.starts))
    free = None if row.seats == 0 else max(0, row.seats - row.taken)
    return {
        "row": row, "kind": titled(kind), "form": FORMS[row.form], "org": orgs.name_of(str(row.org_id)),
        "state": BOOKED_WORDS if row.form in BOOKED and row.state == "open" else STATES[row.state], "tone": {"open": "way", "called_off": "late", "held": "done"}[row.state],
        "time": said(row.starts, row.ends), "hours": hours_of(row.starts, row.ends), "day": day_of(row.starts), "free": free, "count": kind.people == "count",
        "booked": row.form in BOOKED,
    }  # fmt: skip


def plain(problem: Problem) -> Problem:
    """Fields as the form calls them: ``slots[0].title`` is ``title`` here."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


def number_typed(text: str, field: str, empty: int | None = None) -> int | None:
    """A whole number as typed; ``empty`` for nothing. Raises Invalid."""
    if not text.strip():
        return empty
    number = whole_number(text)
    if number is None or number >= 10**9:
        raise Invalid.of(field, _("要写数字"), _("例如 30"))
    return number
