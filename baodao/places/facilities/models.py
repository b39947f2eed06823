"""The table of facilities, folded from their facts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from baodao.orgs.models import ORIGINS


class Facility(models.Model):
    """One facility in [since, until), as its facts left it. Names, address, hours and telephone are those of an
    institution: catalogue data, shown to everybody."""

    code = models.CharField(max_length=48, primary_key=True)
    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", db_column="org")
    kind = models.CharField(max_length=32)
    #: Codes with a comma before and after each: ",water,charging,".
    functions = models.CharField(max_length=400, blank=True, default="")
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    hours = models.CharField(max_length=300, blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")
    #: The appointment that answers for it; empty: vacant.
    keeper = models.CharField(max_length=48, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    grid = models.CharField(max_length=40, blank=True, default="")
    level = models.PositiveSmallIntegerField(default=0)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        app_label = "places"
        constraints = [
            models.CheckConstraint(
                name="facility_period", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(
                name="facility_whole_point",
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__range=(73, 136), lat__range=(3, 54)),
            ),
        ]
        indexes = [
            models.Index(name="facility_of_org", fields=["org", "code"]),
            models.Index(name="facility_near", fields=["lat", "lon"]),
            models.Index(name="facility_keeper", fields=["keeper"], condition=~Q(keeper="")),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
