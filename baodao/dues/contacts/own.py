"""A named person's own data, and who can see it; who can see a contact."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from baodao.kernel.act import Act
from baodao.kernel.errors import Missing
from baodao.orgs import selectors as orgs
from baodao.orgs.powers.seeing import Part, Seen, register_seen
from baodao.people.ports import Seer, register_my_data, register_seers

from .selectors import READ, of_contact, own, states, visible


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


def seen(by: Act, code: str) -> Seen:
    """One contact of this post."""
    state = states([code]).get(code) if visible(by).filter(pk=code).exists() else None
    if state is None:
        raise Missing.of("code", _("没有这一项联系，或者不对您开放"), _("请从一对一联系里点进来"))
    herself = ((_("本人"), 1),)
    words, kept = _("联系的日期、提的需求：姓名每次说明用途才看"), _("由这个岗位联系")
    parts = (Part(words, READ, of_contact(state, code), herself, sent=kept),)
    return Seen(code, reverse("desk:contacts"), parts)


register_my_data("contacts", my_data)
register_seers("contacts", seers)
register_seen("contact", seen)
