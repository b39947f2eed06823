"""What these pages share."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from baodao.gather.shifts import selectors
from baodao.gather.shifts.models import CallOut
from baodao.kernel.act import Act, new_key
from baodao.kernel.errors import Invalid, Missing, Problem
from baodao.kernel.pages import who_of
from baodao.kernel.typed import whole_number
from baodao.people.door import act_from

PURPOSE = "shift"


def act_of(request: HttpRequest) -> Act:
    """The Act of this request; a form brings its own command. Names are opened for one purpose only."""
    command = request.POST.get("command", "")[:200] or new_key("callout")
    return act_from(request, command=command, purpose=PURPOSE)


def home_of(request: HttpRequest) -> str:
    """The organization of the post that is acted in."""
    post = who_of(request).post
    return post.org if post is not None else ""


def call_or_missing(by: Act, code: str) -> CallOut:
    """The call-out, when this actor may see it. Raises Missing."""
    row = selectors.call(by, code)
    if row is None:
        raise Missing.of("code", _("没有这次应急，或者不对您开放"), _("请从列表里选"))
    return row


def typed_of(request: HttpRequest, most: int = 2100) -> dict[str, str]:
    """What was typed, each text at most so long."""
    return {str(name): str(value)[:most] for name, value in request.POST.items()}


def whole(text: str, field: str) -> int:
    """A typed whole number. Raises Invalid."""
    number = whole_number(text)
    if number is None or number > 99_999:
        raise Invalid.of(field, _("要写一个整数"), _("例如 2"))
    return number


def status_of(problem: Problem | None) -> int:
    """The page's status."""
    return problem.status if problem is not None else 200
