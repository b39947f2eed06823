"""A named person's own data, and who can see it."""

from typing import Any

from django.utils.translation import gettext as _

from baodao.orgs import selectors as orgs
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import own


def my_data(person: str) -> Any:
    """Each time somebody was in touch, with her needs in words."""
    return [
        {
            "post": row.state.post, "org": row.state.org, "since": row.state.since.isoformat(),
            "made": [
                {"day": day.isoformat(), "need": need, "solved": solved.isoformat() if solved else ""}
                for _n, day, need, solved in row.made
            ],
        }
        for row in own(person)
    ]  # fmt: skip


def seers(person: str) -> list[Seer]:
    """The posts that keep in touch with her."""
    rows = own(person)
    words = orgs.post_words([row.state.post for row in rows]) if rows else {}
    return [
        Seer(held.office, held.title, _("由这个岗位联系您"), _("姓名、联系的日期、您提的需求"))
        for held in words.values()
    ]


register_my_data("contacts", my_data)
register_seers("contacts", seers)
