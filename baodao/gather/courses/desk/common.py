"""What the pages of courses share."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec.structs import replace

from baodao.gather.courses.declare import lists_of, titled
from baodao.gather.courses.models import Offer
from baodao.gather.courses.selectors import listed
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Problem
from baodao.kernel.pages import who_of
from baodao.kernel.typed import whole_number
from baodao.orgs import selectors as orgs
from baodao.people.door import act_from

WEEK = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command."""
    return act_from(request, command=request.POST.get("command", "")[:200] or new_key("course"))


def home_of(request: HttpRequest) -> str:
    """The organization of the post that the reader holds now."""
    post = who_of(request).post
    return post.org if post is not None else ""


def typed_of(request: HttpRequest, most: int = 600) -> dict[str, str]:
    """What was typed, each text at most so long."""
    return {str(name): str(value)[:most] for name, value in request.POST.items()}


def whole(typed: dict[str, str], name: str, default: int = 0) -> int:
    """A whole number as typed; empty takes the default. Raises Invalid."""
    text = typed.get(name, "").strip()
    if not text:
        return default
    number = whole_number(text)
    if number is None or number >= 10**9:
        raise Invalid.of(name, _("要填整数"), _("请只用数字"))
    return number


def plain(problem: Problem) -> Problem:
    """Faults under the names of the form's fields, not of their place in a list."""
    if not isinstance(problem, Invalid):
        return problem
    return Invalid(*(replace(fault, field=fault.field.rpartition(".")[2]) for fault in problem.faults))


def subject_title(row: Offer, day: date) -> str:
    """What the subject of an offer is called."""
    return titled(lists_of(str(row.org_id), day).subjects.get(row.subject), row.subject)


def form_titles(row: Offer, day: date) -> list[tuple[str, str]]:
    """(code, words) of the forms of an offer."""
    forms = lists_of(str(row.org_id), day).forms
    return [(code, titled(forms.get(code), code)) for code in listed(row.forms)]


def days_words(days: str) -> str:
    """The days of the week of a lecturer in words."""
    found = [str(WEEK[int(n) - 1]) for n in listed(days)]
    return "、".join(found) if found else _("哪天都行")


def org_name(code: str) -> str:
    """An organization's name."""
    return orgs.name_of(code)
