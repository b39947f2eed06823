"""Tables of gatherings: caches of their facts, but for the rules that nobody is in two places at once and no room is given twice, which
the database keeps."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.db import models
from django.db.models import F, Q

from baodao.kernel.columns import choices
from baodao.orgs.models import ORIGINS

from .rooms import ROOMS

SLOT_STATES = ("open", "called_off", "held")
ENCLOSURES = ("list", "paper")
READERS = ("slot", "seat", "convener")
SIDE_STATES = ("asked", "joins", "declined")
SEAT_STATES = ("seat", "waiting", "invited", "left")


class Slot(models.Model):
    """One gathering as its facts left it: what, whose, when, where, how many. Names are those of an event."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=40)
    form = models.CharField(max_length=12)
    domain = models.CharField(max_length=8)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    place = models.CharField(max_length=48, blank=True, default="")
    about = models.CharField(max_length=80, blank=True, default="")
    series = models.CharField(max_length=40, blank=True, default="")
    post = models.CharField(max_length=48, blank=True, default="")
    title = models.CharField(max_length=120)
    notes = models.TextField(blank=True, default="")
    where = models.CharField(max_length=200, blank=True, default="")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    seats = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    #: How many rows there ever were: the next one's place.
    came = models.PositiveIntegerField(default=0)
    #: How many came, told when it was held; residents among them.
    heads = models.PositiveIntegerField(default=0)
    #: Why it was called off, a code.
    why = models.CharField(max_length=12, blank=True, default="")
    state = models.CharField(max_length=12, choices=choices(SLOT_STATES), default="open")
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    #: Traits, sorted, with a comma before and after each; "" for none.
    traits = models.CharField(max_length=1600, blank=True, default="")
    #: It has its place to itself: no other slot may hold it at a time that overlaps (exclusion constraint, trigger).
    holds = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="slot_span", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="slot_state", condition=Q(state__in=SLOT_STATES)),
            models.CheckConstraint(name="slot_seats", condition=Q(seats=0) | Q(taken__lte=F("seats"))),
        ]
        indexes = [
            models.Index(name="slot_of_org", fields=["org", "starts", "code"]),
            models.Index(name="slot_of_kind", fields=["kind", "starts", "code"]),
            models.Index(name="slot_series", fields=["series", "starts"], condition=~Q(series="")),
            models.Index(name="slot_at_place", fields=["place", "starts"], condition=~Q(place="")),
            models.Index(name="slot_about", fields=["about"], condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Seat(models.Model):
    """One person and one slot: her seat, her place in the row, her presence; ``way`` "list" came without having signed up. ``token`` is of the slot's domain. ``holds``: her time
    is taken, so no other row of hers may hold a time that overlaps (exclusion constraint, trigger)."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="rows", db_column="slot")
    token = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=choices(SEAT_STATES))
    way = models.CharField(max_length=8)
    #: Order in the row: the slot's own count of who came when.
    n = models.PositiveIntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    holds = models.BooleanField()
    status = models.CharField(max_length=8, blank=True, default="")
    how = models.CharField(max_length=8, blank=True, default="")
    minutes = models.PositiveIntegerField(default=0)
    disputed = models.BooleanField(default=False)
    rated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "token"], name="seat_once"),
            models.CheckConstraint(name="seat_span", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="seat_state", condition=Q(state__in=SEAT_STATES)),
            models.CheckConstraint(name="seat_holds", condition=Q(holds=False) | Q(state="seat")),
        ]
        indexes = [
            models.Index(name="seat_of_token", fields=["token", "starts"]),
            models.Index(name="seat_row", fields=["slot", "state", "n"]),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} {self.state}"


class Enclosed(models.Model):
    """A file of a slot: a paper to read before, or the photo of the list that was signed on paper (``what`` list), which is gone after
    ``until``. ``readers``: seen with the slot, by those who have a seat, or by those who convene (lists always)."""

    slot = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    what = models.CharField(max_length=8, choices=choices(ENCLOSURES))
    readers = models.CharField(max_length=8, choices=choices(READERS))
    name = models.CharField(max_length=80, blank=True, default="")
    until = models.DateField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="enclosed_once", fields=["slot", "digest"]),
            models.CheckConstraint(
                name="enclosed_list",
                condition=~Q(what="list") | Q(until__isnull=False, readers="convener", level=2),
            ),
        ]
        indexes = [
            models.Index(name="enclosed_digest", fields=["digest"]),
            models.Index(name="enclosed_until", fields=["until"], condition=Q(until__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.slot} {self.what} {self.digest[:12]}"


class Side(models.Model):
    """An organization that was asked to hold a slot together with its convener, and what it said. ``note``: its own words to its own
    members (where they meet), read by nobody else."""

    slot = models.CharField(max_length=40)
    org = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=choices(SIDE_STATES))
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="side_once", fields=["slot", "org"]),
            models.CheckConstraint(name="side_state", condition=Q(state__in=SIDE_STATES)),
        ]
        indexes = [models.Index(name="side_of_org", fields=["org", "state"])]

    def __str__(self) -> str:
        return f"{self.slot} {self.org} {self.state}"


class Feed(models.Model):
    """The calendar address of ``person:<uid>`` or ``org:<code>``: which renewal is in force, and the digest of its secret."""

    owner = models.CharField(max_length=60, primary_key=True)
    n = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.owner


# Rooms with tables of their own; Django looks for them here.
for _room in ROOMS:
    if find_spec(f"baodao.gather.{_room}") and find_spec(f"baodao.gather.{_room}.models"):
        import_module(f"baodao.gather.{_room}.models")
