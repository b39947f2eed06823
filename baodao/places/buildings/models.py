"""Tables of buildings and compounds, folded from their facts: written by the verbs, dropped and filled again by
`baodao rebuild`. A row is one version, in force in [since, until)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


def _period(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(until__isnull=True) | Q(until__gt=F("since")))


class Compound(models.Model):
    """A residential compound (小区) of one community. ``team``, ``property`` and ``owners`` are organizations of the
    tree: who answers for it, the firm that manages it, the owners' committee; "" where there is none."""

    code = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=120, blank=True, default="")
    org = models.CharField(max_length=32)
    team = models.CharField(max_length=32, blank=True, default="")
    property = models.CharField(max_length=32, blank=True, default="")
    owners = models.CharField(max_length=32, blank=True, default="")
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "places"
        constraints = [
            _period("compound_period"),
            models.UniqueConstraint(name="compound_once", fields=["code", "since"]),
        ]
        indexes = [models.Index(fields=["org", "code"], name="compound_org")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Building(models.Model):
    """A building in a grid. ``units`` is the number of its entrances with stairs of their own (单元), ``storeys`` that
    of its floors; null: not known. ``team``: the organization of the tree that answers for it, "" for none.
    ``lon``/``lat`` in WGS-84."""

    code = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=120, blank=True, default="")
    grid = models.CharField(max_length=40)
    compound = models.CharField(max_length=40, blank=True, default="")
    team = models.CharField(max_length=32, blank=True, default="")
    units = models.PositiveSmallIntegerField(null=True, blank=True)
    storeys = models.PositiveSmallIntegerField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    origin = models.CharField(max_length=12)

    class Meta:
        app_label = "places"
        constraints = [
            _period("building_period"),
            models.UniqueConstraint(name="building_once", fields=["code", "since"]),
            models.CheckConstraint(
                name="building_point",
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__range=(73, 136), lat__range=(3, 54)),
            ),
        ]
        indexes = [
            models.Index(fields=["grid", "code"], name="building_grid"),
            models.Index(fields=["compound", "code"], name="building_compound", condition=~Q(compound="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
