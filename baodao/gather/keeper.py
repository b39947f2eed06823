"""Gatherings to come on the hand-over sheet: those that the leaver's post gives or looks after. They stay with the organization, whose posts go on with
them by their rights, and are listed for the signatures alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, time

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from baodao.orgs import selectors as orgs
from baodao.orgs.handover.ports import Item, Keeper, register_keeper
from baodao.orgs.models import Post

from .models import Slot


def _to_come(posts: Collection[str]) -> QuerySet[Slot]:
    # By the office and its days, which have an index.
    offices = Post.objects.filter(code__in=list(posts)).values("org_id")
    begin = timezone.make_aware(datetime.combine(orgs.today(), time()))
    return Slot.objects.filter(org__in=offices, starts__gte=begin, post__in=list(posts), state="open")


def count(posts: Collection[str]) -> dict[str, int]:
    """Post → gatherings to come that are its own. One statement."""
    return dict(Counter(_to_come(posts).values_list("post", flat=True)))


def items(post: str, most: int) -> Sequence[Item]:
    """The same in words, the nearest first. One statement."""
    rows = _to_come([post]).order_by("starts", "code").values_list("code", "title", "starts")[:most]
    return [
        Item(
            code, "", title, "", timezone.localdate(starts), reverse("desk:gathering", kwargs={"code": code})
        )
        for code, title, starts in rows
    ]


register_keeper(
    Keeper(
        "gatherings",
        _("还没办的活动、会和课"),
        count,
        items,
        follows=True,
        note=_("留在单位，由单位里有权的岗位接着办。"),
    )
)
