"""A branch's month on one page: what is due, what is planned, what was recorded, what the last evening decided."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from baodao.gather.branch import selectors
from baodao.gather.branch.around import home_of
from baodao.gather.branch.selectors import READ, RECORD, subject_of
from baodao.gather.branch.words import SIDES
from baodao.kernel.act import new_key
from baodao.kernel.pages import page, render
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs

from .common import act_of, due_words, kind_words, own_branch, side_words

PAGE = 12


@page("desk", "branch/", name="branch", nav=(30, gettext_lazy("支部工作")), right=READ)
def branch(request: HttpRequest) -> HttpResponse:
    """What is due this month, evenings to come, evenings that were; the last one's decisions."""
    by = act_of(request)
    org, now, today = own_branch(request, by), by.noted, orgs.today()
    home = home_of(org, now, PAGE)
    return render(
        request,
        "gather/branch/home.html",
        org=orgs.name_of(org),
        due=selectors.due_now(org, today),
        planned=[(slot, side_words(slot, home.sides)) for slot in home.planned],
        asked=[
            (slot, orgs.name_of(str(slot.org_id)), SIDES[state], state) for slot, state in home.asked(org)
        ],
        now=now,
        rows=[_row(one) for one in home.held],
        together=[(_row(met), orgs.name_of(met.org), org in met.theirs) for met in home.together],
        last=home.held[0] if home.held else None,
        recording=allowed(by, RECORD, subject_of(org)),
        too_few=selectors.too_few(org, today),
        command=new_key("meeting"),
    )


def _row(one: selectors.Told) -> dict[str, Any]:
    return {
        "one": one,
        "kinds": kind_words(one),
        "dues": due_words(one),
        "open": len(one.decisions) - len(one.handed_on),
    }
