"""Tables of shapes. Polygons are GeoJSON geometries in WGS-84 with six decimals (about 0.1 m), as text."""

from django.db import models
from django.db.models import F, Q

from baodao.orgs.models import ORIGINS, Org


class Border(models.Model):
    """The outer border of an organization (a district); ``source`` says where the line is from."""

    org = models.OneToOneField(Org, models.PROTECT, primary_key=True, db_column="org", related_name="border")
    polygon = models.TextField()
    source = models.CharField(max_length=200)
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()

    def __str__(self) -> str:
        return f"border of {self.org_id}"


class Grid(models.Model):
    """The smallest unit of responsibility: a polygon inside one community; in force in [since, until).

    ``origin`` is ``simulated`` for grids that were drawn by chance inside a real border: pages say so.
    """

    code = models.CharField(max_length=40, primary_key=True)
    org = models.ForeignKey(Org, models.PROTECT, db_column="org", related_name="grids")
    name = models.CharField(max_length=80)
    #: the organization of the tree that answers for it ("" none); it lies in the grid's community
    team = models.CharField(max_length=32, blank=True, default="")
    polygon = models.TextField()
    #: a point inside the polygon
    lon = models.FloatField()
    lat = models.FloatField()
    #: square metres
    area = models.BigIntegerField()
    origin = models.CharField(max_length=12, choices=ORIGINS)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grid_period", condition=Q(until__isnull=True) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(name="grid_area", condition=Q(area__gt=0)),
            models.CheckConstraint(
                name="grid_inside_china", condition=Q(lon__range=(73, 136)) & Q(lat__range=(3, 54))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


# Buildings and compounds have a room of their own; Django looks for tables here.
from .buildings.models import Building, Compound  # noqa: E402, F401
