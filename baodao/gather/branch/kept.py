"""Files of evenings, and where an evening was: what the hints compare."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from baodao.gather.models import Slot
from baodao.kernel.evidence import refs_of
from baodao.places.facilities.models import Facility
from baodao.places.selectors import grid

from .models import Paper
from .told import FORM


def papers_of(code: str) -> list[str]:
    """Hashes of an evening's files. One statement."""
    return list(Paper.objects.filter(slot=code).order_by("digest").values_list("digest", flat=True))


def points_of(place: str, where: str) -> list[tuple[float, float]]:
    """(lon, lat) of the place that was told: of a slot's grid or facility, else of the facilities that bear just the name that was
    typed; none where it is not known. One statement, none for a grid or no words."""
    known = grid(place) if place else None
    if known is not None:
        return [(known.lon, known.lat)]
    asked = Q(code=place) if place else Q(name=where.strip())
    if not place and not where.strip():
        return []
    rows = Facility.objects.filter(asked, lon__isnull=False, lat__isnull=False)
    return [
        (one.lon, one.lat)
        for one in rows.order_by("code")[:200]
        if one.lon is not None and one.lat is not None
    ]


def pictures_of(org: str, but: str = "") -> list[tuple[str, str]]:
    """(evening, hash) of the pictures of the branch's last 60 evenings: what a new one is compared with. Three statements."""
    last = (
        Slot.objects.filter(org=org, form=FORM)
        .exclude(code=but)
        .order_by("-starts")
        .values_list("code", flat=True)
    )
    found = list(Paper.objects.filter(slot__in=list(last[:60])).values_list("slot", "digest"))
    pictures = {ref.hash for ref in refs_of(digest for _code, digest in found) if ref.is_picture}
    return [(code, digest) for code, digest in found if digest in pictures]


def holds(digests: Collection[str]) -> Collection[str]:
    """Which of these files an evening refers to."""
    return set(Paper.objects.filter(digest__in=list(digests)).values_list("digest", flat=True))
