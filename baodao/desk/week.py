"""What the week holds beside open work: dues of the post's organization, its gatherings, and one's own seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from baodao.dues import selectors as dues
from baodao.gather import selectors as gather
from baodao.gather.desk.common import line_of
from baodao.gather.policies import READ, at_org
from baodao.kernel.act import Act
from baodao.kernel.pages import who_of
from baodao.kernel.verbs import allowed
from baodao.orgs.selectors import name_of

MOST = 100


def beside(request: HttpRequest, by: Act, monday: datetime, sunday: datetime) -> dict[str, Any]:
    """The sections of the page; empty ones are left out of it."""
    post = who_of(request).post
    home = post.org if post is not None else ""
    owed = [line for line in dues.todo(by, monday.date(), 6) if line.stand.window.due <= sunday.date()]
    first = monday.replace(hour=0, minute=0, second=0, microsecond=0)
    seen = gather.between(home, first, sunday, MOST) if home and allowed(by, READ, at_org(home)) else []
    mine, _past = gather.own(by.person, first)
    return {
        "owed": [
            (
                dues.title_of(line.rule),
                name_of(line.org),
                line.stand.window.due,
                line.stand.state == "missing",
            )
            for line in owed
        ],
        "slots": [line_of(row) for row in seen if row.state != "called_off"],
        "mine": [line_of(one.slot) for one in mine if one.slot.starts <= sunday and one.slot.state == "open"],
    }
