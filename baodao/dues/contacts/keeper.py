"""A leader who leaves hands the contacts over: to another post, never to nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from baodao.orgs.handover.ports import Item, Keeper, register_keeper

from .models import Contact
from .services import hand


def count(posts: Collection[str]) -> dict[str, int]:
    """Post → people with whom it keeps in touch."""
    rows = Contact.objects.filter(post__in=list(posts), until__isnull=True).values_list("post", flat=True)
    return dict(Counter(rows))


def items(post: str, most: int) -> Sequence[Item]:
    """By code; no name stands on a sheet."""
    rows = Contact.objects.filter(post=post, until__isnull=True).order_by("code")
    return [
        Item(code, code, _("一位联系的人"), href="/desk/contacts/")
        for code in rows.values_list("code", flat=True)[:most]
    ]


def of_orgs(codes: Collection[str]) -> dict[str, int]:
    """Organization → people with whom its posts keep in touch."""
    rows = Contact.objects.filter(org__in=list(codes), until__isnull=True).values_list("org_id", flat=True)
    return dict(Counter(str(code) for code in rows))


def keys_of_org(code: str, most: int) -> list[str]:
    """Their codes."""
    rows = Contact.objects.filter(org=code, until__isnull=True).order_by("code")
    return list(rows.values_list("code", flat=True)[:most])


register_keeper(Keeper("contacts", gettext_lazy("一对一联系"), count, items, hand, of_orgs, keys_of_org))
