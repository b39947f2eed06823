"""One narrow table, drawn from the rows of matters by a reader: dropped and rebuilt at will."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Tally(models.Model):
    """How many open legs of level ≤ 1 an organization may list in one place and state; ``state`` "" counts their
    matters, each once. ``place`` is the grid, or "@" and the organization that looks after a matter without one.
    ``place`` "#" counts open legs of level 2 and 3 by addressee: for sums of ten and more only."""

    scope = models.CharField(max_length=32)
    state = models.CharField(max_length=30, blank=True, default="")
    place = models.CharField(max_length=41)
    n = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["place"], name="tally_place")]
        constraints = [
            models.UniqueConstraint(fields=["scope", "state", "place"], name="tally_once"),
            models.CheckConstraint(condition=Q(n__gte=1), name="tally_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.place} {self.state} {self.n}"


class Asked(models.Model):
    """How many matters of level ≤ 1 residents began on a local day, for the organization that looks after them and each above it."""

    scope = models.CharField(max_length=32)
    day = models.DateField()
    pack = models.CharField(max_length=32)
    procedure = models.CharField(max_length=30)
    kind = models.CharField(max_length=30, blank=True, default="")
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "day", "pack", "procedure", "kind"], name="asked_once"),
            models.CheckConstraint(condition=Q(n__gte=1), name="asked_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.day} {self.procedure} {self.kind} {self.n}"
