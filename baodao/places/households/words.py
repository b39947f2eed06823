"""Words of households for people."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from baodao.orgs import selectors as orgs

from .declare import lists_of, titled
from .selectors import Said

FIELDS = {"address": _("住址"), "people": _("几口人"), "need": _("需要"), "contact": _("联系人")}


def said_words(field: str, said: Said | None, org: str, day: date) -> str:
    """What a line says, as people read it; "" when it is not opened."""
    if said is None:
        return ""
    if field == "need":
        return titled(lists_of(org, day)[1].get(said.text), said.text)
    if field == "contact":
        return f"{said.text} {said.phone}".strip()
    return said.text


def why_words(why: str, org: str, day: date) -> str:
    """The reason in the reader's language."""
    return titled(lists_of(org, day)[0].get(why), why)


def writers(codes: set[str]) -> Mapping[str, str]:
    """Post → office and title. One statement."""
    return {code: f"{words.office} · {words.title}" for code, words in orgs.post_words(codes).items()}
