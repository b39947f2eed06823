"""Activities that serve a matter, where their kind says so (``about``): what a convener may choose, and what stands on that matter's
page. Who reads neither the one nor the other learns nothing of it."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Invalid
from baodao.kernel.jinja import day
from baodao.kernel.verbs import allowed
from baodao.matters.beside import Way, register_ways
from baodao.matters.listing import words_about
from baodao.matters.models import Matter
from baodao.matters.project import SHARED_LEVEL
from baodao.matters.selectors import Seen, visible_to

from .kinds import kind_of, kinds_of
from .models import Slot
from .policies import at_org, visible
from .ruling import NewSlot

MOST, WHAT = 50, "matter:"


def _open(by: Act, procedures: Collection[str]) -> QuerySet[Matter]:
    rows = visible_to(by).filter(procedure__in=procedures, ended__isnull=True, level__lte=SHARED_LEVEL)
    return rows.order_by("-opened", "number")


def choices(by: Act, org: str) -> list[tuple[str, str]]:
    """(number, words) of open matters that an organization's activities may serve and this reader reads. Two statements, none where no kind
    serves any."""
    procedures = {name for kind in kinds_of(org).values() for name in kind.about}
    numbers = list(_open(by, procedures).values_list("number", flat=True)[:MOST]) if procedures else []
    words = words_about(numbers) if numbers else {}
    return [(number, f"{words.get(number, '')} {number}".strip()) for number in numbers]


def judge(by: Act, new: NewSlot, field: str) -> None:
    """A new activity serves nothing, or an open matter that its kind names and its convener reads. Raises Invalid."""
    about = kind_of(new.org, new.kind).about
    what, number = new.about[: len(WHAT)], new.about[len(WHAT) :]
    if new.about and not (what == WHAT and about and _open(by, about).filter(number=number).exists()):
        raise Invalid.of(
            field, _("这种活动不能为这件事办，或者它已经办完、不对您开放"), _("请从列表里选，或者留空")
        )


def served(by: Act, row: Slot) -> str:
    """The number of the matter that a slot serves, where this reader reads it; else ""."""
    if not row.about.startswith(WHAT):
        return ""
    number = row.about[len(WHAT) :]
    return number if visible_to(by).filter(number=number).exists() else ""


def beside(by: Act, seen: Seen) -> list[Way]:
    """Its activities that this reader sees, and opening one. One statement, only for procedures that activities serve."""
    held = _serving(seen.row.org, seen.row.procedure)
    ways = [_held(row) for row in _rows(by, seen.row.number)] if held else []
    kind = _serving(by.office, seen.row.procedure) if by.office else ""
    if kind and seen.state.ended is None and allowed(by, "gather.open", at_org(by.office)):
        ways.append(_opening(kind, seen.row.number))
    return ways


def _serving(org: str, procedure: str) -> str:
    """The first kind of an organization that serves matters of a procedure; "" for none."""
    return next((code for code, one in kinds_of(org).items() if procedure in one.about), "")


def _rows(by: Act, number: str) -> QuerySet[Slot]:
    rows = visible(by).filter(about=f"{WHAT}{number}").exclude(state="called_off")
    return rows.order_by("starts", "code")[:MOST]


def _held(row: Slot) -> Way:
    """One that is held or was, with how many came or signed up."""
    came = row.state == "held"
    told = _("来了 %(n)d 人") % {"n": row.heads} if came else _("已报名 %(n)d 人") % {"n": row.taken}
    words = _("%(day)s %(title)s：%(told)s") % {"day": day(row.starts), "title": row.title, "told": told}
    return Way(words, reverse("desk:gathering", kwargs={"code": row.code}), todo=False)


def _opening(kind: str, number: str) -> Way:
    query = urlencode({"kind": kind, "about": number})
    return Way(_("办一场活动"), f"{reverse('desk:gathering-new')}?{query}", todo=False)


register_ways("", beside)
