"""Open matters of a piece of ground: of its grids, and with the organizations that answer for it. Three statements.

Whoever asks sees what she may read anyhow; everybody sees what staff released."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from baodao.kernel.act import Act
from baodao.places.uses import register_use

from .listing import words_about
from .models import Leg, Matter
from .openly import kind_words, released
from .selectors import visible_to
from .versions import version, words_of


class Ground(Struct, frozen=True):
    """A piece of ground. ``own`` are organizations that answer for nothing else, ``shared`` those that do (a property
    firm): their legs count where the matter lies in the grids or with ``home``, its community."""

    grids: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    home: str = ""


class Here(Struct, frozen=True):
    """One open matter: who has open legs as (organization, post, due); ``words`` what it is about, "" above level 1."""

    number: str
    kind: str
    words: str
    level: int
    place: str
    org: str
    opened: datetime
    legs: tuple[tuple[str, str, datetime | None], ...]
    shown: str = ""


def open_here(by: Act, ground: Ground, most: int = 100) -> tuple[list[Here], bool]:
    """The newest first, and whether there are more."""
    return _read(visible_to(by), ground, by.lang, most)


def released_here(lang: str, ground: Ground, most: int = 50) -> tuple[list[Here], bool]:
    """The same of what staff released for everybody; no words beside the released title."""
    found, more = _read(released(), ground, lang, most)
    return [_public(one) for one in found], more


def _public(one: Here) -> Here:
    return Here(one.number, one.kind, "", 0, one.place, one.org, one.opened, one.legs, one.shown)


def _read(rows: QuerySet[Matter], ground: Ground, lang: str, most: int) -> tuple[list[Here], bool]:
    legs = Leg.objects.filter(ended__isnull=True)
    where = Q(place__in=ground.grids)
    if ground.own:
        where |= Q(number__in=legs.filter(org__in=ground.own).values("matter"))
    if ground.shared and ground.home:
        where |= Q(org=ground.home, number__in=legs.filter(org__in=ground.shared).values("matter"))
    found = list(rows.filter(where, ended__isnull=True, into="").order_by("-opened", "number")[: most + 1])
    held = _legs(row.number for row in found[:most])
    about = words_about([row.number for row in found[:most]]) if found else {}
    return [_here(row, held.get(row.number, ()), about, lang) for row in found[:most]], len(found) > most


def _legs(numbers: Iterable[str]) -> dict[str, tuple[tuple[str, str, datetime | None], ...]]:
    wanted = list(numbers)
    found: dict[str, tuple[tuple[str, str, datetime | None], ...]] = {}
    if wanted:
        rows = Leg.objects.filter(matter__in=wanted, ended__isnull=True).order_by("matter", "n")
        for matter, org, post, holder, due in rows.values_list("matter", "org", "post", "holder", "due"):
            found[matter] = (*found.get(matter, ()), (org, holder or post, due))
    return found


def _here(
    row: Matter, legs: tuple[tuple[str, str, datetime | None], ...], about: dict[str, str], lang: str
) -> Here:
    procedure = words_of(row.pack, row.procedure, version(row.digest), lang)
    kind, said = kind_words(procedure, row.kind), about.get(row.number, "")
    return Here(row.number, kind, said, row.level, row.place, row.org, row.opened, legs, row.shown)


def counts(by: Act, grids: Collection[str]) -> dict[str, int]:
    """Grid → open matters that this actor may read. One statement."""
    rows = visible_to(by).filter(place__in=list(grids), ended__isnull=True, into="").order_by()
    return dict(rows.values("place").annotate(n=Count("number")).values_list("place", "n"))


def _grids_in_use(codes: list[str]) -> dict[str, str]:
    rows = Matter.objects.filter(place__in=codes).order_by().values("place").annotate(n=Count("number"))
    return {code: _("%(n)d 件事") % {"n": n} for code, n in rows.values_list("place", "n")}


register_use("grid", "matters", _grids_in_use)
