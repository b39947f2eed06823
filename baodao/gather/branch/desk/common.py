"""What the pages of branch life share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.gather.branch import selectors, sides
from baodao.gather.branch.selectors import READ, SEE, Told, open_of, subject_of
from baodao.gather.branch.words import SIDES
from baodao.gather.kinds import titled
from baodao.gather.models import Slot
from baodao.gather.words import PRESENCE
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem, Refused
from baodao.kernel.pages import who_of
from baodao.kernel.verbs import allowed
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

PURPOSE = "meeting"


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; names are opened for the one purpose of this room, by an act of its own."""
    command = request.POST.get("command", "")[:200] or new_key("meeting")
    return act_from(request, command=command, purpose=PURPOSE)


def home_of(request: HttpRequest) -> str:
    """The organization of the post that is acted in."""
    post = who_of(request).post
    return post.org if post is not None else ""


def own_branch(request: HttpRequest, by: Act) -> str:
    """One's own branch; Refused for whoever keeps no record of evenings."""
    org = home_of(request)
    if not allowed(by, READ, subject_of(org)):
        raise Refused.of("", _("组织生活由支部自己记"), _("请换到支部的岗位"))
    return org


def seen(by: Act, code: str) -> tuple[Told, bool]:
    """(evening, whether it is one's own branch's). Raises Missing for who reads neither it nor those below."""
    one = selectors.told(code)
    if any(allowed(by, READ, subject_of(org)) for org in (one.org, *one.with_orgs)):
        return one, allowed(by, READ, subject_of(one.org))
    if not allowed(by, SEE, open_of(one.org)):
        raise Missing.of("code", _("没有这次会，或者它不对您开放"), _("请从列表里选"))
    return one, False


def plain(problem: Problem) -> Problem:
    """Faults with the field as the form names it."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


def kind_words(one: Told) -> list[str]:
    """What an evening was, in words."""
    known = selectors.kinds_at(one.org, day_of(one))
    return [titled(known[name]) if name in known else name for name in one.kinds]


def item_words(one: Told) -> list[str]:
    """Its agenda in words, with what was asked for and not taken left out."""
    known = selectors.kinds_at(one.org, day_of(one))
    found = []
    for name in one.items:
        kind, _dot, item = name.partition(".")
        declared = next((i for i in known[kind].item if i.name == item), None) if kind in known else None
        found.append(titled(declared) if declared is not None else item)
    return found


def due_words(one: Told) -> list[str]:
    """The dues that it met, in words."""
    from baodao.dues import selectors as dues

    found = []
    for key in one.meets:
        name, _slash, whose = key.partition("/")
        org = whose.partition(":")[2] or one.org
        rule = dues.rules_of(org, day_of(one)).get(name)
        title = rule.title if rule is not None else name
        found.append(f"{title}（{orgs.name_of(org)}）" if whose else title)
    return found


def day_of(one: Told) -> date:
    """The local day of an evening."""
    from django.utils import timezone

    return timezone.localdate(one.starts)


def side_of(by: Act, one: Told) -> str:
    """The organization that held an evening too and whose own the actor reads; "" for none."""
    return next((org for org in one.with_orgs if allowed(by, READ, subject_of(org))), "")


def side_words(slot: Slot, stands: Mapping[str, sides.Stands]) -> list[tuple[str, Any, str]]:
    """(name, what it said, tone) of those who were asked to hold an evening too."""
    told = stands.get(slot.code, {})
    return [(orgs.name_of(org), *SIDES[state]) for org, (state, _note) in told.items()]


def presence_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many of each state, those that are none left out."""
    return [(str(PRESENCE[status]), n) for status, n in counts.items() if n]
