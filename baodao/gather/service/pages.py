"""What the pages of service share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from msgspec.structs import replace

from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import who_of
from baodao.kernel.typed import whole_number
from baodao.people.declare import OF_MEMBERS, choices
from baodao.people.door import act_from


def act_of(request: HttpRequest, prefix: str = "service") -> Act:
    """The Act of staff; a form brings its own command and purpose."""
    command = request.POST.get("command", "")[:200] or new_key(prefix)
    return act_from(request, command=command, purpose=request.POST.get("purpose", "")[:40])


def self_act(request: HttpRequest) -> Act:
    """The Act of the person herself, in no post."""
    return replace(act_of(request), post="", grants=())


def home_of(request: HttpRequest) -> str:
    """The organization of the post that the reader holds now."""
    post = who_of(request).post
    return post.org if post is not None else ""


def typed_of(request: HttpRequest) -> dict[str, str]:
    """What was typed, each text cut."""
    return {str(name): str(value)[:600] for name, value in request.POST.items()}


def plain(problem: Problem) -> Problem:
    """Faults named by the field of the form: ``members[0].phone`` is ``phone``."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


def number_from(typed: str, field: str, default: int = 0) -> int:
    """A whole number as typed; empty is the default. Raises Invalid."""
    text = typed.strip()
    if not text:
        return default
    number = whole_number(text)
    if number is None or number >= 10**6:
        raise Invalid.of(field, _("请写一个整数"))
    return number


def purposes_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Purposes for which names may be opened here."""
    return choices(OF_MEMBERS, who_of(request).lang)


def weekdays(chosen: Any) -> list[tuple[str, str, bool]]:
    """(value, words, ticked) of the days of the week."""
    words = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return [(str(n), word, str(n) in chosen) for n, word in enumerate(words)]
