"""Two narrow tables, both drawn from facts and rows of matters by a reader: dropped and rebuilt at will. No text, no
person, nothing of a matter above level 1."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Spot(models.Model):
    """Where and when a matter of level ≤ 1 was opened. ``lat``/``lon`` in 1e-6 degrees (WGS-84, about 0.1 m), null
    when only the grid is known; ``cell`` a square of 0.005 degrees (0: no point); ``fact`` the opening, whose
    texts lie in the content."""

    matter = models.CharField(max_length=24, primary_key=True)
    procedure = models.CharField(max_length=30)
    kind = models.CharField(max_length=30, blank=True, default="")
    place = models.CharField(max_length=40, blank=True, default="")
    lat = models.IntegerField(null=True)
    lon = models.IntegerField(null=True)
    cell = models.BigIntegerField(default=0)
    opened = models.DateTimeField()
    level = models.PositiveSmallIntegerField()
    fact = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["cell", "opened"], name="spot_cell", condition=~Q(cell=0)),
            models.Index(fields=["place", "opened"], name="spot_place", condition=~Q(place="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(level__lte=1), name="spot_level"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True, cell=0)
                | Q(lat__isnull=False, lon__isnull=False, cell__gt=0),
                name="spot_point",
            ),
        ]

    def __str__(self) -> str:
        return self.matter


class Habit(models.Model):
    """Whom people called on for a matter, or what they chose when something was suggested: ``what`` is department,
    duty or category. The latest few hundred of a kind say what is usual."""

    matter = models.CharField(max_length=24)
    what = models.CharField(max_length=12)
    code = models.CharField(max_length=80)
    procedure = models.CharField(max_length=30)
    kind = models.CharField(max_length=30, blank=True, default="")
    fact = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["procedure", "kind", "-fact"], name="habit_kind")]
        constraints = [models.UniqueConstraint(fields=["matter", "what", "code"], name="habit_once")]

    def __str__(self) -> str:
        return f"{self.matter} {self.what} {self.code}"
