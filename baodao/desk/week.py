"""What the week holds beside open work: dues of the post's organization, its gatherings, and one's own seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from baodao.dues import selectors as dues
from baodao.gather.desk.common import line_of
from baodao.gather.week import week_of
from baodao.kernel.act import Act
from baodao.kernel.pages import who_of
from baodao.orgs.selectors import name_of


def beside(request: HttpRequest, by: Act, monday: datetime, sunday: datetime) -> dict[str, Any]:
    """The sections of the page; empty ones are left out of it."""
    post = who_of(request).post
    found = week_of(by, post.org if post is not None else "", monday, sunday)
    return {
        "owed": [
            (
                dues.title_of(line.rule),
                name_of(line.org),
                line.stand.window.due,
                line.stand.state == "missing",
            )
            for line in found.owed
        ],
        "slots": [line_of(row) for row in found.slots],
        "home": post.org if post is not None else "",
        "mine": [line_of(row) for row in found.mine],
    }
