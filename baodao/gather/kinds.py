"""The kinds of gathering that a pack declares, and their words. No statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from baodao.kernel.declare import get_pack
from baodao.kernel.declare.report import BadPack, suggest
from baodao.kernel.errors import Invalid
from baodao.orgs import selectors as orgs

from .declare import Gathering, Item

#: A slot whose kind the pack no longer knows is shown and can be ended; nobody signs up for it any more.
GONE = Gathering(title="?", form="activity", join=())


def kinds_of(org: str, day: date | None = None) -> Mapping[str, Gathering]:
    """What the pack of an organization declares on a day, in its order."""
    try:
        return get_pack(orgs.pack_of(org, day)).many(Gathering)
    except BadPack:
        return {}


def kind_of(org: str, kind: str, day: date | None = None) -> Gathering:
    """One of them; GONE where the pack no longer has it."""
    return kinds_of(org, day).get(kind, GONE)


def known_kind(org: str, kind: str, day: date | None = None, field: str = "kind") -> Gathering:
    """One of them that may be opened at this organization. Raises Invalid."""
    found = kinds_of(org, day)
    if kind not in found:
        raise Invalid.of(field, _("没有 %(kind)s 这一种活动") % {"kind": kind}, suggest(kind, found)[1])
    node = orgs.forest().nodes.get(org)
    if found[kind].at and (node is None or node.level not in found[kind].at):
        raise Invalid.of(field, _("这一级单位不办这一种活动"), _("请换一种，或换一个单位"))
    return found[kind]


def titled(one: Gathering | Item, lang: str = "") -> str:
    """Its title in the reader's language."""
    return (one.title_en if (lang or translation.get_language() or "").startswith("en") else "") or one.title


def hinted(one: Gathering) -> str:
    """Its hint in the reader's language."""
    return (one.hint_en if (translation.get_language() or "").startswith("en") else "") or one.hint
