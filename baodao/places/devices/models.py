"""The table of devices, folded from their facts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from baodao.orgs.models import ORIGINS

STATES = ("working", "broken", "muted", "removed")
SIGNS = ("posted", "missing", "not_needed")


class Device(models.Model):
    """One device as its facts left it. ``sign``: whether a clear sign hangs beside it; ``not_needed`` only where the
    kind takes no pictures."""

    code = models.CharField(max_length=48, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=32)
    purpose = models.CharField(max_length=32)
    sign = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=200, blank=True, default="")
    basis = models.CharField(max_length=200, blank=True, default="")
    #: The appointment to ask about it; empty: vacant.
    keeper = models.CharField(max_length=48, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    grid = models.CharField(max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=1)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()

    class Meta:
        app_label = "places"
        constraints = [
            models.CheckConstraint(name="device_state", condition=Q(state__in=STATES)),
            models.CheckConstraint(name="device_sign", condition=Q(sign__in=SIGNS)),
            models.CheckConstraint(
                name="device_whole_point",
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__range=(73, 136), lat__range=(3, 54)),
            ),
        ]
        indexes = [
            models.Index(name="device_of_org", fields=["org", "code"]),
            models.Index(name="device_of_grid", fields=["grid", "code"]),
            models.Index(name="device_near", fields=["lat", "lon"]),
            models.Index(name="device_keeper", fields=["keeper"], condition=~Q(keeper="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
